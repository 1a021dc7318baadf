"""Atomic writes: a file is written under a temporary name, flushed to the disk, then renamed."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from studio.errors import ConflictError, DiskError, StudioError, error_from_os
from studio.file_access import open_file, read_file
from studio.messages.message import message
from studio.progress import Progress, no_progress
from studio.temporary_folder import FRESH, own_name
from studio.workspace.atomic_exchange import exchange_files
from studio.workspace.temporary_files import is_abandoned, owner_of_this_process

# FRESH is followed by the owner of the file (see temporary_files.py), then the last characters of
# its final name, including its suffix. File systems allow 255 bytes for a name; these take 160 at
# most, the owner about 35, the digests 41.
_NAME_CHARACTERS = 40
# A file that replaces a known one has the first characters of the SHA-256 of both in its name, so
# that after a kill the old and the new content can be distinguished from a third one, a user's.
_DIGEST_CHARACTERS = 16
_EXCHANGED = re.compile(r"was-([0-9a-f]{16})-now-([0-9a-f]{16})\.")

_CHUNK_BYTES = 1 << 20


@contextmanager
def errors_name_place(path: Path) -> Iterator[None]:
    """Convert operating system errors to errors about this path with a remedy, except for missing
    files, which callers often expect.
    """
    try:
        yield
    except FileNotFoundError:
        raise  # each caller handles a missing file differently
    except OSError as error:
        raise _described(error, path) from error


def _described(error: OSError, path: Path) -> StudioError:
    described = error_from_os(error, path)
    return type(described)(own_name(described.where), described.what, described.remedy)


@contextmanager
def all_errors_name_place(path: Path) -> Iterator[None]:
    """As :func:`errors_name_place`, for callers that know that files and folders existed: a missing
    one is an error, too.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise DiskError(
            own_name(error.filename or path),
            message("is missing, or was moved at this moment"),
            message("Put it back, then run the same command again."),
        ) from error
    except OSError as error:
        raise _described(error, path) from error


class ChangedSinceError(ConflictError):
    """Another program wrote or removed the file since it was read; it is left as it is."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            message("was changed by another program at the same moment; that version was kept"),
            message("Run the same command again."),
        )


def fresh_path(path: Path) -> Path:
    """The temporary path of a file that is being written: in the same folder, so that it can be
    renamed.

    Each call returns another name, which contains the owning process, so that no other process
    writes it or cleans it up.
    """
    return path.with_name(f"{FRESH}{owner_of_this_process()}.{path.name[-_NAME_CHARACTERS:]}")


def make_folder(folder: Path) -> None:
    """Make a folder and its parents.

    :raises DiskError: it cannot be made.
    """
    with all_errors_name_place(folder):
        folder.mkdir(parents=True, exist_ok=True)


def _only_mine(path: str, flags: int) -> int:
    """Create a file that only its owner may read."""
    return os.open(path, flags, 0o600)


def write_fresh(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write a new file and flush it to the disk; an incomplete file is removed.

    :param private: only this user may read it.
    :raises DiskError: the disk is full or the folder not writable.
    """
    try:
        with (
            all_errors_name_place(path),
            open(path, "xb", opener=_only_mine if private else None) as stream,
        ):  # Path.open does not support an opener
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        remove_quietly(path)
        raise


def has_content(path: Path, content: bytes) -> bool:
    """Whether a file has exactly this content."""
    try:
        return path.stat().st_size == len(content) and read_file(path) == content
    except OSError:
        return False


def is_same_file(path: Path, other: Path) -> bool:
    """Whether these are hard links of one file."""
    try:
        return path.samefile(other)
    except OSError:
        return False


def flush_file(path: Path) -> None:
    """Flush a file that another program wrote to the disk.

    :raises DiskError: the disk fails.
    """
    with all_errors_name_place(path), path.open("rb+") as stream:
        os.fsync(stream.fileno())


def put_in_place(fresh: Path, path: Path) -> None:
    """Rename a complete file to its name, atomically replacing an existing one.

    :raises DiskError: the folder is not writable.
    """
    rename_unflushed(fresh, path)
    flush_folder(path.parent)


