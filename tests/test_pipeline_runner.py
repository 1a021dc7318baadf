"""What runs, what does not, and that nothing a person wrote is ever lost."""

from __future__ import annotations

import errno
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import fake_show
from support.fake_show import TABLE, add_episode, make_show, ran, run_show

from studio.errors import BusyError, DiskError, WorkspaceError
from studio.pipeline import runner
from studio.pipeline.events import Event, Noted, StageFailed, StageKept, StageStarted
from studio.pipeline.runner import Choice, plan_run
from studio.pipeline.stage import Stage, StageTable
from studio.temporary_folder import FRESH
from studio.workspace.build_state import BuildState, write_build_state
from studio.workspace.disk import fresh_path
from studio.workspace.layout import Workspace
from studio.workspace.run_lock import lock_workspace

ALL = ["001-ada/transcribe", "001-ada/correct", "001-ada/master", "001-ada/tag", "show/site"]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = make_show(tmp_path / "émission d’« ici »")
    add_episode(made)
    return made


def started(events: list[Event]) -> dict[str, tuple[str, ...]]:
    return {
        f"{event.episode}/{event.stage}": event.reasons
        for event in events
        if isinstance(event, StageStarted)
    }


def failed(events: list[Event]) -> list[StageFailed]:
    return [event for event in events if isinstance(event, StageFailed)]


