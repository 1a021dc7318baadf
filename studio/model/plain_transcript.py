"""A transcript as users write it: speakers and texts, without word times."""

from __future__ import annotations

from studio.model.clock import RecordingMs
from studio.model.record import Record


class SpokenPassage(Record, frozen=True):
    """What one speaker says until a person, or something, comes between: a segment's text.
    ``speaker`` is None while it is not known.
    """

    speaker: str | None
    text: str


class CueText(Record, frozen=True):
    """The text of one cue of a caption file. ``speaker`` is the name in it, None if it has none.

    :param lasting: the name also applies to the following cues, until another name: so in formats
        without a field for names.
    :param beside: it is said at the same time as the text before it, by another one.
    """

    speaker: str | None
    text: str
    lasting: bool = False
    beside: bool = False


class Heading(Record, frozen=True):
    """A question of the article, where it is asked: before the segment that starts there or
    after.
    """

    start_ms: RecordingMs
    text: str
