"""What a page of a long episode weighs, and how soon it is there on a telephone.

    python -m bench.page_weight [--minutes 60] [--words 9000] [--keep FOLDER]

Builds an episode of that length without Whisper (the sentences of the interviews of ``tests/``,
their words shuffled, said and printed: no sentence comes twice, which would compress), and prints

- the bytes that its page loads before any sound, as they are and compressed with gzip;
- what Lighthouse measures on the telephone that it simulates (npm's lighthouse, see
  ``make judges``), from a server that does not compress and from one that does, beside what it
  calls good;
- how long Chromium, slowed down four times as Lighthouse does, takes to paint after a key of the
  player: the longest of so many (Event Timing, in steps of 8 ms).
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from playwright.sync_api import Response, sync_playwright
from support.interviews import INTERVIEWS, truth_of
from support.made_sounds import speechlike, write_wav
from support.small_show import SLUG, add_episode, build_show, make_show, served
from support.spoken import GUEST, HOST, transcript_from_lines

from studio.model.record import bytes_from_record
from studio.workspace.layout import Workspace

LIGHTHOUSE = Path(__file__).parent.parent / "tests/judges/node_modules/lighthouse/cli/index.js"
# Metric → the largest value that Lighthouse 12 calls good on a telephone.
# https://developer.chrome.com/docs/lighthouse/performance/performance-scoring
GOOD = {
    "first-contentful-paint": 1800,
    "largest-contentful-paint": 2500,
    "speed-index": 3400,
    "total-blocking-time": 200,
    "cumulative-layout-shift": 0.1,
}
# https://web.dev/articles/inp: a key is painted within this.
GOOD_KEY_MS = 200
# As Lighthouse slows a computer down to a telephone.
CPU_SLOWDOWN = 4
KEYS = ("Space", "ArrowRight", "ArrowLeft", "Space") * 3
# Words of an answer, between two questions.
ANSWER_WORDS = 600
PARAGRAPH_WORDS = 50
_WATCH = """
window.lasted = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (entry.name === 'keydown') lasted.push(entry.duration);
}).observe({type: 'event', durationThreshold: 16, buffered: true});
"""


def sentences(count: int) -> Iterator[str]:
    """Shuffled sentences of real interviews, until there are so many words."""
    every = [one["text"] for name in INTERVIEWS for one in truth_of(name)["utterances"]]
    chosen = random.Random(3)  # noqa: S311
    while count > 0:
        words = [word.strip(".?!") for word in chosen.choice(every).split()]
        chosen.shuffle(words)
        count -= len(words)
        yield f"{' '.join(words).capitalize()}."


def build(root: Path, minutes: float, words: int) -> Workspace:
    """A show whose one episode is that long."""
    show = make_show(root)
    add_episode(show)
    files = show.episode(SLUG)
    said = list(sentences(words))
    ms_a_word = minutes * 60_000 / sum(len(text.split()) for text in said)
    lines, article = [], ["# Episode 2 – 3 questions à Stéphane Soto", "Un long entretien."]
    begin, since_question = 0.0, ANSWER_WORDS
    for text in said:
        asks = since_question >= ANSWER_WORDS
        since_question = 0 if asks else since_question + len(text.split())
        if asks:
            article.append(f"## 💬 {text.rstrip('.?! ')} ?")
        elif article[-1].startswith("#") or len(article[-1].split()) >= PARAGRAPH_WORDS:
            article.append(text)
        else:
            article[-1] += f" {text}"
        end = begin + ms_a_word * len(text.split())
        lines.append((HOST if asks else GUEST, round(begin), round(end), text))
        begin = end
    files.article.write_text("\n\n".join([*article, "Voilà."]), encoding="utf-8")
    files.transcript.write_bytes(bytes_from_record(transcript_from_lines(lines)))
    write_wav(
        files.folder / "recording.wav",
        speechlike(minutes * 60, rate_hz=16_000, seed=2),
        rate_hz=16_000,
    )
    build_show(show)
    return show


def loaded_before_sound(address: str) -> dict[str, bytes]:
    """Everything that Chromium loads for the page, by address."""
    found: dict[str, bytes] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        page = browser.new_page(viewport={"width": 390, "height": 844})
        answers: list[Response] = []
        page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - it takes no built-in
        page.goto(address, wait_until="networkidle")
        for answer in answers:
            if answer.request.resource_type != "media":
                found[answer.url] = answer.body()
        browser.close()
    return found


def longest_key_ms(address: str) -> float:
    """How long the slowest key takes until it is painted; 16 where all take less."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.add_init_script(_WATCH)
        page.goto(address, wait_until="networkidle")
        session = page.context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
        page.locator("body").focus()
        for key in KEYS:
            page.keyboard.press(key)
            page.wait_for_timeout(300)
        lasted: list[float] = page.evaluate("lasted")
        browser.close()
    return max(lasted, default=16)


class _Compressing(SimpleHTTPRequestHandler):
    """Serves files, texts as gzip, as web servers do that are set up for it."""

    def send_head(self) -> io.BytesIO | None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return None
        content, form = path.read_bytes(), self.guess_type(path)
        self.send_response(200)
        if form.startswith("text/"):
            content = gzip.compress(content)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", form)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        return io.BytesIO(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served_compressed(site: Path) -> Iterator[str]:
    """The site from a server that compresses; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Compressing, directory=str(site)))
    # Browsers end connections when they have enough.
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def lighthouse(address: str, folder: Path) -> dict[str, float]:
    """The median of three runs of each metric."""
    runs: list[dict[str, Any]] = []
    for _ in range(3):
        command = ["node", str(LIGHTHOUSE), address, "--output=json", "--quiet"]
        command += ["--only-categories=performance"]
        command += ["--chrome-flags=--headless=new --no-sandbox --disable-gpu"]
        environment = os.environ | {"CHROME_PATH": shutil.which("chromium") or ""}
        done = subprocess.run(command, check=True, capture_output=True, env=environment, cwd=folder)
        runs.append(json.loads(done.stdout)["audits"])
    return {name: statistics.median(run[name]["numericValue"] for run in runs) for name in GOOD}


def main() -> None:
    """Build, load, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--words", type=int, default=9000)
    parser.add_argument("--keep", type=Path, help="a folder for the show, which is used again")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = arguments.keep or Path(name) / "show"
        show = Workspace(root) if root.exists() else build(root, arguments.minutes, arguments.words)
        with served(show) as address:
            page = f"{address}{SLUG}/"
            loaded = loaded_before_sound(page)
            whole = sum(map(len, loaded.values()))
            packed = sum(min(len(gzip.compress(one)), len(one)) for one in loaded.values())
            print(f"before sound: {whole / 1000:.0f} kB, {packed / 1000:.0f} kB compressed")
            for url, content in sorted(loaded.items(), key=lambda one: -len(one[1]))[:6]:
                print(f"  {len(content) / 1000:7.1f} kB  {url.removeprefix(address)}")
            print(f"slowest key: {longest_key_ms(page):.0f} ms (good: {GOOD_KEY_MS})")
            plain = lighthouse(page, Path(name))
        with served_compressed(show.site) as address:
            compressed = lighthouse(f"{address}{SLUG}/", Path(name))
        print("metric | as it is | compressed | good")
        for metric, good in GOOD.items():
            print(f"{metric} | {plain[metric]:.4g} | {compressed[metric]:.4g} | {good}")


if __name__ == "__main__":
    main()
