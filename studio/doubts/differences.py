"""Names, numbers and negations that differ between article and recording.

A paragraph and its speech are compared by their alignment
(:mod:`studio.alignment.alignment_tables`). Because articles are shortened and reworded, a single
differing word is not significant, unless the words on both sides of it agree, or the article's name
or number is nowhere in the speech.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Literal

from studio.alignment.alignment_tables import Section, Term, agreements, sections_of
from studio.alignment.exchange_words import places_between
from studio.language.negation import NE
from studio.language.punctuation import MARKS
from studio.language.tokens import Token, tokens_of
from studio.language.words import plain_words
from studio.model.alignment import Alignment
from studio.model.article import Article
from studio.model.clock import RecordingMs
from studio.model.record import Record
from studio.model.transcript import Transcript, Word

# The number of context words compared on each side, and the share of them that must agree.
BESIDE = 3
MIN_AGREEING = 0.65
# The maximum number of the other text's words at such a position.
MAX_SPOT = 12


DifferenceKind = Literal["name", "number", "negation"]


class Difference(Record, frozen=True):
    """A name, a number or a negation that differs between article and recording.

    :param exchange: 0 for introduction and quote; ``paragraph`` 0 for a question or the quote.
    :param published: the article's words at that position, with context.
    :param said: the spoken words at that position; empty if the article's are nowhere in the
        speech.
    :param item: the name, the number as printed or spoken, or the negation itself.
    """

    kind: DifferenceKind
    exchange: int
    paragraph: int
    item: str
    published: str
    said: str
    start_ms: RecordingMs
    end_ms: RecordingMs


def find_differences(
    article: Article, transcript: Transcript, alignment: Alignment, names: Sequence[str]
) -> Iterator[Difference]:
    """Every difference, in the article's order.

    :param alignment: of this article and this transcript, with its passages.
    :param names: the names in the article.
    """
    tokens = list(tokens_of([word.text for word in transcript.words]))
    known = sorted(
        {tuple(plain_words(name)) for name in names if plain_words(name)}, key=len, reverse=True
    )
    sections = sections_of(transcript, article, alignment)
    for place, text, start_ms, end_ms in sorted(_said_texts(article, alignment)):
        if place not in sections:
            continue
        table = sections[place].table
        said = _between(tokens, *places_between(transcript.words, start_ms, end_ms))
        # The words at the paragraph's time are compared; a word of it spoken elsewhere in the
        # exchange is not a difference.
        around = [*_between(tokens, table.first, table.last), *said]
        passage = _Passage(
            place, text.split(), transcript.words, sections[place], said=said, around=around
        )
        yield from passage.differences(known)


def _between(tokens: Sequence[Token], first: int, last: int) -> list[Token]:
    return [token for token in tokens if first <= token.word < last]


def _said_texts(
    article: Article, alignment: Alignment
) -> Iterator[tuple[tuple[int, int], str, RecordingMs, RecordingMs]]:
    """Every spoken text of the article with its time, by exchange and paragraph."""
    # Keyed by (exchange, paragraph) as in alignment.json: exchange 0 is the introduction,
    # paragraph 0 a question, (0, 0) the pull quote.
    texts = {(0, number): text for number, text in enumerate(article.introduction, 1)}
    for exchange in article.exchanges:
        texts |= {
            (exchange.number, number): paragraph.text
            for number, paragraph in enumerate(exchange.answer, 1)
        }
    for passage in alignment.passages:
        place = (passage.exchange, passage.paragraph)
        if place in texts and passage.start_ms is not None and passage.end_ms is not None:
            yield place, texts[place], passage.start_ms, passage.end_ms
    questions = {exchange.number: exchange.question for exchange in article.exchanges}
    for question in alignment.questions:
        # The host may add words after the printed question, so it lasts until the answer starts.
        end_ms = question.end_ms if question.answer_start_ms is None else question.answer_start_ms
        if (
            question.status == "asked"
            and question.number in questions
            and question.start_ms is not None
            and end_ms is not None
        ):
            yield (question.number, 0), questions[question.number], question.start_ms, end_ms
    quote = alignment.quote
    if (
        article.quote
        and quote is not None
        and quote.start_ms is not None
        and quote.end_ms is not None
    ):
        yield (0, 0), article.quote, quote.start_ms, quote.end_ms


class _Passage:
    """A paragraph and its speech, word by word.

    :param place: exchange and paragraph.
    :param written: the printed paragraph.
    :param words: the words of the whole transcript.
    :param section: the paragraph in its table.
    :param said: the words of that time.
    :param around: the words of the whole exchange: those elsewhere in it count as spoken.
    """

    def __init__(
        self,
        place: tuple[int, int],
        written: Sequence[str],
        words: Sequence[Word],
        section: Section,
        *,
        said: Sequence[Token],
        around: Sequence[Token],
    ) -> None:
        self._place, self._written, self._words = place, written, words
        self._heard = {token.plain for token in around}
        self._values = {token.key for token in around if token.key.startswith("#")}
        # « ne » is not evidence: speech omits it.
        self._one = [token for token in tokens_of(written) if token.key not in NE]
        self._other = [token for token in said if token.key not in NE]
        # Equal words of both texts, by index.
        self._partner = {
            printed: spoken
            for spoken, printed in agreements(
                section.table.pairs,
                _terms(self._other, [place - section.table.first for place in range(len(words))]),
                _terms(self._one, _printed_places(written, section)),
            )
        }
        self._back = {there: here for here, there in self._partner.items()}

    def differences(self, names: Sequence[tuple[str, ...]]) -> Iterator[Difference]:
        """Every difference in the order of the paragraph."""
        if not self._one or not self._other:
            return
        found = [*self._numbers(), *self._names(names), *self._negations()]
        yield from (difference for _, difference in sorted(found, key=lambda one: one[0]))

    def _numbers(self) -> Iterator[tuple[int, Difference]]:
        printed = {token.key for token in self._one}
        answered: set[int] = set()
        for place, token in enumerate(self._one):
            if not token.key.startswith("#") or place in self._partner:
                continue
            spot = _opposite(place, place + 1, self._partner, len(self._other))
            # A number that is also printed is only in another position.
            others = [
                at
                for at in spot or ()
                if self._other[at].key.startswith("#") and self._other[at].key not in printed
            ]
            if token.key in self._values and not others:
                continue
            answered.update(others)
            yield place, self._found("number", token.plain, place, place + 1, spot)
        for at, token in enumerate(self._other):
            if not token.key.startswith("#") or at in answered or token.key in printed:
                continue
            spot = _opposite(at, at + 1, self._back, len(self._one))
            # Unprinted speech was only shortened, unless the context is printed.
            if spot is not None and _agree(at, self._back, len(self._other)):
                here = min(spot.start, len(self._one) - 1)
                yield (
                    here,
                    self._found("number", token.plain, spot.start, spot.stop, range(at, at + 1)),
                )

    def _names(self, names: Sequence[tuple[str, ...]]) -> Iterator[tuple[int, Difference]]:
        covered: set[int] = set()
        plain = [token.plain for token in self._one]
        for name in names:
            for place in range(len(plain) - len(name) + 1):
                places = range(place, place + len(name))
                if tuple(plain[place : place + len(name)]) != name or covered & set(places):
                    continue
                covered |= set(places)
                if all(at in self._partner or plain[at] in self._heard for at in places):
                    continue
                spot = _opposite(places.start, places.stop, self._partner, len(self._other))
                yield (
                    place,
                    self._found(
                        "name", self._raw(places).strip(MARKS), places.start, places.stop, spot
                    ),
                )

    def _negations(self) -> Iterator[tuple[int, Difference]]:
        for place, token in enumerate(self._one):
            if token.negates and place not in self._partner:
                spot = self._turned(place, self._partner, self._one, self._other)
                if spot is not None:
                    yield place, self._found("negation", token.plain, place, place + 1, spot)
        for at, token in enumerate(self._other):
            if token.negates and at not in self._back:
                spot = self._turned(at, self._back, self._other, self._one)
                if spot is not None:
                    yield (
                        min(spot.start, len(self._one) - 1),
                        self._found(
                            "negation", token.plain, spot.start, spot.stop, range(at, at + 1)
                        ),
                    )

    @staticmethod
    def _turned(
        place: int, partner: dict[int, int], own: Sequence[Token], other: Sequence[Token]
    ) -> range | None:
        """The position at which the other text has the same words without any negation; None if it
        has other words, or also a negation.
        """
        spot = _opposite(place, place + 1, partner, len(other))
        if spot is None or not _agree(place, partner, len(own)):
            return None
        # Also compare beyond the nearest common word: « il ne réfléchit pas » may be printed « pas
        # le temps de réfléchir ».
        before = [partner[at] + 1 for at in range(place - 1, -1, -1) if at in partner]
        after = [partner[at] for at in range(place + 1, len(own)) if at in partner]
        near = range(
            min([max(0, spot.start - BESIDE), *before[1:2]]),
            max([min(len(other), spot.stop + BESIDE), *after[1:2]]),
        )
        return None if any(other[at].negates for at in near) else spot

    def _found(
        self, kind: DifferenceKind, item: str, first: int, last: int, spot: range | None
    ) -> Difference:
        published = self._raw(range(max(0, first - BESIDE), min(len(self._one), last + BESIDE)))
        if spot is None:
            # No position in the speech: the nearest spoken words before it show where to listen.
            before = [self._partner[place] for place in range(first) if place in self._partner]
            anchor = before[-1] if before else 0
            spot, said = range(anchor, anchor + 1), ""
        else:
            # A few words of context on both sides of the item, so that a reader recognises it.
            spot = range(max(0, spot.start - BESIDE), min(len(self._other), spot.stop + BESIDE))
            said = " ".join(
                word.text
                for word in self._words[
                    self._other[spot.start].word : self._other[spot.stop - 1].word + 1
                ]
            )
        return Difference(
            kind=kind,
            exchange=self._place[0],
            paragraph=self._place[1],
            item=item,
            published=published,
            said=said,
            start_ms=self._words[self._other[spot.start].word].start_ms,
            end_ms=self._words[self._other[spot.stop - 1].word].end_ms,
        )

    def _raw(self, places: range) -> str:
        return (
            " ".join(
                self._written[self._one[places.start].word : self._one[places.stop - 1].word + 1]
            )
            if places
            else ""
        )


def _terms(tokens: Sequence[Token], places: Sequence[int]) -> list[Term]:
    """Tokens with the indices of their table; a number covers all words up to the next token.

    :param places: the index of each printed or spoken word.
    """
    ends = [token.word for token in tokens[1:]] + [0]
    return [
        Term(
            f"-{token.key}" if token.negates else token.key,
            places[token.word],
            places[token.word if token.number is None else max(token.word, end - 1)] + 1,
        )
        for token, end in zip(tokens, ends, strict=False)
    ]


def _printed_places(written: Sequence[str], section: Section) -> list[int]:
    """The index in its table of each word of a paragraph; standalone marks have that of the
    preceding word.
    """
    counts = itertools.accumulate(bool(word.strip(MARKS)) for word in written)
    return [section.first + max(0, count - 1) for count in counts]


def _opposite(first: int, last: int, partner: dict[int, int], length: int) -> range | None:
    """The indices of the other text between the nearest common words on both sides; None if they
    are too far apart.
    """
    before = next(
        (partner[place] for place in range(first - 1, first - BESIDE - 1, -1) if place in partner),
        None,
    )
    after = next((partner[place] for place in range(last, last + BESIDE) if place in partner), None)
    if before is None and after is None:
        return None
    if before is None:
        before = -1 if after is not None and after <= BESIDE else (after or 0) - (last - first) - 1
    if after is None:
        after = min(length, before + (last - first) + 1)
    spot = range(before + 1, after)
    return spot if len(spot) <= MAX_SPOT else None


def _agree(place: int, partner: dict[int, int], length: int) -> bool:
    """Whether the context of a passage is in the other text as well."""
    beside = [
        at
        for at in (*range(place - BESIDE, place), *range(place + 1, place + 1 + BESIDE))
        if 0 <= at < length
    ]
    return len(beside) >= BESIDE and sum(at in partner for at in beside) >= MIN_AGREEING * len(
        beside
    )
