"""The gain curve of an episode: all level changes, computed from the loudness analysis before any
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
# More gain than this against the limiter only distorts: such a sound stays softer than it should
# be.
MAX_AGAINST_LIMITER_DB = 15.0
LIMITED_CELLS = 1 << 19
# The limiter has forgotten everything after as much as this.
MEMORY_S = 1.5


class GainCurve:
    """What every cell is multiplied with: levels that were chosen for passages, one gain for all,
    and the limiter.

    :ivar gain_db: the gain for all.
    :ivar limited_db: how far the limiter pushes down at most.
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
        # Where the limiter takes back a part of the gain, more of it is needed: two tries tell how
        # much.
        for _ in range(STEPS):
            reached_lufs = self._apply(limit_dbtp)
            short_lu = target_lufs - reached_lufs
            if abs(short_lu) < CLOSE_LU:
                break
            # How much of a change in gain arrives as loudness (secant method); at least MIN_SHARE,
            # so that a step cannot explode where the limiter takes nearly everything.
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
        """Limit what the gain makes of the sound. Returns the loudness that follows."""
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
        """The same sound with this gain, which runs as :func:`sample_factors` says."""
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
    """The factor of each sample, in straight lines from the middle of one cell to that of the next;
    level before the first, after the last.

    :param factors: one for each cell.
    :param place: the first sample.
    :param samples: how many, one at least.
    """
    along = ((np.arange(cell_samples) + 0.5) / cell_samples).astype(np.float32)
    # The lines are drawn half a cell later than the cells: each begins in the cell before.
    first, last = (
        (place + cell_samples // 2) // cell_samples,
        (place + samples - 1 + cell_samples // 2) // cell_samples + 1,
    )
    heights = factors[np.clip(np.arange(first, last + 1) - 1, 0, len(factors) - 1)]
    gains: NDArray[np.float32] = (heights[:-1, None] + np.diff(heights)[:, None] * along).ravel()
    start = place + cell_samples // 2 - first * cell_samples
    return gains[start : start + samples]


def factors_from_db(gains_db: NDArray[np.float32] | np.float32) -> NDArray[np.float32]:
    """Decibels as factors."""
    factors: NDArray[np.float32] = np.power(np.float32(10), gains_db / np.float32(20))
    return factors
