"""Three versions of a short list (chapters, cuts) laid side by side: what one or the other changed
stands, what both changed is a clash.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Item = dict[str, Any]


@dataclass(frozen=True)
class MergeConflict:
    """One item that both changed, each in its way; None where it is not there or was taken away."""

    base: Item | None
    mine: Item | None
    theirs: Item | None


@dataclass(frozen=True)
class MergedItems:
    """What came of it.

    :param items: all that is not in a clash, in order.
    """

    items: tuple[Item, ...]
    clashes: tuple[MergeConflict, ...]


def merge_items(
    base: Sequence[Item],
    mine: Sequence[Item],
    theirs: Sequence[Item],
    *,
    order: str,
    keys: Sequence[str],
) -> MergedItems:
    """Merge two versions of what was one.

    :param base: the version from which both started.
    :param order: the field by which items are sorted. Two that were added at the same place are a
        clash.
    :param keys: the fields by which an item is known again, the surest first; None is no value.
    """
    in_mine, in_theirs = _pairs(base, mine, keys), _pairs(base, theirs, keys)
    items: list[Item] = []
    clashes: list[MergeConflict] = []
    for place, one in enumerate(base):
        my = None if place not in in_mine else mine[in_mine[place]]
        their = None if place not in in_theirs else theirs[in_theirs[place]]
        merged = _merged(one, my, their)
        if merged is _CLASH:
            clashes.append(MergeConflict(one, my, their))
        elif merged is not None:
            items.append(merged)
    my_new = [one for place, one in enumerate(mine) if place not in in_mine.values()]
    their_new = [one for place, one in enumerate(theirs) if place not in in_theirs.values()]
    for one in my_new:
        other = next((other for other in their_new if other[order] == one[order]), None)
        if other is None or other == one:
            items.append(one)
        else:
            clashes.append(MergeConflict(None, one, other))
    taken = [one[order] for one in my_new]
    items += [one for one in their_new if one[order] not in taken]
    at: dict[Any, list[Item]] = {}
    for one in items:
        at.setdefault(one[order], []).append(one)
    # One was moved to where the other is, or was added there.
    for group in at.values():
        for one, other in itertools.pairwise(group):
            is_theirs = any(one is new for new in their_new) or any(other is new for new in my_new)
            clashes.append(
                MergeConflict(None, other, one) if is_theirs else MergeConflict(None, one, other)
            )
    return MergedItems(
        tuple(at[place][0] for place in sorted(at) if len(at[place]) == 1), tuple(clashes)
    )


_CLASH: Item = {}


def _merged(base: Item, mine: Item | None, theirs: Item | None) -> Item | None:
    """One item, field by field; ``_CLASH`` where a field has three values, or where one took away
    what the other changed.
    """
    if theirs in (mine, base):
        return mine
    if mine == base:
        return theirs
    if mine is None or theirs is None:
        return _CLASH
    merged: Item = {}
    for name in base:
        if mine[name] != theirs[name] and base[name] not in (mine[name], theirs[name]):
            return _CLASH
        merged[name] = mine[name] if mine[name] != base[name] else theirs[name]
    return merged


def _pairs(base: Sequence[Item], version: Sequence[Item], keys: Sequence[str]) -> dict[int, int]:
    """Place in the base → place of the same item in a version, for those that are there."""
    pairs: dict[int, int] = {}
    for key in (None, *keys):
        for place, one in enumerate(base):
            if place in pairs:
                continue
            for other, candidate in enumerate(version):
                if other not in pairs.values() and _is_same(one, candidate, key):
                    pairs[place] = other
                    break
    return pairs


def _is_same(one: Item, other: Item, key: str | None) -> bool:
    """Whether they agree in a field; in all of them when it is None."""
    return one == other if key is None else one[key] is not None and one[key] == other[key]
