"""The editor's page is reached from this computer alone, by who knows the token, and runs nobody's
text.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from support.edit_session import SLUG, files_of, make_episode, served, sources_of, way_in
from support.edit_session import asked as asked_of
from support.judges import NODE, missing, need
from support.made_sounds import convert
from support.servers import free_port
from werkzeug.test import TestResponse

from studio.editor import waveform
from studio.editor.app import make_app
from studio.editor.edit_session import EditSession
from studio.editor.edits import SetText
from studio.editor.page_access import PageAccess
from studio.editor.page_files import PAGE, STATIC, TEMPLATES, file_in_language, key_table
from studio.editor.server import serve_editor
from studio.editor.waveform import PEAKS_PER_S, peaks_of_recording
from studio.errors import WorkspaceError
from studio.model.sound import FIRST_TRACK
from studio.workspace.layout import Workspace

PORT = 8123
HOST = f"127.0.0.1:{PORT}"
GOOD = {"Host": HOST, "Origin": f"http://{HOST}"}


def let_in(workspace: Workspace, *former: int) -> FlaskClient:
    """A browser that has exchanged its code."""
    entrance = PageAccess(PORT)
    browser = make_app(EditSession(sources_of(workspace)), entrance, (PORT, *former)).test_client(
        use_cookies=False
    )
    secret = entrance.exchange(entrance.code)
    browser.environ_base["HTTP_COOKIE"] = f"{entrance.cookie}={secret}"
    return browser


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_episode(tmp_path / "ici")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    workspace = make_episode(tmp_path_factory.mktemp("ici") / "là")
    yield let_in(workspace)


def asked(**fields: object) -> str:
    return json.dumps({"client": "c", "id": "1", "since": 1, "edits": [], **fields})


def test_every_answer_forbids_foreign_script_and_foreign_pages(client: FlaskClient) -> None:
    for path in ("/", "/api/state", "/nothing", "/enter/wrong"):
        answer = client.get(path, headers={"Host": HOST}, buffered=True)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("language", "closed", "told"),
    [("fr", "Ouvrez l’adresse", "a été changé"), ("en", "Open the address", "was changed")],
)
def test_the_server_says_it_in_the_language_that_the_page_chose(
    client: FlaskClient, language: str, closed: str, told: str
) -> None:
    chosen = f"studio-language={language}"
    without = client.get("/", headers={"Host": HOST}, environ_overrides={"HTTP_COOKIE": chosen})
    assert without.status_code == 401
    assert f'lang="{language}"' in without.text
    assert closed in without.text
    cookies = f"{client.environ_base['HTTP_COOKIE']}; {chosen}"
    lost = {"kind": "speaker", "segment": "s9999", "was": None, "speaker": "x", "everywhere": False}
    answer = client.post(
        "/api/edits",
        data=asked(edits=[lost]),
        content_type="application/json",
        headers=GOOD,
        environ_overrides={"HTTP_COOKIE": cookies},
    )
    assert told in answer.get_data(as_text=True)
    page = client.get("/", headers=GOOD, environ_overrides={"HTTP_COOKIE": cookies})
    assert f'<html lang="{language}">' in page.text


def test_a_window_counts_until_it_is_left_and_again_when_it_comes_back(
    workspace: Workspace,
) -> None:
    client = let_in(workspace)

    def others(name: str) -> int:
        answer = client.get(f"/api/changes/1?client={name}", headers={"Host": HOST})
        return int(json.loads(answer.text)["others"])

    assert [others("here"), others("there")] == [0, 1]
    told = client.post(
        "/api/left",
        data=json.dumps({"client": "here"}),
        content_type="application/json",
        headers=GOOD,
    )
    assert told.status_code == 200
    assert others("there") == 0
    assert [others("here"), others("there")] == [1, 1]


API = ["state", "changes/1", "doubts", "versions", "peaks", "elsewhere"]
PLACES = ["/", "/adopt", "/main.js", "/sound", *(f"/api/{name}" for name in API)]


@pytest.mark.parametrize(
    "path", ["/../x", "/journal.py", "/%2e%2e/app.py", "/é/", "/entrance.py", "/api/nothing"]
)
def test_there_is_nothing_but_the_page(client: FlaskClient, path: str) -> None:
    assert client.get(path, headers={"Host": HOST}, buffered=True).status_code == 404


@pytest.mark.parametrize(
    "cookie", ["", "studio-editor-8123=", "studio-editor-8123=x", "studio-editor-8123=é", "other=x"]
)
@pytest.mark.parametrize("path", PLACES)
def test_without_the_secret_there_is_nothing(client: FlaskClient, path: str, cookie: str) -> None:
    answer = client.get(
        path,
        headers={"Host": HOST, "Cookie": cookie},
        environ_overrides={"HTTP_COOKIE": cookie},
        buffered=True,
    )
    assert answer.status_code == 401
    assert b"segments" not in answer.data


def test_a_code_is_good_once_and_the_next_one_is_told(workspace: Workspace) -> None:
    told: list[str] = []
    entrance = PageAccess(PORT, told.append)
    app = make_app(EditSession(sources_of(workspace)), entrance, (PORT,))
    code = entrance.code
    first, other = app.test_client(), app.test_client()
    answer = first.get(f"http://{HOST}/enter/{code}", headers={"Sec-Fetch-Site": "cross-site"})
    cookie = answer.headers["Set-Cookie"]
    assert (answer.status_code, "HttpOnly" in cookie, "SameSite=Strict" in cookie) == (
        200,
        True,
        True,
    )
    assert first.get(f"http://{HOST}/api/state").status_code == 200
    for wrong in (code, "x", "é"):
        assert other.get(f"http://{HOST}/enter/{wrong}").status_code == 403
    assert other.get(f"http://{HOST}/api/state").status_code == 401
    assert other.get(f"http://{HOST}/enter/{told[0]}").status_code == 200
    assert other.get(f"http://{HOST}/api/state").status_code == 200


def test_each_start_has_a_secret_of_its_own() -> None:
    one, other = PageAccess(PORT), PageAccess(PORT)
    assert one.code != other.code
    secret = one.exchange(one.code)
    assert secret is not None
    assert one.admits(secret)
    assert not other.admits(secret)


def test_only_what_an_earlier_port_left_is_shown_inside_the_page(workspace: Workspace) -> None:
    client = let_in(workspace, 8124)
    former = {"Host": "127.0.0.1:8124", "Sec-Fetch-Site": "same-site"}
    answer = client.get("/adopt", headers=former, buffered=True)
    assert answer.status_code == 200
    assert "frame-ancestors http://127.0.0.1:8123 " in answer.headers["Content-Security-Policy"]
    for path in ("/", "/api/state"):
        assert client.get(path, headers=former, buffered=True).status_code == 403
    page = client.get("/", headers={"Host": HOST}, buffered=True)
    assert "frame-src http://127.0.0.1:8124;" in page.headers["Content-Security-Policy"]


def test_eight_windows_ask_for_the_waveform_at_once(workspace: Workspace) -> None:
    client = let_in(workspace)

    def ask(_: int) -> TestResponse:
        window = client.application.test_client(use_cookies=False)
        return window.get("/api/peaks", headers=GOOD, environ_overrides=client.environ_base)

    with ThreadPoolExecutor(8) as windows:
        answers = list(windows.map(ask, range(8)))
    assert [answer.status_code for answer in answers] == [200] * 8
    assert len({answer.data for answer in answers}) == 1


def test_odd_ranges_of_the_sound_are_answered_as_rfc_9110_says(client: FlaskClient) -> None:
    assert sound_of(client)["state"] == "ready"
    whole = client.get("/sound", headers={"Host": HOST}, buffered=True).data
    for wanted, status, length in (
        ("bytes=x", 200, len(whole)),
        ("bytes=5-2", 200, len(whole)),
        ("bytes=0-1,5-6", 200, len(whole)),
        (f"bytes=-{len(whole) + 1}", 206, len(whole)),
        (f"bytes={len(whole)}-", 416, None),
    ):
        answer = client.get("/sound", headers={"Host": HOST, "Range": wanted}, buffered=True)
        assert answer.status_code == status, wanted
        assert length is None or len(answer.data) == length, wanted


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8123", "127.0.0.1:1", "[::1]:8123"])
def test_another_host_name_is_refused(client: FlaskClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}, buffered=True).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": HOST},
        {**GOOD, "Origin": "http://evil.example"},
        {**GOOD, "Origin": "null"},
        {**GOOD, "Sec-Fetch-Site": "cross-site"},
        {**GOOD, "Content-Type": "text/plain"},
    ],
)
def test_no_other_page_can_send_an_edit(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = client.post(
        "/api/edits", data=asked(), headers={"Content-Type": "application/json", **headers}
    )
    assert answer.status_code == 403


def test_the_page_itself_can(client: FlaskClient) -> None:
    answer = client.post(
        "/api/edits", data=asked(), headers={"Content-Type": "application/json", **GOOD}
    )
    assert (answer.status_code, answer.get_json()["revision"]) == (200, 1)


def test_what_is_no_edit_is_refused_with_the_reason(client: FlaskClient) -> None:
    for body in (
        "{",
        "[]",
        asked(edits=[{"kind": "delete-everything"}]),
        asked(edits=[{"kind": "text"}]),
    ):
        answer = client.post(
            "/api/edits", data=body, headers={"Content-Type": "application/json", **GOOD}
        )
        assert answer.status_code == 422
        assert answer.get_json()["what"]


def sound_of(client: FlaskClient) -> dict[str, object]:
    """What the page is told about the sound, once it is made or failed."""
    for _ in range(2000):
        told = dict(client.get("/api/sound", headers={"Host": HOST}).get_json())
        if told["state"] != "making":
            return told
        time.sleep(0.01)
    raise AssertionError(told)


def with_recording(workspace: Workspace, name: str, *options: str) -> FlaskClient:
    """The page's server for the same episode with its recording in another form."""
    files = files_of(workspace)
    convert(files.folder / "recording.opus", files.folder / name, *options)
    text = files.settings.read_text(encoding="utf-8")
    files.settings.write_text(
        text.replace('recording = "recording.opus"', f'recording = "{name}"'), encoding="utf-8"
    )
    return let_in(workspace)


