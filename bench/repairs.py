"""What repairs of damaged sound are worth: damage made by code (clipped peaks, clicks, plosives,
sharp sibilants), each at several strengths, and ffmpeg's filters against it.

    python -m bench.repairs FOLDER... [--seconds 20] [--from 5] [--only clipped clicks]

Each FOLDER has ``recording.*``. Needs ``pip install pesq``. Printed are for each damage PESQ (wide
band) and SNR (dB) against the sound without it, before and after; what the same repair does to
sound that has no damage (*undamaged*); and by how many samples it moves the sound.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from bench.cleaning import LOW_HZ, Sound, excerpt, level, low, through_ffmpeg
from studio.sound.voice_cleaning import RATE_HZ


def clipped(sound: Sound, drive_db: float, _: np.random.Generator) -> Sound:
    """So many dB over full scale, cut off there, and as loud as before."""
    factor = 10 ** (drive_db / 20) / np.abs(sound).max()
    cut: Sound = (np.clip(sound * factor, -1, 1) / factor).astype(np.float32)
    return cut


def clicks(sound: Sound, over_db: float, random: np.random.Generator) -> Sound:
    """Two a second of one to twenty samples, so far over the speech's level."""
    damaged = sound.copy()
    for _ in range(round(2 * len(sound) / RATE_HZ)):
        at, length = int(random.integers(len(sound) - 40)), int(random.integers(1, 21))
        shape = random.standard_normal(length).astype(np.float32)
        damaged[at : at + length] += shape * np.float32(level(sound) * 10 ** (over_db / 20))
    return damaged


def plosives(sound: Sound, over_db: float, random: np.random.Generator) -> Sound:
    """Puffs of air: bursts below 80 Hz for 80 ms, one a second, so far over the speech's level."""
    damaged = sound.copy()
    length = round(0.08 * RATE_HZ)
    moments = np.arange(length) / RATE_HZ
    for _ in range(round(len(sound) / RATE_HZ)):
        at = int(random.integers(len(sound) - length))
        hz, phase = random.uniform(20, 80), random.uniform(0, 6.28)
        burst = np.exp(-moments / 0.025) * np.sin(2 * np.pi * hz * moments + phase)
        damaged[at : at + length] += (burst * level(sound) * 10 ** (over_db / 20)).astype(
            np.float32
        )
    return damaged


def sharp(sound: Sound, raised_db: float, _: np.random.Generator) -> Sound:
    """Everything above 5 kHz raised by so many dB, as by a bright microphone."""
    spectrum = np.fft.rfft(sound)
    hz = np.fft.rfftfreq(len(sound), 1 / RATE_HZ)
    raised = 1 + (10 ** (raised_db / 20) - 1) / (1 + np.exp(-(hz - 5_000) / 200))
    return np.fft.irfft(spectrum * raised, len(sound)).astype(np.float32)


DAMAGES: dict[str, tuple[Callable[[Sound, float, np.random.Generator], Sound], Sequence[float]]] = {
    "clipped": (clipped, (3, 6, 12)),
    "clicks": (clicks, (0, 10, 20)),
    "plosives": (plosives, (0, 10, 20)),
    "sharp": (sharp, (6, 12)),
}
REPAIRS: dict[str, dict[str, tuple[str, ...]]] = {
    "clipped": {
        "adeclip": ("adeclip",),
        "adeclip t=20": ("adeclip=t=20",),
        "adeclip a=16 t=10": ("adeclip=a=16",),
    },
    "clicks": {
        "adeclick": ("adeclick",),
        "adeclick a=8 t=6": ("adeclick=a=8:t=6",),
        "adeclick a=16 t=10": ("adeclick=a=16:t=10",),
    },
    "plosives": {
        "highpass 50": ("highpass=f=50",),
        "highpass 80": ("highpass=f=80",),
        "highpass 100, 4 poles": ("highpass=f=100", "highpass=f=100"),
    },
    "sharp": {
        "deesser i=.1": ("deesser=i=0.1",),
        "deesser i=.5": ("deesser=i=0.5:m=0.5:f=0.5",),
        "deesser i=1": ("deesser=i=1:m=0.5:f=0.5",),
    },
}


def snr_db(clean: Sound, made: Sound) -> float:
    """How far what differs is under the sound."""
    rest = made - clean
    return float(10 * np.log10(np.square(clean).sum() / max(float(np.square(rest).sum()), 1e-12)))


def delay(clean: Sound, made: Sound) -> int:
    """By how many samples the made sound is late."""
    count = 1 << int(np.ceil(np.log2(2 * len(clean))))
    product = np.fft.rfft(made, count) * np.conj(np.fft.rfft(clean, count))
    lag = int(np.argmax(np.fft.irfft(product, count)))
    return lag - count if lag > count // 2 else lag


def main() -> None:
    """Print a line for each damage and repair, means over the folders."""
    from pesq import pesq

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--from", dest="start", type=float, default=5.0)
    parser.add_argument("--only", nargs="*", default=list(DAMAGES))
    options = parser.parse_args()

    def score(clean: Sound, made: Sound) -> float:
        with tempfile.TemporaryDirectory() as folder:
            return float(pesq(LOW_HZ, *(low(one, Path(folder)) for one in (clean, made)), "wb"))

    sounds = [
        excerpt(one, options.start, options.start + options.seconds) for one in options.folders
    ]
    for name in options.only:
        damage, strengths = DAMAGES[name]
        for strength in (None, *strengths):
            damaged = [
                one if strength is None else damage(one, strength, np.random.default_rng(7))
                for one in sounds
            ]
            rows = {"nothing": ()} | REPAIRS[name]
            for repair, filters in rows.items():
                made = [through_ffmpeg(one, filters) if filters else one for one in damaged]
                pairs = list(zip(sounds, made, strict=True))
                print(
                    f"{name:9} {'undamaged' if strength is None else f'{strength} dB':>9}"
                    f" {repair:22}"
                    f" PESQ {np.mean([score(*pair) for pair in pairs]):5.2f}"
                    f" SNR {np.mean([snr_db(*pair) for pair in pairs]):6.1f} dB"
                    f" late {max((delay(*pair) for pair in pairs), key=abs)}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
