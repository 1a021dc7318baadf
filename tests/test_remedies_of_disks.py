"""Remedies of disks, memory and networks that fail: each followed once the fault is gone."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from support.edit_session import make_episode, sources_of
from support.made_sounds import convert, speechlike, write_wav
from support.publications import publish, write_site
from support.remedies import done, refused
from support.small_show import ARTICLE, add_episode, make_show

from studio import cli
from studio.article.read import article_from_file
from studio.editor import server
from studio.editor.waveform import lanes_of_recording
from studio.errors import StudioError
from studio.model.show import Publishing
from studio.preview.server import network_address, serve_preview
from studio.publish.destination import open_destination
from studio.sound.jingle import make_jingle
from studio.tags.id3 import TagSheet, write_id3_tags
from studio.web.addresses import FEED_PLACE
from studio.workspace.disk import all_errors_name_place
from studio.workspace.layout import Workspace

SAME = "then run the same command again."


@pytest.fixture
def show(tmp_path: Path) -> Workspace:
    show = make_show(tmp_path / "show")
    add_episode(show)
    show.state.mkdir()
    return show


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.EBUSY, f"Close the programs that use it, {SAME}"),
        (errno.EMFILE, f"Close other programs, or raise the limit (`ulimit -n`), {SAME}"),
        (errno.ENOMEM, f"Close other programs, {SAME}"),
        (errno.EPIPE + 900, f"Check it and the disk that it is on, {SAME}"),
        (errno.ENOSPC, f"Make room, {SAME}"),
        (errno.ENOENT, f"Put it back, {SAME}"),
        (errno.ESTALE, f"Check that the disk or network drive is connected, {SAME}"),
        (errno.EFBIG, "Raise the limit (`ulimit -f`), or use another disk."),
        (errno.EROFS, "Use a workspace on a disk that can be written."),
        (errno.EIO, "Check the disk; keep a copy of the workspace elsewhere."),
    ],
)
def test_a_disk_that_works_again_takes_the_same_command(
    show: Workspace, monkeypatch: pytest.MonkeyPatch, number: int, remedy: str
) -> None:
    def fails(_: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as fault:
        fault.setattr(os, "fsync", fails)
        refused(show, remedy, "glossary", "add", "Zoé")
    done(show, "glossary", "add", "Zoé")
    assert "Zoé" in show.glossary.read_text(encoding="utf-8")


def test_memory_that_other_programs_gave_back_is_enough(
    show: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    @click.command()
    def fails() -> None:
        raise MemoryError

    with monkeypatch.context() as fault:
        fault.setattr(cli.Studio, "get_command", lambda *_: fails)
        refused(show, "Close other programs, then run the same command again.", "status")
    done(show, "status")


def test_a_recording_is_back_where_it_was(tmp_path: Path) -> None:
    recording = sources_of(make_episode(tmp_path / "show")).recording
    away = recording.rename(tmp_path / "away")
    with pytest.raises(StudioError) as told:
        lanes_of_recording(recording, 1, tmp_path / "peaks")
    assert told.value.remedy == "Put it back where it was."
    away.rename(recording)
    assert lanes_of_recording(recording, 1, tmp_path / "peaks")


def test_a_folder_that_was_moved_is_put_back(tmp_path: Path) -> None:
    path = tmp_path / "texts" / "journal.jsonl"
    with pytest.raises(StudioError) as told, all_errors_name_place(path):
        path.write_bytes(b"{}")
    assert told.value.remedy == "Put it back, then run the same command again."
    path.parent.mkdir()
    with all_errors_name_place(path):
        path.write_bytes(b"{}")


def long_name(path: Path) -> Path:
    return path.with_name("a" * 300)


def below_a_file(path: Path) -> Path:
    path.write_bytes(b"here")
    return path / "below"


def at_a_folder(path: Path) -> Path:
    path.mkdir()
    return path


def at_a_loop(path: Path) -> Path:
    path.symlink_to(path)
    return path


def moved_away(path: Path) -> None:
    path.rename(path.with_name("away"))


def folder_above(path: Path) -> None:
    moved_away(path)
    path.mkdir()


@pytest.mark.parametrize(
    ("remedy", "wrong", "mend", "right"),
    [
        ("Choose a shorter name.", long_name, lambda _: None, "one"),
        ("Move that file away.", below_a_file, folder_above, "one/below"),
        ("Move that folder away.", at_a_folder, moved_away, "one"),
        ("Put the file itself there.", at_a_loop, Path.unlink, "one"),
    ],
)
def test_what_is_in_the_way_of_a_file_is_moved(
    tmp_path: Path,
    remedy: str,
    wrong: Callable[[Path], Path],
    mend: Callable[[Path], None],
    right: str,
) -> None:
    one = tmp_path / "one"
    place = wrong(one)
    with pytest.raises(StudioError) as told, all_errors_name_place(place):
        place.write_bytes(b"{}")
    assert told.value.remedy == remedy
    mend(one)
    with all_errors_name_place(tmp_path / right):
        (tmp_path / right).write_bytes(b"{}")
    assert (tmp_path / right).read_bytes() == b"{}"


def test_what_is_in_the_way_of_a_folder_is_moved(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(StudioError) as told, all_errors_name_place(folder):
        folder.mkdir()
    assert told.value.remedy == "Choose another name, or move the existing file or folder away."
    (folder / "file").write_bytes(b"kept")
    with pytest.raises(StudioError) as told, all_errors_name_place(folder):
        folder.rmdir()
    assert told.value.remedy == f"Move its contents away, {SAME}"
    (folder / "file").rename(tmp_path / "file")
    with all_errors_name_place(folder):
        folder.rmdir()
        folder.mkdir()
    assert (tmp_path / "file").read_bytes() == b"kept"


def test_a_file_that_has_a_folder_is_written(tmp_path: Path) -> None:
    target = tmp_path / "feed" / "jingle.flac"
    with pytest.raises(StudioError) as told:
        make_jingle(target)
    assert told.value.remedy == "Check that the folder exists and may be written to."
    target.parent.mkdir()
    make_jingle(target)
    assert target.stat().st_size


def test_without_the_network_the_preview_is_for_this_computer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Unconnected(socket.socket):
        def connect(self, _: object) -> None:
            raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr("studio.preview.server.socket.socket", Unconnected)
    with pytest.raises(StudioError) as told:
        network_address()
    assert told.value.remedy == "Connect it to one, or leave --lan out."
    with serve_preview(tmp_path, "https://x.test/", port=0, lan=False) as preview:
        assert preview.address


def test_ports_that_other_programs_gave_back_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as fault:
        fault.setattr(server, "_bound", lambda _: None)
        with pytest.raises(StudioError) as told:
            server._listening(0, required=False)
        assert told.value.remedy == "Close other programs, then run it again."
    server._listening(0, required=False).close()


def test_notes_of_what_was_sent_that_can_be_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = write_site(tmp_path / "site", **{"001-ada": "Bonjour"})
    destination = open_destination(Publishing(destination=str(tmp_path / "public")), tmp_path)

    def fails(_: Path) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as fault:
        fault.setattr("studio.publish.transfer.refuse_link", fails)
        with pytest.raises(StudioError) as told:
            publish(destination, tree, tmp_path)
    assert told.value.remedy == "Check the disk, then publish again."
    publish(destination, tree, tmp_path)
    assert destination.read(FEED_PLACE)


def test_a_file_that_a_person_may_read_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = tmp_path / "a.md"
    article.write_text(ARTICLE, encoding="utf-8")

    def forbidden(path: Path) -> bytes:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    with monkeypatch.context() as fault:
        fault.setattr("studio.article.read.read_file", forbidden)
        with pytest.raises(StudioError) as told:
            article_from_file(article)
    assert told.value.remedy == "Check the file and who may read it."
    assert article_from_file(article).exchanges


def test_settings_that_a_person_may_read_are_read(
    show: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(path: Path) -> bytes:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    with monkeypatch.context() as fault:
        fault.setattr("studio.workspace.layout.read_file", forbidden)
        with pytest.raises(StudioError) as told:
            show.load_show()
    assert told.value.remedy == "Check the file and your right to read it."
    assert show.load_show().title


def test_a_connection_that_works_again_takes_the_same_command(
    show: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_: int) -> None:
        raise ConnectionResetError(errno.ECONNRESET, "reset")

    with monkeypatch.context() as fault:
        fault.setattr(os, "fsync", breaks)
        refused(show, f"Check the network and the address, {SAME}", "glossary", "add", "Zoé")
    done(show, "glossary", "add", "Zoé")


def test_a_tag_is_written_once_the_disk_keeps_it_and_has_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = convert(
        write_wav(tmp_path / "a.wav", speechlike(2.0, rate_hz=16_000), rate_hz=16_000),
        tmp_path / "a.mp3",
    )
    sheet, target = TagSheet(title="Seul", language="", genre=""), tmp_path / "tagged" / "a.mp3"
    with pytest.raises(StudioError) as told:
        write_id3_tags(sound, target, sheet)
    assert told.value.remedy == "Make room, or check that the folder may be written to."
    target.parent.mkdir()
    with monkeypatch.context() as fault:
        fault.setattr("studio.tags.id3.audio_sha256", lambda _: "another")
        with pytest.raises(StudioError) as told:
            write_id3_tags(sound, target, sheet)
    assert told.value.remedy == "Check the disk, then run the same command again."
    write_id3_tags(sound, target, sheet)
    assert target.stat().st_size > sound.stat().st_size / 2
