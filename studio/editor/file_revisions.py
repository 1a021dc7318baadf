"""Which revision each file of the episode holds, kept beside the journal.

After a kill, or on another day, this distinguishes an edit that never reached its file from a file
that another program wrote. The times of files cannot: clocks are set back, copies get new times.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from studio.errors import WorkspaceError
from studio.file_access import read_file
from studio.messages.message import message
from studio.model.record import (
    Record,
    bytes_from_record,
    plain_from_json,
    record_from_bytes,
    record_from_plain,
)
from studio.workspace.disk import write_file
from studio.workspace.layout import Workspace

# Message of read-only commands for an episode with a journal ahead of its files.
AHEAD = message(
    "the editor's journal may have edits that are not in the files yet; a run writes them there"
)
# Stands for a journal with edits that are not in the files yet: no journal has this length.
NOT_YET = -1
# How Studio 0.2 called the glossary's edits.
_OLD_KEY = b'"lessons":'


class FileVersion(Record, frozen=True):
    """A file's content: that of a revision of the journal.

    :param sha256: hexadecimal; None where the file is not there.
    """

    revision: int
    sha256: str | None


class FileRevisions(Record, frozen=True):
    """What a file was given last, and what it is being given: after a kill it holds one of both."""

    last: FileVersion
    coming: FileVersion | None = None

    def version_of(self, sha256: str | None) -> FileVersion | None:
        """Which of both has this content; None when another program wrote it."""
        known = (self.last,) if self.coming is None else (self.coming, self.last)
        return next((version for version in known if version.sha256 == sha256), None)


class JournalNote(Record, frozen=True):
    """``transcripts/<slug>/.journal/written.json``.

    :param files: by their names.
    :param glossary_edits: the show's glossary has the names taught up to this revision.
    :param journal_bytes: the length of the journal up to which the files hold every edit.
    """

    files: dict[str, FileRevisions]
    glossary_edits: int
    journal_bytes: int
    schema: int = 2


def note_of(journal: Path) -> Path:
    """Where the note about a journal is kept."""
    return journal.with_name("written.json")


def is_ahead(journal: Path) -> bool:
    """Whether the journal may hold edits that the files do not."""
    try:
        length = journal.stat().st_size
    except OSError:
        return False
    written = read_file_revisions(note_of(journal))
    return written is None or written.journal_bytes != length


def slugs_ahead(workspace: Workspace, slugs: Iterable[str]) -> list[str]:
    """Those of the episodes whose journal may hold edits that the files do not."""
    return [
        slug
        for slug in slugs
        if workspace.has_journal(slug) and is_ahead(workspace.episode(slug).journal)
    ]


def read_file_revisions(path: Path) -> JournalNote | None:
    """The note; None where there is none, as beside a journal of an older Studio, or it is
    damaged.
    """
    try:
        content = read_file(path)
        if _OLD_KEY in content:
            old = plain_from_json(content)
            return record_from_plain({**old, "glossary_edits": old["lessons"]}, JournalNote, path)
        return record_from_bytes(content, JournalNote, path)
    except (OSError, WorkspaceError, ValueError, TypeError, KeyError):
        return None


def write_file_revisions(path: Path, written: JournalNote) -> None:
    """Keep the note.

    :raises DiskError: it cannot be written.
    """
    write_file(path, bytes_from_record(written))
