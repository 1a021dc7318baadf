"""The adapter of filelock: one run at a time in a workspace, one writer at a time for a shared
file.
"""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from studio.errors import BusyError, WorkspaceError, error_from_os
from studio.file_access import read_file
from studio.messages.message import message
from studio.model.record import Record, bytes_from_record, record_from_bytes
from studio.workspace.disk import (
    errors_name_place,
    make_folder,
    remove_leftovers,
    remove_quietly,
    write_file,
)

# How long a command waits for another one that updates the same small file.
_WAIT_S = 20.0


class LockHolder(Record, frozen=True):
    """The holder of a workspace lock, for messages only; the lock itself is released by the system
    even if its holder is killed.
    """

    pid: int
    host: str
    command: str
    since: datetime.datetime


@contextmanager
def lock_workspace(state: Path, command: str) -> Iterator[None]:
    """Hold the workspace lock while the block runs.

    :param state: the workspace's folder for Studio's own files.
    :param command: the holder's command, as typed.
    :raises BusyError: another process holds it; the message names it.
    """
    make_folder(state)
    note = state / "holder.json"
    # Not a singleton: a second lock by the same process is refused as well.
    lock = filelock.FileLock(state / "run.lock", blocking=False, thread_local=False)
    try:
        lock.acquire()
    except filelock.Timeout:  # a subclass of OSError
        raise _busy(state.parent, note) from None
    except OSError as error:
        raise error_from_os(error, state / "run.lock") from error
    try:
        now = datetime.datetime.now().astimezone().replace(microsecond=0)
        write_file(
            note,
            bytes_from_record(
                LockHolder(pid=os.getpid(), host=platform.node(), command=command, since=now)
            ),
        )
        remove_leftovers(state)
        yield
    finally:
        remove_quietly(note)  # for messages only: the lock itself is the system's
        lock.release()


def edit_session_folder(state: Path, slug: str) -> Path:
    """The folder of an episode's editor lock; exists once the episode was edited.

    :param state: the workspace's folder for Studio's own files.
    """
    return state / "editor" / slug


@contextmanager
def lock_edit_session(state: Path, slug: str, command: str) -> Iterator[None]:
    """Hold the lock of an episode's editor while the block runs, so that its page cannot be open.

    :param state: the workspace's folder for Studio's own files.
    :raises BusyError: the page is open; the message has its address.
    """
    with lock_workspace(edit_session_folder(state, slug), command):
        yield


@contextmanager
def hold_file(state: Path, name: str) -> Iterator[None]:
    """Hold an exclusive lock for changing a file of the workspace; waits for other commands.

    :param state: the workspace's folder for Studio's own files.
    :param name: the file's path in the workspace.
    :raises BusyError: another command does not release it.
    """
    path = state / "locks" / f"{name.replace('/', '--')}.lock"
    make_folder(path.parent)
    lock = filelock.FileLock(path, timeout=_WAIT_S, thread_local=False)
    with errors_name_place(path):
        try:
            lock.acquire()
        except filelock.Timeout:  # a subclass of OSError
            raise BusyError(
                name,
                message("is being changed by another command of Studio"),
                message("Run this command again when it has ended."),
            ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def hold_episode(state: Path, slug: str) -> Iterator[None]:
    """Hold the lock of one episode, for the processes of a distributed run.

    :param state: the workspace's folder for Studio's own files.
    :raises BusyError: another process holds it.
    """
    path = state / "locks" / f"run--{slug}.lock"
    make_folder(path.parent)
    lock = filelock.FileLock(path, blocking=False, thread_local=False)
    with errors_name_place(path):
        try:
            lock.acquire()
        except filelock.Timeout:
            raise BusyError(
                slug,
                message("is being worked on by another process"),
                message("Wait until it has ended."),
            ) from None
    try:
        yield
    finally:
        lock.release()


def _busy(root: Path, note: Path) -> BusyError:
    try:
        holder = record_from_bytes(read_file(note), LockHolder, note)
    except (OSError, WorkspaceError):
        who = message("another run of Studio holds this workspace")
    else:
        since = holder.since.strftime("%Y-%m-%d %H:%M:%S")
        who = message(
            "`{command}` (process {pid} on {host}, since {since}) holds this workspace",
            command=holder.command,
            pid=holder.pid,
            host=holder.host,
            since=since,
        )
    return BusyError(
        root,
        who,
        message("Wait until it has ended, or end it; a killed run frees the workspace by itself."),
    )
