"""Every track that holds sound is heard: microphones without a layout, tracks of a camera, ends
that are missing, headers that lie.
"""

from __future__ import annotations

import mmap
import re
import struct
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from support.made_sounds import Samples, convert, decoded, silence, speechlike, write_wav

from studio.cli import main
from studio.errors import RecordingError
from studio.messages.translations import in_language, stored_message
from studio.model.sound import FIRST_TRACK
from studio.sound.frames import _frames, audio_extent
from studio.sound.recording import inspect_recording, read_mix, read_samples

TESTS = Path(__file__).parent
RATE_HZ = 24_000


def one_voice_a_channel(channels: int, *, voices: int = 0) -> Samples:
    """Half a second each, one after the other."""
    sound = silence(0.5 * channels, rate_hz=RATE_HZ, channels=channels)
    for channel in range(voices or channels):
        sound[channel * 12_000 : (channel + 1) * 12_000, channel] = speechlike(
            0.5, rate_hz=RATE_HZ, seed=channel
        )[:, 0]
    return sound


@pytest.mark.parametrize("channels", [3, 4, 6, 7, 8, 9, 10, 12, 16])
def test_every_microphone_is_heard(tmp_path: Path, channels: int) -> None:
    """None of them is a subwoofer, whatever ffmpeg guesses from how many there are."""
    path = write_wav(tmp_path / "f8.wav", one_voice_a_channel(channels), rate_hz=RATE_HZ)
    facts = inspect_recording(path)
    assert (facts.channels, facts.layout, len(facts.channel_levels_db)) == (
        channels,
        "many",
        channels,
    )
    samples = read_samples(path, mix=facts.mix).reshape(channels, -1)
    assert 20 * np.log10(samples.std(axis=1).max() / samples.std(axis=1).min()) < 1
    assert read_mix(path) == facts.mix


def test_only_a_silent_track_is_left_out(tmp_path: Path) -> None:
    sound = one_voice_a_channel(6, voices=5)
    sound[:, 3] *= 10 ** (-40 / 20)  # somebody far from the microphone
    facts = inspect_recording(write_wav(tmp_path / "a.wav", sound, rate_hz=RATE_HZ))
    assert facts.mix.parts[0].weights == (0.2, 0.2, 0.2, 0.2, 0.2, 0.0)


def test_a_voice_in_many_tracks_does_not_cancel_itself(tmp_path: Path) -> None:
    """One microphone turned over; microphones at one place that point apart (ambisonics without a
    layout).
    """
    voice, other = speechlike(4, rate_hz=RATE_HZ), speechlike(4, rate_hz=RATE_HZ, seed=1)
    turned = np.hstack((voice, -voice, other * 0, voice * 0.1))
    behind = np.concatenate(
        (
            np.hstack((voice, voice, voice * 0, voice * 0)),
            np.hstack((other, -other, other * 0, other * 0)),
        )
    )
    for sound in (turned, behind):
        samples = read_samples(write_wav(tmp_path / "a.wav", sound, rate_hz=RATE_HZ))
        for part in np.array_split(samples, 2):
            assert 20 * np.log10(part.std() / voice.std()) > -15


def test_a_sound_field_is_heard_from_all_sides(tmp_path: Path) -> None:
    source = write_wav(
        tmp_path / "a.wav",
        np.hstack([speechlike(2, seed=0) * gain for gain in (1, -0.7, 0.5, -0.5, 0, 0)]),
    )
    field = "pan=ambisonic 1|c0=c0|c1=c1|c2=c2|c3=c3"
    facts = inspect_recording(
        convert(source, tmp_path / "b.opus", "-af", field, "-mapping_family", "2")
    )
    assert facts.mix.parts[0].weights == (1.0, 0.0, 0.0, 0.0)


def film(folder: Path, *sounds: Path) -> Path:
    """A file with several sound tracks."""
    inputs = [word for sound in sounds[1:] for word in ("-i", f"file:{sound}")]
    maps = [word for number in range(len(sounds)) for word in ("-map", f"{number}:a")]
    return convert(sounds[0], folder / "obs.mkv", *inputs, *maps, "-c:a", "flac")


