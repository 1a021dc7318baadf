"""A transcript as in text files: speakers and texts, without word times."""

from __future__ import annotations

from studio.model.clock import RecordingMs
from studio.model.record import Record


class SpokenPassage(Record, frozen=True):
    """The text of a segment: what one speaker says without an interruption.
    ``speaker`` is None while it is not known.
    """

    speaker: str | None
    text: str


class CueText(Record, frozen=True):
    """The text of one cue of a caption file. ``speaker`` is the name in it, or None.

    :param lasting: the name also applies to the following cues, up to the next name (in formats
        without a field for names).
    :param beside: it is said at the same time as the text before it, by another speaker.
    """

    speaker: str | None
    text: str
    lasting: bool = False
    beside: bool = False


class Heading(Record, frozen=True):
    """A question of the article, placed before the first segment that starts at that time or
    later.
    """

    start_ms: RecordingMs
    text: str
