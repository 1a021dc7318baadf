"""The desk keeps every edit, in the journal first, and writes over nobody."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.edit_session import (
    GUEST,
    HOST,
    SLUG,
    asked,
    files_of,
    make_episode,
    sources_of,
    transcript_on_disk,
)

from studio.chapters.recording_chapters import RecordingChapter
from studio.editor.documents import programme_of
from studio.editor.edit_application import changed_documents
from studio.editor.edit_session import Changes, EditConflictError, EditSession
from studio.editor.edits import (
    AddGlossaryName,
    Decide,
    Draft,
    Edit,
    Join,
    KeepDraft,
    MoveBoundary,
    Redo,
    Replace,
    Restore,
    SetChapters,
    SetCuts,
    SetSpeaker,
    SetText,
    SetWords,
    Split,
    Undo,
)
from studio.editor.episode_files import write_known
from studio.editor.file_revisions import is_ahead, note_of
from studio.editor.patches import Documents
from studio.errors import DiskError, WorkspaceError
from studio.model.clock import Programme, RecordingMs
from studio.model.episode import Cut
from studio.model.programme import programme_from_facts
from studio.model.record import bytes_from_record, replace_fields
from studio.model.transcript import Segment, Transcript, Word
from studio.workspace.build_state import BuildState, StageRecord, write_build_state
from studio.workspace.disk import write_file
from studio.workspace.layout import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_episode(tmp_path / "ici")


@pytest.fixture
def session(workspace: Workspace) -> EditSession:
    return EditSession(sources_of(workspace))


def do(session: EditSession, *edits: Edit, client: str = "page") -> Changes:
    return session.apply(asked(*edits, client=client, since=session.revision))


@contextlib.contextmanager
def killed_before_the_files(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is done inside reaches the journal and no file, as when Studio is killed in between."""
    with patch.context() as patched:
        patched.setattr("studio.editor.episode_files.EditedFiles.write", lambda *_: None)
        yield


def forget_the_note(workspace: Workspace) -> None:
    """The journal of an older Studio."""
    note_of(files_of(workspace).journal).unlink()


def told_of(answer: Changes) -> str:
    """What is said about files that lack edits."""
    return "" if answer.trouble is None else answer.trouble.what


def texts(transcript: Transcript) -> list[str]:
    return [segment.text for segment in transcript.segments]


def change_text(session: EditSession, place: int, text: str, client: str = "page") -> Changes:
    segment = session.transcript().segments[place]
    return do(session, SetText(segment=segment.id, was=segment.text, text=text), client=client)


# --- text


def test_an_edit_is_on_the_disk_when_it_is_answered(
    workspace: Workspace, session: EditSession
) -> None:
    before = transcript_on_disk(workspace)
    answer = change_text(session, 2, "Aujourd'hui, je suis à Martigues dans une ancienne poste")
    after = transcript_on_disk(workspace)
    assert after.segments[2].text == "Aujourd'hui, je suis à Martigues dans une ancienne poste"
    assert after == session.transcript()
    assert answer.revision == 2
    assert (after.segments[:2], after.segments[3:]) == (before.segments[:2], before.segments[3:])
    kept = {word.text: word for word in before.segments[2].words}
    assert [word for word in after.segments[2].words if word.text in kept] == [
        word for word in before.segments[2].words if word.text != "amartique"
    ]


@pytest.mark.parametrize("found", [None, b'{"schema": 1, "segm'])
def test_an_edit_waits_while_a_file_is_missing_or_half_saved(
    workspace: Workspace, session: EditSession, found: bytes | None
) -> None:
    """The page keeps what was typed, and asks again: it is not what is wrong."""
    path = files_of(workspace).transcript
    right = path.read_bytes()
    path.unlink()
    if found is not None:
        path.write_bytes(found)
    with pytest.raises(DiskError, match=r"transcript\.json"):
        change_text(session, 0, "Bonjour.")
    path.write_bytes(right)
    change_text(session, 0, "Bonjour.")
    assert texts(sources_of(workspace).transcript())[0] == "Bonjour."


def test_what_is_deleted_and_typed_again_gets_its_own_time_back(session: EditSession) -> None:
    before = session.transcript().segments[2]
    change_text(session, 2, "Aujourd'hui")
    change_text(session, 2, "Aujourd'hui, je suis amartique dans")
    change_text(session, 2, before.text)
    assert session.transcript().segments[2] == before


def test_the_same_request_twice_is_done_once(session: EditSession) -> None:
    segment = session.transcript().segments[0]
    request = asked(SetText(segment=segment.id, was=segment.text, text="Bonjour"), name="once")
    assert session.apply(request).revision == session.apply(request).revision == 2


def test_a_segment_that_is_left_empty_is_taken_away(
    workspace: Workspace, session: EditSession
) -> None:
    change_text(session, 0, "")
    assert texts(transcript_on_disk(workspace)) == texts(session.transcript())
    assert len(transcript_on_disk(workspace).segments) == len(session.transcript().segments)
    do(session, Undo())
    assert session.transcript().segments[0].text.startswith("Bonjour")


def test_some_words_are_replaced_where_they_stand(session: EditSession) -> None:
    segment = session.transcript().segments[2]
    place = [word.text for word in segment.words].index("amartique")
    do(
        session,
        SetWords(segment=segment.id, first=place, was="amartique", text="à Martigues"),
        Decide(key="name:1:x", outcome="mended"),
    )
    assert "suis à Martigues dans" in session.transcript().segments[2].text
    with pytest.raises(EditConflictError):
        do(session, SetWords(segment=segment.id, first=place, was="amartique", text="ailleurs"))