def test_the_track_that_sounds_is_heard(tmp_path: Path) -> None:
    mute = write_wav(tmp_path / "mute.wav", silence(4))
    voice = write_wav(tmp_path / "voice.wav", speechlike(4))
    path = film(tmp_path, mute, voice)
    facts = inspect_recording(path)
    assert [(track.number, track.unused) for track in facts.tracks] == [(1, "silent"), (2, "")]
    assert facts.remarks == ("of 2 sound tracks, track 2 is used (1: silent)",)
    french = "de 2 pistes sonores, la piste 2 est utilisée (1: muette)"
    assert in_language(facts.remarks[0], "fr") == french
    assert in_language(stored_message(f"{facts.remarks[0]}"), "fr") == french
    assert read_samples(path, mix=facts.mix).std() > 0.05
    with pytest.raises(RecordingError, match="silent from its start to its end"):
        inspect_recording(path, tracks=(1,))
    with pytest.raises(RecordingError, match="has 2 sound tracks, and no track 3"):
        inspect_recording(path, tracks=(3,))


def test_tracks_with_one_voice_each_are_mixed(tmp_path: Path) -> None:
    """Also where one ends sooner: that is no sign of a file cut off."""
    host = write_wav(tmp_path / "host.wav", np.concatenate((speechlike(3), silence(1))))
    guest = write_wav(tmp_path / "guest.wav", np.concatenate((silence(3), speechlike(5, seed=1))))
    path = film(tmp_path, host, guest)
    facts = inspect_recording(path)
    assert (facts.duration_ms, facts.layout) == (8000, "many")
    assert [part.track for part in facts.mix.parts] == [0, 1]
    samples = read_samples(path, mix=facts.mix)
    assert samples[: 16_000 * 3].std() > 0.03
    assert samples[16_000 * 4 :].std() > 0.03
    assert inspect_recording(path, tracks=(1,)).duration_ms == 4000


def test_a_track_that_holds_the_others_is_enough(tmp_path: Path) -> None:
    one, other = (
        np.concatenate((speechlike(3), silence(3))),
        np.concatenate((silence(3), speechlike(3, seed=1))),
    )
    tracks = [
        write_wav(tmp_path / f"{number}.wav", sound)
        for number, sound in enumerate((one + other, one, other))
    ]
    facts = inspect_recording(film(tmp_path, *tracks))
    assert [track.unused for track in facts.tracks] == [
        "",
        "its sound is in track 1",
        "its sound is in track 1",
    ]


def test_music_is_not_mixed_with_speech(tmp_path: Path) -> None:
    """With the voice activity detector, on a voice and on a chord; the file lists what it holds,
    and `--track` chooses.
    """
    voice = convert(
        TESTS / "recordings" / "atelier.m4a",
        tmp_path / "voice.wav",
        "-t",
        "12",
        "-ar",
        "48000",
        "-ac",
        "1",
    )
    moments = np.arange(48_000 * 12) / 48_000
    chord = 0.1 * np.sin(2 * np.pi * np.outer(moments, (220, 277.2, 329.6))).sum(axis=1)[:, None]
    path = film(tmp_path, write_wav(tmp_path / "music.wav", chord), voice)
    told = CliRunner().invoke(main, ["inspect", str(path)])
    assert told.exit_code == 0, told.output
    assert "no speech" in told.output
    assert "track 2 is used" in told.output
    told = CliRunner().invoke(main, ["inspect", str(path), "--track", "1"])
    assert "not chosen" in told.output


def test_microphones_are_listed_with_their_levels(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "f8.wav", one_voice_a_channel(9, voices=8), rate_hz=RATE_HZ)
    told = CliRunner().invoke(main, ["inspect", str(path)])
    assert told.exit_code == 0, told.output
    assert "9: -120.0 dBFS, silent" in told.output
    assert re.search(r"8: -\d\d\.\d dBFS\n", told.output)


def wav_that_claims(path: Path, claimed_s: int, tail: bytes = b"") -> Path:
    """40 s of sound."""
    content = bytearray(
        write_wav(path, speechlike(40, rate_hz=RATE_HZ), rate_hz=RATE_HZ).read_bytes()
    )
    struct.pack_into("<I", content, 40, claimed_s * RATE_HZ * 2)
    path.write_bytes(content + tail)
    return path


