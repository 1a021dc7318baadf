"""How far a browser is off: sound is played in Chromium from several moments and looked for in what
Studio decodes.

Give it files, or nothing: then it makes the formats of docs/sound.md from noise. Needs the packages
of the tests and Debian's chromium.

    python -m bench.browser_clock [FILE...]
"""

from __future__ import annotations

import logging
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask
import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from studio.model.sound import FIRST_TRACK
from studio.sound.ffmpeg import Decoding, ffmpeg_path

CHROMIUM = "/usr/bin/chromium"
SECONDS = 240
MOMENTS_S = (0.5, 60.0, 130.3, 200.7)
RATE_HZ = 8_000
# Below this similarity, the passage was too soft to be found.
FOUND = 0.5
FORMS = {
    "a.flac": (),
    "a.wav": (),
    "a.m4a": (),
    "a.opus": (),
    "a.webm": (),
    "vorbis.ogg": ("-c:a", "libvorbis"),
    "constant.mp3": ("-b:a", "64k"),
    "variable.mp3": ("-q:a", "2"),
    "variable, no Xing.mp3": ("-q:a", "2", "-write_xing", "0"),
    "late.m4a": (),
}
TYPES = {
    ".m4a": "audio/mp4",
    ".mp4": "audio/mp4",
    ".opus": "audio/ogg",
    ".ogg": "audio/ogg",
    ".webm": "audio/webm",
    ".mp3": "audio/mpeg",
}
# Plays from a moment on and gives what it heard.
PLAY = """async ([number, moment]) => {
  const audio = new Audio(`/sound/${number}`);
  await new Promise((ready, failed) => { audio.onloadedmetadata = ready; audio.onerror = () => failed(audio.error.message); });
  const context = new AudioContext({ sampleRate: 48000 });
  const source = context.createMediaElementSource(audio);
  const tap = context.createScriptProcessor(4096, 1, 1);
  const sought = new Promise((done) => { audio.onseeked = done; });
  audio.currentTime = moment;
  await sought;
  const heard = [];
  tap.onaudioprocess = (event) => heard.push(...event.inputBuffer.getChannelData(0));
  source.connect(tap);
  tap.connect(context.destination);
  await audio.play();
  await new Promise((done) => setTimeout(done, 2200));
  audio.pause();
  await context.close();
  return heard;
}"""


def made_files(folder: Path) -> list[Path]:
    """Noise whose level changes every half second, so that bit rates vary, in every form."""
    generator = np.random.default_rng(0)
    levels = np.repeat(generator.choice([0.001, 0.1], size=SECONDS * 2), 12_000)
    sound = (generator.standard_normal(SECONDS * 24_000) * levels).astype("<f4").tobytes()
    raw = folder / "sound.raw"
    raw.write_bytes(sound)
    for name, options in FORMS.items():
        offset = ["-itsoffset", "3"] if name.startswith("late") else []
        shape = ["-f", "f32le", "-ar", "24000", "-ac", "1"]
        subprocess.run(
            [
                ffmpeg_path(),
                "-v",
                "error",
                *offset,
                *shape,
                "-i",
                str(raw),
                *options,
                str(folder / name),
            ],
            check=True,
        )
    return [folder / name for name in FORMS]


def served(files: list[Path]) -> str:
    """The address of a server, with byte ranges, that ends with this program."""
    app = flask.Flask(__name__)
    logging.getLogger("werkzeug").disabled = True
    app.add_url_rule("/", "page", lambda: "<!doctype html><title>clock</title>")
    app.add_url_rule(
        "/sound/<int:number>",
        "sound",
        lambda number: flask.send_file(files[number], mimetype=TYPES.get(files[number].suffix)),
    )
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.port}/"


def offsets(page: Page, number: int, path: Path) -> Iterator[str]:
    """By how much what is played from each moment on is off, in seconds."""
    with Decoding(path, sample_rate_hz=RATE_HZ, channels=1, mix=FIRST_TRACK) as decoding:
        decoded = np.concatenate(list(decoding))[:, 0].astype(np.float64)
    for moment_s in MOMENTS_S:
        heard: Any = page.evaluate(PLAY, [number, moment_s])
        played = np.array(heard, np.float64)
        sounding = np.flatnonzero(np.abs(played) > 1e-7)
        if not len(sounding):
            yield "silent"
            continue
        place, similarity = found(decoded, at_rate(played[sounding[0] :][:48_000]))
        yield f"{place / RATE_HZ - moment_s:+.3f}" if similarity >= FOUND else "not found"


def at_rate(played: NDArray[np.float64]) -> NDArray[np.float64]:
    """From 48 kHz to the rate at which passages are compared."""
    count = len(played) * RATE_HZ // 48_000
    return np.fft.irfft(np.fft.rfft(played)[: count // 2 + 1], count)


def found(decoded: NDArray[np.float64], played: NDArray[np.float64]) -> tuple[int, float]:
    """Where a passage is most alike, and how much, 0 to 1."""
    length = 1 << (len(decoded) + len(played)).bit_length()
    products = np.fft.irfft(
        np.fft.rfft(decoded, length) * np.conj(np.fft.rfft(played, length)), length
    )[: len(decoded)]
    sums = np.concatenate(
        ([0.0], np.cumsum(np.square(np.concatenate((decoded, np.zeros(len(played)))))))
    )
    powers = sums[len(played) :][: len(decoded)] - sums[: len(decoded)]
    similarity = products / np.sqrt(np.maximum(powers, 1e-3)) / np.linalg.norm(played)
    place = int(np.argmax(similarity))
    return place, float(similarity[place])


def main() -> None:
    """Print a line a file."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        files = [Path(name).absolute() for name in sys.argv[1:]] or made_files(Path(folder))
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
        )
        page = browser.new_page()
        page.goto(served(files))
        for number, path in enumerate(files):
            print(
                f"{path.name:24}",
                *(f"{offset:>10}" for offset in offsets(page, number, path)),
                flush=True,
            )
        browser.close()


if __name__ == "__main__":
    main()