def test_split_and_join_are_each_others_inverse(session: EditSession) -> None:
    before = session.transcript()
    do(session, Split(segment=before.segments[2].id, was=before.segments[2].text, at=3))
    split = session.transcript()
    assert [segment.text for segment in split.segments[2:4]] == [
        "Aujourd'hui, je suis",
        "amartique dans une ancienne poste",
    ]
    assert len({segment.id for segment in split.segments}) == len(split.segments)
    do(session, Join(segment=split.segments[2].id, was=split.segments[2].text))
    assert session.transcript() == before


def test_a_voice_is_named_once_or_everywhere(session: EditSession) -> None:
    before = session.transcript()
    do(session, SetSpeaker(segment=before.segments[0].id, was=HOST, speaker="  Anne \n Noël "))
    assert [segment.speaker for segment in session.transcript().segments].count("Anne Noël") == 1
    do(session, SetSpeaker(segment=before.segments[1].id, was=HOST, speaker=None, everywhere=True))
    assert HOST not in {segment.speaker for segment in session.transcript().segments}
    assert session.transcript().words == before.words


def test_a_word_starts_where_somebody_hears_it(session: EditSession) -> None:
    segment = session.transcript().segments[2]
    word = segment.words[1]
    do(
        session,
        MoveBoundary(
            segment=segment.id, at=1, was_ms=word.start_ms, start_ms=RecordingMs(word.start_ms + 40)
        ),
    )
    moved = session.transcript().segments[2].words
    assert moved[1].start_ms == word.start_ms + 40
    do(
        session,
        MoveBoundary(segment=segment.id, at=1, was_ms=moved[1].start_ms, start_ms=RecordingMs(0)),
    )
    moved = session.transcript().segments[2].words
    assert moved[0].start_ms < moved[0].end_ms <= moved[1].start_ms


def test_a_word_before_a_pause_ends_where_somebody_hears_it(session: EditSession) -> None:
    pairs = list(itertools.pairwise(session.transcript().segments))
    place = next(
        place for place, (one, other) in enumerate(pairs) if other.start_ms > one.end_ms + 50
    )
    one, following = session.transcript().segments[place : place + 2]
    last = len(one.words) - 1
    do(
        session,
        MoveBoundary(
            segment=one.id,
            at=last,
            end=True,
            was_ms=one.words[-1].end_ms,
            start_ms=RecordingMs(one.words[-1].end_ms + 30),
        ),
    )
    moved = session.transcript().segments[place]
    assert (moved.words[-1].end_ms, moved.end_ms) == (
        one.words[-1].end_ms + 30,
        one.words[-1].end_ms + 30,
    )
    assert moved.words[:-1] == one.words[:-1]
    do(
        session,
        MoveBoundary(
            segment=one.id,
            at=last,
            end=True,
            was_ms=moved.words[-1].end_ms,
            start_ms=RecordingMs(10**7),
        ),
    )
    assert session.transcript().segments[place].words[-1].end_ms == following.words[0].start_ms
    assert session.transcript().segments[place + 1] == following
    with pytest.raises(EditConflictError):
        do(
            session,
            MoveBoundary(
                segment=one.id,
                at=last,
                end=True,
                was_ms=one.words[-1].end_ms,
                start_ms=RecordingMs(0),
            ),
        )


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chances=st.lists(
        st.tuples(st.integers(0, 10**6), st.booleans(), st.integers(-3000, 3000)),
        min_size=1,
        max_size=8,
    )
)
def test_wherever_edges_are_moved_times_only_go_forward(
    session: EditSession, chances: list[tuple[int, bool, int]]
) -> None:
    documents = session.documents()
    for chance, end, by in chances:
        at = chance % len(documents.segments)
        words = documents.segments[at].words
        word = words[chance % len(words)]
        was = word.end_ms if end else word.start_ms
        edit = MoveBoundary(
            segment=documents.segments[at].id,
            at=chance % len(words),
            end=end,
            was_ms=was,
            start_ms=RecordingMs(was + by),
        )
        changed = changed_documents(documents, edit, session.duration_ms, None)
        assert changed is not None
        touched = [
            one
            for one, other in zip(all_words(documents), all_words(changed), strict=True)
            if one != other
        ]
        assert len(touched) <= 2
        documents = changed
    times = [time for word in all_words(documents) for time in (word.start_ms, word.end_ms)]
    assert times == sorted(times)
    assert all(word.start_ms < word.end_ms for word in all_words(documents))
    for segment in documents.segments:
        assert segment.start_ms <= segment.words[0].start_ms
        assert segment.end_ms >= segment.words[-1].end_ms
    assert all(
        one.end_ms <= other.start_ms for one, other in itertools.pairwise(documents.segments)
    )


def all_words(documents: Documents) -> list[Word]:
    return [word for segment in documents.segments for word in segment.words]


def test_everywhere_means_whole_words_with_their_punctuation(session: EditSession) -> None:
    do(session, Replace(find="bonjour", text="bonsoir"))
    now = " ".join(texts(session.transcript()))
    assert "bonjour" not in now.lower().replace("bonjours", "")
    assert "bonsoir." in now
    do(session, Replace(find="on", text="ON"))
    assert "BONsoir" not in " ".join(texts(session.transcript()))
    assert "bONsoir" not in " ".join(texts(session.transcript()))


# --- names for the whole show

GLOSSARY = """# les noms de l’émission
[[names]]
name = "Medinsoft" # le cluster
wrong = [
    "Médisoft", # souvent
]
"""


def taught(workspace: Workspace) -> dict[str, tuple[str, ...]]:
    return {one.name: one.wrong for one in workspace.load_glossary().names}


