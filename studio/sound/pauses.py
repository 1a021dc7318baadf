"""Pauses between words: silent spans, and noises that are not speech (a cough, a knock)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from studio.model.clock import RecordingMs, Span
from studio.sound.recording import WHISPER_RATE_HZ

# The step of level measurements in ms.
FRAME_MS = 10
_FRAME = WHISPER_RATE_HZ * FRAME_MS // 1000
# Thresholds of quiet and of voice level, between the level of pauses (0) and that of words (1).
# Chosen by hand: breath is in between.
_QUIET_SHARE, _LOUD_SHARE = 0.35, 0.6
# Pauses hardly softer than words contain music or a crowd: these are not analysed.
_MIN_CONTRAST_DB = 10.0
# A separate noise rather than the end of a word: its minimum length, and the minimum quiet on
# either side.
_NOISE_MS, _BESIDE_NOISE_MS = (80, 1_500), 60
# The minimum autocorrelation at a pitch period (60 to 400 Hz) of a voice: vowels have at least 0.7,
# a cough or a knock 0.1 to 0.5.
_VOICED_SHARE = 0.55
_PERIODS = (WHISPER_RATE_HZ // 400, WHISPER_RATE_HZ // 60)
_CHUNK_FRAMES = 60_000
# Below the resolution of 16 bits.
_MIN_POWER = 1e-10


def silent_spans(
    samples: NDArray[np.int16], words: Sequence[Span], shortest_ms: int
) -> Iterator[Span]:
    """The silent spans between two words of at least this length, ascending.

    :param samples: samples of the recording, mono, 16 kHz.
    :param words: ascending by their starts.
    """
    for gap, quiet, _ in _gaps(samples, words, shortest_ms):
        for first, last in _runs(quiet):
            if (last - first) * FRAME_MS >= shortest_ms:
                yield _span(gap, first, last)


def noise_spans(samples: NDArray[np.int16], words: Sequence[Span]) -> Iterator[Span]:
    """The spans between two words that are as loud as words, but not voiced, ascending."""
    beside = _BESIDE_NOISE_MS // FRAME_MS
    for gap, quiet, loud in _gaps(samples, words, _NOISE_MS[0] + 2 * _BESIDE_NOISE_MS):
        for first, last in _runs(~quiet):
            has_room = first >= beside and last + beside <= len(quiet)
            before, after = quiet[first - beside : first], quiet[last : last + beside]
            if not (has_room and before.all() and after.all() and loud[first:last].any()):
                continue
            span = _span(gap, first, last)
            is_noise = _NOISE_MS[0] <= (last - first) * FRAME_MS <= _NOISE_MS[1]
            if is_noise and _voiced_share(samples, span) < _VOICED_SHARE:
                yield span


def _span(gap: Span, first: int, last: int) -> Span:
    start_ms = gap.start_ms // FRAME_MS * FRAME_MS
    return Span(
        start_ms=RecordingMs(max(gap.start_ms, start_ms + first * FRAME_MS)),
        end_ms=RecordingMs(min(gap.end_ms, start_ms + last * FRAME_MS)),
    )


def _gaps(
    samples: NDArray[np.int16], words: Sequence[Span], shortest_ms: int
) -> Iterator[tuple[Span, NDArray[np.bool_], NDArray[np.bool_]]]:
    """The gaps between words, with masks of quiet and of loud frames."""
    levels = _levels_db(samples)
    gaps, end_ms = [], words[0].end_ms if words else 0
    spoken = np.zeros(len(levels), dtype=bool)
    for word in words:
        spoken[word.start_ms // FRAME_MS : word.end_ms // FRAME_MS] = True
        if word.start_ms - end_ms >= shortest_ms:
            gaps.append(Span(start_ms=RecordingMs(end_ms), end_ms=word.start_ms))
        end_ms = max(end_ms, word.end_ms)
    if not gaps or not spoken.any() or spoken.all():
        return
    first, last = words[0].start_ms // FRAME_MS, end_ms // FRAME_MS
    between = levels[first:last][~spoken[first:last]]
    if not len(between):
        return
    voice, floor = np.median(levels[spoken]), np.percentile(between, 10)
    if voice - floor < _MIN_CONTRAST_DB:
        return
    for gap in gaps:
        part = levels[gap.start_ms // FRAME_MS : gap.end_ms // FRAME_MS]
        share = (part - floor) / (voice - floor)
        yield gap, share < _QUIET_SHARE, share >= _LOUD_SHARE


def _levels_db(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    count = len(samples) // _FRAME
    levels = np.empty(count, dtype=np.float32)
    for start in range(0, count, _CHUNK_FRAMES):
        end = min(count, start + _CHUNK_FRAMES)
        part = samples[start * _FRAME : end * _FRAME].astype(np.float32) / np.float32(32_768)
        power = np.mean(np.square(part).reshape(-1, _FRAME), axis=1)
        levels[start:end] = 10 * np.log10(np.maximum(power, _MIN_POWER))
    return levels


def _runs(places: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """The runs of true values: first, last (exclusive)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], places.astype(np.int8), [0]])))
    for first, last in edges.reshape(-1, 2):
        yield int(first), int(last)


def _voiced_share(samples: NDArray[np.int16], span: Span) -> float:
    """The normalised autocorrelation at a pitch period: the mean over 40 ms frames."""
    first, last = (ms * WHISPER_RATE_HZ // 1000 for ms in (span.start_ms, span.end_ms))
    length = WHISPER_RATE_HZ * 40 // 1000
    shares = []
    for start in range(first, max(first + 1, last - length // 2), length // 2):
        part = samples[start : start + length].astype(np.float32)
        part -= part.mean()
        power = np.abs(np.fft.rfft(part, 2 * length)) ** 2
        comes_back = np.fft.irfft(power)[: _PERIODS[1]]
        if comes_back[0] > 0:
            shares.append(float(comes_back[_PERIODS[0] :].max() / comes_back[0]))
    return sum(shares) / len(shares) if shares else 0.0
