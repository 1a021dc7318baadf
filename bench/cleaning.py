"""What noise reduction is worth: no cleaning, ffmpeg's filter (``steady``), the neural network
(``voice``), on the same excerpts with noise made by code.

    python -m bench.cleaning FOLDER... [--seconds 40] [--from 5] [--model base] [--limits 14]

Each FOLDER has ``recording.*`` and ``truth.json`` (``utterances`` with start, end, text). Needs
``pip install pesq pystoi``; DNSMOS is asked where ``speechmos`` and ``librosa`` can be imported.

Every excerpt is heard as it is (quiet), and with hum, hiss, babble and street noise 20 and 10 dB
under its speech. PESQ (wide band) and STOI compare what a filter made with the excerpt without the
noise. *Wrong* are Whisper's wrong words when it hears what the filter made (one decoding; a
difference of a tenth is chance). *Lost* is what the proof of mastering counts: of the words that
were heard in the noisy excerpt, those that are no longer sure after cleaning and an MP3 of 96 kbps,
in percent; without cleaning, that is what the MP3 alone costs. *Left* is how loud the noise is in
pauses after cleaning, against before, in dB.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import wave
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench import scores
from studio.errors import RecordingError
from studio.model.clock import Programme, RecordingMs, Span
from studio.model.show import Whisper
from studio.sound.cleaning_filters import noise_filters
from studio.sound.ffmpeg import ffmpeg_path
from studio.sound.programme import CleanedSound
from studio.sound.recording import inspect_recording, read_samples
from studio.sound.voice_cleaning import RATE_HZ, clean_samples
from studio.speech.engine_loading import load_engine
from studio.speech.model_files import fetch_model
from studio.speech.transcription import transcribe_recording
from studio.speech.word_certainty import (
    compared_windows,
    lost_words,
    word_certainties,
)

Sound = NDArray[np.float32]
LOW_HZ = 16_000
KINDS = ("hum", "hiss", "babble", "street")
SNRS_DB = (20, 10)
FRAME_S = 0.05


# Noise
# --------------------------------------------------------------------------------------------------


def coloured(count: int, slope_db: float, random: np.random.Generator) -> Sound:
    """Noise whose power falls by so many dB an octave."""
    spectrum = np.fft.rfft(random.standard_normal(count))
    hz = np.maximum(np.fft.rfftfreq(count, 1 / RATE_HZ), 20)
    return np.fft.irfft(spectrum * hz ** (-slope_db / 6.02), count).astype(np.float32)


def hum(count: int, random: np.random.Generator) -> Sound:
    """Mains of 50 Hz with its multiples, and a little hiss."""
    moments = np.arange(count) / RATE_HZ
    tones = sum(
        np.sin(2 * np.pi * 50 * k * moments + random.uniform(0, 6.28)) / k for k in (1, 2, 3, 5, 7)
    )
    return (tones + 0.02 * random.standard_normal(count)).astype(np.float32)


def street(count: int, random: np.random.Generator) -> Sound:
    """A low rumble that swells, and things that pass by."""
    rumble = coloured(count, 6, random)
    rumble /= rumble.std()
    moments = np.arange(count) / RATE_HZ
    swell = 1 + 0.5 * np.sin(2 * np.pi * moments / 7.3)
    passing = coloured(count, 3, random)
    passing /= passing.std()
    shape = np.zeros(count)
    for middle in np.arange(4, count / RATE_HZ, 9.0):
        shape += np.exp(-(((moments - middle) / 1.5) ** 2))
    return (rumble * swell + 1.5 * passing * shape).astype(np.float32)


def babble(count: int, voices: Sequence[Sound], random: np.random.Generator) -> Sound:
    """Other people, eight at once, of whom nothing can be understood."""
    total = np.zeros(count, np.float32)
    for number in range(8):
        voice = voices[number % len(voices)]
        total += np.roll(np.resize(voice, count), int(random.integers(count)))[::-1]
    return total


def noise_of(kind: str, count: int, others: Sequence[Sound], random: np.random.Generator) -> Sound:
    """Noise of one kind, as loud as it comes."""
    if kind == "hum":
        return hum(count, random)
    if kind == "hiss":
        return coloured(count, 1.5, random)
    if kind == "street":
        return street(count, random)
    return babble(count, others, random) if kind == "babble" else np.zeros(count, np.float32)


# What is compared
# --------------------------------------------------------------------------------------------------


def level(speech: Sound) -> float:
    """The RMS of the frames with speech: within 20 dB of the loudest."""
    size = round(FRAME_S * RATE_HZ)
    powers = (speech[: len(speech) // size * size].reshape(-1, size) ** 2).mean(axis=1)
    return float(np.sqrt(powers[powers > np.percentile(powers, 95) / 100].mean()))


def through_ffmpeg(sound: Sound, filters: Sequence[str]) -> Sound:
    """What ffmpeg's filters make of it."""
    shape = ["-f", "f32le", "-ar", str(RATE_HZ), "-ac", "1"]
    command = [ffmpeg_path(), "-v", "error", *shape, "-i", "-", "-af", ",".join(filters), *shape]
    made = subprocess.run(
        [*command, "-"], input=sound.tobytes(), stdout=subprocess.PIPE, check=True
    )
    return np.frombuffer(made.stdout, np.float32)[: len(sound)]


