"""Sounds made for the tests, so that each says exactly what it is. Samples are float arrays of
shape (samples, channels).
"""

from __future__ import annotations

import functools
import subprocess
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.model.sound import FIRST_TRACK
from studio.sound.ffmpeg import Decoding, ffmpeg_path

Samples = NDArray[np.float64]

REAL_RECORDING = Path(__file__).parents[2] / "episodes" / "002-stephane-soto" / "recording.flac"


@functools.lru_cache(maxsize=32)
def speechlike(
    seconds: float, *, rate_hz: int = 48_000, level_db: float = -20.0, seed: int = 0
) -> Samples:
    """A voice-like hum with syllables, breath noise and pauses, one channel; ``level_db`` is its
    RMS in full scale. Made once for those who ask for the same: only to be read.
    """
    generator = np.random.default_rng(seed)
    moments = np.arange(round(seconds * rate_hz)) / rate_hz
    # The sum of sin(k(2π·120t + 1))/k, each harmonic from the one before.
    fundamental = np.exp(1j * (2 * np.pi * 120 * moments + 1))
    harmonic, voice = fundamental.copy(), fundamental.imag.copy()
    for number in range(2, 20):
        harmonic *= fundamental
        voice += harmonic.imag / number
    syllables = np.clip(
        np.sin(2 * np.pi * 3.1 * moments) + 0.6 * np.sin(2 * np.pi * 0.7 * moments), 0, None
    )
    sound = (voice + 0.3 * generator.standard_normal(len(moments))) * syllables
    levelled: Samples = sound * 10 ** (level_db / 20) / np.sqrt(np.mean(np.square(sound)))
    levelled.flags.writeable = False
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


def talk(seconds: float, *, rate_hz: int = 16_000, seed: int = 0) -> Samples:
    """Noise with a voice's spectrum in syllables that never repeat, one channel, −20 dBFS: unlike
    :func:`speechlike` it has one place only where it is like itself.
    """
    generator = np.random.default_rng(seed)
    count = round(seconds * rate_hz)
    noise = generator.standard_normal(count)
    spectrum = np.fft.rfft(noise)
    hz = np.fft.rfftfreq(count, 1 / rate_hz)
    spectrum *= np.where(hz < 120, 0.0, 1 / (1 + (hz / 700) ** 1.5))
    sound = np.fft.irfft(spectrum, count)
    knots = generator.uniform(0.02, 1.0, max(4, round(seconds * 6))) ** 2
    course = np.interp(np.arange(count) / rate_hz, np.linspace(0, seconds, len(knots)), knots)
    sound *= course
    levelled: Samples = sound * 0.1 / np.sqrt(np.mean(np.square(sound)))
    return levelled[:, None]


def conversation(
    seconds: float, people: int = 2, *, rate_hz: int = 16_000, bleed_db: float = -18.0
) -> tuple[list[Samples], NDArray[np.bool_]]:
    """What each microphone of a conversation hears, and who speaks in each second, shape (seconds,
    people): by turns of four seconds, every fifth second silence.
    """
    generator = np.random.default_rng(5)
    count = round(seconds * rate_hz)
    moments = np.arange(count) / rate_hz
    speaks = np.stack([(moments // 5 % people == one) & (moments % 5 < 4) for one in range(people)])
    voices = [
        talk(seconds, rate_hz=rate_hz, seed=10 + one)[:, 0] * speaks[one] for one in range(people)
    ]
    late = round(0.006 * rate_hz)
    heard = []
    for one in range(people):
        sound = voices[one] + 0.0005 * generator.standard_normal(count)
        for other in range(people):
            if other != one:
                sound[late:] += 10 ** (bleed_db / 20) * voices[other][:-late]
        heard.append(sound[:, None])
    return heard, speaks[:, ::rate_hz].T


def recorded_apart(
    sound: Samples, *, late_s: float, drift_ppm: float, rate_hz: int = 16_000
) -> Samples:
    """The same by a recorder that began later and whose clock counts more."""
    rest = sound[round(late_s * rate_hz) :, 0]
    own = np.arange(0, len(rest), 1 / (1 + drift_ppm * 1e-6))
    told: Samples = np.interp(own, np.arange(len(rest)), rest)[:, None]
    return told
