"""The article's text near the place where some words were said."""

from __future__ import annotations

from collections.abc import Sequence

from studio.language.punctuation import bare, parted_from_elided
from studio.language.words import content_words
from studio.model.alignment import ExchangeAlignment

# The number of printed words read before and after the place: about half a minute of speech.
NEAR_WORDS = 45
# Shorter ones are everywhere.
SHORTEST_LETTERS = 4


def terms_near(tables: Sequence[ExchangeAlignment], first: int, last: int) -> tuple[str, ...]:
    """The words with a meaning that stand in the article about there, as it spells them, each once,
    in its order; none outside of the exchanges that were found.

    :param tables: article and speech side by side.
    :param first: place of the first word in the transcript; ``last`` is the one after the last.
    """
    for table in tables:
        low, high = first - table.first, last - table.first
        if low < 0 or high > len(table.heard):
            continue
        own = [pair for pair in table.pairs if pair.last >= low and pair.first <= high]
        if not own:
            continue
        middle = (own[0].printed_first + own[-1].printed_last) // 2
        near = table.printed[max(0, middle - NEAR_WORDS) : middle + NEAR_WORDS]
        terms = (bare(parted_from_elided(word)[1]) for word in near)
        return tuple(
            {
                " ".join(content_words(term)): term
                for term in terms
                if len(term) >= SHORTEST_LETTERS and content_words(term)
            }.values()
        )
    return ()