def write_wav(path: Path, sound: Sound) -> Path:
    """16 bits, one channel."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def low(sound: Sound, folder: Path, *, mp3: bool = False) -> Sound:
    """As Whisper hears it, at 16 kHz; through an MP3 of 96 kbps, if asked."""
    path = write_wav(folder / "sound.wav", sound)
    if mp3:
        target = folder / "sound.mp3"
        command = [ffmpeg_path(), "-v", "error", "-y", "-i", str(path), "-b:a", "96k"]
        subprocess.run([*command, str(target)], check=True)
        path = target
    return read_samples(path)


def pause_floor(sound: Sound) -> float:
    """The level of the quietest twentieth of its frames, in dBFS."""
    size = round(FRAME_S * RATE_HZ)
    powers = (sound[: len(sound) // size * size].reshape(-1, size) ** 2).mean(axis=1)
    return float(10 * np.log10(np.percentile(powers, 5) + 1e-12))


def filters_of(limits_db: Sequence[float]) -> dict[str, Callable[[Sound], Sound]]:
    """The filters by name."""

    def steady(sound: Sound) -> Sound:
        return through_ffmpeg(sound, noise_filters(pause_floor(sound), RATE_HZ))

    def voice(limit_db: float) -> Callable[[Sound], Sound]:
        share = CleanedSound(path=Path(), limit_db=limit_db).share
        return lambda sound: sound + np.float32(share) * (cleaned_once(sound) - sound)

    kept: dict[int, Sound] = {}

    def cleaned_once(sound: Sound) -> Sound:
        if id(sound) not in kept:
            kept.clear()
            kept[id(sound)] = clean_samples(sound)
        return kept[id(sound)]

    made: dict[str, Callable[[Sound], Sound]] = {"none": lambda sound: sound, "steady": steady}
    return made | {f"voice {limit_db:g} dB": voice(limit_db) for limit_db in limits_db}


class Judge:
    """PESQ, STOI, DNSMOS where it is there, and Whisper."""

    def __init__(self, model: str) -> None:
        from pesq import pesq
        from pystoi import stoi

        self.pesq, self.stoi = pesq, stoi
        self.settings = Whisper(model=model)
        self.folder = fetch_model(model)
        self.engine = load_engine(self.settings, self.folder)
        try:
            from speechmos import dnsmos
        except ImportError:
            dnsmos = None
        self.dnsmos = dnsmos

    def hear(self, samples: Sound) -> Any:
        """What Whisper hears."""
        return transcribe_recording(
            samples,
            settings=self.settings,
            folder=self.folder,
            language="fr",
            names=(),
            where="excerpt",
        )

    def mos(self, samples: Sound) -> float:
        """DNSMOS, overall; NaN where it is not there."""
        if self.dnsmos is None:
            return float("nan")
        return float(self.dnsmos.run(np.clip(samples, -1, 1), sr=LOW_HZ)["ovrl_mos"])


def truth_of(folder: Path, start_s: float, seconds: float) -> tuple[str, float, float]:
    """What is said between two moments that no utterance crosses, and these moments."""
    utterances = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["utterances"]
    said = [
        one for one in utterances if one["start"] >= start_s and one["end"] <= start_s + seconds
    ]
    return (
        " ".join(one["text"] for one in said),
        said[0]["start"] - 0.3,
        max(one["end"] for one in said) + 0.3,
    )


def excerpt(folder: Path, first_s: float, last_s: float) -> Sound:
    """That part of the recording, at 48 kHz, one channel."""
    path = next(folder.glob("recording.*"))
    samples = read_samples(path, sample_rate_hz=RATE_HZ, mix=inspect_recording(path).mix)
    return samples[round(first_s * RATE_HZ) : round(last_s * RATE_HZ)].copy()


def main() -> None:
    """Print a table of means over the folders."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--from", dest="start", type=float, default=5.0)
    parser.add_argument("--model", default="base")
    parser.add_argument("--limits", type=float, nargs="+", default=[14.0])
    parser.add_argument("--kinds", nargs="*", default=list(KINDS))
    options = parser.parse_args()
    judge, found = Judge(options.model), defaultdict(list)
    excerpts = {}
    for folder in options.folders:
        text, first_s, last_s = truth_of(folder, options.start, options.seconds)
        excerpts[folder] = text, excerpt(folder, first_s, last_s)
    conditions = [("quiet", 0), *((kind, snr) for snr in SNRS_DB for kind in options.kinds)]
    with tempfile.TemporaryDirectory() as name:
        for folder, (text, clean) in excerpts.items():
            others = [sound for other, (_, sound) in excerpts.items() if other != folder]
            for kind, snr in conditions:
                random = np.random.default_rng(18)
                noise = noise_of(kind, len(clean), others or [clean[::-1]], random)
                if kind != "quiet":
                    noise *= level(clean) * 10 ** (-snr / 20) / noise.std()
                filters = filters_of(options.limits)
                for tool, row in compared(
                    clean, clean + noise, text, filters=filters, judge=judge, folder=Path(name)
                ):
                    found[kind, snr, tool].append(row)
                    print(
                        folder.name, kind, snr, tool, *map(shown, row), file=sys.stderr, flush=True
                    )
    print("| noise | filter | PESQ | STOI | DNSMOS | left dB | wrong | lost % |")
    print("|---|---|---|---|---|---|---|---|")
    for (kind, snr, tool), rows in found.items():
        means = np.array(rows).mean(axis=0)
        name = kind if kind == "quiet" else f"{kind}, {snr} dB"
        print(f"| {name} | {tool} | {' | '.join(map(shown, means))} |")


