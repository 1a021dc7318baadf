"""The overview of an audio file for charts, in one decoding: peaks and loudness over time, the
spectrum of its noise.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.model.clock import Programme, ProgrammeMs
from studio.model.sound import Mix
from studio.sound.ffmpeg import Decoding
from studio.sound.loudness_analysis import BLOCKS_PER_S, OFFSET_LUFS, LoudnessAnalysis

RATE_HZ = 48_000
SHORT_TERM_BLOCKS = 3 * BLOCKS_PER_S
# A third of an octave each, from 50 Hz to 16 kHz.
BANDS = 26
MIN_BAND_HZ = 50.0
QUIETEST_PERCENT = 10
DIGITAL_SILENCE = 1e-12
SILENCE_LUFS = -70.0


@dataclasses.dataclass(frozen=True)
class SoundOverview:
    """Mono measurements per 100 ms.

    :param peaks: peaks, full scale 1.0.
    :param short_term_lufs: short-term loudness (3 s), at least −70.
    :param bands_hz: centre frequency of each band.
    :param noise_db: level of each band in the quietest 10 % of the audio, in dBFS.
    :param analysis: the analysis from which it was computed.
    """

    peaks: NDArray[np.float32]
    short_term_lufs: NDArray[np.float64]
    bands_hz: NDArray[np.float64]
    noise_db: NDArray[np.float64]
    analysis: LoudnessAnalysis


def overview_in_programme(overview: SoundOverview, programme: Programme) -> SoundOverview:
    """A recording's overview on the programme clock: without cuts, with silent opening and
    closing.
    """
    blocks = -(-programme.duration_ms * BLOCKS_PER_S // 1000)
    places = np.full(blocks, -1)
    block_ms = 1000 // BLOCKS_PER_S
    for block in range(blocks):
        moment = block * block_ms
        if programme.opening_ms <= moment < programme.duration_ms - programme.closing_ms:
            places[block] = programme.recording_from_programme(ProgrammeMs(moment)) // block_ms
    known = (places >= 0) & (places < len(overview.peaks))
    indices = np.where(known, places, 0)
    return dataclasses.replace(
        overview,
        peaks=np.where(known, overview.peaks[indices], 0).astype(np.float32),
        short_term_lufs=np.where(known, overview.short_term_lufs[indices], SILENCE_LUFS),
    )


def read_overview(path: Path, mix: Mix, filters: tuple[str, ...] = ()) -> SoundOverview:
    """Decode a file once. Two hours take 100 MB.

    :param mix: the downmix to one channel.
    :param filters: filters applied first.
    :raises RecordingError: it cannot be decoded.
    """
    analysis = LoudnessAnalysis(RATE_HZ, 1)
    block = RATE_HZ // BLOCKS_PER_S
    # Third-octave bands: each extends by half a step on either side of its centre.
    edges = MIN_BAND_HZ * 2 ** ((np.arange(BANDS + 1) - 0.5) / 3)
    bins = np.searchsorted(np.fft.rfftfreq(block, 1 / RATE_HZ), edges)
    window = np.hanning(block).astype(np.float32)[:, None]
    # Scale to full-scale power: both halves of the spectrum, and the window's loss.
    scale = 2 / float(np.square(window).sum() * block)
    rest = np.zeros((0, 1), np.float32)
    parts = []
    with Decoding(path, sample_rate_hz=RATE_HZ, channels=1, mix=mix, filters=filters) as decoding:
        for chunk in decoding:
            analysis.feed(chunk)
            rest = np.concatenate((rest, chunk))
            whole = len(rest) // block * block
            spectra = np.square(
                np.abs(np.fft.rfft(rest[:whole].reshape(-1, block, 1) * window, axis=1)[:, :, 0])
            )
            # Cumulative sums: the difference between two edges is the band's power.
            sums = np.concatenate((np.zeros((len(spectra), 1)), np.cumsum(spectra, axis=1)), axis=1)
            parts.append(((sums[:, bins[1:]] - sums[:, bins[:-1]]) * scale).astype(np.float32))
            rest = rest[whole:]
    analysis.close()
    powers = np.concatenate(parts).astype(np.float64)
    totals = powers.sum(axis=1)
    # The quietest blocks show the noise; digital silence is excluded.
    audible = totals > DIGITAL_SILENCE
    quiet = (
        audible & (totals <= np.percentile(totals[audible], QUIETEST_PERCENT))
        if audible.any()
        else np.ones(len(powers), np.bool_)
    )
    noise = powers[quiet].mean(axis=0) if quiet.any() else np.zeros(BANDS)
    # The short-term loudness: a moving average of blocks, shorter at the ends.
    length = min(SHORT_TERM_BLOCKS, max(1, len(analysis.block_powers)))
    around = np.convolve(
        np.pad(analysis.block_powers, (length // 2, length - 1 - length // 2), mode="edge"),
        np.full(length, 1 / length),
        "valid",
    )
    return SoundOverview(
        peaks=analysis.cell_peaks.reshape(-1, analysis.cells_per_block).max(axis=1),
        short_term_lufs=np.maximum(
            OFFSET_LUFS + 10 * np.log10(np.maximum(around, 1e-12)), SILENCE_LUFS
        ),
        bands_hz=MIN_BAND_HZ * 2 ** (np.arange(BANDS) / 3),
        noise_db=10 * np.log10(np.maximum(noise, 1e-12)),
        analysis=analysis,
    )
