"""Parts of the article that were not found in the recording with certainty: questions, sentences,
the pull quote.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from studio.doubts.doubt import SECONDS_EACH, Doubt, DoubtKind, sorted_doubts
from studio.model.alignment import SURE_QUESTION, Alignment
from studio.model.clock import RecordingMs, Span

# How much to play if only the start is known.
LISTEN_MS = 8_000
# A text that was not found was nearly always not said (docs/accuracy.md: no asked question was
# missed).
NOT_FOUND = 0.9


class UnheardText(NamedTuple):
    """Printed sentences of one paragraph that were not spoken; ``place`` is the position of the
    rest of it, or None.
    """

    text: str
    place: Span | None


def article_issues(
    alignment: Alignment, unheard: Iterable[UnheardText], quote: str | None
) -> tuple[Doubt, ...]:
    """The doubts about the article, in the order of :func:`sorted_doubts`.

    :param quote: the pull quote, if the article has one.
    """
    found = [*_questions(alignment)]
    found += [
        _doubt("unheard", one.text, NOT_FOUND, () if one.place is None else (one.place,))
        for one in unheard
    ]
    if quote and (alignment.quote is None or alignment.quote.start_ms is None):
        found.append(_doubt("quote", quote, NOT_FOUND, ()))
    return tuple(sorted_doubts(found))


def _questions(alignment: Alignment) -> Iterator[Doubt]:
    for question in alignment.questions:
        candidates = tuple(_place(one.start_ms) for one in question.candidates)
        if question.status == "absent" or question.start_ms is None:
            yield _doubt("absent", question.text, NOT_FOUND, candidates)
        elif question.status == "answered" or question.confidence < SURE_QUESTION:
            yield _doubt(
                "uncertain",
                question.text,
                1 - question.confidence,
                (_place(question.start_ms), *candidates),
            )


def _place(start_ms: int) -> Span:
    return Span(start_ms=RecordingMs(start_ms), end_ms=RecordingMs(start_ms + LISTEN_MS))


def _doubt(kind: DoubtKind, text: str, weight: float, places: tuple[Span, ...]) -> Doubt:
    where = places[0] if places else Span(start_ms=RecordingMs(0), end_ms=RecordingMs(0))
    return Doubt(
        key=f"{kind}:{text}",
        kind=kind,
        weight=round(weight, 3),
        text="",
        start_ms=where.start_ms,
        end_ms=where.end_ms,
        context=text,
        places=places,
        seconds=SECONDS_EACH[kind],
    )
