"""The files of an episode to which edits are written, and the last written content of each."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Collection, Mapping
from pathlib import Path

from studio.editor.documents import chapters_of
from studio.editor.file_revisions import (
    NOT_YET,
    FileRevisions,
    FileVersion,
    JournalNote,
    note_of,
    read_file_revisions,
    write_file_revisions,
)
from studio.editor.glossary_edits import apply_glossary_edits
from studio.editor.patches import Documents, ListName
from studio.errors import DiskError
from studio.file_access import read_file
from studio.model.margin_note import MarginNotes
from studio.model.record import bytes_from_record
from studio.workspace.digest import digest_from_bytes
from studio.workspace.disk import (
    ChangedSinceError,
    copy_rights,
    discard_replaced,
    errors_name_place,
    fresh_path,
    make_folder,
    put_in_place_of,
    remove_leftovers,
    remove_quietly,
    write_fresh,
)
from studio.workspace.run_lock import hold_file
from studio.workspace.settings import toml_with_cuts
from studio.workspace.sources import EpisodeSources

Signature = tuple[int, ...]
_NEVER_WRITTEN = FileRevisions(last=FileVersion(revision=1, sha256=None))


@dataclasses.dataclass(frozen=True)
class Snapshot:
    """The documents at a point in time.

    :param revision: the last edit included.
    :param journal_bytes: the length of the journal then.
    """

    documents: Documents
    revision: int
    journal_bytes: int


class EditedFiles:
    """Transcript, settings (with the cuts), chapters and margin notes of one episode, and the
    show's glossary.

    A file is only written if it still has the content that was last read or written; otherwise this
    raises :class:`studio.workspace.disk.ChangedSinceError`, and the caller reads again.
    """

    def __init__(self, sources: EpisodeSources) -> None:
        files = sources.files
        self._sources = sources
        self._holding: dict[Path, tuple[ListName, ...]] = {
            files.transcript: ("segments", "corrections"),
            files.settings: ("cuts",),
            files.chapters: ("chapters",),
            files.margin_notes: ("notes",),
        }
        self._note = note_of(files.journal)
        self._known: dict[Path, FileVersion] = {}
        self._signatures: dict[Path, Signature | None] = {}
        self._seen: dict[Path, tuple[Signature | None, str | None]] = {}
        self._glossary_edits = 0
        self._replaced: list[Path] = []
        for folder in (files.texts, files.folder):
            remove_leftovers(folder)

    @property
    def holding(self) -> Mapping[Path, tuple[ListName, ...]]:
        """The lists in each file."""
        return self._holding

    def revisions(self) -> dict[ListName, int] | None:
        """The revision of each list in its file, including ``glossary_edits``; None if unknown.

        For a file that another program wrote since: the revision that it replaced.
        """
        note = read_file_revisions(self._note)
        # Records of earlier versions have no margin notes, and their journals no edits of them.
        known = {self._sources.files.margin_notes.name: _NEVER_WRITTEN} | (
            note.files if note else {}
        )
        if note is None or any(path.name not in known for path in self._holding):
            return None
        found: dict[ListName, int] = {"glossary_edits": note.glossary_edits}
        self._glossary_edits = note.glossary_edits
        for path, names in self._holding.items():
            given = known[path.name]
            version = given.version_of(_digest(path))
            if version is not None:
                self._known[path] = version
            base = version or given.coming or given.last
            found |= dict.fromkeys(names, base.revision)
        return found

    def has_changed(self) -> bool:
        """Whether another program wrote, created or removed one of the files."""
        return self._signatures != {path: _signature(path) for path in self._holding}

    def others(self) -> set[ListName]:
        """The lists whose files have changed since they were last read or written.

        Call it before reading the files: later changes are found the next time. Call :meth:`adopt`
        after reading.
        """
        self._seen = {path: (_signature(path), _digest(path)) for path in self._holding}
        return {
            name
            for path, names in self._holding.items()
            if path not in self._known or self._known[path].sha256 != self._seen[path][1]
            for name in names
        }

    def adopt(self, others: Collection[ListName], revision: int, journal_bytes: int) -> None:
        """Record that the changes from :meth:`others` have been read and are in the journal at this
        revision.

        If this cannot be recorded, they are read once more.
        """
        for path, names in self._holding.items():
            self._signatures[path], digest = self._seen[path]
            if set(names) & set(others):
                self._known[path] = FileVersion(revision=revision, sha256=digest)
        with contextlib.suppress(DiskError):
            self.note(journal_bytes)

    def note(self, journal_bytes: int, coming: Mapping[Path, FileVersion] | None = None) -> None:
        """Store the revisions of the files.

        :raises DiskError: it cannot be written.
        """
        files = {
            path.name: FileRevisions(last=version, coming=(coming or {}).get(path))
            for path, version in self._known.items()
        }
        write_file_revisions(
            self._note,
            JournalNote(
                files=files, glossary_edits=self._glossary_edits, journal_bytes=journal_bytes
            ),
        )

    def write(self, snapshot: Snapshot, before: Documents, changed: Collection[ListName]) -> None:
        """Write the changed lists to their files, each atomically.

        :param before: the content of the files: only the difference is written to the show's
            glossary.
        :raises ChangedSinceError: another program wrote a file since it was read; that version is
            kept in place.
        :raises DiskError: the disk is full or a folder not writable.
        """
        workspace, settings = self._sources.workspace, self._sources.files.settings
        with contextlib.ExitStack() as held:
            if set(self._holding[settings]) & set(changed):
                held.enter_context(hold_file(workspace.state, workspace.relative(settings)))
            contents = {
                path: self._content(path, snapshot)
                for path, names in self._holding.items()
                if set(names) & set(changed)
            }
            versions = {
                path: FileVersion(revision=snapshot.revision, sha256=digest_from_bytes(content))
                for path, content in contents.items()
            }
            # Recorded before writing: after a crash in between, the file is recognised as this
            # session's own.
            if versions:
                self.note(NOT_YET, versions)
            for path, content in contents.items():
                # write_known replaces the file only if it still has the known content.
                if versions[path].sha256 != self._known[path].sha256:
                    self._signatures[path], replaced = write_known(
                        path, content, self._known[path].sha256
                    )
                    self._replaced += [replaced] if replaced is not None else []
                self._known[path] = versions[path]
        if "glossary_edits" in changed:
            apply_glossary_edits(
                workspace, snapshot.documents.glossary_edits, before.glossary_edits
            )
        self._glossary_edits = snapshot.revision
        self.note(snapshot.journal_bytes)

    def settle(self) -> tuple[Path, ...]:
        """Remove the files that were replaced.

        :returns: the path of a version that was written into one of them afterwards.
        """
        replaced, self._replaced = self._replaced, []
        return tuple(kept for path in replaced if (kept := discard_replaced(path)) is not None)

    def _content(self, path: Path, snapshot: Snapshot) -> bytes:
        files, documents = self._sources.files, snapshot.documents
        if path == files.transcript:
            return bytes_from_record(documents.transcript)
        if path == files.margin_notes:
            return bytes_from_record(MarginNotes(notes=documents.notes))
        if path == files.chapters:
            return bytes_from_record(chapters_of(documents, self._sources))
        try:
            with errors_name_place(path):
                return toml_with_cuts(read_file(path), documents.cuts, path)
        except FileNotFoundError:
            raise ChangedSinceError(path) from None


def write_known(
    path: Path, content: bytes, was: str | None
) -> tuple[Signature | None, Path | None]:
    """Write a file, replacing only known content.

    :param was: SHA-256 of the current content, None if missing.
    :returns: the state of the new file, and the temporary path of the old one.
    """
    make_folder(path.parent)
    fresh = fresh_path(path)
    write_fresh(fresh, content)
    try:
        copy_rights(path, fresh)
        signature = _signature(fresh)
        replaced = put_in_place_of(fresh, path, was, digest_from_bytes(content))
    finally:
        remove_quietly(fresh)
    return signature, replaced


def _digest(path: Path) -> str | None:
    try:
        with errors_name_place(path):
            return digest_from_bytes(read_file(path))
    except FileNotFoundError:
        return None


def _signature(path: Path) -> Signature | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)