def shown(value: float) -> str:
    """A figure of the table."""
    return "–" if np.isnan(value) else f"{value:.2f}"


def compared(
    clean: Sound,
    noisy: Sound,
    text: str,
    *,
    filters: dict[str, Callable[[Sound], Sound]],
    judge: Judge,
    folder: Path,
) -> Iterator[tuple[str, tuple[float, ...]]]:
    """The figures of each filter on one noisy excerpt."""
    heard_low, clean_low = low(noisy, folder), low(clean, folder)
    try:
        heard = judge.hear(heard_low)
    except RecordingError:
        return
    whole = Span(start_ms=RecordingMs(0), end_ms=RecordingMs(len(noisy) * 1000 // RATE_HZ))
    windows = compared_windows(heard.words, Programme(kept=(whole,)))
    before = word_certainties(judge.engine, heard_low, windows, "fr", heard=False)
    for tool, run in filters.items():
        made = run(noisy)
        made_low = low(made, folder)
        after = word_certainties(
            judge.engine, low(made, folder, mp3=True), windows, "fr", heard=True
        )
        again = heard if tool == "none" else judge.hear(made_low)
        said = " ".join(word.text for word in again.words)
        yield (
            tool,
            (
                judge.pesq(LOW_HZ, clean_low, made_low, "wb"),
                judge.stoi(clean_low, made_low, LOW_HZ, extended=False),
                judge.mos(made_low),
                pause_floor(made) - pause_floor(noisy),
                scores.wrong_words(text, said),
                100 * len(lost_words(windows, before, after)) / max(1, len(before)),
            ),
        )


if __name__ == "__main__":
    main()
