"""Sounds made for the tests, so that each says exactly what it is. Samples are float arrays of
shape (samples, channels).
"""

from __future__ import annotations

import subprocess
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.model.sound import FIRST_TRACK
from studio.sound.ffmpeg import Decoding, ffmpeg_path

Samples = NDArray[np.float64]

REAL_RECORDING = Path(__file__).parent.parent / "episodes" / "002-stephane-soto" / "recording.flac"


def speechlike(
    seconds: float, *, rate_hz: int = 48_000, level_db: float = -20.0, seed: int = 0
) -> Samples:
    """A voice-like hum with syllables, breath noise and pauses, one channel; ``level_db`` is its
    RMS in full scale.
    """
    generator = np.random.default_rng(seed)
    moments = np.arange(round(seconds * rate_hz)) / rate_hz
    voice = sum(np.sin(2 * np.pi * 120 * k * moments + k) / k for k in range(1, 20))
    syllables = np.clip(
        np.sin(2 * np.pi * 3.1 * moments) + 0.6 * np.sin(2 * np.pi * 0.7 * moments), 0, None
    )
    sound = (voice + 0.3 * generator.standard_normal(len(moments))) * syllables
    levelled: Samples = sound * 10 ** (level_db / 20) / np.sqrt(np.mean(np.square(sound)))
    return levelled[:, None]


def tone(
    seconds: float, *, rate_hz: int = 48_000, hz: float = 1000.0, level: float = 0.25
) -> Samples:
    """A sine, one channel."""
    return (level * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz))[:, None]


def silence(seconds: float, *, rate_hz: int = 48_000, channels: int = 1) -> Samples:
    return np.zeros((round(seconds * rate_hz), channels))


def write_wav(path: Path, samples: Samples, *, rate_hz: int = 48_000) -> Path:
    """16 bit; what passes full scale is clipped."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes((np.clip(samples, -1, 1) * 32767).round().astype("<i2").tobytes())
    return path


def convert(source: Path, target: Path, *options: str) -> Path:
    """The same sound in the form that the target's name and ffmpeg's options ask for."""
    subprocess.run(
        [
            ffmpeg_path(),
            "-nostdin",
            "-v",
            "error",
            "-y",
            "-i",
            f"file:{source}",
            *options,
            f"file:{target}",
        ],
        check=True,
    )
    return target


def real_speech(folder: Path, seconds: int = 20) -> Path:
    """The first seconds of the repository's own recording."""
    return convert(REAL_RECORDING, folder / "réel.flac", "-t", str(seconds))


def decoded(path: Path, *, rate_hz: int, channels: int = 1) -> NDArray[np.float32]:
    """What a decoder gives, shape (samples, channels)."""
    with Decoding(path, sample_rate_hz=rate_hz, channels=channels, mix=FIRST_TRACK) as decoding:
        return np.concatenate(list(decoding))
