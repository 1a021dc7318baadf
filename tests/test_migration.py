"""A workspace that version 0.2.0 built: read, migrated once, nothing built again.

tests/workspaces/studio-0.2.0.tar.xz is such a workspace as that version left it: one episode of
12 s, its words given, every other stage run.
"""

from __future__ import annotations

import dataclasses
import json
import tarfile
from pathlib import Path

import pytest
from support.small_show import DEAF_STAGES, SLUG

import studio
from studio.model.record import bytes_from_record, record_from_bytes, replace_fields
from studio.pipeline.events import Event, Noted, StageStarted
from studio.pipeline.runner import Choice, plan_run, run_stages
from studio.pipeline.stage import StageTable
from studio.workspace.build_state import BuildState, migrate_build_state, read_build_state
from studio.workspace.digest import digest_from_bytes
from studio.workspace.layout import Workspace
from studio.workspace.renaming import adopt_moved

ARCHIVE = Path(__file__).parent / "workspaces" / "studio-0.2.0.tar.xz"
RENAMED = {
    "excerpt": "soundbites",
    "attribute": "turns",
    "present": "package",
    "arrange": "programme",
}


def _versions() -> dict[str, int]:
    """Each stage's version of then, by its name of now."""
    found = {}
    with tarfile.open(ARCHIVE) as archive:
        for member in archive.getmembers():
            if member.name.endswith("/lock.json"):
                content = archive.extractfile(member)
                assert content is not None
                for name, record in json.load(content)["stages"].items():
                    found[RENAMED.get(name, name)] = record["version"]
    return found


# A stage that was improved since runs again, and means it: here only names and files have changed.
_THEN = _versions()
STAGES_OF_THEN = StageTable(
    episode=tuple(
        dataclasses.replace(stage, version=_THEN.get(stage.name, stage.version))
        for stage in DEAF_STAGES.episode
    ),
    show=tuple(
        dataclasses.replace(stage, version=_THEN.get(stage.name, stage.version))
        for stage in DEAF_STAGES.show
    ),
)


# Feed and site depend on one fingerprint an episode since: both are made once more.
MADE_ANEW = ["show/feed", "show/site"]


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    # The look of pages comes with Studio: another version makes them anew, and means it.
    monkeypatch.setattr(studio, "__version__", "0.2.0")
    with tarfile.open(ARCHIVE) as archive:
        # Our own archive; extractall() has its filter argument since Python 3.11.4 only.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(tmp_path)  # noqa: S202
    return Workspace(tmp_path / "show")


def run(workspace: Workspace) -> tuple[list[str], list[str]]:
    """The stages that ran, and what was told besides."""
    events: list[Event] = []
    done = run_stages(workspace, STAGES_OF_THEN, Choice(), events.append, command="test")
    assert not done.failures
    return (
        [f"{one.episode}/{one.stage}" for one in events if isinstance(one, StageStarted)],
        [one.text for one in events if isinstance(one, Noted)],
    )


def content(workspace: Workspace) -> dict[str, bytes]:
    return {
        path.relative_to(workspace.root).as_posix(): path.read_bytes()
        for path in sorted(workspace.root.rglob("*"))
        if path.is_file() and ".studio" not in path.parts
    }


def test_an_old_workspace_is_migrated_once_and_told_in_one_line(old: Workspace) -> None:
    before = content(old)
    ran, told = run(old)
    assert ran == MADE_ANEW
    (line,) = told
    assert "build-state.json instead of lock.json" in line and SLUG in line
    episodes_before, episodes = (
        {
            name: text
            for name, text in some.items()
            if name.startswith(("episodes/", "transcripts/"))
        }
        for some in (before, content(old))
    )
    assert {name: episodes[name] for name in episodes_before} == episodes_before
    assert set(episodes) - set(episodes_before) == {f"episodes/{SLUG}/build/build-state.json"}
    assert run(old) == ([], [])


def test_the_state_is_told_of_an_old_workspace_and_nothing_written(old: Workspace) -> None:
    before = content(old)
    plans = plan_run(old, STAGES_OF_THEN, Choice())
    assert [plan.stage for plan in plans if plan.state != "fresh"] == ["feed", "site"]
    assert content(old) == before


def test_every_run_on_record_has_the_new_name_of_its_stage(old: Workspace) -> None:
    path = old.episode(SLUG).build_state
    former_path = path.with_name("lock.json")
    former = record_from_bytes(former_path.read_bytes(), BuildState, former_path)
    state, note = read_build_state(path)
    assert note == ""
    assert set(RENAMED) <= set(former.stages)
    assert state.stages == {
        RENAMED.get(stage, stage): record for stage, record in former.stages.items()
    }


