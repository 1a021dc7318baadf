"""The article's text near the place where some words were said."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from typing import NamedTuple

from studio.language.punctuation import bare, split_elision
from studio.language.words import content_words, plain_words
from studio.model.alignment import ExchangeAlignment

# The number of printed words read before and after the place: about half a minute of speech.
NEAR_WORDS = 45
# Shorter ones are everywhere.
MIN_LETTERS = 4


class PrintedPlace(NamedTuple):
    """Which pairs of an exchange have a word of some that were heard; none: the article has nothing
    for them.
    """

    table: ExchangeAlignment
    pairs: range

    def words_about(self, count: int) -> set[str]:
        """The plain words printed there, and this many on either side."""
        if not self.pairs:
            return set()
        pairs = self.table.pairs
        low, high = pairs[self.pairs[0]].printed_first, pairs[self.pairs[-1]].printed_last
        return set(plain_words(" ".join(self.table.printed[max(0, low - count) : high + count])))

    def terms_about(self, count: int) -> tuple[str, ...]:
        """The words with a meaning among this many printed on either side of the middle, as the
        article spells them, each once, in its order.
        """
        if not self.pairs:
            return ()
        pairs = self.table.pairs
        middle = (pairs[self.pairs[0]].printed_first + pairs[self.pairs[-1]].printed_last) // 2
        near = self.table.printed[max(0, middle - count) : middle + count]
        terms = (bare(split_elision(word)[1]) for word in near)
        return tuple(
            {
                " ".join(content_words(term)): term
                for term in terms
                if len(term) >= MIN_LETTERS and content_words(term)
            }.values()
        )


class PrintedPlaces:
    """Finds where recognised words are in the article.

    :param tables: article and speech side by side.
    """

    def __init__(self, tables: Sequence[ExchangeAlignment]) -> None:
        self._ranges = [
            (table, [pair.first for pair in table.pairs], [pair.last for pair in table.pairs])
            for table in tables
        ]
        self.first = min((table.first for table in tables), default=0)

    def of(self, first: int, last: int) -> PrintedPlace | None:
        """The printed place of words ``first`` to ``last`` (excluded) of the transcript; None
        outside of every exchange that was found.
        """
        for table, starts, ends in self._ranges:
            low, high = first - table.first, last - table.first
            if low >= 0 and high <= len(table.heard):
                # Both rows ascend.
                own = range(bisect.bisect_right(ends, low), bisect.bisect_left(starts, high))
                return PrintedPlace(table, own)
        return None
