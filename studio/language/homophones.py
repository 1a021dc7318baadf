"""French words that sound the same and are written otherwise: « fière », « fiers »; « mort », «
morts ». What was said does not tell which is meant.
"""

from __future__ import annotations

import functools

from studio.language.dictionary import words_spelled_like
from studio.language.phonemes import sounds_of
from studio.language.punctuation import join_elision, split_elision

# So many words that are written nearly the same are spoken: a millisecond each.
MAX_SPOKEN = 60


@functools.lru_cache(maxsize=10_000)
def homophones_of(word: str) -> tuple[str, ...]:
    """Other everyday words that sound the same, the most used first, with the marks, the elided
    letter and the capital of this one; of one with other capitals none, as it is a name or an
    acronym.
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
