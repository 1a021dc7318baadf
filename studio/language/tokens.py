"""Tokens of French text, normalised for comparison."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from studio.language.dictionary import lemma_of
from studio.language.negation import is_negated
from studio.language.spoken_numbers import numbers_in_words
from studio.language.words import content_words, plain_words


@dataclass(frozen=True)
class Token:
    """One word for comparison; a number of any number of words is one token.

    :param plain: in lower case, without marks; for a number all of its words.
    :param lemma: the dictionary form of a content word; any other word itself.
    :param number: its value, if it is one.
    :param word: the index of the written word that it comes from (the first one of a number).
    :param content: whether it is a content word.
    :param negates: whether it negates its sentence.
    """

    plain: str
    lemma: str
    word: int
    content: bool
    number: int | None = None
    negates: bool = False

    @property
    def key(self) -> str:
        """The key for comparing words: the dictionary form, or ``#`` and the value of a number."""
        return self.lemma if self.number is None else f"#{self.number}"


def tokens_of(words: Sequence[str]) -> Iterator[Token]:
    """The tokens of these words, with a number as one.

    :param words: with their marks; ``Token.word`` is their index.
    """
    plain, places = plain_with_places(words)
    numbers = {amount.first: amount for amount in numbers_in_words(plain)}
    at = 0
    while at < len(plain):
        if at in numbers:
            amount = numbers[at]
            text = " ".join(plain[at : amount.last])
            yield Token(text, text, places[at], content=True, number=amount.value)
            at = amount.last
            continue
        content = bool(content_words(plain[at]))
        yield Token(
            plain[at],
            lemma_of(plain[at]) if content else plain[at],
            places[at],
            content,
            negates=is_negated(plain, at),
        )
        at += 1


def terms_of(text: str) -> list[str]:
    """The keys of a text's content words."""
    return [token.key for token in tokens_of(text.split()) if token.content]


def plain_with_places(words: Sequence[str]) -> tuple[list[str], list[int]]:
    """The plain words of written words, and for each the index of the written word that it comes
    from.
    """
    pairs = [(part, place) for place, word in enumerate(words) for part in plain_words(word)]
    return [part for part, _ in pairs], [place for _, place in pairs]
