"""The article's text near the position of some spoken words."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from typing import NamedTuple

from studio.language.punctuation import bare, split_elision
from studio.language.words import content_words, plain_words
from studio.model.alignment import ExchangeAlignment

# The number of printed words before and after the position: about half a minute of speech.
NEAR_WORDS = 45
# Shorter ones are too frequent.
MIN_LETTERS = 4


class PrintedPlace(NamedTuple):
    """The pairs of an exchange with some of the recognised words; empty: the article has nothing
    for them.
    """

    table: ExchangeAlignment
    pairs: range

    def words_about(self, count: int) -> set[str]:
        """The plain printed words there, and this many on either side."""
        if not self.pairs:
            return set()
        pairs = self.table.pairs
        low, high = pairs[self.pairs[0]].printed_first, pairs[self.pairs[-1]].printed_last
        return set(plain_words(" ".join(self.table.printed[max(0, low - count) : high + count])))

    def terms_about(self, count: int) -> tuple[str, ...]:
        """The content words among this many printed ones on either side of the middle, in the
        article's spelling and order, each once.
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
    """Locates recognised words in the article.

    :param tables: the alignment tables.
    """

    def __init__(self, tables: Sequence[ExchangeAlignment]) -> None:
        self._ranges = [
            (table, [pair.first for pair in table.pairs], [pair.last for pair in table.pairs])
            for table in tables
        ]
        self.first = min((table.first for table in tables), default=0)

    def of(self, first: int, last: int) -> PrintedPlace | None:
        """The printed position of words ``first`` to ``last`` (exclusive) of the transcript; None
        outside of all exchanges that were found.
        """
        for table, starts, ends in self._ranges:
            low, high = first - table.first, last - table.first
            if low >= 0 and high <= len(table.heard):
                # Both sequences ascend.
                own = range(bisect.bisect_right(ends, low), bisect.bisect_left(starts, high))
                return PrintedPlace(table, own)
        return None
