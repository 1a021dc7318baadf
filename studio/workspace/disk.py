"""Files appear whole or not at all: written beside, flushed to the disk, then put in place in one
step.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from studio.errors import DiskError, error_from_os
from studio.progress import Progress, no_progress

# A file that is being written carries this before its name: nothing else may, and leftovers of a
# killed run are found by it.
FRESH = ".studio-new."

_CHUNK_BYTES = 1 << 20


@contextmanager
def telling_where(path: Path) -> Iterator[None]:
    """Turn what the system says into an error about this path that a person can mend; that
    something is not there, callers often expect.
    """
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        told = error_from_os(error, path)
        # A person knows the file by the name that it will have.
        raise type(told)(told.where.replace(FRESH, ""), told.what, told.remedy) from error


def fresh_path(path: Path) -> Path:
    """Where a file is written before it takes its place: the same folder, so that one rename is
    enough.
    """
    return path.with_name(FRESH + path.name)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it.

    :raises DiskError: it cannot be made.
    """
    with telling_where(folder):
        folder.mkdir(parents=True, exist_ok=True)


def write_fresh(path: Path, content: bytes) -> None:
    """Write a whole file and flush it to the disk; a file that could not be written whole is
    removed.

    :raises DiskError: the disk is full or the folder not writable.
    """
    try:
        with telling_where(path), path.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        remove_quietly(path)
        raise


def holds(path: Path, content: bytes) -> bool:
    """Whether a file holds this and nothing else."""
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:
        return False


def is_same_file(path: Path, other: Path) -> bool:
    """Whether these are two names of one file."""
    try:
        return path.samefile(other)
    except OSError:
        return False


def flush_file(path: Path) -> None:
    """Flush a file that somebody else wrote to the disk.

    :raises DiskError: the disk does not take it.
    """
    with telling_where(path), path.open("rb+") as stream:
        os.fsync(stream.fileno())


def put_in_place(fresh: Path, path: Path) -> None:
    """Give a complete file its name, in place of the one that has it now, in one step.

    :raises DiskError: the folder is not writable.
    """
    with telling_where(path):
        fresh.replace(path)
    _flush_folder(path.parent)


def write_file(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees half of it; its folder is made if need be.

    :raises DiskError: the disk is full or the folder not writable; the file that was there is
        untouched.
    """
    make_folder(path.parent)
    fresh = fresh_path(path)
    write_fresh(fresh, content)
    try:
        put_in_place(fresh, path)
    except BaseException:
        remove_quietly(fresh)
        raise


def copy_file(source: Path, path: Path, progress: Progress = no_progress) -> None:
    """Copy a file, maybe a long one, so that nobody ever sees half of it. Progress counts bytes.

    :raises DiskError: the disk is full or the folder not writable; the file that was there is
        untouched.
    """
    make_folder(path.parent)
    fresh = fresh_path(path)
    try:
        with telling_where(path), source.open("rb") as reading, fresh.open("wb") as writing:
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
        with telling_where(path):
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


def remove_leftovers(folder: Path) -> None:
    """Remove what a killed run was writing in this folder and below. Only for who holds the
    workspace.
    """
    for fresh in folder.rglob(FRESH + "*"):
        if fresh.is_dir():
            shutil.rmtree(fresh, ignore_errors=True)
        else:
            remove_quietly(fresh)


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A folder that appears whole or not at all: fill the one given; it takes its name at the end.

    :raises DiskError: it cannot be made, or something has its name by then.
    """
    make_folder(folder.parent)
    fresh = fresh_path(folder)
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        with telling_where(fresh):
            fresh.mkdir()
        yield fresh
        with telling_where(folder):
            _rename_folder(fresh, folder)
        _flush_folder(folder.parent)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _rename_folder(fresh: Path, folder: Path) -> None:
    try:
        fresh.rename(folder)  # takes the place of nothing or of an empty folder
    except OSError as error:
        if error.errno in {errno.EEXIST, errno.ENOTEMPTY}:
            raise DiskError(folder, "is there already", "Choose another name.") from None
        raise


def _flush_folder(folder: Path) -> None:
    # So that the new name survives a power cut too; Windows has no such call and needs none.
    if os.name != "posix":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
