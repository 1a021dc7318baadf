"""Mastering beside ffmpeg-normalize (two passes) on the same material in the same run: time,
memory, error to the target.

    python -m bench.mastering [RECORDING]... [--long MINUTES] [--only NAME] [--worst] [--dnsmos]

Recordings are the repository's own unless others are named. Of the first one, short and long, quiet
and loud, mono and stereo material is made. Processor seconds are those of all processes of a tool;
memory is the highest sum over them, read from /proc ten times a second (Linux). Errors are measured
by ffmpeg's meter on the decoded MP3. ``--dnsmos`` also asks DNSMOS (``pip install speechmos
onnxruntime librosa``) whether cleaning harms speech.

``--worst`` does not compare: it makes the worst that people bring of the first recording whose
speakers are known, masters it, and prints what it was and what became of it. *Apart* is the
distance between the loudest and the softest speaker; *moved* how far the level over three seconds
moves inside a turn at most, beyond what it did in the recording.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.errors import StudioError
from studio.model.clock import Programme, RecordingMs, Span
from studio.model.episode import EpisodeSound
from studio.model.sound import FIRST_TRACK, SpeakerTurn
from studio.sound.ffmpeg import Decoding, Encoding, ffmpeg_path, read_header
from studio.sound.loudness import measure_file
from studio.sound.loudness_analysis import LoudnessAnalysis
from studio.sound.mastering import DEFAULT_LOUDNESS, master_recording
from studio.sound.overview import SHORT_TERM_BLOCKS, read_overview
from studio.sound.recording import inspect_recording

TRUTH = Path(__file__).parent.parent / "tests" / "truth" / "002-stephane-soto.json"
RATE_HZ = 48_000
OWN = Path(__file__).parent.parent / "episodes" / "002-stephane-soto" / "recording.flac"
SHORT_S = 20
DNSMOS_RATE_HZ = 16_000
DNSMOS_S = 10

# Name, seconds (0: long), channels, filters. A stereo made of one voice has a room: the second
# channel is later and softer.
MATERIAL = (
    ("short quiet", SHORT_S, 1, "volume=-25dB"),
    ("short loud", SHORT_S, 1, "volume=25dB,alimiter=limit=0.99:level=false"),
    ("short stereo", SHORT_S, 2, "anull"),
    ("long quiet", 0, 1, "volume=-25dB"),
    ("long loud", 0, 1, "volume=25dB,alimiter=limit=0.99:level=false"),
    ("long stereo", 0, 2, "anull"),
    ("long stereo loud", 0, 2, "volume=25dB,alimiter=limit=0.99:level=false"),
)
ROOM = (
    "aresample=48000,asplit[a][b];[b]adelay=11,volume=0.8[c];"
    "[a][c]join=inputs=2:channel_layout=stereo"
)


@dataclasses.dataclass(frozen=True)
class Cost:
    """What a run took."""

    seconds: float
    processor_seconds: float
    megabytes: float


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recordings", nargs="*", type=Path, default=[OWN])
    parser.add_argument("--long", type=float, default=20.0, metavar="MINUTES")
    parser.add_argument("--only", default="", metavar="NAME")
    parser.add_argument("--worst", action="store_true")
    parser.add_argument("--dnsmos", action="store_true")
    parser.add_argument(
        "--master", nargs=2, type=Path, metavar=("RECORDING", "MP3"), help=argparse.SUPPRESS
    )
    options = parser.parse_args()
    if options.master:
        master(*options.master)
        return
    if options.worst:
        with tempfile.TemporaryDirectory() as folder:
            print_worst(Path(folder), options.long * 60, options.only)
        return
    with tempfile.TemporaryDirectory() as folder:
        print_row(
            "material",
            "tool",
            "time s",
            "× real time",
            "processor s",
            "memory MB",
            "loudness",
            "error LU",
            "peak dBTP",
        )
        for name, source in made_material(
            options.recordings[0], Path(folder), options.long * 60, options.only
        ):
            compare(name, source, Path(folder))
        if options.dnsmos:
            print_row("recording", "", "DNSMOS overall", "speech", "background")
            for recording in options.recordings:
                compare_quality(recording, Path(folder))


def made_material(
    recording: Path, folder: Path, long_s: float, only: str
) -> Iterator[tuple[str, Path]]:
    """Each material as a WAV, deleted when the next one is asked for."""
    for name, seconds, channels, filters in MATERIAL:
        if only not in name:
            continue
        path = folder / f"{name}.wav"
        graph = filters if channels == 1 else f"{filters},{ROOM}"
        repeat = [] if seconds else ["-stream_loop", "-1"]
        subprocess.run(
            [
                ffmpeg_path(),
                "-v",
                "error",
                "-y",
                *repeat,
                "-i",
                recording,
                "-t",
                str(seconds or long_s),
                "-af",
                graph,
                path,
            ],
            check=True,
        )
        yield name, path
        path.unlink()


def compare(name: str, source: Path, folder: Path) -> None:
    """Master it with both tools, a row each."""
    target = folder / "out.mp3"
    channels = read_header(source).channels
    target_lufs = DEFAULT_LOUDNESS.lufs(channels)
    duration_s = (read_header(source).duration_ms or 0) / 1000
    tools = {"studio": [sys.executable, __file__, "--master", str(source), str(target)]}
    if normalizer := shutil.which("ffmpeg-normalize"):
        aim = [
            "-t",
            str(target_lufs),
            "-tp",
            str(DEFAULT_LOUDNESS.ceiling_dbtp),
            "--keep-lra-above-loudness-range-target",
        ]
        encode = [
            "-ar",
            "48000",
            "-c:a",
            "libmp3lame",
            "-b:a",
            "96k" if channels == 1 else "128k",
            "-f",
            "-o",
            str(target),
        ]
        tools["ffmpeg-normalize"] = [normalizer, str(source), *aim, *encode]
    for tool, command in tools.items():
        cost = run_measured(command)
        made, _ = measure_file(
            target, sample_rate_hz=48_000, channels=channels, report=lambda _: None
        )
        loudness_lufs = made.integrated_lufs or -70.0
        print_row(
            name,
            tool,
            f"{cost.seconds:.1f}",
            f"{duration_s / cost.seconds:.0f}",
            f"{cost.processor_seconds:.1f}",
            f"{cost.megabytes:.0f}",
            f"{loudness_lufs:.1f}",
            f"{abs(loudness_lufs - target_lufs):.1f}",
            f"{made.true_peak_dbtp:.1f}",
        )


def master(source: Path, target: Path) -> None:
    """What Studio does with a recording: look at it once, then master it with every step on."""
    facts = inspect_recording(source)
    whole = Programme(kept=(Span(start_ms=RecordingMs(0), end_ms=facts.duration_ms),))
    master_recording(source, facts, whole, target)


def run_measured(command: Sequence[str]) -> Cost:
    """Run it to its end."""
    started, worked = time.perf_counter(), children_seconds()
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "FFMPEG_PATH": ffmpeg_path()},
    )
    highest = 0.0
    done = threading.Event()

    def watch() -> None:
        nonlocal highest
        while not done.wait(0.1):
            highest = max(highest, tree_megabytes(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    status = process.wait()
    seconds = time.perf_counter() - started
    done.set()
    watcher.join()
    if status != 0:
        raise SystemExit(f"{command[0]} failed with {status}")
    return Cost(seconds, children_seconds() - worked, highest)


def children_seconds() -> float:
    """What all processes that this one started and that have ended, and theirs, took of the
    processor.
    """
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def tree_megabytes(root: int) -> float:
    """The memory of a process and all that it started; what they share counts once."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        parents[int(entry.parent.name)] = int(fields[1])
    tree = {root}
    while more := {child for child, parent in parents.items() if parent in tree} - tree:
        tree |= more
    total = 0
    for process in tree:
        try:
            rollup = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
        except OSError:
            continue
        total += next(
            (int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0
        )
    return total / 1024


def compare_quality(recording: Path, folder: Path) -> None:
    """DNSMOS of a recording, of its master without cleaning, and with it."""
    facts = inspect_recording(recording)
    whole = Programme(kept=(Span(start_ms=RecordingMs(0), end_ms=facts.duration_ms),))
    print_row(recording.parent.name, "recording", *dnsmos(recording))
    for name, sound in (
        ("master, nothing cleaned", EpisodeSound(hum=False, denoise="off")),
        ("master", EpisodeSound()),
    ):
        master_recording(recording, facts, whole, folder / "quality.mp3", sound=sound)
        print_row(recording.parent.name, name, *dnsmos(folder / "quality.mp3"))


def dnsmos(path: Path) -> tuple[str, ...]:
    """Mean over the stretches of ten seconds of the first two minutes, each at the same level."""
    from speechmos import dnsmos as judge  # type: ignore[import-not-found, unused-ignore]

    with Decoding(path, sample_rate_hz=DNSMOS_RATE_HZ, channels=1, mix=FIRST_TRACK) as decoding:
        samples = np.concatenate(list(decoding))[:, 0]
    length = DNSMOS_RATE_HZ * DNSMOS_S
    pieces = [
        samples[start : start + length]
        for start in range(0, min(len(samples), 12 * length) - length + 1, length)
    ]
    scores = [
        judge.run(piece / max(1e-6, float(np.abs(piece).max())) * 0.5, DNSMOS_RATE_HZ)
        for piece in pieces
    ]
    return tuple(
        f"{np.mean([score[kind] for score in scores]):.2f}"
        for kind in ("ovrl_mos", "sig_mos", "bak_mos")
    )


def print_worst(folder: Path, long_s: float, only: str) -> None:
    """A row for each case."""
    print_row(
        *("case", "before: LUFS", "dBTP", "noise dBFS", "apart LU"),
        *(
            "after: LUFS",
            "error LU",
            "dBTP",
            "noise dBFS",
            "apart LU",
            "moved LU",
            "limited dB",
            "softened",
            "encoded",
            "processor s",
        ),
    )
    with Decoding(OWN, sample_rate_hz=RATE_HZ, channels=1, mix=FIRST_TRACK) as decoding:
        voice = np.concatenate(list(decoding))[:, 0]
    truth = json.loads(TRUTH.read_text(encoding="utf-8"))["utterances"]
    turns = tuple(
        SpeakerTurn(
            speaker=int(one["speaker"] != truth[0]["speaker"]),
            start_ms=RecordingMs(round(one["start"] * 1000)),
            end_ms=RecordingMs(round(one["end"] * 1000)),
        )
        for one in truth
    )
    for name, samples, rate_hz, known, repeats in worst_cases(voice, turns, long_s):
        if only not in name:
            continue
        source, target = folder / "worst.wav", folder / "worst.mp3"
        with Encoding(
            ["-ar", str(rate_hz), "-c:a", "pcm_s16le", "-y", str(source)],
            sample_rate_hz=RATE_HZ,
            channels=samples.shape[1],
        ) as file:
            for _ in range(repeats):
                file.write(samples)
            file.finish()
        try:
            print_case(name, source, target, known)
        except StudioError as error:
            print_row(name, f"refused: {error.what}", *[""] * 13)


def worst_cases(
    voice: NDArray[np.float32], turns: tuple[SpeakerTurn, ...], long_s: float
) -> Iterator[tuple[str, NDArray[np.float32], int, tuple[SpeakerTurn, ...], int]]:
    """Name, samples of shape (samples, channels), the rate of the file, who speaks when, how often
    all that is repeated.
    """
    moments = np.arange(len(voice)) / RATE_HZ
    silent = np.zeros_like(voice)
    far = voice.copy()
    for turn in turns:
        if turn.speaker:
            far[turn.start_ms * RATE_HZ // 1000 : turn.end_ms * RATE_HZ // 1000] *= np.float32(
                10 ** (-15 / 20)
            )
    hum = sum(0.02 / number * np.sin(2 * np.pi * 50 * number * moments) for number in (1, 2, 3, 5))
    noise = 0.004 * np.random.default_rng(0).standard_normal(len(voice))
    made: tuple[tuple[str, Sequence[NDArray[np.float32]], int, tuple[SpeakerTurn, ...]], ...] = (
        ("as it is", [voice], RATE_HZ, turns),
        ("guest 15 dB softer", [far], RATE_HZ, turns),
        ("hum of 50 Hz", [(voice + hum).astype(np.float32)], RATE_HZ, turns),
        ("clipped", [np.clip(voice * 12, -1, 1)], RATE_HZ, turns),
        ("noisy room", [(voice + noise).astype(np.float32)], RATE_HZ, turns),
        ("one channel dead", [silent, voice], RATE_HZ, turns),
        ("out of phase", [voice, -voice], RATE_HZ, turns),
        ("telephone, 8 kHz", [voice], 8_000, turns),
        ("offset of 20 %", [np.clip(voice + np.float32(0.2), -1, 1)], RATE_HZ, turns),
        ("one second", [voice[7 * RATE_HZ : 8 * RATE_HZ]], RATE_HZ, ()),
        ("silence", [silent[: 20 * RATE_HZ]], RATE_HZ, ()),
    )
    for name, channels, rate_hz, known in made:
        yield name, np.stack(channels, axis=1), rate_hz, known, 1
    yield (
        f"{long_s / 60:.0f} minutes",
        voice[:, None],
        RATE_HZ,
        (),
        max(1, round(long_s * RATE_HZ / len(voice))),
    )


def print_case(name: str, source: Path, target: Path, turns: tuple[SpeakerTurn, ...]) -> None:
    """Master it with every step on, and measure again what was made."""
    worked = processor_seconds()
    facts = inspect_recording(source)
    whole = Programme(kept=(Span(start_ms=RecordingMs(0), end_ms=facts.duration_ms),))
    made = master_recording(source, facts, whole, target, turns=turns)
    worked = processor_seconds() - worked
    heard, _ = measure_file(
        target, sample_rate_hz=made.sample_rate_hz, channels=made.channels, report=lambda _: None
    )
    before, after = (
        read_overview(source, facts.mix).analysis,
        read_overview(target, FIRST_TRACK).analysis,
    )
    found_db, left_db = (
        survey.floor_db(np.ones(len(survey.cell_peaks), np.float32)) for survey in (before, after)
    )
    print_row(
        name,
        f"{facts.loudness.integrated_lufs:.1f}",
        f"{facts.loudness.true_peak_dbtp:.1f}",
        "–" if found_db is None else f"{found_db:.1f}",
        apart([level.before_lufs for level in made.speakers]),
        f"{heard.integrated_lufs:.1f}",
        f"{abs((heard.integrated_lufs or -70) - made.target_lufs):.1f}",
        f"{heard.true_peak_dbtp:.1f}",
        "–" if left_db is None else f"{left_db:.1f}",
        apart([level.after_lufs for level in made.speakers]),
        f"{moved_lu(before, after, turns):.1f}" if turns else "–",
        f"{made.limited_db:.1f}",
        str(made.softened),
        str(made.attempts),
        f"{worked:.0f}",
    )


def apart(levels_lufs: Sequence[float]) -> str:
    """The distance between the loudest speaker and the softest one."""
    return f"{max(levels_lufs) - min(levels_lufs):.1f}" if levels_lufs else "–"


def moved_lu(
    before: LoudnessAnalysis, after: LoudnessAnalysis, turns: tuple[SpeakerTurn, ...]
) -> float:
    """By how much the short-term level (three seconds) moves at most inside a turn, beyond what it
    did in the recording.
    """
    most = 0.0
    for turn in turns:
        first, last = turn.start_ms // 100 + 3, turn.end_ms // 100 - 3
        windows = [
            slice(block, block + SHORT_TERM_BLOCKS)
            for block in range(first, last - SHORT_TERM_BLOCKS, 5)
        ]
        powers = np.array(
            [
                [survey.block_powers[window].mean() for survey in (before, after)]
                for window in windows
            ]
        )
        if len(powers):
            most = max(most, float(np.ptp(10 * np.log10(powers[:, 1] / powers[:, 0]))))
    return most


def processor_seconds() -> float:
    """What this process and its children took of the processor."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime + children_seconds()


def print_row(*cells: str) -> None:
    """A row of a Markdown table."""
    print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
