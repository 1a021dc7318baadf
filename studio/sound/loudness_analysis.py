"""Loudness analysis: one pass over the audio that stores what is needed to compute the effect of
any gain without decoding again.

For each *cell* (4/3 ms at 48 kHz) its peak and power, for each *block* (100 ms) its K-weighted
power (EBU R 128). These determine the loudness with any gain, and the limiter's gain. Two hours
take 90 MB.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BLOCKS_PER_S = 10
# Blocks and cells are whole numbers of samples at 48 and 44.1 kHz.
CELLS_PER_BLOCK = {48_000: 75, 44_100: 70}
OFFSET_LUFS = -0.691
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
GATING_BLOCKS = 4  # a gating block of EBU R 128 lasts 400 ms, with a step of 100
BLOCKS_AT_ONCE = 64
DIGITAL_SILENCE_DB = -96.0
QUIETEST_PERCENT = 5
# Interpolation at half a sample from eight neighbours: a windowed sinc.
HALF_SAMPLE = (-0.0105, 0.0465, -0.1525, 0.6165, 0.6165, -0.1525, 0.0465, -0.0105)


class LoudnessAnalysis:
    """The measurements of audio, shape (blocks,) and (cells,); the last block is padded with
    silence.

    :ivar block_powers: mean square of each block after K-weighting, summed over channels.
    :ivar cell_peaks: the peak of each cell, including half-sample positions.
    :ivar cell_powers: mean square of each cell, summed over channels.
    """

    def __init__(self, sample_rate_hz: int, channels: int) -> None:
        self.sample_rate_hz = sample_rate_hz
        self.channels = channels
        self.samples = 0
        self.cells_per_block = CELLS_PER_BLOCK[sample_rate_hz]
        self.cell_samples = sample_rate_hz // BLOCKS_PER_S // self.cells_per_block
        self._block_samples = self.cell_samples * self.cells_per_block
        self._weights = _k_weights(self._block_samples, sample_rate_hz)
        self._rest = np.zeros((0, channels), np.float32)
        self._parts: list[tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.float32]]] = []

    def feed(self, chunk: NDArray[np.float32]) -> None:
        """Add samples, shape (samples, channels)."""
        self.samples += len(chunk)
        self._rest = np.concatenate((self._rest, chunk)) if len(self._rest) else chunk
        whole = len(self._rest) // self._block_samples
        if whole:
            self._keep(self._rest[: whole * self._block_samples])
            self._rest = self._rest[whole * self._block_samples :]

    def close(self) -> None:
        """Finish: pad the last block with silence."""
        if len(self._rest):
            missing = self._block_samples - len(self._rest)
            self._keep(np.concatenate((self._rest, np.zeros((missing, self.channels), np.float32))))
            self._rest = self._rest[:0]
        powers, peaks, squares = (
            zip(*self._parts, strict=True) if self._parts else ((np.zeros(0),),) * 3
        )
        self._parts = []
        self.block_powers: NDArray[np.float64] = np.concatenate(powers)
        self.cell_peaks: NDArray[np.float32] = np.concatenate(peaks)
        self.cell_powers: NDArray[np.float32] = np.concatenate(squares)

    def mix_in(self, sound: NDArray[np.float32], start: int) -> None:
        """Add audio mixed in from sample ``start`` on, which must end before this one; only after
        :meth:`close`.

        Powers are added (uncorrelated signals); peaks are added (worst case).
        """
        # Analyse it on the same block grid: its first block is padded with silence.
        block = start // self._block_samples
        other = LoudnessAnalysis(self.sample_rate_hz, self.channels)
        other.feed(
            np.concatenate(
                (np.zeros((start - block * self._block_samples, self.channels), np.float32), sound)
            )
        )
        other.close()
        blocks = slice(block, block + len(other.block_powers))
        cells = slice(
            block * self.cells_per_block, block * self.cells_per_block + len(other.cell_peaks)
        )
        self.block_powers[blocks] += other.block_powers
        self.cell_peaks[cells] += other.cell_peaks
        self.cell_powers[cells] += other.cell_powers

    def _keep(self, samples: NDArray[np.float32]) -> None:
        for start in range(0, len(samples), BLOCKS_AT_ONCE * self._block_samples):
            # Channel by channel: numpy is much faster on contiguous memory.
            part = np.ascontiguousarray(
                samples[start : start + BLOCKS_AT_ONCE * self._block_samples].T
            )
            # The K-weighted power of each block from its spectrum, summed over channels.
            spectra = np.fft.rfft(part.reshape(self.channels, -1, self._block_samples))
            weighted = (np.square(spectra.real) + np.square(spectra.imag)).sum(axis=0)
            # Peaks and power of each cell, for the limiter; peaks between samples count as well.
            cells = part.reshape(self.channels, -1, self.cell_samples)
            peaks = np.maximum(_peaks(cells), _peaks(_between(part).reshape(cells.shape)))
            powers = np.einsum("cks,cks->k", cells, cells) / np.float32(self.cell_samples)
            self._parts.append((weighted @ self._weights, peaks, powers))

    def loudness_lufs(
        self, gains: NDArray[np.float32] | None = None, blocks: NDArray[np.bool_] | None = None
    ) -> float | None:
        """The integrated loudness with EBU R 128 gating; None for silence.

        :param gains: a factor for each cell.
        :param blocks: which blocks count; None: all.
        """
        powers = self.block_powers if gains is None else self.block_powers * self.block_gains(gains)
        return gated_loudness_lufs(powers, blocks)

    @property
    def cells_per_s(self) -> float:
        """The number of cells per second."""
        return self.sample_rate_hz / self.cell_samples

    def floor_db(self, gains: NDArray[np.float32]) -> float | None:
        """The 5th percentile of the level of 50 ms frames with these gains in dBFS, without digital
        silence; None if there is nothing else.
        """
        # Mean power of every 50 ms under the gains; then the 5th percentile of those with sound.
        length = self.cells_per_block // 2
        whole = len(gains) // length * length
        powers = (
            (self.cell_powers[:whole] * np.square(gains[:whole]))
            .reshape(-1, length)
            .mean(axis=1, dtype=np.float64)
        )
        audible = (
            powers[
                self.cell_powers[:whole].reshape(-1, length).max(axis=1)
                > 10 ** (DIGITAL_SILENCE_DB / 10)
            ]
            / self.channels
        )
        if len(audible) < len(powers) * (1 - QUIETEST_PERCENT / 100):
            return None
        return float(10 * np.log10(np.percentile(audible, QUIETEST_PERCENT)))

    def block_gains(self, gains: NDArray[np.float32]) -> NDArray[np.float64]:
        """The factor of each block's power, weighted by cell power."""
        shape = (-1, self.cells_per_block)
        powers = self.cell_powers.reshape(shape)
        gained = np.einsum("bc,bc->b", powers, np.square(gains.reshape(shape)), dtype=np.float64)
        grown: NDArray[np.float64] = gained / np.maximum(
            powers.sum(axis=1, dtype=np.float64), 1e-20
        )
        return grown


