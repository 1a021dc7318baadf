"""The times in the episode of the printed paragraphs."""

from __future__ import annotations

from typing import Literal

from studio.model.alignment import Alignment, Passage
from studio.model.clock import Programme, ProgrammeMs
from studio.model.record import Record


class PrintedSentence(Record, frozen=True):
    """A sentence of a paragraph; both times are None if it is not spoken in this wording."""

    text: str
    start_ms: ProgrammeMs | None = None
    end_ms: ProgrammeMs | None = None


class ParagraphTime(Record, frozen=True):
    """A spoken paragraph. ``exchange`` and ``paragraph`` as in :class:`Passage`.

    :param sentences: all of its sentences in order (:mod:`studio.site.sentence_times`); none if
        they were not searched.
    """

    exchange: int
    paragraph: int
    kind: Literal["verbatim", "reworded", "unheard"]
    start_ms: ProgrammeMs
    end_ms: ProgrammeMs
    sentences: tuple[PrintedSentence, ...] = ()


def paragraph_times_from_alignment(
    alignment: Alignment, programme: Programme
) -> tuple[ParagraphTime, ...]:
    """Every paragraph that is spoken in the episode; those in cuts are left out."""
    found = (_moment(passage, programme) for passage in alignment.passages)
    return tuple(moment for moment in found if moment is not None)


def _moment(passage: Passage, programme: Programme) -> ParagraphTime | None:
    if passage.start_ms is None or passage.end_ms is None:
        return None
    start, end = (
        programme.programme_from_recording(passage.start_ms),
        programme.programme_from_recording(passage.end_ms),
    )
    if end <= start:
        return None
    return ParagraphTime(
        exchange=passage.exchange,
        paragraph=passage.paragraph,
        kind=passage.kind,
        start_ms=start,
        end_ms=end,
    )
