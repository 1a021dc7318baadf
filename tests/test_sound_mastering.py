"""Mastering: what was made is decoded and measured again, and compared with what was asked."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from support.judges import need
from support.made_sounds import convert, decoded, real_speech, silence, speechlike, tone, write_wav
from support.spans import spans

from studio.errors import DiskError, RecordingError, WorkspaceError
from studio.model.clock import Programme, RecordingMs
from studio.model.episode import EpisodeSound
from studio.model.sound import FIRST_TRACK, MasterFacts
from studio.sound import mastering
from studio.sound.cleaning_filters import repair_filters
from studio.sound.ffmpeg import Child
from studio.sound.frames import walk_frames
from studio.sound.loudness import measure_file
from studio.sound.mastering import master_recording
from studio.sound.mp3 import PIECE_BYTES, encode_mp3
from studio.sound.programme import (
    ProgrammePiece,
    pieces_from_programme,
    read_jingle_ms,
    render_speech,
)
from studio.sound.recording import inspect_recording

pytestmark = pytest.mark.slow


def master(
    recording: Path, target: Path, programme: Programme | None = None, opening: Path | None = None
) -> MasterFacts:
    """Master the whole recording, unless told otherwise."""
    facts = inspect_recording(recording)
    return master_recording(
        recording,
        facts,
        programme or Programme(kept=spans((0, facts.duration_ms))),
        target,
        opening=opening,
    )


def made(folder: Path, kind: str) -> Path:
    """A recording of that kind."""
    voice = speechlike(6)
    crackling = voice.copy()
    crackling[::9600] += 0.9
    kinds = {
        "voice": (voice, 48_000),
        "quiet": (speechlike(6, level_db=-50), 48_000),
        "loud": (np.clip(speechlike(6, level_db=-3), -1, 1), 44_100),
        "crackling": (crackling, 48_000),
        "telephone": (speechlike(6, rate_hz=8_000), 8_000),
        "high rate": (speechlike(3, rate_hz=96_000), 96_000),
        "one second": (speechlike(1), 48_000),
        "stereo": (np.hstack((speechlike(6), speechlike(6, seed=1))), 44_100),
        "dead channel": (np.hstack((speechlike(6), silence(6))), 48_000),
        "same channels": (np.hstack((voice, voice)), 48_000),
    }
    sound, rate_hz = kinds[kind]
    return write_wav(folder / f"{kind}.wav", sound, rate_hz=rate_hz)


KINDS = [
    "voice",
    "quiet",
    "loud",
    "crackling",
    "telephone",
    "high rate",
    "one second",
    "stereo",
    "dead channel",
    "same channels",
]


@pytest.mark.parametrize("kind", [*KINDS, "real"])
def test_target_and_ceiling_hold_on_the_decoded_mp3(tmp_path: Path, kind: str) -> None:
    recording = real_speech(tmp_path) if kind == "real" else made(tmp_path, kind)
    target = tmp_path / "master.mp3"
    facts = master(recording, target)
    channels = 2 if kind == "stereo" else 1
    assert facts.channels == channels
    assert facts.target_lufs == (-19.0 if channels == 1 else -16.0)
    measured, samples = measure_file(
        target, sample_rate_hz=facts.sample_rate_hz, channels=channels, report=lambda _: None
    )
    assert (measured.integrated_lufs, measured.range_lu) == (
        facts.after.integrated_lufs,
        facts.after.range_lu,
    )
    assert measured.true_peak_dbtp == pytest.approx(facts.after.true_peak_dbtp, abs=0.11)
    assert measured.integrated_lufs is not None
    assert abs(measured.integrated_lufs - facts.target_lufs) <= 0.3
    assert measured.true_peak_dbtp <= -1.0
    assert abs(facts.duration_ms - inspect_recording(recording).duration_ms) <= 50
    assert facts.duration_ms == round(samples * 1000 / facts.sample_rate_hz)


@pytest.mark.parametrize(
    ("kind", "rate_hz"),
    [("voice", 48_000), ("telephone", 48_000), ("high rate", 48_000), ("loud", 44_100)],
)
def test_frames_are_constant_and_nothing_else_is_there(
    tmp_path: Path, kind: str, rate_hz: int
) -> None:
    target = tmp_path / "master.mp3"
    facts = master(made(tmp_path, kind), target)
    frames = walk_frames(target)
    assert (frames.constant, frames.xing, frames.stray_bytes) == (True, False, 0)
    assert (frames.bitrate_kbps, frames.sample_rate_hz, frames.channels) == (96, rate_hz, 1)
    assert frames.duration_ms == facts.duration_ms
    assert target.read_bytes()[:1] == b"\xff"


def test_level_inside_the_programme_is_not_touched(tmp_path: Path) -> None:
    """Plain gain: where nothing is limited, loud and soft passages keep their distance."""
    sound = np.concatenate((tone(4, level=0.2), tone(4, level=0.05)))
    facts = master(write_wav(tmp_path / "a.wav", sound), tmp_path / "m.mp3")
    heard = decoded(tmp_path / "m.mp3", rate_hz=facts.sample_rate_hz)
    loud, soft = heard[48_000 : 48_000 * 3].std(), heard[48_000 * 5 : 48_000 * 7].std()
    assert 20 * np.log10(loud / soft) == pytest.approx(12.04, abs=0.1)


@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_every_moment_is_heard_at_its_own_time(tmp_path: Path, rate_hz: int) -> None:
    """A decoder that knows no header gives the sound to the sample where the programme's clock
    says.
    """
    sound = 0.1 * np.random.default_rng(0).standard_normal((6 * rate_hz, 1))
    programme = Programme(kept=spans((500, 2000), (3003, 6000)))
    recording = write_wav(tmp_path / "a.wav", sound, rate_hz=rate_hz)
    master(recording, tmp_path / "m.mp3", programme)
    heard = decoded(tmp_path / "m.mp3", rate_hz=rate_hz)[:, 0]
    for moment_ms in (800, 3500, 5500):
        start = round(moment_ms * rate_hz / 1000)
        passage = sound[start : start + rate_hz // 5, 0]
        place = round(programme.programme_from_recording(RecordingMs(moment_ms)) * rate_hz / 1000)
        similarity = [
            float(passage @ heard[place + shift : place + shift + len(passage)])
            for shift in range(-300, 301)
        ]
        assert abs(int(np.argmax(similarity)) - 300) <= 2


def test_joints_do_not_click(tmp_path: Path) -> None:
    """Cutting a sine anywhere makes a step; nothing of it is left above what the sine itself does
    between two samples.
    """
    sound = tone(4, hz=300, level=0.5)
    programme = Programme(kept=spans((0, 1001), (1507, 2222), (2223, 2611), (2611, 4000)))
    recording = write_wav(tmp_path / "a.wav", sound)
    joined = np.concatenate(
        list(
            render_speech(recording, programme, sample_rate_hz=48_000, channels=1, mix=FIRST_TRACK)
        )
    )[:, 0]
    assert len(joined) == programme.duration_ms * 48
    steepest = np.abs(np.diff(joined[5000:-5000], n=2)).max()
    of_the_sine = np.abs(np.diff(sound[5000:-5000, 0], n=2)).max()
    assert steepest <= 1.5 * of_the_sine
    cut_hard = np.concatenate(
        [
            sound[48 * start : 48 * end, 0]
            for start, end in ((0, 1001), (1507, 2222), (2223, 2611), (2611, 4000))
        ]
    )
    assert (
        np.abs(np.diff(cut_hard[5000:-5000], n=2)).max() > 20 * of_the_sine
    )  # so the measure hears clicks


def test_first_and_last_sample_are_silent(tmp_path: Path) -> None:
    recording = write_wav(tmp_path / "a.wav", tone(3, level=0.5))
    joined = np.concatenate(
        list(
            render_speech(
                recording,
                Programme(kept=spans((1003, 2003))),
                sample_rate_hz=48_000,
                channels=1,
                mix=FIRST_TRACK,
            )
        )
    )
    assert abs(joined[0, 0]) < 0.001
    assert abs(joined[-1, 0]) < 0.001
    assert np.abs(joined[1000:2000]).max() > 0.45


def test_a_joint_between_neighbours_changes_nothing(tmp_path: Path) -> None:
    recording = write_wav(tmp_path / "a.wav", speechlike(3))
    one, two = (
        np.concatenate(
            list(
                render_speech(
                    recording,
                    Programme(kept=kept),
                    sample_rate_hz=48_000,
                    channels=1,
                    mix=FIRST_TRACK,
                )
            )
        )
        for kept in (spans((100, 2900)), spans((100, 1500), (1500, 2900)))
    )
    assert np.abs(one - two).max() < 1e-6


@given(
    edges=st.lists(st.integers(0, 2400), min_size=2, max_size=24, unique=True)
    .map(sorted)
    .filter(lambda edges: len(edges) % 2 == 0),
    rate_hz=st.sampled_from([8_000, 44_100, 48_000]),
)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_cuts_last_exactly_as_long_as_the_programme_says(
    tmp_path: Path, edges: list[int], rate_hz: int
) -> None:
    """Also where stretches are shorter than a fade or end after the recording."""
    programme = Programme(
        kept=spans(*[(edges[place], edges[place + 1]) for place in range(0, len(edges), 2)])
    )
    recording = tmp_path / "a.wav"
    if not recording.exists():
        write_wav(recording, tone(2))
    joined = np.concatenate(
        list(
            render_speech(recording, programme, sample_rate_hz=rate_hz, channels=1, mix=FIRST_TRACK)
        )
    )
    assert abs(len(joined) - programme.duration_ms * rate_hz / 1000) <= 0.5
    assert np.abs(joined).max() <= 0.3


@given(st.lists(st.integers(1, 5000), min_size=2, max_size=400), st.sampled_from([44_100, 48_000]))
def test_rounding_does_not_add_up_over_many_cuts(lengths: list[int], rate_hz: int) -> None:
    edges = np.cumsum([0, *lengths]).tolist()
    programme = Programme(kept=spans(*list(pairwise(edges))[::2]), opening_ms=3601)
    pieces = pieces_from_programme(programme, rate_hz)
    heard = sum(piece.length for piece in pieces)
    assert abs(heard - (programme.duration_ms - 3601) * rate_hz / 1000) <= 1
    assert all(isinstance(piece, ProgrammePiece) and piece.length > 0 for piece in pieces)


@pytest.mark.parametrize("opening_ms", [0, 2500])
def test_a_rehearsal_spares_an_encoding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opening_ms: int
) -> None:
    """Much of this sound's loudness is noise, which is taken away after its loudness was foretold:
    the beginning tells how much.
    """
    noise = 0.05 * np.random.default_rng(0).standard_normal((12 * 48_000, 1))
    recording = write_wav(tmp_path / "a.wav", speechlike(12) + noise)
    opening = write_wav(tmp_path / "o.wav", tone(opening_ms / 1000)) if opening_ms else None
    programme = Programme(kept=spans((0, 12_000)), opening_ms=opening_ms)
    monkeypatch.setattr(mastering, "REHEARSAL_MS", 4000)
    attempts = []
    for long_ms in (60_000, 10_000):
        monkeypatch.setattr(mastering, "LONG_MS", long_ms)
        facts = master(recording, tmp_path / "m.mp3", programme, opening)
        assert facts.after.integrated_lufs == pytest.approx(-19.0, abs=0.15)
        attempts.append(facts.attempts)
    assert attempts == [2, 1]


def test_opening_is_put_first_as_loud_as_the_speech(tmp_path: Path) -> None:
    opening = convert(
        write_wav(tmp_path / "o.wav", tone(2.5, level=0.02), rate_hz=48_000),
        tmp_path / "jingle été.flac",
        "-ar",
        "44100",
    )
    recording = write_wav(tmp_path / "a.wav", speechlike(6))
    programme = Programme(kept=spans((0, 6000)), opening_ms=read_jingle_ms(opening))
    assert programme.opening_ms == 2500
    facts = master(recording, tmp_path / "m.mp3", programme, opening)
    assert abs(facts.duration_ms - 8500) <= 50
    heard = decoded(tmp_path / "m.mp3", rate_hz=48_000)
    assert np.argmax(np.abs(np.fft.rfft(heard[48_000:96_000, 0]))) == 1000
    loud = 20 * np.log10(heard[48_000:96_000].std())
    assert -19.0 - loud == pytest.approx(0, abs=1.0)  # a sine of 1 kHz at −19 LUFS
    first_voice = np.flatnonzero(np.abs(heard[48 * 2500 :, 0]) > 0.05)[0]
    assert first_voice < 48 * 60


def test_an_opening_that_has_changed(tmp_path: Path) -> None:
    opening = write_wav(tmp_path / "o.wav", tone(2))
    with pytest.raises(RecordingError, match="has changed"):
        master(
            write_wav(tmp_path / "a.wav", speechlike(2)),
            tmp_path / "m.mp3",
            Programme(kept=spans((0, 2000)), opening_ms=3000),
            opening,
        )


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    recording = made(tmp_path, "crackling")
    assert master(recording, tmp_path / "1.mp3") == master(recording, tmp_path / "2.mp3")
    assert (tmp_path / "1.mp3").read_bytes() == (tmp_path / "2.mp3").read_bytes()


def test_progress_only_grows_to_its_end(tmp_path: Path) -> None:
    recording = made(tmp_path, "voice")
    heard: list[tuple[float, float]] = []
    master_recording(
        recording,
        inspect_recording(recording),
        Programme(kept=spans((0, 6000))),
        tmp_path / "m.mp3",
        progress=lambda done, total: heard.append((done, total)),
    )
    assert heard[-1][0] == heard[-1][1]
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)


def test_where_nothing_is_heard(tmp_path: Path) -> None:
    recording = write_wav(tmp_path / "a.wav", np.concatenate((silence(3), speechlike(3))))
    with pytest.raises(RecordingError, match="is silent"):
        master(recording, tmp_path / "m.mp3", Programme(kept=spans((0, 2500))))


def test_a_full_disk_and_a_missing_folder(tmp_path: Path) -> None:
    recording = made(tmp_path, "voice")
    with pytest.raises(DiskError, match="cannot be written"):
        master(recording, tmp_path / "absent" / "m.mp3")
    if Path("/dev/full").exists():
        with pytest.raises(DiskError, match="disk is full"):
            master(recording, Path("/dev/full"))


def test_when_an_mp3_is_given_up_no_thread_reads_what_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The meter is behind, as on a busy machine."""
    read, is_behind, fallen = Child.read, threading.Event(), list[object]()

    def slow(child: Child, count_bytes: int) -> bytes:
        content = read(child, count_bytes)
        if count_bytes > PIECE_BYTES and content:
            is_behind.set()
            time.sleep(0.2)
        return content

    def cut_short() -> Iterator[NDArray[np.float32]]:
        yield from [speechlike(10)[:, None].astype(np.float32)] * 3
        assert is_behind.wait(timeout=60)
        raise DiskError("a.wav", "is gone", "Put it back.")

    monkeypatch.setattr(Child, "read", slow)
    monkeypatch.setattr(threading, "excepthook", fallen.append)
    with pytest.raises(DiskError, match="is gone"):
        encode_mp3(
            cut_short(), tmp_path / "a.mp3", sample_rate_hz=48_000, channels=1, bitrate_kbps=96
        )
    time.sleep(0.3)
    assert not fallen


