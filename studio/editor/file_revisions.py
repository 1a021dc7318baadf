"""The revision of each file of the episode, stored beside the journal.

After a kill, or later, this distinguishes an edit that was not written to its file from a file that
another program wrote. Timestamps cannot: clocks may be set back, and copies get new times.
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
# Marks a journal with edits that are not in the files yet: no journal has this length.
NOT_YET = -1
# The name of glossary edits in Studio 0.2.
_OLD_KEY = b'"lessons":'


class FileVersion(Record, frozen=True):
    """The revision of a file's content.

    :param sha256: hexadecimal; None if the file is missing.
    """

    revision: int
    sha256: str | None


class FileRevisions(Record, frozen=True):
    """The last version written to a file, and the one being written: after a kill it has either."""

    last: FileVersion
    coming: FileVersion | None = None

    def version_of(self, sha256: str | None) -> FileVersion | None:
        """The version with this content; None if another program wrote it."""
        known = (self.last,) if self.coming is None else (self.coming, self.last)
        return next((version for version in known if version.sha256 == sha256), None)


class JournalNote(Record, frozen=True):
    """``transcripts/<slug>/.journal/written.json``.

    :param files: by name.
    :param glossary_edits: the show's glossary has the added names up to this revision.
    :param journal_bytes: the length of the journal up to which the files hold every edit.
    """

    files: dict[str, FileRevisions]
    glossary_edits: int
    journal_bytes: int
    schema: int = 2


def note_of(journal: Path) -> Path:
    """The path of a journal's record."""
    return journal.with_name("written.json")


def is_ahead(journal: Path) -> bool:
    """Whether the journal may have edits that the files lack."""
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
    """The record; None if there is none (journals of earlier versions), or if it is damaged."""
    try:
        content = read_file(path)
        if _OLD_KEY in content:
            old = plain_from_json(content)
            return record_from_plain({**old, "glossary_edits": old["lessons"]}, JournalNote, path)
        return record_from_bytes(content, JournalNote, path)
    except (OSError, WorkspaceError, ValueError, TypeError, KeyError):
        return None


def write_file_revisions(path: Path, written: JournalNote) -> None:
    """Store the record.

    :raises DiskError: it cannot be written.
    """
    write_file(path, bytes_from_record(written))
