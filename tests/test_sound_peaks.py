"""True peaks: found where they are, between samples as well, and turned down in the MP3 without
touching anything else of it.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from support.judges import need
from support.made_sounds import Samples, decoded, real_speech, speechlike, write_wav

from studio.model.sound import FIRST_TRACK
from studio.sound import mp3 as mp3_module
from studio.sound.ffmpeg import Decoding
from studio.sound.frames import GAIN_STEP_DB, GRANULE_SAMPLES, reduce_granule_gain, walk_frames
from studio.sound.loudness import METER, loudness_from_log, measure_file
from studio.sound.mp3 import encode_mp3, limit_encoded_peaks, measure_mp3
from studio.sound.truepeak import PeakOver, TruePeakMeter

RATE_HZ = 48_000


def metered(
    samples: NDArray[np.float32], ceiling: float = np.inf, cuts: tuple[int, ...] = ()
) -> TruePeakMeter:
    meter = TruePeakMeter(samples.shape[1], ceiling)
    for chunk in np.split(samples, sorted(cuts)):
        meter.feed(chunk)
    meter.close()
    return meter


def oversampled(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """Four times as many samples, by padding the spectrum of the whole."""
    padded = np.pad(samples[:, 0].astype(np.float64), 64)
    return np.fft.irfft(np.fft.rfft(padded), 4 * len(padded)) * 4


@given(
    seed=st.integers(0, 1000),
    length=st.integers(1, 3000),
    width=st.integers(1, 60),
    level=st.floats(0.001, 4.0),
    cuts=st.lists(st.integers(0, 3000), max_size=6),
)
@settings(max_examples=80, deadline=None)
def test_no_peak_is_missed_however_the_sound_is_cut(
    seed: int, length: int, width: int, level: float, cuts: list[int]
) -> None:
    """Against oversampling of everything by another way; sounds as they are after MP3, without the
    highest octave's end.
    """
    sound = np.pad(
        np.random.default_rng(seed).standard_normal(length)
        * np.abs(np.sin(np.arange(length) / width)),
        300,
    )
    spectrum = np.fft.rfft(sound)
    spectrum *= np.interp(np.arange(len(spectrum)) / len(spectrum), [0.5, 0.8], [1.0, 0.0])
    sound = np.fft.irfft(spectrum, len(sound))
    sound = (sound * level / max(np.abs(sound).max(), 1e-9)).astype(np.float32)[:, None]
    highest = np.abs(oversampled(sound)).max()
    assert metered(sound).highest == pytest.approx(
        metered(sound, cuts=tuple(cuts)).highest, rel=1e-5
    )
    assert metered(sound).highest == pytest.approx(highest, rel=0.02)
    assert metered(sound).highest >= np.abs(sound).max()


@pytest.mark.parametrize("channels", [1, 2])
def test_it_agrees_with_the_meter_of_ffmpeg(tmp_path: Path, channels: int) -> None:
    sound = np.hstack([speechlike(6, seed=seed) for seed in range(channels)])
    path = write_wav(tmp_path / "a.wav", sound)
    with Decoding(
        path, sample_rate_hz=RATE_HZ, channels=channels, mix=FIRST_TRACK, filters=[METER]
    ) as decoding:
        heard = np.concatenate(list(decoding))
    assert metered(heard).highest_dbtp == pytest.approx(
        loudness_from_log(decoding.log).true_peak_dbtp, abs=0.06
    )


def test_a_peak_between_samples() -> None:
    """A sine at a quarter of the rate whose samples all miss its crest by 3 dB."""
    moments = np.arange(4800)
    sound = (0.5 * np.sin(np.pi / 2 * moments + np.pi / 4) * np.hanning(4800))[:, None].astype(
        np.float32
    )
    assert np.abs(sound).max() == pytest.approx(0.354, abs=0.001)
    assert metered(sound).highest == pytest.approx(0.5, abs=0.005)


def test_every_place_over_the_ceiling_is_told() -> None:
    sound = np.zeros((48_000, 2), np.float32)
    places = [5, 20_000, 47_990]
    sound[places, [0, 1, 0]] = 0.7
    over = metered(sound, 0.5, cuts=(7, 19_990, 20_010)).over
    assert len(over) == 3
    assert all(abs(place.sample - wanted) <= 64 for place, wanted in zip(over, places, strict=True))
    assert metered(sound, 0.71).over == []


@pytest.mark.parametrize(
    ("rate_hz", "channels", "bitrate_kbps"),
    [(44_100, 1, 96), (48_000, 1, 64), (44_100, 2, 128), (48_000, 2, 192)],
)
def test_a_step_of_a_granule_is_a_step_of_level(
    tmp_path: Path, rate_hz: int, channels: int, bitrate_kbps: int
) -> None:
    """All of them by one step is a gain of −1.5 dB and nothing else; those around a moment leave
    the rest alone, to the bit.
    """
    sound = 0.1 * np.random.default_rng(0).standard_normal((3 * rate_hz, channels)).astype(
        np.float32
    )
    mp3 = tmp_path / "a.mp3"
    encode_mp3([sound], mp3, sample_rate_hz=rate_hz, channels=channels, bitrate_kbps=bitrate_kbps)
    before, facts = decoded(mp3, rate_hz=rate_hz, channels=channels), walk_frames(mp3)
    reduce_granule_gain(mp3, {100: 2, 101: 2, 10_000: 1})
    after = decoded(mp3, rate_hz=rate_hz, channels=channels)
    changed = np.flatnonzero(np.abs(after - before).max(axis=1) > 1e-6)
    assert changed[0] >= 100 * GRANULE_SAMPLES
    assert changed[-1] < 104 * GRANULE_SAMPLES
    middle = slice(101 * GRANULE_SAMPLES + 240, 102 * GRANULE_SAMPLES + 240)  # where both meet
    assert 20 * np.log10(after[middle].std() / before[middle].std()) == pytest.approx(
        -2 * GAIN_STEP_DB, abs=0.3
    )
    reduce_granule_gain(
        mp3,
        {100: -2, 101: -2}
        | {number: 1 for number in range(2 * facts.frames) if number not in {100, 101}},
    )
    reduce_granule_gain(mp3, {100: 1, 101: 1})
    assert (
        np.abs(
            decoded(mp3, rate_hz=rate_hz, channels=channels) - before * 10 ** (-GAIN_STEP_DB / 20)
        ).max()
        < 2e-4
    )
    assert walk_frames(mp3) == facts


def stereo(folder: Path) -> Samples:
    voice = decoded(real_speech(folder, 12), rate_hz=RATE_HZ).astype(np.float64)
    return np.hstack((voice, 0.7 * np.roll(voice, 500, axis=0)))


@pytest.mark.parametrize("below_db", [0.3, 1.5, 4.0])
def test_peaks_are_turned_down_where_they_are(tmp_path: Path, below_db: float) -> None:
    sound = stereo(tmp_path).astype(np.float32)
    mp3 = tmp_path / "a.mp3"
    whole = encode_mp3([sound], mp3, sample_rate_hz=RATE_HZ, channels=2, bitrate_kbps=128)
    before = decoded(mp3, rate_hz=RATE_HZ, channels=2)
    ceiling_dbtp = metered(before).highest_dbtp - below_db
    made = measure_mp3(mp3, channels=2, ceiling_dbtp=ceiling_dbtp)
    assert made.over
    assert made.loudness == whole.loudness
    softened = limit_encoded_peaks(mp3, made, channels=2, ceiling_dbtp=ceiling_dbtp)
    assert softened.over == []
    judged, _ = measure_file(mp3, sample_rate_hz=RATE_HZ, channels=2, report=lambda _: None)
    assert judged.true_peak_dbtp <= ceiling_dbtp + 0.06
    assert judged.integrated_lufs == softened.loudness.integrated_lufs
    changed = np.abs(decoded(mp3, rate_hz=RATE_HZ, channels=2) - before).max(axis=1) > 1e-6
    assert 0 < changed.sum() <= (softened.softened + 2 * len(made.over)) * GRANULE_SAMPLES
    # Nothing dips by more than it must, and a step.
    loudest = np.abs(before).max(axis=1) > 10 ** ((ceiling_dbtp - 3) / 20)
    ratio = (
        np.abs(decoded(mp3, rate_hz=RATE_HZ, channels=2)).max(axis=1)[loudest]
        / np.abs(before).max(axis=1)[loudest]
    )
    assert 20 * np.log10(ratio.min()) > -(below_db + 2 * GAIN_STEP_DB + 0.5)


@pytest.mark.parametrize(
    ("rate_hz", "channels", "bitrate_kbps"),
    [(48_000, 2, 128), (44_100, 1, 96), (44_100, 2, 192), (48_000, 1, 32)],
)
def test_what_is_measured_again_is_what_the_whole_file_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rate_hz: int, channels: int, bitrate_kbps: int
) -> None:
    """Also where only the changed places are decoded: at the beginning, in the middle, at the
    end.
    """
    sound = (0.05 * np.random.default_rng(0).standard_normal((20 * rate_hz, channels))).astype(
        np.float32
    )
    for moment in (0.02, 7.0, 7.2, 13.0, 19.99):
        sound[round(moment * rate_hz) :][:40] *= 6
    mp3 = tmp_path / "a.mp3"
    encode_mp3([sound], mp3, sample_rate_hz=rate_hz, channels=channels, bitrate_kbps=bitrate_kbps)
    ceiling_dbtp = measure_mp3(mp3, channels=channels).loudness.true_peak_dbtp - 4
    made = measure_mp3(mp3, channels=channels, ceiling_dbtp=ceiling_dbtp)
    assert len({place.sample // 5000 for place in made.over}) >= 3
    wholes: list[Path] = []
    monkeypatch.setattr(mp3_module, "RARE_SHARE", 1.0)
    monkeypatch.setattr(mp3_module, "measure_mp3", lambda path, **_: wholes.append(path))
    softened = limit_encoded_peaks(mp3, made, channels=channels, ceiling_dbtp=ceiling_dbtp)
    assert not wholes
    whole = measure_mp3(mp3, channels=channels, ceiling_dbtp=ceiling_dbtp)
    assert list(softened.over) == whole.over == []
    # Beside what was too high, something that was nearly so may have been turned down with it:
    # never is less told than there is.
    assert whole.loudness.true_peak_dbtp <= softened.loudness.true_peak_dbtp <= ceiling_dbtp
    assert softened.loudness.integrated_lufs == pytest.approx(
        whole.loudness.integrated_lufs, abs=0.11
    )


def test_nothing_is_touched_under_the_ceiling(tmp_path: Path) -> None:
    made = encode_mp3(
        [speechlike(2).astype(np.float32)],
        tmp_path / "a.mp3",
        sample_rate_hz=RATE_HZ,
        channels=1,
        bitrate_kbps=96,
        ceiling_dbtp=0,
    )
    content = (tmp_path / "a.mp3").read_bytes()
    assert limit_encoded_peaks(tmp_path / "a.mp3", made, channels=1, ceiling_dbtp=0) == made
    assert (tmp_path / "a.mp3").read_bytes() == content
    assert PeakOver(0, 1.0) not in made.over


@pytest.mark.judge
def test_judges_find_nothing_in_a_softened_file(tmp_path: Path) -> None:
    mp3 = tmp_path / "a.mp3"
    made = encode_mp3(
        [stereo(tmp_path).astype(np.float32)],
        mp3,
        sample_rate_hz=RATE_HZ,
        channels=2,
        bitrate_kbps=128,
        ceiling_dbtp=-9,
    )
    assert limit_encoded_peaks(mp3, made, channels=2, ceiling_dbtp=-9).softened > 0
    said = subprocess.run(
        [need("mp3val"), str(mp3)], capture_output=True, text=True, check=True
    ).stdout
    assert [
        line for line in said.splitlines() if "WARNING" in line and "No supported tags" not in line
    ] == []
    checked = subprocess.run(
        [need("mp3check"), "-e", str(mp3)], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout.strip()) == (0, "")
