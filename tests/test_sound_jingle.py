"""The jingle: short, soft at both ends, the same bytes each time, and the one that the show
ships.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.made_sounds import decoded

from studio.errors import DiskError
from studio.sound.jingle import make_jingle
from studio.sound.programme import read_jingle_ms
from studio.sound.recording import inspect_recording

SHIPPED = Path(__file__).parent.parent / "feed" / "jingle.flac"


def test_jingle(tmp_path: Path) -> None:
    make_jingle(tmp_path / "1.flac")
    make_jingle(tmp_path / "2.flac")
    assert (tmp_path / "1.flac").read_bytes() == (tmp_path / "2.flac").read_bytes()
    facts = inspect_recording(tmp_path / "1.flac")
    assert (facts.channels, facts.sample_rate_hz, facts.codec) == (1, 44_100, "flac")
    assert 3000 <= facts.duration_ms <= 4000
    assert read_jingle_ms(tmp_path / "1.flac") == facts.duration_ms
    assert -6 <= facts.loudness.true_peak_dbtp <= -1
    assert facts.sound_start_ms >= 30  # the delay of an MP3 decoder costs 25 ms
    sound = decoded(tmp_path / "1.flac", rate_hz=44_100)
    assert np.abs(sound[-50:]).max() < 0.001
    assert np.array_equal(sound, decoded(SHIPPED, rate_hz=44_100))


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(DiskError, match="cannot be written"):
        make_jingle(tmp_path / "absent" / "j.flac")
