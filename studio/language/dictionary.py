"""What French dictionaries know: simplemma (forms and their entries) and pyspellchecker (everyday words) have their one door here."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from studio.language.words import FUNCTION_WORDS

if TYPE_CHECKING:
    from spellchecker import SpellChecker


@functools.cache
def _everyday_words() -> SpellChecker:
    from spellchecker import SpellChecker

    return SpellChecker(language="fr", distance=1)


@functools.lru_cache(maxsize=50_000)
def is_common_word(word: str) -> bool:
    """Whether the word, in small letters and in any inflected form, is French; names of people and places are not.

    Two lists, because each lacks what the other has: rare inflected forms here, adverbs and small words there.
    """
    import simplemma

    folded = word.lower()
    return folded in FUNCTION_WORDS or bool(simplemma.is_known(folded, lang="fr")) or folded in _everyday_words()


@functools.lru_cache(maxsize=50_000)
def lemma_of(word: str) -> str:
    """The dictionary form: « formés » and « former » meet, « formation » stays apart."""
    import simplemma

    return str(simplemma.lemmatize(word, lang="fr")).lower()
