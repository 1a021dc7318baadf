"""``studio run`` after the questions moved: chapters that people changed are carried over, and what
both changed is shown as both.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from support.edit_session import SLUG, asked, make_episode, sources_of

from studio.chapters.recording_chapters import RecordingChapter
from studio.editor.documents import programme_of, read_documents
from studio.editor.edit_session import EditSession
from studio.editor.edits import SetChapters
from studio.model.clock import RecordingMs
from studio.model.record import bytes_from_record, replace_fields
from studio.pipeline.events import Event, Noted
from studio.pipeline.runner import Choice, plan_run, run_stages
from studio.pipeline.stage import StageTable
from studio.pipeline.stages import EPISODE_STAGES
from studio.workspace.layout import Workspace

TABLE = StageTable(
    episode=tuple(stage for stage in EPISODE_STAGES if stage.name == "chapter"), show=()
)


def run(workspace: Workspace) -> list[str]:
    events: list[Event] = []
    assert not run_stages(
        Workspace(workspace.root), TABLE, Choice(slugs=(SLUG,)), events.append
    ).failures
    return [event.text for event in events if isinstance(event, Noted)]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An episode whose chapters are on record as Studio's."""
    workspace = make_episode(tmp_path / "ici")
    files = workspace.episode(SLUG)
    files.chapters.unlink()
    sources = sources_of(workspace)
    files.programme.write_bytes(
        bytes_from_record(programme_of(read_documents(sources, None), sources))
    )
    assert run(workspace) == []
    return workspace


def marks_of(workspace: Workspace) -> list[tuple[str, int]]:
    return [
        (mark.title, mark.start_ms)
        for mark in EditSession(sources_of(workspace)).documents().chapters
    ]


def set_marks(workspace: Workspace, *changes: tuple[int, dict[str, object]]) -> None:
    desk = EditSession(sources_of(workspace))
    was = desk.documents().chapters
    chapters = list(was)
    for place, fields in changes:
        chapters[place] = replace_fields(chapters[place], **fields)
    desk.apply(asked(SetChapters(was=was, chapters=tuple(chapters)), since=desk.revision))


def move_questions(workspace: Workspace, *numbers: int, by_ms: int) -> None:
    """The questions are found elsewhere, as after a corrected transcript."""
    sources = sources_of(workspace)
    alignment = sources.alignment()
    questions = tuple(
        replace_fields(one, start_ms=RecordingMs(one.start_ms + by_ms))
        if one.number in numbers and one.start_ms is not None
        else one
        for one in alignment.questions
    )
    sources.files.alignment.write_bytes(
        bytes_from_record(replace_fields(alignment, questions=questions))
    )


def test_titles_that_people_wrote_go_with_questions_that_moved(workspace: Workspace) -> None:
    before = marks_of(workspace)
    set_marks(workspace, (1, {"title": "Né dans un grenier"}))
    move_questions(workspace, 1, 2, by_ms=700)
    (plan,) = plan_run(Workspace(workspace.root), TABLE, Choice(slugs=(SLUG,)))
    assert (plan.state, plan.runs) == ("conflict", True)
    assert run(workspace) == ["1 chapter of your own carried over"]
    after = marks_of(workspace)
    assert after[1] == ("Né dans un grenier", before[1][1] + 700)
    assert after[2] == (before[2][0], before[2][1] + 700)
    assert after[3:] == before[3:]
    assert run(workspace) == []


def test_only_what_both_moved_is_a_conflict_and_a_persons_stands(workspace: Workspace) -> None:
    before = marks_of(workspace)
    set_marks(workspace, (1, {"start_ms": before[1][1] + 3000}), (3, {"title": "La suite"}))
    theirs = sources_of(workspace).files.chapters.read_bytes()
    move_questions(workspace, 1, 2, by_ms=-500)
    (line,) = run(workspace)
    assert (
        line == "2 chapters of your own carried over, 1 of them changed here as well: `studio "
        f"edit {SLUG}` shows both versions"
    )
    after = marks_of(workspace)
    assert after[1] == (before[1][0], before[1][1] + 3000)
    assert after[2] == (before[2][0], before[2][1] - 500)
    assert after[3] == ("La suite", before[3][1])
    assert (
        sources_of(workspace).machine_chapters()[1].start_ms == before[1][1] - 500
    )  # what the page shows beside it
    assert (
        sources_of(workspace).files.texts.joinpath("chapters.edited-1.json").read_bytes() == theirs
    )


def test_a_chapter_that_somebody_took_out_or_added_stays_so(workspace: Workspace) -> None:
    desk = EditSession(sources_of(workspace))
    was = desk.documents().chapters
    own = RecordingChapter(start_ms=RecordingMs(90_000), title="À nous")
    desk.apply(
        asked(SetChapters(was=was, chapters=(was[0], was[1], own, was[3])), since=desk.revision)
    )
    move_questions(workspace, 1, by_ms=300)
    run(workspace)
    assert [title for title, _ in marks_of(workspace)] == [
        was[0].title,
        was[1].title,
        "À nous",
        was[3].title,
    ]
