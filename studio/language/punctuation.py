"""Split a written French word into leading and trailing punctuation, elision and core.

One set for all that compare words.
"""

from __future__ import annotations

import re

# Nobody says them. Hyphens are not marks: they are a part of the words that they join.
MARKS = " .,;:!?…«»“”\"()[]'’"
# Marks that belong to the sentence rather than to the word.
PAUSES = ".,;:!?…"
ENDS = ".!?…"
# What loses its vowel before a vowel and is written together with the word after it.
ELIDED = re.compile(r"(?:[cdjlmnst]|(?:jus|lors|puis|quoi)?qu)['’]", re.IGNORECASE)
# Letters before which a word is elided; a few words with « h » are not.
VOWELS = "aàâeéèêëhiîïoôuùûyœ"


def parted(text: str) -> tuple[str, str, str]:
    """The marks before a word, the word, the marks after it; what is elided before it belongs to
    the word.
    """
    start = len(text) - len(text.lstrip(MARKS))
    end = max(start, len(text.rstrip(MARKS)))
    return text[:start], text[start:end], text[end:]


def split_elision(text: str) -> tuple[str, str, str]:
    """The same, what is elided before the word counted with the marks: « d'Aubagne, » gives « d' »,
    « Aubagne », « , ».
    """
    before, word, after = parted(text)
    found = ELIDED.match(word)
    return (
        (before, word, after)
        if found is None
        else (before + found.group(), word[found.end() :], after)
    )


def bare(text: str) -> str:
    """The word without marks and without what is elided before it."""
    return split_elision(text)[1]


def join_elision(elided: str, word: str) -> str:
    """A word after what was elided before another one: « d' » and « Aix » are « d'Aix », « d' » and
    « Marseille » are « de Marseille ».

    :param elided: may have marks before it; without anything elided, both are set together.
    """
    if not elided or elided[-1] not in "'’" or word[:1].lower() in VOWELS:
        return elided + word
    return f"{elided[:-1]}e {word}"
