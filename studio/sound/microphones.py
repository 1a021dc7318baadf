"""Several channels, one microphone each: the level of each, and a downmix in which no voice is
lost.

What a header calls them (5.1, 7.1, or nothing, for which ffmpeg guesses a cinema) does not matter:
there, a guest on the fourth track is a subwoofer, which a mix for two ears leaves out.
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
# Where one channel is made of several, what remains of a block's power, as a share of what channels
# that have nothing to do with each other would give: 1 on average for microphones in a room; below
# a tenth, a voice that is in several of them cancels itself.
CANCELLED = 0.1
# The percentile of blocks that counts: the worst of twenty.
WORST_PERCENT = 5
# A channel sounds in a block that is at most this far below its loud ones.
LOUD_DB = -25.0


class ChannelAnalysis:
    """Hears all channels of a track. It keeps, for each second, how much of each is in each other:
    channels² × 4 bytes.

    :ivar samples: how many were heard.
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
        """No more samples: what is left is a shorter block."""
        whole = len(self._rest) // self._window * self._window
        if whole:
            self._keep(self._rest[:whole])
        self._rest = self._rest[:0]

    def _keep(self, block: NDArray[np.float32]) -> None:
        windows = block.reshape(-1, self._window, self._channels).astype(np.float64)
        # The deviation from the window's own mean: a microphone's DC offset is not sound.
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
        """Which channels are louder than the gate of EBU R 128 for one window at least."""
        return tuple(bool(power >= 10 ** (GATE_LUFS / 10)) for power in self._loudest)

    def classify(self) -> tuple[Layout, tuple[float, ...]]:
        """How the channels belong together, and by what each is multiplied before all are added up
        to one.
        """
        if self._channels == 1:
            return "mono", (1.0,)
        if not any(self.sounding):
            return "many", (1.0 / self._channels,) * self._channels
        if self._channels == 2:
            layout, _ = self._balance.classify()
            return layout, weights_of_layout(layout)
        return "many", self._weights()

    def _weights(self) -> tuple[float, ...]:
        """The weights of more than two microphones; 0 only for one that is silent from start to
        end.

        All count the same, unless a voice would cancel itself: then a channel is turned over, or
        one of them leads.
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
    """Other mixes of the channels that sound."""
    total = products.sum(axis=0)
    # One after the other, the loudest first, each turned so that it adds to those before.
    turned = np.zeros(len(sounding))
    for channel in np.argsort(-np.diagonal(total)):
        if sounding[channel]:
            turned[channel] = 1.0 if turned @ total[:, channel] >= 0 else -1.0
    yield turned
    # Microphones at one place that point apart (ambisonics): one that leads is never outdone by all
    # others together.
    others = max(1, int(sounding.sum()) - 1)
    for signs in (sounding.astype(np.float64), turned):
        for leader in np.flatnonzero(sounding):
            weights = signs / (2 * math.sqrt(others))
            weights[leader] = signs[leader]
            yield weights
