"""Numbers in French text, in digits or in words, as integers.

Own code and not text2num (3.1), which leaves « une quarantaine », « une douzaine » and « 12 000 »
as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_UNITS = dict(
    zip(
        (
            "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize "
            "quatorze quinze seize"
        ).split(),
        range(17),
        strict=True,
    )
) | {"une": 1}
_TENS = {
    "vingt": 20,
    "trente": 30,
    "quarante": 40,
    "cinquante": 50,
    "soixante": 60,
    "septante": 70,
    "huitante": 80,
    "nonante": 90,
}
_SCALES = {"mille": 1_000, "million": 1_000_000, "milliard": 1_000_000_000}
# « une quarantaine » means forty.
_ROUND = {
    "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30,
    "quarantaine": 40, "cinquantaine": 50,
    "soixantaine": 60, "centaine": 100, "millier": 1_000,
}  # fmt: skip
_DIGITS_KEPT = 15
# All words of spoken numbers.
NUMBER_WORDS = frozenset({*_UNITS, *_TENS, *_SCALES, "cent", "cents", "vingts"})


@dataclass(frozen=True)
class SpokenNumber:
    """A number in the words ``first`` to ``last`` (exclusive) of a text."""

    value: int
    first: int
    last: int


def numbers_in_words(words: Sequence[str]) -> Iterator[SpokenNumber]:
    """Every number in plain words (:func:`studio.language.words.plain_words`), in order.

    « un » and « une » alone are articles, not numbers; « 12 000 » in two words is one number; a
    number in digits ends the preceding one.
    """
    place = 0
    while place < len(words):
        reader = _Reader()
        last = place
        while last < len(words) and reader.takes(words, last):
            last += 1
        if last > place and words[last - 1] == "et":
            last -= 1
        if last == place:
            place += 1
            continue
        if not (last == place + 1 and words[place] in {"un", "une"}):
            yield SpokenNumber(reader.value, place, last)
        place = last


class _Reader:
    """Parses one number word by word. ``_group`` is the part below the next thousand, ``_whole``
    the part above.
    """

    def __init__(self) -> None:
        self._whole = self._group = 0
        self._taken = 0
        self._digits = False
        # Whether three more digits may follow: « 12 000 », but not « 2015 200 ».
        self._grouped = False
        self._scale = 10**18
        # « une demi-douzaine » means six.
        self._halved = False

    @property
    def value(self) -> int:
        return self._whole + self._group

    def takes(self, words: Sequence[str], place: int) -> bool:
        """Whether the word at this index belongs to the number; if so, it is added."""
        word = words[place]
        if not self._takes(word, words[place + 1] if place + 1 < len(words) else ""):
            return False
        self._taken += 1
        return True

    def _takes(self, word: str, following: str) -> bool:
        if word.isdecimal():
            return self._takes_digits(word)
        singular = word.removesuffix("s") if word not in _UNITS else word
        if singular in _ROUND:
            if self._taken and not self._halved:
                return False
            self._group = _ROUND[singular] // (2 if self._halved else 1)
            self._halved = False
            return True
        if word == "demi":
            self._halved = not self._taken and following.removesuffix("s") in _ROUND
            return self._halved
        if singular in _SCALES:
            if _SCALES[singular] >= self._scale or (self._taken and not self._group):
                return False
            self._scale = _SCALES[singular]
            self._whole += max(1, self._group) * self._scale
            self._group, self._digits, self._grouped = 0, False, False
            return True
        if self._digits:
            return False
        if word == "et":
            return self._group % 100 in _TENS.values() and following in {"un", "une", "onze"}
        if singular == "cent":
            if self._group > 9 or (self._group == 0 and self._taken and not self._whole):
                return False
            self._group = max(1, self._group) * 100
            return True
        if singular == "vingt" and self._group % 100 == 4:
            self._group += 76
            return True
        value = _UNITS.get(word, _TENS.get(word))
        if value is None:
            return False
        rest = self._group % 100
        # After a hundred any number may follow, after twenty numbers below ten, after sixty and
        # eighty below twenty, after ten 7 to 9.
        room = 99 if rest == 0 else 16 if rest in {60, 80} else 9 if rest in _TENS.values() else 0
        if (
            (rest in {10, 70, 90} and 7 <= value <= 9)
            or (0 < value <= room)
            or (value == 0 and not self._taken)
        ):
            self._group += value
            return True
        return False

    def _takes_digits(self, word: str) -> bool:
        if len(word) > _DIGITS_KEPT:
            return False
        if self._grouped and len(word) == 3:
            self._group = self._group * 1000 + int(word)
            return True
        if self._taken:
            return False
        self._group, self._digits, self._grouped = int(word), True, len(word) <= 3
        return True
