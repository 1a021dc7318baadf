"""The article's lexicon: its names, its numbers, its words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz import fuzz, process

from studio.language.dictionary import is_common_word
from studio.language.number_words import number_words
from studio.language.punctuation import bare, join_elision, parted, split_elision
from studio.language.words import content_words, plain_words
from studio.model.transcript import Word

# The minimum similarity (0 to 100, by letters) of recognised words and a name; lower for words in
# no dictionary.
NAME_SIMILARITY = 84.0
UNKNOWN_WORD_SIMILARITY = 66.0
# Shorter names are similar to anything.
MIN_NAME = 4
# Longer parts of a name can represent it.
MIN_PART = 3


class Misspelling(NamedTuple):
    """Words ``first`` to ``last`` (exclusive) that are similar to a name, but different;
    ``similarity`` 0 to 1.
    """

    first: int
    last: int
    name: str
    similarity: float


class Lexicon:
    """Cached lookups of words.

    :param texts: the article's texts.
    :param names: names of the article and of the speakers, correctly spelled.
    """

    def __init__(self, texts: Sequence[str], names: Sequence[str]) -> None:
        words = [word.rstrip("'") for text in texts for word in plain_words(text)]
        self._name_words = frozenset(word for name in names for word in plain_words(name))
        self._words = frozenset([*words, *self._name_words])
        self._content = sorted(
            {word for text in texts for word in content_words(text) if not word.isdigit()}
        )
        self._spelt = " " + " ".join(words) + " "
        self._names = {joined: name for name in names if len(joined := _joined(name)) >= MIN_NAME}
        self._joined_names = list(self._names)
        self._longest = max((len(name.split()) for name in names), default=0) + 1
        self._nearest: dict[str, tuple[str, float] | None] = {}

    def is_name(self, text: str) -> bool:
        """Whether this word is capitalised and is (a part of) one of the names."""
        return any(map(str.isupper, text)) and any(
            part in self._name_words for part in plain_words(text)
        )

    def is_unknown(self, text: str) -> bool:
        """Whether this word is in neither a dictionary nor the article. Function words and numbers
        are known.
        """
        return any(
            plain.isalpha() and plain not in self._words and not is_common_word(plain)
            for plain in content_words(text)
        )

    def has_number(self, digits: str) -> bool:
        """Whether the article has this number, in digits or in words."""
        spoken = number_words(int(digits)) if len(digits) < 10 else ()
        return digits in self._words or bool(spoken and f" {' '.join(spoken)} " in self._spelt)

    def closest_word(self, text: str) -> str:
        """The article's word that is most similar to this one, or empty."""
        found = process.extractOne(
            bare(text).lower(),
            self._content,
            scorer=_similarity,
            score_cutoff=UNKNOWN_WORD_SIMILARITY,
        )
        return "" if found is None else str(found[0])

    def misspellings(self, words: Sequence[Word]) -> tuple[Misspelling, ...]:
        """Words that are similar to a name, but different; the most probable of overlapping
        ones.
        """
        # All runs of words up to the length of a name; the most similar of overlapping ones.
        finds: list[Misspelling] = []
        texts = [bare(word.text) for word in words]
        for first in range(len(words)):
            for last in range(first + 1, min(first + self._longest, len(words)) + 1):
                found = self._name_like(" ".join(texts[first:last]))
                if found is not None:
                    finds.append(Misspelling(first, last, found[0], found[1] / 100))
        chosen: list[Misspelling] = []
        taken: set[int] = set()
        for find in sorted(finds, key=lambda find: (-find.similarity, find.last - find.first)):
            places = set(range(find.first, find.last))
            if not places & taken:
                taken |= places
                chosen.append(find)
        return tuple(chosen)

    def _name_like(self, text: str) -> tuple[str, float] | None:
        if text not in self._nearest:
            self._nearest[text] = self._look_up(text)
        return self._nearest[text]

    def _look_up(self, text: str) -> tuple[str, float] | None:
        joined = _joined(text)
        plain = plain_words(text)
        if len(joined) < MIN_NAME or not plain:
            return None
        if joined in self._names:
            # Correct except for capitals or word boundaries.
            name = self._names[joined]
            return (
                None
                if [word.lower() for word in text.split()]
                == [word.lower() for word in name.split()]
                else (name, 99.0)
            )
        if all(word.rstrip("'") in self._words for word in plain):
            return None
        # Known words are similar to a name by chance more often, so they need more similarity.
        known = all(is_common_word(word) for word in plain)
        found = process.extractOne(
            joined,
            self._joined_names,
            scorer=_similarity,
            score_cutoff=NAME_SIMILARITY if known else UNKNOWN_WORD_SIMILARITY,
        )
        if found is None:
            return None
        # The name itself with adjacent words is not a doubt.
        parts = range(len(plain))
        if any(
            _joined(" ".join(plain[first : last + 1])) == found[0]
            for first in parts
            for last in parts[first:]
        ):
            return None
        name = self._names[found[0]]
        return (name, found[1]) if _remainders_are_similar(plain, plain_words(name)) else None


def with_punctuation(words: Sequence[Word], proposal: str) -> str:
    """The proposal with the punctuation of the words that it replaces."""
    lead, trail = parted(words[0].text)[0], parted(words[-1].text)[2]
    return lead + parted(proposal)[1] + trail


def with_elided(word: Word, instead: str) -> str:
    """A replacement for a word, adapted to the elision before it (« d'Aix »)."""
    return join_elision(split_elision(word.text)[0], instead)


def _remainders_are_similar(recognised: Sequence[str], name: Sequence[str]) -> bool:
    """Whether the parts in which a name and the recognised words differ are similar: a part of the
    name (« Delorme, qui » for « Inès Delorme ») is correct.
    """
    shared = {part for part in recognised if part in name and len(part) > MIN_PART}
    rests = [
        "".join(part for part in parts if part not in shared).replace("'", "")
        for parts in (recognised, name)
    ]
    return not shared or (all(rests) and fuzz.ratio(*rests) >= UNKNOWN_WORD_SIMILARITY)


def _joined(text: str) -> str:
    return "".join(plain_words(text)).replace("'", "")


def _similarity(one: str, other: str, *, score_cutoff: float | None = None, **_: object) -> float:
    # Words of half or twice the length are not the same.
    if not 0.6 <= len(one) / len(other) <= 1.67:
        return 0.0
    return fuzz.ratio(one, other, score_cutoff=score_cutoff)
