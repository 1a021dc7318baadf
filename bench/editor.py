"""How fast the editor's page is with three hours of words: opening, a key, from a key to the disk.
Needs Chromium and Linux.

python -m bench.editor [words] [others]

``others`` is how many programs work at the same time: each computes without a pause and writes 4 MB
a second.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from support.edit_session import files_of, make_episode, served, sources_of, way_in
from support.manuscript_page import count_of, put_caret
from support.spoken import transcript_from_lines

from studio.model.record import bytes_from_record, replace_fields
from studio.workspace.disk import write_file
from studio.workspace.layout import Workspace

SENTENCE = "Nous disons que la poste ancienne où tout a commencé était au bord de la mer. "
DOUBTFUL = 0.1
KEY_MS = 90
# How often the sentence is typed on either page.
ROUNDS = 3


def make_long(root: Path, count: int) -> Workspace:
    """The test's episode with a transcript of this many words, one in ten of them doubtful."""
    workspace = make_episode(root)
    pieces = (
        "alors nous avons commencé avec quelques ordinateurs dans un grenier et puis vingt".split()
    )
    lines = [
        (
            "Camille" if place % 4 == 0 else "Claire",
            place * 5400,
            place * 5400 + 5200,
            " ".join(pieces[(place + k) % len(pieces)] for k in range(15)),
        )
        for place in range(count // 15)
    ]
    chance = random.Random(1)  # noqa: S311 - the same words each time
    transcript = transcript_from_lines(lines)
    segments = tuple(
        replace_fields(
            segment,
            words=tuple(
                replace_fields(word, probability=0.3 if chance.random() < DOUBTFUL else 0.95)
                for word in segment.words
            ),
        )
        for segment in transcript.segments
    )
    write_file(
        files_of(workspace).transcript,
        bytes_from_record(replace_fields(transcript, segments=segments)),
    )
    facts = sources_of(workspace).facts()
    write_file(
        files_of(workspace).facts,
        bytes_from_record(replace_fields(facts, duration_ms=len(lines) * 5400 + 1000)),
    )
    return workspace


@contextlib.contextmanager
def others_at_work(count: int, folder: Path) -> Iterator[None]:
    """The given number of programs that compute without a pause and write to the same disk."""
    code = (
        "import os, sys, time\nwhile True:\n    until = time.monotonic() + 1\n    while "
        "time.monotonic() < until:\n"
        "        sum(range(10_000))\n"
        "    with open(sys.argv[1], 'wb') as stream:\n        stream.write(bytes(4 << "
        "20))\n        os.fsync(stream.fileno())\n"
    )
    busy = [
        subprocess.Popen([sys.executable, "-c", code, str(folder / f"busy-{number}")])
        for number in range(count)
    ]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def cpu_s(pid: int) -> float:
    """What a process has computed so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Watch:
    """Sees when the journal grows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: list[tuple[int, float]] = []
        self._going = True
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._going = False
        self._thread.join()

    def _run(self) -> None:
        while self._going:
            size = self._path.stat().st_size
            if not self._seen or size != self._seen[-1][0]:
                self._seen.append((size, time.time()))
            time.sleep(0.002)

    def texts(self) -> Iterator[tuple[float, str]]:
        """When each text of a segment was in the journal."""
        at = 0
        for line in self._path.read_bytes().splitlines(keepends=True):
            at += len(line)
            for patch in json.loads(line)["patches"]:
                if patch["list"] == "segments" and len(patch["inserted"]) == 1:
                    moment = next((when for size, when in self._seen if size >= at), time.time())
                    yield moment, " ".join(word["text"] for word in patch["inserted"][0]["words"])


def watch_keys(page: Page) -> None:
    """From now on the page notes when each key is pressed, and when what it wrote is painted."""
    page.evaluate(
        """() => {
          window.keys = []; window.delays = [];
          document.addEventListener('keydown', ({ timeStamp: start }) => {
            keys.push((performance.timeOrigin + start) / 1000);
            requestAnimationFrame(() => { const channel = new MessageChannel();
              channel.port1.onmessage = () => delays.push(performance.now() - start); channel.port2.postMessage(0); });
          }, true);
        }"""
    )


def type_sentence(page: Page) -> None:
    """At an editor's pace and without a pause."""
    page.bring_to_front()
    page.keyboard.type(SENTENCE, delay=KEY_MS)
    page.wait_for_timeout(1500)


def describe_delays(name: str, page: Page) -> str:
    """How long keys wait on a page."""
    delays = sorted(page.evaluate("window.delays"))
    return (
        f"{name}: {len(delays)} keys painted after {statistics.median(delays):.0f} ms (median), "
        f"{delays[len(delays) * 95 // 100]:.0f} ms (95 %), {delays[-1]:.0f} ms (worst)"
    )


def type_on(page: Page, empty: Page) -> list[float]:
    """Type a sentence, then in turn with an empty page, which tells what of a wait is the
    machine's; when each key of the first sentence was pressed.
    """
    watch_keys(page)
    watch_keys(empty)
    put_caret(page, count_of(page) // 2, 0)
    type_sentence(page)
    keys = list(page.evaluate("window.keys"))
    for _ in range(ROUNDS):
        type_sentence(empty)
        type_sentence(page)
    return keys


def main() -> None:
    """Print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 30_000
    others = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        workspace = make_long(Path(folder) / "show", count)
        journal = files_of(workspace).journal
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        with served(workspace) as (address, server), others_at_work(others, Path(folder)):
            for name in ("first time", "again"):
                page = chromium.new_page()
                metrics = page.context.new_cdp_session(page)
                metrics.send("Performance.enable")
                before, started = cpu_s(server.pid), time.monotonic()
                page.goto(way_in(address))
                page.wait_for_selector("html[data-open]", state="attached")
                opened = time.monotonic() - started
                page.wait_for_selector("html[data-ready]", state="attached")
                ready = time.monotonic() - started
                task = {
                    one["name"]: one["value"]
                    for one in metrics.send("Performance.getMetrics")["metrics"]
                }["TaskDuration"]
                print(
                    f"{count} words, {name}: can be read and typed in after {opened:.2f} "
                    f"s, doubts and waveform after {ready:.2f} s"
                )
                print(
                    f"    processor: page {task:.2f} s, server {cpu_s(server.pid) - before:.2f} s"
                )
            before = cpu_s(server.pid)
            empty = chromium.new_page()
            empty.goto("data:text/html,<p contenteditable autofocus></p>")
            empty.locator("p").focus()
            with Watch(journal) as watch:
                keys = type_on(page, empty)
            texts = list(watch.texts())
            print(describe_delays("the editor", page))
            print(describe_delays("an empty page meanwhile", empty))
            # The sign that a key wrote is on the disk with the first text that begins with
            # everything typed so far.
            waits = [
                next(
                    moment
                    for moment, text in texts
                    if moment >= pressed and text.startswith(SENTENCE[: number + 1].strip())
                )
                - pressed
                for number, pressed in enumerate(keys)
                if SENTENCE[number] != " "
            ]
            print(
                f"    on the disk after {statistics.median(waits):.2f} s (median), "
                f"{max(waits):.2f} s (worst)"
            )
            print(
                "    processor: server "
                f"{(cpu_s(server.pid) - before) / len(keys) * 1000:.0f} ms a key"
            )
        chromium.close()


if __name__ == "__main__":
    main()
