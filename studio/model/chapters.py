"""Chapters, in the Podcasting 2.0 JSON format 1.2. Times are seconds here, because the file format
requires it.
"""

from __future__ import annotations

import msgspec

from studio.model.clock import ProgrammeMs
from studio.model.record import Record

# A single chapter is useless for navigation: feed, tags, notes and pages then have none.
FEWEST_CHAPTERS = 2


class Chapter(Record, frozen=True, omit_defaults=True):
    """One chapter. ``question`` is the number of the article's question at its start, if there is
    one.
    """

    start_s: float = msgspec.field(name="startTime")
    title: str
    end_s: float | None = msgspec.field(name="endTime", default=None)
    question: int | None = None

    @property
    def start_ms(self) -> ProgrammeMs:
        """Its start, in ms of the programme."""
        return ProgrammeMs(round(self.start_s * 1000))

    @property
    def end_ms(self) -> ProgrammeMs | None:
        """Its end, in ms of the programme."""
        return None if self.end_s is None else ProgrammeMs(round(self.end_s * 1000))


class Chapters(Record, frozen=True):
    """``transcripts/<slug>/chapters.json``: ascending, the first at 0, the last one ends with the
    episode.
    """

    version: str = "1.2.0"
    chapters: tuple[Chapter, ...] = ()
