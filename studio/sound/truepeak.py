"""The true peak: the highest value of a signal, also between samples, after ITU-R BS.1770 by
fourfold oversampling.

An inter-sample value is a weighted sum of neighbouring samples, so it cannot exceed their maximum
times the sum of the weights. Only blocks that could exceed the current maximum are interpolated:
about a tenth of speech, without missing a peak.
"""

from __future__ import annotations

import functools
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

OVERSAMPLING = 4
TAPS = 32
KAISER_BETA = 7.0
BLOCK_SAMPLES = 64
SILENCE_DBTP = -150.0


class PeakOver(NamedTuple):
    """A position above the ceiling: the middle of a block in samples from the start, and its
    peak.
    """

    sample: int
    level: float


class TruePeakMeter:
    """Measures chunk by chunk, of any length.

    :param ceiling: every block of 64 samples above it is stored in :attr:`over`.
    :ivar highest: the true peak, full scale 1.0; complete after :meth:`close`.
    :ivar highest_within: the peak of all blocks below the ceiling.
    """

    def __init__(self, channels: int, ceiling: float = math.inf) -> None:
        self.highest = self.highest_within = 0.0
        self.over: list[PeakOver] = []
        self._ceiling = ceiling
        self._margin = TAPS // 2
        # Samples without a full block of neighbours yet, shape (channels, samples). Silence
        # precedes the first.
        self._held: NDArray[np.float32] = np.zeros((channels, BLOCK_SAMPLES), np.float32)
        self._held_from = -BLOCK_SAMPLES

    @property
    def highest_dbtp(self) -> float:
        """The true peak in dBTP."""
        return dbtp_from_level(self.highest)

    def feed(self, chunk: NDArray[np.float32]) -> None:
        """Add samples, shape (samples, channels)."""
        # Channel by channel: numpy is much faster on contiguous memory.
        held = np.concatenate((self._held, chunk.T), axis=1)
        blocks = held.shape[1] // BLOCK_SAMPLES
        if blocks < 3:
            self._held = held
            return
        self._judge(held[:, : blocks * BLOCK_SAMPLES])
        done = (blocks - 2) * BLOCK_SAMPLES
        self._held = held[:, done:]
        self._held_from += done

    def close(self) -> None:
        """Finish: silence follows."""
        missing = 2 * BLOCK_SAMPLES + -self._held.shape[1] % BLOCK_SAMPLES
        self.feed(np.zeros((missing, self._held.shape[0]), np.float32))

    def _judge(self, samples: NDArray[np.float32]) -> None:
        """Evaluate every block except the first and the last, which are only neighbours."""
        most = _interpolator()[1]
        blocks = samples.reshape(len(samples), -1, BLOCK_SAMPLES)
        peaks = np.maximum(blocks.max(axis=2), -blocks.min(axis=2))
        nearby = np.maximum(np.maximum(peaks[:, :-2], peaks[:, 2:]), peaks[:, 1:-1])
        found = peaks[:, 1:-1].copy()
        channels, places = np.nonzero(nearby * most > self.highest_within)
        if len(places):
            found[channels, places] = self._interpolate(
                samples, channels, places + 1, found[channels, places]
            )
        over = found > self._ceiling
        self.highest = max(self.highest, float(found.max()))
        self.highest_within = max(self.highest_within, float(found.max(initial=0.0, where=~over)))
        for channel, place in zip(*np.nonzero(over), strict=True):
            middle = self._held_from + (int(place) + 1) * BLOCK_SAMPLES + BLOCK_SAMPLES // 2
            self.over.append(PeakOver(middle, float(found[channel, place])))

    def _interpolate(
        self,
        samples: NDArray[np.float32],
        channels: NDArray[np.int64],
        blocks: NDArray[np.int64],
        levels: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        """The inter-sample peak of these blocks.

        :param levels: the peaks of their samples.
        """
        length = BLOCK_SAMPLES + TAPS - 1
        starts = blocks * BLOCK_SAMPLES - (self._margin - 1)
        around = samples[channels[:, None], starts[:, None] + np.arange(length)]
        for phase in _interpolator()[0]:
            between = np.zeros((len(blocks), BLOCK_SAMPLES), np.float32)
            for tap, weight in enumerate(phase):
                between += weight * around[:, tap : tap + BLOCK_SAMPLES]
            levels = np.maximum(levels, np.maximum(between.max(axis=1), -between.min(axis=1)))
        return levels


def dbtp_from_level(level: float) -> float:
    """A linear peak, 1.0 at full scale, in dBTP."""
    return max(SILENCE_DBTP, 20 * math.log10(max(level, 1e-9)))


@functools.cache
def _interpolator() -> tuple[NDArray[np.float32], float]:
    """The weights of the 32 neighbouring samples at a quarter, a half and three quarters of a
    sample, and the largest sum of their magnitudes.
    """
    places = np.arange(TAPS) - (TAPS // 2 - 1)
    distances = places[None, :] - np.arange(1, OVERSAMPLING)[:, None] / OVERSAMPLING
    window = np.i0(KAISER_BETA * np.sqrt(1 - np.square(distances / (TAPS // 2)))) / np.i0(
        KAISER_BETA
    )
    weights = np.sinc(distances) * window
    weights /= weights.sum(axis=1, keepdims=True)
    return weights.astype(np.float32), float(np.abs(weights).sum(axis=1).max())
