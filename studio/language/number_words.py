"""Numbers in digits and in words as one value. The adapter of num2words."""

from __future__ import annotations

import functools


@functools.lru_cache(maxsize=10_000)
def number_words(number: int) -> tuple[str, ...]:
    """A whole number spoken in French: 27 gives ``vingt``, ``sept``."""
    from num2words import num2words

    return tuple(str(num2words(number, lang="fr")).replace("-", " ").split())
