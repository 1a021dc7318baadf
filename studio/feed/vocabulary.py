"""Controlled vocabularies: Apple's categories, and the podcast namespace's roles in English and
French.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Role(NamedTuple):
    """A role on a show. The French words are empty if the taxonomy has none."""

    group: str
    role: str
    group_fr: str
    role_fr: str


def table_rows(name: str) -> list[list[str]]:
    """The rows of a table beside this module, without its heading."""
    lines = files("studio.feed").joinpath(name).read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.split("\t")] for line in lines[1:]]


@cache
def apple_categories() -> dict[str, frozenset[str]]:
    """Apple's categories with their subcategories."""
    return {
        name: frozenset(filter(None, subs.split("; ")))
        for name, subs in table_rows("apple-categories.tsv")
    }


@cache
def person_roles() -> tuple[Role, ...]:
    """The roles of the podcast taxonomy."""
    return tuple(Role(*row) for row in table_rows("person-roles.tsv"))


def is_role(role: str, group: str) -> bool:
    """Whether the taxonomy has this role in this group, in English, case-insensitive."""
    return any(
        (known.role.lower(), known.group.lower()) == (role.lower(), group.lower())
        for known in person_roles()
    )


def english_role(role: str, group: str) -> tuple[str, str]:
    """Role and group in the taxonomy's English words, from English or French; unknown ones
    unchanged.
    """
    for known in person_roles():
        if role.casefold() in {known.role.casefold(), known.role_fr.casefold()} - {
            ""
        } and group.casefold() in {
            known.group.casefold(),
            known.group_fr.casefold(),
        }:
            return known.role, known.group
    # The group is often left at its default: a role that is unique in the taxonomy determines it.
    matches = [
        known
        for known in person_roles()
        if role.casefold() in {known.role.casefold(), known.role_fr.casefold()} - {""}
    ]
    return (matches[0].role, matches[0].group) if len(matches) == 1 else (role, group)


def french_role(role: str, group: str) -> str:
    """The taxonomy's French word of a role, or empty."""
    for known in person_roles():
        if (known.role, known.group) == (role, group):
            return known.role_fr
    return ""
