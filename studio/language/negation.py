"""The negation words of French: one list for all comparisons of speech and article."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

# Speech omits it: it is no evidence by itself.
NE = frozenset({"ne", "n'"})
# What denies by itself, and what denies only after « ne »: « plus » alone says more, « personne »
# alone is a person.
_DENYING = frozenset("pas jamais rien aucun aucune guère".split())
_DENYING_AFTER_NE = frozenset("plus personne nul nulle point".split())
_NE_REACH = 4
# What a text may have instead of a denial: a change of these words changes what is said, whatever
# is around.
_WEIGHTY = NE | _DENYING | frozenset("plus non sans ni".split())


def is_negated(plain: Sequence[str], at: int) -> bool:
    """Whether the word at this place of a text in plain words turns its sentence around."""
    word = plain[at]
    if word in _DENYING:
        # « n'est-ce pas ? » asks for agreement.
        return list(plain[max(0, at - 2) : at]) != ["est", "ce"]
    return word in _DENYING_AFTER_NE and bool(NE & set(plain[max(0, at - _NE_REACH) : at]))


def negations_in(plain: Iterable[str]) -> frozenset[str]:
    """The words among these that may deny something, in any position."""
    return frozenset(plain) & _WEIGHTY
