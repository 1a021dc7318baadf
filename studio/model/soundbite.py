"""Sound bites: representative excerpts for feed, page and clips."""

from __future__ import annotations

from typing import Literal

from studio.model.clock import ProgrammeMs
from studio.model.record import Record


class Soundbite(Record, frozen=True, rename={"similarity": "closeness"}):
    """One passage, on the programme clock.

    :param title: its words or a title that a user gave: one line, 128 characters at most.
    :param speaker: its speaker, None if unknown.
    :param origin: *quote*: the article's pull quote; *shared*: article and speech have it word for
        word; *chosen*: a user chose it.
    :param similarity: 0 to 1; the share of its words that are printed as spoken; 1 for *chosen*.
    """

    start_ms: ProgrammeMs
    end_ms: ProgrammeMs
    title: str
    speaker: str | None = None
    origin: Literal["quote", "shared", "chosen"] = "quote"
    similarity: float = 1.0

    @property
    def duration_ms(self) -> int:
        """The duration in ms."""
        return self.end_ms - self.start_ms


class Soundbites(Record, frozen=True):
    """``soundbites.json``: the best one first."""

    soundbites: tuple[Soundbite, ...] = ()
    schema: int = 1
