"""Find a text in a transcript: inside words (after an elision, or anywhere), and across passages.
``static/text_search.js`` does the same for the episode on the page; both pass
``tests/vectors/find.json``.
"""

from __future__ import annotations

import bisect
import functools
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from studio.model.record import Record
from studio.model.transcript import Segment

EDGES = "«»“”„\"'’‘()[]{}.,;:!?…–—-\u00a0\u202f "
# Characters as typed on keyboards that lack them.
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "Oe", "æ": "ae", "Æ": "Ae"})
# The number of distinct words cached in normalised form: about 5 MB.
_WORDS_KEPT = 30_000


class FindOptions(Record, frozen=True):
    """Search options: ``exact``: case-sensitive; ``accents``: accent-sensitive; ``parts``: also
    inside words.
    """

    exact: bool = False
    accents: bool = False
    parts: bool = False


class HitPart(Record, frozen=True):
    """The part of a hit in one passage.

    :param place: index of the segment.
    :param first: index of the first word; ``count``: number of words.
    :param kept_start: number of characters (code points) of these words, joined by single spaces,
        before the match; ``kept_end``: after it.
    """

    place: int
    first: int
    count: int
    kept_start: int
    kept_end: int


class _Sign(NamedTuple):
    """One compared character and its source: segment, word, character in it."""

    text: str
    place: int
    word: int
    at: int


def find_text(
    segments: Sequence[Segment], query: str, options: FindOptions
) -> list[tuple[HitPart, ...]]:
    """All hits without overlap, each as its parts: one per passage. Punctuation at the edges of
    words is ignored.
    """
    wanted = [_folded(word.replace("’", "'").strip(EDGES), options) for word in query.split()]
    target = " ".join(filter(None, wanted))
    if not target:
        return []
    words = _Words(segments, options)
    text = words.text
    found = []
    at = text.find(target)
    while at >= 0:
        end = at + len(target)
        if options.parts or (_is_edge(text, at - 1) and _is_edge(text, end)):
            signs = words.signs(at, end)
            if signs:
                found.append(_pieces(segments, signs))
                at = text.find(target, end)
                continue
        at = text.find(target, at + 1)
    return found


class _Words:
    """The normalised words, separated by single spaces. The source of each character is only
    determined for hits: a show has millions.
    """

    def __init__(self, segments: Sequence[Segment], options: FindOptions) -> None:
        self._segments, self._options = segments, options
        self._places: list[tuple[int, int]] = []
        self._begins: list[int] = []
        parts: list[str] = []
        length = 0
        for place, segment in enumerate(segments):
            for number, word in enumerate(segment.words):
                if part := _compared(word.text, options.exact, options.accents):
                    self._places.append((place, number))
                    self._begins.append(length)
                    parts.append(part)
                    length += len(part) + 1
        self.text = " ".join(parts)

    def signs(self, at: int, end: int) -> list[_Sign]:
        """The characters between two positions of the text; None if a boundary splits a letter."""
        first = bisect.bisect_right(self._begins, at) - 1
        last = bisect.bisect_right(self._begins, end - 1) - 1
        signs: list[_Sign] = []
        for place, number in self._places[first : last + 1]:
            own = list(
                _signs_of_word(
                    self._segments[place].words[number].text, place, number, self._options
                )
            )
            signs += [own[0]._replace(text=" "), *own] if signs else own
        start = at - self._begins[first]
        stop = start + end - at
        whole = _is_between(signs, start) and _is_between(signs, stop)
        return signs[start:stop] if whole else []


def loose_text(segments: Sequence[Segment]) -> str:
    """All words normalised for :func:`may_contain`: without accents and capitals."""
    return _loose(" ".join(word.text for segment in segments for word in segment.words))


def may_contain(loose: str, query: str) -> bool:
    """Whether :func:`find_text` may find the text with any options: other transcripts need not be
    searched character by character.

    :param loose: the :func:`loose_text` of a transcript.
    """
    return all(word in loose for word in _loose(query).split())


def _loose(text: str) -> str:
    bare = "".join(
        sign
        for sign in unicodedata.normalize("NFD", text.replace("’", "'"))
        if not unicodedata.combining(sign)
    ).casefold()
    return " ".join(filter(None, (word.strip(EDGES) for word in bare.split())))


def _signs_of_word(text: str, place: int, number: int, options: FindOptions) -> Iterator[_Sign]:
    """Every character of a word without its edges."""
    plain = text.replace("’", "'")
    start = len(plain) - len(plain.lstrip(EDGES))
    for at, sign in enumerate(plain.strip(EDGES), start):
        for folded in _folded(sign, options):
            yield _Sign(folded, place, number, at)


@functools.lru_cache(maxsize=_WORDS_KEPT)
def _compared(text: str, exact: bool, accents: bool) -> str:
    """A word, normalised; cached, since a few thousand words make up most of all speech."""
    options = FindOptions(exact=exact, accents=accents)
    return "".join(sign.text for sign in _signs_of_word(text, 0, 0, options))


def _folded(text: str, options: FindOptions) -> str:
    # Accents are decomposed and follow their letter.
    text = unicodedata.normalize("NFD", text)
    if not options.accents:
        text = "".join(sign for sign in text if not unicodedata.combining(sign))
        text = text.translate(_LIGATURES)
    return text if options.exact else text.lower()


def _is_between(signs: Sequence[_Sign], border: int) -> bool:
    """Whether a boundary splits no letter: neither « œ », nor a letter from its accent."""
    if not 0 < border < len(signs) or signs[border - 1].text == " ":
        return True
    before, after = signs[border - 1], signs[border]
    return not unicodedata.combining(after.text) and before[1:] != after[1:]


def _is_edge(text: str, at: int) -> bool:
    return not 0 <= at < len(text) or not text[at].isalnum()


def _pieces(segments: Sequence[Segment], signs: Sequence[_Sign]) -> tuple[HitPart, ...]:
    pieces = []
    for place in dict.fromkeys(sign.place for sign in signs):
        own = [sign for sign in signs if sign.place == place]
        # A space is at the start of the next word; at a boundary it belongs to no passage.
        own = [sign for sign in own if sign.text != " "] or own
        words = segments[place].words
        last, end = words[own[-1].word].text, own[-1].at + 1
        # Ignored accents still belong to the letter before them.
        while end < len(last) and unicodedata.combining(last[end]):
            end += 1
        pieces.append(
            HitPart(
                place=place,
                first=own[0].word,
                count=own[-1].word - own[0].word + 1,
                kept_start=own[0].at,
                kept_end=len(last) - end,
            )
        )
    return tuple(pieces)
