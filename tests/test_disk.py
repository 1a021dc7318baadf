"""Files appear whole or not at all, nobody's temporary file is cleaned away, and nobody's save is
written over unseen.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.errors import DiskError
from studio.pipeline.staged_outputs import StagedOutputs
from studio.temporary_folder import FRESH, temporary_folder
from studio.workspace import atomic_exchange, disk, temporary_files
from studio.workspace.digest import digest_from_file
from studio.workspace.disk import (
    ChangedSinceError,
    copy_file,
    discard_replaced,
    fresh_path,
    new_folder,
    put_in_place_of,
    remove_leftovers,
    write_file,
    write_fresh,
)


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def owned(
    folder: Path, *, host: str | None = None, pid: int | None = None, sign: str | None = None
) -> Path:
    """A temporary file of another owner than this process."""
    mine = temporary_files.owner_of_this_process().split("-")
    path = folder / f"{FRESH}{host or mine[0]}-{pid or mine[1]}-{sign or mine[2]}-1.text.json"
    path.write_bytes(b"half")
    return path


def dead_pid() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


# --- cleaning


def test_two_writers_of_one_file_have_two_temporary_files(tmp_path: Path) -> None:
    one, other = fresh_path(tmp_path / "text.json"), fresh_path(tmp_path / "text.json")
    assert one != other
    assert {one.suffix, other.suffix} == {".json"}
    assert len(fresh_path(tmp_path / f"{'é' * 120}.json").name.encode()) < 255


def test_cleaning_leaves_what_a_living_process_writes(tmp_path: Path) -> None:
    mine = fresh_path(tmp_path / "sub" / "text.json")
    mine.parent.mkdir()
    mine.write_bytes(b"half")
    parents = owned(tmp_path, pid=os.getppid(), sign="abcdef")
    remove_leftovers(tmp_path)
    assert mine.exists()
    assert parents.exists()


def test_cleaning_removes_what_nobody_owns(tmp_path: Path) -> None:
    older = tmp_path / f"{FRESH}text.json"  # as an older Studio named it
    older.write_bytes(b"half")
    folder = tmp_path / f"{FRESH}show"
    (folder / "feed").mkdir(parents=True)
    left = [older, folder, owned(tmp_path, pid=dead_pid()), owned(tmp_path, sign="abcdef")]
    remove_leftovers(tmp_path)
    assert [path for path in left if path.exists()] == []


def test_a_temporary_file_of_another_computer_is_left_for_a_day(tmp_path: Path) -> None:
    theirs = owned(tmp_path, host="abcdef", pid=1)
    remove_leftovers(tmp_path)
    assert theirs.exists()
    then = time.time() - 25 * 3600
    os.utime(theirs, (then, then))
    remove_leftovers(tmp_path)
    assert not theirs.exists()


@pytest.mark.parametrize(
    "write", [lambda path: write_file(path, b"new"), lambda path: copy_file(Path(__file__), path)]
)
def test_who_writes_a_file_removes_what_a_killed_process_left_of_it(
    tmp_path: Path, write: Callable[[Path], None]
) -> None:
    dead, mine = owned(tmp_path, pid=dead_pid()), fresh_path(tmp_path / "text.json")
    mine.write_bytes(b"half")
    write(tmp_path / "text.json")
    assert not dead.exists()
    assert mine.exists()


def test_a_folder_that_is_being_made_is_left_alone_and_a_dead_ones_goes(tmp_path: Path) -> None:
    dead = tmp_path / owned(tmp_path, pid=dead_pid()).name.replace("text.json", "show")
    dead.mkdir()
    with new_folder(tmp_path / "show") as folder:
        assert not dead.exists()
        remove_leftovers(tmp_path)
        (folder / "feed").mkdir()
    assert (tmp_path / "show" / "feed").is_dir()


# --- in place of what is known


def exchanged(monkeypatch: pytest.MonkeyPatch, before: Callable[[], object]) -> None:
    """Let a person do something just before two files change places."""
    done = atomic_exchange.exchange_files

    def late(one: Path, other: Path, spare: Path) -> None:
        monkeypatch.setattr(disk, "exchange_files", done)
        before()
        done(one, other, spare)

    monkeypatch.setattr(disk, "exchange_files", late)


@pytest.fixture(params=["in one step", "in two steps"])
def path(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if request.param == "in two steps":
        monkeypatch.setattr(atomic_exchange, "_system_call", lambda: None)
    (tmp_path / "text.json").write_bytes(b"old")
    return tmp_path / "text.json"


def replace(path: Path, content: bytes = b"new", was: bytes | None = b"old") -> Path | None:
    fresh = fresh_path(path)
    write_fresh(fresh, content)
    return put_in_place_of(fresh, path, None if was is None else sha(was), sha(content))


def names(path: Path) -> list[str]:
    return sorted(one.name for one in path.parent.iterdir())


def test_a_known_file_is_replaced(path: Path) -> None:
    replaced = replace(path)
    assert path.read_bytes() == b"new"
    assert replaced is not None
    assert discard_replaced(replaced) is None
    assert names(path) == ["text.json"]


def test_a_save_just_before_the_rename_stays_in_place(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchanged(monkeypatch, lambda: path.write_bytes(b"theirs"))
    with pytest.raises(ChangedSinceError):
        replace(path)
    assert path.read_bytes() == b"theirs"
    assert names(path) == ["text.json"]


def test_a_file_removed_just_before_the_rename_stays_removed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchanged(monkeypatch, path.unlink)
    with pytest.raises(ChangedSinceError):
        replace(path)
    assert names(path) == []


def test_where_nothing_was_a_save_of_somebody_else_stays(path: Path) -> None:
    with pytest.raises(ChangedSinceError):
        replace(path, was=None)
    assert path.read_bytes() == b"old"
    path.unlink()
    assert replace(path, was=None) is None
    assert path.read_bytes() == b"new"


def test_what_is_written_into_the_replaced_file_afterwards_is_kept_beside(path: Path) -> None:
    with path.open("r+b") as stream:  # an editor that writes into the file that it opened
        replaced = replace(path)
        assert replaced is not None
        stream.write(b"typed late")
    kept = discard_replaced(replaced)
    assert kept == path.with_name("text.edited-1.json")
    assert kept.read_bytes() == b"typed late"
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("content", [b"old", b"new", b"theirs"])
def test_after_a_kill_only_a_third_text_is_kept_beside(path: Path, content: bytes) -> None:
    """Old and new are known: one of both is in place. A third one was saved in the moment of the
    kill.
    """
    replaced = replace(path)
    assert replaced is not None
    replaced.write_bytes(content)
    mine = temporary_files.owner_of_this_process().rpartition("-")[0]
    left = replaced.rename(
        replaced.with_name(
            replaced.name.replace(mine, f"{mine.partition('-')[0]}-{dead_pid()}-abcdef")
        )
    )
    kept = remove_leftovers(path.parent)
    assert not left.exists()
    assert [one.read_bytes() for one in kept] == ([b"theirs"] if content == b"theirs" else [])
    assert path.read_bytes() == b"new"


# --- what the disk answers


def answers(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)


NUMBERS = [
    "EBUSY",
    "ESTALE",
    "ETIMEDOUT",
    "ENOENT",
    "EINVAL",
    "ENOTSUP",
    "EMFILE",
    "ENFILE",
    "ENXIO",
    "ENODEV",
    "ENOSPC",
    "EIO",
    "EPERM",
]


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize(
    "write", [lambda path: write_file(path, b"new"), lambda path: copy_file(Path(__file__), path)]
)
def test_whatever_the_disk_answers_is_told_and_leaves_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, write: Callable[[Path], None]
) -> None:
    path = tmp_path / "text.json"
    path.write_bytes(b"old")
    answers(monkeypatch, getattr(errno, name))
    with pytest.raises(DiskError) as told:
        write(path)
    assert str(tmp_path) in told.value.where
    assert told.value.remedy
    assert path.read_bytes() == b"old"
    assert names(path) == ["text.json"]


@pytest.mark.skipif(os.name != "posix", reason="rights are another thing here")
def test_a_private_file_is_nobody_elses_from_its_first_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes = []
    monkeypatch.setattr(
        os, "fsync", lambda number: modes.append(stat.S_IMODE(os.fstat(number).st_mode))
    )
    write_file(tmp_path / "secret", b"x", private=True)
    assert modes[0] == 0o600
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix", reason="rights are another thing here")
def test_a_file_that_only_its_owner_reads_stays_so(tmp_path: Path) -> None:
    path = tmp_path / "text.json"
    path.write_bytes(b"old")
    path.chmod(0o600)
    write_file(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_removed_hides_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: object, **_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    with pytest.raises(KeyError), temporary_folder(parent=tmp_path) as folder:
        (folder / "a").write_text("x", encoding="utf-8")
        for name in ("unlink", "rmdir"):
            monkeypatch.setattr(os, name, refuse)
        raise KeyError
    monkeypatch.undo()
    assert (folder / "a").exists()


def test_a_temporary_folder_goes_with_its_block(tmp_path: Path) -> None:
    with temporary_folder(parent=tmp_path) as folder:
        (folder / "a").mkdir()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no names of open files here")
def test_the_names_of_many_files_are_flushed_once_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A show of thousands of episodes puts tens of thousands of files in place, in few folders."""
    staged = StagedOutputs(digest_from_file)
    for number in range(20):
        staged.write(tmp_path / f"{number % 2}" / f"{number}.html", b"page")
    flushed: list[str] = []
    fsync = os.fsync

    def note(descriptor: int) -> None:
        flushed.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    for final in staged.files:
        staged.put_in_place(final)
    assert flushed == []
    staged.flush_names()
    assert sorted(flushed) == [str(tmp_path / "0"), str(tmp_path / "1")]
    staged.flush_names()
    assert len(flushed) == 2
    assert len(list(tmp_path.rglob("*.html"))) == 20
