"""Notes to colleagues: in the journal and a file of their own, at their words whatever becomes of the
text, in Word as comments, and nowhere in public.
"""

from __future__ import annotations

import io
import json
import random
import shutil
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from support.edit_session import SLUG, asked, files_of, make_episode, sources_of
from support.spoken import transcript_from_lines

import studio
from studio.cli import main
from studio.editor.edit_session import EditSession
from studio.editor.edits import AnswerNote, ResolveNote, SetText, Undo, WriteNote
from studio.editor.file_revisions import note_of
from studio.model.clock import RecordingMs
from studio.model.margin_note import MarginNote
from studio.model.record import bytes_from_record, replace_fields
from studio.model.transcript import Transcript, Word
from studio.transcript.margin_note_places import place_of_note, unplaced_note
from studio.transcript_formats.transcript_io import export_transcript, read_transcript
from studio.workspace.disk import write_file
from studio.workspace.layout import Workspace

AT = "2026-03-04T10:11:12.000+01:00"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_episode(tmp_path / "ici")


@pytest.fixture
def session(workspace: Workspace) -> EditSession:
    return EditSession(sources_of(workspace))


def about(session: EditSession, segment: int, first: int, last: int, text: str) -> WriteNote:
    """A note about the words ``first`` to ``last`` of a segment."""
    words = session.transcript().segments[segment].words
    return WriteNote(
        id=f"n{segment}-{first}",
        start_ms=words[first].start_ms,
        end_ms=words[last].end_ms,
        was="",
        text=text,
        author="Anne",
        at=AT,
    )


def test_a_note_is_in_the_journal_and_in_a_file_of_its_own(
    workspace: Workspace, session: EditSession
) -> None:
    session.apply(asked(about(session, 2, 3, 3, "Martigues ?")))
    (note,) = sources_of(workspace).margin_notes()
    words = session.transcript().segments[2].words
    assert (note.words, note.text, note.author, note.at) == (
        words[3].text,
        "Martigues ?",
        "Anne",
        AT,
    )
    assert note.before.split()[-1] == words[2].text
    session.apply(
        asked(
            AnswerNote(
                id=note.id,
                start_ms=note.start_ms,
                end_ms=note.end_ms,
                text="Oui, vérifié",
                author="Luc",
                at=AT,
            )
        )
    )
    session.apply(asked(ResolveNote(id=note.id, is_resolved=True)))
    (told,) = EditSession(sources_of(workspace)).documents().notes
    assert ([one.text for one in told.answers], told.is_resolved) == (["Oui, vérifié"], True)
    session.apply(asked(Undo()))
    (told,) = sources_of(workspace).margin_notes()
    assert not told.is_resolved


def test_what_two_people_write_in_one_note_both_stays(session: EditSession) -> None:
    first = about(session, 2, 3, 3, "Mien")
    session.apply(asked(first))
    session.apply(asked(replace_fields(first, was="Mien", text="Autre"), client="une"))
    session.apply(asked(replace_fields(first, was="Mien", text="Encore autre"), client="deux"))
    (note,) = session.documents().notes
    assert (note.text, [one.text for one in note.answers]) == ("Autre", ["Encore autre"])
    session.apply(asked(replace_fields(first, was="Autre", text="")))
    assert session.documents().notes == (note,)  # who takes theirs away takes no answer along


def test_an_answer_to_a_note_that_was_taken_away_is_a_note(session: EditSession) -> None:
    note = about(session, 2, 3, 3, "Mien")
    session.apply(asked(note))
    session.apply(asked(replace_fields(note, was="Mien", text=" ")))
    assert session.documents().notes == ()
    answer = AnswerNote(
        id=note.id, start_ms=note.start_ms, end_ms=note.end_ms, text="Oui", author="Luc", at=AT
    )
    session.apply(asked(answer))
    assert [one.text for one in session.documents().notes] == ["Oui"]


def test_a_journal_of_an_earlier_studio_knows_no_notes(
    workspace: Workspace, session: EditSession
) -> None:
    session.apply(asked(SetText(segment="s1", was="", text="")))
    path = note_of(files_of(workspace).journal)
    written = json.loads(path.read_bytes())
    del written["files"]["margin-notes.json"]
    path.write_text(json.dumps(written), encoding="utf-8")
    again = EditSession(sources_of(workspace))
    assert again.revision == session.revision
    again.apply(asked(about(again, 0, 0, 1, "Bonjour")))
    assert len(sources_of(workspace).margin_notes()) == 1


def test_a_new_transcription_moves_a_note_to_its_words(
    workspace: Workspace, session: EditSession
) -> None:
    session.apply(asked(about(session, 4, 1, 2, "À vérifier")))
    (before,) = session.documents().notes
    transcript = session.transcript()
    later = replace_fields(
        transcript,
        segments=tuple(
            replace_fields(
                segment,
                start_ms=RecordingMs(segment.start_ms + 7_000),
                end_ms=RecordingMs(segment.end_ms + 7_000),
                words=tuple(
                    replace_fields(
                        word,
                        start_ms=RecordingMs(word.start_ms + 7_000),
                        end_ms=RecordingMs(word.end_ms + 7_000),
                    )
                    for word in segment.words
                ),
            )
            for segment in transcript.segments[1:]
        ),
    )
    write_file(files_of(workspace).transcript, bytes_from_record(later))
    again = EditSession(sources_of(workspace))
    (after,) = again.documents().notes
    assert (after.start_ms - before.start_ms, after.end_ms - before.end_ms) == (7_000, 7_000)
    assert sources_of(workspace).margin_notes() == (after,)


