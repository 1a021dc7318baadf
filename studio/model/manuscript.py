"""A transcript as people write it: who says what, without the time of each word."""

from __future__ import annotations

from studio.model.record import Record


class Passage(Record, frozen=True):
    """What one speaker says until somebody, or something, comes between: a segment's text. ``speaker`` is None while it is not known."""

    speaker: str | None
    text: str
