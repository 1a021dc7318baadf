"""AIFF, CAF and W64 whose header claims less than they hold: all of it is read, and said."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from support.made_sounds import convert, speechlike, write_wav

from studio.errors import RecordingError
from studio.sound.file_headers import missing_share
from studio.sound.pcm_headers import read_understated
from studio.sound.recording import inspect_recording, read_samples

LENGTH_S, SAID_S, RATE_HZ = 4.0, 1, 16_000
# How each kind says how long its samples are: what its name is followed by, and what counts too.
SAYS = {
    ".aiff": (b"SSND", 4, ">I", 8),
    ".caf": (b"data", 4, ">q", 4),
    ".w64": (b"data", 16, "<Q", 24),
}
KINDS = [
    (".aiff", "pcm_s16be"),
    (".aiff", "pcm_s24be"),
    (".caf", "pcm_s16le"),
    (".caf", "pcm_f32be"),
    (".w64", "pcm_s16le"),
    (".w64", "pcm_f32le"),
]


def made(folder: Path, suffix: str, codec: str, channels: int = 1) -> Path:
    sound = speechlike(LENGTH_S, rate_hz=RATE_HZ, seed=4)
    wav = write_wav(folder / "a.wav", sound, rate_hz=RATE_HZ)
    target = folder / f"a{suffix}"
    convert(wav, target, "-c:a", codec, "-ac", str(channels))
    return target


def claim(path: Path, suffix: str, said_bytes: int) -> None:
    name, skip, form, counted = SAYS[suffix]
    content = bytearray(path.read_bytes())
    place = content.rindex(name, 0, 4096) + skip
    content[place : place + struct.calcsize(form)] = struct.pack(form, said_bytes + counted)
    path.write_bytes(content)


@pytest.mark.parametrize(("suffix", "codec"), KINDS)
@pytest.mark.parametrize("channels", [1, 2])
def test_all_that_is_there_is_read(tmp_path: Path, suffix: str, codec: str, channels: int) -> None:
    path = made(tmp_path, suffix, codec, channels)
    whole, samples = inspect_recording(path), read_samples(path)
    assert read_understated(path) is None
    second = RATE_HZ * channels * int("".join(filter(str.isdigit, codec))) // 8
    for said_s in (SAID_S, 0):
        claim(path, suffix, second * said_s)
        facts = inspect_recording(path)
        assert facts.duration_ms == whole.duration_ms == LENGTH_S * 1000
        assert (
            f"its header says that it lasts 0:00:0{said_s}.0, but it holds 0:00:04.0"
            in " ".join(facts.remarks)
        )
        assert (read_samples(path) == samples).all()
        assert (facts.layout, facts.codec) == (whole.layout, whole.codec)


@pytest.mark.parametrize(("suffix", "codec"), KINDS)
def test_what_follows_and_is_no_sound_is_left(tmp_path: Path, suffix: str, codec: str) -> None:
    path = made(tmp_path, suffix, codec)
    whole = inspect_recording(path)
    path.write_bytes(path.read_bytes() + bytes(64_000))
    assert read_understated(path) is None
    assert inspect_recording(path).duration_ms == whole.duration_ms


def test_a_file_that_is_none_is_left_to_who_opens_it(tmp_path: Path) -> None:
    for number, content in enumerate((b"FORM", b"caff" + bytes(40), b"riff" * 30, b"FORM" * 99)):
        path = tmp_path / f"{number}.aiff"
        path.write_bytes(content)
        assert read_understated(path) is None


def second_chunk(path: Path, samples: bytes, *, between: bytes = b"") -> None:
    """More sound in a chunk of its own, as recorders leave it that were paused."""
    path.write_bytes(
        path.read_bytes() + between + b"data" + struct.pack("<I", len(samples)) + samples
    )


@pytest.mark.parametrize("between", [b"", b"LIST\x04\0\0\0INFO"], ids=["directly", "after LIST"])
def test_the_sound_of_a_second_chunk_is_taken_and_told(tmp_path: Path, between: bytes) -> None:
    path = write_wav(tmp_path / "a.wav", speechlike(2.0, rate_hz=RATE_HZ, seed=4), rate_hz=RATE_HZ)
    first = read_samples(path)
    second_chunk(path, path.read_bytes()[44:], between=between)
    facts = inspect_recording(path)
    assert abs(facts.duration_ms - 4000) <= 1
    assert "but it holds 0:00:04.0" in " ".join(facts.remarks)
    assert np.allclose(read_samples(path)[-len(first) :], first)
    assert np.allclose(read_samples(path)[: len(first)], first)
    # Nothing of the first is lost to an empty one.
    path = write_wav(tmp_path / "b.wav", speechlike(2.0, rate_hz=RATE_HZ, seed=4), rate_hz=RATE_HZ)
    second_chunk(path, b"")
    assert inspect_recording(path).remarks == ()
    assert np.allclose(read_samples(path)[: len(first)], first)


def test_a_second_chunk_that_would_be_noise_is_refused(tmp_path: Path) -> None:
    wav = write_wav(tmp_path / "a.wav", speechlike(2.0, rate_hz=RATE_HZ, seed=4), rate_hz=RATE_HZ)
    path = tmp_path / "b.wav"
    convert(wav, path, "-c:a", "pcm_s24le", "-fflags", "+bitexact")
    second_chunk(path, path.read_bytes()[-48_000:])
    with pytest.raises(RecordingError, match="in two pieces"):
        inspect_recording(path)


CUT = {".caf": "pcm_s16be", ".w64": "pcm_s24le", ".wma": "wmav2"}


@pytest.mark.parametrize("suffix", CUT)
def test_what_is_missing_at_the_end_is_told(tmp_path: Path, suffix: str) -> None:
    """ffmpeg reads what there is, and says nothing."""
    path = made(tmp_path, suffix, CUT[suffix])
    content = path.read_bytes()
    assert missing_share(path) == 0
    assert inspect_recording(path).remarks == ()
    path.write_bytes(content[: len(content) * 24 // 25])
    (remark,) = inspect_recording(path).remarks
    assert "its end is missing: 0:00:03" in remark
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(RecordingError, match="is truncated"):
        inspect_recording(path)


def test_a_file_of_single_bits_that_ends_early(tmp_path: Path) -> None:
    form = struct.pack("<4sQIIIIIIQII", b"fmt ", 52, 1, 0, 1, 1, 2_822_400, 1, 8, 4096, 0)
    path = tmp_path / "a.dsf"
    for kept, share in ((4096, 0.0), (1024, 0.75)):
        sound = struct.pack("<4sQ", b"data", 12 + 4096) + bytes(kept)
        path.write_bytes(struct.pack("<4sQQQ", b"DSD ", 28, 0, 0) + form + sound)
        assert missing_share(path) == share


INDEX = {".m4a": ("aac", b"moov"), ".mov": ("aac", b"moov"), ".caf": ("alac", b"data")}


@pytest.mark.parametrize("suffix", INDEX)
@pytest.mark.parametrize("left", [0.2, 0.8])
def test_an_index_that_is_cut_is_named(tmp_path: Path, suffix: str, left: float) -> None:
    codec, name = INDEX[suffix]
    path = made(tmp_path, suffix, codec)
    content = path.read_bytes()
    index = content.rindex(name) - 4
    path.write_bytes(content[: index + int(left * (len(content) - index))])
    with pytest.raises(RecordingError, match="the end, which says how to read it, is missing"):
        inspect_recording(path)


@pytest.mark.parametrize(("left_ms", "is_sound"), [(40, False), (900, True)])
def test_what_a_program_leaves_behind_a_wav_is_no_sound(
    tmp_path: Path, left_ms: int, is_sound: bool
) -> None:
    sound = np.asarray(speechlike(LENGTH_S, rate_hz=RATE_HZ, seed=4))
    path = write_wav(tmp_path / "a.wav", sound, rate_hz=RATE_HZ)
    left = np.random.default_rng(3).bytes(2 * RATE_HZ * left_ms // 1000)
    path.write_bytes(path.read_bytes() + left)
    facts = inspect_recording(path)
    assert facts.duration_ms == 1000 * LENGTH_S + (left_ms if is_sound else 0)
    assert bool(facts.remarks) == is_sound
