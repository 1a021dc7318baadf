"""Notes on words of the transcript, for the people who correct an episode. They are never
published.
"""

from __future__ import annotations

from studio.model.clock import RecordingMs
from studio.model.record import Record


class NoteAnswer(Record, frozen=True):
    """The answer to a note. ``at``: its time, ISO 8601."""

    text: str
    author: str
    at: str


class MarginNote(Record, frozen=True):
    """A note on some words.

    :param id: assigned by the page that created it.
    :param start_ms: start of the first of these words; ``end_ms``: end of the last one.
    :param words: those words when the note was written, ``before`` and ``after``: some words around
        them, by which the note is located in another transcription.
    :param at: when it was written, ISO 8601.
    :param is_resolved: whether it is resolved.
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
