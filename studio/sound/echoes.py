"""Echoes between microphones: a voice that reaches another one later than room acoustics explain,
over a telephone or from a loudspeaker. Then the wrong speaker is assigned after each sentence, and
the mix has the words twice.

The microphones are compared as in :mod:`studio.sound.synchronisation` (GCC-PHAT), summed over the
whole recording, in which constant delays stand out.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BLOCK_S = 4
# Sound takes 100 ms for 34 m, more than in any room. The round trip of a telephone with a
# loudspeaker stays below 1.5 s.
MIN_DURATION_MS, MAX_DURATION_MS = 100, 1500
# The minimum significance of an echo (in standard deviations; of 50,000 lags, chance exceeds 6 in
# one of ten thousand recordings), and its minimum strength relative to the strongest path between
# the microphones: reflections in two rooms have 0.07 to 0.1 after 60 to 75 ms, and less later. From
# 150 ms on (51 m), nothing is a reflection, and chance gives 0.07 at 6 deviations: there half is
# enough. A rare speaker has a weaker echo: 11 s of 97 give 0.11 and 16 deviations.
MIN_SIGMA = 8.0
MIN_SHARE = 0.12
NO_ROOM_MS = 150
# Blocks quieter than this (RMS) in one of the microphones are ignored.
SOFTEST = 1e-4
FEWEST_BLOCKS = 3


class Echo(NamedTuple):
    """A voice of one microphone that is delayed in another one.

    :param microphone: microphone with the echo, from 0; ``source``: that of the original.
    """

    microphone: int
    source: int
    late_ms: int


class EchoFinder:
    """Processes the microphones' audio chunk by chunk in constant memory.

    :param channels: number of microphones.
    """

    def __init__(self, channels: int, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._size = BLOCK_S * rate_hz
        self._rest = np.zeros((0, channels), np.float32)
        self._pairs = list(itertools.combinations(range(channels), 2))
        self._sums = {pair: np.zeros(self._size + 1, np.complex64) for pair in self._pairs}
        self._counts = dict.fromkeys(self._pairs, 0)

    def feed(self, chunk: NDArray[np.float32]) -> None:
        """Add samples, shape (samples, channels)."""
        self._rest = np.concatenate((self._rest, chunk))
        while len(self._rest) >= self._size:
            block, self._rest = self._rest[: self._size], self._rest[self._size :]
            self._compare(block)

    def _compare(self, block: NDArray[np.float32]) -> None:
        spectra = np.fft.rfft(block, 2 * self._size, axis=0)
        loud = np.sqrt(np.square(block).mean(axis=0)) > SOFTEST
        for one, other in self._pairs:
            if loud[one] and loud[other]:
                cross = spectra[:, other] * np.conj(spectra[:, one])
                self._sums[one, other] += (cross / np.maximum(np.abs(cross), 1e-12)).astype(
                    np.complex64
                )
                self._counts[one, other] += 1

    def found(self) -> tuple[Echo, ...]:
        """The strongest echo in each microphone, if any; weaker ones may be the same voice via a
        third microphone.
        """
        strongest: dict[int, tuple[float, Echo]] = {}
        for pair in self._pairs:
            found = self._echo(pair)
            if found is not None and found > strongest.get(found[1].microphone, (0.0,)):
                strongest[found[1].microphone] = found
        return tuple(echo for _, (_, echo) in sorted(strongest.items()))

    def _echo(self, pair: tuple[int, int]) -> tuple[float, Echo] | None:
        """The prominence of an echo, and the echo."""
        if self._counts[pair] < FEWEST_BLOCKS:
            return None
        correlation = np.abs(np.fft.irfft(self._sums[pair])) / self._counts[pair]
        reach = MAX_DURATION_MS * self._rate_hz // 1000
        lags = np.arange(-reach, reach + 1)
        around = correlation[lags]
        sigma = float(np.median(around)) / 0.6745
        late = np.abs(lags) >= MIN_DURATION_MS * self._rate_hz // 1000
        place = int(np.argmax(np.where(late, around, 0)))
        share = MIN_SHARE
        if abs(int(lags[place])) >= NO_ROOM_MS * self._rate_hz // 1000:
            share /= 2
        if around[place] < max(MIN_SIGMA * sigma, share * float(around.max())):
            return None
        first, second = pair
        late_ms = round(abs(int(lags[place])) * 1000 / self._rate_hz)
        delayed, source = (second, first) if lags[place] > 0 else (first, second)
        return float(around[place]) / sigma, Echo(delayed, source, late_ms)
