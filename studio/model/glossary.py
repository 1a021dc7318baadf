"""The show's glossary: recurring names, with their known misspellings."""

from __future__ import annotations

from collections.abc import Iterable

from studio.model.record import Record, replace_fields


class GlossaryName(Record, frozen=True):
    """One name with its correct spelling.

    :param wrong: misrecognised spellings, each of one or several words.
    :param used: in how many episodes it occurred; Whisper's prompt has the most used first.
    """

    name: str
    wrong: tuple[str, ...] = ()
    used: int = 1


class Glossary(Record, frozen=True):
    """``feed/glossary.toml``, in the order in which the names were added."""

    names: tuple[GlossaryName, ...] = ()

    def most_used(self, count: int) -> tuple[str, ...]:
        """At most this many names, the most used first, ties in the glossary's order."""
        return tuple(one.name for one in sorted(self.names, key=lambda one: -one.used)[:count])


def merge_names(glossary: Glossary, learnt: Iterable[GlossaryName]) -> Glossary:
    """The glossary with more names; a known name gets the new wrong spellings and the higher
    ``used`` of both.
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
