"""Inspecting a recording: what is measured is what was made, and each way in which a file can be
wrong has its own words.
"""

from __future__ import annotations

import struct
import threading
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from support.made_sounds import Samples, convert, real_speech, silence, speechlike, tone, write_wav

from studio.errors import RecordingError
from studio.sound import frames
from studio.sound import recording as module
from studio.sound.ffmpeg import Child, Encoding, read_header
from studio.sound.recording import inspect_recording, read_mix, read_samples


def test_facts_of_a_made_sound(tmp_path: Path) -> None:
    sound = np.concatenate((silence(1.2), tone(3), silence(0.7)))
    facts = inspect_recording(write_wav(tmp_path / "a.wav", sound))
    assert (facts.duration_ms, facts.sample_rate_hz, facts.channels, facts.codec) == (
        4900,
        48_000,
        1,
        "pcm_s16le",
    )
    assert abs(facts.sound_start_ms - 1200) <= 10
    assert abs(facts.sound_end_ms - 4200) <= 10


def test_loudness_of_a_sine(tmp_path: Path) -> None:
    """EBU Tech 3341: at 1 kHz, one channel reads 3 below its peak."""
    facts = inspect_recording(write_wav(tmp_path / "a.wav", tone(5, level=0.1)))
    assert facts.loudness.integrated_lufs == pytest.approx(-23.0, abs=0.1)
    assert facts.loudness.true_peak_dbtp == pytest.approx(-20.0, abs=0.1)
    assert facts.loudness.range_lu == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize(
    "form", ["flac", "mp3", "m4a", "opus", "ogg", "wma", "aiff", "mka", "webm"]
)
def test_every_usual_form_is_read(tmp_path: Path, form: str) -> None:
    source = write_wav(tmp_path / "a.wav", speechlike(3))
    facts = inspect_recording(convert(source, tmp_path / f"b.{form}"))
    assert abs(facts.duration_ms - 3000) <= 70
    assert facts.loudness.integrated_lufs == pytest.approx(
        inspect_recording(source).loudness.integrated_lufs, abs=0.7
    )


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 44_100, 96_000, 192_000])
def test_every_rate_has_its_own_clock(tmp_path: Path, rate_hz: int) -> None:
    facts = inspect_recording(
        write_wav(tmp_path / "a.wav", speechlike(2, rate_hz=rate_hz), rate_hz=rate_hz)
    )
    assert (facts.duration_ms, facts.sample_rate_hz) == (2000, rate_hz)


@pytest.mark.parametrize(
    ("right", "layout"),
    [
        (lambda left: left, "alike"),
        (lambda left: left * 0.99, "alike"),
        (lambda left: np.roll(left, 4000, axis=0), "stereo"),
        (lambda left: -left, "opposed"),
        (lambda left: -0.5 * left, "opposed"),
        (lambda left: left * 0, "left"),
        (lambda left: left * 0.003 + 0.1, "left"),
    ],
    ids=[
        "same",
        "nearly",
        "other",
        "opposed",
        "opposed and softer",
        "dead",
        "crosstalk and offset",
    ],
)
def test_two_channels(tmp_path: Path, right: Callable[[Samples], Samples], layout: str) -> None:
    """However two channels belong together, Whisper hears the voice."""
    left = speechlike(2)
    path = write_wav(tmp_path / "a.wav", np.hstack((left, right(left))))
    facts = inspect_recording(path)
    assert (facts.channels, facts.layout) == (2, layout)
    assert read_mix(path) == facts.mix
    samples = read_samples(path)
    voice = read_samples(write_wav(tmp_path / "b.wav", left))
    assert float(np.corrcoef(samples, voice)[0, 1]) > 0.6
    assert 20 * np.log10((samples - samples.mean()).std() / voice.std()) > -3


def test_one_speaker_a_channel(tmp_path: Path) -> None:
    """Also with the other one heard softly in each microphone."""
    one = np.concatenate((speechlike(3), silence(3), speechlike(2), silence(2)))
    other = np.concatenate(
        (
            silence(3),
            speechlike(3, seed=5, level_db=-30),
            silence(2),
            speechlike(2, seed=6, level_db=-30),
        )
    )
    path = write_wav(tmp_path / "a.wav", np.hstack((one + 0.1 * other, other + 0.01 * one)))
    assert inspect_recording(path).layout == "split"


@pytest.mark.parametrize("mains_hz", [50.0, 60.0, 49.7])
@pytest.mark.parametrize("rate_hz", [8_000, 44_100, 48_000])
def test_hum_is_found_where_it_is(tmp_path: Path, mains_hz: float, rate_hz: int) -> None:
    hum = sum(
        tone(8, rate_hz=rate_hz, hz=mains_hz * number, level=0.01 / number)
        for number in (1, 2, 3, 5)
    )
    facts = inspect_recording(
        write_wav(tmp_path / "a.wav", speechlike(8, rate_hz=rate_hz) + hum, rate_hz=rate_hz)
    )
    assert len(facts.hum_hz) >= 2
    assert all(abs(hz / mains_hz - round(hz / mains_hz)) * mains_hz < 1 for hz in facts.hum_hz)
    assert mains_hz - 0.5 < facts.hum_hz[0] / round(facts.hum_hz[0] / mains_hz) < mains_hz + 0.5


