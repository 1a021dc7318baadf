"""Similarity of an utterance and a text by their terms, weighted by rarity, without function words,
including misrecognised words.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz import fuzz, process

from studio.language.dictionary import lemma_of
from studio.language.number_words import number_words
from studio.language.spoken_numbers import numbers_in_words
from studio.language.words import FUNCTION_WORDS, content_words, plain_words

# Two words of five letters or more with this similarity (0 to 100) count as one word, misrecognised
# or inflected.
ALIKE = 84.0


def lemmas_of(text: str) -> list[str]:
    """The lemmas of a text's content words; numbers in words."""
    terms: list[str] = []
    for word in content_words(text):
        if word.isdecimal():
            spoken = number_words(int(word)) if len(word) < 10 else (word,)
            terms += [part for part in spoken if part not in FUNCTION_WORDS]
        else:
            terms.append(lemma_of(word))
    return terms


def number_terms(text: str) -> list[list[str]]:
    """The terms of each number with several terms."""
    words = plain_words(text)
    numbers = [
        lemmas_of(" ".join(words[number.first : number.last])) for number in numbers_in_words(words)
    ]
    return [terms for terms in numbers if len(terms) > 1]


class Vocabulary:
    """The terms of the article's exchanges, with their weight: a term of one exchange is stronger
    evidence than a term of all.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        """:param texts: one text per exchange."""
        counts = Counter(term for text in texts for term in set(lemmas_of(text)))
        self._weights = {term: math.log(1 + len(texts) / times) for term, times in counts.items()}
        self._long = [term for term in self._weights if len(term) >= 5]
        self._known: dict[str, str | None] = {}

    def weight(self, term: str) -> float:
        """The weight of this term of the article if it is spoken."""
        return self._weights[term]

    def recognise(self, terms: Iterable[str]) -> list[str | None]:
        """For each spoken term, the matching term of the article, or None."""
        return [self._recognise(term) for term in terms]

    def _recognise(self, term: str) -> str | None:
        if term not in self._known:
            self._known[term] = term if term in self._weights else self._nearest(term)
        return self._known[term]

    def _nearest(self, term: str) -> str | None:
        if len(term) < 5:
            return None
        found = process.extractOne(term, self._long, scorer=fuzz.ratio, score_cutoff=ALIKE)
        return found[0] if found else None


def shared_weight(heard: Iterable[str | None], text_terms: Mapping[str, float]) -> float:
    """The total weight of spoken terms that the text has, each counted once."""
    return sum(text_terms.get(term, 0.0) for term in set(heard) if term is not None)
