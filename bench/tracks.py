"""What separate microphones are worth: the same conversation from a file for each speaker, and from
one mono file of all, by the commands that a user runs.

    python -m bench.tracks FOLDER... --cache CACHE

Each FOLDER has ``recording-*`` (a file for each speaker), ``mixed.*`` (all of them as one),
``article.txt``, ``truth.json`` (``utterances`` on the clock of the file that began first) and
``script.json`` whose ``tracks`` tells what was done to the files: ``late_s`` and ``drift_ppm``.

Printed are: how far each file is placed from where it belongs, at its begin and its end; the words
of the transcript that carry the right name (of those that are the truth's words and are heard when
they were said, by the best assignment of labels to voices), wrong words, those that are said while
another person speaks, names, questions; what the mix does with the other microphones, beside the
plain sum that ffmpeg's ``amix`` makes; processor time and memory. What was made is kept in CACHE;
remove what is to be rebuilt.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import jiwer
import numpy as np

from bench import scores
from studio.model.sound import FIRST_TRACK
from studio.sound.ffmpeg import Decoding, TrackDecoding

RATE_HZ = 16_000
FRAME_S = 0.01
# Residuals are measured where one voice alone speaks, so far from the borders of its utterances.
INSIDE_S = 0.25
# A word that is heard this far from the utterance in which the same word was said is another one,
# misheard.
MAX_APART_S = 0.5
MIN_S = 1.0


# What is made
# --------------------------------------------------------------------------------------------------


def make_show(sounds: Sequence[Path], article: Path, show: Path) -> dict[str, Any]:
    """Run the commands once; a folder that is there is taken as it is."""
    kept = show / "cost.json"
    if not kept.exists():
        recordings = [word for sound in sounds for word in ("--recording", str(sound))]
        _studio("init", str(show), "--title", "3 questions à")
        new = _studio("-C", str(show), "new", "--article", str(article), *recordings)
        run = _studio("-C", str(show), "run")
        cost = {
            "new_s": new.ru_utime + new.ru_stime,
            "run_s": run.ru_utime + run.ru_stime,
            "memory_mb": max(new.ru_maxrss, run.ru_maxrss) / 1024,
        }
        kept.write_text(json.dumps(cost), encoding="utf-8")
    cost = dict(json.loads(kept.read_text(encoding="utf-8")))
    texts = {
        name: json.loads(next(show.rglob(f"{name}.json")).read_text(encoding="utf-8"))
        for name in ("transcript", "alignment", "loudness")
    }
    return {**cost, **texts, "folder": next((show / "episodes").iterdir())}


def _studio(*arguments: str) -> resource.struct_rusage:
    """Run a command; what it and the processes took that it waited for."""
    with tempfile.TemporaryFile() as said:
        command = [sys.executable, "-m", "studio", *arguments]
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise SystemExit(f"studio {' '.join(arguments)}\n{said.read().decode()}")
    return usage


# Where the files are placed
# --------------------------------------------------------------------------------------------------


def placing_errors(folder: Path, made: dict[str, Any]) -> Iterator[tuple[str, float, float, float]]:
    """Of each file its name, how many milliseconds its begin and its end are off, and by how much
    the drift (ppm).

    What ``new`` wrote into the settings is compared: offsets in whole milliseconds, drifts in
    tenths of a ppm.
    """
    told = json.loads((folder / "script.json").read_text(encoding="utf-8"))["tracks"]
    settings = tomllib.loads((made["folder"] / "episode.toml").read_text(encoding="utf-8"))
    length_ms = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["duration"] * 1000
    for one in settings["microphones"]:
        voice = Path(one["file"]).stem.rpartition("-")[2]
        late_ms = told.get("late_s", {}).get(voice, 0) * 1000
        drift_ppm = told.get("drift_ppm", {}).get(voice, 0)
        begin_ms = one["offset_ms"] - late_ms
        off_ppm = one["drift_ppm"] - drift_ppm
        yield one["file"], begin_ms, begin_ms - (length_ms - late_ms) * off_ppm * 1e-6, off_ppm


# Words
# --------------------------------------------------------------------------------------------------


def word_figures(truth: dict[str, Any], transcript: dict[str, Any]) -> dict[str, Any]:
    """Words right and wrong, who says them, and those during which another person speaks too."""
    said = list(_said_words(truth["utterances"]))
    found = [
        (word, segment["speaker"], (one["start_ms"] + one["end_ms"]) / 2000)
        for segment in transcript["segments"]
        for one in segment["words"]
        for word in scores.plain(one["text"]).split()
    ]
    compared = jiwer.process_words(
        " ".join(word for word, _, _ in said), " ".join(word for word, _, _ in found)
    )
    votes: Counter[tuple[str, str]] = Counter()
    for chunk in compared.alignments[0]:
        if chunk.type != "equal":
            continue
        for place in range(chunk.ref_end_idx - chunk.ref_start_idx):
            _, one, _ = said[chunk.ref_start_idx + place]
            _, label, moment = found[chunk.hyp_start_idx + place]
            if one["start"] - MAX_APART_S <= moment <= one["end"] + MAX_APART_S:
                votes[one["speaker"], label or ""] += 1
    return {
        "words": len(said),
        "wrong": compared.substitutions + compared.deletions + compared.insertions,
        "right person": best_share(votes),
        "together": sum(together for _, _, together in said),
        "right together": _right_together(said, found),
    }


def _right_together(
    said: Sequence[tuple[str, dict[str, Any], bool]], found: Sequence[tuple[str, str | None, float]]
) -> int:
    """How many words that are said while another person speaks are in their own voice's text: each
    voice is compared for itself, because no order of words is right for both.
    """
    voices = sorted({one["speaker"] for _, one, _ in said})
    labels = sorted({label or "" for _, label, _ in found})
    labels += [""] * max(0, len(voices) - len(labels))

    def right(voice: str, label: str) -> tuple[int, int]:
        own = [(word, together) for word, one, together in said if one["speaker"] == voice]
        theirs = " ".join(word for word, other, _ in found if (other or "") == label)
        if not theirs:
            return 0, 0
        chunks = jiwer.process_words(" ".join(word for word, _ in own), theirs).alignments[0]
        places = [
            place
            for chunk in chunks
            if chunk.type == "equal"
            for place in range(chunk.ref_start_idx, chunk.ref_end_idx)
        ]
        return len(places), sum(own[place][1] for place in places)

    rights = {(voice, label): right(voice, label) for voice in voices for label in set(labels)}
    best = max(
        itertools.permutations(labels, len(voices)),
        key=lambda some: sum(rights[pair][0] for pair in zip(voices, some, strict=True)),
    )
    return sum(rights[pair][1] for pair in zip(voices, best, strict=True))


def _said_words(utterances: Sequence[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Each word as it is compared, its utterance, and whether another person speaks in its middle,
    by its place in its utterance.
    """
    for one in utterances:
        words = scores.plain(one["text"]).split()
        for place, word in enumerate(words):
            moment = one["start"] + (one["end"] - one["start"]) * (place + 0.5) / len(words)
            together = any(
                other["start"] < moment < other["end"]
                for other in utterances
                if other["speaker"] != one["speaker"]
            )
            yield word, one, together