def test_voices_are_no_hum(tmp_path: Path) -> None:
    assert inspect_recording(real_speech(tmp_path)).hum_hz == ()
    assert inspect_recording(write_wav(tmp_path / "a.wav", speechlike(8))).hum_hz == ()
    assert (
        inspect_recording(write_wav(tmp_path / "b.wav", tone(8, hz=50))).hum_hz == ()
    )  # a test tone has no multiples


def test_clipping_is_counted(tmp_path: Path) -> None:
    voice = speechlike(4, level_db=-16)
    loud = np.abs(voice).max()
    assert inspect_recording(write_wav(tmp_path / "a.wav", voice / loud)).clipped_peaks == 0
    assert inspect_recording(write_wav(tmp_path / "b.wav", voice / loud * 4)).clipped_peaks > 50


def test_offset_floor_and_silences(tmp_path: Path) -> None:
    noise = 0.001 * np.random.default_rng(2).standard_normal((48_000 * 10, 1))
    sound = np.concatenate((speechlike(3), silence(3), speechlike(3), silence(1))) + noise + 0.02
    facts = inspect_recording(write_wav(tmp_path / "a.wav", sound))
    assert facts.dc_offset == pytest.approx(0.02, abs=0.001)
    assert facts.noise_floor_db == pytest.approx(-60, abs=1.5)
    assert len(facts.silences) == 1
    assert abs(facts.silences[0].start_ms - 3000) <= 400
    assert abs(facts.silences[0].end_ms - 6000) <= 400
    muted = np.concatenate((speechlike(3), silence(3), speechlike(3)))
    assert inspect_recording(write_wav(tmp_path / "b.wav", muted)).noise_floor_db is None


def test_more_than_two_channels(tmp_path: Path) -> None:
    sound = np.hstack([speechlike(2, seed=number) * 0.3 for number in range(6)])
    facts = inspect_recording(convert(write_wav(tmp_path / "a.wav", sound), tmp_path / "b.flac"))
    assert facts.channels == 6
    assert facts.loudness.integrated_lufs is not None


@pytest.mark.parametrize(
    "name",
    ["-i entrevue.wav", "l'été « 3 ».wav", "%03d.wav", "a:b.wav", "à\tcôté;&|.wav", "concat|x.wav"],
)
def test_any_file_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    path = write_wav(tmp_path / name, tone(1)).relative_to(tmp_path)
    assert inspect_recording(path).duration_ms == 1000
    assert len(read_samples(path)) == 16_000


def test_a_click_before_speech_is_not_its_start(tmp_path: Path) -> None:
    sound = np.concatenate((silence(2), speechlike(3)))
    sound[4800:4900] = 0.5
    assert inspect_recording(write_wav(tmp_path / "a.wav", sound)).sound_start_ms >= 1900


def test_a_noisy_room_and_an_offset_are_not_speech(tmp_path: Path) -> None:
    noise = 0.002 * np.random.default_rng(1).standard_normal((48_000 * 6, 1))
    noise[48_000 * 2 : 48_000 * 4] += tone(2, level=0.2)
    facts = inspect_recording(write_wav(tmp_path / "a.wav", noise + 0.05))
    assert abs(facts.sound_start_ms - 2000) <= 20
    assert abs(facts.sound_end_ms - 4000) <= 20


def test_a_very_quiet_recording_is_not_silent(tmp_path: Path) -> None:
    sound = np.concatenate((silence(1), speechlike(3, level_db=-58)))
    facts = inspect_recording(write_wav(tmp_path / "a.wav", sound))
    assert facts.loudness.integrated_lufs is not None
    assert facts.sound_start_ms >= 900


def test_the_real_recording(tmp_path: Path) -> None:
    facts = inspect_recording(real_speech(tmp_path))
    assert facts.duration_ms == 20_000
    assert abs(facts.sound_start_ms - 1500) <= 50  # where its first word is known to start


def test_progress_ends_complete(tmp_path: Path) -> None:
    heard: list[tuple[float, float]] = []
    inspect_recording(
        write_wav(tmp_path / "a.wav", tone(10)), lambda done, total: heard.append((done, total))
    )
    assert heard[-1][0] == heard[-1][1]
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)


def refused(path: Path) -> str:
    with pytest.raises(RecordingError) as refusal:
        inspect_recording(path)
    assert str(path) in str(refusal.value)
    assert "→" in str(refusal.value)
    return refusal.value.what


