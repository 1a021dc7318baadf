"""Overlapping speech, transcribed from each speaker's own microphone."""

from __future__ import annotations

from studio.model.clock import RecordingMs, Span
from studio.model.record import Record
from studio.model.transcript import Word


class OwnPassage(Record, frozen=True):
    """The transcription of one microphone alone.

    :param microphone: counted from 0.
    :param together: the span in which another person speaks, too, whose words are wanted.
    :param start_ms: start of the decoded audio; ``end_ms``: its end.
    :param words: ascending, without overlap; empty if no result was reliable.
    """

    microphone: int
    together: Span
    start_ms: RecordingMs
    end_ms: RecordingMs
    words: tuple[Word, ...]


class Overlaps(Record, frozen=True):
    """``build/overlaps.json``: passages in which two people speak at once for more than a few
    words.

    :param together: those spans, ascending, without overlap.
    :param passages: the transcription of each microphone around them, ascending.
    """

    together: tuple[Span, ...]
    passages: tuple[OwnPassage, ...]
    schema: int = 1
