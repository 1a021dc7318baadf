"""How fast the editor's page is with three hours of words: opening, a key, from a key to the disk. Needs Chromium.

python bench/editor.py [words]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from editing_desk import files_of, make_episode, served, sources_of
from playwright.sync_api import sync_playwright
from spoken import transcript_from_lines

from studio.model.record import bytes_from_record, replace_fields
from studio.pipeline.disk import write_file
from studio.pipeline.workspace import Workspace

KEYS = "Nous disons que la "


def make_long(root: Path, count: int) -> Workspace:
    """The test's episode with a transcript of so many words."""
    workspace = make_episode(root)
    text = "alors nous avons commencé avec quelques ordinateurs dans un grenier et puis vingt"
    pieces = text.split()
    lines = [
        (
            "Camille" if place % 4 == 0 else "Claire",
            place * 5400,
            place * 5400 + 5200,
            " ".join(pieces[(place + k) % len(pieces)] for k in range(15)),
        )
        for place in range(count // 15)
    ]
    write_file(files_of(workspace).transcript, bytes_from_record(transcript_from_lines(lines)))
    facts = sources_of(workspace).facts()
    write_file(files_of(workspace).facts, bytes_from_record(replace_fields(facts, duration_ms=len(lines) * 5400 + 1000)))
    return workspace


def main() -> None:
    """Print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 30_000
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        workspace = make_long(Path(folder) / "show", count)
        transcript = files_of(workspace).transcript
        with served(workspace) as (address, _):
            chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            page = chromium.new_page()
            started = time.monotonic()
            page.goto(address)
            page.wait_for_selector("html[data-open]", state="attached")
            print(f"{count} words: can be read and typed in after {time.monotonic() - started:.2f} s")
            page.wait_for_selector("html[data-ready]", state="attached")
            print(f"doubts and waveform are there after {time.monotonic() - started:.2f} s")
            page.evaluate(
                """() => {
                  window.delays = [];
                  document.addEventListener('keydown', () => {
                    const start = performance.now();
                    requestAnimationFrame(() => { const channel = new MessageChannel();
                      channel.port1.onmessage = () => window.delays.push(performance.now() - start); channel.port2.postMessage(0); });
                  }, true);
                  const p = document.querySelectorAll('.words')[document.querySelectorAll('.words').length >> 1];
                  p.focus(); getSelection().collapse(p.firstChild, 0);
                }"""
            )
            for letter in KEYS:
                page.keyboard.type(letter)
                page.wait_for_timeout(60)
            delays = page.evaluate("window.delays")
            print(f"a key until it is painted: median {statistics.median(delays):.0f} ms, worst {max(delays):.0f} ms")
            waits = []
            for letter in "abcde":
                before = transcript.stat().st_mtime_ns
                page.wait_for_timeout(1500)
                before = transcript.stat().st_mtime_ns
                started = time.monotonic()
                page.keyboard.type(letter)
                while transcript.stat().st_mtime_ns == before:
                    time.sleep(0.005)
                waits.append(time.monotonic() - started)
            print(f"from a key to the disk: median {statistics.median(waits):.2f} s, worst {max(waits):.2f} s")
            chromium.close()


if __name__ == "__main__":
    main()
