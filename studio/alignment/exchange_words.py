"""The words of both sides: the printed words of an exchange, and the transcript words of that
time.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from studio.language.punctuation import MARKS
from studio.model.article import Article, Exchange
from studio.model.transcript import Word

# Quotes and brackets are not words; sentence marks belong to the preceding word.
_ENCLOSING = '()[]«»“”"'


def printed_text(exchange: Exchange) -> str:
    """The words of a question and of its answer."""
    return " ".join([exchange.question, *(paragraph.text for paragraph in exchange.answer)])


def printed_words(exchange: Exchange) -> tuple[str, ...]:
    """The words of a question and its answer, with their marks but without quotes and brackets."""
    return words_of_text(printed_text(exchange))


def words_of_text(text: str) -> tuple[str, ...]:
    """The same for any printed text: a standalone mark (« ? ») is not a word."""
    written = text.split()
    return tuple(written[place].strip(_ENCLOSING) for place in written_places(written))


def written_places(written: Sequence[str]) -> tuple[int, ...]:
    """For each word of :func:`words_of_text` its index in the text split at spaces."""
    return tuple(place for place, word in enumerate(written) if word.strip(MARKS))


def paragraph_places(exchange: Exchange) -> tuple[tuple[int, int], ...]:
    """The ranges (exclusive end) of printed words of the question, then of each paragraph of the
    answer.
    """
    texts = [exchange.question, *(paragraph.text for paragraph in exchange.answer)]
    ends = itertools.accumulate((len(words_of_text(text)) for text in texts), initial=0)
    return tuple(itertools.pairwise(ends))


def printed_texts(article: Article) -> tuple[str, ...]:
    """Every text of the article that may have been said."""
    texts = [article.title, *([article.quote] if article.quote else ()), *article.introduction]
    for exchange in article.exchanges:
        texts += [exchange.question, *(paragraph.text for paragraph in exchange.answer)]
    return tuple(texts)


def places_between(words: Sequence[Word], start_ms: int, end_ms: int) -> tuple[int, int]:
    """The range (exclusive end) of words that start in the span; 0, 0 if there are none."""
    inside = [place for place, word in enumerate(words) if start_ms <= word.start_ms < end_ms]
    return (inside[0], inside[-1] + 1) if inside else (0, 0)
