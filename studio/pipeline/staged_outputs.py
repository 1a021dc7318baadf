"""The outputs of a running stage: each file is written beside its final place until all are
complete.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from studio.errors import DiskError, WorkspaceError
from studio.messages.message import message
from studio.workspace.digest import digest_from_bytes
from studio.workspace.disk import (
    flush_file,
    flush_folder,
    fresh_path,
    has_content,
    is_same_file,
    link_or_copy,
    make_folder,
    put_in_place_of,
    remove_quietly,
    rename_unflushed,
    write_fresh,
)


class StagedOutputs:
    """The files of one run of one stage. Nothing appears under its final name before
    :meth:`put_in_place`.

    A file with the same bytes is not written again: it keeps its time stamp, and a show of many
    episodes is joined quickly.
    """

    def __init__(
        self,
        digest_of: Callable[[Path], str | None],
        linked_folder: Callable[[Path], Path | None] = lambda _: None,
    ) -> None:
        """Begin with nothing.

        :param digest_of: the SHA-256 of a file; None if it does not exist.
        :param linked_folder: the folder above a file that is a link and must not be one.
        """
        self._digest_of = digest_of
        self._linked_folder = linked_folder
        self._fresh: dict[Path, Path] = {}
        self._flushed: set[Path] = set()
        self._kept: dict[Path, str | None] = {}
        self._folders: set[Path] = set()

    def path(self, final: Path) -> Path:
        """The path to write the file that becomes ``final``: its folder exists, and its extension
        is the same.

        :raises DiskError: the folder cannot be made.
        :raises WorkspaceError: a link would lead the file elsewhere.
        """
        if (link := self._linked_folder(final)) is not None:
            raise WorkspaceError(
                link,
                message("is a link: files made here would be written to its target"),
                message("Remove that link, then run the same command again."),
            )
        make_folder(final.parent)
        self._kept.pop(final, None)
        fresh = self._fresh.setdefault(final, fresh_path(final))
        remove_quietly(fresh)
        return fresh

    def write(self, final: Path, content: bytes) -> None:
        """Write a whole file.

        :raises DiskError: the disk is full or the folder not writable.
        """
        if has_content(final, content):
            self._kept[final] = digest_from_bytes(content)
            return
        write_fresh(self.path(final), content)
        self._flushed.add(final)

    def keep(self, final: Path, digest: str) -> bool:
        """Keep a file if it has this SHA-256; whether it has."""
        with suppress(DiskError):
            if self._digest_of(final) == digest:
                self._kept[final] = digest
                return True
        return False

    def keep_untouched(self, final: Path, digest: str) -> None:
        """Leave a file as it is that is known to be there with this SHA-256."""
        self._kept[final] = digest

    def link(self, final: Path, source: Path) -> None:
        """Hard-link a finished file to a second name.

        :raises DiskError: the disk is full or the folder not writable.
        """
        if is_same_file(source, final):
            self._kept[final] = None
            return
        link_or_copy(source, self.path(final))
        self._flushed.add(final)

    @property
    def files(self) -> dict[Path, Path]:
        """Final path → current path."""
        return dict(self._fresh)

    @property
    def kept(self) -> dict[Path, str | None]:
        """Final path of each unchanged file → its SHA-256, if known."""
        return dict(self._kept)

    def flush(self) -> None:
        """Flush files that other packages wrote to the disk.

        :raises DiskError: the disk cannot be written.
        """
        for final, fresh in self._fresh.items():
            if final not in self._flushed:
                flush_file(fresh)

    def put_in_place(self, final: Path) -> None:
        """Give one file its final name, which survives a power cut after :meth:`flush_names`.

        :raises DiskError: the folder is not writable.
        """
        rename_unflushed(self._fresh[final], final)
        self._folders.add(final.parent)

    def flush_names(self) -> None:
        """Flush the new names to the disk: once a folder, however many files of it are new."""
        for folder in self._folders:
            flush_folder(folder)
        self._folders.clear()

    def put_in_place_of(self, final: Path, was: str | None, now: str) -> Path | None:
        """The same for a file that people edit: in place of a file of known content, as
        :func:`studio.workspace.disk.put_in_place_of`.

        :raises ChangedSinceError: another content is there; it stays.
        """
        return put_in_place_of(self._fresh[final], final, was, now)

    def discard(self) -> None:
        """Remove what was not put in place."""
        for fresh in self._fresh.values():
            remove_quietly(fresh)
