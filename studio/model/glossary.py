"""The show's glossary: recurring names, with their known misspellings."""

from __future__ import annotations

from collections.abc import Iterable

from studio.model.record import Record, replace_fields


class GlossaryName(Record, frozen=True):
    """One name as it is spelled right.

    :param wrong: spellings that were heard instead, each of one word or several.
    :param used: in how many episodes it has come up; the most used are given to Whisper first.
    """

    name: str
    wrong: tuple[str, ...] = ()
    used: int = 1


class Glossary(Record, frozen=True):
    """``feed/glossary.toml``, in the order in which the names were learnt."""

    names: tuple[GlossaryName, ...] = ()

    def most_used(self, count: int) -> tuple[str, ...]:
        """At most this many names, the most used first, else in the glossary's order."""
        return tuple(one.name for one in sorted(self.names, key=lambda one: -one.used)[:count])


def merge_names(glossary: Glossary, learnt: Iterable[GlossaryName]) -> Glossary:
    """The glossary with more names; a known name gains the new wrong spellings, and ``used`` is the
    higher of both.
    """
    names = {one.name: one for one in glossary.names}
    for one in learnt:
        known = names.get(one.name)
        if known is None:
            names[one.name] = one
        else:
            wrong = tuple(dict.fromkeys((*known.wrong, *one.wrong)))
            names[one.name] = replace_fields(known, wrong=wrong, used=max(known.used, one.used))
    return Glossary(names=tuple(names.values()))
