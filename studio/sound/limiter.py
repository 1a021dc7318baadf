"""The limiter: a look-ahead gain that keeps every peak under a limit, computed from the peaks of
the loudness analysis.

In dB, the gain is piecewise linear, steep before a peak and gentle after it, with smoothed corners.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FALL_DB_PER_S = 1500.0
RISE_DB_PER_S = 80.0
ROUNDED_CELLS = 5


def limiting_gains_db(
    peaks: NDArray[np.float32], limit: float, cells_per_s: float
) -> NDArray[np.float32]:
    """The gain for each cell in dB, at most 0, so that no cell exceeds the limit even with linear
    interpolation between cells.

    :param peaks: each cell's peak before the limiter.
    :param limit: the maximum peak after the limiter.
    """
    needed: NDArray[np.float64] = np.minimum(
        0.0, 20 * np.log10(limit / np.maximum(peaks.astype(np.float64), 1e-9))
    )
    if not needed.any():
        return np.zeros(len(peaks), np.float32)
    reach = ROUNDED_CELLS // 2 + 1
    lowest = _sliding_minimum(needed, reach)
    steps = np.arange(len(lowest))
    rise, fall = RISE_DB_PER_S / cells_per_s, FALL_DB_PER_S / cells_per_s
    after = np.minimum.accumulate(lowest - rise * steps) + rise * steps
    before = (np.minimum.accumulate((after + fall * steps)[::-1]))[::-1] - fall * steps
    padded = np.pad(before, ROUNDED_CELLS // 2, mode="edge")
    rounded = np.convolve(padded, np.full(ROUNDED_CELLS, 1 / ROUNDED_CELLS), "valid")
    return np.minimum(rounded, 0.0).astype(np.float32)


def _sliding_minimum(values: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    """The minimum of each value and this many neighbours on either side."""
    lowest = values.copy()
    for shift in range(1, reach + 1):
        lowest[shift:] = np.minimum(lowest[shift:], values[:-shift])
        lowest[:-shift] = np.minimum(lowest[:-shift], values[shift:])
    return lowest
