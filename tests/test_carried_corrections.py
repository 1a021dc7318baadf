"""``studio run`` after a new transcription: what people corrected is carried over, and nothing of
it is ever lost.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.fake_show import make_show
from support.outcomes import HERE
from support.retimed import passages

from studio.article.markdown import markdown_from_article
from studio.article.read import article_from_file
from studio.cli import main
from studio.model.record import bytes_from_record, record_from_plain, replace_fields
from studio.model.transcript import AsrResult, Transcript
from studio.model.voices import Voices, VoiceSpan
from studio.pipeline.events import Event, Noted, StageFailed, StageFinished, StageKept
from studio.pipeline.runner import Choice, plan_run, run_stages
from studio.pipeline.stage import StageTable
from studio.pipeline.staged_outputs import StagedOutputs
from studio.pipeline.stages import EPISODE_STAGES
from studio.transcript.retiming import retime_transcript
from studio.workspace.layout import Workspace
from studio.workspace.sources import EpisodeSources, ShowSources

pytestmark = pytest.mark.slow

SLUG = "101-claire-fontanel"
# The stage that people's corrections are made on, with a hearing in place of Whisper.
TABLE = StageTable(
    episode=tuple(stage for stage in EPISODE_STAGES if stage.name == "correct"), show=()
)
STORED = json.loads((HERE / "asr_results" / "atelier.json").read_text(encoding="utf-8"))
WHOLE = record_from_plain(STORED["hearing"], AsrResult, "atelier")
VOICES = Voices(
    spans=tuple(
        VoiceSpan(start_ms=one.start_ms, end_ms=one.end_ms, voice=voice, certainty=0.5)
        for one, voice in zip(WHOLE.utterances, STORED["voices"], strict=True)
        if voice is not None
    )
)
# The first minute, so that it takes no time.
HEARING = replace_fields(
    WHOLE, utterances=tuple(one for one in WHOLE.utterances if one.end_ms < 60_000)
)


def heard_again(hearing: AsrResult, changes: dict[str, str]) -> AsrResult:
    """Another hearing of the same sound: some words are others."""
    return replace_fields(
        hearing,
        utterances=tuple(
            replace_fields(
                one,
                words=tuple(
                    replace_fields(word, text=changes.get(word.text, word.text))
                    for word in one.words
                ),
            )
            for one in hearing.utterances
        ),
    )


def make_episode(root: Path) -> Workspace:
    workspace = make_show(root)
    files = workspace.episode(SLUG)
    files.build.mkdir(parents=True)
    files.article.write_text(
        markdown_from_article(article_from_file(HERE / "article" / "atelier.txt")), encoding="utf-8"
    )
    shutil.copy(HERE / "recordings" / "atelier.m4a", files.folder / "recording.m4a")
    files.settings.write_text(
        f'number = 101\nguid = "{SLUG}"\ntitle = "Claire Fontanel"\nguests = ["Claire Fontanel"]\n'
        'recording = "recording.m4a"\npublished = 2026-01-02T03:04:05+01:00\n',
        encoding="utf-8",
    )
    files.asr.write_bytes(bytes_from_record(HEARING))
    files.voices.write_bytes(bytes_from_record(VOICES))
    return workspace


def run(workspace: Workspace, choice: Choice | None = None) -> list[Event]:
    events: list[Event] = []
    run_stages(Workspace(workspace.root), TABLE, choice or Choice(), events.append)
    return events


def sources_of(workspace: Workspace) -> EpisodeSources:
    return ShowSources(Workspace(workspace.root)).episode(SLUG)


def correct_by_hand(workspace: Workspace, *changes: tuple[str, str]) -> Transcript:
    """What a person writes into ``transcript.json``."""
    sources = sources_of(workspace)
    texts = passages(sources.transcript())
    for old, new in changes:
        assert any(old in one.text for one in texts), old
        texts = [replace_fields(one, text=one.text.replace(old, new)) for one in texts]
    mine = retime_transcript(sources.transcript(), texts)
    sources.files.transcript.write_bytes(bytes_from_record(mine))
    return mine


def text_of(workspace: Workspace) -> str:
    return " ".join(segment.text for segment in sources_of(workspace).transcript().segments)


def told(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Noted)]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Only to be read: whoever changes it takes a copy."""
    workspace = make_episode(tmp_path_factory.mktemp("carried") / "show")
    assert not [event for event in run(workspace) if isinstance(event, StageFailed)]
    return workspace


@pytest.fixture
def workspace(built: Workspace, tmp_path: Path) -> Workspace:
    shutil.copytree(built.root, tmp_path / "show")
    return Workspace(tmp_path / "show")


def test_the_machines_own_text_is_kept_beside(built: Workspace) -> None:
    files = built.episode(SLUG)
    assert files.machine_transcript.read_bytes() == files.transcript.read_bytes()


