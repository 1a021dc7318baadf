"""Classify the relation of two channels: identical, stereo, one speaker each, one without signal,
opposite polarity.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from studio.model.sound import Layout
from studio.sound.loudness import GATE_LUFS

ALIKE_DB = (
    -30.0
)  # how far the side signal is below the mid signal if both channels have the same voice
DEAD_DB = -40.0  # how far a channel with only crosstalk is below the other one
OPPOSED = -0.7  # correlation below which the sum of two channels loses more than it keeps
# One speaker a channel: during speech, one channel is much louder than the other, each of them at
# times.
SPLIT_DB = 6.0
SPLIT_SHARE = 0.8
SPLIT_SMALLEST = 0.03
SPLIT_SIMILARITY = 0.5
SPLIT_WINDOWS = 50
SPLIT_SHORTEST = 8
LOUD_DB = -25.0  # how far below its loud parts there is still speech


class ChannelRelation:
    """Compares two channels window by window; stores twelve bytes per window."""

    def __init__(self) -> None:
        self._powers: list[NDArray[np.float32]] = []

    def feed(self, windows: NDArray[np.float32]) -> None:
        """Add windows, shape (2, windows, samples), each without its mean."""
        left, right = windows
        products = [
            np.einsum("ws,ws->w", one, other)
            for one, other in ((left, left), (right, right), (left, right))
        ]
        self._powers.append((np.stack(products) / windows.shape[2]).astype(np.float32))

    def classify(self) -> tuple[Layout, tuple[float, float]]:
        """The channel layout, and the level of each in dBFS."""
        left, right, cross = np.concatenate(self._powers, axis=1).astype(np.float64)
        levels = (_db(float(left.mean())), _db(float(right.mean())))
        return _layout(left, right, cross), levels


def _layout(
    left: NDArray[np.float64], right: NDArray[np.float64], cross: NDArray[np.float64]
) -> Layout:
    # Powers per window of the left and the right channel, and the mean of their product.
    total_left, total_right, total_cross = float(left.sum()), float(right.sum()), float(cross.sum())
    dead = 10 ** (DEAD_DB / 10)
    if total_right <= total_left * dead and not _speaks_alone(right, left):
        return "left"
    if total_left <= total_right * dead and not _speaks_alone(left, right):
        return "right"
    # Power of left + right and of left − right; nearly nothing in the difference means that both
    # are the same signal.
    middle = total_left + total_right + 2 * total_cross
    side = total_left + total_right - 2 * total_cross
    if side <= middle * 10 ** (ALIKE_DB / 10):
        return "alike"
    # Correlation coefficient, −1 to 1; near −1 one channel has its polarity reversed, and a mono
    # mix would cancel.
    similarity = total_cross / math.sqrt(total_left * total_right)
    if similarity < OPPOSED:
        return "opposed"
    # Syllables alternate within one voice; speakers alternate over seconds.
    whole = len(left) // SPLIT_WINDOWS * SPLIT_WINDOWS
    left, right = (
        powers[:whole].reshape(-1, SPLIT_WINDOWS).mean(axis=1) for powers in (left, right)
    )
    if len(left) < SPLIT_SHORTEST:
        return "stereo"
    louder = np.maximum(left, right)
    loud = louder > np.percentile(louder, 95) * 10 ** (LOUD_DB / 10)
    ratio = 10 ** (SPLIT_DB / 10)
    # Shares of the loud time in which one side dominates.
    of_left = float(np.mean(left[loud] > right[loud] * ratio))
    of_right = float(np.mean(right[loud] > left[loud] * ratio))
    if (
        abs(similarity) < SPLIT_SIMILARITY
        and of_left + of_right >= SPLIT_SHARE
        and min(of_left, of_right) >= SPLIT_SMALLEST
    ):
        return "split"
    return "stereo"


def _speaks_alone(faint: NDArray[np.float64], loud: NDArray[np.float64]) -> bool:
    """Whether there is speech in the quiet channel while the loud one is silent, i.e. not
    crosstalk.
    """
    length = min(SPLIT_WINDOWS, len(faint))
    whole = len(faint) // length * length
    faint, loud = (powers[:whole].reshape(-1, length).mean(axis=1) for powers in (faint, loud))
    return bool(((faint > 10 ** (GATE_LUFS / 10)) & (faint > loud * 10 ** (SPLIT_DB / 10))).any())


def _db(power: float) -> float:
    return round(10 * math.log10(max(power, 1e-12)), 1)
