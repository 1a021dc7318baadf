"""Recordings with their truth, and what is done to them before they are heard.

A case is a folder with ``recording.*`` (several: one a microphone), ``truth.json``, ``article.txt``
where something was published, and ``reference.txt`` where the truth has no text of its own; or a
sound ``x.wav`` beside ``x.txt``, a text that is read.
"""

from __future__ import annotations

import json
import re
import wave
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from support.interviews import INTERVIEWS, recording_of
from support.made_speech import SAMPLE_RATE_HZ, Samples
from support.worse_lines import from_afar, on_a_telephone

ROOT = Path(__file__).parent.parent

Guests = Sequence[tuple[float, float]]

LATER_S = 0.137
NOISE_DB = -66.0


def _later(samples: Samples) -> Samples:
    return np.concatenate([_noise(round(LATER_S * SAMPLE_RATE_HZ), 1) * np.float32(0.1), samples])


def _noise(count: int, seed: int) -> Samples:
    return np.asarray(
        10 ** (NOISE_DB / 20) * np.random.default_rng(seed).standard_normal(count), dtype=np.float32
    )


# Copies that sound the same to any listener: their differences in the text are chance.
COPIES: dict[str, Callable[[Samples], Samples]] = {
    "as it is": lambda samples: samples,
    "1 dB softer": lambda samples: np.asarray(10 ** (-1 / 20) * samples, dtype=np.float32),
    "137 ms later": _later,
    "noise at -66 dB": lambda samples: samples + _noise(len(samples), 2),
}

# ``telephone``: 300 to 3400 Hz, eight bits; ``far``: guests 10 dB softer, mains hum 24 dB and noise
# 30 dB under the speech.
LINES: dict[str, Callable[[Samples, Guests], Samples]] = {
    "as it is": lambda samples, _: samples,
    "telephone": lambda samples, _: on_a_telephone(samples),
    "far": from_afar,
}


@dataclass(frozen=True)
class Case:
    """One recording. ``article`` is None where nothing was published: then it is only heard."""

    name: str
    recordings: tuple[Path, ...]
    article: Path | None
    truth: dict[str, Any] = field(repr=False)
    reference: str = field(repr=False)

    @property
    def turns(self) -> list[dict[str, Any]]:
        """Who speaks when: speaker, start, end (s)."""
        turns: list[dict[str, Any]] = self.truth.get("utterances") or self.truth.get("turns") or []
        return turns

    @property
    def guests(self) -> list[tuple[float, float]]:
        """Where a person other than the host speaks, in seconds."""
        return [
            (turn["start"], turn["end"])
            for turn in self.turns
            if turn["speaker"] not in {"I", "host"}
        ]


def cases_in(folders: Sequence[Path]) -> Iterator[Case]:
    """The cases that these folders are, or hold; without any the interviews of the tests."""
    if not folders:
        for name in INTERVIEWS:
            truth = json.loads(
                (ROOT / "tests" / "truth" / f"{name}.json").read_text(encoding="utf-8")
            )
            yield Case(
                name,
                (recording_of(name),),
                ROOT / "tests" / "article" / f"{name}.txt",
                truth,
                _text_of(truth),
            )
    for folder in folders:
        if (folder / "truth.json").exists():
            recordings = tuple(sorted(folder.glob("recording*.*")))
            truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
            beside, article = folder / "reference.txt", folder / "article.txt"
            reference = (
                _without_speakers(beside.read_text(encoding="utf-8"))
                if "utterances" not in truth
                else _text_of(truth)
            )
            if recordings:
                yield Case(
                    folder.name, recordings, article if article.exists() else None, truth, reference
                )
            continue
        for sound in sorted(folder.glob("*.wav")):
            texts = [
                folder / f"{stem}.txt"
                for stem in (sound.stem, re.sub(r"_(16k|8k_tel)$", "", sound.stem))
            ]
            text = next((text for text in texts if text.exists()), None)
            if text is not None:
                yield Case(sound.stem, (sound,), None, {}, text.read_text(encoding="utf-8"))


def _text_of(truth: dict[str, Any]) -> str:
    return " ".join(utterance["text"] for utterance in truth["utterances"])


def _without_speakers(text: str) -> str:
    return re.sub(r"^[A-ZÉ][\w -]{0,30}: ", "", text, flags=re.MULTILINE)


def sounds_of(case: Case, copy: str, line: str, folder: Path) -> tuple[Path, ...]:
    """The files of a case as a copy and a line let them through: the case's own where nothing is
    done, else WAV files in ``folder``.
    """
    from studio.sound.recording import read_samples

    if copy == line == "as it is":
        return case.recordings
    made = []
    for recording in case.recordings:
        path = folder / f"{recording.stem}.wav"
        made.append(path)
        if path.exists():
            continue
        samples = COPIES[copy](LINES[line](read_samples(recording), case.guests))
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        with wave.open(str(unfinished), "wb") as stream:
            stream.setnchannels(1)
            stream.setsampwidth(2)
            stream.setframerate(SAMPLE_RATE_HZ)
            stream.writeframes(np.round(np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes())
        unfinished.replace(path)
    return tuple(made)