def test_missing_folder_and_empty(tmp_path: Path) -> None:
    (tmp_path / "vide.wav").touch()
    assert "does not exist" in refused(tmp_path / "absent.wav")
    assert "is not a file" in refused(tmp_path)
    assert "zero bytes" in refused(tmp_path / "vide.wav")


def test_what_is_no_sound(tmp_path: Path) -> None:
    text = tmp_path / "texte.mp3"
    text.write_text("Ce n'est pas un son.\n" * 500, encoding="utf-8")
    assert "is not readable audio" in refused(text)
    picture = tmp_path / "image.mp3"
    Image.new("RGB", (600, 400), "red").save(picture, "JPEG")
    assert "is not readable audio" in refused(picture)
    noise = tmp_path / "bruit.wav"
    noise.write_bytes(np.random.default_rng(0).bytes(50_000))
    assert "is not readable audio" in refused(noise)


def test_a_playlist_opens_nothing(tmp_path: Path) -> None:
    """A text that ffmpeg would take for a list of addresses must not make it go there."""
    playlist = tmp_path / "a.wav"
    playlist.write_text(
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n",
        encoding="utf-8",
    )
    assert "is not readable audio" in refused(playlist)


def test_a_video_without_sound_and_one_with(tmp_path: Path) -> None:
    picture = tmp_path / "i.png"
    Image.new("RGB", (64, 64), "blue").save(picture)
    mute = convert(picture, tmp_path / "muet.mp4", "-vf", "loop=24:1", "-pix_fmt", "yuv420p")
    assert "contains no sound" in refused(mute)
    sound = write_wav(tmp_path / "a.wav", speechlike(2))
    video = convert(
        sound,
        tmp_path / "film.mkv",
        "-f",
        "lavfi",
        "-i",
        "color=blue:size=64x64:rate=5:duration=6",
        "-map",
        "0:a",
        "-map",
        "1:v",
    )
    assert abs(inspect_recording(video).duration_ms - 2000) <= 50


def test_silence_and_nearly_nothing(tmp_path: Path) -> None:
    assert "silent" in refused(write_wav(tmp_path / "a.wav", silence(3)))
    assert "silent" in refused(
        write_wav(tmp_path / "b.wav", silence(3) + 0.1)
    )  # an offset is no sound
    assert "too short" in refused(write_wav(tmp_path / "c.wav", tone(0.2)))


@pytest.mark.parametrize("form", ["wav", "flac", "mp3", "m4a", "aiff", "mka", "webm"])
def test_truncated(tmp_path: Path, form: str) -> None:
    source = write_wav(tmp_path / "source.wav", speechlike(10))
    options = ["-movflags", "+faststart"] if form == "m4a" else []
    whole = convert(source, tmp_path / f"whole.{form}", *options)
    cut = tmp_path / f"cut.{form}"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert "truncated: its sound stops at 0:00:0" in refused(cut)


def test_truncated_before_its_index(tmp_path: Path) -> None:
    whole = convert(write_wav(tmp_path / "source.wav", speechlike(5)), tmp_path / "whole.m4a")
    cut = tmp_path / "cut.m4a"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert "truncated" in refused(cut)


@pytest.mark.parametrize("length", [0, 0xFFFFFFFF])
def test_a_recorder_that_never_said_how_long(tmp_path: Path, length: int) -> None:
    path = write_wav(tmp_path / "a.wav", tone(2))
    content = bytearray(path.read_bytes())
    struct.pack_into("<I", content, 40, length)
    path.write_bytes(content)
    assert inspect_recording(path).duration_ms == 2000


def test_samples_that_are_no_numbers(tmp_path: Path) -> None:
    path = convert(write_wav(tmp_path / "a.wav", tone(2)), tmp_path / "b.wav", "-c:a", "pcm_f32le")
    content = bytearray(path.read_bytes())
    content[-40_000:-20_000] = np.full(5000, np.nan, "<f4").tobytes()
    path.write_bytes(content)
    assert "not numbers" in refused(path)


def test_samples_for_whisper(tmp_path: Path) -> None:
    samples = read_samples(write_wav(tmp_path / "a.wav", np.hstack((tone(2), tone(2)))))
    assert samples.dtype == np.float32
    assert samples.shape == (32_000,)
    assert np.abs(samples[1000:-1000]).max() == pytest.approx(0.25, abs=0.01)
    assert np.argmax(np.abs(np.fft.rfft(samples))) == 2000  # half a hertz each


