"""Detect mains hum: a constant tone at the mains frequency and its multiples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MIN_HZ, MAX_HZ = 45.0, 65.0
HARMONICS = 8
FRAME_S = 1  # for a bin width of 1 Hz
SPAN_HZ = 560
# The minimum share of frames with the tone: voices leave each frequency for longer, hum never does.
PERCENTILE = 10
PROMINENCE_DB = 10.0
NEIGHBOURS_HZ = 8
FAINTEST_DB = -85.0


class HumFinder:
    """Stores the low frequencies of one spectrum per second (2 kB), and finds constant tones at the
    end.
    """

    def __init__(self, rate_hz: int) -> None:
        self._length = rate_hz * FRAME_S
        self._window: NDArray[np.float32] | None = None
        self._rest: NDArray[np.float32] | None = None
        self._spectra: list[NDArray[np.float32]] = []

    def feed(self, samples: NDArray[np.float32]) -> None:
        """Add samples, shape (samples,)."""
        if self._rest is not None:
            samples = np.concatenate((self._rest, samples))
        whole = len(samples) // self._length
        self._rest = samples[whole * self._length :].copy()
        if self._window is None:
            self._window = np.hanning(self._length).astype(np.float32)
        for frame in samples[: whole * self._length].reshape(whole, self._length):
            spectrum = np.fft.rfft(frame * self._window)[: SPAN_HZ * FRAME_S]
            amplitude = np.abs(spectrum) * (4 / self._length)
            self._spectra.append((20 * np.log10(np.maximum(amplitude, 1e-7))).astype(np.float32))

    def find(self) -> tuple[float, ...]:
        """The frequencies of audible hum, in Hz, ascending. Empty if there is none, or if there
        were less than three seconds.
        """
        if len(self._spectra) < 3:
            return ()
        steady_db = np.percentile(np.stack(self._spectra), PERCENTILE, axis=0)
        best: tuple[float, float, tuple[float, ...]] = (0.0, 0.0, ())
        for mains_hz in np.arange(MIN_HZ, MAX_HZ, 0.1):
            standing = [
                (number, round(float(mains_hz) * number, 1), prominence_db)
                for number in range(1, HARMONICS + 1)
                if (prominence_db := _prominence_db(steady_db, float(mains_hz) * number))
                >= PROMINENCE_DB
            ]
            # A voice of 100 Hz is not hum of 50 Hz: hum has several odd multiples.
            if len(standing) < 2 or not any(number in {1, 3} for number, _, _ in standing):
                continue
            score = sum(prominence_db for _, _, prominence_db in standing)
            # Grid positions that fall on the same bins are equivalent: their middle is the best
            # estimate.
            if score > best[0]:
                best = (score, float(mains_hz), tuple(frequency for _, frequency, _ in standing))
        return best[2]


def _prominence_db(steady_db: NDArray[np.float32], frequency_hz: float) -> float:
    """By how many dB the spectrum at a frequency exceeds its surroundings."""
    place = frequency_hz * FRAME_S
    there = float(np.interp(place, np.arange(len(steady_db)), steady_db))
    if there < FAINTEST_DB or place + NEIGHBOURS_HZ >= len(steady_db):
        return 0.0
    centre = round(place)
    around = np.concatenate(
        (
            steady_db[centre - NEIGHBOURS_HZ : centre - 2],
            steady_db[centre + 3 : centre + NEIGHBOURS_HZ + 1],
        )
    )
    return there - float(np.median(around))
