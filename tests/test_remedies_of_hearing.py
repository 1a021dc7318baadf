"""Remedies that end with a transcription, by an engine whose result is given; each followed to the
letter.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support import fake_engine
from support.made_sounds import convert, speechlike, write_wav
from support.remedies import done, refused
from support.small_show import SLUG, add_episode, copied, make_show
from support.spoken import INTERVIEW
from support.two_recordings import ahead, better, old_sound

from studio.workspace.digest import digest_from_file
from studio.workspace.layout import Workspace

pytestmark = pytest.mark.slow

HOSTED = 'hosted = "https://host.example/feed.xml"'


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_engine.install(monkeypatch, lambda: INTERVIEW)


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A show whose one episode was transcribed: only to be copied."""
    show = make_show(tmp_path_factory.mktemp("heard") / "show")
    add_episode(show)
    show.episode(SLUG).transcript.unlink()
    with pytest.MonkeyPatch.context() as patch:
        fake_engine.install(patch, lambda: INTERVIEW)
        done(show, "run")
    return show


def imported_show(folder: Path, settings: str = "", extra: str = HOSTED) -> Workspace:
    """A show whose one episode came from another host, with its sound."""
    show = make_show(folder / "show", extra=extra)
    add_episode(show)
    files = show.episode(SLUG)
    files.transcript.unlink()
    files.article.unlink()
    mp3 = convert(files.folder / "recording.wav", files.folder / "recording.mp3", "-b:a", "96k")
    text = files.settings.read_text(encoding="utf-8").replace("recording.wav", "recording.mp3")
    files.settings.write_text(
        f'{text}{settings}\n[imported]\nenclosure = "https://x.test/a.mp3"\n'
        f'sha256 = "{digest_from_file(mp3)}"\nlength_bytes = {mp3.stat().st_size}\n'
        'type = "audio/mpeg"\nduration_ms = 51000\nplace = 0\nkeep_sound = true\n',
        encoding="utf-8",
    )
    return show


def test_an_imported_episode_is_transcribed_before_its_texts_are_uploaded(tmp_path: Path) -> None:
    show = imported_show(tmp_path)
    done(show, "run")
    told = f"Run `studio run {SLUG} --stage transcribe`, then `studio run`."
    refused(show, told, "upload", SLUG)
    done(show, "run", SLUG, "--stage", "transcribe")
    done(show, "run")
    done(show, "upload", SLUG)


@pytest.mark.parametrize("extra", [HOSTED, ""], ids=["hosted", "own feed"])
@pytest.mark.parametrize("wrong", ["cuts", "other"])
def test_sound_that_is_to_change_is_mastered(tmp_path: Path, wrong: str, extra: str) -> None:
    cuts = '\ncuts = [{ start_ms = 2000, end_ms = 4000, reason = "toux" }]\n'
    show = imported_show(tmp_path, cuts if wrong == "cuts" else "", extra)
    files = show.episode(SLUG)
    if wrong == "other":
        sound = write_wav(tmp_path / "o.wav", speechlike(40.0, rate_hz=16_000), rate_hz=16_000)
        convert(sound, files.folder / "recording.mp3", "-b:a", "96k")
    told = "Set keep_sound = false below [imported] in episode.toml: it is mastered then."
    refused(show, told, "run")
    text = files.settings.read_text(encoding="utf-8")
    changed = re.sub("keep_sound = true", "keep_sound = false", text)
    files.settings.write_text(changed, encoding="utf-8")
    done(show, "run")
    assert files.master.is_file()


def test_a_replaced_recording_is_transcribed_before_it_is_edited(
    heard: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = copied(heard, tmp_path / "show")
    new = str(better(tmp_path, ahead(), old_sound()))
    done(show, "replace", SLUG, "--recording", new, "--keep-markers")
    edit = ("edit", SLUG, "--no-browser")
    refused(show, f"`studio run {SLUG}` transcribes it, then edit.", *edit)
    done(show, "run", SLUG)
    monkeypatch.setattr("studio.editor.server.serve_editor", lambda *_: None)
    done(show, *edit)


def test_a_transcript_without_the_machines_is_run_again(heard: Workspace, tmp_path: Path) -> None:
    show = copied(heard, tmp_path / "show")
    files = show.episode(SLUG)
    files.machine_transcript.unlink()
    files.asr.unlink()
    refused(show, "or `studio run`.", "diff", SLUG)
    done(show, "run")
    done(show, "diff", SLUG)
