"""French words that sound the same and are written otherwise: « fière », « fiers »; « mort », «
morts ». The audio alone cannot tell them apart.
"""

from __future__ import annotations

import functools

from studio.language.dictionary import words_spelled_like
from studio.language.phonemes import sounds_of
from studio.language.punctuation import join_elision, split_elision

# The number of similarly spelled words that are compared by phonemes: 1 ms each.
MAX_SPOKEN = 60


@functools.lru_cache(maxsize=10_000)
def homophones_of(word: str) -> tuple[str, ...]:
    """Other everyday words that sound the same, the most frequent first, with this word's
    punctuation, elision and initial capital; none for words with other capitals (names, acronyms).
    """
    elided, core, marks = split_elision(word)
    if not core.isalpha() or not (core.islower() or core.istitle()):
        return ()
    sound = sounds_of(core.lower())
    same = [
        one
        for one in words_spelled_like(core.lower())[:MAX_SPOKEN]
        if join_elision(elided, one) == elided + one and sounds_of(one) == sound
    ]
    return tuple(f"{elided}{one.title() if core.istitle() else one}{marks}" for one in same)
