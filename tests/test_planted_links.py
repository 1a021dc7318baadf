"""Links and pipes where Studio makes its files: nothing is written where they lead, and nobody
waits for what never ends.
"""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.small_show import SLUG, copied

from studio.cli import main
from studio.editor.journal import JournalEntry, append_entry
from studio.errors import DiskError, UnexpectedFileError, error_from_os
from studio.file_access import open_file, read_file, read_text, refuse_link
from studio.workspace.digest import Digests
from studio.workspace.layout import Workspace

pytestmark = [
    pytest.mark.usefixtures("without_an_ear"),
    pytest.mark.skipif(os.name != "posix", reason="makes symbolic links and pipes"),
]


@pytest.fixture
def show(built_show: Workspace, tmp_path: Path) -> Workspace:
    return copied(built_show, tmp_path / "show")


def studio(show: Workspace, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["-C", str(show.root), *words], catch_exceptions=False)
    return result.exit_code, result.output


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("place", [f"feed/site/{SLUG}", "feed/site", f"episodes/{SLUG}/build"])
def test_nothing_is_written_where_a_link_leads(show: Workspace, tmp_path: Path, place: str) -> None:
    folder, other = show.root / place, tmp_path / "other"
    folder.rename(tmp_path / "moved")
    other.mkdir()
    (other / "index.html").write_text("mine", encoding="utf-8")
    folder.symlink_to(other)
    code, told = studio(show, "run")
    assert code not in {0, 70}
    assert "Remove that link, then run the same command again." in told
    assert contents(other) == {"index.html": b"mine"}
    folder.unlink()
    assert studio(show, "run")[0] == 0
    assert contents(other) == {"index.html": b"mine"}


def test_a_pipe_or_device_is_no_file_that_was_made(show: Workspace, tmp_path: Path) -> None:
    page, start = show.site / SLUG / "index.html", show.site / "index.html"
    right = page.read_bytes(), start.read_bytes()
    for path in (page, start):
        path.unlink()
    os.mkfifo(page)
    start.symlink_to("/dev/zero")
    digests = Digests(show.root, show.digests)
    assert (digests.of(page), digests.of(start)) == (None, None)
    assert studio(show, "run")[0] == 0
    assert (page.read_bytes(), start.read_bytes()) == right


@pytest.mark.parametrize(
    "place",
    [
        "feed/show.toml",
        "feed/cover.jpg",
        f"episodes/{SLUG}/episode.toml",
        f"episodes/{SLUG}/article.md",
        f"transcripts/{SLUG}/transcript.json",
    ],
)
def test_a_pipe_where_people_write_is_told_and_not_waited_for(show: Workspace, place: str) -> None:
    path = show.root / place
    path.unlink()
    os.mkfifo(path)
    code, told = studio(show, "run")
    assert code not in {0, 70}
    assert path.name in told
    assert "→" in told


@pytest.mark.parametrize("command", ["import", "proof", "new", "adopt"])
def test_what_is_named_and_never_ends_is_told(
    show: Workspace, tmp_path: Path, command: str
) -> None:
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    words = {
        "import": ("import", SLUG, str(pipe)),
        "proof": ("proof", SLUG, "--take", str(pipe)),
        "new": ("new", "--article", str(pipe), "--recording", str(pipe)),
        "adopt": ("adopt", "--articles", str(pipe)),
    }
    code, told = studio(show, *words[command])
    assert code not in {0, 70}
    assert "is a pipe or a device, not a file" in told


def test_a_destination_that_is_a_link_to_itself_is_told(show: Workspace, tmp_path: Path) -> None:
    lines = show.settings.read_text(encoding="utf-8")
    show.settings.write_text(lines + '\n[publish]\ndestination = "../public"\n', encoding="utf-8")
    (tmp_path / "public").symlink_to(tmp_path / "public")
    assert studio(show, "run")[0] == 0
    code, told = studio(show, "publish")
    assert code not in {0, 70}
    assert "→" in told
    (tmp_path / "public").unlink()
    assert studio(show, "publish")[0] == 0
    feed = tmp_path / "public" / "feed.xml"
    feed.unlink()
    os.mkfifo(feed)
    code, told = studio(show, "publish")
    assert code not in {0, 70}
    assert "is a pipe or a device, not a file" in told


def test_a_recording_that_is_a_pipe_is_not_decoded(show: Workspace) -> None:
    recording = show.episode(SLUG).folder / "recording.wav"
    recording.unlink()
    os.mkfifo(recording)
    code, told = studio(show, "report", SLUG)
    assert code not in {0, 70}
    assert "is a pipe or a device, not a file" in told


def lay(place: Path, kind: str) -> None:
    """Something that is no file, in the place of one."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "socket":
        with contextlib.chdir(place.parent), socket.socket(socket.AF_UNIX) as planted:
            planted.bind(place.name)
    else:
        place.symlink_to("/dev/zero" if kind == "device" else place)


@pytest.mark.parametrize("kind", ["pipe", "socket", "device", "loop"])
def test_what_is_no_file_is_one_that_cannot_be_read(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "notes.json"
    lay(place, kind)
    for read in (read_file, read_text, open_file):
        with pytest.raises(OSError, match=r"notes\.json") as refused:
            read(place)
        assert "→" in str(error_from_os(refused.value))
    with pytest.raises(UnexpectedFileError):
        refuse_link(place)
    refuse_link(tmp_path / "nothing.json")


# What Studio keeps for itself, of the show, an episode and its editor.
NOTES = [
    ".studio/unchanged.json",
    ".studio/digests.json",
    ".studio/studio.log",
    f".studio/published/{SLUG}.json",
    f"episodes/{SLUG}/build/build-state.json",
    f"episodes/{SLUG}/build/lock.json",
    f"transcripts/{SLUG}/recording.json",
    f"transcripts/{SLUG}/.journal/written.json",
]


@pytest.mark.parametrize("kind", ["pipe", "device"])
@pytest.mark.parametrize("place", NOTES)
def test_a_note_of_studio_that_never_ends_is_not_waited_for(
    show: Workspace, place: str, kind: str
) -> None:
    lay(show.root / place, kind)
    code, told = studio(show, "status")
    assert code == 0 or "→" in told


def test_what_is_written_in_place_is_not_written_through_a_link(
    show: Workspace, tmp_path: Path
) -> None:
    other, journal = tmp_path / "other.txt", show.episode(SLUG).journal
    lines = show.settings.read_text(encoding="utf-8")
    show.settings.write_text(lines + '\n[publish]\nto = "../public"\n', encoding="utf-8")
    assert studio(show, "run")[0] == 0
    other.write_text("mine", encoding="utf-8")
    for place in (show.state / "studio.log", show.state / "publishing", journal):
        place.parent.mkdir(exist_ok=True)
        place.unlink(missing_ok=True)
        place.symlink_to(other)
    with pytest.raises(DiskError, match="is a link"):
        append_entry(journal, JournalEntry(revision=1, at="", client="", kind="opened", patches=()))
    journal.unlink()
    code, told = studio(show, "publish")
    assert code not in {0, 70}
    assert "publishing: cannot be written (is a link)" in told
    assert other.read_text(encoding="utf-8") == "mine"
