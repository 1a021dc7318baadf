"""Split a written French word into leading and trailing punctuation, elision and core.

One definition for all word comparisons.
"""

from __future__ import annotations

import re

# Marks are not spoken. Hyphens are not marks: they are part of the words that they join.
MARKS = " .,;:!?…«»“”\"()[]'’"
# Marks that belong to the sentence rather than to the word.
PAUSES = ".,;:!?…"
ENDS = ".!?…"
# Words that are elided before a vowel and joined to the next word.
ELIDED = re.compile(r"(?:[cdjlmnst]|(?:jus|lors|puis|quoi)?qu)['’]", re.IGNORECASE)
# Letters before which a word is elided; a few words with « h » are not.
VOWELS = "aàâeéèêëhiîïoôuùûyœ"


def parted(text: str) -> tuple[str, str, str]:
    """Leading marks, word, trailing marks; an elision belongs to the word."""
    start = len(text) - len(text.lstrip(MARKS))
    end = max(start, len(text.rstrip(MARKS)))
    return text[:start], text[start:end], text[end:]


def split_elision(text: str) -> tuple[str, str, str]:
    """The same, with the elision counted with the leading marks: « d'Aubagne, » gives « d' »,
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
    """The word without marks and elision."""
    return split_elision(text)[1]


def join_elision(elided: str, word: str) -> str:
    """Put a word after the elision of another one: « d' » and « Aix » are « d'Aix », « d' » and
    « Marseille » are « de Marseille ».

    :param elided: may have leading marks; if it has no elision, both are concatenated.
    """
    if not elided or elided[-1] not in "'’" or word[:1].lower() in VOWELS:
        return elided + word
    return f"{elided[:-1]}e {word}"
