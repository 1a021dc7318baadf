"""Whisper listens thirty seconds at a time: voice packed into windows that it can take, cut where nobody speaks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from studio.model.clock import RecordingMs, Span
from studio.model.record import Record

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAMPLES_PER_MS = 16  # Whisper hears 16 kHz
LONGEST_MS = 30_000  # what Whisper takes at once
_LONGEST_PAUSE_MS = 2_000  # a longer one may hold music or laughter, in which Whisper hears words
_CUT_MS = 10_000  # how far before the end of a full window the quietest moment is looked for
_MOMENT_MS = 100


class Window(Record, frozen=True):
    """A stretch of the recording of at most thirty seconds, and the voice in it, ascending."""

    span: Span
    voice: tuple[Span, ...]


def windows_from_voice(voice: Sequence[Span], samples: NDArray[np.float32]) -> tuple[Window, ...]:
    """Pack neighbouring stretches into as few windows as go, in order; no window starts or ends inside a stretch.

    Only a stretch longer than a window is cut, at its quietest moment.

    :param voice: ascending stretches without overlap, on the recording's clock; what lies behind the recording's end is left out.
    :param samples: the whole recording, mono, 16 kHz.
    """
    duration_ms = len(samples) // SAMPLES_PER_MS
    packed: list[list[Span]] = []
    for stretch in voice:
        within = Span(start_ms=stretch.start_ms, end_ms=RecordingMs(min(stretch.end_ms, duration_ms)))
        if within.start_ms >= within.end_ms:
            continue
        for piece in _pieces(within, samples):
            last = packed[-1] if packed else None
            if last and piece.end_ms - last[0].start_ms <= LONGEST_MS and piece.start_ms - last[-1].end_ms <= _LONGEST_PAUSE_MS:
                last.append(piece)
            else:
                packed.append([piece])
    return tuple(Window(span=Span(start_ms=group[0].start_ms, end_ms=group[-1].end_ms), voice=tuple(group)) for group in packed)


def _pieces(stretch: Span, samples: NDArray[np.float32]) -> list[Span]:
    """The stretch itself, or parts of it that each fit into a window."""
    pieces = []
    start_ms = stretch.start_ms
    while stretch.end_ms - start_ms > LONGEST_MS:
        cut_ms = _quietest_ms(samples, start_ms + LONGEST_MS - _CUT_MS, start_ms + LONGEST_MS)
        pieces.append(Span(start_ms=start_ms, end_ms=cut_ms))
        start_ms = cut_ms
    pieces.append(Span(start_ms=start_ms, end_ms=stretch.end_ms))
    return pieces


def _quietest_ms(samples: NDArray[np.float32], start_ms: int, end_ms: int) -> RecordingMs:
    """The middle of the quietest moment between two others."""
    import numpy as np

    moment = _MOMENT_MS * SAMPLES_PER_MS
    part = samples[start_ms * SAMPLES_PER_MS : end_ms * SAMPLES_PER_MS]
    energies = np.square(part[: len(part) // moment * moment].reshape(-1, moment)).sum(axis=1)
    return RecordingMs(start_ms + int(energies.argmin()) * _MOMENT_MS + _MOMENT_MS // 2)
