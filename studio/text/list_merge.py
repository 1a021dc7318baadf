"""Three-way merge of a short list (chapters, cuts): changes of one side are kept, different changes
of both sides are a conflict.
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class ItemForm(Generic[T]):
    """How the items of a list are compared and changed.

    :param fields: the fields that are merged independently.
    :param order: the sort key. Two items added with the same value are a conflict.
    :param keys: the fields that identify an item, the most reliable first; None is not a value.
    :param replace: returns an item with some fields changed.
    """

    fields: Sequence[str]
    order: str
    keys: Sequence[str]
    replace: Callable[..., T]

    def place(self, item: T) -> Any:
        """The item's sort key."""
        return getattr(item, self.order)


@dataclass(frozen=True)
class MergeConflict(Generic[T]):
    """One item that both sides changed differently; None if it is missing or was removed."""

    base: T | None
    mine: T | None
    theirs: T | None


@dataclass(frozen=True)
class MergedItems(Generic[T]):
    """The result of a merge.

    :param items: all items without a conflict, in order.
    """

    items: tuple[T, ...]
    clashes: tuple[MergeConflict[T], ...]


def merge_items(
    form: ItemForm[T], base: Sequence[T], mine: Sequence[T], theirs: Sequence[T]
) -> MergedItems[T]:
    """Merge two versions of a list.

    :param base: the common ancestor of both.
    """
    in_mine, in_theirs = _pairs(form, base, mine), _pairs(form, base, theirs)
    items: list[T] = []
    clashes: list[MergeConflict[T]] = []
    for place, one in enumerate(base):
        my = None if place not in in_mine else mine[in_mine[place]]
        their = None if place not in in_theirs else theirs[in_theirs[place]]
        merged = _merged(form, one, my, their)
        if merged is _Clash.CLASH:
            clashes.append(MergeConflict(one, my, their))
        elif merged is not None:
            items.append(merged)
    my_new = [one for place, one in enumerate(mine) if place not in in_mine.values()]
    their_new = [one for place, one in enumerate(theirs) if place not in in_theirs.values()]
    for one in my_new:
        other = next((other for other in their_new if form.place(other) == form.place(one)), None)
        if other is None or other == one:
            items.append(one)
        else:
            clashes.append(MergeConflict(None, one, other))
    taken = [form.place(one) for one in my_new]
    items += [one for one in their_new if form.place(one) not in taken]
    at: dict[Any, list[T]] = {}
    for one in items:
        at.setdefault(form.place(one), []).append(one)
    # One was moved to, or added at, the position of the other.
    for group in at.values():
        for one, other in itertools.pairwise(group):
            is_theirs = any(one is new for new in their_new) or any(other is new for new in my_new)
            clashes.append(
                MergeConflict(None, other, one) if is_theirs else MergeConflict(None, one, other)
            )
    return MergedItems(
        tuple(at[place][0] for place in sorted(at) if len(at[place]) == 1), tuple(clashes)
    )


class _Clash(enum.Enum):
    CLASH = enum.auto()


def _merged(form: ItemForm[T], base: T, mine: T | None, theirs: T | None) -> T | _Clash | None:
    """One item, field by field; a conflict if a field has three values, or if one side removed an
    item that the other changed.
    """
    if theirs in (mine, base):
        return mine
    if mine == base:
        return theirs
    if mine is None or theirs is None:
        return _Clash.CLASH
    changed = {}
    for name in form.fields:
        was, my, their = (getattr(one, name) for one in (base, mine, theirs))
        if my != their and was not in (my, their):
            return _Clash.CLASH
        changed[name] = my if my != was else their
    return form.replace(base, **changed)


def _pairs(form: ItemForm[T], base: Sequence[T], version: Sequence[T]) -> dict[int, int]:
    """Index in the base → index of the same item in a version, if present."""
    pairs: dict[int, int] = {}
    for key in (None, *form.keys):
        for place, one in enumerate(base):
            if place in pairs:
                continue
            for other, candidate in enumerate(version):
                if other not in pairs.values() and _is_same(one, candidate, key):
                    pairs[place] = other
                    break
    return pairs


def _is_same(one: object, other: object, key: str | None) -> bool:
    """Whether they are equal in a field; in all fields if it is None."""
    if key is None:
        return one == other
    value = getattr(one, key)
    return value is not None and bool(value == getattr(other, key))
