"""Journals of an older Studio have no note beside them that tells what the files hold: found by
comparing, and by times.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path

from studio.editor.documents import chapters_of
from studio.editor.journal import JournalEntry
from studio.editor.patches import LISTS, Documents, Item, ListName, inverse, list_of, patched
from studio.workspace.sources import EpisodeSources

# A file written this much later than an edit that it lacks was written by another person.
_LATEST_WRITE_S = 10.0


def infer_revisions(
    entries: Sequence[JournalEntry],
    now: Documents,
    found: Documents,
    holding: Mapping[Path, tuple[ListName, ...]],
    sources: EpisodeSources,
) -> dict[ListName, int]:
    """Which revision of each list its file holds, however long ago that was.

    A list that is as it was at an earlier revision, in a file that was not written later, never got
    the edits since. Any other list that differs from the journal was changed by another person.

    :param now: the documents at the last revision.
    :param found: what the files hold.
    :param holding: the lists that each file holds.
    """
    revisions = dict.fromkeys(LISTS, len(entries))
    revisions["glossary_edits"] = _glossary_revision(entries, sources.workspace.glossary)
    chapters = sources.chapters() if sources.files.chapters.is_file() else None
    # The files that differ from the last revision; the others hold it.
    waiting = {
        path: {name: _Comparison(list_of(found, name)) for name in names}
        for path, names in holding.items()
        if any(list_of(found, name) != list_of(now, name) for name in names)
    }
    # Back through the journal, until each of them is found as it once was.
    then = now
    for entry in reversed(entries[1:]):
        earlier = patched(then, inverse(entry.patches))
        if earlier is None or not waiting:
            break
        then = earlier
        touched = {patch.list_name for patch in entry.patches}
        for path, comparisons in list(waiting.items()):
            moves_chapters = "chapters" in comparisons and bool(touched & {"chapters", "cuts"})
            if not (moves_chapters or touched & set(comparisons)):
                continue
            alike = all(
                comparison.is_alike(list_of(then, name)) for name, comparison in comparisons.items()
            )
            if alike or (moves_chapters and chapters_of(then, sources) == chapters):
                del waiting[path]
                if not path.is_file() or path.stat().st_mtime <= moment_of(entry) + _LATEST_WRITE_S:
                    revisions |= dict.fromkeys(comparisons, entry.revision - 1)
    return revisions


def moment_of(entry: JournalEntry) -> float:
    """When it was made, in seconds as files have them."""
    return datetime.datetime.fromisoformat(entry.at).timestamp()


def _glossary_revision(entries: Sequence[JournalEntry], glossary: Path) -> int:
    """The names taught that reached the glossary: all but those of the last moments before Studio
    was killed, if it is older.
    """
    written = glossary.stat().st_mtime if glossary.is_file() else 0.0
    for entry in reversed(entries[1:]):
        if moment_of(entry) < max(written, moment_of(entries[-1]) - _LATEST_WRITE_S):
            return entry.revision
    return 1


class _Comparison:
    """Compares a long list with many that are nearly it: where they differed last is looked at
    first.
    """

    def __init__(self, wanted: Sequence[Item]) -> None:
        self._wanted = wanted
        self._place = 0

    def is_alike(self, other: Sequence[Item]) -> bool:
        if len(other) != len(self._wanted):
            return False
        if self._place < len(other) and other[self._place] != self._wanted[self._place]:
            return False
        for place, (one, two) in enumerate(zip(self._wanted, other, strict=True)):
            if one != two:
                self._place = place
                return False
        return True
