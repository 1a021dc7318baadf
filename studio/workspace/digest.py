"""Fingerprints of content: SHA-256 of files and of plain values."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from studio.errors import DiskError, WorkspaceError
from studio.file_access import open_file, read_file
from studio.model.record import Record, bytes_from_record, json_from_plain, record_from_bytes
from studio.workspace.disk import errors_name_place, write_file

# Hashing smaller files again is cheaper than caching their digest.
_LARGE_BYTES = 1_000_000

# A file changed twice within a clock tick keeps its timestamp: the digest of such a recent file is
# not cached.
_SETTLED_NS = 2_000_000_000


class _Seen(Record, frozen=True):
    size_bytes: int
    mtime_ns: int
    sha256: str


class _Memory(Record, frozen=True):
    files: dict[str, _Seen]


def digest_from_bytes(content: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def digest_from_file(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal.

    :raises DiskError: it cannot be read.
    """
    with errors_name_place(path), open_file(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def digest_from_plain(value: Any) -> str:
    """The SHA-256 of a plain value (dicts, lists, strings, numbers, None) in its JSON form."""
    return digest_from_bytes(json_from_plain(value))


class Digests:
    """SHA-256 of files; those of large ones are cached in ``memory`` as long as size and timestamp
    are unchanged.

    If the cache is lost or damaged, files are hashed again. Stages read the outputs of previous
    ones: until :meth:`forget`, a file of any size is only hashed once unless it changes.
    """

    def __init__(self, root: Path, memory: Path) -> None:
        self._root = root
        self._memory = memory
        self._changed = False
        self._files: dict[str, _Seen] = {}
        # Recently hashed files: with size, both times in ns, inode.
        self._recent: dict[str, tuple[tuple[int, int, int, int], str]] = {}
        with suppress(OSError, WorkspaceError):
            self._files = dict(record_from_bytes(read_file(memory), _Memory, memory).files)

    def of(self, path: Path) -> str | None:
        """The file's SHA-256 in hexadecimal; None if it is missing, a pipe or a device.

        :raises DiskError: it exists, but cannot be read.
        """
        try:
            facts = path.stat()
            if not (stat.S_ISREG(facts.st_mode) or stat.S_ISDIR(facts.st_mode)):
                return None
            if facts.st_size < _LARGE_BYTES:
                return self._of_small(path, facts)
        except (FileNotFoundError, NotADirectoryError):
            return None
        name = os.path.relpath(path, self._root)
        # Large files are only hashed again if size or time changed.
        seen = self._files.get(name)
        if seen is not None and (seen.size_bytes, seen.mtime_ns) == (
            facts.st_size,
            facts.st_mtime_ns,
        ):
            return seen.sha256
        with errors_name_place(path), open_file(path) as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        # A recently written file may change again within the resolution of its timestamp: its
        # digest is not cached.
        if time.time_ns() - facts.st_mtime_ns > _SETTLED_NS:
            self._files[name] = _Seen(
                size_bytes=facts.st_size, mtime_ns=facts.st_mtime_ns, sha256=sha256
            )
            self._changed = True
        return sha256

    def _of_small(self, path: Path, facts: os.stat_result) -> str:
        key = str(path)
        touched = (facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino)
        recent = self._recent.get(key)
        if recent is not None and recent[0] == touched:
            return recent[1]
        with errors_name_place(path):
            sha256 = digest_from_bytes(read_file(path))
        if time.time_ns() - max(facts.st_mtime_ns, facts.st_ctime_ns) > _SETTLED_NS:
            self._recent[key] = touched, sha256
        return sha256

    def forget(self) -> None:
        """Forget the digests of this stage."""
        self._recent.clear()

    def remember(self) -> None:
        """Store the cache. Only for the holder of the workspace lock; disk errors are ignored."""
        if self._changed:
            kept = {
                name: seen
                for name, seen in sorted(self._files.items())
                if (self._root / name).exists()
            }
            with suppress(DiskError):
                write_file(self._memory, bytes_from_record(_Memory(files=kept)))
