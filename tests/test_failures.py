"""Whatever goes wrong ends in a sentence, a remedy and an exit code of its own; the log says it
without texts and secrets.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from support.edit_session import SLUG as EDITED
from support.edit_session import make_episode, sources_of
from support.small_show import SLUG, add_episode, make_show

from studio import cli, log
from studio.artwork.cover import read_picture
from studio.cli import main
from studio.cli.interruption import exit_code_of
from studio.errors import EXIT_BUG, EXIT_CODES, DiskError, NetworkError, StudioError, error_from_os
from studio.temporary_folder import FRESH
from studio.workspace.layout import Workspace, check_file_name

TESTS = Path(__file__).parent
DOCS = TESTS.parent / "docs"


@pytest.fixture
def show(tmp_path: Path) -> Workspace:
    workspace = make_show(tmp_path / "show")
    add_episode(workspace)
    workspace.state.mkdir()
    return workspace


def studio(show: Workspace, *words: str) -> Result:
    return CliRunner().invoke(main, ["-C", str(show.root), *words])


def log_of(show: Workspace) -> str:
    return (show.state / log.FILE).read_text(encoding="utf-8")


# --- what the system says


@pytest.mark.parametrize(
    "number", sorted(errno.errorcode), ids=lambda number: errno.errorcode[number]
)
def test_every_error_of_the_system_is_told_with_file_and_remedy(number: int) -> None:
    told = error_from_os(OSError(number, os.strerror(number), "/somewhere/a.wav"))
    assert isinstance(told, DiskError | NetworkError)
    assert told.where == "/somewhere/a.wav"
    assert told.what
    assert told.remedy.endswith(".")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS])
def test_of_a_copy_the_place_that_is_full_is_told(number: int) -> None:
    """As shutil.copyfile says it: the source, then where it was to go."""
    told = error_from_os(OSError(number, os.strerror(number), "/lib/a.so", None, "/somewhere/a.so"))
    assert told.where == "/somewhere/a.so"


@pytest.mark.parametrize(
    "error", [ConnectionResetError(104, "reset"), socket.gaierror(-2, "Name or service not known")]
)
def test_a_connection_is_no_disk(error: OSError) -> None:
    assert error_from_os(error, "sftp://a").kind == "network"


@pytest.mark.parametrize(
    "error",
    [
        OSError("image file is truncated"),
        OSError(99999, "odd"),
        OSError(5, "x", 7),
        OSError(5, "x", b"a.wav"),
    ],
)
def test_an_error_without_number_or_name_is_told_too(error: OSError) -> None:
    assert str(error_from_os(error, "here")).count("\n") == 1


@pytest.mark.parametrize(
    "number",
    [
        errno.EBUSY,
        errno.ESTALE,
        errno.ETIMEDOUT,
        errno.ENOENT,
        errno.EINVAL,
        errno.ENOTSUP,
        errno.EMFILE,
    ],
)
def test_a_disk_that_fails_in_any_way_ends_a_command_with_6(
    show: Workspace, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fails(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fails)
    said = studio(show, "glossary", "add", "Zoé")
    assert (said.exit_code, "\n  → " in said.output) == (EXIT_CODES["disk"], True), said.output
    assert FRESH not in said.output
    assert not show.glossary.exists()


# --- exit codes


def test_each_class_of_failure_has_a_code_of_its_own_that_the_docs_name() -> None:
    codes = [0, 2, *EXIT_CODES.values(), EXIT_BUG, *map(exit_code_of, (1, 2, 15))]
    assert len(codes) == len(set(codes))
    table = (DOCS / "commands.md").read_text(encoding="utf-8").partition("\n## ")[0]
    documented = {
        int(code)
        for row in re.findall(r"^\| ([\d, ]+) \|", table, re.MULTILINE)
        for code in row.split(",")
    }
    assert documented == set(codes)


@pytest.mark.parametrize("kind", sorted(EXIT_CODES))
def test_a_command_ends_with_the_code_of_its_failure(
    show: Workspace, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    class SomeError(StudioError):
        pass

    SomeError.kind = kind  # type: ignore[assignment]

    @click.command()
    @click.pass_obj
    def fails(context: cli.CliContext) -> None:
        context.workspace()
        raise SomeError("a.wav", "says « Je vous salue » and “hidden”", "Mend it.")

    monkeypatch.setattr(cli.Studio, "get_command", lambda *_: fails)
    said = studio(show, "status")
    assert said.exit_code == EXIT_CODES[kind]  # type: ignore[index]
    assert f" ERROR studio.cli: {kind} " in log_of(show)
    assert "hidden" not in log_of(show)
    assert "Je vous salue" not in log_of(show)


def test_a_fault_of_studio_is_told_without_a_traceback_and_logged_without_what_was_said(
    show: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    @click.command()
    @click.pass_obj
    def fails(context: cli.CliContext) -> None:
        context.workspace()
        raise KeyError("mot secret")

    monkeypatch.setattr(cli.Studio, "get_command", lambda *_: fails)
    said = studio(show, "status")
    assert said.exit_code == EXIT_BUG
    assert "Traceback" not in said.output
    assert "doctor" in said.output
    assert "fault KeyError at " in log_of(show)
    assert "mot secret" not in log_of(show)
    shown = CliRunner().invoke(main, ["-v", "-C", str(show.root), "status"])
    assert "Traceback" in shown.output


def test_little_memory_is_told(show: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def fails() -> None:
        raise MemoryError

    monkeypatch.setattr(cli.Studio, "get_command", lambda *_: fails)
    said = studio(show, "status")
    assert (said.exit_code, "Close other programs" in said.output) == (EXIT_CODES["input"], True)


def test_a_terminal_without_arrows_gets_question_marks(show: Workspace) -> None:
    command = [sys.executable, "-m", "studio", "-C", str(show.root), "check"]
    said = subprocess.run(
        command, capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": "cp1252"}
    )
    assert (
        said.returncode,
        b"\n  ? " in said.stderr.replace(b"\r", b""),
        b"Traceback" in said.stderr,
    ) == (1, True, False)


# --- settings that cannot be


LONG = "a" * 300
DEEP = "[" * 5000 + "]" * 5000


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('[publish]\ndestination = "s3://b/c"\nendpoint = "x"', "is not an address"),
        ('[publish]\ndestination = "s3://b/c"\nendpoint = "ftp://x"', "is not an address"),
        ('[publish]\ndestination = "sftp://u@h:99999/x"', "host or port"),
        ('[publish]\ndestination = "sftp://[x"', "host or port"),
        (
            '[publish]\ndestination = "sftp://127.0.0.1:9/x"\nkey_file = "~nobody-of-this-name/k"',
            "home folder",
        ),
        ('[publish]\ndestination = "a\\u0000b"', "control character (U+0000)"),
        (f"a = {DEEP}", "nested deeper"),
        (f"{'.'.join(['a'] * 3000)} = 1", "nested deeper"),
        (f"a = {'9' * 5000}", "thousands of digits"),
    ],
)
def test_settings_that_cannot_be_are_told_with_their_place(
    show: Workspace, line: str, said: str
) -> None:
    show.settings.write_text(
        f"{show.settings.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8"
    )
    result = studio(show, "publish", "--dry-run")
    assert (result.exit_code, said in result.output, "show.toml" in result.output) == (
        1,
        True,
        True,
    ), result.output


@pytest.mark.parametrize("name", [f"{LONG}.wav", "é" * 130, "CON", "nul.wav"])
def test_names_that_no_file_can_have(name: str) -> None:
    with pytest.raises(StudioError, match="Rename the file"):
        check_file_name(name, "episode.toml")


@pytest.mark.parametrize(
    "content",
    [
        b"no picture",
        b"\xff\xd8\xff\xe0 no JPEG either",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    ],
)
def test_what_is_no_picture_is_told_without_an_address_in_memory(content: bytes) -> None:
    with pytest.raises(StudioError, match=r"not a readable picture") as refused:
        read_picture(content, "cover.jpg")
    assert "0x" not in str(refused.value)


@pytest.mark.parametrize("lost_bytes", [2, 18, 1000])
def test_a_cover_that_is_cut_off_is_refused_before_anything_is_made(
    show: Workspace, lost_bytes: int
) -> None:
    cover = show.feed / "cover.jpg"
    cover.write_bytes(cover.read_bytes()[:-lost_bytes])
    said = studio(show, "run")
    assert (said.exit_code, "cover.jpg" in said.output) == (1, True), said.output
    assert not show.episode(SLUG).build.exists()


def test_an_address_with_half_a_bracket_is_a_finding(tmp_path: Path) -> None:
    from bench import fuzz
    from studio.check.feed import check_feed, read_feed
    from studio.check.publication import Publication

    content = fuzz.FEED.replace("https://podcast.example/show/a/a.mp3", "http://[::1").encode()
    feed, _ = read_feed(content, "feed.xml")
    assert feed is not None
    publication = Publication(
        base_url="http://[::1", show_title="", feed=tmp_path, cover=tmp_path, episodes=()
    )
    assert any(
        "http://[::1 is not an address" in finding.what for finding in check_feed(feed, publication)
    )


def test_a_recording_that_is_taken_away_while_the_editor_is_open(tmp_path: Path) -> None:
    from studio.editor.app import make_app
    from studio.editor.edit_session import EditSession
    from studio.editor.page_access import PageAccess

    desk = EditSession(sources_of(make_episode(tmp_path)))
    desk.sources.recording.unlink(missing_ok=True)
    entrance = PageAccess(1)
    client = make_app(desk, entrance, [1]).test_client()
    client.set_cookie(entrance.cookie, entrance.exchange(entrance.code) or "", domain="127.0.0.1")
    for place in ("sound", "api/sound", "api/peaks"):
        answer = client.get(f"/{place}", headers={"Host": "127.0.0.1:1"})
        assert answer.status_code in {200, 404, 422, 507}, (place, answer.status_code)


# --- the log and the doctor


def test_the_log_has_commands_without_their_values_and_no_secret(
    show: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDIO_PUBLISH_SECRET", "tres-secret")
    studio(show, "glossary", "add", "Œuvrard", "tres-secret")
    studio(show, "status")
    text = log_of(show)
    assert "studio.cli: studio " in text
    assert ": glossary" in text
    assert "ended with exit code 0" in text
    assert not {"Œuvrard", "tres-secret"} & set(re.findall(r"[\w-]+", text))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a “b” c", "a “…” c"),
        ("l'article dit l'un", "l'article dit l'un"),
        ("KeyError: 'mot'", "KeyError: “…”"),
        ("sftp://user:pass@host/x", "sftp://…@host/x"),
        ("https://a.test/x?token=1 b", "https://a.test/x?… b"),
    ],
)
def test_what_is_quoted_is_left_out(text: str, kept: str) -> None:
    assert log.redacted(text) == kept


def test_a_full_log_is_turned_over(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / log.FILE).write_text(f"{number}" * log.MAX_BYTES)
        assert log.open_log(tmp_path)
        logging.getLogger("studio.test").warning("one line")
        log.close_log()
    assert {path.name for path in tmp_path.iterdir()} == {
        log.FILE,
        f"{log.FILE}.1",
        f"{log.FILE}.2",
    }
    assert "one line" in (tmp_path / log.FILE).read_text()


def test_a_log_that_cannot_be_written_stops_nothing(show: Workspace) -> None:
    (show.state / log.FILE).mkdir()
    assert studio(show, "status").exit_code == 0


def test_the_doctor_tells_what_is_needed_and_nothing_private(show: Workspace) -> None:
    studio(show, "check", "404-personne")
    said = studio(show, "doctor")
    assert said.exit_code == 0
    for name in (
        "studio",
        "python",
        "ffmpeg",
        "models",
        "disk",
        "settings",
        "episodes",
        "last error",
    ):
        assert re.search(rf"^{name} +\S", said.output, re.MULTILINE), name
    facts = said.output.rpartition("Next:")[0]
    assert "input WorkspaceError" in facts
    for private in (str(show.root), "stephane", "Stéphane", str(Path.home()) + "/"):
        assert private not in facts
    assert CliRunner().invoke(main, ["-C", str(show.root.parent), "doctor"]).exit_code == 0


# --- signals


DRIVER = """
import signal, sys, time
# Tests that are run with nohup hand on that SIGHUP is ignored, and Studio respects that.
signal.signal(int(sys.argv[2]), signal.SIG_DFL)
from studio.cli import main
from studio.pipeline import stages
from studio.pipeline.stage import Stage, StageTable
from studio.sound.ffmpeg import Child

