"""The fingerprint of a recording: the level of each band over time. It locates a moment of one
recording in another.

Another level, another microphone, noise, an MP3 in between and more or less sound in front leave
the shape of speech over time as it is.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.errors import RecordingError
from studio.file_access import read_file
from studio.messages.message import message

RATE_HZ = 16_000
HOP_MS = 20
BANDS = 16
# Where voices have their energy; telephones and cheap microphones leave most of it.
MIN_HZ, MAX_HZ = 120, 6_000
# Levels further below the loudest moment of a band are room and noise, and are ignored.
RANGE_DB = 45.0
# This much on either side of a moment is compared: two or three sentences are said once.
SIDE_MS = 6_000
# Less than this is no sentence.
MIN_MS = 3_000
# Fitted on made speech with noise at 15 to 30 dB SNR, gains, filters and MP3 at 64 kbit/s (right
# places: 0.80 and more; wrong ones: 0.45 and less); the gap to the next best place tells what was
# said twice.
SURE, GAP = 0.65, 0.15
# The same place: a peak is as wide as a syllable.
_PEAK_MS = 500
_FRAME = 512
_BLOCK_FRAMES = 4_096
_STEP_DB = 0.5


class FingerprintMatch(NamedTuple):
    """Where a moment is in the other recording.

    :param score: how alike the surroundings are there, -1 to 1; ``rival``: how alike those of the
        next best place are.
    """

    moment_ms: int
    score: float
    rival: float

    @property
    def is_sure(self) -> bool:
        """Whether it can only be there."""
        return self.score >= SURE and self.score - self.rival >= GAP


def fingerprint_from_samples(samples: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The fingerprint.

    :param samples: mono, 16 kHz.
    :returns: a row for each 20 ms, a column for each band, in half decibels.
    """
    hop = RATE_HZ * HOP_MS // 1000
    # Band edges in FFT bins, evenly spaced in the logarithm of the frequency; every band has at
    # least one bin.
    edges = np.geomspace(MIN_HZ, MAX_HZ, BANDS + 1) / (RATE_HZ / _FRAME)
    bounds = np.unique(
        np.maximum(np.round(edges).astype(int), np.arange(len(edges)) + round(edges[0]))
    )
    window = np.hanning(_FRAME).astype(np.float32)
    count = len(samples) // hop
    rows = np.empty((count, BANDS), np.uint8)
    # In blocks, because the overlapping frames of an hour would take gigabytes at once.
    for first in range(0, count, _BLOCK_FRAMES):
        last = min(first + _BLOCK_FRAMES, count)
        block = samples[first * hop : last * hop + _FRAME]
        block = np.pad(block, (0, (last - first) * hop + _FRAME - len(block)))
        frames = (
            np.lib.stride_tricks.sliding_window_view(block, _FRAME)[: (last - first) * hop : hop]
            * window
        )
        power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
        bands = np.add.reduceat(power, bounds[:-1], axis=1)[:, :BANDS]
        # −90 dB is 0; a step is half a decibel, so that 255 is about +37 dB.
        decibels = 10 * np.log10(bands + 1e-9)
        rows[first:last] = np.clip((decibels + 90) / _STEP_DB, 0, 255).astype(np.uint8)
    return rows


def locate_by_fingerprint(
    fingerprint: NDArray[np.uint8],
    moment_ms: int,
    other: NDArray[np.uint8],
    *,
    before_ms: int,
    after_ms: int,
) -> FingerprintMatch | None:
    """Where a moment of one recording is in another; None where too little is around it.

    :param before_ms: how much before the moment is compared, where there is so much; ``after_ms``
        likewise.
    """
    here, there = _shape(fingerprint), _shape(other)
    first = max(0, (moment_ms - before_ms) // HOP_MS)
    last = min(len(here), (moment_ms + after_ms) // HOP_MS)
    length = last - first
    if length * HOP_MS < MIN_MS or length > len(there):
        return None
    part = here[first:last] - here[first:last].mean(axis=0)
    # The correlation at every place of the other recording, through the Fourier transform;
    # the size leaves room for the part, so that its end does not meet the beginning.
    size = 1 << int(np.ceil(np.log2(len(there) + length)))
    product = np.fft.rfft(there, size, axis=0) * np.conj(np.fft.rfft(part, size, axis=0))
    similarity = np.fft.irfft(product, size, axis=0)[: len(there) - length + 1].sum(axis=1)
    # How much the other recording varies at each place, from running sums: correlation is divided
    # by it, so that loud places are no better than others.
    sums = np.vstack([np.zeros(there.shape[1]), np.cumsum(there, axis=0)])
    squares = np.vstack([np.zeros(there.shape[1]), np.cumsum(there**2, axis=0)])
    spread = (squares[length:] - squares[:-length]) - (sums[length:] - sums[:-length]) ** 2 / length
    scores = similarity / (
        np.sqrt(np.maximum(spread.sum(axis=1), 1e-9)) * max(float(np.linalg.norm(part)), 1e-9)
    )
    best = int(np.argmax(scores))
    # The best place says something only beside the second best, well away from it.
    near = _PEAK_MS // HOP_MS
    others = np.concatenate([scores[: max(0, best - near)], scores[best + near + 1 :]])
    shift_ms = (best - first) * HOP_MS
    return FingerprintMatch(
        moment_ms + shift_ms, float(scores[best]), float(others.max()) if len(others) else -1.0
    )


def _shape(fingerprint: NDArray[np.uint8]) -> NDArray[np.float64]:
    """In decibels, what is below each band's range raised to its lower end."""
    decibels = fingerprint.astype(np.float64) * _STEP_DB
    return (
        np.maximum(decibels, np.quantile(decibels, 0.99, axis=0) - RANGE_DB)
        if len(decibels)
        else decibels
    )


def bytes_from_fingerprint(fingerprint: NDArray[np.uint8]) -> bytes:
    """The fingerprint as it is kept in a file."""
    return bytes(fingerprint.tobytes())


def fingerprint_from_file(path: Path) -> NDArray[np.uint8]:
    """The fingerprint that a file keeps.

    :raises RecordingError: it is none.
    """
    content = np.frombuffer(read_file(path), np.uint8)
    if len(content) % BANDS:
        raise RecordingError(
            path,
            message("is not a fingerprint of a recording"),
            message("Delete it, and run `studio run`."),
        )
    return content.reshape(-1, BANDS)
