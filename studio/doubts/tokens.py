"""Words of an article and words of a recording, brought to one form in which they can be
compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from studio.language.dictionary import lemma_of
from studio.language.spoken_numbers import numbers_in_words
from studio.language.words import content_words, plain_words
from studio.model.transcript import Word


@dataclass(frozen=True)
class Token:
    """One word as it is compared: ``key`` its dictionary form, or ``#`` and its value; ``word`` the
    place of the word it comes from.
    """

    key: str
    plain: str
    word: int
    content: bool
    negates: bool = False


def tokens_of(words: Sequence[str]) -> Iterator[Token]:
    """Every plain word of these words, a number as one.

    :param words: with their punctuation; their places are what tokens call ``word``.
    """
    plain: list[str] = []
    places: list[int] = []
    for place, word in enumerate(words):
        for part in plain_words(word):
            plain.append(part)
            places.append(place)
    numbers = {amount.first: amount for amount in numbers_in_words(plain)}
    at = 0
    while at < len(plain):
        if at in numbers:
            amount = numbers[at]
            yield Token(
                f"#{amount.value}", " ".join(plain[at : amount.last]), places[at], content=True
            )
            at = amount.last
            continue
        content = bool(content_words(plain[at]))
        yield Token(
            lemma_of(plain[at]) if content else plain[at],
            plain[at],
            places[at],
            content,
            _negates(plain, at),
        )
        at += 1


# Words that turn a sentence around by themselves, and those that do so only after « ne »: « plus »
# alone says more.
_NEGATIONS = frozenset("pas jamais rien aucun aucune guère".split())
_AFTER_NE = frozenset("plus personne nul nulle point".split())
NE = frozenset({"ne", "n'"})
_NE_REACH = 4


def _negates(plain: Sequence[str], at: int) -> bool:
    word = plain[at]
    if word in _NEGATIONS:
        # « n'est-ce pas ? » asks for agreement.
        return list(plain[max(0, at - 2) : at]) != ["est", "ce"]
    return word in _AFTER_NE and bool(NE & set(plain[max(0, at - _NE_REACH) : at]))


def terms_of(text: str) -> list[str]:
    """The keys of a text's content words."""
    return [token.key for token in tokens_of(text.split()) if token.content]


def places_between(words: Sequence[Word], start_ms: int, end_ms: int) -> tuple[int, int]:
    """The first word that starts in the span, and the one after the last."""
    inside = [place for place, word in enumerate(words) if start_ms <= word.start_ms < end_ms]
    return (inside[0], inside[-1] + 1) if inside else (0, 0)