@pytest.mark.parametrize(
    ("name", "options"),
    [("prise.aiff", ()), ("prise.wma", ()), ("prise.flac", ("-ar", "192000", "-ac", "4"))],
)
def test_what_browsers_do_not_play_is_given_as_a_copy(
    tmp_path: Path, name: str, options: tuple[str, ...]
) -> None:
    client = with_recording(make_episode(tmp_path / "ici"), name, "-t", "12", *options)
    assert client.get("/sound", headers={"Host": HOST}).status_code == 404  # not before it is there
    assert sound_of(client)["state"] == "ready"
    whole = client.get("/sound", headers={"Host": HOST}, buffered=True)
    part = client.get("/sound", headers={"Host": HOST, "Range": "bytes=1000-1999"}, buffered=True)
    assert (whole.status_code, part.status_code, whole.headers["Content-Type"]) == (
        200,
        206,
        "audio/webm",
    )
    assert part.data == whole.data[1000:2000]


def test_why_there_is_no_sound_is_told_and_tried_again(tmp_path: Path) -> None:
    workspace = make_episode(tmp_path / "ici")
    client = with_recording(workspace, "prise.aiff", "-t", "2")
    recording = sources_of(workspace).recording
    content = recording.read_bytes()
    recording.unlink()
    told = sound_of(client)
    assert (told["state"], bool(told["what"]), bool(told["remedy"])) == ("failed", True, True)
    recording.write_bytes(content)
    for _ in range(3):
        told = sound_of(client)
    assert told["state"] == "ready"