def test_samples_are_held_once(tmp_path: Path) -> None:
    path = convert(
        write_wav(tmp_path / "a.wav", tone(1)), tmp_path / "b.flac", "-af", "apad=whole_dur=200"
    )
    read_samples(write_wav(tmp_path / "c.wav", tone(1)))  # what is imported once does not count
    tracemalloc.start()
    samples = read_samples(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert samples.nbytes == 200 * 16_000 * 4
    assert peak < 1.3 * samples.nbytes


def test_inspection_does_not_hold_the_recording(tmp_path: Path) -> None:
    path = convert(
        write_wav(tmp_path / "a.wav", tone(1)), tmp_path / "b.flac", "-af", "apad=whole_dur=300"
    )
    tracemalloc.start()
    inspect_recording(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000  # the samples are 58 MB


def test_no_child_outlives_an_exception(tmp_path: Path) -> None:
    before = threading.active_count()
    with (
        pytest.raises(KeyboardInterrupt),
        Child(["-f", "lavfi", "-i", "sine", "-f", "f32le", "pipe:1"]) as child,
    ):
        assert len(child.read(1000)) == 1000
        raise KeyboardInterrupt
    assert child.read(10) == b"" if not child._process.stdout.closed else True  # type: ignore[union-attr]
    assert child._process.poll() is not None
    assert threading.active_count() == before


@given(st.integers(1, 400), st.integers(1, 2))
@settings(max_examples=10, deadline=None)
def test_windows_do_not_depend_on_chunks(pieces: int, channels: int) -> None:
    """However the pipe cuts the stream, the same moments sound."""
    sound = (
        np.concatenate((silence(0.5), tone(0.5), silence(0.4)))
        .repeat(channels, axis=1)
        .astype(np.float32)
    )
    whole, cut = module._RecordingMeter(48_000, channels), module._RecordingMeter(48_000, channels)
    whole.feed(sound)
    for chunk in np.array_split(sound, pieces):
        cut.feed(chunk)
    assert cut.sounding_ms() == whole.sounding_ms() == (500, 1000)
    assert cut.classify_channels() == whole.classify_channels()
    assert whole.classify_channels()[0] == ("alike" if channels == 2 else "mono")
    assert cut.silences() == whole.silences()


def test_header_of_a_file_with_a_cover(tmp_path: Path) -> None:
    picture = tmp_path / "c.jpg"
    Image.new("RGB", (100, 100), "green").save(picture)
    sound = write_wav(tmp_path / "a.wav", speechlike(2))
    with_cover = tmp_path / "b.mp3"
    convert(
        sound,
        with_cover,
        "-i",
        str(picture),
        "-map",
        "0:a",
        "-map",
        "1:v",
        "-c:v",
        "copy",
        "-disposition:v",
        "attached_pic",
    )
    header = read_header(with_cover)
    assert header.alone
    assert header.duration_ms is not None
    assert abs(header.duration_ms - 2000) <= 50


def test_encoding_without_a_file_is_our_own_fault() -> None:
    with (
        pytest.raises(RuntimeError),
        Encoding(
            ["-af", "nosuchfilter", "-f", "null", "-"], sample_rate_hz=8000, channels=1
        ) as encoding,
    ):
        encoding.finish()


@pytest.mark.parametrize("claimed_bytes", [0x7F7F, 0x7F7F7F7F])
def test_sound_that_a_damaged_tag_claims_is_read(tmp_path: Path, claimed_bytes: int) -> None:
    """16 KiB of it, or more than the file has."""
    plain = write_wav(tmp_path / "a.wav", speechlike(12.0), rate_hz=48_000)
    whole = convert(plain, tmp_path / "a.mp3", "-b:a", "64k", "-id3v2_version", "0")
    damaged = tmp_path / "damaged.mp3"
    damaged.write_bytes(b"ID3\x03\0\0" + struct.pack(">I", claimed_bytes) + whole.read_bytes())
    facts = inspect_recording(damaged)
    assert abs(facts.duration_ms - 12_000) <= 60
    assert [one for one in facts.remarks if "ID3" in one]
    assert not inspect_recording(whole).remarks


@pytest.mark.parametrize("filling", [b"\xff", b"\xff\xfb", b"\xff\xfb\x1c", b"\xff\xfb\x90\0"])
def test_a_tag_that_is_filled_with_what_is_nearly_sound_takes_no_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, filling: bytes
) -> None:
    """Each of ten million bytes was looked at as the beginning of a frame: eight seconds, for every
    pass over the recording.
    """
    looked_at = 0
    read = frames._frame_from_header

    def count(header: bytes) -> object:
        nonlocal looked_at
        looked_at += 1
        return read(header)

    monkeypatch.setattr(frames, "_frame_from_header", count)
    content = filling * (1_000_000 // len(filling))
    size = bytes(len(content) >> shift & 127 for shift in (21, 14, 7, 0))
    path = tmp_path / "a.mp3"
    path.write_bytes(b"ID3\x04\0\0" + size + content + b"\xff\xfb\x90\0" + bytes(413))
    assert frames.sound_in_tag(path) is None
    assert looked_at <= len(content) // 100
