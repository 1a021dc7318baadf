"""Notes that the people who correct an episode leave for each other at its words. Nothing that is
published has any of it.
"""

from __future__ import annotations

from studio.model.clock import RecordingMs
from studio.model.record import Record


class NoteAnswer(Record, frozen=True):
    """What a colleague answers. ``at`` is when, ISO 8601."""

    text: str
    author: str
    at: str


class MarginNote(Record, frozen=True):
    """A note about some words.

    :param id: given by the page that wrote it.
    :param start_ms: when the first of these words begins, and ``end_ms`` when the last one ends.
    :param words: those words as they were, ``before`` and ``after`` some words around them: the
        note is found by these in another transcription.
    :param at: when it was written, ISO 8601.
    :param is_resolved: whether nothing is left to do.
    """

    id: str
    start_ms: RecordingMs
    end_ms: RecordingMs
    words: str
    before: str
    after: str
    text: str
    author: str
    at: str
    answers: tuple[NoteAnswer, ...] = ()
    is_resolved: bool = False


class MarginNotes(Record, frozen=True):
    """``transcripts/<slug>/margin-notes.json``: the notes, ascending in time."""

    notes: tuple[MarginNote, ...] = ()
    schema: int = 1
