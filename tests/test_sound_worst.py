"""The worst that people bring: every case is mastered, or refused with words that say what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from made_sounds import Samples, convert, decoded, silence, speechlike, tone, write_wav

from studio.cli import main
from studio.errors import RecordingError
from studio.model.clock import Programme, RecordingMs, Span
from studio.sound.joining import join_recordings
from studio.sound.loudness import measure_file
from studio.sound.mastering import master_recording
from studio.sound.recording import inspect_recording, read_samples

VOICE = speechlike(5)


def clipped() -> Samples:
    return VOICE * 12  # what passes full scale is clipped when it is written


def humming() -> Samples:
    hum: Samples = np.sum([tone(5, hz=50.0 * number, level=0.05) for number in (1, 2, 3, 5)], axis=0)
    return VOICE + hum


def guest_far_away() -> Samples:
    return np.concatenate((speechlike(2.5), speechlike(2.5, level_db=-35, seed=1)))


WORST: dict[str, Callable[[], Samples]] = {
    "clipped": clipped,
    "hum": humming,
    "guest 15 dB quieter": guest_far_away,
    "left channel dead": lambda: np.hstack((silence(5), VOICE)),
    "out of phase": lambda: np.hstack((VOICE, -VOICE)),
    "offset": lambda: VOICE * 0.3 + 0.3,
    "under noise": lambda: VOICE + 0.05 * np.random.default_rng(0).standard_normal(VOICE.shape),
    "a whisper": lambda: VOICE * 0.004,
    "three microphones": lambda: np.hstack((VOICE, 0.5 * VOICE, 0.1 * speechlike(5, seed=3))),
}
FORMS = {
    "float WAV": ("wav", "-c:a", "pcm_f32le"),
    "24 bit WAV": ("wav", "-c:a", "pcm_s24le"),
    "32 bit WAV": ("wav", "-c:a", "pcm_s32le"),
    "8 bit WAV": ("wav", "-c:a", "pcm_u8"),
    "telephone": ("wav", "-ar", "8000", "-c:a", "pcm_mulaw"),
    "dictaphone": ("wav", "-ar", "11025", "-c:a", "adpcm_ms"),
    "WMA": ("wma",),
    "AC-3": ("ac3",),
    "192 kHz FLAC": ("flac", "-ar", "192000"),
    "video": ("mp4", "-f", "lavfi", "-i", "color=blue:size=64x64:rate=5:duration=5", "-map", "0:a", "-map", "1:v"),
}


def mastered(recording: Path, target: Path) -> None:
    facts = inspect_recording(recording)
    made = master_recording(recording, facts, Programme(kept=(Span(start_ms=RecordingMs(0), end_ms=facts.duration_ms),)), target)
    measured, _ = measure_file(target, sample_rate_hz=made.sample_rate_hz, channels=made.channels, heard=lambda _: None)
    assert measured.integrated_lufs == pytest.approx(made.target_lufs, abs=0.3)
    assert measured.true_peak_dbtp <= -1.0


@pytest.mark.parametrize("case", WORST)
def test_the_worst_sounds_are_mastered(tmp_path: Path, case: str) -> None:
    recording = write_wav(tmp_path / "a.wav", WORST[case]())
    mastered(recording, tmp_path / "m.mp3")
    assert np.abs(read_samples(recording)).max() > 0.001


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_mastered(tmp_path: Path, form: str) -> None:
    suffix, *options = FORMS[form]
    mastered(convert(write_wav(tmp_path / "a.wav", VOICE), tmp_path / f"b.{suffix}", *options), tmp_path / "m.mp3")


def test_float_samples_over_full_scale_are_no_clipping(tmp_path: Path) -> None:
    loud = convert(write_wav(tmp_path / "a.wav", VOICE * 0.5), tmp_path / "b.wav", "-af", "volume=12dB", "-c:a", "pcm_f32le")
    assert inspect_recording(loud).clipped_peaks == 0
    mastered(loud, tmp_path / "m.mp3")


def test_one_file_a_speaker(tmp_path: Path) -> None:
    """Each keeps its time and its channel, whatever its rate, length and own channels."""
    host = write_wav(tmp_path / "host.wav", np.concatenate((speechlike(4), silence(6))))
    alone = np.concatenate((silence(5), speechlike(3, level_db=-40, seed=2), silence(1)))
    guest = convert(write_wav(tmp_path / "g.wav", np.hstack((alone, -alone))), tmp_path / "guest.flac", "-ar", "44100")
    joined = tmp_path / "joined.flac"
    join_recordings([(path, inspect_recording(path)) for path in (host, guest)], joined)
    facts = inspect_recording(joined)
    assert (facts.channels, facts.sample_rate_hz, facts.layout) == (2, 48_000, "split")
    assert abs(facts.duration_ms - 10_000) <= 1
    heard = decoded(joined, rate_hz=48_000, channels=2)
    assert heard[48_000 * 4 :, 0].std() < 0.001 < heard[48_000 * 5 : 48_000 * 8, 1].std()
    place = int(np.flatnonzero(np.abs(heard[:, 1]) > 0.002)[0])
    assert abs(place - 48_000 * 5) < 48 * 40
    mastered(joined, tmp_path / "m.mp3")


@pytest.mark.parametrize("count", [3, 4, 5])
def test_many_files_are_all_heard(tmp_path: Path, count: int) -> None:
    paths = [
        write_wav(
            tmp_path / f"{number}.wav", np.roll(np.concatenate((tone(1, hz=400 + 100 * number), silence(count - 1.0))), number * 48_000)
        )
        for number in range(count)
    ]
    join_recordings([(path, inspect_recording(path)) for path in paths], tmp_path / "joined.flac")
    facts = inspect_recording(tmp_path / "joined.flac")
    assert (facts.channels, facts.layout) == (count, "many")
    samples = read_samples(tmp_path / "joined.flac")
    assert all(samples[16_000 * number + 1000 : 16_000 * number + 15_000].std() > 0.01 for number in range(count))


def test_too_many_files(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tone(1))
    with pytest.raises(RecordingError, match="five files"):
        join_recordings([(path, inspect_recording(path))] * 6, tmp_path / "joined.flac")


def test_one_second(tmp_path: Path) -> None:
    mastered(write_wav(tmp_path / "a.wav", speechlike(1)), tmp_path / "m.mp3")


def test_nothing_but_silence(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="silent from its start to its end"):
        inspect_recording(write_wav(tmp_path / "a.wav", silence(5, channels=2)))


def test_a_new_episode_from_one_file_a_speaker(tmp_path: Path) -> None:
    root = tmp_path / "show"
    host = write_wav(tmp_path / "host.wav", np.concatenate((speechlike(3), silence(4))))
    guest = write_wav(tmp_path / "guest.wav", np.concatenate((silence(3), speechlike(3, seed=1))))
    article = Path(__file__).parent / "article" / "002-stephane-soto.txt"
    started = CliRunner().invoke(main, ["init", str(root), "--title", "Essai"])
    assert started.exit_code == 0, started.output
    said = CliRunner().invoke(
        main, ["-C", str(root), "new", "--article", str(article), "--recording", str(host), "--recording", str(guest)]
    )
    assert said.exit_code == 0, said.output
    assert "2 × 48000 Hz" in said.output
    facts = inspect_recording(root / "episodes" / "002-stephane-soto" / "recording.flac")
    assert (facts.layout, facts.duration_ms) == ("split", 7000)
    refused = CliRunner().invoke(
        main, ["-C", str(root), "new", "--article", str(article), "--number", "3", "--recording", str(host), "--recording", str(article)]
    )
    assert refused.exit_code == 1
    assert "is no sound that can be read" in refused.output
    assert len(list((root / "episodes").iterdir())) == 1
