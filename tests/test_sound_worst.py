"""The worst that people bring: every case is mastered, or refused with words that say what to
do.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from support.made_sounds import Samples, convert, decoded, silence, speechlike, tone, write_wav

from studio.cli import main
from studio.errors import RecordingError
from studio.model.clock import Programme, RecordingMs, Span
from studio.model.sound import FIRST_TRACK, SpeakerTurn
from studio.sound.loudness import measure_file
from studio.sound.loudness_analysis import gated_loudness_lufs
from studio.sound.mastering import master_recording
from studio.sound.multitrack import join_tracks
from studio.sound.overview import SHORT_TERM_BLOCKS, read_overview
from studio.sound.recording import inspect_recording, read_samples

VOICE = speechlike(5)


pytestmark = pytest.mark.slow


def clipped() -> Samples:
    return VOICE * 12  # what passes full scale is clipped when it is written


def humming() -> Samples:
    hum: Samples = np.sum(
        [tone(5, hz=50.0 * number, level=0.05) for number in (1, 2, 3, 5)], axis=0
    )
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
    "16 bit WAV": ("wav", "-c:a", "pcm_s16le"),
    "float WAV": ("wav", "-c:a", "pcm_f32le"),
    "24 bit WAV": ("wav", "-c:a", "pcm_s24le"),
    "32 bit WAV": ("wav", "-c:a", "pcm_s32le"),
    "8 bit WAV": ("wav", "-c:a", "pcm_u8"),
    "telephone": ("wav", "-ar", "8000", "-c:a", "pcm_mulaw"),
    "dictaphone": ("wav", "-ar", "11025", "-c:a", "adpcm_ms"),
    "WMA": ("wma",),
    "MP3": ("mp3", "-b:a", "64k"),
    "MP3 of variable bit rate": ("mp3", "-q:a", "6"),
    "AAC": ("m4a", "-ar", "44100"),
    "raw AAC": ("aac",),
    "Apple Lossless": ("m4a", "-c:a", "alac"),
    "Vorbis": ("ogg", "-c:a", "libvorbis"),
    "Opus": ("opus", "-ar", "48000"),
    "AIFF": ("aiff", "-ar", "22050"),
    "FLAC": ("flac", "-ar", "44100"),
    "96 kHz WAV of 24 bits": ("wav", "-ar", "96000", "-c:a", "pcm_s24le"),
    "WebM": ("webm", "-c:a", "libopus"),
    "AC-3": ("ac3",),
    "192 kHz FLAC": ("flac", "-ar", "192000"),
    "video": (
        "mp4",
        "-f",
        "lavfi",
        "-i",
        "color=blue:size=64x64:rate=5:duration=5",
        "-map",
        "0:a",
        "-map",
        "1:v",
    ),
}


def mastered(recording: Path, target: Path) -> None:
    facts = inspect_recording(recording)
    made = master_recording(
        recording,
        facts,
        Programme(kept=(Span(start_ms=RecordingMs(0), end_ms=facts.duration_ms),)),
        target,
    )
    measured, _ = measure_file(
        target, sample_rate_hz=made.sample_rate_hz, channels=made.channels, report=lambda _: None
    )
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
    mastered(
        convert(write_wav(tmp_path / "a.wav", VOICE), tmp_path / f"b.{suffix}", *options),
        tmp_path / "m.mp3",
    )


@pytest.mark.parametrize(
    "length",
    [0, 0xFFFF_FFFF, 0x7FFF_FFFF],
    ids=["nothing", "the most that fits", "the most that is positive"],
)
def test_a_recorder_that_lied_in_its_header(tmp_path: Path, length: int) -> None:
    """It was switched off before it could say how long it recorded: everything is there, and
    everything is used.
    """
    path = write_wav(tmp_path / "a.wav", VOICE)
    content = bytearray(path.read_bytes())
    content[4:8] = content[40:44] = length.to_bytes(4, "little")
    path.write_bytes(content)
    assert abs(inspect_recording(path).duration_ms - 5000) <= 1
    mastered(path, tmp_path / "m.mp3")


def test_a_name_that_lies(tmp_path: Path) -> None:
    """What a file is, is read in it."""
    recording = convert(write_wav(tmp_path / "a.wav", VOICE), tmp_path / "b.mp3").rename(
        tmp_path / "b.wav"
    )
    assert inspect_recording(recording).codec == "mp3"
    mastered(recording, tmp_path / "m.mp3")


def talk(folder: Path, guest_db: float) -> tuple[Path, tuple[SpeakerTurn, ...]]:
    """A minute of the noisy interview with its guest so much softer, and who speaks when."""
    truth = json.loads(
        (Path(__file__).parent / "truth" / "atelier.json").read_text(encoding="utf-8")
    )
    sound = decoded(convert(TALK, folder / "talk.wav", "-t", "60", "-ar", "48000"), rate_hz=48_000)
    turns = []
    for one in truth["utterances"]:
        if one["end"] < 60:
            start, end = round(one["start"] * 1000), round(one["end"] * 1000)
            turns.append(
                SpeakerTurn(
                    speaker=int(one["speaker"] == "G"),
                    start_ms=RecordingMs(start),
                    end_ms=RecordingMs(end),
                )
            )
            if one["speaker"] == "G":
                sound[start * 48 : end * 48] *= 10 ** (guest_db / 20)
    return write_wav(folder / "talk.wav", sound.astype(np.float64)), tuple(turns)


TALK = Path(__file__).parent / "recordings" / "atelier.m4a"


@pytest.mark.parametrize("guest_db", [0.0, -15.0])
def test_nothing_pumps_and_everybody_is_heard(tmp_path: Path, guest_db: float) -> None:
    """Measured on the decoded MP3: inside a turn the level over three seconds moves by 2 LU at most
    beyond what it did in the recording.
    """
    recording, turns = talk(tmp_path, guest_db)
    facts = inspect_recording(recording)
    whole = Programme(kept=(Span(start_ms=RecordingMs(0), end_ms=facts.duration_ms),))
    made = master_recording(recording, facts, whole, tmp_path / "m.mp3", turns=turns)
    before, after = (
        read_overview(path, FIRST_TRACK).analysis.block_powers
        for path in (recording, tmp_path / "m.mp3")
    )
    moved = []
    for turn in turns:
        places = range(turn.start_ms // 100 + 3, turn.end_ms // 100 - 3 - SHORT_TERM_BLOCKS, 5)
        ratios = [
            after[place : place + SHORT_TERM_BLOCKS].mean()
            / before[place : place + SHORT_TERM_BLOCKS].mean()
            for place in places
        ]
        moved += [float(np.ptp(10 * np.log10(ratios)))] if ratios else []
    assert len(moved) >= 3
    assert max(moved) <= 2.0
    levels = []
    for speaker in (0, 1):
        blocks = np.zeros(len(after), np.bool_)
        for turn in turns:
            if turn.speaker == speaker:
                blocks[turn.start_ms // 100 + 2 : turn.end_ms // 100 - 2] = True
        level_lufs = gated_loudness_lufs(after[: len(blocks)], blocks)
        assert level_lufs is not None
        levels.append(level_lufs)
    assert abs(levels[0] - levels[1]) <= 1.5
    assert made.after.integrated_lufs == pytest.approx(-19.0, abs=0.3)


def test_float_samples_over_full_scale_are_no_clipping(tmp_path: Path) -> None:
    loud = convert(
        write_wav(tmp_path / "a.wav", VOICE * 0.5),
        tmp_path / "b.wav",
        "-af",
        "volume=12dB",
        "-c:a",
        "pcm_f32le",
    )
    assert inspect_recording(loud).clipped_peaks == 0
    mastered(loud, tmp_path / "m.mp3")


def test_one_file_a_speaker(tmp_path: Path) -> None:
    """Each keeps its time and its channel, whatever its rate, length and own channels."""
    host = write_wav(tmp_path / "host.wav", np.concatenate((speechlike(4), silence(6))))
    alone = np.concatenate((silence(5), speechlike(3, level_db=-40, seed=2), silence(1)))
    guest = convert(
        write_wav(tmp_path / "g.wav", np.hstack((alone, -alone))),
        tmp_path / "guest.flac",
        "-ar",
        "44100",
    )
    joined = tmp_path / "joined.flac"
    join_tracks([(path, inspect_recording(path)) for path in (host, guest)], joined)
    facts = inspect_recording(joined)
    assert (facts.channels, facts.sample_rate_hz, facts.layout) == (2, 48_000, "split")
    assert abs(facts.duration_ms - 10_000) <= 1
    heard = decoded(joined, rate_hz=48_000, channels=2)
    assert heard[48_000 * 4 :, 0].std() < 0.001 < heard[48_000 * 5 : 48_000 * 8, 1].std()
    place = int(np.flatnonzero(np.abs(heard[:, 1]) > 0.002)[0])
    assert abs(place - 48_000 * 5) < 48 * 40
    mastered(joined, tmp_path / "m.mp3")


@pytest.mark.parametrize("count", [3, 5, 6, 8])
def test_many_files_are_all_heard(tmp_path: Path, count: int) -> None:
    paths = [
        write_wav(
            tmp_path / f"{number}.wav",
            np.roll(
                np.concatenate((tone(1, hz=400 + 100 * number), silence(count - 1.0))),
                number * 48_000,
            ),
        )
        for number in range(count)
    ]
    join_tracks([(path, inspect_recording(path)) for path in paths], tmp_path / "joined.flac")
    facts = inspect_recording(tmp_path / "joined.flac")
    assert (facts.channels, facts.layout) == (count, "many")
    samples = read_samples(tmp_path / "joined.flac")
    assert all(
        samples[16_000 * number + 1000 : 16_000 * number + 15_000].std() > 0.01
        for number in range(count)
    )


def test_too_many_files(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tone(1))
    with pytest.raises(RecordingError, match="8 files"):
        join_tracks([(path, inspect_recording(path))] * 9, tmp_path / "joined.flac")


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
        main,
        [
            "-C",
            str(root),
            "new",
            "--article",
            str(article),
            "--recording",
            str(host),
            "--recording",
            str(guest),
            "--offset",  # they hear nothing of each other
            "0",
        ],
    )
    assert said.exit_code == 0, said.output
    assert "2 × 48000 Hz" in said.output
    facts = inspect_recording(root / "episodes" / "002-stephane-soto" / "recording.flac")
    assert (facts.layout, facts.duration_ms) == ("split", 7000)
    refused = CliRunner().invoke(
        main,
        [
            "-C",
            str(root),
            "new",
            "--article",
            str(article),
            "--number",
            "3",
            "--recording",
            str(host),
            "--recording",
            str(article),
        ],
    )
    assert refused.exit_code == 1
    assert "is not readable audio" in refused.output
    assert len(list((root / "episodes").iterdir())) == 1