def test_a_name_for_the_show_is_in_its_glossary_and_right_in_this_episode(
    workspace: Workspace, session: EditSession
) -> None:
    workspace.glossary.write_text(GLOSSARY, encoding="utf-8")
    change_text(session, 0, "Bonjour, Amartique, et l'amartique.")
    segment = session.transcript().segments[2]
    place = [word.text for word in segment.words].index("amartique")
    do(
        session,
        SetWords(segment=segment.id, first=place, was="amartique", text="Martigues"),
        AddGlossaryName(heard="amartique", name="Martigues,"),
    )
    assert session.transcript().segments[0].text == "Bonjour, Martigues, et l'Martigues."
    assert session.versions()[0].kind == "teach"
    assert taught(workspace) == {"Medinsoft": ("Médisoft",), "Martigues": ("amartique",)}
    assert workspace.glossary.read_text(encoding="utf-8").startswith(GLOSSARY)
    do(session, Undo())
    assert workspace.glossary.read_text(encoding="utf-8").rstrip() == GLOSSARY.rstrip()
    assert "amartique" in session.transcript().segments[2].text
    do(session, Redo())
    assert taught(workspace)["Martigues"] == ("amartique",)


def test_undo_takes_back_only_what_was_taught(workspace: Workspace, session: EditSession) -> None:
    workspace.glossary.write_text(GLOSSARY, encoding="utf-8")
    do(session, AddGlossaryName(heard="d'amartique", name="d'Martigues"))
    do(session, AddGlossaryName(heard="Médissoft", name="Medinsoft"))
    text = workspace.glossary.read_text(encoding="utf-8")
    assert taught(workspace) == {
        "Medinsoft": ("Médisoft", "Médissoft"),
        "Martigues": ("amartique",),
    }
    workspace.glossary.write_text(
        text.replace('"amartique"', '"amartique", "Martegues"') + "# à revoir\n", encoding="utf-8"
    )
    do(session, Undo())
    do(session, Undo())
    assert taught(workspace) == {"Medinsoft": ("Médisoft",), "Martigues": ("Martegues",)}
    text = workspace.glossary.read_text(encoding="utf-8")
    assert "# le cluster" in text
    assert "# souvent" in text
    assert text.endswith("# à revoir\n")


def test_everyday_words_are_no_wrong_spelling_for_the_show(
    workspace: Workspace, session: EditSession
) -> None:
    change_text(session, 0, "Au camp, dans le camp.")
    segment = session.transcript().segments[0]
    do(
        session,
        SetWords(segment=segment.id, first=3, was="le camp.", text="thecamp."),
        AddGlossaryName(heard="le camp.", name="thecamp."),
    )
    assert taught(workspace) == {"thecamp": ()}
    assert session.transcript().segments[0].text == "Au camp, dans thecamp."


def test_what_the_glossary_knows_is_not_taught_again(
    workspace: Workspace, session: EditSession
) -> None:
    workspace.glossary.write_text(
        '[[names]]\nname = "Martigues"\nwrong = ["amartique"]\n', encoding="utf-8"
    )
    before = workspace.glossary.read_bytes()
    do(session, AddGlossaryName(heard="amartique", name="Martigues"))
    assert "Martigues" in session.transcript().segments[2].text
    do(session, Undo())
    assert workspace.glossary.read_bytes() == before


def test_a_glossary_that_cannot_be_read_is_left_alone(
    workspace: Workspace, session: EditSession
) -> None:
    workspace.glossary.write_text("[[names]\nname =", encoding="utf-8")
    with pytest.raises(WorkspaceError, match=r"glossary\.toml"):
        do(session, AddGlossaryName(heard="amartique", name="Martigues"))
    with pytest.raises(WorkspaceError):
        do(session, AddGlossaryName(heard="amartique", name=" . "))
    assert session.revision == 1
    assert workspace.glossary.read_text(encoding="utf-8") == "[[names]\nname ="