def slow(sources, draft, progress):
    draft.path(sources.files.asr).write_bytes(b"half")
    with Child(["-f", "lavfi", "-i", "anullsrc", "-f", "null", "-"]) as child:
        print("ready", child._process.pid, flush=True)
        time.sleep(60)

stages.STAGES = StageTable(episode=(Stage("inspect", (), (), slow),), show=())
main(["-C", sys.argv[1], "run"])
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows has other signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_command_with_a_sentence_and_nothing_left_behind(
    show: Workspace, number: signal.Signals
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(show.root), str(int(number))],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        child = int(next(line for line in run.stdout if line.startswith("ready")).split()[1])
        run.send_signal(number)
        try:
            _, said = run.communicate(timeout=30)
        finally:
            run.kill()
    assert run.returncode == 128 + number
    assert "Interrupted." in said
    assert f"→ Go on: studio -C {show.root} run" in said
    assert "Traceback" not in said
    assert not list(show.root.rglob(f"{FRESH}*"))
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    assert f"interrupted by signal {number}" in log_of(show)


SERVER = """
import sys
from studio.cli import main

main(["-C", sys.argv[1], "edit", sys.argv[2], "--no-browser"])
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows has other signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_editor_is_ended_by_a_signal_and_says_what_is_next(
    tmp_path: Path, number: signal.Signals
) -> None:
    desk = make_episode(tmp_path / "show")
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, str(desk.root), EDITED],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        assert next(line for line in run.stdout if "Ctrl-C" in line)
        run.send_signal(number)
        try:
            told, said = run.communicate(timeout=30)
        finally:
            run.kill()  # one that does not end would be waited for without end
    assert run.returncode == 128 + number
    assert f"studio -C {desk.root} run {EDITED}" in told
    assert "Traceback" not in said


# --- a full disk while mastering


FULL = """
import resource, sys
from support import small_show
from studio.cli import main
from studio.pipeline import stages

stages.STAGES = small_show.DEAF_STAGES
if sys.argv[2] == "full":
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
main(["-C", sys.argv[1], "run", "--stage", "master"])
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such limit")
@pytest.mark.parametrize("alternate", ["", "opus"])
def test_a_disk_that_fills_up_while_mastering_ends_the_run_cleanly(
    show: Workspace, alternate: str
) -> None:
    show.settings.write_text(
        f'{show.settings.read_text(encoding="utf-8")}\n[sound]\nalternate = "{alternate}"\n',
        encoding="utf-8",
    )
    full, with_room = (
        subprocess.run(
            [sys.executable, "-c", FULL, str(show.root), disk],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "LANGUAGE": "en"},
        )
        for disk in ("full", "with room")
    )
    assert full.returncode == EXIT_CODES["disk"], full.stdout + full.stderr
    assert "Make room, then run the same command again." in full.stderr
    assert "Fatal Python error" not in full.stderr
    assert with_room.returncode == 0, with_room.stdout + with_room.stderr
    assert not list(show.root.rglob(f"{FRESH}*"))
