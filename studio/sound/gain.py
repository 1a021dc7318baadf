"""The gain curve of an episode: all gain changes, computed from the loudness analysis before any
sample is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from studio.sound.limiter import limiting_gains_db
from studio.sound.loudness_analysis import LoudnessAnalysis

CLOSE_LU = 0.02
STEPS = 8
MIN_SHARE = 0.2
# The maximum gain against the limiter, above which it only distorts: such audio stays below its
# target.
MAX_AGAINST_LIMITER_DB = 15.0
LIMITED_CELLS = 1 << 19
# The memory of the limiter.
MEMORY_S = 1.5


class GainCurve:
    """The gain of every cell: gains of passages, the common gain, and the limiter.

    :ivar gain_db: the common gain.
    :ivar limited_db: the limiter's maximum attenuation.
    :ivar factors: one for each cell.
    """

    def __init__(
        self,
        analysis: LoudnessAnalysis,
        passages_db: NDArray[np.float32],
        target_lufs: float,
        limit_dbtp: float,
    ) -> None:
        self._analysis = analysis
        self._passages_db = passages_db
        # First estimate: the gain without a limiter.
        level_lufs = analysis.loudness_lufs(factors_from_db(passages_db))
        if level_lufs is None:
            raise ValueError("silence has no gain")
        self.gain_db = target_lufs - level_lufs
        most_db = self.gain_db + MAX_AGAINST_LIMITER_DB
        last: tuple[float, float] | None = None
        # The limiter reduces a part of the gain, so more is needed: two attempts determine how
        # much.
        for _ in range(STEPS):
            reached_lufs = self._apply(limit_dbtp)
            short_lu = target_lufs - reached_lufs
            if abs(short_lu) < CLOSE_LU:
                break
            # The share of a gain change that becomes loudness (secant method); at least MIN_SHARE,
            # to limit the step if the limiter removes nearly everything.
            share = 1.0
            if last is not None and self.gain_db != last[0]:
                share = min(
                    1.0, max(MIN_SHARE, (reached_lufs - last[1]) / (self.gain_db - last[0]))
                )
            last = (self.gain_db, reached_lufs)
            self.gain_db = min(self.gain_db + short_lu / share, most_db)
        else:
            self._apply(limit_dbtp)

    def _apply(self, limit_dbtp: float) -> float:
        """Apply the limiter after the gain. Returns the resulting loudness."""
        analysis = self._analysis
        self.factors = factors_from_db(self._passages_db + np.float32(self.gain_db))
        self.limited_db = 0.0
        memory = round(MEMORY_S * analysis.cells_per_s)
        unlimited = analysis.cell_peaks * self.factors
        limit = 10 ** (limit_dbtp / 20)
        for start in range(0, len(unlimited), LIMITED_CELLS):
            end = min(start + LIMITED_CELLS, len(unlimited))
            first = max(0, start - memory)
            limited_db = limiting_gains_db(
                unlimited[first : end + memory], limit, analysis.cells_per_s
            )[start - first : end - first]
            self.limited_db = max(self.limited_db, -float(limited_db.min()))
            self.factors[start:end] *= factors_from_db(limited_db)
        reached_lufs = analysis.loudness_lufs(self.factors)
        if reached_lufs is None:
            raise ValueError("silence has no gain")
        return reached_lufs

    def apply(self, chunks: Iterable[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
        """Apply the gain, interpolated as in :func:`sample_factors`."""
        place = 0
        for chunk in chunks:
            gains = sample_factors(self.factors, self._analysis.cell_samples, place, len(chunk))
            gained = np.empty_like(chunk)
            for channel in range(chunk.shape[1]):
                np.multiply(chunk[:, channel], gains, out=gained[:, channel])
            yield gained
            place += len(chunk)


def sample_factors(
    factors: NDArray[np.float32], cell_samples: int, place: int, samples: int
) -> NDArray[np.float32]:
    """The factor of each sample, linearly interpolated between the centres of cells; constant
    before the first and after the last.

    :param factors: one for each cell.
    :param place: the first sample.
    :param samples: number of samples, at least one.
    """
    along = ((np.arange(cell_samples) + 0.5) / cell_samples).astype(np.float32)
    # Segments are shifted by half a cell: each starts in the preceding cell.
    first, last = (
        (place + cell_samples // 2) // cell_samples,
        (place + samples - 1 + cell_samples // 2) // cell_samples + 1,
    )
    heights = factors[np.clip(np.arange(first, last + 1) - 1, 0, len(factors) - 1)]
    gains: NDArray[np.float32] = (heights[:-1, None] + np.diff(heights)[:, None] * along).ravel()
    start = place + cell_samples // 2 - first * cell_samples
    return gains[start : start + samples]


def factors_from_db(gains_db: NDArray[np.float32] | np.float32) -> NDArray[np.float32]:
    """Linear factors of gains in dB."""
    factors: NDArray[np.float32] = np.power(np.float32(10), gains_db / np.float32(20))
    return factors
