"""What somebody should listen to before signing, the gravest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from studio.model.alignment import Alignment
from studio.model.clock import RecordingMs, Span
from studio.model.record import Record
from studio.model.transcript import Transcript, Word
from studio.report.compare import Comparison

Kind = Literal["absent", "negation", "number", "name", "quote", "unheard", "uncertain", "unsure"]

# Below this confidence somebody should listen to where a question was put.
SURE_QUESTION = 0.7
# Below this probability the engine guessed the word.
SURE_WORD = 0.45


class Doubt(Record, frozen=True):
    """One thing to look at.

    :param kind: *absent*: a question that was not found; *negation*, *number*, *name*: the article has it otherwise; *quote*: the pull
        quote was not found; *unheard*: printed sentences that were not said; *uncertain*: a question found with little confidence, or
        of which only the answer was; *unsure*: a name or number of which the engine was not sure.
    :param published: what the article has; empty where it is not about the article.
    :param said: what was heard; empty where nothing was.
    :param places: where to listen, the likeliest first; may be empty.
    """

    kind: Kind
    published: str
    said: str
    places: tuple[Span, ...] = ()


# The gravest first.
ORDER: tuple[Kind, ...] = ("absent", "negation", "number", "name", "quote", "unheard", "uncertain", "unsure")
# So long a person listens to a place of which only the start is known.
LISTEN_MS = 8_000


def list_doubts(comparison: Comparison, transcript: Transcript, alignment: Alignment, quote: str | None) -> tuple[Doubt, ...]:
    """Every doubt, by :data:`ORDER`, then by the article's order or time.

    :param quote: the pull quote, if the article has one.
    """
    found = [*_questions(alignment), *_differing(comparison), *_unheard(comparison), *_unsure(transcript)]
    if quote and (alignment.quote is None or alignment.quote.start_ms is None):
        found.append(Doubt(kind="quote", published=quote, said=""))
    return tuple(sorted(found, key=lambda doubt: ORDER.index(doubt.kind)))


def _questions(alignment: Alignment) -> Iterator[Doubt]:
    for question in alignment.questions:
        candidates = tuple(_place(one.start_ms) for one in question.candidates)
        if question.status == "absent":
            yield Doubt(kind="absent", published=question.text, said="", places=candidates)
        elif question.start_ms is not None and (question.status == "answered" or question.confidence < SURE_QUESTION):
            yield Doubt(kind="uncertain", published=question.text, said="", places=(_place(question.start_ms), *candidates))


def _place(start_ms: int) -> Span:
    return Span(start_ms=RecordingMs(start_ms), end_ms=RecordingMs(start_ms + LISTEN_MS))


def _differing(comparison: Comparison) -> Iterator[Doubt]:
    for one in comparison.differences:
        yield Doubt(kind=one.kind, published=one.published, said=one.said, places=(Span(start_ms=one.start_ms, end_ms=one.end_ms),))


def _unheard(comparison: Comparison) -> Iterator[Doubt]:
    for paragraph in comparison.paragraphs:
        unheard = [sentence.text for sentence in paragraph.sentences if sentence.kind == "unheard"]
        # A question that was not asked is a doubt of its own.
        if unheard and paragraph.paragraph:
            start_ms, end_ms = paragraph.start_ms, paragraph.end_ms
            places = () if start_ms is None or end_ms is None else (Span(start_ms=start_ms, end_ms=end_ms),)
            yield Doubt(kind="unheard", published=" … ".join(unheard), said="", places=places)


def _unsure(transcript: Transcript) -> Iterator[Doubt]:
    """Names and numbers of which the engine was not sure, unless they were corrected: corrections are listed by themselves."""
    for segment in transcript.segments:
        corrected = {
            place
            for one in transcript.corrections
            if one.segment == segment.id
            for place in range(one.word, one.word + max(1, len(one.text.split())))
        }
        for place, word in enumerate(segment.words):
            if place not in corrected and word.probability < SURE_WORD and _matters(word, first=place == 0):
                around = segment.words[max(0, place - 3) : place + 4]
                span = Span(start_ms=around[0].start_ms, end_ms=around[-1].end_ms)
                yield Doubt(kind="unsure", published="", said=" ".join(one.text for one in around), places=(span,))


def _matters(word: Word, *, first: bool) -> bool:
    """Whether it is a number or has a capital of its own."""
    bare = word.text.lstrip("«“\"'(")
    return any(sign.isdigit() for sign in bare) or (not first and bare[:1].isupper() and len(bare) > 2)
