"""What an edit did: pieces of lists taken out and put in. Every edit is some of these, so every
edit can be undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from studio.model.record import Record, json_from_plain, plain_from_json, plain_from_record

# The lists that an episode's editor has, each of plain dicts.
LISTS = ("segments", "corrections", "chapters", "cuts", "decisions", "lessons", "drafts")
# What no file of the episode holds: it stays when the text is brought back to an earlier version.
NOT_TEXT = ("decisions", "lessons", "drafts")

Lists = dict[str, list[Any]]


def as_plain(record: object) -> Any:
    """The record as it will be read back from the journal: dicts and lists, no tuples, so that both
    can be compared.
    """
    return plain_from_json(json_from_plain(plain_from_record(record), indent=-1))


class Patch(Record, frozen=True):
    """``removed`` stood at place ``at`` of a list, and ``inserted`` stands there now."""

    list: str
    at: int
    removed: tuple[Any, ...]
    inserted: tuple[Any, ...]


def patch_from_documents(name: str, before: Sequence[Any], after: Sequence[Any]) -> Patch | None:
    """The one splice that turns a list into another; None when they are alike."""
    first = 0
    shortest = min(len(before), len(after))
    while first < shortest and before[first] == after[first]:
        first += 1
    last = 0
    while last < shortest - first and before[-1 - last] == after[-1 - last]:
        last += 1
    removed, inserted = before[first : len(before) - last], after[first : len(after) - last]
    if not removed and not inserted:
        return None
    return Patch(list=name, at=first, removed=tuple(removed), inserted=tuple(inserted))


def patches_from_documents(before: Lists, after: Lists) -> tuple[Patch, ...]:
    """What turns all lists into the others."""
    return tuple(
        splice
        for name in LISTS
        if (splice := patch_from_documents(name, before[name], after[name])) is not None
    )


def inverse(splices: Iterable[Patch]) -> tuple[Patch, ...]:
    """What takes them back."""
    return tuple(
        Patch(list=splice.list, at=splice.at, removed=splice.inserted, inserted=splice.removed)
        for splice in reversed(list(splices))
    )


def patched(lists: Lists, splices: Iterable[Patch]) -> Lists | None:
    """The lists after these splices; None where something else stands by now than what they would
    take out.
    """
    result = {name: list(items) for name, items in lists.items()}
    for splice in splices:
        items = result[splice.list]
        end = splice.at + len(splice.removed)
        if end > len(items) or items[splice.at : end] != list(splice.removed):
            return None
        items[splice.at : end] = splice.inserted
    return result
