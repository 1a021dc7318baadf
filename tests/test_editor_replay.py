"""A command that reads an episode reads every edit, also those that only the journal has."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support.edit_session import (
    SLUG,
    asked,
    copy_episode,
    files_of,
    make_episode,
    sources_of,
    transcript_on_disk,
)

from studio.cli import main
from studio.editor.edit_session import EditSession
from studio.editor.edits import KeepDraft, SetText
from studio.editor.file_revisions import is_ahead
from studio.editor.replay import (
    episode_with_edits,
    write_all_edits_to_files,
    write_edits_to_files,
)
from studio.errors import BusyError, WorkspaceError
from studio.workspace.layout import Workspace
from studio.workspace.recording_clock import RecordingClock, write_clock
from studio.workspace.run_lock import lock_workspace
from studio.workspace.sources import ShowSources


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Its editor was killed when the journal had three edits, and the transcript the first of
    them.
    """
    made = make_episode(tmp_path / "ici")
    session = EditSession(sources_of(made))
    type_text(session, 0, "Un")
    with monkeypatch.context() as patch:
        patch.setattr("studio.editor.episode_files.EditedFiles.write", lambda *_: None)
        type_text(session, 1, "Deux")
        type_text(session, 2, "Trois")
    return made


def type_text(session: EditSession, place: int, text: str) -> None:
    segment = session.transcript().segments[place]
    session.apply(
        asked(SetText(segment=segment.id, was=segment.text, text=text), since=session.revision)
    )


def texts(workspace: Workspace) -> list[str]:
    return [segment.text for segment in transcript_on_disk(workspace).segments[:3]]


def ask(workspace: Workspace, *words: str) -> Result:
    return CliRunner().invoke(main, ["-C", str(workspace.root), *words])


@pytest.mark.parametrize(
    "words",
    [
        ("run", SLUG, "--stage", "inspect"),
        ("run", "--stage", "inspect"),
        ("export", SLUG, "--to", "txt", "--output", "../x.txt"),
        ("report", SLUG),
        ("diff", SLUG),
        ("clip", SLUG),
        ("publish", "--dry-run"),
        ("glossary", "learn"),
    ],
    ids=" ".join,
)
def test_a_command_reads_what_only_the_journal_has(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(workspace.feed)
    if words[0] == "publish":
        text = workspace.settings.read_text(encoding="utf-8")
        workspace.settings.write_text(
            f'{text}\n[publish]\ndestination = "../public"\n', encoding="utf-8"
        )
    assert texts(workspace)[1:] != ["Deux", "Trois"]
    answer = ask(workspace, *words)
    assert not answer.exception or isinstance(answer.exception, SystemExit), answer.output
    assert texts(workspace) == ["Un", "Deux", "Trois"], answer.output
    assert not is_ahead(files_of(workspace).journal)
    if words[0] == "run":
        assert "edits from the editor's journal were written to the files" in answer.output
    if words[0] == "export":
        assert "Trois" in (workspace.root / "x.txt").read_text(encoding="utf-8")


def test_workers_find_every_edit_in_the_files(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[list[str]] = []

    def begin(*_: object, **__: object) -> None:
        found.append(texts(workspace))
        raise BusyError("nobody", "works", "now")

    monkeypatch.setattr("studio.api.run.run_catalogue", begin)
    assert ask(workspace, "run", "--all", "--workers", "2", "--stage", "correct").exit_code == 5
    assert found == [["Un", "Deux", "Trois"]]


def test_edits_of_a_folder_that_was_moved_are_read_by_the_same_run(workspace: Workspace) -> None:
    moved, sources = workspace.episode("002-neuf"), sources_of(workspace)
    write_clock(sources, RecordingClock(sha256="", guid=sources.episode.guid))
    files_of(workspace).folder.rename(moved.folder)
    answer = ask(workspace, "run", moved.slug, "--stage", "inspect")
    assert answer.exit_code == 0, answer.output
    now = ShowSources(workspace).episode(moved.slug).transcript()
    assert [one.text for one in now.segments][:3] == ["Un", "Deux", "Trois"]


def test_a_plan_says_so_and_changes_nothing(workspace: Workspace) -> None:
    before = files_of(workspace).transcript.read_bytes()
    for words in (
        ("run", SLUG, "--dry-run"),
        ("run", "--all", "--dry-run"),
        ("status",),
        ("status", "--json"),
    ):
        told = ask(workspace, *words).output
        assert "may have edits that are not in the files yet" in told
    assert f"Next: studio -C {workspace.root} run" in ask(workspace, "status").output
    assert files_of(workspace).transcript.read_bytes() == before


def test_what_the_files_have_is_not_read_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert write_all_edits_to_files(workspace) == (SLUG,)
    monkeypatch.setattr("studio.editor.replay.EditSession", None)
    assert write_all_edits_to_files(workspace) == ()
    assert not write_edits_to_files(sources_of(workspace))
    assert write_all_edits_to_files(workspace, [copy_episode(workspace, "102-autre").slug]) == ()


def test_an_open_page_that_does_not_reach_the_files_stops_the_command(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.editor.replay._WAIT_S", 0.2)
    held = lock_workspace(workspace.state / "editor" / SLUG, f"studio edit {SLUG}")
    with held, pytest.raises(BusyError, match="has edits that do not reach its files"):
        episode_with_edits(workspace, SLUG)
    assert texts(workspace)[1:] != ["Deux", "Trois"]


def test_a_command_waits_for_an_open_page(workspace: Workspace) -> None:
    session = EditSession(sources_of(workspace))
    with (
        lock_workspace(workspace.state / "editor" / SLUG, f"studio edit {SLUG}"),
        session.background_writer(),
    ):
        for number in range(5):
            type_text(session, 0, f"Texte {number}")
            session.apply(asked(KeepDraft(place="find", text=f"{number}"), since=session.revision))
            episode_with_edits(workspace, SLUG)
            assert texts(workspace)[0] == f"Texte {number}"


def test_built_files_that_were_removed_are_no_reason_to_lose_edits(workspace: Workspace) -> None:
    shutil.rmtree(files_of(workspace).build)
    episode_with_edits(workspace, SLUG)
    assert texts(workspace) == ["Un", "Deux", "Trois"]


def test_edits_that_cannot_be_brought_stop_the_command(workspace: Workspace) -> None:
    shutil.rmtree(files_of(workspace).build)
    (files_of(workspace).folder / "recording.opus").unlink()
    with pytest.raises(WorkspaceError, match="has edits that are not in its files yet"):
        episode_with_edits(workspace, SLUG)
