"""Stretches of a recording."""

from __future__ import annotations

from studio.model.clock import RecordingMs, Span


def spans(*pairs: tuple[int, int]) -> tuple[Span, ...]:
    return tuple(Span(start_ms=RecordingMs(start), end_ms=RecordingMs(end)) for start, end in pairs)