def test_more_sound_than_the_header_claims(tmp_path: Path) -> None:
    facts = inspect_recording(wav_that_claims(tmp_path / "a.wav", 10))
    assert facts.duration_ms == 40_000
    assert facts.remarks == (
        "its header says that it lasts 0:00:10.0, but it holds 0:00:40.0: the whole file is used",
    )
    assert len(read_samples(tmp_path / "a.wav")) == 40 * 16_000


def test_more_sound_than_the_header_of_an_aiff_claims(tmp_path: Path) -> None:
    source = write_wav(tmp_path / "a.wav", speechlike(40))
    path = convert(source, tmp_path / "a.aiff")
    assert inspect_recording(path).remarks == ()
    content = bytearray(path.read_bytes())
    struct.pack_into(">I", content, content.index(b"COMM") + 10, 480_000)
    struct.pack_into(">I", content, content.index(b"SSND") + 4, 960_008)
    path.write_bytes(content)
    assert "but it holds 0:00:40.0: the whole file is used" in inspect_recording(path).remarks[0]


@pytest.mark.parametrize(
    "tail",
    [b"LIST\x04\0\0\0INFO", b"junk\x05\0\0\0abcde", bytes(3000)],
    ids=["list", "odd", "zeros"],
)
def test_what_follows_the_samples_is_no_sound(tmp_path: Path, tail: bytes) -> None:
    facts = inspect_recording(wav_that_claims(tmp_path / "a.wav", 40, tail))
    assert (facts.duration_ms, facts.remarks) == (40_000, ())


def test_what_was_lost_at_the_end_is_told(tmp_path: Path) -> None:
    source = write_wav(tmp_path / "a.wav", speechlike(8))
    for form, options in (
        ("webm", ("-live", "1")),
        ("m4a", ("-movflags", "+faststart")),
        ("flac", ()),
        ("wav", ()),
    ):
        whole = convert(source, tmp_path / f"whole.{form}", *options)
        assert inspect_recording(whole).remarks == ()
        cut = tmp_path / f"cut.{form}"
        content = whole.read_bytes()
        cut.write_bytes(content[: -max(37, len(content) // 30)])
        facts = inspect_recording(cut)
        assert 7000 < facts.duration_ms < 8000
        assert "its end is missing" in facts.remarks[0]


def test_an_old_xing_frame(tmp_path: Path) -> None:
    """Whoever cuts an MP3 without encoding it leaves whole frames; half a copy of one ends within a
    frame.
    """
    content = convert(
        write_wav(tmp_path / "a.wav", speechlike(10)), tmp_path / "a.mp3", "-q:a", "4"
    ).read_bytes()
    with (
        (tmp_path / "a.mp3").open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
    ):
        places = [place for place, _ in _frames(mapped, audio_extent(tmp_path / "a.mp3"))]
    place = places[len(places) // 2]
    cut = tmp_path / "cut.mp3"
    cut.write_bytes(content[:place])
    facts = inspect_recording(cut)
    assert facts.duration_ms == pytest.approx(5000, abs=60)
    assert "is older than its sound" in facts.remarks[0]
    cut.write_bytes(content[: place + 40])
    with pytest.raises(RecordingError, match="is truncated"):
        inspect_recording(cut)


def test_a_soft_guest_is_not_a_dead_channel(tmp_path: Path) -> None:
    """A channel that is 45 dB below the other, but sounds while the other is silent, is a person."""
    host = np.concatenate((speechlike(4), silence(3)))
    guest = np.concatenate((silence(4), speechlike(3, seed=1, level_db=-62)))
    facts = inspect_recording(write_wav(tmp_path / "a.wav", np.hstack((host, guest))))
    assert facts.layout not in {"left", "right"}


def test_what_studio_made_is_decoded_as_it_is(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", speechlike(1))
    assert FIRST_TRACK.of_one_track
    assert len(decoded(path, rate_hz=48_000)) == 48_000
