"""The fingerprint of a recording: the level of each band over time. It locates a time of one
recording in another.

The temporal envelope of speech is robust against level, microphone, noise, MP3 compression and
offsets.
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
# The frequency range of voices, most of which telephones and cheap microphones preserve.
MIN_HZ, MAX_HZ = 120, 6_000
# Levels further below the maximum of a band are room and noise, and are ignored.
RANGE_DB = 45.0
# How much is compared on either side: two or three sentences are unique.
SIDE_MS = 6_000
# Less is not enough for a comparison.
MIN_MS = 3_000
# Fitted on made speech with noise at 15 to 30 dB SNR, gains, filters and MP3 at 64 kbit/s (right
# places: 0.80 and more; wrong ones: 0.45 and less); the gap to the next best position detects
# repetitions.
SURE, GAP = 0.65, 0.15
# The width of a peak (a syllable), within which positions are the same.
_PEAK_MS = 500
_FRAME = 512
_BLOCK_FRAMES = 4_096
_STEP_DB = 0.5


class FingerprintMatch(NamedTuple):
    """The position of a time in the other recording.

    :param score: similarity of the surroundings there, -1 to 1; ``rival``: that of the next best
        position.
    """

    moment_ms: int
    score: float
    rival: float

    @property
    def is_sure(self) -> bool:
        """Whether the position is unique."""
        return self.score >= SURE and self.score - self.rival >= GAP


def fingerprint_from_samples(samples: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The fingerprint.

    :param samples: mono, 16 kHz.
    :returns: a row per 20 ms, a column per band, in half decibels.
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
    """Locate a time of one recording in another; None if there is too little audio around it.

    :param before_ms: how much is compared before it, if available; ``after_ms`` likewise.
    """
    here, there = _shape(fingerprint), _shape(other)
    first = max(0, (moment_ms - before_ms) // HOP_MS)
    last = min(len(here), (moment_ms + after_ms) // HOP_MS)
    length = last - first
    if length * HOP_MS < MIN_MS or length > len(there):
        return None
    part = here[first:last] - here[first:last].mean(axis=0)
    # The correlation at every position of the other recording by FFT, zero-padded against
    # wrap-around.
    size = 1 << int(np.ceil(np.log2(len(there) + length)))
    product = np.fft.rfft(there, size, axis=0) * np.conj(np.fft.rfft(part, size, axis=0))
    similarity = np.fft.irfft(product, size, axis=0)[: len(there) - length + 1].sum(axis=1)
    # Normalised by the local variance of the other recording (from running sums), so that loud
    # passages are not preferred.
    sums = np.vstack([np.zeros(there.shape[1]), np.cumsum(there, axis=0)])
    squares = np.vstack([np.zeros(there.shape[1]), np.cumsum(there**2, axis=0)])
    spread = (squares[length:] - squares[:-length]) - (sums[length:] - sums[:-length]) ** 2 / length
    scores = similarity / (
        np.sqrt(np.maximum(spread.sum(axis=1), 1e-9)) * max(float(np.linalg.norm(part)), 1e-9)
    )
    best = int(np.argmax(scores))
    # The best position is only significant relative to the second best at some distance.
    near = _PEAK_MS // HOP_MS
    others = np.concatenate([scores[: max(0, best - near)], scores[best + near + 1 :]])
    shift_ms = (best - first) * HOP_MS
    return FingerprintMatch(
        moment_ms + shift_ms, float(scores[best]), float(others.max()) if len(others) else -1.0
    )


def _shape(fingerprint: NDArray[np.uint8]) -> NDArray[np.float64]:
    """In dB, clipped to the lower end of each band's range."""
    decibels = fingerprint.astype(np.float64) * _STEP_DB
    return (
        np.maximum(decibels, np.quantile(decibels, 0.99, axis=0) - RANGE_DB)
        if len(decibels)
        else decibels
    )


def bytes_from_fingerprint(fingerprint: NDArray[np.uint8]) -> bytes:
    """The fingerprint in file format."""
    return bytes(fingerprint.tobytes())


def fingerprint_from_file(path: Path) -> NDArray[np.uint8]:
    """Read a fingerprint from a file.

    :raises RecordingError: it is not a fingerprint.
    """
    content = np.frombuffer(read_file(path), np.uint8)
    if len(content) % BANDS:
        raise RecordingError(
            path,
            message("is not a fingerprint of a recording"),
            message("Delete it, and run `studio run`."),
        )
    return content.reshape(-1, BANDS)
