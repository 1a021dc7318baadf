"""Remedies of the editor, each followed as a person would."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from support.edit_session import asked, files_of, make_episode, sources_of
from support.spoken import transcript_from_lines

from studio.editor.alternative_wordings import PassageRequest, window_around
from studio.editor.edit_session import EditConflictError, EditSession
from studio.editor.edits import AddGlossaryName, Edit, Restore, SetText
from studio.errors import StudioError
from studio.model.transcript import Segment
from studio.workspace.layout import Workspace
from studio.workspace.recording_clock import RecordingClock, write_clock


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_episode(tmp_path / "show")


def do(session: EditSession, edit: Edit) -> None:
    session.apply(asked(edit, since=session.revision))


def say(session: EditSession, text: str) -> None:
    segment = session.transcript().segments[0]
    do(session, SetText(segment=segment.id, was=segment.text, text=text))


def told_of(session: EditSession, edit: Edit) -> str:
    with pytest.raises(StudioError) as told:
        do(session, edit)
    return told.value.remedy


def test_less_of_a_long_passage_is_transcribed_again() -> None:
    transcript = transcript_from_lines([("Anne", 0, 40_000, "un deux trois quatre")])
    segment = transcript.segments[0].id
    with pytest.raises(StudioError) as told:
        window_around(
            transcript, PassageRequest(segment=segment, first=0, was="un deux trois quatre")
        )
    assert told.value.remedy == "Choose at most 28 s of it."
    window_around(transcript, PassageRequest(segment=segment, first=0, was="un deux"))


def test_a_passage_is_asked_about_as_it_is_now() -> None:
    transcript = transcript_from_lines([("Anne", 0, 4_000, "un deux trois quatre")])
    segment = transcript.segments[0].id
    with pytest.raises(StudioError) as told:
        window_around(transcript, PassageRequest(segment=segment, first=1, was="douze"))
    assert told.value.remedy == "Look at the passage, and ask again."
    window_around(transcript, PassageRequest(segment=segment, first=1, was="deux"))


@pytest.mark.parametrize("chosen", ["Lui", "Elle"])
def test_either_of_two_versions_is_chosen(workspace: Workspace, chosen: str) -> None:
    session = EditSession(sources_of(workspace))
    segment = session.transcript().segments[0]
    say(session, "Elle")
    with pytest.raises(EditConflictError) as told:
        do(session, SetText(segment=segment.id, was=segment.text, text="Lui"))
    assert told.value.remedy == "Choose one of the two versions."
    assert isinstance(told.value.theirs, Segment)
    do(session, SetText(segment=segment.id, was=told.value.theirs.text, text=chosen))
    assert session.transcript().segments[0].text == chosen


def test_a_name_is_typed_as_it_is_spelled(workspace: Workspace) -> None:
    session = EditSession(sources_of(workspace))
    told = told_of(session, AddGlossaryName(heard="amartique", name=""))
    assert told == "Type the name as it is spelled."
    do(session, AddGlossaryName(heard="amartique", name="Martigues"))
    assert "Martigues" in {one.name for one in workspace.load_glossary().names}


def test_a_revision_of_this_recording_is_chosen(workspace: Workspace) -> None:
    sources, files = sources_of(workspace), files_of(workspace)
    session = EditSession(sources)
    say(session, "Avant")
    journal_bytes = files.journal.stat().st_size
    write_clock(sources, RecordingClock(sha256="0" * 64, journal_bytes=journal_bytes))
    session = EditSession(sources_of(workspace))
    before = session.revision
    say(session, "Après")
    later = session.revision
    say(session, "Encore après")
    assert told_of(session, Restore(revision=before)) == "Choose a later one; nothing was changed."
    assert session.transcript().segments[0].text == "Encore après"
    do(session, Restore(revision=later))
    assert session.transcript().segments[0].text == "Après"


def test_what_another_program_wrote_late_is_copied_from_where_it_is(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The replaced file is settled when the writer ends, not after a time.
    monkeypatch.setattr("studio.editor.edit_session._REST_S", 60.0)
    session = EditSession(sources_of(workspace))
    transcript = files_of(workspace).transcript
    with transcript.open("r+b") as stream:  # an editor that writes into the file that it opened
        with session.background_writer():
            say(session, "Bonsoir")
            while not session.changes(0).written:
                time.sleep(0.01)
            stream.write(transcript.read_bytes().replace(b"Bonsoir", b"Salut!!"))
            stream.flush()
        trouble = session.changes(0).trouble
    assert trouble is not None
    assert trouble.remedy == "Copy the missing changes from there, then remove it."
    kept = Path(trouble.where)
    assert b"Salut!!" in kept.read_bytes()
    say(session, "Salut!!")
    kept.unlink()
    assert session.changes(0).trouble is None