def test_a_bit_rate_that_mp3_does_not_have(tmp_path: Path) -> None:
    recording = made(tmp_path, "one second")
    with pytest.raises(WorkspaceError, match="100 kbps"):
        master_recording(
            recording,
            inspect_recording(recording),
            Programme(kept=spans((0, 1000))),
            tmp_path / "m.mp3",
            bitrate_kbps_mono=100,
        )
    assert not (tmp_path / "m.mp3").exists()


@pytest.mark.judge
@pytest.mark.parametrize("kind", ["voice", "stereo", "crackling"])
def test_loudgain_confirms(tmp_path: Path, kind: str) -> None:
    facts = master(made(tmp_path, kind), tmp_path / "m.mp3")
    said = subprocess.run(
        [need("loudgain"), "-O", str(tmp_path / "m.mp3")],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    names, values = (line.split("\t") for line in said.splitlines()[:2])
    figures = dict(zip(names, values, strict=True))
    assert float(figures["Loudness"].split()[0]) == pytest.approx(facts.target_lufs, abs=0.3)
    assert float(figures["True_Peak_dBTP"].split()[0]) <= -1.0


@pytest.mark.judge
def test_mp3val_and_mp3check_find_nothing(tmp_path: Path) -> None:
    master(made(tmp_path, "stereo"), tmp_path / "m.mp3")
    said = subprocess.run(
        [need("mp3val"), str(tmp_path / "m.mp3")], capture_output=True, text=True, check=True
    ).stdout
    assert [
        line for line in said.splitlines() if "WARNING" in line and "No supported tags" not in line
    ] == []
    assert re.search(r"\d+ MPEG frames \(MPEG 1 Layer III\), no tags, CBR", said)
    checked = subprocess.run(
        [need("mp3check"), "-e", str(tmp_path / "m.mp3")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout.strip()) == (0, "")


def test_cut_off_peaks_and_clicks_are_drawn_anew_only_where_that_is_asked_for(
    tmp_path: Path,
) -> None:
    speech = decoded(real_speech(tmp_path, 6), rate_hz=48_000)[:, 0]
    whole = speech * np.float32(0.5 / np.abs(speech).max())
    cut = np.clip(whole, -0.2, 0.2)
    clicked = whole.copy()
    clicked[4_000::24_000] += 0.8
    for damaged, setting, least_db in ((cut, "declip", 3), (clicked, "declick", 6)):
        recording = tmp_path / f"{setting}.wav"
        raised = 1 / np.abs(damaged).max()
        write_wav(recording, damaged[:, None] * raised)
        facts = inspect_recording(recording)
        programme = Programme(kept=spans((0, facts.duration_ms)))
        sound = EpisodeSound(declip=setting == "declip", declick=setting == "declick")
        heard = {
            repairs: np.concatenate(
                list(
                    render_speech(
                        recording,
                        programme,
                        sample_rate_hz=48_000,
                        channels=1,
                        mix=facts.mix,
                        filters=(),
                        repairs=repairs,
                    )
                )
            )[:, 0]
            / raised
            for repairs in ((), repair_filters(sound))
        }
        error_db = [
            10 * np.log10(np.mean((samples - whole[: len(samples)])[500:-500] ** 2))
            for samples in heard.values()
        ]
        assert error_db[1] < error_db[0] - least_db
        master = tmp_path / "m.mp3"
        (repair,) = master_recording(recording, facts, programme, master, sound=sound).repairs
        assert repair.setting == setting and 0 < repair.samples < repair.of
        assert not master_recording(recording, facts, programme, master).repairs