def rename_unflushed(fresh: Path, path: Path) -> None:
    """The same for one of many files: call :func:`flush_folder` afterwards, so that all new names
    in the folder survive a power failure.

    :raises DiskError: the folder is not writable.
    """
    with all_errors_name_place(path):
        fresh.replace(path)


def put_in_place_of(fresh: Path, path: Path, was: str | None, now: str) -> Path | None:
    """Rename a complete file, replacing only a file of known content.

    The existing file is exchanged atomically with the new one and then compared: a version saved by
    another program in between is put back. A program that has the old file open may still write
    into it: :func:`discard_replaced` checks again.

    :param was: SHA-256 of the file to be replaced, hexadecimal; None if there is none.
    :param now: SHA-256 of the new one.
    :returns: the current path of the old file, for :func:`discard_replaced`; None if there was
        none.
    :raises ChangedSinceError: the file has another content or is missing; it was left or put back.
    :raises DiskError: the folder is not writable.
    """
    with all_errors_name_place(path):
        if was is None:
            try:
                _take_name(fresh, path)
            except FileExistsError:
                raise ChangedSinceError(path) from None
            flush_folder(path.parent)
            return None
        # The name of the new file identifies it for the next start, in case this process is killed
        # between the steps.
        other = _exchanged_path(path, was, now)
        fresh.rename(other)
        try:
            exchange_files(other, path, _exchanged_path(path, was, now))
        except FileNotFoundError:
            remove_quietly(other)
            raise ChangedSinceError(path) from None
        except OSError:
            other.rename(fresh)
            raise
        if _digest(other) != was:
            _give_back(other, path, was, now)
            raise ChangedSinceError(path)
    flush_folder(path.parent)
    return other


def _exchanged_path(path: Path, was: str, now: str) -> Path:
    mark = f"was-{was[:_DIGEST_CHARACTERS]}-now-{now[:_DIGEST_CHARACTERS]}"
    return path.with_name(
        f"{FRESH}{owner_of_this_process()}.{mark}.{path.name[-_NAME_CHARACTERS:]}"
    )


def _give_back(other: Path, path: Path, was: str, now: str) -> None:
    """Undo an exchange that removed unexpected content. A version saved in the meantime is kept
    under another name.
    """
    exchange_files(other, path, _exchanged_path(path, was, now))
    if _digest(other) == now:
        remove_quietly(other)
    else:
        keep_beside(other, path)


def discard_replaced(replaced: Path) -> Path | None:
    """Remove a file that :func:`put_in_place_of` replaced, unless it was written since.

    :returns: the path of such a version.
    """
    found = _EXCHANGED.search(replaced.name)
    digest = _digest(replaced)
    if found is None or digest is None or digest[:_DIGEST_CHARACTERS] in found.groups():
        remove_quietly(replaced)
        return None
    return keep_beside(replaced, replaced.with_name(replaced.name[found.end() :]))


def keep_beside(file: Path, path: Path) -> Path:
    """Keep a file as a user's version of ``path``: beside it, with the first free number
    (``transcript.edited-1.json``).

    :raises DiskError: the folder is not writable.
    """
    with all_errors_name_place(path):
        while True:
            aside = edited_path(path)
            with suppress(FileExistsError):
                _take_name(file, aside)
                return aside


def edited_path(path: Path) -> Path:
    """The path for a user's version: beside the file, with the first free number
    (``transcript.edited-1.json``).
    """
    number = 1
    while (aside := path.with_name(f"{path.stem}.edited-{number}{path.suffix}")).exists():
        number += 1
    return aside


def _take_name(fresh: Path, path: Path) -> None:
    """Rename a file to a free name: FileExistsError otherwise."""
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        fresh.rename(path)
    else:
        remove_quietly(fresh)


