"""A recording is decoded once for measuring and hearing, and twice for mastering, which must know
the whole before it encodes the first moment.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import fake_engine
import numpy as np
import pytest
from made_sounds import speechlike, write_wav
from small_show import ARTICLE, make_show
from spoken import INTERVIEW

from studio.errors import DiskError
from studio.pipeline.events import Event, StageStarted
from studio.pipeline.runner import Choice, run_stages
from studio.pipeline.stages import STAGES
from studio.sound.ffmpeg import Decoding
from studio.sound.recording import inspect_recording, read_samples, samples_of_file
from studio.workspace.new_episode import add_episode


@pytest.mark.parametrize("channels", [1, 2])
def test_a_run_decodes_the_recording_three_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, channels: int
) -> None:
    fake_engine.install(monkeypatch, lambda: INTERVIEW)
    show = make_show(tmp_path / "show")
    article = tmp_path / "article.md"
    article.write_text(ARTICLE, encoding="utf-8")
    sound = speechlike(51.0, rate_hz=16_000, seed=2)
    if channels == 2:
        sound = np.stack([sound, 0.7 * sound], axis=1)
    recording = write_wav(tmp_path / "son.wav", sound, rate_hz=16_000)
    stage, decoded = "new", Counter[str]()
    begin = Decoding._start

    def begin_counted(self: Decoding, path: Path, *arguments: Any) -> None:
        decoded[stage] += Path(path).name in {"son.wav", "recording.wav"}
        begin(self, path, *arguments)

    def listen(event: Event) -> None:
        nonlocal stage
        if isinstance(event, StageStarted):
            stage = event.stage

    monkeypatch.setattr(Decoding, "_start", begin_counted)
    slug = add_episode(show, article, recording).slug
    done = run_stages(show, STAGES, Choice(), listen, command="test")
    assert not done.failures, done.failures
    assert +decoded == {"new": 1, "inspect": 1, "master": 2}
    assert not list(show.episode(slug).build.rglob("*.f32"))


@pytest.mark.parametrize(
    "planes",
    [(1.0,), (1.0, 0.7), (1.0, -1.0), (0.0, 1.0)],
    ids=["mono", "stereo", "out of phase", "right"],
)
def test_what_measuring_leaves_is_what_is_heard(tmp_path: Path, planes: tuple[float, ...]) -> None:
    """To the last bit, so that a run that was killed in between ends as one that was not."""
    sound = speechlike(5.0, rate_hz=44_100, seed=3)
    both = sound if len(planes) == 1 else np.stack([plane * sound for plane in planes], axis=1)
    recording = write_wav(tmp_path / "a.wav", both, rate_hz=44_100)
    facts = inspect_recording(recording, heard_in=tmp_path / "a.f32")
    heard = samples_of_file(tmp_path / "a.f32", facts.mix)
    assert heard is not None
    assert len(heard) == 5 * 16_000
    assert (heard == read_samples(recording, mix=facts.mix)).all()
    assert np.abs(heard).max() > 0.1


def test_of_more_channels_nothing_is_left(tmp_path: Path) -> None:
    sound = speechlike(2.0, rate_hz=16_000, seed=3)
    many = np.stack([sound, np.roll(sound, 9), np.roll(sound, 99)], axis=1)
    recording = write_wav(tmp_path / "a.wav", many, rate_hz=16_000)
    facts = inspect_recording(recording, heard_in=tmp_path / "a.f32")
    assert samples_of_file(tmp_path / "a.f32", facts.mix) is None


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux alone has a disk that is full")
def test_a_full_disk_is_named_and_not_the_recording(tmp_path: Path) -> None:
    sound = speechlike(5.0, rate_hz=16_000, seed=3)
    recording = write_wav(tmp_path / "a.wav", sound, rate_hz=16_000)
    with pytest.raises(DiskError, match="no room left"):
        inspect_recording(recording, heard_in=Path("/dev/full"))
