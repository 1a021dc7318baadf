"""How loud: one table of targets, a number where none fits, the same for mastering and for the
check.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from support.made_sounds import speechlike, write_wav

from studio.errors import WorkspaceError
from studio.model.clock import Programme, RecordingMs, Span
from studio.model.loudness_targets import PRESETS, loudness_target
from studio.sound.loudness import measure_file
from studio.sound.mastering import master_recording
from studio.sound.recording import inspect_recording


@pytest.mark.parametrize(
    ("setting", "stereo_lufs", "mono_lufs"),
    [
        ("podcast", -16, -19),
        ("spotify", -14, -17),
        ("ebu-r128", -23, -26),
        (-18, -18, -21),
        (-20.5, -20.5, -23.5),
    ],
)
def test_what_a_setting_means(setting: str | float, stereo_lufs: float, mono_lufs: float) -> None:
    target = loudness_target(setting, "show.toml")
    assert (target.lufs(2), target.lufs(1), target.ceiling_dbtp) == (stereo_lufs, mono_lufs, -1.0)


@pytest.mark.parametrize("setting", ["Podcast", "", "-16", 16, -60, 0])
def test_what_no_setting_is(setting: str | float) -> None:
    with pytest.raises(WorkspaceError, match=r"show\.toml.*\n.*(podcast|number)"):
        loudness_target(setting, "show.toml")


@pytest.mark.parametrize("setting", [*PRESETS, -20.5])
def test_every_target_is_met_on_the_decoded_mp3(tmp_path: Path, setting: str | float) -> None:
    recording = write_wav(tmp_path / "a.wav", speechlike(5))
    facts = inspect_recording(recording)
    whole = Programme(kept=(Span(start_ms=RecordingMs(0), end_ms=facts.duration_ms),))
    target = loudness_target(setting, "show.toml")
    made = master_recording(recording, facts, whole, tmp_path / "m.mp3", loudness=target)
    measured, _ = measure_file(
        tmp_path / "m.mp3", sample_rate_hz=made.sample_rate_hz, channels=1, report=lambda _: None
    )
    assert made.target_lufs == target.lufs(1)
    assert measured.integrated_lufs == pytest.approx(target.lufs(1), abs=0.3)
    assert measured.true_peak_dbtp <= -1.0
