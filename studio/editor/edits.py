"""The edits that the page can request. Each edit states its base (``was``), so that no one's work
is overwritten unseen.
"""

from __future__ import annotations

from typing import Literal

from studio.chapters.recording_chapters import RecordingChapter
from studio.model.clock import RecordingMs
from studio.model.episode import Cut
from studio.model.plain_transcript import SpokenPassage
from studio.model.record import Record, stored_as


class Decision(Record, frozen=True):
    """A user's decision about a doubt. ``key`` is the doubt's."""

    key: str
    outcome: Literal["kept", "mended"] = stored_as("verdict")


class GlossaryEdit(Record, frozen=True):
    """What this episode's editors put into the show's glossary.

    :param number: 1, 2, 3…
    :param wrong: what is heard in the name's place; empty for none.
    :param is_new: whether the glossary did not have the name before.
    """

    number: int
    name: str
    wrong: str
    is_new: bool


class Draft(Record, frozen=True):
    """What a person typed and has not sent yet. ``place`` is the field (``doubt:…``)."""

    place: str
    text: str


class SetText(Record, frozen=True, tag="text", tag_field="kind"):
    """The new text of a segment; an empty one removes the segment."""

    segment: str
    was: str
    text: str


class SetWords(Record, frozen=True, tag="words", tag_field="kind"):
    """Some words of a segment, from place ``first`` on, replaced by others."""

    segment: str
    first: int
    was: str
    text: str


class Split(Record, frozen=True, tag="split", tag_field="kind"):
    """A segment in two: before its word ``at``; or, where ``left`` and ``right`` are given, into
    these two texts, which have what was typed meanwhile.
    """

    segment: str
    was: str
    at: int = 0
    left: str = ""
    right: str = ""


class Join(Record, frozen=True, tag="join", tag_field="kind"):
    """A segment with the next one; the first one's speaker stays.

    :param next_was: the next one's text, on which it was made; None where that does not count.
    :param text: the joined text, with edits typed meanwhile; None: both unchanged.
    """

    segment: str
    was: str
    next_was: str | None = None
    text: str | None = None


class SetSpeaker(Record, frozen=True, tag="speaker", tag_field="kind"):
    """Who speaks: in one segment, or in all that had the same name."""

    segment: str
    was: str | None
    speaker: str | None
    everywhere: bool = False


class Spot(Record, frozen=True):
    """The words ``was`` of a segment, from place ``first`` on.

    :param text: its own replacement; None: the replacement of all spots, with the punctuation
        around these words.
    :param kept_start: how many characters of ``was`` stay before ``text``; ``kept_end`` after it.
    """

    segment: str
    first: int
    was: str
    text: str | None = None
    kept_start: int = 0
    kept_end: int = 0


class SetVoice(Record, frozen=True, tag="voice", tag_field="kind"):
    """Who speaks these words: a segment that has others besides is split around them."""

    spots: tuple[Spot, ...]
    speaker: str | None


class MoveBoundary(Record, frozen=True, tag="boundary", tag_field="kind"):
    """Where the word ``at`` of a segment begins, or ends: a neighbour that touched it there goes
    with it.
    """

    segment: str
    at: int
    was_ms: RecordingMs
    start_ms: RecordingMs
    end: bool = False


class Replace(Record, frozen=True, tag="replace", tag_field="kind"):
    """Every place with these words. Whole words only; capitals count where ``exact``."""

    find: str
    text: str
    exact: bool = False


class ReplaceSpots(Record, frozen=True, tag="spots", tag_field="kind"):
    """Chosen places, each with its words; the punctuation around them stays."""

    spots: tuple[Spot, ...]
    text: str


class SetPassages(Record, frozen=True, tag="import", tag_field="kind"):
    """The whole text, as imported from another program."""

    passages: tuple[SpokenPassage, ...]


class SetChapters(Record, frozen=True, tag="chapters", tag_field="kind"):
    """Replace the list of chapters; ``was`` is the list that the page had."""

    was: tuple[RecordingChapter, ...]
    chapters: tuple[RecordingChapter, ...]


class SetCuts(Record, frozen=True, tag="cuts", tag_field="kind"):
    """All passages that are left out."""

    was: tuple[Cut, ...]
    cuts: tuple[Cut, ...]


class Decide(Record, frozen=True, tag="decide", tag_field="kind"):
    """Record the decision about a doubt."""

    key: str
    outcome: Literal["kept", "mended"] = stored_as("verdict")


class AddGlossaryName(Record, frozen=True, tag="teach", tag_field="kind"):
    """Add a name to the show's glossary with its wrong spelling, and correct that spelling
    everywhere in this episode.
    """

    heard: str
    name: str


class KeepDraft(Record, frozen=True, tag="draft", tag_field="kind"):
    """What is typed in a field so far; None when it was sent or discarded. Not an undo step."""

    place: str
    text: str | None


class WriteNote(Record, frozen=True, tag="note", tag_field="kind"):
    """A note to colleagues about the words between two moments, or another text for it; an empty
    one takes it away.

    :param was: the text on which it was made; empty for a new note.
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
    """An answer to a note; if the note was deleted meanwhile, it becomes a separate note."""

    id: str
    start_ms: RecordingMs
    end_ms: RecordingMs
    text: str
    author: str
    at: str


class ResolveNote(Record, frozen=True, tag="resolve", tag_field="kind"):
    """A note about which nothing is left to do; or about which something is again."""

    id: str
    is_resolved: bool


class Undo(Record, frozen=True, tag="undo", tag_field="kind"):
    """Undo the last edit that was not undone."""


class Redo(Record, frozen=True, tag="redo", tag_field="kind"):
    """Redo the last undone edit."""


class Restore(Record, frozen=True, tag="restore", tag_field="kind"):
    """Everything as it was at an earlier revision."""

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
    """What a page sends: edits that are one step for undo.

    :param client: which page it is.
    :param id: the request's own name: sent twice, it is done once.
    :param since: the last revision that the page knows.
    :param author: the editor's own name for themselves; empty if not given.
    """

    client: str
    id: str
    since: int
    edits: tuple[Edit, ...]
    author: str = ""
