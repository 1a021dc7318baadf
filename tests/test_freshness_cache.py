"""Episodes that were up to date and have not been touched are not read again, and any touch wakes
them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support.fake_show import TABLE, add_episode, make_show, ran, run_show

import studio.workspace.file_freshness
from studio.errors import WorkspaceError
from studio.pipeline.changed_sound import report_changed_sound
from studio.pipeline.events import Event, Noted, StageKept
from studio.pipeline.runner import Choice, plan_run
from studio.workspace.freshness_cache import FreshnessCache, KnownStage
from studio.workspace.layout import Workspace
from studio.workspace.sources import EpisodeSources

SLUGS = ("001-ada", "002-bob")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setattr(studio.workspace.file_freshness, "_SETTLED_NS", -1)
    made = make_show(tmp_path / "show")
    for slug in SLUGS:
        add_episode(made, slug, slug)
    run_show(made)
    run_show(made)  # the show's files are linked in the first run: their change times are new
    return made


def known(workspace: Workspace) -> list[bool]:
    memory = FreshnessCache(workspace, TABLE.signature)
    return [memory.stages_of(slug) is not None for slug in (*SLUGS, "")]


def test_what_was_up_to_date_is_not_read(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert known(workspace) == [True, True, True]
    before = ran(workspace.root)
    monkeypatch.setattr(EpisodeSources, "episode", property(lambda _: pytest.fail("it was read")))
    run_show(workspace)
    assert {plan.state for plan in plan_run(workspace, TABLE, Choice())} == {"fresh"}
    assert ran(workspace.root) == before


def _same_size(path: Path) -> None:
    facts = path.stat()
    path.write_bytes(bytes(reversed(path.read_bytes())))
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


TOUCHES: dict[str, tuple[Callable[[Workspace], object], list[str]]] = {
    "recording": (
        lambda show: (show.episode(SLUGS[0]).folder / "son.wav").write_text("another"),
        ["001-ada/transcribe", "001-ada/correct", "001-ada/master", "001-ada/tag", "show/site"],
    ),
    "recording, of the same size and date": (
        lambda show: _same_size(show.episode(SLUGS[0]).folder / "son.wav"),
        ["001-ada/transcribe", "001-ada/correct", "001-ada/master", "001-ada/tag", "show/site"],
    ),
    "built file gone": (
        lambda show: show.episode(SLUGS[1]).enclosure.unlink(),
        ["002-bob/tag"],
    ),
    "feed gone": (lambda show: show.rss.unlink(), ["show/site"]),
    "record of the show changed": (
        lambda show: show.build_state.write_bytes(show.build_state.read_bytes() + b" "),
        [],
    ),
    "page changed": (
        lambda show: (show.site / SLUGS[0] / "index.html").write_text("x"),
        ["show/site"],
    ),
}


@pytest.mark.parametrize("touched", TOUCHES)
def test_any_touch_wakes_what_it_concerns(workspace: Workspace, touched: str) -> None:
    touch, expected = TOUCHES[touched]
    before = len(ran(workspace.root))
    touch(workspace)
    run_show(workspace)
    assert ran(workspace.root)[before:] == expected


def test_a_setting_of_the_show_wakes_all(workspace: Workspace) -> None:
    text = workspace.settings.read_text(encoding="utf-8")
    workspace.settings.write_text(text + "\n[whisper]\nmodel = 'small'\n", encoding="utf-8")
    assert known(workspace) == [False, False, False]


def test_what_a_person_edited_is_told_each_time(workspace: Workspace) -> None:
    workspace.episode(SLUGS[0]).transcript.write_text("mine", encoding="utf-8")
    run_show(workspace)
    first = [one for one in run_show(workspace) if isinstance(one, StageKept)]
    assert known(workspace)[0]
    assert [one for one in run_show(workspace) if isinstance(one, StageKept)] == first
    assert len(first) == 1
    states = FreshnessCache(workspace, TABLE.signature).stages_of(SLUGS[0])
    assert states is not None
    assert KnownStage(name="correct", state="edited", reasons=first[0].reasons) in states


def test_what_is_younger_than_a_clock_tick_is_read_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studio.workspace.file_freshness, "_SETTLED_NS", 10**18)
    (workspace.episode(SLUGS[0]).folder / "son.wav").write_text("another", encoding="utf-8")
    run_show(workspace)
    run_show(workspace)
    assert known(workspace)[0] is False


def test_what_listeners_would_load_again_is_remembered_until_a_touch(workspace: Workspace) -> None:
    memory = FreshnessCache(workspace, TABLE.signature)
    stages = memory.stages_of(SLUGS[0])
    assert stages
    assert memory.changed_sound_bytes(SLUGS[0]) == 0
    memory.learn(SLUGS[0], stages, joined=True, changed_sound_bytes=5_000_000)
    memory.remember()
    told: list[Event] = []
    report_changed_sound(workspace, told.append, FreshnessCache(workspace, TABLE.signature))
    assert [one.text for one in told if isinstance(one, Noted)] == [
        f"published sound changes, and listeners may download it again, 5.0 MB in all: {SLUGS[0]}"
    ]
    # What was published has changed: it is compared with the sound again.
    note = workspace.published_note(SLUGS[0])
    note.parent.mkdir()
    note.write_text("{}", encoding="utf-8")
    assert FreshnessCache(workspace, TABLE.signature).changed_sound_bytes(SLUGS[0]) is None
    with pytest.raises(WorkspaceError):
        report_changed_sound(workspace, told.append, FreshnessCache(workspace, TABLE.signature))