def test_status_lists_open_notes(workspace: Workspace, session: EditSession) -> None:
    session.apply(asked(about(session, 2, 3, 3, "Est-ce Martigues ?")))
    done = replace_fields(about(session, 0, 0, 0, "Réglé"), id="done")
    session.apply(
        asked(done),
    )
    session.apply(asked(ResolveNote(id="done", is_resolved=True)))
    shown = CliRunner().invoke(main, ["-C", str(workspace.root), "status", "--json"])
    notes = [record for line in shown.output.splitlines() if "note" in (record := json.loads(line))]
    assert [(one["episode"], one["text"]) for one in notes] == [(SLUG, "Est-ce Martigues ?")]


def test_word_has_notes_as_comments_and_nothing_of_them_comes_back(
    workspace: Workspace, session: EditSession
) -> None:
    note = about(session, 2, 2, 3, "Est-ce Martigues ?\u0000")
    session.apply(asked(note))
    session.apply(
        asked(
            AnswerNote(
                id=note.id, start_ms=note.start_ms, end_ms=note.end_ms, text="Oui.", author="Luc",
                at=AT,
            )
        )
    )  # fmt: skip
    sources = sources_of(workspace)
    content = export_transcript(sources, "docx")
    assert content == export_transcript(sources, "docx")
    document = docx.Document(io.BytesIO(content))
    (comment,) = document.comments
    assert (comment.author, comment.text) == ("Anne", "Est-ce Martigues ?\nLuc : Oui.")
    assert comment.timestamp is not None
    assert comment.timestamp.isoformat().startswith("2026-03-04T09:11:12")
    passages = read_transcript(sources, content, "docx", "x.docx")
    spoken = sources.transcript().segments
    assert [(one.speaker, one.text) for one in passages] == [
        (one.speaker, " ".join(one.text.split())) for one in spoken
    ]


def test_nothing_that_is_published_reads_notes() -> None:
    root = Path(studio.__file__).parent
    readers = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if "margin_note" in path.read_text(encoding="utf-8")
    }
    assert {name.partition("/")[0] for name in readers} == {
        "transcript", "editor", "replacement", "transcript_formats", "workspace",
    }  # fmt: skip


# --- where a note's words are


def spoken(text: str, from_ms: int = 0) -> tuple[Word, ...]:
    lines = [("A", from_ms, from_ms + 400 * len(text.split()), text)]
    return transcript_from_lines(lines).words


def noted(words: tuple[Word, ...], first: int, last: int) -> MarginNote:
    texts = [word.text for word in words]
    return MarginNote(
        id="n",
        start_ms=words[first].start_ms,
        end_ms=words[last].end_ms,
        words=" ".join(texts[first : last + 1]),
        before=" ".join(texts[max(0, first - 4) : first]),
        after=" ".join(texts[last + 1 : last + 5]),
        text="?",
        author="",
        at=AT,
    )


SAID = "le moulin de la Roque tourne encore et le moulin de la plaine ne tourne plus du tout"


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        pytest.param(SAID, "la plaine", id="the same"),
        pytest.param(f"bonjour à tous {SAID}", "la plaine", id="later"),
        pytest.param(SAID.replace("plaine", "Pleine"), "la Pleine", id="heard otherwise"),
        pytest.param(
            SAID.replace("la plaine", "l'aplanit bien"), "l'aplanit bien", id="other words"
        ),
        pytest.param(SAID.replace(" la plaine", ""), "ne", id="taken out"),
        pytest.param("tout autre chose est dit dans celui-ci", None, id="another interview"),
    ],
)
def test_a_notes_words_are_found_again(now: str, wanted: str | None) -> None:
    words = spoken(SAID)
    note = unplaced_note(noted(words, 11, 12))
    assert note.words == "la plaine"
    there = spoken(now, 90_000)
    place = place_of_note(note, there)
    found = (
        None if place is None else " ".join(word.text for word in there[place.start : place.stop])
    )
    assert found == wanted


def test_a_note_stays_at_its_time_where_its_sentence_is_worded_anew() -> None:
    words = spoken(SAID)
    place = place_of_note(noted(words, 11, 12), spoken("a b c d e f g h i j k l m n o p"))
    assert place == range(11, 13)


def test_notes_are_found_in_transcripts_with_wrong_words() -> None:
    chance = random.Random(5)
    vocabulary = "le la de des et un une moulin tourne eau vent pierre on nous voilà alors".split()
    said = [chance.choice(vocabulary) for _ in range(2_000)]
    words = spoken(" ".join(said))
    right = 0
    for _ in range(200):
        first = chance.randrange(10, 1_980)
        note = noted(words, first, first + 1)
        # One word in ten is heard otherwise, and all of it is 5 s later.
        heard = [
            "autre" if chance.random() < 0.1 and place not in (first, first + 1) else text
            for place, text in enumerate(said)
        ]
        place = place_of_note(unplaced_note(note), spoken(" ".join(heard), 5_000))
        right += place == range(first, first + 2)
    # Of so few different words, four on each side do not tell each place.
    assert right >= 170


def test_no_transcript_has_no_place() -> None:
    note = noted(spoken(SAID), 1, 2)
    assert place_of_note(note, Transcript(language="fr", segments=()).words) is None


def test_a_clone_shows_a_colleagues_notes(workspace: Workspace, session: EditSession) -> None:
    session.apply(asked(about(session, 2, 3, 3, "Est-ce Martigues ?")))
    shutil.rmtree(files_of(workspace).journal.parent)  # not in git
    (note,) = EditSession(sources_of(workspace)).documents().notes
    assert note.text == "Est-ce Martigues ?"