def test_corrections_are_carried_over_and_both_versions_shown_where_they_differ(
    workspace: Workspace,
) -> None:
    files = workspace.episode(SLUG)
    correct_by_hand(
        workspace, ("tout de simple", "toute simple"), ("il y a des bruits", "il y a du bruit")
    )
    before = files.transcript.read_bytes()
    others = {"bruits": "fruits", "quarantaine": "cinquantaine"}
    files.asr.write_bytes(bytes_from_record(heard_again(HEARING, others)))
    (plan,) = plan_run(Workspace(workspace.root), TABLE, Choice())
    assert (plan.state, plan.runs) == ("conflict", True)
    events = run(workspace)
    (line,) = told(events)
    assert line.startswith(
        "2 corrections carried over to the new transcription, 1 place to look at: "
        "`studio edit 101-claire-fontanel`"
    )
    text = text_of(workspace)
    assert "il y a du bruit" in text
    assert "question, toute simple." in text
    assert "cinquantaine" in text
    conflicts = [
        one for one in sources_of(workspace).transcript().corrections if one.reason == "conflict"
    ]
    assert len(conflicts) == 1
    # As it was before it is there still, and what the machine has now is known.
    assert (files.texts / "transcript.edited-1.json").read_bytes() == before
    machines = " ".join(
        segment.text for segment in sources_of(workspace).machine_transcript().segments
    )
    assert "toute simple" not in machines
    assert "cinquantaine" in machines
    # It is the person's, and the next run leaves it alone.
    assert sources_of(workspace).transcript_origin == "reviewed"
    (plan,) = plan_run(Workspace(workspace.root), TABLE, Choice())
    assert (plan.state, plan.runs) == ("edited", False)
    assert not [
        event for event in run(workspace) if isinstance(event, (StageFinished, StageFailed))
    ]
    # What is decided then is carried over the next time.
    correct_by_hand(workspace, ("du bruit", "du beau bruit"))
    files.asr.write_bytes(bytes_from_record(heard_again(HEARING, {"quarantaine": "soixantaine"})))
    run(workspace)
    assert "il y a du beau bruit" in text_of(workspace)
    assert "soixantaine" in text_of(workspace)


def test_keeping_and_forcing_are_still_there(workspace: Workspace) -> None:
    files = workspace.episode(SLUG)
    correct_by_hand(workspace, ("tout de simple", "toute simple"))
    before = files.transcript.read_bytes()
    files.asr.write_bytes(bytes_from_record(heard_again(HEARING, {"quarantaine": "cinquantaine"})))
    events = run(workspace, Choice(keep=True))
    assert [event.stage for event in events if isinstance(event, StageKept)] == ["correct"]
    assert files.transcript.read_bytes() == before
    run(workspace, Choice(stage="correct", force=True))
    assert "toute simple" not in text_of(workspace)
    assert (files.texts / "transcript.edited-1.json").read_bytes() == before


def test_without_what_it_was_made_on_a_person_decides(workspace: Workspace) -> None:
    files = workspace.episode(SLUG)
    correct_by_hand(workspace, ("tout de simple", "toute simple"))
    before = files.transcript.read_bytes()
    files.machine_transcript.unlink()
    files.asr.write_bytes(bytes_from_record(heard_again(HEARING, {"quarantaine": "cinquantaine"})))
    (plan,) = plan_run(Workspace(workspace.root), TABLE, Choice())
    assert (plan.state, plan.runs) == ("conflict", False)
    (failure,) = [event for event in run(workspace) if isinstance(event, StageFailed)]
    assert "--keep" in failure.remedy
    assert files.transcript.read_bytes() == before


@pytest.mark.parametrize("after", [0, 1])
def test_a_run_that_breaks_off_loses_nothing_and_the_next_one_ends_alike(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    files = workspace.episode(SLUG)
    correct_by_hand(
        workspace, ("tout de simple", "toute simple"), ("il y a des bruits", "il y a du bruit")
    )
    before = files.transcript.read_bytes()
    files.asr.write_bytes(
        bytes_from_record(heard_again(HEARING, {"quarantaine": "cinquantaine", "bruits": "fruits"}))
    )
    other = Workspace(tmp_path / "other")
    shutil.copytree(workspace.root, other.root)
    run(other)

    placed: list[Path] = []

    def breaking(place: Callable[..., Path | None]) -> Callable[..., Path | None]:
        def broken_off(self: StagedOutputs, final: Path, *digests: str | None) -> Path | None:
            if len(placed) == after:
                raise KeyboardInterrupt
            placed.append(final)
            return place(self, final, *digests)

        return broken_off

    with monkeypatch.context() as broken:
        for name in ("put_in_place", "put_in_place_of"):
            broken.setattr(StagedOutputs, name, breaking(getattr(StagedOutputs, name)))
        with pytest.raises(KeyboardInterrupt):
            run(workspace)
    assert [path.name for path in placed] == ["transcript.json"][:after]
    assert before in {path.read_bytes() for path in files.texts.glob("transcript*.json")}
    run(workspace)
    assert files.transcript.read_bytes() == other.episode(SLUG).transcript.read_bytes()
    assert (
        files.machine_transcript.read_bytes() == other.episode(SLUG).machine_transcript.read_bytes()
    )


def test_what_people_changed_is_told_against_the_machines_own_text(workspace: Workspace) -> None:
    correct_by_hand(workspace, ("tout de simple", "toute simple"))
    done = CliRunner().invoke(main, ["-C", str(workspace.root), "diff", SLUG])
    assert done.exit_code == 0, done.output
    assert "tout de → toute" in done.output
    assert "1 changed, 0 added, 1 removed" in done.output
