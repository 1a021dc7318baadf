"""The negation words of French: one list for all comparisons of speech and article."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

# Often omitted in speech: not evidence by itself.
NE = frozenset({"ne", "n'"})
# Words that negate alone, and words that negate only after « ne »: « plus » alone means more, «
# personne » alone a person.
_DENYING = frozenset("pas jamais rien aucun aucune guère".split())
_DENYING_AFTER_NE = frozenset("plus personne nul nulle point".split())
_NE_REACH = 4
# Words that always count as negation: changing them changes the meaning in any context.
_WEIGHTY = NE | _DENYING | frozenset("plus non sans ni".split())


def is_negated(plain: Sequence[str], at: int) -> bool:
    """Whether the word at this index of a text in plain words negates its sentence."""
    word = plain[at]
    if word in _DENYING:
        # « n'est-ce pas ? » is a tag question.
        return list(plain[max(0, at - 2) : at]) != ["est", "ce"]
    return word in _DENYING_AFTER_NE and bool(NE & set(plain[max(0, at - _NE_REACH) : at]))


def negations_in(plain: Iterable[str]) -> frozenset[str]:
    """The words among these that may deny something, in any position."""
    return frozenset(plain) & _WEIGHTY
