"""The last step: the page has the episode rebuilt with what was typed on it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Route, expect
from support.edit_session import SLUG, files_of, make_episode, served, sources_of, way_in
from support.editor_typing import chromium_fixture  # noqa: F401 - a fixture
from support.manuscript_page import put_caret

from studio.editor.app import make_app
from studio.editor.edit_session import EditSession
from studio.editor.page_access import PageAccess
from studio.editor.run_job import RunJob
from studio.errors import RecordingError
from studio.messages.message import message
from studio.pipeline.stage import Output, Stage, StageInput, StageTable
from studio.pipeline.staged_outputs import StagedOutputs
from studio.progress import Progress
from studio.workspace.layout import Workspace
from studio.workspace.run_lock import lock_edit_session, lock_workspace
from studio.workspace.sources import EpisodeSources

PORT = 8123
ASKED = {"Host": f"127.0.0.1:{PORT}", "Origin": f"http://127.0.0.1:{PORT}"}
Work = Callable[[EpisodeSources, StagedOutputs, Progress], None]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = make_episode(tmp_path / "ici")
    asr = made.episode(SLUG).asr  # its recording was transcribed before somebody edits it
    asr.parent.mkdir(parents=True, exist_ok=True)
    asr.write_text("{}", encoding="utf-8")
    return made


@pytest.fixture
def client(workspace: Workspace) -> Iterator[FlaskClient]:
    """A browser on the page, which nobody else may edit meanwhile."""
    with lock_edit_session(workspace.state, SLUG, f"studio edit {SLUG}"):
        session, entrance = EditSession(sources_of(workspace)), PageAccess(PORT)
        browser = make_app(session, entrance, (PORT,)).test_client(use_cookies=False)
        secret = entrance.exchange(entrance.code)
        browser.environ_base["HTTP_COOKIE"] = f"{entrance.cookie}={secret}; studio-language=fr"
        with session.background_writer():
            yield browser


def install(patch: pytest.MonkeyPatch, work: Work) -> None:
    """Let a run of the page have one stage, which reads the transcript."""
    stage = Stage[EpisodeSources](
        name="master",
        inputs=(StageInput("transcript", "file", lambda sources: sources.files.transcript),),
        outputs=(Output(lambda sources: sources.files.master),),
        run=work,
    )
    patch.setattr("studio.pipeline.stages.STAGES", StageTable(episode=(stage,), show=()))


def post(client: FlaskClient, path: str, value: object) -> Any:
    answer = client.post(
        path, data=json.dumps(value), content_type="application/json", headers=ASKED
    )
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text)


def run_until(client: FlaskClient, state: str) -> Any:
    for _ in range(600):
        found = json.loads(client.get("/api/run", headers=ASKED).text)
        if found["state"] == state:
            return found
        time.sleep(0.05)
    raise AssertionError(found)


def test_a_run_has_what_was_typed_just_before(
    client: FlaskClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def work(sources: EpisodeSources, draft: StagedOutputs, progress: Progress) -> None:
        progress(0, 2)
        assert go_on.wait(60)
        draft.write(sources.files.master, sources.transcript().words[0].text.encode())

    install(monkeypatch, work)
    first = sources_of(workspace).transcript().segments[0]
    edit = {"kind": "text", "segment": first.id, "was": first.text, "text": f"Voyons. {first.text}"}
    post(client, "/api/edits", {"client": "c", "id": "1", "since": 1, "edits": [edit]})
    assert post(client, "/api/run", {})["state"] == "running"
    while run_until(client, "running")["stage"] != "master":
        time.sleep(0.05)
    # Whoever asks again, as on another tab, sees the same run.
    assert post(client, "/api/run", {})["stage"] == "master"
    go_on.set()
    found = run_until(client, "done")
    assert (found["ran"], found["troubles"], found["share"]) == (1, [], None)
    assert files_of(workspace).master.read_text(encoding="utf-8") == "Voyons."
    post(client, "/api/run", {})
    assert run_until(client, "done")["ran"] == 0


def test_another_run_is_not_disturbed_and_is_told(
    client: FlaskClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, lambda *_: pytest.fail("two runs at once"))
    with lock_workspace(workspace.state, "studio run --all"):
        post(client, "/api/run", {})
        (trouble,) = run_until(client, "failed")["troubles"]
    assert "studio run --all" in trouble["what"]
    assert "Attendez" in trouble["remedy"]
    assert not files_of(workspace).master.exists()


def test_a_cover_that_is_missing_is_told_before_anything_is_transcribed(
    client: FlaskClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.episode(SLUG).asr.unlink()
    install(monkeypatch, lambda *_: pytest.fail("a stage ran"))
    post(client, "/api/run", {})
    (trouble,) = run_until(client, "failed")["troubles"]
    assert "cover.jpg" in trouble["where"] and "pochette" in trouble["remedy"]


@pytest.mark.parametrize("is_fault", [False, True])
def test_what_stops_a_run_is_told_with_its_remedy(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, *, is_fault: bool
) -> None:
    def work(sources: EpisodeSources, *_: object) -> None:
        if is_fault:
            raise KeyError("mot")
        raise RecordingError(sources.recording, message("is missing"), message("Put it back."))

    install(monkeypatch, work)
    post(client, "/api/run", {})
    (trouble,) = run_until(client, "failed")["troubles"]
    assert (trouble["where"] != "", trouble["what"] != "", trouble["remedy"] != "") == (True,) * 3
    assert "mot" not in trouble["what"]
    assert is_fault or "recording.opus" in trouble["where"]


@pytest.mark.judge
def test_the_button_saves_first_then_tells_how_far_it_is_and_what_follows(
    chromium: Browser, workspace: Workspace
) -> None:
    told = {"stage": "master", "share": 0.5, "ran": 2, "notes": ["gardé"], "troubles": []}
    asked: list[str] = []

    def answer(route: Route) -> None:
        if route.request.method == "POST":
            asked.append(files_of(workspace).journal.read_text(encoding="utf-8"))
            route.fulfill(json={**told, "state": "running"})
        else:
            route.fulfill(json={**told, "state": "done" if asked else "none"})

    with served(workspace) as (address, _), chromium.new_context(locale="fr-FR") as context:
        page = context.new_page()
        page.route("**/api/run", answer)
        page.goto(way_in(address))
        page.wait_for_selector("html[data-open]")
        expect(page.locator("#run-next")).to_be_hidden()
        put_caret(page, 0, 0)
        # At once, before any pause in which what was typed would be saved by itself.
        page.evaluate(
            "document.execCommand('insertText', false, 'Voyons '); "
            "document.getElementById('run').click()"
        )
        expect(page.locator("#run-told")).to_contain_text("master")
        expect(page.locator("#run-bar")).to_have_attribute("value", "0.5")
        expect(page.locator("#run-next")).to_contain_text(f"studio proof {SLUG}")
        expect(page.locator("#run-bar")).to_be_hidden()
        assert len(asked) == 1
        assert "Voyons" in asked[0]


def test_how_a_run_ended_is_noted_by_one_thread_at_a_time(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else an event that is just taken in puts « running » back, for ever."""
    job = RunJob(workspace, SLUG)
    monkeypatch.setattr(job, "_bring_up_to_date", tuple)
    ending = threading.Thread(target=job._follow, daemon=True)
    with job._mutex:
        ending.start()
        ending.join(0.3)
        assert job._run.state == "none"
    ending.join(60)
    assert job.run().state == "done"