def gated_loudness_lufs(
    powers: NDArray[np.float64], blocks: NDArray[np.bool_] | None = None
) -> float | None:
    """The integrated loudness from weighted powers per 100 ms.

    :param blocks: which of them count: a gating block counts if all of it does.
    """
    length = min(GATING_BLOCKS, len(powers))
    if not length:
        return None
    # Gating blocks of 400 ms that overlap by 75 % (ITU-R BS.1770-5): sliding means over blocks of
    # 100 ms.
    gating = np.convolve(powers, np.full(length, 1 / length), "valid")
    if blocks is not None:
        gating = gating[np.convolve(blocks, np.ones(length, np.int64), "valid") == length]
    # The absolute gate drops silence; the relative gate, 10 LU below the mean of the rest, drops
    # pauses.
    gating = gating[gating > 10 ** ((ABSOLUTE_GATE_LUFS - OFFSET_LUFS) / 10)]
    if not len(gating):
        return None
    gating = gating[gating > gating.mean() * 10 ** (RELATIVE_GATE_LU / 10)]
    return float(OFFSET_LUFS + 10 * np.log10(gating.mean()))


def _peaks(cells: NDArray[np.float32]) -> NDArray[np.float32]:
    """The peak of each cell, from shape (channels, cells, samples)."""
    highest: NDArray[np.float32] = np.maximum(cells.max(axis=2), -cells.min(axis=2)).max(axis=0)
    return highest


def _between(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The values halfway between each sample and the next, shape (channels, samples)."""
    half = len(HALF_SAMPLE) // 2
    padded = np.pad(samples, ((0, 0), (half - 1, half)))
    length = samples.shape[1]
    between = np.zeros_like(samples)
    # The weights are symmetric.
    for place, weight in enumerate(HALF_SAMPLE[:half]):
        mirrored = len(HALF_SAMPLE) - 1 - place
        between += np.float32(weight) * (
            padded[:, place : place + length] + padded[:, mirrored : mirrored + length]
        )
    return between


def _k_weights(length: int, rate_hz: int) -> NDArray[np.float64]:
    """The weight of each bin of a real spectrum in the mean square after ITU-R BS.1770's two
    filters.
    """
    z = np.exp(-2j * np.pi * np.arange(length // 2 + 1) / length)
    shelf_b, shelf_a = _shelf(rate_hz)
    pass_b, pass_a = _high_pass(rate_hz)
    response = (
        np.polyval(shelf_b[::-1], z)
        / np.polyval(shelf_a[::-1], z)
        * np.polyval(pass_b[::-1], z)
        / np.polyval(pass_a[::-1], z)
    )
    folded = np.full(len(z), 2.0)
    folded[0] = 1.0
    if length % 2 == 0:
        folded[-1] = 1.0
    weights: NDArray[np.float64] = np.abs(response) ** 2 * folded / length**2
    return weights


def _shelf(rate_hz: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The shelving filter for the effect of the head: +4 dB above 1.7 kHz. BS.1770 gives
    coefficients at 48 kHz; these are the analogue parameters.
    """
    gain_db, quality, centre_hz = 3.999843853973347, 0.7071752369554196, 1681.974450955533
    k = np.tan(np.pi * centre_hz / rate_hz)
    high = 10 ** (gain_db / 20)
    band = high**0.4996667741545416
    scale = 1 + k / quality + k * k
    b = (
        np.array(
            [
                high + band * k / quality + k * k,
                2 * (k * k - high),
                high - band * k / quality + k * k,
            ]
        )
        / scale
    )
    return b, np.array([1, 2 * (k * k - 1) / scale, (1 - k / quality + k * k) / scale])


def _high_pass(rate_hz: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The high-pass filter at 38 Hz."""
    quality, centre_hz = 0.5003270373238773, 38.13547087602444
    k = np.tan(np.pi * centre_hz / rate_hz)
    scale = 1 + k / quality + k * k
    return np.array([1.0, -2.0, 1.0]), np.array(
        [1, 2 * (k * k - 1) / scale, (1 - k / quality + k * k) / scale]
    )