def kept(events: list[Event]) -> list[str]:
    return [event.stage for event in events if isinstance(event, StageKept)]


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def contents(folder: Path) -> dict[str, bytes]:
    """Every file that is a person's, not Studio's own notes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
        and path.name not in {"build-state.json", "digests.json", "run.lock", "holder.json"}
    }


# What runs


def test_first_run_does_everything_in_order_and_the_second_nothing(workspace: Workspace) -> None:
    assert list(started(run_show(workspace))) == ALL
    assert ran(workspace.root) == ALL
    assert started(run_show(workspace)) == {}
    assert ran(workspace.root) == ALL


def test_a_part_that_a_stage_does_not_use_changes_nothing(workspace: Workspace) -> None:
    run_show(workspace)
    change(workspace.episode("001-ada").article, "Bonjour", "Bonsoir")
    assert started(run_show(workspace)) == {}


def test_a_changed_title_tags_again_and_says_why_in_clear(workspace: Workspace) -> None:
    run_show(workspace)
    change(workspace.episode("001-ada").settings, 'title = "Ada"', 'title = "Ada L."')
    again = started(run_show(workspace))
    assert list(again) == ["001-ada/tag", "show/site"]
    assert again["001-ada/tag"] == ("episode.title: Ada → Ada L.",)


def test_a_changed_setting_of_the_show_is_named(workspace: Workspace) -> None:
    run_show(workspace)
    workspace.settings.write_text(
        fake_show.SHOW_TOML + '\n[whisper]\nmodel = "small"\n', encoding="utf-8"
    )
    assert started(run_show(workspace))["001-ada/transcribe"] == ("whisper.model: base → small",)


def test_a_stage_that_wrote_the_same_bytes_wakes_nobody(workspace: Workspace) -> None:
    run_show(workspace)
    files = workspace.episode("001-ada")
    files.loudness.unlink()
    before = files.master.stat().st_mtime_ns
    assert list(started(run_show(workspace))) == ["001-ada/master"]
    assert files.master.stat().st_mtime_ns == before


def test_a_new_version_of_a_stage_runs_it_again(workspace: Workspace) -> None:
    run_show(workspace)
    newer = StageTable(
        episode=tuple(_versioned(stage, "master") for stage in TABLE.episode), show=TABLE.show
    )
    events = run_show(workspace, table=newer)
    assert started(events) == {
        "001-ada/master": ("Studio makes it differently now (version 1 → 2)",)
    }


def _versioned(stage: Stage[Any], name: str) -> Stage[Any]:
    return Stage(
        stage.name, stage.inputs, stage.outputs, stage.run, version=2 if stage.name == name else 1
    )


@pytest.mark.parametrize(
    "damage", [Path.unlink, lambda path: path.write_text("changed")], ids=["deleted", "changed"]
)
def test_a_built_file_that_was_touched_is_built_again_and_it_says_so(
    workspace: Workspace, damage: Any
) -> None:
    run_show(workspace)
    files = workspace.episode("001-ada")
    whole = files.enclosure.read_bytes()
    damage(files.enclosure)
    reasons = started(run_show(workspace))["001-ada/tag"]
    assert reasons[0].startswith("episodes/001-ada/build/enclosure.json ")
    assert files.enclosure.read_bytes() == whole


def test_one_stage_runs_with_what_it_needs_and_no_more(workspace: Workspace) -> None:
    assert list(started(run_show(workspace, Choice(stage="correct")))) == [
        "001-ada/transcribe",
        "001-ada/correct",
    ]
    assert list(started(run_show(workspace, Choice(stage="correct", force=True)))) == [
        "001-ada/correct"
    ]


def test_one_episode_of_several(workspace: Workspace) -> None:
    add_episode(workspace, "002-grace", "Grace")
    events = run_show(workspace, Choice(slugs=("002-grace",)))
    assert {name.split("/")[0] for name in started(events)} == {"002-grace", "show"}
    with pytest.raises(WorkspaceError, match="003-nobody: is not an episode"):
        run_show(workspace, Choice(slugs=("003-nobody",)))


def test_one_failing_episode_does_not_stop_the_others(workspace: Workspace) -> None:
    add_episode(workspace, "002-grace", "noise")
    add_episode(workspace, "003-mary", "Mary")
    events = run_show(workspace)
    (failure,) = failed(events)
    assert (failure.episode, failure.stage, failure.remedy) == (
        "002-grace",
        "transcribe",
        "Record it again.",
    )
    assert {"003-mary/tag", "show/site"} <= set(started(events))
    assert "Mary" in workspace.rss.read_text(encoding="utf-8")
    assert not workspace.episode("002-grace").asr.exists()


def test_a_damaged_settings_file_stops_only_its_episode(workspace: Workspace) -> None:
    run_show(workspace)
    add_episode(workspace, "002-grace", "Grace")
    workspace.episode("002-grace").settings.write_text("number = one", encoding="utf-8")
    (first, *_) = failed(run_show(workspace))
    assert first.episode == "002-grace"
    assert "episode.toml" in first.where


def test_a_plan_tells_what_a_run_would_do_and_changes_nothing(workspace: Workspace) -> None:
    before = contents(workspace.root)
    assert [
        f"{planned.episode}/{planned.stage}"
        for planned in plan_run(workspace, TABLE, Choice())
        if planned.runs
    ] == ALL
    assert contents(workspace.root) == before
    assert not workspace.state.exists()
    run_show(workspace)
    assert not any(planned.runs for planned in plan_run(workspace, TABLE, Choice()))
    (workspace.episode("001-ada").folder / "son.wav").write_text("another sound", encoding="utf-8")
    planned = {planned.stage: planned for planned in plan_run(workspace, TABLE, Choice())}
    assert planned["transcribe"].reasons == ("recording changed",)
    assert planned["correct"].reasons == ("after asr.json",)
    assert all(planned[name].runs for name in ("transcribe", "correct", "master", "tag"))


def test_what_no_longer_belongs_is_removed_but_only_what_studio_wrote(workspace: Workspace) -> None:
    add_episode(workspace, "002-grace", "Grace")
    run_show(workspace)
    page = workspace.site / "002-grace"
    (workspace.site / "robots.txt").write_text("a person's", encoding="utf-8")
    (page / "index.html").write_text("changed by a person", encoding="utf-8")
    shutil.rmtree(workspace.episode("002-grace").folder)
    run_show(workspace)
    assert (workspace.site / "robots.txt").exists()
    assert sorted(path.name for path in page.iterdir()) == ["index.html"]
    assert (workspace.site / "001-ada" / "001-ada.mp3").exists()


# What people wrote


def edit(workspace: Workspace, text: str = "my words") -> Path:
    path = workspace.episode("001-ada").transcript
    path.write_text(text, encoding="utf-8")
    return path


def test_an_edit_is_kept_and_used(workspace: Workspace) -> None:
    run_show(workspace)
    path = edit(workspace)
    events = run_show(workspace)
    assert kept(events) == ["correct"]
    assert list(started(events)) == ["001-ada/tag", "show/site"]
    assert path.read_text(encoding="utf-8") == "my words"
    assert "my words" in workspace.episode("001-ada").mp3.read_text(encoding="utf-8")
    assert started(run_show(workspace)) == {}


def test_an_edit_whose_inputs_changed_stops_that_episode(workspace: Workspace) -> None:
    add_episode(workspace, "002-grace", "Grace")
    run_show(workspace)
    path = edit(workspace)
    for slug in ("001-ada", "002-grace"):
        change(workspace.episode(slug).article, "Ada, Grace", "Ada, Mary")
    events = run_show(workspace)
    (failure,) = failed(events)
    assert (failure.episode, failure.stage) == ("001-ada", "correct")
    assert "transcript.json was edited by hand; asr.json changed" in failure.what
    assert "--keep" in failure.remedy
    assert "--stage correct --force" in failure.remedy
    assert path.read_text(encoding="utf-8") == "my words"
    assert "002-grace/tag" in started(events)
    assert [failure.stage for failure in failed(run_show(workspace))] == ["correct"]


def test_keep_lets_the_edit_stand_for_good(workspace: Workspace) -> None:
    run_show(workspace)
    machine = workspace.episode("001-ada").transcript.read_text(encoding="utf-8")
    path = edit(workspace)
    change(workspace.episode("001-ada").article, "Ada, Grace", "Ada, Mary")
    assert not failed(run_show(workspace, Choice(keep=True)))
    assert path.read_text(encoding="utf-8") == "my words"
    assert not failed(run_show(workspace))
    edit(workspace, machine)  # a person may choose the machine's old words: they are hers now
    assert not failed(run_show(workspace))
    assert path.read_text(encoding="utf-8") == machine


def test_force_keeps_the_edit_beside(workspace: Workspace) -> None:
    run_show(workspace)
    path = edit(workspace)
    assert not failed(run_show(workspace, Choice(stage="correct", force=True)))
    assert path.read_text(encoding="utf-8").startswith("corrected")
    assert path.with_name("transcript.edited-1.json").read_text(encoding="utf-8") == "my words"
    edit(workspace, "other words")
    run_show(workspace, Choice(stage="correct", force=True))
    assert path.with_name("transcript.edited-1.json").read_text(encoding="utf-8") == "my words"
    assert path.with_name("transcript.edited-2.json").read_text(encoding="utf-8") == "other words"
    assert not kept(run_show(workspace))


def test_a_transcript_that_was_there_before_studio_is_a_persons(workspace: Workspace) -> None:
    path = workspace.episode("001-ada").transcript
    path.parent.mkdir(parents=True)
    edit(workspace)
    events = run_show(workspace)
    assert kept(events) == ["correct"]
    assert path.read_text(encoding="utf-8") == "my words"
    change(workspace.episode("001-ada").article, "Ada, Grace", "Ada, Mary")
    assert [failure.stage for failure in failed(run_show(workspace))] == ["correct"]


def test_a_transcript_without_record_is_studios_when_studio_writes_the_same(
    workspace: Workspace,
) -> None:
    run_show(workspace)
    shutil.rmtree(workspace.episode("001-ada").build)  # as in a fresh clone
    assert not kept(run_show(workspace))
    change(workspace.episode("001-ada").article, "Ada, Grace", "Ada, Mary")
    assert not failed(run_show(workspace))
    assert "Mary" in workspace.episode("001-ada").transcript.read_text(encoding="utf-8")


def test_a_deleted_transcript_is_made_anew(workspace: Workspace) -> None:
    run_show(workspace)
    edit(workspace).unlink()
    assert "001-ada/correct" in started(run_show(workspace))


@pytest.mark.parametrize("content", [b"", b"{", b'{"stages": 3}', b"\xff\xfe", b"null"])
def test_a_damaged_lock_file_counts_as_missing(workspace: Workspace, content: bytes) -> None:
    run_show(workspace)
    path = edit(workspace)
    workspace.episode("001-ada").build_state.write_bytes(content)
    events = run_show(workspace)
    assert any(isinstance(event, Noted) and "damaged" in event.text for event in events)
    assert path.read_text(encoding="utf-8") == "my words"
    assert not failed(events)
    assert started(run_show(workspace)) == {}


def test_an_edit_made_while_its_stage_runs_is_left_alone(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(sources: Any, draft: Any, progress: Any) -> None:
        fake_show.correct(sources, draft, progress)
        sources.files.transcript.write_text("typed meanwhile", encoding="utf-8")

    run_show(workspace)
    workspace.episode("001-ada").transcript.unlink()
    stages = tuple(
        Stage(s.name, s.inputs, s.outputs, slow) if s.name == "correct" else s
        for s in TABLE.episode
    )
    events = run_show(workspace, table=StageTable(episode=stages, show=TABLE.show))
    assert "while correct ran" in failed(events)[0].what
    assert workspace.episode("001-ada").transcript.read_text(encoding="utf-8") == "typed meanwhile"


def test_an_edit_saved_between_the_check_and_the_rename_stays(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_show(workspace)
    (workspace.episode("001-ada").folder / "son.wav").write_text("another sound", encoding="utf-8")
    path = workspace.episode("001-ada").transcript
    write_lock = write_build_state

    def saved_now(place: Path, lock: BuildState) -> None:
        write_lock(place, lock)
        if "correct" in lock.intents:  # everything was compared, nothing is in place yet
            path.write_text("typed meanwhile", encoding="utf-8")

    with monkeypatch.context() as patch:
        patch.setattr(runner, "write_build_state", saved_now)
        events = run_show(workspace)
    assert [(failure.stage, "while correct ran" in failure.what) for failure in failed(events)] == [
        ("correct", True)
    ]
    assert path.read_text(encoding="utf-8") == "typed meanwhile"
    assert [one.name for one in path.parent.iterdir()] == ["transcript.json"]
    assert [failure.stage for failure in failed(run_show(workspace))] == [
        "correct"
    ]  # a person's now: it is asked what shall stand
    assert path.read_text(encoding="utf-8") == "typed meanwhile"


def test_what_an_editor_writes_into_the_replaced_file_is_kept_beside_and_told(
    workspace: Workspace,
) -> None:
    run_show(workspace)
    (workspace.episode("001-ada").folder / "son.wav").write_text("another sound", encoding="utf-8")
    path = workspace.episode("001-ada").transcript
    with path.open("r+", encoding="utf-8") as stream:

        def late(sources: Any, draft: Any, progress: Any) -> None:
            stream.write("typed late")
            stream.flush()
            fake_show.master(sources, draft, progress)

        stages = tuple(
            Stage(s.name, s.inputs, s.outputs, late) if s.name == "master" else s
            for s in TABLE.episode
        )
        events = run_show(workspace, table=StageTable(episode=stages, show=TABLE.show))
    assert any(
        isinstance(event, Noted) and "transcripts/001-ada/transcript.edited-1.json" in event.text
        for event in events
    )
    assert (
        path.with_name("transcript.edited-1.json")
        .read_text(encoding="utf-8")
        .startswith("typed late")
    )
    assert path.read_text(encoding="utf-8").startswith("corrected heard another sound")


def test_a_run_leaves_what_another_living_process_is_writing(workspace: Workspace) -> None:
    run_show(workspace)
    fresh = fresh_path(workspace.episode("001-ada").transcript)
    fresh.write_bytes(b"half")  # as the editor's page does, which may be open during a run
    run_show(workspace)
    assert fresh.exists()


# Bad luck


class Elsewhere:
    """Runs in other processes."""

    def __init__(self) -> None:
        self.failures: list[str] = []
        command = [sys.executable, fake_show.__file__]
        self._server = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def run(
        self,
        workspace: Workspace,
        *,
        force: str = "",
        die_at: int | None = None,
        user: int | None = None,
    ) -> int:
        """The exit code: minus the signal when it was killed. ``failures`` are then what it
        told.
        """
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        print(
            json.dumps([str(workspace.root), force, die_at, user]),
            file=self._server.stdin,
            flush=True,
        )
        self.failures = []
        while not re.fullmatch(r"-?\d+\n", answer := self._server.stdout.readline()):
            self.failures.append(answer.strip())
        return int(answer)

    def close(self) -> None:
        self._server.communicate()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    server = Elsewhere()
    yield server
    server.close()


def is_whole(workspace: Workspace) -> bool:
    """Whether every file that a stage writes is complete."""
    built = [
        name
        for name in contents(workspace.root)
        if "/build/" in name or name.startswith(("feed/feed", "feed/site", "transcripts"))
    ]
    return all(
        (workspace.root / name).read_text(encoding="utf-8").endswith(fake_show.END)
        for name in built
        if FRESH not in name
    )


@pytest.mark.skipif(os.name != "posix", reason="this system has no kill -9")
@pytest.mark.parametrize("scene", ["first run", "another recording", "forced over an edit"])
@pytest.mark.slow
def test_killed_anywhere_it_goes_on_where_it_was(
    tmp_path: Path, scene: str, elsewhere: Elsewhere
) -> None:
    begin = make_show(tmp_path / "begin")
    add_episode(begin)
    mine = "my words" + fake_show.END
    force = ""
    if scene != "first run":
        run_show(begin)
        (begin.episode("001-ada").folder / "son.wav").write_text("another sound", encoding="utf-8")
    if scene == "forced over an edit":
        edit(begin, mine)
        force = "correct"
    undisturbed = Workspace(tmp_path / "undisturbed")
    shutil.copytree(begin.root, undisturbed.root)
    assert elsewhere.run(undisturbed, force=force) == 0
    run_show(undisturbed)
    number, code = 0, -signal.SIGKILL
    while code:
        killed = Workspace(tmp_path / f"killed {number}")
        shutil.copytree(begin.root, killed.root)
        code = elsewhere.run(killed, force=force, die_at=number)
        assert code in {0, -signal.SIGKILL}
        assert is_whole(killed), number
        words = {
            path.name: path.read_text(encoding="utf-8")
            for path in killed.episode("001-ada").texts.glob("transcript*.json")
        }
        assert scene != "forced over an edit" or mine in words.values(), number
        before = ran(killed.root)
        if force and "transcript.edited-1.json" not in words:
            assert not failed(run_show(killed, Choice(stage=force, force=True))), number
        assert not failed(run_show(killed)), number
        again = [stage for stage in ran(killed.root)[len(before) :] if stage in before]
        assert set(again) <= set(before[-1:]), number  # at most the one that was interrupted
        assert contents(killed.root) == contents(undisturbed.root), number
        assert not started(run_show(killed)), number
        number += 1
    assert number > 30


@pytest.mark.skipif(os.name != "posix", reason="this system has no kill -9")
def test_a_killed_run_frees_the_workspace(workspace: Workspace, elsewhere: Elsewhere) -> None:
    assert elsewhere.run(workspace, die_at=12) == -signal.SIGKILL
    assert (workspace.state / "holder.json").exists()
    assert not failed(run_show(workspace))


def test_two_runs_at_once_are_refused_and_told_who(workspace: Workspace) -> None:
    refusals: list[BusyError] = []

    def second(sources: Any, draft: Any, progress: Any) -> None:
        with pytest.raises(BusyError) as refusal:
            run_show(workspace)
        refusals.append(refusal.value)
        fake_show.correct(sources, draft, progress)

    stages = tuple(
        Stage(s.name, s.inputs, s.outputs, second) if s.name == "correct" else s
        for s in TABLE.episode
    )
    assert not failed(run_show(workspace, table=StageTable(episode=stages, show=TABLE.show)))
    (refusal,) = refusals
    assert f"`fake run` (process {os.getpid()} on {platform.node()}, since " in refusal.what
    assert ran(workspace.root) == ALL
    assert not (workspace.state / "holder.json").exists()


@pytest.mark.skipif(os.name != "posix", reason="this test forks")
def test_another_process_is_refused_too(workspace: Workspace, elsewhere: Elsewhere) -> None:
    with lock_workspace(workspace.state, "studio run"):
        assert elsewhere.run(workspace) == 1
    assert ran(workspace.root) == []
    assert elsewhere.run(workspace) == 0


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EDQUOT, "used up"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "may not read or write"),
    ],
)
@pytest.mark.parametrize("last", range(0, 14, 3))
def test_a_disk_that_takes_no_more_changes_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, number: int, said: str, last: int
) -> None:
    run_show(workspace)
    before = contents(workspace.root)
    (workspace.episode("001-ada").folder / "son.wav").write_text("another sound", encoding="utf-8")
    left = last

    def flush(descriptor: int) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", flush)
        for place in ("workspace.disk", "pipeline.staged_outputs"):
            patch.setattr(f"studio.{place}.flush_folder", str)
        try:
            events = run_show(workspace)
        except DiskError as error:  # not even the note of who holds the workspace
            assert said in error.what
        else:
            assert said in failed(events)[0].what
    after = contents(workspace.root)
    assert not any(FRESH in name for name in after)
    assert is_whole(workspace)
    assert set(after) == set(before)
    assert not failed(run_show(workspace))
    assert "another sound" in workspace.episode("001-ada").mp3.read_text(encoding="utf-8")


@pytest.mark.skipif(os.name != "posix", reason="this system has no such limit")
def test_a_file_that_may_not_grow_is_a_clear_error(workspace: Workspace) -> None:
    import resource

    def long(sources: Any, draft: Any, progress: Any) -> None:
        draft.write(sources.files.transcript, b"x" * 2_000_000)

    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    stages = tuple(
        Stage(s.name, s.inputs, s.outputs, long) if s.name == "correct" else s
        for s in TABLE.episode
    )
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))
    try:
        events = run_show(workspace, table=StageTable(episode=stages, show=TABLE.show))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert failed(events)[0].what == "the file would be larger than this system allows"
    assert list(workspace.episode("001-ada").texts.iterdir()) == []


def test_a_folder_where_a_file_stands_in_the_way(workspace: Workspace) -> None:
    (workspace.root / "transcripts").write_text("not a folder", encoding="utf-8")
    (failure, *_) = failed(run_show(workspace))
    assert failure.stage == "correct"
    assert "part of its path is a file" in failure.what


@pytest.mark.skipif(os.name != "posix", reason="this system has no such rights")
def test_a_folder_that_is_not_ours_is_a_clear_error(
    workspace: Workspace, elsewhere: Elsewhere
) -> None:
    run_show(workspace)
    change(workspace.episode("001-ada").settings, 'title = "Ada"', 'title = "Ada L."')
    before = contents(workspace.root / "episodes")
    theirs = workspace.episode("001-ada").build
    nobody = 65534 if os.getuid() == 0 else None  # root may write anywhere
    if nobody is not None:
        for folder in workspace.root.parents:
            if folder.is_relative_to(tempfile.gettempdir()) and folder.stat().st_uid == os.getuid():
                folder.chmod(0o755)
        for path in (workspace.root, *workspace.root.rglob("*")):
            path.chmod(0o777 if path.is_dir() else 0o666)
        workspace.root.with_name(workspace.root.name + ".log").chmod(0o666)
    theirs.chmod(0o555)
    try:
        assert elsewhere.run(workspace, user=nobody) == 0
    finally:
        theirs.chmod(0o755)
    assert elsewhere.failures == ["tag: your account may not read or write it"]
    assert contents(workspace.root / "episodes") == before
