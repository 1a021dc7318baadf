"""Sounds in which nobody speaks, made by code: 16 kHz, −1 to 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE_HZ = 16_000
Samples = NDArray[np.float32]


def _clock(seconds: float) -> NDArray[np.float64]:
    return np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE_HZ), dtype=np.float32)


def room_noise(seconds: float) -> Samples:
    return (
        np.random.default_rng(1).normal(0, 0.02, round(seconds * SAMPLE_RATE_HZ)).astype(np.float32)
    )


def hum(seconds: float) -> Samples:
    moments = _clock(seconds)
    tone = 0.05 * np.sin(2 * np.pi * 50 * moments) + 0.02 * np.sin(2 * np.pi * 150 * moments)
    return np.asarray(tone + room_noise(seconds) / 8, dtype=np.float32)


def music(seconds: float) -> Samples:
    """A melody with overtones, two notes a second."""
    chance = np.random.default_rng(2)
    made = np.zeros(round(seconds * SAMPLE_RATE_HZ))
    moments = _clock(0.5)
    for start in range(0, len(made) - len(moments) + 1, len(moments)):
        hz = chance.choice([262, 294, 330, 349, 392, 440, 494, 523])
        note = sum(np.sin(2 * np.pi * hz * part * moments) / part for part in (1, 2, 3))
        made[start : start + len(moments)] += 0.2 * note * np.exp(-5 * moments)
    return made.astype(np.float32)


def applause(seconds: float) -> Samples:
    chance = np.random.default_rng(3)
    made = chance.normal(0, 0.02, round(seconds * SAMPLE_RATE_HZ))
    clap = np.exp(-np.arange(400) / 80)
    for start in chance.integers(0, len(made) - 400, round(100 * seconds)):
        made[start : start + 400] += chance.normal(0, 0.2, 400) * clap
    return made.astype(np.float32)


SOUNDS = {
    "silence": silence,
    "room noise": room_noise,
    "hum": hum,
    "music": music,
    "applause": applause,
}
