"""French ordinals in normalised words, in digits (« 1er », « 3ème », « XVIIIe ») and in words: the
search finds each by the other. ``search_words.js`` parses queries in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from studio.language.number_words import number_words
from studio.language.spoken_numbers import numbers_in_words

# Single-word ordinals.
ORDINAL_NAMES = {
    1: "premier",
    2: "deuxieme",
    3: "troisieme",
    4: "quatrieme",
    5: "cinquieme",
    6: "sixieme",
    7: "septieme",
    8: "huitieme",
    9: "neuvieme",
    10: "dixieme",
    11: "onzieme",
    12: "douzieme",
    13: "treizieme",
    14: "quatorzieme",
    15: "quinzieme",
    16: "seizieme",
    20: "vingtieme",
    30: "trentieme",
    40: "quarantieme",
    50: "cinquantieme",
    60: "soixantieme",
    100: "centieme",
    1000: "millieme",
}
# The last words of compound ordinals: « vingt et unième », « cent vingtième ».
_LAST_NAMES = {1: "unieme"} | {value: name for value, name in ORDINAL_NAMES.items() if value > 1}
_LAST_VALUES = {name: value for value, name in _LAST_NAMES.items()}
_ARABIC = re.compile(r"(\d{1,4})(?:ers?|e?res?|nde?s?|i?emes?|es?)", re.ASCII)
# The only word that could be read as a Roman ordinal is « vie ».
_ROMAN = re.compile(r"(?!vie$)(?=[ivx]{2}|[vx]e|ier)(x{0,3})(ix|iv|v?i{0,3})(?:er|e|eme)")
_ROMAN_UNITS = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
# The number of words of « quatre-vingt-dix-neuf » before its last, and of « mille neuf cent ».
_MAX_WORDS_BEFORE = 7


def ordinal_from_word(word: str) -> int | None:
    """The value of an ordinal in digits; None for any other word."""
    if arabic := _ARABIC.fullmatch(word):
        return int(arabic[1])
    if roman := _ROMAN.fullmatch(word):
        return 10 * len(roman[1]) + _ROMAN_UNITS.index(roman[2])
    return None


def ordinal_in_words(ordinal: int) -> tuple[str, ...]:
    """An ordinal in words: 17 gives ``dix``, ``septieme``; without ``et``. Empty if its last word
    is not in the table (« quatre-vingtième »).
    """
    if ordinal in ORDINAL_NAMES:
        return (ORDINAL_NAMES[ordinal],)
    *before, last = number_words(ordinal)
    for value, name in _LAST_NAMES.items():
        if number_words(value) == (last,):
            return (*(word for word in before if word != "et"), name)
    return ()


def long_ordinals(words: Sequence[str]) -> Iterator[int]:
    """The compound ordinals in these words: « dix-septième »."""
    for place, word in enumerate(words):
        value = _LAST_VALUES.get(word)
        if value is None:
            continue
        before = words[max(0, place - _MAX_WORDS_BEFORE) : place]
        spoken = [*before, *number_words(value)]
        for number in numbers_in_words(spoken):
            if number.last == len(spoken) and number.first < len(before):
                yield number.value
