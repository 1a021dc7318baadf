"""A recording is decoded once for measuring, once for hearing, and twice for mastering, which must
know the whole before it encodes the first moment.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from support import fake_engine
from support.made_sounds import speechlike, write_wav
from support.small_show import ARTICLE, make_show
from support.spoken import INTERVIEW

from studio.pipeline.events import Event, StageStarted
from studio.pipeline.runner import Choice, run_stages
from studio.pipeline.stages import STAGES
from studio.sound.ffmpeg import Decoding
from studio.workspace.new_episode import add_episode


def test_a_run_decodes_the_recording_four_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_engine.install(monkeypatch, lambda: INTERVIEW)
    show = make_show(tmp_path / "show")
    article = tmp_path / "article.md"
    article.write_text(ARTICLE, encoding="utf-8")
    sound = speechlike(51.0, rate_hz=16_000, seed=2)
    recording = write_wav(tmp_path / "son.wav", sound, rate_hz=16_000)
    slug = add_episode(show, article, recording).slug
    stage, decoded = "", Counter[str]()
    begin = Decoding.__init__

    def begin_counted(self: Decoding, path: Path, *arguments: Any, **options: Any) -> None:
        decoded[stage] += Path(path) == show.episode(slug).recording("recording.wav")
        begin(self, path, *arguments, **options)

    def listen(event: Event) -> None:
        nonlocal stage
        if isinstance(event, StageStarted):
            stage = event.stage

    monkeypatch.setattr(Decoding, "__init__", begin_counted)
    done = run_stages(show, STAGES, Choice(), listen, command="test")
    assert not done.failures, done.failures
    assert +decoded == {"inspect": 2, "master": 2}
