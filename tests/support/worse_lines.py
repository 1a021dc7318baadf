"""Recordings made worse, as a telephone or a far microphone makes them: mono, 16 kHz, −1 to 1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from support.made_speech import SAMPLE_RATE_HZ, Samples


def on_a_telephone(samples: Samples) -> Samples:
    """300 to 3400 Hz, in the eight bits of G.711's µ-law."""
    spectrum = np.fft.rfft(samples.astype(np.float64))
    hz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE_HZ)
    line = np.fft.irfft(np.where((hz >= 300) & (hz <= 3400), spectrum, 0), len(samples))
    line /= np.abs(line).max()
    coded = np.round(np.sign(line) * np.log1p(255 * np.abs(line)) / np.log(256) * 127) / 127
    return np.asarray(0.7 * np.sign(coded) * (256 ** np.abs(coded) - 1) / 255, dtype=np.float32)


def from_afar(samples: Samples, guests: Sequence[tuple[float, float]]) -> Samples:
    """Guests 10 dB softer; hum of 50 Hz with its multiples 24 dB under the speech, and noise 30 dB
    under it.

    :param guests: where guests speak, in seconds.
    """
    gain = np.ones(len(samples))
    for start, end in guests:
        gain[max(0, int((start - 0.05) * SAMPLE_RATE_HZ)) : int((end + 0.05) * SAMPLE_RATE_HZ)] = (
            10 ** (-10 / 20)
        )
    ramp = np.hanning(SAMPLE_RATE_HZ * 3 // 100)
    speech = samples * np.convolve(gain, ramp / ramp.sum(), "same")
    level = np.sqrt(np.mean(samples[np.abs(samples) > 0.01].astype(np.float64) ** 2))
    time_s = np.arange(len(samples)) / SAMPLE_RATE_HZ
    hum = sum(
        share * np.sin(2 * np.pi * 50 * multiple * time_s)
        for multiple, share in ((1, 1.0), (2, 0.5), (3, 0.7), (5, 0.3))
    )
    noise = np.random.default_rng(5).standard_normal(len(samples))
    worse = speech + level * (10 ** (-24 / 20) * hum + 10 ** (-30 / 20) * noise)
    return np.asarray(np.clip(worse, -1, 1), dtype=np.float32)
