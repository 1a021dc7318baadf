"""Journals that an earlier Studio wrote: read, gone on with, and written in the words of today."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from support.edit_session import (
    PARTS,
    asked,
    files_of,
    make_episode,
    sources_of,
    transcript_on_disk,
)

from studio.editor.edit_session import EditSession
from studio.editor.edits import Decision, Draft, Restore, SetText, Undo
from studio.editor.file_revisions import JournalNote, read_file_revisions
from studio.editor.journal import JournalEntry, append_entry, read_entries
from studio.editor.patches import LISTS, Documents, DraftsPatch, inverse, patched
from studio.editor.revision_guess import moment_of
from studio.errors import WorkspaceError
from studio.model.episode import Cut
from studio.model.record import bytes_from_record
from studio.workspace.layout import Workspace

# Eighteen steps of every kind, kept by Studio 0.2.0 when the state was dicts.
OLD = PARTS / "edits-0.2.0.jsonl"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """The files as they were when the journal was begun; nothing of it has reached them."""
    workspace = make_episode(tmp_path / "ici")
    files = files_of(workspace)
    entries = read_entries(OLD)
    opened = patched(Documents(language="fr"), entries[0].patches)
    assert opened is not None
    files.transcript.write_bytes(bytes_from_record(opened.transcript))
    files.journal.parent.mkdir()
    shutil.copy(OLD, files.journal)
    begun = moment_of(entries[0])
    for path in (files.transcript, files.chapters, files.settings):
        os.utime(path, (begun, begun))
    return workspace


def test_an_old_journal_says_the_same_in_the_words_of_today(tmp_path: Path) -> None:
    """Byte by byte, but for the names of the patches and of the list of the names taught, and for
    an author whom nobody knew then.
    """
    path = tmp_path / "edits.jsonl"
    for entry in read_entries(OLD):
        append_entry(path, entry)
    renamed = OLD.read_bytes().replace(b'"splices":', b'"patches":')
    renamed = renamed.replace(b'"list":"lessons"', b'"list":"glossary_edits"')
    assert path.read_bytes() == renamed.replace(b"}\n", b',"author":""}\n')
    assert read_entries(path) == read_entries(OLD)


def test_a_line_that_quotes_the_old_name_is_read_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "edits.jsonl"
    text = 'elle a dit "splices": [et "lessons":]'
    draft = DraftsPatch(at=0, removed=(), inserted=(Draft(place="doubt:1", text=text),))
    at = read_entries(OLD)[0].at
    append_entry(path, JournalEntry(revision=1, at=at, client="a", kind="draft", patches=(draft,)))
    assert read_entries(path)[0].patches == (draft,)


def test_the_note_beside_an_old_journal_is_read(tmp_path: Path) -> None:
    path = tmp_path / "written.json"
    note = JournalNote(files={}, glossary_edits=14, journal_bytes=9)
    content = bytes_from_record(note).replace(b'"glossary_edits"', b'"lessons"')
    path.write_bytes(content.replace(b'"schema": 2', b'"schema": 1'))
    read = read_file_revisions(path)
    assert read is not None
    assert (read.glossary_edits, read.journal_bytes) == (14, 9)


def test_the_old_journal_has_a_patch_of_every_list() -> None:
    found = {patch.list_name for entry in read_entries(OLD) for patch in entry.patches}
    assert found == set(LISTS) - {"notes"}  # there were none then


def test_every_step_of_an_old_journal_can_be_gone_back_and_forth() -> None:
    documents = Documents(language="fr")
    for entry in read_entries(OLD):
        after = patched(documents, entry.patches)
        assert after is not None
        assert patched(after, inverse(entry.patches)) == documents
        documents = after


def test_what_only_an_old_journal_has_comes_to_the_files(workspace: Workspace) -> None:
    session = EditSession(sources_of(workspace))
    documents = session.documents()
    transcript = transcript_on_disk(workspace)
    assert transcript == session.transcript()
    assert "suis à Martigues dans" in " ".join(segment.text for segment in transcript.segments)
    assert sources_of(workspace).episode.cuts == documents.cuts == ()
    assert documents.decisions == (
        Decision(key="1:x", outcome="mended"),
        Decision(key="2:y", outcome="kept"),
    )
    assert documents.drafts == ()
    assert [version.kind for version in session.versions()][:2] == ["decide", "restore"]


def test_an_old_journal_is_gone_on_with(workspace: Workspace) -> None:
    session = EditSession(sources_of(workspace))
    before = session.transcript()
    segment = before.segments[0]
    # A request of another name: those of the journal were done.
    edit = SetText(segment=segment.id, was=segment.text, text="Bonjour à tous")
    session.apply(asked(edit, client="later"))
    assert files_of(workspace).journal.read_bytes().startswith(OLD.read_bytes())
    again = EditSession(sources_of(workspace))
    assert again.transcript().segments[0].text == "Bonjour à tous"
    again.apply(asked(Undo(), client="later"))
    assert again.transcript() == before
    again.apply(asked(Restore(revision=14), client="later"))
    assert isinstance(again.documents().cuts[0], Cut)
    assert sources_of(workspace).episode.cuts == again.documents().cuts


def test_a_line_that_no_studio_wrote_is_refused_and_left(tmp_path: Path) -> None:
    path = tmp_path / "edits.jsonl"
    lines = OLD.read_bytes().splitlines(keepends=True)
    damaged = lines[1].replace(b'"list":"segments"', b'"list":"seconds"')
    assert damaged != lines[1]
    path.write_bytes(lines[0] + damaged)
    with pytest.raises(WorkspaceError, match="line 2"):
        read_entries(path)
    assert path.read_bytes() == lines[0] + damaged


@pytest.mark.parametrize("at", ["", "hier", "2026-01-02T03:04:05", "2026-13-02T03:04:05+01:00"])
def test_a_moment_that_cannot_be_read_is_told_where_it_stands(tmp_path: Path, at: str) -> None:
    """Merged by hand, changed by another program: the page does not end in a fault of Studio."""
    path = tmp_path / "edits.jsonl"
    good = '{"revision": 1, "at": "2026-01-02T03:04:05+01:00", "client": "", "kind": "opened", "patches": []}'
    path.write_text(
        f"{good}\n" + good.replace("2026-01-02T03:04:05+01:00", at).replace(": 1,", ": 2,") + "\n"
    )
    with pytest.raises(WorkspaceError, match=r"line 2: has no valid date and time"):
        read_entries(path)