def test_a_lesson_that_only_the_journal_has_is_brought_to_the_glossary(
    workspace: Workspace, session: EditSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.glossary.write_text(GLOSSARY, encoding="utf-8")
    with killed_before_the_files(monkeypatch):
        do(session, AddGlossaryName(heard="amartique", name="Martigues"))
    assert taught(workspace) == {"Medinsoft": ("Médisoft",)}
    EditSession(sources_of(workspace))
    assert taught(workspace)["Martigues"] == ("amartique",)
    workspace.glossary.write_text(GLOSSARY, encoding="utf-8")  # a person took it out
    EditSession(sources_of(workspace))
    assert taught(workspace) == {"Medinsoft": ("Médisoft",)}


def test_a_lesson_of_an_older_studios_journal_is_brought_to_an_older_glossary(
    workspace: Workspace, session: EditSession
) -> None:
    workspace.glossary.write_text(GLOSSARY, encoding="utf-8")
    before = time.time() - 60
    do(session, AddGlossaryName(heard="amartique", name="Martigues"))
    workspace.glossary.write_text(GLOSSARY, encoding="utf-8")
    os.utime(workspace.glossary, (before, before))  # killed before it was written
    forget_the_note(workspace)
    EditSession(sources_of(workspace))
    assert taught(workspace)["Martigues"] == ("amartique",)


# --- undo, versions


def test_undo_goes_back_across_restarts(workspace: Workspace, session: EditSession) -> None:
    before = session.transcript()
    change_text(session, 0, "Un")
    change_text(session, 1, "Deux")
    again = EditSession(sources_of(workspace))
    do(again, Undo())
    assert texts(again.transcript())[:2] == ["Un", before.segments[1].text]
    do(again, Undo())
    assert again.transcript() == before == transcript_on_disk(workspace)
    do(again, Redo())
    do(again, Redo())
    assert texts(again.transcript())[:2] == ["Un", "Deux"]
    do(again, Undo())
    change_text(again, 1, "Trois")
    assert again.changes(0).redo == 0
    do(again, Redo())
    assert texts(again.transcript())[:2] == ["Un", "Trois"]


def test_earlier_versions_are_listed_compared_and_restored(
    workspace: Workspace, session: EditSession
) -> None:
    before = session.transcript()
    change_text(session, 0, "Un")
    change_text(session, 1, "Deux")
    assert [version.kind for version in session.versions()] == ["text", "text", "opened"]
    last, first, opened = session.versions()
    assert (last.before, last.after, last.more) == (before.segments[1].text, "Deux", 0)
    assert (first.after, opened.before, opened.after, opened.more) == ("Un", "", "", 0)
    (difference,) = session.compare(2)
    assert (difference.before, difference.after) == (
        f"{HOST} : {before.segments[1].text}",
        f"{HOST} : Deux",
    )
    do(session, Restore(revision=1))
    assert transcript_on_disk(workspace) == before
    do(session, Undo())
    assert texts(session.transcript())[:2] == ["Un", "Deux"]
    with pytest.raises(WorkspaceError, match="has no revision 99"):
        do(session, Restore(revision=99))


def test_a_version_says_who_made_it_and_which_words_changed(
    workspace: Workspace, session: EditSession
) -> None:
    segment = session.transcript().segments[2]
    better = segment.text.replace("amartique", "à Martigues")
    by_claire = asked(SetText(segment=segment.id, was=segment.text, text=better))
    session.apply(replace_fields(by_claire, author=" Claire "))
    of_host = [one for one in session.transcript().segments if one.speaker == HOST]
    do(session, SetSpeaker(segment=segment.id, was=HOST, speaker="Camille Roy", everywhere=True))
    cut = Cut(start_ms=RecordingMs(61_000), end_ms=RecordingMs(62_500), reason="toux")
    do(session, SetCuts(was=(), cuts=(cut,)))
    cuts, voice, text, _ = EditSession(sources_of(workspace)).versions()
    assert (cuts.before, cuts.after) == ("", "1:01 – 1:02 toux")
    assert (text.author, text.before, text.after) == ("Claire", "amartique", "à Martigues")
    assert (voice.author, voice.more) == ("", len(of_host) - 1)


# --- nothing is lost, nobody is written over


def test_chapters_that_two_people_change_are_joined_and_only_the_same_chapter_is_a_conflict(
    workspace: Workspace, session: EditSession
) -> None:
    was = session.documents().chapters
    first, second = was[1], was[2]
    theirs = (was[0], replace_fields(first, title="Autrement"), *was[2:])
    do(session, SetChapters(was=was, chapters=theirs), client="other")
    moved = replace_fields(second, start_ms=RecordingMs(second.start_ms + 500))
    do(session, SetChapters(was=was, chapters=(*was[:2], moved, *was[3:])))
    assert [mark.title for mark in session.documents().chapters][1] == "Autrement"
    assert [mark.start_ms for mark in session.documents().chapters][2] == moved.start_ms
    mine = (was[0], replace_fields(first, title="Encore autrement"), *was[2:])
    with pytest.raises(EditConflictError) as caught:
        do(session, SetChapters(was=was, chapters=mine))
    (clash,) = caught.value.clashes
    assert isinstance(clash.mine, RecordingChapter)
    assert isinstance(clash.theirs, RecordingChapter)
    assert (clash.mine.title, clash.theirs.title) == ("Encore autrement", "Autrement")
    assert len(caught.value.merged) == len(was) - 1
    assert sources_of(workspace).chapters().chapters[1].title == "Autrement"


def test_cuts_that_two_people_make_are_both_made(session: EditSession) -> None:
    one, other = (
        Cut(start_ms=RecordingMs(start), end_ms=RecordingMs(start + 2000))
        for start in (10_000, 40_000)
    )
    do(session, SetCuts(was=(), cuts=(one,)))
    do(session, SetCuts(was=(), cuts=(other,)), client="other")
    assert [cut.start_ms for cut in session.documents().cuts] == [10_000, 40_000]
    with pytest.raises(EditConflictError):
        do(session, SetCuts(was=(one,), cuts=(replace_fields(one, reason="bruit"),)))
        do(session, SetCuts(was=(one,), cuts=(replace_fields(one, reason="toux"),)), client="other")


def test_an_edit_on_what_stands_there_no_longer_is_a_conflict_with_both_texts(
    session: EditSession,
) -> None:
    segment = session.transcript().segments[0]
    change_text(session, 0, "Elle")
    with pytest.raises(EditConflictError) as caught:
        do(session, SetText(segment=segment.id, was=segment.text, text="Lui"), client="other")
    assert isinstance(caught.value.mine, SetText)
    assert isinstance(caught.value.theirs, Segment)
    assert (caught.value.mine.text, caught.value.theirs.text) == ("Lui", "Elle")
    assert session.transcript().segments[0].text == "Elle"


def test_two_pages_on_different_segments_both_go_through(session: EditSession) -> None:
    second = session.transcript().segments[1]
    change_text(session, 0, "Un", client="a")
    answer = session.apply(
        asked(SetText(segment=second.id, was=second.text, text="Deux"), client="b", since=1)
    )
    assert texts(session.transcript())[:2] == ["Un", "Deux"]
    assert len(answer.patches) == 2  # b learns of a's


def test_what_another_program_wrote_is_taken_in_and_shown_as_a_conflict(
    workspace: Workspace, session: EditSession
) -> None:
    segment = session.transcript().segments[0]
    theirs = session.transcript()
    mended = replace_fields(
        segment, words=(replace_fields(segment.words[0], text="Salut"), *segment.words[1:])
    )
    write_file(
        files_of(workspace).transcript,
        bytes_from_record(replace_fields(theirs, segments=(mended, *theirs.segments[1:]))),
    )
    with pytest.raises(EditConflictError):
        do(session, SetText(segment=segment.id, was=segment.text, text="Bonsoir"))
    assert session.transcript().segments[0].text.startswith("Salut")
    assert session.versions()[0].kind == "outside"
    assert session.changes(0).undo == 0


def test_an_edit_that_only_the_journal_has_is_brought_to_the_file(
    workspace: Workspace, session: EditSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    with killed_before_the_files(monkeypatch):
        change_text(session, 0, "Un")
    assert is_ahead(files_of(workspace).journal)
    again = EditSession(sources_of(workspace))
    assert again.transcript().segments[0].text == "Un"
    assert transcript_on_disk(workspace).segments[0].text == "Un"
    assert [version.kind for version in again.versions()] == ["text", "opened"]
    assert not is_ahead(files_of(workspace).journal)


def test_the_journal_is_replayed_however_far_ahead_it_is(
    workspace: Workspace, session: EditSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    with killed_before_the_files(monkeypatch):
        for number in range(429):
            change_text(session, number % 3, f"Texte {number}")
    again = EditSession(sources_of(workspace))
    assert texts(again.transcript())[:3] == ["Texte 426", "Texte 427", "Texte 428"]
    assert transcript_on_disk(workspace) == again.transcript()
    assert {version.kind for version in again.versions()} == {"text", "opened"}


def test_a_journal_without_a_note_is_replayed_however_far_ahead_it_is(
    workspace: Workspace, session: EditSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = files_of(workspace).transcript
    old, then = path.read_bytes(), path.stat().st_mtime
    with killed_before_the_files(monkeypatch):
        for number in range(429):
            change_text(session, number % 3, f"Texte {number}")
    assert path.read_bytes() == old
    os.utime(path, (then, then))
    forget_the_note(workspace)
    again = EditSession(sources_of(workspace))
    assert texts(again.transcript())[:3] == ["Texte 426", "Texte 427", "Texte 428"]
    assert {version.kind for version in again.versions()} == {"text", "opened"}


@pytest.mark.parametrize("hours", [-48, 48])
def test_a_clock_that_was_set_loses_nothing(
    workspace: Workspace, session: EditSession, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    """Files from before it was set are younger, or much older, than the edits that they lack."""
    with killed_before_the_files(monkeypatch):
        change_text(session, 0, "Un")
    then = time.time() + hours * 3600
    for path in (
        files_of(workspace).transcript,
        files_of(workspace).chapters,
        files_of(workspace).settings,
    ):
        os.utime(path, (then, then))
    again = EditSession(sources_of(workspace))
    assert transcript_on_disk(workspace).segments[0].text == "Un"
    assert [version.kind for version in again.versions()] == ["text", "opened"]


def test_a_person_who_edits_a_file_that_lacks_edits_and_the_journal_are_both_kept(
    workspace: Workspace, session: EditSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = transcript_on_disk(workspace)
    word = replace_fields(theirs.segments[1].words[0], text="Salut")
    segment = replace_fields(theirs.segments[1], words=(word, *theirs.segments[1].words[1:]))
    with killed_before_the_files(monkeypatch):
        change_text(session, 0, "Un")
    mine = replace_fields(theirs, segments=(theirs.segments[0], segment, *theirs.segments[2:]))
    write_file(files_of(workspace).transcript, bytes_from_record(mine))
    again = EditSession(sources_of(workspace))
    assert again.transcript().segments[0].text == "Un"
    assert [version.kind for version in again.versions()] == [
        "ours",
        "outside",
        "text",
        "opened",
    ]
    assert any("Salut" in str(difference.before) for difference in again.compare(3))


def test_a_person_who_edits_settings_beside_cuts_that_only_the_journal_has_keeps_them(
    workspace: Workspace, session: EditSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    with killed_before_the_files(monkeypatch):
        do(
            session,
            SetCuts(was=(), cuts=(Cut(start_ms=RecordingMs(12_000), end_ms=RecordingMs(15_000)),)),
        )
    path = files_of(workspace).settings
    path.write_text(
        path.read_text(encoding="utf-8").replace("Claire Fontanel, l’atelier", "Un titre"),
        encoding="utf-8",
    )
    EditSession(sources_of(workspace))
    assert sources_of(workspace).episode.title == "Un titre"
    assert [cut.start_ms for cut in sources_of(workspace).episode.cuts] == [12_000]


def test_a_save_between_the_look_and_the_rename_is_a_version(
    workspace: Workspace, session: EditSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program saves the transcript after it was compared and before ours is put in
    place.
    """
    theirs = session.transcript()
    word = replace_fields(theirs.segments[1].words[0], text="Salut")
    segment = replace_fields(theirs.segments[1], words=(word, *theirs.segments[1].words[1:]))
    content = bytes_from_record(
        replace_fields(theirs, segments=(theirs.segments[0], segment, *theirs.segments[2:]))
    )

    def saved_first(path: Path, ours: bytes, was: str | None) -> object:
        monkeypatch.setattr("studio.editor.episode_files.write_known", write_known)
        path.write_bytes(content)
        return write_known(path, ours, was)

    monkeypatch.setattr("studio.editor.episode_files.write_known", saved_first)
    change_text(session, 0, "Un")
    assert transcript_on_disk(workspace).segments[0].text == "Un"
    assert [version.kind for version in session.versions()] == [
        "ours",
        "outside",
        "text",
        "opened",
    ]
    assert any("Salut" in str(difference.before) for difference in session.compare(3))


def test_a_writer_that_dies_is_told_at_once_and_loses_nothing(
    workspace: Workspace, session: EditSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = threading.Event()

    def fault(*_: object) -> None:
        raise KeyError("fault")

    with (
        monkeypatch.context() as patch,
        pytest.raises(WorkspaceError, match="no longer brought to the files"),
        session.background_writer(ended.set),
    ):
        patch.setattr("studio.editor.episode_files.write_known", fault)
        change_text(session, 0, "Un")
        assert ended.wait(20)
        answer = change_text(session, 1, "Deux")
        assert (answer.ends, answer.written) == (True, False)
        assert "KeyError('fault')" in told_of(answer)
    assert texts(EditSession(sources_of(workspace)).transcript())[:2] == ["Un", "Deux"]
    assert texts(transcript_on_disk(workspace))[:2] == ["Un", "Deux"]


@pytest.mark.parametrize(
    "fault", [FileNotFoundError(errno.ENOENT, "gone"), OSError(errno.ESTALE, "stale")]
)
def test_a_disk_that_answers_oddly_does_not_end_the_writer(
    workspace: Workspace, session: EditSession, monkeypatch: pytest.MonkeyPatch, fault: OSError
) -> None:
    replace = os.replace

    def refuse(*_: object) -> None:
        monkeypatch.setattr(Path, "rename", lambda self, other: (replace(self, other), other)[1])
        raise fault

    monkeypatch.setattr(Path, "rename", refuse)
    with session.background_writer():
        change_text(session, 0, "Un")
        until(session, lambda answer: answer.written)
        assert transcript_on_disk(workspace).segments[0].text == "Un"


def test_a_journal_line_that_was_cut_short_never_happened(
    workspace: Workspace, session: EditSession
) -> None:
    change_text(session, 0, "Un")
    with files_of(workspace).journal.open("ab") as stream:
        stream.write(b'{"revision":3,"at":"20')
    again = EditSession(sources_of(workspace))
    assert again.revision == 2
    change_text(again, 1, "Deux")
    assert EditSession(sources_of(workspace)).transcript().segments[1].text == "Deux"


def test_a_full_disk_changes_nothing_and_says_so(
    workspace: Workspace, session: EditSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files_of(workspace).journal.read_bytes()
    segment = session.transcript().segments[0]
    request = asked(SetText(segment=segment.id, was=segment.text, text="Un"))

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("studio.editor.journal.os.fsync", full)
        with pytest.raises(DiskError, match="disk is full"):
            session.apply(request)
    assert files_of(workspace).journal.read_bytes() == before
    assert session.transcript().segments[0] == segment
    session.apply(request)  # the page asks again, and now there is room
    assert transcript_on_disk(workspace).segments[0].text == "Un"


def test_a_transcript_that_cannot_be_written_is_written_with_the_next_request(
    workspace: Workspace, session: EditSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    segment = session.transcript().segments[0]
    request = asked(SetText(segment=segment.id, was=segment.text, text="Un"))

    def full(*_: object) -> None:
        raise DiskError("disk", "is full", "Make room.")

    with monkeypatch.context() as patch:
        patch.setattr("studio.editor.episode_files.write_known", full)
        with pytest.raises(DiskError):
            session.apply(request)
    assert transcript_on_disk(workspace).segments[0] == segment
    assert session.apply(request).revision == 2
    assert transcript_on_disk(workspace).segments[0].text == "Un"


# --- the files follow the journal


class SlowDisk:
    """The files' disk, which takes nothing until it is let go, or refuses."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.writes: list[Path] = []
        self.full = False
        self.reached, self.free = threading.Event(), threading.Event()
        patch.setattr("studio.editor.episode_files.write_known", self)

    def __call__(self, path: Path, content: bytes, was: str | None) -> object:
        self.reached.set()
        assert self.free.wait(20)
        if self.full:
            raise DiskError(path, "the disk is full", "Make room.")
        self.writes.append(path)
        return write_known(path, content, was)


def until(session: EditSession, wanted: Callable[[Changes], bool]) -> Changes:
    for _ in range(2000):
        if wanted(answer := session.changes(0)):
            return answer
        time.sleep(0.005)
    raise AssertionError(answer)


def test_nobody_types_against_a_slow_disk(
    workspace: Workspace, session: EditSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SlowDisk(monkeypatch)
    before = transcript_on_disk(workspace)
    with session.background_writer():
        assert change_text(session, 0, "Un").written is False
        assert disk.reached.wait(20)
        for word in ("Deux", "Trois", "Quatre"):
            change_text(session, 0, word)  # answered while the first one is still on its way
        assert transcript_on_disk(workspace) == before
        assert '"Quatre"' in files_of(workspace).journal.read_text(encoding="utf-8")
        disk.free.set()
        until(session, lambda answer: answer.written)
        assert transcript_on_disk(workspace).segments[0].text == "Quatre"
    assert len(disk.writes) == 2
    assert session.versions()[0].kind == "text"  # its own file is nobody else's


def test_what_was_typed_last_is_in_the_files_when_studio_ends(
    workspace: Workspace, session: EditSession
) -> None:
    with session.background_writer():
        change_text(session, 0, "Un")
    assert transcript_on_disk(workspace).segments[0].text == "Un"


def test_files_that_cannot_be_written_are_told_and_written_later(
    workspace: Workspace, session: EditSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SlowDisk(monkeypatch)
    disk.full = True
    disk.free.set()
    with session.background_writer():
        change_text(session, 0, "Un")
        answer = until(session, lambda answer: answer.trouble is not None)
        assert "disk is full" in told_of(answer)
        change_text(session, 0, "Deux")
        disk.full = False
        until(session, lambda answer: answer.written and answer.trouble is None)
        assert transcript_on_disk(workspace).segments[0].text == "Deux"


def test_who_writes_a_file_while_edits_are_on_their_way_to_it_is_a_version(
    workspace: Workspace, session: EditSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = session.transcript()
    word = replace_fields(theirs.segments[1].words[0], text="Salut")
    segment = replace_fields(theirs.segments[1], words=(word, *theirs.segments[1].words[1:]))
    disk = SlowDisk(monkeypatch)
    disk.full = True
    disk.free.set()
    with session.background_writer():
        change_text(session, 0, "Un")
        until(session, lambda answer: answer.trouble is not None)
        write_file(
            files_of(workspace).transcript,
            bytes_from_record(
                replace_fields(theirs, segments=(theirs.segments[0], segment, *theirs.segments[2:]))
            ),
        )
        disk.full = False
        until(session, lambda answer: answer.written)
    assert transcript_on_disk(workspace) == session.transcript()
    assert session.transcript().segments[0].text == "Un"
    assert [version.kind for version in session.versions()] == [
        "ours",
        "outside",
        "text",
        "opened",
    ]
    assert any("Salut" in str(difference.before) for difference in session.compare(3))


@pytest.mark.parametrize("is_noted", [True, False])
def test_several_edits_that_only_the_journal_has_are_brought_to_the_files(
    workspace: Workspace, session: EditSession, *, is_noted: bool
) -> None:
    files = files_of(workspace)
    note = note_of(files.journal).read_bytes()
    old = {path: path.read_bytes() for path in (files.transcript, files.chapters, files.settings)}
    change_text(session, 0, "Un")
    change_text(session, 1, "Deux")
    do(
        session,
        SetCuts(was=(), cuts=(Cut(start_ms=RecordingMs(12_000), end_ms=RecordingMs(15_000)),)),
    )
    was = session.documents().chapters
    do(
        session,
        SetChapters(
            was=was,
            chapters=(
                *was[:1],
                RecordingChapter(start_ms=RecordingMs(60_000), title="Né d’un grenier"),
            ),
        ),
    )
    change_text(session, 0, "Trois")
    now = {path: path.read_bytes() for path in old}
    for path, content in old.items():
        path.write_bytes(content)
    note_of(files.journal).write_bytes(note if is_noted else b"")
    again = EditSession(sources_of(workspace))
    assert {path: path.read_bytes() for path in old} == now
    assert "outside" not in [version.kind for version in again.versions()]


def test_an_earlier_file_that_somebody_put_back_is_theirs(
    workspace: Workspace, session: EditSession
) -> None:
    path = files_of(workspace).transcript
    old = path.read_bytes()
    change_text(session, 0, "Un")
    path.write_bytes(old)
    later = time.time() + 3600
    os.utime(path, (later, later))
    again = EditSession(sources_of(workspace))
    assert again.versions()[0].kind == "outside"
    assert again.transcript().segments[0].text.startswith("Bonjour")
    assert path.read_bytes() == old


def test_a_file_that_somebody_else_damaged_is_not_written_over(
    workspace: Workspace, session: EditSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SlowDisk(monkeypatch)
    disk.full = True
    disk.free.set()
    whole = files_of(workspace).transcript.read_bytes()
    with session.background_writer():
        change_text(session, 0, "Un")
        until(session, lambda answer: answer.trouble is not None)
        files_of(workspace).transcript.write_bytes(b"{")
        disk.full = False
        until(session, lambda answer: "does not match the expected format" in told_of(answer))
        assert files_of(workspace).transcript.read_bytes() == b"{"
        files_of(workspace).transcript.write_bytes(whole)
        until(session, lambda answer: answer.written)
    assert transcript_on_disk(workspace).segments[0].text == "Un"


def test_the_pipeline_knows_that_a_person_wrote_it(
    workspace: Workspace, session: EditSession
) -> None:
    files = files_of(workspace)
    from studio.workspace.digest import digest_from_bytes

    outputs: dict[str, str | None] = {
        workspace.relative(files.transcript): digest_from_bytes(files.transcript.read_bytes())
    }
    record = StageRecord(version=1, inputs={}, parameters={}, origins={}, outputs=outputs)
    write_build_state(files.build_state, BuildState(stages={"correct": record}, intents={}))
    assert sources_of(workspace).transcript_origin == "machine"
    change_text(session, 0, "Un")
    assert sources_of(workspace).transcript_origin == "reviewed"


# --- chapters and cuts


def test_chapters_are_written_on_the_programmes_clock(
    workspace: Workspace, session: EditSession
) -> None:
    was = session.documents().chapters
    assert len(was) >= 3
    do(
        session,
        SetChapters(
            was=was,
            chapters=(
                *was[:1],
                RecordingChapter(start_ms=RecordingMs(60_000), title="Né d’un grenier"),
                *was[1:],
            ),
        ),
    )
    chapters = sources_of(workspace).chapters().chapters
    titles = [chapter.title for chapter in chapters]
    assert "Né d’un grenier" in titles
    assert chapters[0].start_ms == 0
    assert all(chapter.end_s is not None for chapter in chapters)
    added = chapters[titles.index("Né d’un grenier")]
    lead = sources_of(workspace).facts().sound_start_ms - 300
    assert added.start_ms == 60_000 - max(0, lead)
    with pytest.raises(EditConflictError):
        do(
            session,
            SetChapters(
                was=(), chapters=(RecordingChapter(start_ms=RecordingMs(60_000), title="Autre"),)
            ),
        )


def test_a_cut_moves_chapters_and_loses_no_word(workspace: Workspace, session: EditSession) -> None:
    before = transcript_on_disk(workspace)
    was = session.documents().chapters
    do(
        session,
        SetChapters(
            was=was, chapters=tuple(replace_fields(mark, title=f"{mark.title}!") for mark in was)
        ),
    )
    starts = [chapter.start_ms for chapter in sources_of(workspace).chapters().chapters]
    cut = Cut(start_ms=RecordingMs(12_000), end_ms=RecordingMs(15_000), reason="« bruit »")
    do(session, SetCuts(was=(), cuts=(cut,)))
    assert sources_of(workspace).episode.cuts == (cut,)
    assert transcript_on_disk(workspace) == before
    assert [chapter.start_ms for chapter in sources_of(workspace).chapters().chapters] == [
        0,
        *(start - 3000 for start in starts[1:]),
    ]
    text = files_of(workspace).settings.read_text(encoding="utf-8")
    assert text.startswith("# Ours.")
    assert "trim = true # silence at both ends" in text
    do(session, Undo())
    assert "cuts" not in tomllib.loads(files_of(workspace).settings.read_text(encoding="utf-8"))
    assert [chapter.start_ms for chapter in sources_of(workspace).chapters().chapters] == starts


def test_the_editor_has_the_clock_that_the_next_run_has(
    workspace: Workspace, session: EditSession
) -> None:
    """Also where music lies under speech, and a cut leaves room for less of it."""
    text = workspace.settings.read_text(encoding="utf-8")
    workspace.settings.write_text(
        f"{text}\n[sound]\nopening_overlap_ms = 9000\nclosing_overlap_ms = 3000\n", encoding="utf-8"
    )
    sources = sources_of(workspace)

    def arranged(*cuts: Cut) -> Programme:
        lengths_ms = {
            "opening_ms": 12_000,
            "closing_ms": 5000,
            "opening_overlap_ms": 9000,
            "closing_overlap_ms": 3000,
        }
        return programme_from_facts(
            sources.facts(),
            sound=sources.episode.sound,
            cuts=cuts,
            where="episode.toml",
            **lengths_ms,
        )

    write_file(sources.files.programme, bytes_from_record(arranged()))
    most = Cut(start_ms=RecordingMs(10_000), end_ms=RecordingMs(session.duration_ms))
    for cuts in ((), (most,)):
        documents = replace_fields(session.documents(), cuts=cuts)
        assert programme_of(documents, sources) == arranged(*cuts)
    assert arranged(most).opening_overlap_ms < 9000 == arranged().opening_overlap_ms


def test_a_cut_that_leaves_nothing_is_refused(session: EditSession) -> None:
    with pytest.raises(WorkspaceError, match="remove the whole"):
        do(
            session,
            SetCuts(
                was=(),
                cuts=(Cut(start_ms=RecordingMs(0), end_ms=RecordingMs(session.duration_ms)),),
            ),
        )
    assert session.documents().cuts == ()


def test_names_are_as_they_were(session: EditSession) -> None:
    assert {segment.speaker for segment in session.transcript().segments} <= {HOST, GUEST, None}
    assert SLUG in str(session.sources.files.journal)


# --- what is typed and not sent yet


def test_what_is_typed_in_a_field_is_in_the_journal_and_no_step_of_undo(
    workspace: Workspace, session: EditSession
) -> None:
    change_text(session, 0, "Un")
    do(session, KeepDraft(place="doubt:1:x", text="C’était Mé"))
    do(session, KeepDraft(place="doubt:1:x", text="C’était Méjean"))
    do(session, KeepDraft(place="find", text="Médisoft"))
    again = EditSession(sources_of(workspace))
    assert again.documents().drafts == (
        Draft(place="doubt:1:x", text="C’était Méjean"),
        Draft(place="find", text="Médisoft"),
    )
    assert [version.kind for version in again.versions()] == ["text", "opened"]
    do(again, KeepDraft(place="find", text=None))
    do(again, Undo())
    assert again.transcript().segments[0].text.startswith("Bonjour")
    assert [draft.text for draft in again.documents().drafts] == ["C’était Méjean"]
    do(again, Redo())
    assert again.transcript().segments[0].text == "Un"


def test_a_passage_that_was_taken_away_can_be_written_again(session: EditSession) -> None:
    before = session.transcript()
    change_text(session, 2, "")
    do(
        session,
        SetText(segment=before.segments[2].id, was="", text="Aujourd'hui, je suis à Martigues"),
    )
    after = session.transcript()
    assert [segment.id for segment in after.segments] == [segment.id for segment in before.segments]
    assert after.segments[2].text == "Aujourd'hui, je suis à Martigues"
    assert after.segments[2].words[0] == before.segments[2].words[0]
    do(session, Undo())
    do(session, Undo())
    assert session.transcript() == before


def test_two_chapters_at_one_instant_are_both_kept(
    workspace: Workspace, session: EditSession
) -> None:
    was = session.documents().chapters
    for title in ("Un", "Deux", "Trois"):
        now = session.documents().chapters
        do(
            session,
            SetChapters(
                was=now,
                chapters=(*now, RecordingChapter(start_ms=RecordingMs(60_000), title=title)),
            ),
        )
    assert [
        (mark.start_ms, mark.title)
        for mark in session.documents().chapters
        if 59_000 < mark.start_ms < 61_000
    ] == [
        (60_000, "Un"),
        (60_001, "Deux"),
        (60_002, "Trois"),
    ]
    titles = [chapter.title for chapter in sources_of(workspace).chapters().chapters]
    assert [title for title in titles if title in {"Un", "Deux", "Trois"}] == [
        "Un",
        "Deux",
        "Trois",
    ]
    assert len(titles) == len(was) + 3
    assert EditSession(sources_of(workspace)).documents().chapters == session.documents().chapters
