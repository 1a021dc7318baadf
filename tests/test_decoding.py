"""A recording is decoded when it comes, once for measuring and hearing, and once for mastering,
which must know the whole before it encodes the first moment and so keeps what it decoded.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import fake_engine
from support.made_sounds import speechlike, write_wav
from support.small_show import ARTICLE, make_show
from support.spoken import INTERVIEW

from studio.errors import DiskError
from studio.model.clock import Programme, RecordingMs, Span
from studio.pipeline.events import Event, StageStarted
from studio.pipeline.runner import Choice, run_stages
from studio.pipeline.stages import STAGES
from studio.sound.cleaning_filters import cleaning_filters, noise_filters
from studio.sound.decoded_copy import DecodedCopy
from studio.sound.ffmpeg import Child, Decoding, url_from_path, write_error
from studio.sound.mastering import master_recording
from studio.sound.recording import inspect_recording, read_samples, samples_of_file
from studio.workspace.disk import fresh_path
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
    assert +decoded == {"new": 1, "inspect": 1, "master": 1}
    left = {path.suffix for path in show.episode(slug).build.rglob("*")}
    assert left.isdisjoint({".f32", ".nut"}), left


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
    with pytest.raises(DiskError, match="disk is full"):
        inspect_recording(recording, heard_in=Path("/dev/full"))


def test_what_cannot_be_written_has_its_own_name(tmp_path: Path) -> None:
    """And not the one that it has while it is written."""
    told = write_error(fresh_path(tmp_path / "a.m4a"), "av_write: No space left on device")
    assert (told.where, told.what) == (str(tmp_path / "a.m4a"), "the disk is full")


# The codecs in which recordings come, by the end of their file's name; together they decode to all
# formats of samples that Studio keeps.
CODECS = {
    "u8.wav": "pcm_u8",
    "mulaw.wav": "pcm_mulaw",
    "s16.wav": "pcm_s16le",
    "s24.wav": "pcm_s24le",
    "s32.wav": "pcm_s32le",
    "f32.wav": "pcm_f32le",
    "f64.wav": "pcm_f64le",
    "24.flac": "flac -sample_fmt s32",
    "16.flac": "flac",
    "alac.m4a": "alac",
    "aac.m4a": "aac",
    "a.mp3": "libmp3lame",
    "a.opus": "libopus",
    "a.ogg": "libvorbis",
}
NOISE = noise_filters(-55.0, 48_000)


def _recorded(tmp_path: Path, name: str, *, rate_hz: int, channels: int) -> Path:
    """A recording of one of :data:`CODECS`."""
    sound = speechlike(2.0, rate_hz=rate_hz, seed=3)
    planes = np.stack([sound, np.roll(sound, 99), -0.5 * sound][:channels], axis=1)
    plain = write_wav(tmp_path / "plain.wav", planes, rate_hz=rate_hz)
    made = tmp_path / f"son-{name}"
    codec = ["-c:a", *CODECS[name].split()]
    with Child(["-i", url_from_path(plain), *codec, "-y", url_from_path(made)]) as child:
        succeeded, log = child.finish()
    assert succeeded, log
    return made


@pytest.mark.parametrize(
    ("name", "channels", "wanted"),
    [(name, 1 + place % 2, 1 + place // 2 % 2) for place, name in enumerate(CODECS)],
)
def test_a_copy_sounds_as_the_recording_to_the_last_bit(
    tmp_path: Path, name: str, channels: int, wanted: int
) -> None:
    """At a rate at which the frames of most codecs become of odd lengths."""
    recording = _recorded(tmp_path, name, rate_hz=16_000, channels=channels)
    facts = inspect_recording(recording)
    copy = DecodedCopy(tmp_path / "copy.nut", duration_ms=facts.duration_ms)
    shape: Any = {"sample_rate_hz": 48_000, "channels": wanted, "mix": facts.mix}
    plain = cleaning_filters(facts, hum=True)
    for filters in (plain, plain, (*plain, *NOISE)):
        with Decoding(recording, filters=filters, **shape) as decoding:
            expected = np.concatenate(list(decoding))
        with copy.decoding(recording, filters=filters, **shape) as decoding:
            assert (np.concatenate(list(decoding)) == expected).all()
    assert decoding.path == tmp_path / "copy.nut"
    copy.remove()
    assert not (tmp_path / "copy.nut").exists()


@pytest.mark.parametrize("wanted", [1, 2])
def test_a_copy_of_several_tracks_is_their_mix(tmp_path: Path, wanted: int) -> None:
    one, other = (
        write_wav(tmp_path / f"{seed}.wav", speechlike(3.0, rate_hz=44_100, seed=seed))
        for seed in (1, 2)
    )
    recording = tmp_path / "two.mka"
    tracks = ["-map", "0:a", "-map", "1:a", "-c:a", "flac"]
    inputs = ["-i", url_from_path(one), "-i", url_from_path(other)]
    with Child([*inputs, *tracks, "-y", url_from_path(recording)]) as child:
        assert child.finish()[0]
    facts = inspect_recording(recording, tracks=[1, 2])
    copy = DecodedCopy(tmp_path / "copy.nut", duration_ms=facts.duration_ms)
    shape: Any = {"sample_rate_hz": 48_000, "channels": wanted, "mix": facts.mix}
    for filters in ((), (), NOISE):
        with Decoding(recording, filters=filters, **shape) as decoding:
            expected = np.concatenate(list(decoding))
        with copy.decoding(recording, filters=filters, **shape) as decoding:
            assert (np.concatenate(list(decoding)) == expected).all()
    assert decoding.path == tmp_path / "copy.nut"


def test_a_disk_without_room_costs_time_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = _recorded(tmp_path, "s16.wav", rate_hz=48_000, channels=1)
    monkeypatch.setattr("studio.sound.decoded_copy.ROOM", 1e15)
    copy = DecodedCopy(tmp_path / "copy.nut", duration_ms=2000)
    shape: Any = {"sample_rate_hz": 48_000, "channels": 1, "filters": ()}
    for _ in range(2):
        mix = inspect_recording(recording).mix
        with copy.decoding(recording, mix=mix, **shape) as decoding:
            assert sum(len(chunk) for chunk in decoding) == 2 * 48_000
        assert decoding.path == recording
    assert not (tmp_path / "copy.nut").exists()


@pytest.mark.parametrize("noise", [0.0, 0.004], ids=["quiet", "noisy"])
def test_a_master_is_the_same_with_a_copy_and_without(tmp_path: Path, noise: float) -> None:
    """Also where the end is cut off, and the pauses are cleaned."""
    sound = speechlike(12.0, rate_hz=44_100, seed=5)
    sound = sound + np.random.default_rng(1).normal(0, noise, sound.shape).astype(sound.dtype)
    recording = write_wav(tmp_path / "a.wav", sound, rate_hz=44_100)
    facts = inspect_recording(recording)
    kept = (
        Span(start_ms=RecordingMs(500), end_ms=RecordingMs(4000)),
        Span(start_ms=RecordingMs(5000), end_ms=RecordingMs(9000)),
    )
    copy = DecodedCopy(tmp_path / "copy.nut", duration_ms=facts.duration_ms)
    made = [
        master_recording(
            recording, facts, Programme(kept=kept), tmp_path / f"{number}.mp3", copy=each
        )
        for number, each in enumerate((None, copy, copy))
    ]
    assert ("afftdn" in str(made[0].filters)) == bool(noise)
    assert made[0] == made[1] == made[2]
    files = {(tmp_path / f"{number}.mp3").read_bytes() for number in range(3)}
    assert len(files) == 1
