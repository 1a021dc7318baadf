"""Several channels of one microphone each: their levels, and a downmix in which no voice is lost.

Channel layouts in headers (5.1, 7.1, or ffmpeg's default) are ignored: by these, a guest on the
fourth channel would be a subwoofer, which downmixes omit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from studio.model.sound import Layout, weights_of_layout
from studio.sound.channels import ChannelRelation
from studio.sound.loudness import GATE_LUFS

WINDOW_MS = 10
WINDOWS_A_BLOCK = 100
# The power of a downmix relative to that of uncorrelated channels: 1 on average for microphones in
# a room; below 0.1, a voice that is in several of them is cancelled.
CANCELLED = 0.1
# The percentile of blocks that is evaluated: the worst 5 %.
WORST_PERCENT = 5
# A channel is active in blocks that are at most this far below its loud ones.
LOUD_DB = -25.0


class ChannelAnalysis:
    """Analyses all channels of a track. Stores their covariance per second: channels² × 4 bytes.

    :ivar samples: number of samples.
    """

    def __init__(self, rate_hz: int, channels: int) -> None:
        self.samples = 0
        self._channels = channels
        self._window = rate_hz * WINDOW_MS // 1000
        self._rest = np.zeros((0, channels), np.float32)
        self._loudest = np.zeros(channels)
        self._products: list[NDArray[np.float32]] = []
        self._energies = np.zeros(channels)
        self._balance = ChannelRelation()

    def feed(self, chunk: NDArray[np.float32]) -> None:
        """Add samples, shape (samples, channels)."""
        self.samples += len(chunk)
        rest = np.concatenate((self._rest, chunk))
        block = self._window * WINDOWS_A_BLOCK
        whole = len(rest) // block * block
        for start in range(0, whole, block):
            self._keep(rest[start : start + block])
        self._rest = rest[whole:]

    def close(self) -> None:
        """Finish: the rest is a shorter block."""
        whole = len(self._rest) // self._window * self._window
        if whole:
            self._keep(self._rest[:whole])
        self._rest = self._rest[:0]

    def _keep(self, block: NDArray[np.float32]) -> None:
        windows = block.reshape(-1, self._window, self._channels).astype(np.float64)
        # The deviation from the window's mean, without DC offset.
        windows -= windows.mean(axis=1, keepdims=True)
        powers = np.square(windows).mean(axis=1).max(axis=0)
        self._loudest = np.maximum(self._loudest, np.nan_to_num(powers, nan=0.0, posinf=0.0))
        flat = windows.reshape(-1, self._channels)
        self._energies += np.square(flat).sum(axis=0)
        self._products.append((flat.T @ flat / len(flat)).astype(np.float32))
        if self._channels == 2:
            self._balance.feed(windows.transpose(2, 0, 1).astype(np.float32))

    @property
    def levels_db(self) -> tuple[float, ...]:
        """The RMS level of each channel in dBFS."""
        powers = self._energies / max(1, self.samples)
        return tuple(round(10 * math.log10(max(float(power), 1e-12)), 1) for power in powers)

    @property
    def sounding(self) -> tuple[bool, ...]:
        """The channels that exceed the gate of EBU R 128 in at least one window."""
        return tuple(bool(power >= 10 ** (GATE_LUFS / 10)) for power in self._loudest)

    def classify(self) -> tuple[Layout, tuple[float, ...]]:
        """The channel layout, and the downmix weights."""
        if self._channels == 1:
            return "mono", (1.0,)
        if not any(self.sounding):
            return "many", (1.0 / self._channels,) * self._channels
        if self._channels == 2:
            layout, _ = self._balance.classify()
            return layout, weights_of_layout(layout)
        return "many", self._weights()

    def _weights(self) -> tuple[float, ...]:
        """The weights of more than two microphones; 0 only for entirely silent ones.

        All are equal, unless a voice would be cancelled: then a channel is inverted, or one of them
        dominates.
        """
        sounding = np.array(self.sounding)
        products = np.stack(self._products).astype(np.float64)
        best = sounding.astype(np.float64)
        kept = _worst_kept(products, best)
        for weights in _candidates(products, sounding):
            if kept >= CANCELLED:
                break
            found = _worst_kept(products, weights)
            if found > kept:
                best, kept = weights, found
        best /= np.abs(best).sum()
        return tuple(round(float(weight), 6) for weight in best)


def _worst_kept(products: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """The share of power that a mix keeps in its worst block, ignoring one in twenty."""
    powers = np.diagonal(products, axis1=1, axis2=2)
    loud = (powers > np.percentile(powers, 95, axis=0) * 10 ** (LOUD_DB / 10)).any(axis=1)
    mixed = np.einsum("c,bcd,d->b", weights, products, weights)[loud]
    apart = (powers @ np.square(weights))[loud]
    if not len(mixed):
        return 1.0
    return float(np.percentile(mixed / np.maximum(apart, 1e-20), WORST_PERCENT))


def _candidates(
    products: NDArray[np.float64], sounding: NDArray[np.bool_]
) -> Iterator[NDArray[np.float64]]:
    """Other downmixes of the active channels."""
    total = products.sum(axis=0)
    # Add channels one by one, the loudest first, each with the polarity that adds constructively.
    turned = np.zeros(len(sounding))
    for channel in np.argsort(-np.diagonal(total)):
        if sounding[channel]:
            turned[channel] = 1.0 if turned @ total[:, channel] >= 0 else -1.0
    yield turned
    # Coincident microphones in different directions (ambisonics): a dominant one cannot be
    # cancelled by the others.
    others = max(1, int(sounding.sum()) - 1)
    for signs in (sounding.astype(np.float64), turned):
        for leader in np.flatnonzero(sounding):
            weights = signs / (2 * math.sqrt(others))
            weights[leader] = signs[leader]
            yield weights
