"""The editor's page is reached from this computer alone, by who knows the token, and runs nobody's
text.
"""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from editing_desk import SLUG, files_of, make_episode, served, sources_of
from flask.testing import FlaskClient
from judges import NODE, missing, need
from made_sounds import convert

from studio.editor.app import PAGE, STATIC, make_app
from studio.editor.edit_session import EditSession
from studio.editor.waveform import PEAKS_PER_S, peaks_of_recording
from studio.model.sound import FIRST_TRACK
from studio.workspace.layout import Workspace

HOST = "127.0.0.1:8123"
GOOD = {"Host": HOST, "Origin": f"http://{HOST}"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    workspace = make_episode(tmp_path_factory.mktemp("ici") / "là")
    yield make_app(EditSession(sources_of(workspace)), "secret", 8123).test_client()


def asked(**fields: object) -> str:
    return json.dumps({"client": "c", "id": "1", "since": 1, "edits": [], **fields})


def test_every_answer_forbids_foreign_script_and_foreign_pages(client: FlaskClient) -> None:
    for path in ("/secret/", "/secret/api/state", "/secret/nothing", "/wrong/"):
        answer = client.get(path, headers={"Host": HOST}, buffered=True)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/wrong/",
        "/wrong/api/state",
        "/secre/",
        "/secret",
        "/secret/../secret/x",
        "/secret/journal.py",
        "/secret/%2e%2e/app.py",
        "/é/",
    ],
)
def test_without_the_token_or_the_name_there_is_nothing(client: FlaskClient, path: str) -> None:
    assert client.get(path, headers={"Host": HOST}, buffered=True).status_code in {308, 404}


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8123", "127.0.0.1:1", "[::1]:8123"])
def test_another_host_name_is_refused(client: FlaskClient, host: str) -> None:
    assert client.get("/secret/", headers={"Host": host}, buffered=True).status_code == 403


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
        "/secret/api/edits", data=asked(), headers={"Content-Type": "application/json", **headers}
    )
    assert answer.status_code == 403


def test_the_page_itself_can(client: FlaskClient) -> None:
    answer = client.post(
        "/secret/api/edits", data=asked(), headers={"Content-Type": "application/json", **GOOD}
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
            "/secret/api/edits", data=body, headers={"Content-Type": "application/json", **GOOD}
        )
        assert answer.status_code == 422
        assert answer.get_json()["what"]


def sound_of(client: FlaskClient) -> dict[str, object]:
    """What the page is told about the sound, once it is made or failed."""
    for _ in range(2000):
        told = dict(client.get("/secret/api/sound", headers={"Host": HOST}).get_json())
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
    return make_app(EditSession(sources_of(workspace)), "secret", 8123).test_client()


@pytest.mark.parametrize(
    ("name", "options"),
    [("prise.aiff", ()), ("prise.wma", ()), ("prise.flac", ("-ar", "192000", "-ac", "4"))],
)
def test_what_browsers_do_not_play_is_given_as_a_copy(
    tmp_path: Path, name: str, options: tuple[str, ...]
) -> None:
    client = with_recording(make_episode(tmp_path / "ici"), name, "-t", "12", *options)
    assert (
        client.get("/secret/sound", headers={"Host": HOST}).status_code == 404
    )  # not before it is there
    assert sound_of(client)["state"] == "ready"
    whole = client.get("/secret/sound", headers={"Host": HOST}, buffered=True)
    part = client.get(
        "/secret/sound", headers={"Host": HOST, "Range": "bytes=1000-1999"}, buffered=True
    )
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
    whole = client.get("/secret/sound", headers={"Host": HOST}, buffered=True)
    part = client.get(
        "/secret/sound", headers={"Host": HOST, "Range": "bytes=1000-1999"}, buffered=True
    )
    assert (whole.status_code, part.status_code) == (200, 206)
    assert part.data == whole.data[1000:2000]
    assert whole.headers["Content-Type"] == "audio/ogg"


def test_peaks_are_measured_once(tmp_path: Path) -> None:
    workspace = make_episode(tmp_path / "ici")
    recording, kept = sources_of(workspace).recording, files_of(workspace).peaks
    peaks = peaks_of_recording(recording, FIRST_TRACK, kept)
    assert abs(len(peaks) / PEAKS_PER_S - 179.3) < 0.1
    assert max(peaks[: PEAKS_PER_S * 6]) > 3 * max(1, sorted(peaks)[len(peaks) // 20])
    content = kept.read_bytes()
    kept.write_bytes(content[:32] + b"x" + content[33:])
    assert peaks_of_recording(recording, FIRST_TRACK, kept)[0] == ord("x")
    recording.touch()
    assert peaks_of_recording(recording, FIRST_TRACK, kept) == peaks


def test_the_page_has_everything_that_it_names_and_nothing_from_elsewhere() -> None:
    assert {file for file, _ in PAGE.values()} == {path.name for path in STATIC.iterdir()}
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    assert (
        re.findall(r"<script(?![^>]*src=)|\son\w+=|style=|//", page.replace("<!DOCTYPE html>", ""))
        == []
    )
    for script in STATIC.glob("*.js"):
        code = script.read_text(encoding="utf-8")
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|https?:", code
        ), script.name
        for name in re.findall(r'from "\./([\w.]+)"', code):
            assert name in PAGE


@pytest.mark.judge
def test_the_page_is_valid() -> None:
    jar = NODE / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    java = need("java")
    if not jar.is_file():
        missing("npm's vnu-jar")
    command = [java, "-Xss2m", "-jar", str(jar), "--stdout", str(STATIC / "index.html")]
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
    assert all(row["fr"] and row["en"] for row in table)
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    assert set(re.findall(r'data-action="(\w+)"', page)) <= {row["action"] for row in table}


# What has no meaning inside the text, and the keys of a boundary, to which a key inside the text
# leads.
OUTSIDE_ONLY = {"write", "earlier", "later", "previousEdge", "nextEdge"}


def test_every_action_has_a_key_inside_the_text_too() -> None:
    table = json.loads((STATIC / "keys.json").read_text(encoding="utf-8"))
    assert {row["action"] for row in table if not row["text"]} == OUTSIDE_ONLY
    assert {row["action"] for row in table if not row["keys"]} <= {"split", "join"}


def test_the_document_has_the_same_keys_as_the_page() -> None:
    table = json.loads((STATIC / "keys.json").read_text(encoding="utf-8"))
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
        f"| {row['fr']} | {told(row['keys']) or '–'} | {told(row['text']) or '–'} |"
        for row in table
    ]
    document = (Path(__file__).parent.parent / "docs" / "editing.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| .* \| (?:<kbd>|–).* \|$", document, re.MULTILINE) == rows


def test_the_address_of_last_time_is_kept_so_that_open_tabs_find_it(tmp_path: Path) -> None:
    workspace = make_episode(tmp_path / "ici")
    with served(workspace) as (first, process):
        process.kill()
        process.wait()
        with served(workspace) as (second, _):
            assert first == second
    note = workspace.state / "editor" / SLUG / "address.json"
    assert note.stat().st_mode & 0o077 == 0


def test_one_desk_an_episode(tmp_path: Path) -> None:
    workspace = make_episode(tmp_path / "ici")
    with (
        served(workspace),
        pytest.raises(AssertionError, match="holds this workspace"),
        served(workspace),
    ):
        pass
