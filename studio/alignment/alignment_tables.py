"""The alignment tables in alignment.json: one per exchange, used by all comparisons of article and
speech.

The stage ``align`` computes the tables once. Tables are only recomputed if the words of the
transcript have changed since.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from studio.alignment.exchange_words import (
    paragraph_places,
    places_between,
    printed_words,
    words_of_text,
)
from studio.language.words import plain_words
from studio.model.alignment import Alignment, ExchangeAlignment, Pair
from studio.model.article import Article
from studio.model.record import replace_fields
from studio.model.transcript import Transcript, ascending_starts


class Section(NamedTuple):
    """A question or a paragraph of the article in its table: printed words ``first`` to ``last``
    (exclusive).
    """

    table: ExchangeAlignment
    first: int
    last: int


class Term(NamedTuple):
    """A normalised word: ``key``, and its words in the table, ``first`` to ``last`` (exclusive)."""

    key: str
    first: int
    last: int


def exchange_alignments(
    transcript: Transcript, article: Article, alignment: Alignment
) -> tuple[ExchangeAlignment, ...]:
    """Every exchange that was found, in the order of the questions.

    :param alignment: the alignment of this article, with the times of its exchanges.
    """
    words = transcript.words
    starts = ascending_starts(words)
    exchanges = {exchange.number: exchange for exchange in article.exchanges}
    known = {table.number: table for table in alignment.exchanges}
    breaks = _breaks(transcript)
    found = []
    for question in alignment.questions:
        if question.number not in exchanges or question.start_ms is None or question.end_ms is None:
            continue
        first, last = (
            bisect.bisect_left(starts, question.start_ms),
            bisect.bisect_left(starts, question.end_ms),
        )
        if first < last:
            table = ExchangeAlignment(
                number=question.number,
                first=first,
                heard=tuple(word.text for word in words[first:last]),
                printed=printed_words(exchanges[question.number]),
            )
            found.append(_paired(table, known, breaks))
    return tuple(found)


def unplaced_alignments(
    transcript: Transcript, article: Article, alignment: Alignment
) -> tuple[ExchangeAlignment, ...]:
    """The tables of the spoken paragraphs of the introduction and of the pull quote.

    :param alignment: of this article and this transcript, with its passages.
    """
    texts = dict(enumerate(article.introduction, 1))
    if article.quote:
        texts[0] = article.quote
    passages = [
        *(passage for passage in alignment.passages if passage.exchange == 0),
        *([alignment.quote] if alignment.quote is not None else ()),
    ]
    known = {table.number: table for table in alignment.anywhere}
    breaks = _breaks(transcript)
    found = []
    for passage in passages:
        if passage.start_ms is None or passage.end_ms is None or passage.paragraph not in texts:
            continue
        first, last = places_between(transcript.words, passage.start_ms, passage.end_ms)
        if first < last:
            table = ExchangeAlignment(
                number=passage.paragraph,
                first=first,
                heard=tuple(word.text for word in transcript.words[first:last]),
                printed=words_of_text(texts[passage.paragraph]),
            )
            found.append(_paired(table, known, breaks))
    return tuple(found)


def with_tables(transcript: Transcript, article: Article, alignment: Alignment) -> Alignment:
    """The alignment with its tables.

    :param alignment: of this article and this transcript, with its passages.
    """
    return replace_fields(
        alignment,
        exchanges=exchange_alignments(transcript, article, alignment),
        anywhere=unplaced_alignments(transcript, article, alignment),
    )


def sections_of(
    transcript: Transcript, article: Article, alignment: Alignment
) -> dict[tuple[int, int], Section]:
    """Every text of the article in a table, by exchange and paragraph; paragraph 0 is the question,
    or the pull quote in exchange 0.
    """
    places = {exchange.number: paragraph_places(exchange) for exchange in article.exchanges}
    found = {
        (table.number, paragraph): Section(table, first, last)
        for table in exchange_alignments(transcript, article, alignment)
        for paragraph, (first, last) in enumerate(places[table.number])
    }
    for table in unplaced_alignments(transcript, article, alignment):
        found[0, table.number] = Section(table, 0, len(table.printed))
    return found


def plain_terms(words: Sequence[str]) -> list[Term]:
    """The plain words of one side of a table."""
    return [
        Term(text, place, place + 1)
        for place, word in enumerate(words)
        for text in plain_words(word)
    ]


def agreements(
    pairs: Iterable[Pair], heard: Sequence[Term], printed: Sequence[Term]
) -> Iterator[tuple[int, int]]:
    """Equal terms of both sides within a pair: indices in ``heard`` and ``printed``, in order, each
    once.

    :param pairs: pairs of one table, all or consecutive ones.
    :param heard: terms in order, with indices of the table's spoken words; ``printed`` likewise.
    """
    next_heard = next_printed = 0
    for pair in pairs:
        if pair.is_unpaired:
            continue
        while next_printed < len(printed) and printed[next_printed].last <= pair.printed_first:
            next_printed += 1
        while next_heard < len(heard) and heard[next_heard].last <= pair.first:
            next_heard += 1
        # A pair has a few words on each side: each term is searched from the last match on.
        place = next_printed
        while place < len(printed) and printed[place].first < pair.printed_last:
            other = next_heard
            while other < len(heard) and heard[other].first < pair.last:
                if heard[other].key == printed[place].key:
                    yield other, place
                    next_heard, next_printed = other + 1, place + 1
                    break
                other += 1
            place += 1


def _paired(
    table: ExchangeAlignment, known: Mapping[int, ExchangeAlignment], breaks: Sequence[int]
) -> ExchangeAlignment:
    """Complete a table with the pairs of the known table if its words are the same and it is
    complete, else with computed pairs.

    :param breaks: indices in the transcript.
    """
    same = known.get(table.number)
    if (
        same is not None
        and (same.heard, same.printed) == (table.heard, table.printed)
        and same.is_whole
    ):
        return replace_fields(table, pairs=same.pairs)
    from studio.alignment.word_pairs import pairs_of

    inside = tuple(place - table.first for place in breaks if table.first < place < table.last)
    return replace_fields(table, pairs=pairs_of(table.heard, table.printed, inside))


def _breaks(transcript: Transcript) -> list[int]:
    """The indices of words that start a segment."""
    return list(itertools.accumulate(len(segment.words) for segment in transcript.segments))
