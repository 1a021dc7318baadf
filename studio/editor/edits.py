"""The edits that the page can request. Each edit states its base (``was``), so that no other edit
is overwritten.
"""

from __future__ import annotations

from typing import Literal

from studio.chapters.recording_chapters import RecordingChapter
from studio.model.clock import RecordingMs
from studio.model.episode import Cut
from studio.model.plain_transcript import SpokenPassage
from studio.model.record import Record, stored_as


class Decision(Record, frozen=True):
    """A user's decision on a doubt. ``key`` is that of the doubt."""

    key: str
    outcome: Literal["kept", "mended"] = stored_as("verdict")


class GlossaryEdit(Record, frozen=True):
    """A name that was added to the show's glossary in this episode.

    :param number: 1, 2, 3…
    :param wrong: its misspelling; may be empty.
    :param is_new: whether the name was not in the glossary before.
    """

    number: int
    name: str
    wrong: str
    is_new: bool


class Draft(Record, frozen=True):
    """Typed text that was not sent yet. ``place`` is the field (``doubt:…``)."""

    place: str
    text: str


class SetText(Record, frozen=True, tag="text", tag_field="kind"):
    """The new text of a segment; an empty one removes the segment."""

    segment: str
    was: str
    text: str


class SetWords(Record, frozen=True, tag="words", tag_field="kind"):
    """Replace words of a segment, from index ``first`` on."""

    segment: str
    first: int
    was: str
    text: str


class Split(Record, frozen=True, tag="split", tag_field="kind"):
    """Split a segment before its word ``at``; or, if ``left`` and ``right`` are given, into these
    two texts, which include edits typed meanwhile.
    """

    segment: str
    was: str
    at: int = 0
    left: str = ""
    right: str = ""


class Join(Record, frozen=True, tag="join", tag_field="kind"):
    """Join a segment with the next one; the first one's speaker is kept.

    :param next_was: the next one's text at that time; None: not checked.
    :param text: the joined text, with edits typed meanwhile; None: both unchanged.
    """

    segment: str
    was: str
    next_was: str | None = None
    text: str | None = None


class SetSpeaker(Record, frozen=True, tag="speaker", tag_field="kind"):
    """Set the speaker of one segment, or of all with the same name."""

    segment: str
    was: str | None
    speaker: str | None
    everywhere: bool = False


class Spot(Record, frozen=True):
    """The words ``was`` of a segment, from index ``first`` on.

    :param text: its own replacement; None: the replacement of all spots, with the punctuation
        around these words.
    :param kept_start: number of characters of ``was`` kept before ``text``; ``kept_end``: after it.
    """

    segment: str
    first: int
    was: str
    text: str | None = None
    kept_start: int = 0
    kept_end: int = 0


class SetVoice(Record, frozen=True, tag="voice", tag_field="kind"):
    """Set the speaker of these words: a segment that also has others is split around them."""

    spots: tuple[Spot, ...]
    speaker: str | None


class MoveBoundary(Record, frozen=True, tag="boundary", tag_field="kind"):
    """Move the start or end of the word ``at`` of a segment; an adjacent word that touches it there
    is adapted.
    """

    segment: str
    at: int
    was_ms: RecordingMs
    start_ms: RecordingMs
    end: bool = False


class Replace(Record, frozen=True, tag="replace", tag_field="kind"):
    """Replace all occurrences of these words. Whole words only; case-sensitive if ``exact``."""

    find: str
    text: str
    exact: bool = False


class ReplaceSpots(Record, frozen=True, tag="spots", tag_field="kind"):
    """Replace chosen occurrences; the punctuation around them is kept."""

    spots: tuple[Spot, ...]
    text: str


class SetPassages(Record, frozen=True, tag="import", tag_field="kind"):
    """Replace the whole text by one imported from another program."""

    passages: tuple[SpokenPassage, ...]


class SetChapters(Record, frozen=True, tag="chapters", tag_field="kind"):
    """Replace the list of chapters; ``was`` is the list that the page had."""

    was: tuple[RecordingChapter, ...]
    chapters: tuple[RecordingChapter, ...]


class SetCuts(Record, frozen=True, tag="cuts", tag_field="kind"):
    """Replace the list of cuts."""

    was: tuple[Cut, ...]
    cuts: tuple[Cut, ...]


class Decide(Record, frozen=True, tag="decide", tag_field="kind"):
    """Record the decision on a doubt."""

    key: str
    outcome: Literal["kept", "mended"] = stored_as("verdict")


class AddGlossaryName(Record, frozen=True, tag="teach", tag_field="kind"):
    """Add a name to the show's glossary with its wrong spelling, and correct that spelling
    everywhere in this episode.
    """

    heard: str
    name: str


class KeepDraft(Record, frozen=True, tag="draft", tag_field="kind"):
    """Store unsent text of a field; None if it was sent or discarded. Not an undo step."""

    place: str
    text: str | None


class WriteNote(Record, frozen=True, tag="note", tag_field="kind"):
    """Create, change or (with an empty text) remove a margin note on the words between two times.

    :param was: its previous text; empty for a new note.
    :param at: when, ISO 8601.
    """

    id: str
    start_ms: RecordingMs
    end_ms: RecordingMs
    was: str
    text: str
    author: str
    at: str


class AnswerNote(Record, frozen=True, tag="answer", tag_field="kind"):
    """Answer a note; if the note was deleted meanwhile, the answer becomes a separate note."""

    id: str
    start_ms: RecordingMs
    end_ms: RecordingMs
    text: str
    author: str
    at: str


class ResolveNote(Record, frozen=True, tag="resolve", tag_field="kind"):
    """Resolve or reopen a note."""

    id: str
    is_resolved: bool


class Undo(Record, frozen=True, tag="undo", tag_field="kind"):
    """Undo the last edit that was not undone."""


class Redo(Record, frozen=True, tag="redo", tag_field="kind"):
    """Redo the last undone edit."""


class Restore(Record, frozen=True, tag="restore", tag_field="kind"):
    """Restore an earlier revision."""

    revision: int


Edit = (
    SetText
    | SetWords
    | Split
    | Join
    | SetSpeaker
    | SetVoice
    | MoveBoundary
    | Replace
    | ReplaceSpots
    | SetPassages
    | SetChapters
    | SetCuts
    | Decide
    | AddGlossaryName
    | KeepDraft
    | WriteNote
    | AnswerNote
    | ResolveNote
    | Undo
    | Redo
    | Restore
)


class Request(Record, frozen=True):
    """A page's request: edits that form one undo step.

    :param client: the page's id.
    :param id: the request's id: sent twice, it is executed once.
    :param since: the last revision that the page knows.
    :param author: the editor's own name for themselves; empty if not given.
    """

    client: str
    id: str
    since: int
    edits: tuple[Edit, ...]
    author: str = ""
