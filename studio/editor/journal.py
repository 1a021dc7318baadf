"""The journal: every edit as one line, flushed to the disk before any other file is changed.
Append-only.
"""

from __future__ import annotations

import datetime
import io
import os
from pathlib import Path

from studio.editor.patches import DecisionsPatch, Documents, Patch, patched
from studio.errors import WorkspaceError
from studio.file_access import open_file, read_file, refuse_link
from studio.messages.message import message
from studio.model.record import (
    Record,
    json_from_plain,
    plain_from_json,
    plain_from_record,
    record_from_bytes,
    record_from_plain,
)
from studio.workspace.disk import all_errors_name_place, errors_name_place, make_folder


class JournalEntry(Record, frozen=True):
    """One edit.

    :param revision: 1, 2, 3…
    :param at: time, ISO 8601 with time zone.
    :param client: the page's id; empty if it was made outside of the editor.
    :param kind: the kind of change: the edit's name, ``opened``, ``outside``, ``undo``, ``redo`` or
        ``restore``.
    :param request: the page's id of the request, so that it is executed once.
    :param target: the revision to which an undo, a redo or a restore refers.
    :param author: the editor's own name for themselves; empty if not given.
    """

    revision: int
    at: str
    client: str
    kind: str
    patches: tuple[Patch, ...]
    request: str = ""
    target: int | None = None
    author: str = ""


# The names of an entry's patches, and of the list of added names, in Studio 0.2. They cannot occur
# inside texts, where JSON escapes quotation marks.
_OLD_PATCHES = "splices"
_OLD_LISTS = {"lessons": "glossary_edits"}
_OLD_SIGN = f'"{_OLD_PATCHES}":'.encode()


def _entry_from_line(line: bytes, where: str) -> JournalEntry:
    """Parse a line of this or an earlier version.

    :raises WorkspaceError: it is damaged.
    """
    if _OLD_SIGN not in line:
        return record_from_bytes(line, JournalEntry, where)
    try:
        plain = plain_from_json(line)
        patches = [
            {**patch, "list": _OLD_LISTS.get(patch["list"], patch["list"])}
            for patch in plain[_OLD_PATCHES]
        ]
    except (ValueError, TypeError, KeyError):
        return record_from_bytes(line, JournalEntry, where)
    return record_from_plain({**plain, "patches": patches}, JournalEntry, where)


def read_entries(path: Path) -> list[JournalEntry]:
    """All entries. An incomplete last line (after a crash) is removed.

    :raises WorkspaceError: another line is damaged.
    """
    try:
        with errors_name_place(path):
            content = read_file(path)
    except FileNotFoundError:
        return []
    # An entry is only valid with its line break, which is written last.
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) != len(content):
        with errors_name_place(path):
            refuse_link(path)
            with path.open("rb+") as stream:
                stream.truncate(len(whole))
    entries = [
        _entry_from_line(line, f"{path}, line {number}")
        for number, line in enumerate(whole.splitlines(), 1)
    ]
    for number, entry in enumerate(entries, 1):
        if entry.revision != number:
            raise WorkspaceError(
                f"{path}, line {number}",
                message("has the revision {revision}", revision=entry.revision),
                message("Move the file away to start a new one."),
            )
        if not _is_moment(entry.at):
            raise WorkspaceError(
                f"{path}, line {number}",
                message("has no valid date and time (“{at}”)", at=entry.at),
                message("Move the file away to start a new one."),
            )
    return entries


def _is_moment(text: str) -> bool:
    """Whether it is a date and time with time zone, which can be compared."""
    try:
        return datetime.datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def count_entries(path: Path, length: int) -> int:
    """The number of entries in the first bytes of a journal."""
    try:
        with errors_name_place(path), open_file(path) as stream:
            return stream.read(length).count(b"\n")
    except FileNotFoundError:
        return 0


def append_entry(path: Path, entry: JournalEntry) -> int:
    """Append one entry and flush it to the disk.

    :returns: the journal's length in bytes.
    :raises DiskError: the disk is full or the folder not writable; the journal is unchanged.
    """
    make_folder(path.parent)
    line = json_from_plain(plain_from_record(entry), indent=-1).replace(b"\n", b"") + b"\n"
    with all_errors_name_place(path), _opened_to_append(path) as stream:
        size = stream.tell()
        try:
            written = 0
            while written < len(line):
                written += stream.write(line[written:])
            os.fsync(stream.fileno())
        except OSError:
            stream.truncate(size)
            raise
        return size + len(line)


def _opened_to_append(path: Path) -> io.FileIO:
    refuse_link(path)
    return path.open("ab", buffering=0)


def decided_keys(journal: Path) -> set[str]:
    """The keys of decided doubts, in the journal's complete lines."""
    try:
        content = read_file(journal)
    except FileNotFoundError:
        return set()
    documents = Documents(language="")
    for number, line in enumerate(content[: content.rfind(b"\n") + 1].splitlines(), 1):
        entry = _entry_from_line(line, f"{journal}, line {number}")
        decisions = [patch for patch in entry.patches if isinstance(patch, DecisionsPatch)]
        documents = patched(documents, decisions) or documents
    return {decision.key for decision in documents.decisions}
