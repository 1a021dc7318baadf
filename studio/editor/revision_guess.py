"""For journals of earlier versions without recorded revisions, infer the files' revisions from
content and timestamps.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path

from studio.editor.documents import chapters_of
from studio.editor.journal import JournalEntry
from studio.editor.patches import LISTS, Documents, Item, ListName, inverse, list_of, patched
from studio.workspace.sources import EpisodeSources

# A file written this much later than an edit that it lacks was written by another program.
_LATEST_WRITE_S = 10.0


def infer_revisions(
    entries: Sequence[JournalEntry],
    now: Documents,
    found: Documents,
    holding: Mapping[Path, tuple[ListName, ...]],
    sources: EpisodeSources,
) -> dict[ListName, int]:
    """Infer the revision of each list in its file.

    A list equal to an earlier revision, in a file that was not written later, lacks the edits
    since. Any other list that differs from the journal was changed by another program.

    :param now: the documents at the last revision.
    :param found: the content of the files.
    :param holding: the lists in each file.
    """
    revisions = dict.fromkeys(LISTS, len(entries))
    revisions["glossary_edits"] = _glossary_revision(entries, sources.workspace.glossary)
    chapters = sources.chapters() if sources.files.chapters.is_file() else None
    # The files that differ from the last revision; the others have it.
    waiting = {
        path: {name: _Comparison(list_of(found, name)) for name in names}
        for path, names in holding.items()
        if any(list_of(found, name) != list_of(now, name) for name in names)
    }
    # Go back through the journal until each of them matches.
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
    """Its time, in seconds like file timestamps."""
    return datetime.datetime.fromisoformat(entry.at).timestamp()


def _glossary_revision(entries: Sequence[JournalEntry], glossary: Path) -> int:
    """The added names that were written to the glossary: all except the last ones before a kill, if
    the file is older.
    """
    written = glossary.stat().st_mtime if glossary.is_file() else 0.0
    for entry in reversed(entries[1:]):
        if moment_of(entry) < max(written, moment_of(entries[-1]) - _LATEST_WRITE_S):
            return entry.revision
    return 1


class _Comparison:
    """Compares a long list with many similar ones, starting at the last difference."""

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
