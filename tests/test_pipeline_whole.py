"""The main job from end to end, nothing of it pretended: the first minute of the real recording,
what its published article has of it, real Whisper weights, real sound.

The whole recording has four questions instead of two, and proves nothing more here: what is made of
them is tested on the transcripts in ``tests/asr_results``.
"""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.interviews import truth_of
from support.made_sounds import convert

from studio.model.sound import Enclosure
from studio.pipeline.runner import Choice, run_stages
from studio.pipeline.stages import STAGES
from studio.temporary_folder import FRESH
from studio.workspace.layout import Workspace
from studio.workspace.sources import EpisodeSources, ShowSources

pytestmark = pytest.mark.whisper

HERE = Path(__file__).parent
SLUG = "002-stephane-soto"
RECORDING = HERE.parent / "episodes" / SLUG / "recording.flac"
# Two questions, the first answer, and of the second one the first sentence, which ends here in the
# article and in the recording.
LAST_SENTENCE = "problématiques du digital."
PIECE_S = 58.8


def studio(root: Path, *words: str) -> list[dict[str, Any]]:
    """What a command that must go well tells a script."""
    command = [sys.executable, "-m", "studio", "-C", str(root), *words]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def events_until_killed(root: Path, stage: str) -> Iterator[dict[str, Any]]:
    """A run that is killed with -9 as soon as a stage tells that it is under way."""
    command = [sys.executable, "-m", "studio", "-C", str(root), "run", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as run:
        assert run.stdout is not None
        for line in run.stdout:
            event = json.loads(line)
            yield event
            if event["event"] == "progress" and event["stage"] == stage:
                run.kill()
                break
    assert run.returncode != 0


@pytest.fixture(scope="module")
def killed_and_finished(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Workspace, list[dict[str, Any]], list[dict[str, Any]]]:
    """The workspace, what the run told that was killed while it listened, and what the next one
    told.
    """
    root = tmp_path_factory.mktemp("whole") / "l’émission « d’ici »"
    made = [
        sys.executable,
        "-m",
        "studio",
        "init",
        str(root),
        "--title",
        "3 questions à…",
        "--host",
        "Medinsoft",
        "--author",
        "Medinsoft",
    ]
    made += ["--url", "https://balado.test/3-questions/"]
    subprocess.run(made, check=True, capture_output=True)
    folder = tmp_path_factory.mktemp("brought")
    article = (HERE / "article" / f"{SLUG}.txt").read_text(encoding="utf-8")
    before, end, _ = article.partition(LAST_SENTENCE)
    (folder / "article.txt").write_text(before + end, encoding="utf-8")
    studio(
        root,
        "new",
        "--article",
        str(folder / "article.txt"),
        "--recording",
        str(convert(RECORDING, folder / "recording.flac", "-t", str(PIECE_S))),
        "--notice",
        "Voix de synthèse.",
    )
    killed = list(events_until_killed(root, "transcribe"))
    workspace = Workspace(root)
    assert not workspace.episode(SLUG).asr.exists()
    return workspace, killed, studio(root, "run", "--json")


@pytest.fixture
def workspace(killed_and_finished: tuple[Workspace, Any, Any], tmp_path: Path) -> Workspace:
    """A copy of the built workspace."""
    copy = Workspace(tmp_path / "copy")
    shutil.copytree(killed_and_finished[0].root, copy.root, copy_function=shutil.copy2)
    return copy


def stages(events: list[dict[str, Any]], kind: str = "finished") -> list[str]:
    return [event["stage"] for event in events if event["event"] == kind]


def ran(workspace: Workspace) -> list[str]:
    events: list[Any] = []
    done = run_stages(workspace, STAGES, Choice(), events.append)
    assert not done.failures
    return [event.stage for event in events if type(event).__name__ == "StageFinished"]


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def enclosure(workspace: Workspace) -> Enclosure:
    return EpisodeSources(ShowSources(workspace), SLUG).enclosure()


def test_a_run_killed_while_it_listens_is_finished_by_the_next(
    killed_and_finished: tuple[Workspace, Any, Any],
) -> None:
    workspace, killed, finished = killed_and_finished
    assert stages(killed) == ["inspect", "programme"]
    # “enclose” takes over episodes of another host, which have no recording; “mix” and
    # “overlaps” are for several microphones, “clean” where voices are cleaned by a network.
    done = {"enclosure", "inspect", "mix", "programme", "overlaps", "clean"}
    assert stages(finished) == [name for name in STAGES.names if name not in done]
    assert not list(workspace.root.rglob(f"{FRESH}*"))


def test_every_word_has_a_time_of_its_own_and_ends_where_the_voice_ends(
    killed_and_finished: tuple[Workspace, Any, Any],
) -> None:
    """Against the truth: half of the utterances start and end within 80 ms, 95 in 100 within 300
    ms.
    """
    words = EpisodeSources(ShowSources(killed_and_finished[0]), SLUG).asr().words
    assert all(word.start_ms < word.end_ms for word in words)
    assert all(word.end_ms <= following.start_ms for word, following in itertools.pairwise(words))
    assert all(word.end_ms - word.start_ms <= 1_500 for word in words)
    told = [utterance for utterance in truth_of(SLUG)["utterances"] if utterance["end"] < PIECE_S]
    for edge in ("start", "end"):
        errors = sorted(
            min(abs(getattr(word, f"{edge}_ms") - one[edge] * 1000) for word in words)
            for one in told
        )
        assert errors[len(errors) // 2] <= 80
        assert errors[int(0.95 * (len(errors) - 1))] <= 300


def test_every_question_is_found_and_is_a_chapter(workspace: Workspace) -> None:
    sources = EpisodeSources(ShowSources(workspace), SLUG)
    assert [question.status for question in sources.alignment().questions] == ["asked"] * 2
    assert [chapter.question for chapter in sources.chapters().chapters] == [None, 1, 2]
    assert {segment.speaker for segment in sources.transcript().segments} == {
        "Medinsoft",
        "Stéphane Soto",
    }


def test_nothing_of_it_breaks_a_rule_of_publishing(workspace: Workspace) -> None:
    findings = studio(workspace.root, "check", "--json")  # errors would end it with 1
    assert {finding["severity"] for finding in findings} <= {"W", "I"}


def test_a_second_run_does_nothing(workspace: Workspace) -> None:
    assert ran(workspace) == []


def test_a_changed_title_writes_tags_and_encodes_nothing(workspace: Workspace) -> None:
    before = enclosure(workspace)
    change(workspace.episode(SLUG).settings, "ont vu grand", "ont vu très grand")
    assert ran(workspace) == ["tag", "caption", "package", "feed", "site"]
    after = enclosure(workspace)
    assert after.sha256 != before.sha256
    assert after.audio_sha256 == before.audio_sha256
    assert "ont vu très grand" in workspace.rss.read_text(encoding="utf-8")


def test_a_jingle_moves_what_is_published_and_no_word_of_the_transcript(
    workspace: Workspace,
) -> None:
    before = EpisodeSources(ShowSources(workspace), SLUG)
    transcript, chapters, programme = (
        before.files.transcript.read_bytes(),
        before.chapters(),
        before.programme(),
    )
    change(workspace.settings, 'opening = ""', 'opening = "jingle.flac"')
    assert ran(workspace) == [
        "programme",
        "soundbites",
        "chapter",
        "master",
        "tag",
        "caption",
        "package",
        "feed",
        "site",
    ]
    after = EpisodeSources(ShowSources(workspace), SLUG)
    jingle_ms = after.programme().opening_ms
    assert jingle_ms > 1000
    assert after.files.transcript.read_bytes() == transcript
    assert after.programme().duration_ms == programme.duration_ms + jingle_ms
    moved = zip(chapters.chapters[1:], after.chapters().chapters[1:], strict=True)
    assert all(now.start_ms == then.start_ms + jingle_ms for then, now in moved)
    studio(workspace.root, "check")


def test_the_same_input_gives_the_same_bytes(workspace: Workspace) -> None:
    def published() -> dict[str, bytes]:
        return {
            path.relative_to(workspace.site).as_posix(): path.read_bytes()
            for path in workspace.site.rglob("*")
            if path.is_file()
        }

    before = published()
    shutil.rmtree(workspace.site)
    workspace.rss.unlink()
    workspace.episode(SLUG).master.unlink()
    workspace.episode(SLUG).mp3.unlink()
    assert ran(workspace) == ["master", "tag", "feed", "site"]
    assert published() == before


def test_edited_chapters_are_kept_and_published(workspace: Workspace) -> None:
    path = workspace.episode(SLUG).chapters
    change(path, '"title": "Introduction"', '"title": "Bonjour"')
    edited = path.read_bytes()
    assert ran(workspace) == ["tag", "package", "feed", "site"]
    assert path.read_bytes() == edited
    assert "Bonjour" in workspace.rss.read_text(encoding="utf-8")
    assert b"Bonjour" in workspace.episode(SLUG).mp3.read_bytes().replace(b"\0", b"")
    studio(workspace.root, "check")


def test_chapters_that_cannot_be_published_are_told_with_their_place(workspace: Workspace) -> None:
    path = workspace.episode(SLUG).chapters
    change(path, '"title": "Introduction"', '"title": ""')
    before = workspace.episode(SLUG).mp3.read_bytes()
    events: list[Any] = []
    done = run_stages(workspace, STAGES, Choice(stage="tag"), events.append)
    assert [failure.where for failure in done.failures] == [f"{path}, chapters[0].title"]
    assert workspace.episode(SLUG).mp3.read_bytes() == before