def _digest(path: Path) -> str | None:
    try:
        with open_file(path) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def write_file(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write a file atomically; its folder is created if needed. An existing file's permissions are
    kept.

    :param private: only this user may read it, from its creation on.
    :raises DiskError: the disk is full or the folder not writable; the file that was there is
        untouched.
    """
    make_folder(path.parent)
    clear_leftovers(path)
    fresh = fresh_path(path)
    write_fresh(fresh, content, private=private)
    try:
        if not private:
            copy_rights(path, fresh)
        put_in_place(fresh, path)
    except BaseException:
        remove_quietly(fresh)
        raise


def copy_rights(path: Path, fresh: Path) -> None:
    """Give a new file the permissions of the file that it replaces, or the default ones."""
    with suppress(OSError):
        shutil.copymode(path, fresh)


def clear_leftovers(path: Path) -> None:
    """Remove temporary files of killed processes for this path."""
    with suppress(OSError):
        for leftover in path.parent.glob(f"{FRESH}*"):
            if leftover.name.endswith(f".{path.name[-_NAME_CHARACTERS:]}"):
                _clear(leftover)


def _clear(leftover: Path) -> Path | None:
    """Remove a temporary file without an owner; if it has a user's text, keep that beside the file,
    and return its path.
    """
    if not is_abandoned(leftover, FRESH):
        return None
    if leftover.is_dir() and not leftover.is_symlink():
        shutil.rmtree(leftover, ignore_errors=True)
    elif _EXCHANGED.search(leftover.name):
        return discard_replaced(leftover)
    else:
        remove_quietly(leftover)
    return None


def copy_file(source: Path, path: Path, progress: Progress = no_progress) -> None:
    """Copy a file, perhaps a large one, atomically. Progress counts bytes.

    :raises DiskError: the disk is full or the folder not writable; the file that was there is
        untouched.
    """
    make_folder(path.parent)
    clear_leftovers(path)
    fresh = fresh_path(path)
    try:
        with (
            errors_name_place(path),
            open_file(source) as reading,
            all_errors_name_place(path),
            fresh.open("xb") as writing,
        ):
            total = os.fstat(reading.fileno()).st_size
            while chunk := reading.read(_CHUNK_BYTES):
                writing.write(chunk)
                progress(writing.tell(), total)
            writing.flush()
            os.fsync(writing.fileno())
        put_in_place(fresh, path)
    except BaseException:
        remove_quietly(fresh)
        raise


def link_or_copy(source: Path, path: Path) -> None:
    """Create a hard link, or a copy if the file system has none. Either way, ``source`` must never
    change in place.

    :raises DiskError: the disk is full or the folder not writable.
    """
    remove_quietly(path)
    try:
        with all_errors_name_place(path):
            try:
                path.hardlink_to(source)
            except OSError as error:
                if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.ENOENT}:
                    raise
                shutil.copyfile(source, path)
                flush_file(path)
    except BaseException:
        remove_quietly(path)
        raise


def remove_quietly(path: Path) -> None:
    """Remove a file if it exists and can be removed."""
    with suppress(OSError):
        path.unlink()


def remove_leftovers(folder: Path, without: Collection[str] = ()) -> tuple[Path, ...]:
    """Remove temporary files of killed processes in this folder and below. Those of running
    processes are kept.

    :param without: names of folders in it that are skipped, because nothing was written there since
        the last check.
    :returns: the paths of users' texts that a killed process had just replaced; if the replacement
        was not completed, the text is in place.
    """
    kept: list[Path] = []
    found: list[Path] = []
    # A folder that disappears while being listed is skipped: the next run checks again.
    for place, folders, files in os.walk(folder):
        found += [Path(place, name) for name in (*folders, *files) if name.startswith(FRESH)]
        if Path(place) == folder:
            folders[:] = [name for name in folders if name not in without]
    for leftover in found:
        with suppress(OSError, DiskError):
            if (aside := _clear(leftover)) is not None:
                kept.append(aside)
    return tuple(kept)


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Create a folder atomically: fill the given one, which is renamed at the end.

    :raises DiskError: it cannot be made, or its name is taken by then.
    """
    make_folder(folder.parent)
    clear_leftovers(folder)
    fresh = fresh_path(folder)
    try:
        with all_errors_name_place(fresh):
            fresh.mkdir()
        yield fresh
        with all_errors_name_place(folder):
            _rename_folder(fresh, folder)
        flush_folder(folder.parent)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _rename_folder(fresh: Path, folder: Path) -> None:
    try:
        fresh.rename(folder)  # only replaces nothing or an empty folder
    except OSError as error:
        if error.errno in {errno.EEXIST, errno.ENOTEMPTY}:
            raise DiskError(
                folder, message("already exists"), message("Choose another name.")
            ) from None
        raise


def flush_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk, so that new ones survive a power failure, too."""
    if os.name != "posix":  # Windows has no such call and needs none
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
