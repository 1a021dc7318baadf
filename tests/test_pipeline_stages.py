"""The table of stages: its order, and which change of which part wakes which stage."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.dummy_stages import (
    DUMMIES,
    SLUG,
    TEXTS,
    cover_fixture,  # noqa: F401 - a fixture
    workspace_fixture,  # noqa: F401 - a fixture
)
from support.fake_show import SHOW_TOML, run_show

from studio.pipeline.events import Noted, StageStarted
from studio.pipeline.runner import Choice, plan_run
from studio.pipeline.stage import Stage
from studio.pipeline.stages import STAGES
from studio.workspace.build_state import read_build_state
from studio.workspace.layout import Workspace
from studio.workspace.sources import EpisodeSources, ShowSources

HEAVY = {
    "torch",
    "whisper",
    "numpy",
    "faster_whisper",
    "ctranslate2",
    "lxml",
    "PIL",
    "feedgen",
    "mutagen",
    "pydub",
    "simplemma",
    "jinja2",
}


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (old, text.count(old))
    path.write_text(text.replace(old, new), encoding="utf-8")


def woken(workspace: Workspace) -> list[str]:
    events = run_show(workspace, table=DUMMIES)
    assert not [event for event in events if isinstance(event, Noted)]
    return [event.stage for event in events if isinstance(event, StageStarted)]


# The order


def sources_of(workspace: Workspace) -> Iterator[tuple[Stage[Any], Any]]:
    show = ShowSources(workspace)
    episode = EpisodeSources(show, SLUG)
    yield from ((stage, episode) for stage in STAGES.of(episode))
    yield from ((stage, show) for stage in STAGES.show)


def test_every_stage_reads_what_people_or_earlier_stages_wrote(workspace: Workspace) -> None:
    files = workspace.episode(SLUG)
    there = {files.folder / "son.flac", workspace.feed / "cover.jpg"}
    for stage, sources in sources_of(workspace):
        read = {
            path
            for stage_input in stage.inputs
            if stage_input.kind == "file"
            for path in stage_input.files(sources).values()
            if path
        }
        assert read <= there, (stage.name, read - there)
        written = {output.find(sources) for output in stage.outputs}
        assert written
        assert not written & there, f"{stage.name} writes what somebody else wrote"
        there |= written


def test_stages_and_their_facets_have_names_of_their_own() -> None:
    assert len(set(STAGES.names)) == len(STAGES.names)
    stages: list[Stage[Any]] = [*STAGES.episode, *STAGES.show]
    for stage in stages:
        names = [stage_input.name for stage_input in stage.inputs]
        assert len(set(names)) == len(names)


def test_only_transcript_and_chapters_are_for_people_to_edit(workspace: Workspace) -> None:
    editable = {
        output.find(sources).name
        for stage, sources in sources_of(workspace)
        for output in stage.outputs
        if output.editable
    }
    assert editable == {"transcript.json", "chapters.json"}


def test_the_architecture_tells_the_same_stages_in_the_same_order() -> None:
    page = (Path(__file__).parent.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    told = [
        row.split("`")[1]
        for row in page.splitlines()
        if row.startswith("| `") and row.count("|") == 5
    ]
    assert told == list(STAGES.names)


# What wakes whom


def test_nothing_changed_nothing_runs(workspace: Workspace) -> None:
    assert woken(workspace) == []


def test_a_typo_mended_in_an_answer_transcribes_nothing_again(workspace: Workspace) -> None:
    change(
        workspace.episode(SLUG).article,
        "nous étions quelques éditeurs de logiciels",
        "nous étions plusieurs éditeurs de logiciels",
    )
    stages = woken(workspace)
    assert stages == TEXTS
    change(workspace.episode(SLUG).article, "Kevin Polizzi", "Kévin Polizzi")
    assert woken(workspace) == ["transcribe", "diarise", *TEXTS]


@pytest.mark.parametrize(
    ("old", "new", "stages"),
    [
        ('title = "Titre"', 'title = "Autre titre"', ["tag", "caption", "package", "feed", "site"]),
        ('notice = ""', 'notice = "Voix de synthèse."', ["tag", "package", "feed", "site"]),
        ('notice = ""', "[sound]\nlevel = false", ["master", "tag", "package", "feed", "site"]),
        ('notice = ""', "[sound]\ndenoise = false", ["master", "tag", "package", "feed", "site"]),
        ("03:04:05", "04:04:05", ["package", "feed", "site"]),
        (
            'notice = ""',
            "[sound]\ntrim = true",
            [
                "programme",
                "soundbites",
                "chapter",
                "master",
                "tag",
                "caption",
                "package",
                "feed",
                "site",
            ],
        ),
        (
            'notice = ""',
            "[sound]\nlongest_pause_ms = 2000",
            [
                "programme",
                "soundbites",
                "chapter",
                "master",
                "tag",
                "caption",
                "package",
                "feed",
                "site",
            ],
        ),
        (
            'notice = ""',
            "[[cuts]]\nstart_ms = 1\nend_ms = 2",
            [
                "programme",
                "soundbites",
                "chapter",
                "master",
                "tag",
                "caption",
                "package",
                "feed",
                "site",
            ],
        ),
        (
            'notice = ""',
            "[[soundbites]]\nstart_ms = 1\nend_ms = 2",
            ["soundbites", "package", "feed", "site"],
        ),
        ('notice = ""', 'host = "Anne"', ["transcribe", "diarise", *TEXTS]),
        ('notice = ""', 'nobody_knows = "this"', []),
    ],
)
def test_a_setting_of_the_episode(
    workspace: Workspace, old: str, new: str, stages: list[str]
) -> None:
    change(workspace.episode(SLUG).settings, old, new)
    assert woken(workspace) == stages


@pytest.mark.parametrize(
    ("more", "stages"),
    [
        (
            '[sound]\nopening = "jingle.flac"',
            [
                "programme",
                "soundbites",
                "chapter",
                "master",
                "tag",
                "caption",
                "package",
                "feed",
                "site",
            ],
        ),
        (
            '[sound]\nclosing = "jingle.flac"',
            [
                "programme",
                "soundbites",
                "chapter",
                "master",
                "tag",
                "caption",
                "package",
                "feed",
                "site",
            ],
        ),
        (
            "[sound]\nopening_overlap_ms = 900",
            [
                "programme",
                "soundbites",
                "chapter",
                "master",
                "tag",
                "caption",
                "package",
                "feed",
                "site",
            ],
        ),
        (
            "[sound]\nclosing_overlap_ms = 900",
            [
                "programme",
                "soundbites",
                "chapter",
                "master",
                "tag",
                "caption",
                "package",
                "feed",
                "site",
            ],
        ),
        ('[sound]\nloudness = "spotify"', ["master", "tag", "package", "feed", "site"]),
        ("[sound]\nloudness = -18", ["master", "tag", "package", "feed", "site"]),
        ("[sound]\nbitrate_kbps_mono = 128", ["master", "tag", "package", "feed", "site"]),
        ('[whisper]\nmodel = "small"', ["transcribe", "diarise", *TEXTS]),
        ('[whisper]\ndevice = "cpu"', []),
        ('[[funding]]\nurl = "https://a.example"\ntext = "Merci"', ["feed", "site"]),
        ('license = "cc-by-4.0"', ["package", "feed", "site"]),
    ],
)
def test_a_setting_of_the_show(workspace: Workspace, more: str, stages: list[str]) -> None:
    workspace.settings.write_text(SHOW_TOML + more, encoding="utf-8")
    assert woken(workspace) == stages


def test_another_recording_makes_everything_anew(workspace: Workspace) -> None:
    (workspace.episode(SLUG).folder / "son.flac").write_bytes(b"another")
    # “enclose” is for sound that came from another host, “mix” for several microphones, “clean” for
    # voices that a network cleans.
    assert set(woken(workspace)) == set(STAGES.names) - {"enclosure", "mix", "overlaps", "clean"}


def test_another_cover_writes_tags_and_encodes_nothing(workspace: Workspace) -> None:
    (workspace.feed / "cover.jpg").write_bytes(b"another")
    assert woken(workspace) == ["tag", "package", "feed", "site"]


def test_edited_chapters_reach_sound_pages_and_feed(workspace: Workspace) -> None:
    workspace.episode(SLUG).chapters.write_text("mine", encoding="utf-8")
    assert woken(workspace) == ["tag", "package", "feed", "site"]


def test_readers_are_told_who_made_the_transcript(workspace: Workspace) -> None:
    def origin() -> str:
        return EpisodeSources(ShowSources(workspace), SLUG).transcript_origin

    files = workspace.episode(SLUG)
    assert origin() == "machine"
    files.transcript.write_text("mine", encoding="utf-8")
    run_show(workspace, table=DUMMIES)
    assert origin() == "reviewed"
    change(files.article, "nous étions quelques éditeurs", "nous étions des éditeurs")
    run_show(workspace, Choice(keep=True), table=DUMMIES)
    assert origin() == "reviewed"
    files.build_state.unlink()
    run_show(workspace, table=DUMMIES)
    assert origin() == "unknown"


def test_names_are_worked_out_again_only_for_another_article(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(article: object) -> tuple[str, ...]:
        raise AssertionError("worked out again")

    monkeypatch.setattr("studio.article.names.names_from_article", refuse)
    assert woken(workspace) == []


# What the machine is asked


def run_program(*lines: str, folder: Path) -> str:
    program = "\n".join(("import sys", *lines))
    environment = {**os.environ, "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment,
    )
    return done.stdout


def test_a_run_with_nothing_to_do_loads_nothing_heavy(workspace: Workspace) -> None:
    told = run_program(
        "from studio.cli import main",
        "main(['run'], standalone_mode=False)",
        f"print(sorted({HEAVY!r} & set(sys.modules)))",
        folder=workspace.root,
    )
    assert told.splitlines()[0] == "Everything was up to date."
    assert told.splitlines()[-1] == "[]"


def test_the_lock_tells_settings_in_clear_and_texts_as_hashes(workspace: Workspace) -> None:
    lock, note = read_build_state(workspace.episode(SLUG).build_state)
    record = lock.stages["transcribe"]
    assert not note
    assert record.parameters == {"language": "fr", "whisper": {"engine": "faster", "model": "base"}}
    assert {len(digest or "") for digest in record.inputs.values()} == {64}
    assert list(record.outputs) == [f"episodes/{SLUG}/build/asr.json"]


def test_a_plan_of_a_fresh_workspace_is_all_fresh(workspace: Workspace) -> None:
    assert {planned.state for planned in plan_run(workspace, STAGES, Choice())} == {"fresh"}
