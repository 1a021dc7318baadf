"""Phonemes of French text. The adapter of phonemizer and of eSpeak NG, which the package
espeakng-loader provides.

Phonetic similarity only proposes candidates: of two words that sound alike, either may have been
said.
"""

from __future__ import annotations

import functools
import itertools
import logging
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Acronyms are spelled out (« TPE » is said té-pé-eu); eSpeak would read them as words.
_LETTER_NAMES = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (
            "a bé cé dé eu effe gé ache i ji ka elle emme enne o pé ku erre esse té u vé "
            "double-vé iks igrec zède"
        ).split(),
        strict=True,
    )
)
_ELIDED = re.compile(r"^(?:l|d|qu|j|s|c|n|m|t)['’]", re.IGNORECASE)
_ACRONYM_LENGTHS = range(2, 6)
_LENGTH_MARK = str.maketrans("", "", " ː")
# Sounds that small models, telephone lines or synthetic voices confuse: voiced and unvoiced, open
# and closed, nasal or not.
_FAMILIES = str.maketrans(
    {
        "ɛ": "e", "ə": "e", "œ": "e", "ø": "e", "ɔ": "o", "ɑ": "a", "b": "p", "d": "t", "ɡ": "k",
        "g": "k", "z": "s", "ʒ": "ʃ",
        "v": "f", "ɹ": "ʁ", "θ": "s", "w": "u", "j": "i", "ɥ": "y", "ɲ": "n", "ŋ": "n",
        "\u0303": None,
    }
)  # fmt: skip


@functools.cache
def _speaker() -> Any:
    import espeakng_loader
    from phonemizer.backend import EspeakBackend
    from phonemizer.backend.espeak.wrapper import EspeakWrapper

    EspeakWrapper.set_library(espeakng_loader.get_library_path())
    EspeakWrapper.set_data_path(espeakng_loader.get_data_path())
    # It warns whenever a number has several words, which is normal.
    quiet = logging.getLogger("studio.sounds")
    quiet.addHandler(logging.NullHandler())
    quiet.propagate = False
    return EspeakBackend(
        "fr-fr",
        logger=quiet,
        language_switch="remove-flags",
        with_stress=False,
        punctuation_marks=';:,.!?…«»"“”()',
    )


def _as_spoken(word: str) -> str:
    """A word as pronounced: acronyms letter by letter."""
    bare = word.strip(' .,;:!?…«»“”"()')
    elided = _ELIDED.match(bare)
    core = bare[elided.end() :] if elided else bare
    if core.isascii() and core.isalpha() and core.isupper() and len(core) in _ACRONYM_LENGTHS:
        spelled = " ".join(_LETTER_NAMES[letter] for letter in core)
        return f"{elided.group() if elided else ''}{spelled}"
    return bare.replace("%", " pour cent")


@functools.lru_cache(maxsize=100_000)
def sounds_of(text: str) -> str:
    """The phonemes of a text (IPA), without stress and spaces; empty for punctuation."""
    spoken = " ".join(filter(None, (_as_spoken(word) for word in text.split())))
    if not spoken:
        return ""
    return str(_speaker().phonemize([spoken], strip=True)[0]).translate(_LENGTH_MARK)


def sound_distances(spoken: Sequence[str], written: Sequence[str]) -> NDArray[np.float64]:
    """The edit distances between the phonemes of all pairs of texts of two lists,
    ``(len(heard), len(written))``.

    Substituting a similar sound counts half.
    """
    import numpy as np

    left, right = [sounds_of(text) for text in spoken], [sounds_of(text) for text in written]
    exact = cdist(left, right, scorer=Levenshtein.distance, dtype=np.uint16)
    loose = cdist(
        [one.translate(_FAMILIES) for one in left],
        [one.translate(_FAMILIES) for one in right],
        scorer=Levenshtein.distance,
        dtype=np.uint16,
    )
    return np.asarray((exact.astype(np.float64) + loose) / 2, dtype=np.float64)


def sound_similarities(spoken: Sequence[str], written: Sequence[str]) -> NDArray[np.float64]:
    """The phonetic similarities of all pairs of texts of two lists, ``(len(heard), len(written))``:
    1 for the same sounds, 0 for entirely different ones.
    """
    import numpy as np

    left, right = (
        np.array([len(sounds_of(text)) for text in texts], dtype=np.float64)
        for texts in (spoken, written)
    )
    longest = np.maximum(np.maximum(left[:, None], right[None, :]), 1.0)
    similar = np.maximum(0.0, 1.0 - sound_distances(spoken, written) / longest)
    return np.asarray(similar, dtype=np.float64)


def sound_similarity(one: str, other: str) -> float:
    """The phonetic similarity of two texts: 1 for the same sounds, 0 for entirely different
    ones.
    """
    return float(sound_similarities([one], [other])[0, 0])


def shared_sounds(one: Sequence[str], other: Sequence[str]) -> tuple[list[float], list[float]]:
    """For each text of both sequences the share of its sounds that the other sequence has in the
    same order, 0 to 1.

    It shows which of several words a wording confirms, and which it only includes. A text without
    sounds has the share 1.
    """
    left, right = (
        [sounds_of(text).translate(_FAMILIES) for text in one],
        [sounds_of(text).translate(_FAMILIES) for text in other],
    )
    left_shared, right_shared = [False] * sum(map(len, left)), [False] * sum(map(len, right))
    for code in Levenshtein.opcodes("".join(left), "".join(right)):
        if code.tag == "equal":
            left_shared[code.src_start : code.src_end] = [True] * (code.src_end - code.src_start)
            right_shared[code.dest_start : code.dest_end] = [True] * (
                code.dest_end - code.dest_start
            )
    return _shares(left, left_shared), _shares(right, right_shared)


def _shares(texts: Sequence[str], shared: Sequence[bool]) -> list[float]:
    edges = [0, *itertools.accumulate(map(len, texts))]
    return [
        sum(shared[start:end]) / (end - start) if end > start else 1.0
        for start, end in itertools.pairwise(edges)
    ]