def best_share(votes: Counter[tuple[str, str]]) -> float:
    """Which share is right when each voice has a label of its own, in the best assignment."""
    voices = sorted({voice for voice, _ in votes})
    labels = sorted({label for _, label in votes})
    labels += [""] * max(0, len(voices) - len(labels))
    best = max(
        sum(votes[pair] for pair in zip(voices, some, strict=True))
        for some in itertools.permutations(labels, len(voices))
    )
    return best / votes.total()


# The mix
# --------------------------------------------------------------------------------------------------


def mix_figures(truth: dict[str, Any], made: dict[str, Any], names: Sequence[str]) -> list[str]:
    """How much of the other microphones is in the mix, and in the plain sum of all, where one voice
    alone speaks; and how far the voices' levels are apart.

    What of a mix is not its speaker's own microphone is told in dB under that: it is what colours
    the voice (a comb filter). −20 dB moves no frequency by more than 1 dB.
    """
    folder, count = made["folder"], len(names)
    with TrackDecoding(
        next(folder.glob("recording.*")), track=0, sample_rate_hz=RATE_HZ, channels=count
    ) as decoding:
        heard = np.concatenate(list(decoding))
    mix = _mono(folder / "build" / "mix.flac")
    rests: dict[str, list[float]] = {"mix": [], "sum": []}
    levels: dict[str, dict[str, list[float]]] = {"mix": {}, "sum": {}}
    for voice, start, end in _alone(truth["utterances"]):
        part = slice(round(start * RATE_HZ), round(end * RATE_HZ))
        own = heard[part, [Path(name).stem.rpartition("-")[2] for name in names].index(voice)]
        for name, sound in (("mix", mix[part]), ("sum", heard[part].mean(axis=1))):
            factor = float(sound @ own / (own @ own))
            rest = float(np.std(sound - factor * own) / abs(factor) / np.std(own))
            rests[name].append(20 * np.log10(max(rest, 1e-6)))
            levels[name].setdefault(voice, []).append(float(np.square(sound).mean()))
    told = []
    for name in ("mix", "sum"):
        by_voice = [10 * np.log10(np.median(powers)) for powers in levels[name].values()]
        told.append(f"{np.median(rests[name]):.1f}, {max(rests[name]):.1f}")
        told.append(f"{max(by_voice) - min(by_voice):.1f}")
    return told