def test_what_a_person_edited_before_is_theirs_after(old: Workspace) -> None:
    chapters = old.episode(SLUG).chapters
    edited = chapters.read_bytes().replace(b'"title": "', b'"title": "Mon ', 1)
    chapters.write_bytes(edited)
    run(old)
    assert chapters.read_bytes() == edited
    states = {plan.stage: plan.state for plan in plan_run(old, STAGES_OF_THEN, Choice())}
    assert states["chapter"] == "edited"


def test_what_an_older_studio_wrote_since_is_read(old: Workspace) -> None:
    """Back to the older version and forth again: its record is the newer one."""
    run(old)
    path = old.episode(SLUG).build_state
    former_path = path.with_name("lock.json")
    former = record_from_bytes(former_path.read_bytes(), BuildState, former_path)
    record = replace_fields(former.stages["attribute"], version=99)
    former = replace_fields(former, stages={**former.stages, "attribute": record})
    former_path.write_bytes(bytes_from_record(former))
    assert migrate_build_state(path) == "file"
    state, _ = read_build_state(path)
    assert state.stages["turns"].version == 99
    assert state.former == digest_from_bytes(former_path.read_bytes())
    assert migrate_build_state(path) == ""


def test_a_stage_renamed_since_keeps_its_record_and_is_told_in_one_line(old: Workspace) -> None:
    run(old)
    path = old.episode(SLUG).build_state
    today, _ = read_build_state(path)
    former = {"soundbites": "excerpt", "programme": "arrange"}
    stages = {former.get(name, name): one for name, one in today.stages.items()}
    path.write_bytes(bytes_from_record(replace_fields(today, stages=stages)))
    ran, told = run(old)
    assert ran == []
    (line,) = told
    assert "stages were renamed" in line and SLUG in line
    assert record_from_bytes(path.read_bytes(), BuildState, path) == today
    assert run(old) == ([], [])


def test_an_older_studio_goes_on_with_its_own_file(old: Workspace) -> None:
    former = old.episode(SLUG).build_state.with_name("lock.json")
    before = former.read_bytes()
    run(old)
    assert former.read_bytes() == before


def test_an_old_file_that_is_damaged_is_told_and_nothing_is_lost(old: Workspace) -> None:
    files = old.episode(SLUG)
    files.build_state.with_name("lock.json").write_bytes(b"{")
    transcript = files.transcript.read_bytes()
    _, note = read_build_state(files.build_state)
    assert "lock.json is damaged" in note
    run(old)
    assert files.transcript.read_bytes() == transcript


def test_a_folder_renamed_by_hand_is_recognised_before_it_is_migrated(old: Workspace) -> None:
    folder = old.episode(SLUG).folder
    folder.rename(folder.with_name("002-autre"))
    assert SLUG in (adopt_moved(old, "002-autre") or "")
    state, _ = read_build_state(old.episode("002-autre").build_state)
    assert "soundbites" in state.stages
    assert all(SLUG + "/" not in name for one in state.stages.values() for name in one.outputs)


def test_edited_chapters_stay_when_the_alignment_gets_its_tables(old: Workspace) -> None:
    """What is on record is that chapters were made of the whole file; only its questions count."""
    files = old.episode(SLUG)
    edited = files.chapters.read_bytes().replace(b'"title": "', b'"title": "Mon ', 1)
    files.chapters.write_bytes(edited)
    before = files.alignment.read_bytes()
    today = {stage.name: stage for stage in DEAF_STAGES.episode}
    table = dataclasses.replace(
        STAGES_OF_THEN,
        episode=tuple(
            today["align"] if stage.name == "align" else stage for stage in STAGES_OF_THEN.episode
        ),
    )
    events: list[Event] = []
    done = run_stages(old, table, Choice(), events.append, command="test")
    assert not done.failures
    ran = {one.stage for one in events if isinstance(one, StageStarted)}
    assert "align" in ran
    assert not ran & {"chapter", "master"}
    assert files.alignment.read_bytes() != before
    assert files.chapters.read_bytes() == edited
    states = {plan.stage: plan.state for plan in plan_run(old, table, Choice())}
    assert states["chapter"] == "edited"
    record = read_build_state(files.build_state)[0].stages["chapter"]
    assert "questions" in record.inputs
    assert "alignment.json" not in record.inputs