def test_the_sound_can_be_heard_from_anywhere(client: FlaskClient) -> None:
    assert sound_of(client)["state"] == "ready"
    whole = client.get("/sound", headers={"Host": HOST}, buffered=True)
    part = client.get("/sound", headers={"Host": HOST, "Range": "bytes=1000-1999"}, buffered=True)
    assert (whole.status_code, part.status_code) == (200, 206)
    assert part.data == whole.data[1000:2000]
    assert whole.headers["Content-Type"] == "audio/ogg"


def test_peaks_are_measured_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = make_episode(tmp_path / "ici")
    recording, kept = sources_of(workspace).recording, files_of(workspace).peaks
    peaks = peaks_of_recording(recording, FIRST_TRACK, kept)
    assert abs(len(peaks) / PEAKS_PER_S - 179.3) < 0.1
    assert max(peaks[: PEAKS_PER_S * 6]) > 3 * max(1, sorted(peaks)[len(peaks) // 20])
    content = kept.read_bytes()
    kept.write_bytes(content[:32] + b"x" + content[33:])
    assert peaks_of_recording(recording, FIRST_TRACK, kept)[0] == ord("x")
    with monkeypatch.context() as other_rate:
        other_rate.setattr(waveform, "PEAKS_PER_S", PEAKS_PER_S // 2)
        assert peaks_of_recording(recording, FIRST_TRACK, kept) == peaks
    recording.touch()
    assert peaks_of_recording(recording, FIRST_TRACK, kept) == peaks


# The editor library, as `make bundle` writes it.
LIBRARY = "prosemirror.js"


def test_the_page_has_everything_that_it_names_and_nothing_from_elsewhere() -> None:
    assert {file for file, _ in PAGE.values()} == {
        path.name
        for folder in (STATIC, TEMPLATES)
        for path in folder.iterdir()
        if not path.name.endswith(".d.ts")
    }
    page = file_in_language("editor.html", "fr").decode()
    assert (
        re.findall(r"<script(?![^>]*src=)|\son\w+=|style=|//", page.replace("<!DOCTYPE html>", ""))
        == []
    )
    for script in STATIC.glob("*.js"):
        code = script.read_text(encoding="utf-8")
        if script.name == LIBRARY:
            # It reads what is pasted, and names the namespaces of XML; it fetches nothing.
            assert not re.search(r"\beval\(|\bimport\b|\bfetch\(|XMLHttpRequest", code)
            continue
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|https?:", code
        ), script.name
        for name in re.findall(r'^import .*from "\./([\w.]+)"', code, re.MULTILINE):
            assert name in PAGE


@pytest.mark.judge
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_is_valid(language: str, tmp_path: Path) -> None:
    jar = NODE / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    java = need("java")
    if not jar.is_file():
        missing("npm's vnu-jar")
    page = tmp_path / "page.html"
    page.write_bytes(file_in_language("editor.html", language))
    command = [java, "-Xss2m", "-jar", str(jar), "--stdout", str(page)]
    answer = subprocess.run(command, capture_output=True, check=False, timeout=300)
    assert (answer.returncode, answer.stdout.decode()) == (0, "")


def test_every_key_has_one_meaning_and_every_button_is_a_key() -> None:
    table = json.loads((STATIC / "keys.json").read_text(encoding="utf-8"))
    for place in ("keys", "text"):
        combinations = [key for row in table for key in row[place]]
        assert len(combinations) == len(set(combinations))
    # Letters that AZERTY and QWERTY have elsewhere, and those of the browser.
    letters = [
        key[-1]
        for row in table
        for key in [*row["keys"], *row["text"]]
        if key.startswith("Alt+") or len(key) == 1
    ]
    assert not set(letters) & set("aqwzm")
    assert all(row["sentence"] for row in table)
    page = file_in_language("editor.html", "en").decode()
    assert set(re.findall(r'data-action="(\w+)"', page)) <= {row["action"] for row in table}


# What has no meaning inside the text, digits, which are written there, and the keys of a boundary,
# to which a key inside the text leads.
OUTSIDE_ONLY = {
    "write",
    "voice",
    "earlier",
    "later",
    "previousEdge",
    "nextEdge",
    # Inside the text the same key is for words of the text.
    "transcribeAgain",
}


def test_every_action_has_a_key_inside_the_text_too() -> None:
    table = json.loads((STATIC / "keys.json").read_text(encoding="utf-8"))
    assert {row["action"] for row in table if not row["text"]} == OUTSIDE_ONLY
    assert {row["action"] for row in table if not row["keys"]} <= {
        "split",
        "join",
        "joinTurn",
        "newVoice",
        "transcribeSelected",
    }


def test_the_document_has_the_same_keys_as_the_page() -> None:
    table = key_table("fr")
    names = {
        " ": "Espace",
        "Enter": "Entrée",
        "Backspace": "Retour arrière",
        "Escape": "Échap",
        "Shift": "Maj",
    }
    names |= {"ArrowLeft": "←", "ArrowRight": "→", "ArrowUp": "↑", "ArrowDown": "↓"}

    def told(combinations: list[str]) -> str:
        held = [re.findall(r"(?<=\+)\+$|[^+]+|^\+$", combination) for combination in combinations]
        keys = [
            [names.get(part, part.upper() if len(part) == 1 else part) for part in parts]
            for parts in held
        ]
        return ", ".join(" + ".join(f"<kbd>{key}</kbd>" for key in parts) for parts in keys)

    rows = [
        f"| {row['sentence']} | {told(row['keys']) or '–'} | {told(row['text']) or '–'} |"
        for row in table
    ]
    document = (Path(__file__).parent.parent / "docs" / "editing.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| .* \| (?:<kbd>|–).* \|$", document, re.MULTILINE) == rows


def test_the_port_of_last_time_is_kept_so_that_open_tabs_find_it(tmp_path: Path) -> None:
    workspace = make_episode(tmp_path / "ici")
    with served(workspace) as (first, process):
        code = way_in(first)
        process.kill()
        process.wait()
        with served(workspace) as (second, _):
            assert first == second
            assert way_in(second) != code


@pytest.mark.skipif(sys.platform != "linux", reason="reads what Linux tells of processes and files")
def test_nobody_else_on_this_computer_reads_the_way_in(tmp_path: Path) -> None:
    """Neither in a list of processes, where a browser's address stands, nor in a file."""
    browser = tmp_path / "browser"
    # It stays open as a browser does, but holds no pipe of the command's: whoever reads that would
    # wait for it.
    browser.write_text(
        '#!/bin/sh\nexec > /dev/null 2>&1\necho "$@" >> "$0.asked"\nsleep 60\n', encoding="utf-8"
    )
    browser.chmod(0o755)
    workspace = make_episode(tmp_path / "ici")
    for name in ("xdg-open", "www-browser", "open"):
        (tmp_path / name).symlink_to(browser)
    environment = {"BROWSER": str(browser), "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    with served(workspace, browser=environment) as (address, _):
        code = way_in(address).rpartition("/")[2]
        for _ in range(200):
            asked = [path.read_text(encoding="utf-8") for path in tmp_path.glob("*.asked")]
            if asked:
                break
            time.sleep(0.05)
        commands = [
            path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.is_file()
        ]
        assert asked
        assert all(code not in told for told in asked)
        assert all(code.encode() not in command for command in commands)
        leading = workspace.state / "editor" / SLUG / "open.html"
        assert str(leading) in asked[0]
        assert code in leading.read_text(encoding="utf-8")
        assert leading.stat().st_mode & 0o077 == 0
    secrets = [
        path
        for path in workspace.root.rglob("*")
        if path.is_file() and code.encode() in path.read_bytes()
    ]
    assert all(path.stat().st_mode & 0o077 == 0 for path in secrets)


def test_a_crowd_of_connections_blocks_nobody(tmp_path: Path) -> None:
    """300 that say nothing and 300 that say half a request, a byte now and then."""
    with served(make_episode(tmp_path / "ici")) as (address, _), contextlib.ExitStack() as crowd:
        host, port = address.removeprefix("http://").rstrip("/").split(":")
        slow = []
        for number in range(600):
            connection = socket.create_connection((host, int(port)), timeout=20)
            crowd.enter_context(connection)
            if number % 2:
                connection.sendall(b"GET / HTTP/1.1\r\nX: ")
                slow.append(connection)
        with urllib.request.urlopen(way_in(address), timeout=10) as answer:
            cookie = answer.headers["Set-Cookie"].partition(";")[0]
        for _ in range(5):
            for connection in slow:
                with contextlib.suppress(OSError):
                    connection.sendall(b"a")
            asking = urllib.request.Request(f"{address}api/state", headers={"Cookie": cookie})
            with urllib.request.urlopen(asking, timeout=10) as answer:
                assert answer.status == 200


def test_another_port_is_listened_to_beside_the_one_before(tmp_path: Path) -> None:
    workspace = make_episode(tmp_path / "ici")
    with served(workspace) as (first, process):
        process.kill()
        process.wait()
        port = free_port()
        with served(workspace, "--port", str(port)) as (second, _):
            assert second == f"http://127.0.0.1:{port}/"
            for address in (first, second):
                with pytest.raises(urllib.error.HTTPError) as answer:
                    urllib.request.urlopen(address, timeout=20)
                assert answer.value.code == 401
                answer.value.close()


@pytest.mark.skipif(os.name != "posix", reason="ends it as Linux does")
def test_a_fault_of_the_writer_ends_the_server_with_the_reason(tmp_path: Path) -> None:
    workspace = make_episode(tmp_path / "ici")
    session = EditSession(sources_of(workspace))
    ready: list[str] = []
    segment = session.transcript().segments[0]

    def begin(address: str, leading: Path) -> None:
        ready.append(address)
        edit = asked_of(SetText(segment=segment.id, was=segment.text, text="Un"))
        threading.Timer(0.5, session.apply, [edit]).start()  # once the page is served

    with (
        pytest.MonkeyPatch.context() as patch,
        pytest.raises(WorkspaceError, match="no longer brought to the files"),
    ):
        patch.setattr("studio.editor.episode_files.write_known", lambda *_: 1 / 0)
        patch.setattr("studio.editor.server._LAST_WORDS_S", 0.1)
        serve_editor(session, workspace.state / "editor" / SLUG, 0, begin, ready.append)
    assert len(ready) == 1
    assert EditSession(sources_of(workspace)).transcript().segments[0].text == "Un"


def test_one_desk_an_episode(tmp_path: Path) -> None:
    workspace = make_episode(tmp_path / "ici")
    with (
        served(workspace),
        pytest.raises(AssertionError, match=r"holds this workspace|occupe cet espace de travail"),
        served(workspace),
    ):
        pass


def test_the_voices_of_one_file_have_lanes_of_different_names(workspace: Workspace) -> None:
    """A stereo file with a voice on each side: « Solo » must say which."""
    settings = workspace.episode(SLUG).settings
    microphones = '\n[[microphones]]\nfile = "stéréo.m4a"\n' * 2
    settings.write_text(settings.read_text(encoding="utf-8") + microphones, encoding="utf-8")
    answer = let_in(workspace).get("/api/microphones", headers={"Host": HOST}, buffered=True)
    assert json.loads(answer.data)["names"] == ["stéréo (1)", "stéréo (2)"]