def _mono(path: Path) -> np.ndarray[Any, np.dtype[np.float32]]:
    with Decoding(path, sample_rate_hz=RATE_HZ, channels=1, mix=FIRST_TRACK) as decoding:
        return np.concatenate(list(decoding))[:, 0]


def _alone(utterances: Sequence[dict[str, Any]]) -> Iterator[tuple[str, float, float]]:
    """Stretches in which one voice alone speaks: who, from when to when (s)."""
    for one in utterances:
        start, end = one["start"] + INSIDE_S, one["end"] - INSIDE_S
        others = [other for other in utterances if other is not one]
        if end - start >= MIN_S and not any(
            other["start"] < end and start < other["end"] for other in others
        ):
            yield one["speaker"], start, end


# The table
# --------------------------------------------------------------------------------------------------


def text_row(name: str, truth: dict[str, Any], made: dict[str, Any]) -> list[str]:
    """The row of one transcript."""
    words = word_figures(truth, made["transcript"])
    text = " ".join(
        word["text"] for segment in made["transcript"]["segments"] for word in segment["words"]
    )
    missing = scores.missing_names(truth, text)
    onsets, missed, false = scores.onset_errors_s(truth, made["alignment"]["questions"], 0.0)
    cores = os.cpu_count() or 1
    return [
        name,
        f"{words['wrong']} of {words['words']}",
        f"{words['right together']} of {words['together']}",
        f"{words['right person']:.1%}",
        f"{1 - len(missing) / max(1, len(truth['names'])):.2f}",
        f"{len(onsets)} of {len(onsets) + missed}, {false} false",
        f"{max(onsets, default=0):.2f}",
        f"{truth['duration'] * cores / (made['new_s'] + made['run_s']):.1f}",
        f"{made['memory_mb']:.0f}",
    ]


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A Markdown table."""
    print(f"\n| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for cells in rows:
        print(f"| {' | '.join(cells)} |", flush=True)


def main() -> None:
    """Make what is not there, then print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--cache", type=Path, required=True)
    told = parser.parse_args()
    placed, texts, mixes = [], [], []
    for folder in told.folders:
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        sounds = sorted(folder.glob("recording-*"))
        apart = make_show(sounds, folder / "article.txt", told.cache / f"{folder.name} apart")
        one = make_show(
            sorted(folder.glob("mixed.*")),
            folder / "article.txt",
            told.cache / f"{folder.name} mono",
        )
        placed += [
            [folder.name, file, f"{begin:.1f}", f"{end:.1f}", f"{drift:.1f}"]
            for file, begin, end, drift in placing_errors(folder, apart)
        ]
        texts += [
            text_row(f"{folder.name}, {len(sounds)} microphones", truth, apart),
            text_row(f"{folder.name}, mono", truth, one),
        ]
        loudness = apart["loudness"]["after"]
        mixes.append(
            [
                folder.name,
                *mix_figures(truth, apart, [sound.name for sound in sounds]),
                f"{loudness['integrated_lufs']:.1f}, {loudness['true_peak_dbtp']:.1f}",
            ]
        )
    print_table(("recording", "file", "begin ms off", "end ms off", "drift ppm off"), placed)
    print_table(
        ("recording", "words wrong", "right while two speak", "to the right person", "names",
         "questions", "worst start s", "× real time", "memory MB"),
        texts,
    )  # fmt: skip
    print_table(
        ("recording", "others in the mix dB (median, worst)", "voices apart dB",
         "others in the sum", "voices apart", "LUFS, dBTP"),
        mixes,
    )  # fmt: skip


if __name__ == "__main__":
    main()
