"""Atomic writes: a file is written beside its place, flushed to the disk, then renamed in one
step.
"""

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

# What follows FRESH in a name: who writes the file (see temporary_files.py), then the last
# characters of its own name, its ending among them. Systems allow 255 bytes for a name; these take
# 160 at most, the owner some 35, the digests 41.
_NAME_CHARACTERS = 40
# A file that takes the place of a known one: the first characters of the SHA-256 of both are in its
# name, so that after a kill the old and the new content, which are both known, can be distinguished
# from a third one, a person's.
_DIGEST_CHARACTERS = 16
_EXCHANGED = re.compile(r"was-([0-9a-f]{16})-now-([0-9a-f]{16})\.")

_CHUNK_BYTES = 1 << 20


@contextmanager
def errors_name_place(path: Path) -> Iterator[None]:
    """Turn what the system says into an error about this path that a person can mend; that
    something is not there, callers often expect.
    """
    try:
        yield
    except FileNotFoundError:
        raise  # a missing file means something else to each caller
    except OSError as error:
        raise _described(error, path) from error


def _described(error: OSError, path: Path) -> StudioError:
    described = error_from_os(error, path)
    return type(described)(own_name(described.where), described.what, described.remedy)


@contextmanager
def all_errors_name_place(path: Path) -> Iterator[None]:
    """As :func:`errors_name_place`, for who knows that files and folders were there: a missing one
    is an answer of the disk too.
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
    """Another program wrote or removed the file since it was read; what they left is in place."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            message("was changed by another program at the same moment; that version was kept"),
            message("Run the same command again."),
        )


def fresh_path(path: Path) -> Path:
    """Where a file is written before it takes its place: the same folder, so that one rename is
    enough.

    Each call gives another name, which contains the process that it belongs to: no other process
    writes there or cleans it up.
    """
    return path.with_name(f"{FRESH}{owner_of_this_process()}.{path.name[-_NAME_CHARACTERS:]}")


def make_folder(folder: Path) -> None:
    """Make a folder and those above it.

    :raises DiskError: it cannot be made.
    """
    with all_errors_name_place(folder):
        folder.mkdir(parents=True, exist_ok=True)


def _only_mine(path: str, flags: int) -> int:
    """Open a file that only its owner may read, from its creation on."""
    return os.open(path, flags, 0o600)


def write_fresh(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write a whole new file and flush it to the disk; a file that could not be written whole is
    removed.

    :param private: only this user may read it.
    :raises DiskError: the disk is full or the folder not writable.
    """
    try:
        with (
            all_errors_name_place(path),
            open(path, "xb", opener=_only_mine if private else None) as stream,
        ):  # Path.open has no opener
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        remove_quietly(path)
        raise


def has_content(path: Path, content: bytes) -> bool:
    """Whether a file holds this and nothing else."""
    try:
        return path.stat().st_size == len(content) and read_file(path) == content
    except OSError:
        return False


def is_same_file(path: Path, other: Path) -> bool:
    """Whether these are two names of one file."""
    try:
        return path.samefile(other)
    except OSError:
        return False


def flush_file(path: Path) -> None:
    """Flush a file that another program wrote to the disk.

    :raises DiskError: the disk does not take it.
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
    """The same for one of many files: that the name survives a power cut, :func:`flush_folder` sees
    to, once for all names in a folder.

    :raises DiskError: the folder is not writable.
    """
    with all_errors_name_place(path):
        fresh.replace(path)


def put_in_place_of(fresh: Path, path: Path, was: str | None, now: str) -> Path | None:
    """Give a complete file its name, in place of a file of known content, and of no other.

    What is there at the very moment is taken away by the same step that brings the new file, and
    compared then: a save of another person between the caller's look and now is put back. A program
    that has the old file open may still write into it: :func:`discard_replaced` looks once more.

    :param was: SHA-256 of the file to be replaced, hexadecimal; None when there is none.
    :param now: SHA-256 of the new one.
    :returns: where the old file is now, for :func:`discard_replaced`; None when there was none.
    :raises ChangedSinceError: there is another content, or none; it was left or put back.
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
        # The new file gets a name that tells a later start what it is, in case this process dies
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
    beside it.
    """
    exchange_files(other, path, _exchanged_path(path, was, now))
    if _digest(other) == now:
        remove_quietly(other)
    else:
        keep_beside(other, path)


def discard_replaced(replaced: Path) -> Path | None:
    """Remove a file that :func:`put_in_place_of` replaced, unless a person wrote into it since.

    :returns: where such a version is kept.
    """
    found = _EXCHANGED.search(replaced.name)
    digest = _digest(replaced)
    if found is None or digest is None or digest[:_DIGEST_CHARACTERS] in found.groups():
        remove_quietly(replaced)
        return None
    return keep_beside(replaced, replaced.with_name(replaced.name[found.end() :]))


def keep_beside(file: Path, path: Path) -> Path:
    """Keep a file as a person's version of ``path``: beside it, under the first number that is free
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
    """Where a person's version is kept: beside, under the first number that is free
    (``transcript.edited-1.json``).
    """
    number = 1
    while (aside := path.with_name(f"{path.stem}.edited-{number}{path.suffix}")).exists():
        number += 1
    return aside


def _take_name(fresh: Path, path: Path) -> None:
    """Give a file a name that must be free: FileExistsError otherwise."""
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        raise
    except OSError:  # a disk without second names
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
    """Write a file atomically; its folder is created if needed. It keeps the rights that the file
    there has.

    :param private: only this user may read it, from its first moment on.
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
    """Give a new file the permissions of the one that it replaces, or the system's default."""
    with suppress(OSError):
        shutil.copymode(path, fresh)


def clear_leftovers(path: Path) -> None:
    """Remove what a killed process was writing here under this name."""
    with suppress(OSError):
        for leftover in path.parent.glob(f"{FRESH}*"):
            if leftover.name.endswith(f".{path.name[-_NAME_CHARACTERS:]}"):
                _clear(leftover)


def _clear(leftover: Path) -> Path | None:
    """Remove a leftover without an owner; if it holds a person's text, keep that beside. Tells
    where.
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
    """Give a file a second name; where the disk knows no such names, copy it. Either way ``source``
    must never change in place.

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
    """Remove a file if it is there and can be removed."""
    with suppress(OSError):
        path.unlink()


def remove_leftovers(folder: Path, without: Collection[str] = ()) -> tuple[Path, ...]:
    """Remove what killed processes were writing in this folder and below. What a living process
    writes is its own.

    :param without: names of folders in it in which nothing was written since they were looked at.
    :returns: where a person's text is kept that a killed process had just replaced; of one whose
        replacement never came it is in place.
    """
    kept: list[Path] = []
    found: list[Path] = []
    # A folder that goes while it is listed is passed over: the next run looks again.
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
    """A folder that appears whole or not at all: fill the one given; it takes its name at the end.

    :raises DiskError: it cannot be made, or something has its name by then.
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
        fresh.rename(folder)  # takes the place of nothing or of an empty folder
    except OSError as error:
        if error.errno in {errno.EEXIST, errno.ENOTEMPTY}:
            raise DiskError(
                folder, message("is there already"), message("Choose another name.")
            ) from None
        raise


def flush_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk, so that new ones survive a power cut too."""
    if os.name != "posix":  # Windows has no such call and needs none
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
