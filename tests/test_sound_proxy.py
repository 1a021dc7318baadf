"""The listening copy: browsers play it, nothing is lost in it, and each moment is where it is in
the recording.
"""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
from support.edit_session import make_episode, sources_of
from support.made_sounds import Samples, convert, decoded, silence, speechlike, write_wav

from studio.editor.recording_proxy import playable_recording
from studio.errors import DiskError, RecordingError
from studio.model.record import replace_fields
from studio.model.sound import FIRST_TRACK
from studio.sound.ffmpeg import Decoding, ffmpeg_path, read_header
from studio.sound.proxy import make_proxy, plays_in_browsers
from studio.sound.recording import read_mix
from studio.workspace.settings import toml_from_episode

SECONDS = 9


def noise(rate_hz: int) -> Samples:
    """Its every moment is unlike every other."""
    return 0.1 * np.random.default_rng(0).standard_normal((SECONDS * rate_hz, 1))


@pytest.mark.parametrize(
    ("ending", "rate_hz"), [("aiff", 44_100), ("wma", 44_100), ("wav", 8_000), ("flac", 96_000)]
)
def test_every_moment_keeps_its_time(tmp_path: Path, ending: str, rate_hz: int) -> None:
    recording = convert(
        write_wav(tmp_path / "a.wav", noise(rate_hz), rate_hz=rate_hz), tmp_path / f"b.{ending}"
    )
    copy = tmp_path / "copy.webm"
    make_proxy(recording, FIRST_TRACK, copy)
    assert plays_in_browsers(copy, SECONDS * 1000)
    one, other = (decoded(path, rate_hz=48_000)[:, 0] for path in (recording, copy))
    assert abs(len(one) - len(other)) <= 480
    for moment in (0.5, 4.0, 8.0):
        start = round(moment * 48_000)
        passage = one[start : start + 24_000]
        similarity = [
            float(passage @ other[start + shift : start + shift + len(passage)])
            for shift in range(-480, 481)
        ]
        assert abs(int(np.argmax(similarity)) - 480) <= 144, moment


def test_seeking_in_it_finds_the_moment(tmp_path: Path) -> None:
    """By its index, as a browser does."""
    recording = write_wav(tmp_path / "a.wav", noise(48_000))
    copy = tmp_path / "copy.webm"
    make_proxy(recording, FIRST_TRACK, copy)
    sought = decoded(convert(copy, tmp_path / "from.wav", "-ss", "5.25"), rate_hz=48_000)[:, 0]
    from_there = convert(copy, tmp_path / "sought.wav")
    whole = decoded(from_there, rate_hz=48_000)[round(5.25 * 48_000) :, 0]
    assert np.abs(sought[: len(whole)] - whole[: len(sought)]).max() < 1e-3
    content = copy.read_bytes()
    assert content.count(b"\x1f\x43\xb6\x75") >= SECONDS // 2  # clusters
    assert b"\x1c\x53\xbb\x6b" in content  # their index


def test_channels_out_of_phase_do_not_cancel(tmp_path: Path) -> None:
    voice = speechlike(4)
    recording = write_wav(tmp_path / "a.wav", np.hstack((voice, -voice)))
    make_proxy(recording, read_mix(recording), tmp_path / "copy.webm")
    assert decoded(tmp_path / "copy.webm", rate_hz=48_000).std() == pytest.approx(
        voice.std(), rel=0.1
    )


@pytest.mark.parametrize(
    ("name", "options", "plays"),
    [
        ("a.flac", (), True),
        ("a.opus", (), True),
        ("a.wav", ("-c:a", "pcm_s24le"), True),
        ("a.wav", ("-c:a", "pcm_mulaw"), False),
        ("a.m4a", (), True),
        ("a.m4a", ("-c:a", "alac"), False),
        ("a.aiff", (), False),
        ("a.wma", (), False),
        ("a.aac", (), False),
        ("a.flac", ("-ac", "4"), False),
        ("a.mp3", (), False),  # they guess where its moments are
        ("a.ogg", ("-c:a", "libvorbis"), False),
        ("a.webm", (), True),
        ("a.webm", ("-live", "1"), False),  # says nothing of how long it lasts
    ],
)
def test_what_browsers_play(
    tmp_path: Path, name: str, options: tuple[str, ...], *, plays: bool
) -> None:
    recording = convert(write_wav(tmp_path / "made.wav", speechlike(1)), tmp_path / name, *options)
    assert plays_in_browsers(recording, 1000) == plays


def test_a_clock_that_is_not_the_decoders(tmp_path: Path) -> None:
    """Sound that begins late in its file, a header that claims less than there is, a gap: the
    browser's moments are others.
    """
    sound = write_wav(tmp_path / "made.wav", speechlike(2))
    late = tmp_path / "late.m4a"
    subprocess.run(
        [ffmpeg_path(), "-v", "error", "-itsoffset", "3", "-i", str(sound), str(late)], check=True
    )
    assert not plays_in_browsers(late, 2000)
    content = bytearray(sound.read_bytes())
    struct.pack_into("<I", content, 40, 48_000)
    sound.write_bytes(content)
    assert not plays_in_browsers(sound, 2000)
    gap = "asetpts=PTS+if(gte(T\\,1)\\,0.5/TB\\,0)"
    whole = convert(write_wav(tmp_path / "b.wav", speechlike(2)), tmp_path / "gap.webm", "-af", gap)
    assert not plays_in_browsers(whole, 2000)


def test_errors_say_where(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="does not exist"):
        make_proxy(tmp_path / "absent.aiff", FIRST_TRACK, tmp_path / "copy.webm")
    with pytest.raises(DiskError, match="cannot be written"):
        make_proxy(
            write_wav(tmp_path / "a.wav", silence(1)),
            FIRST_TRACK,
            tmp_path / "absent" / "copy.webm",
        )


def test_a_copy_is_made_once_and_again_for_another_recording(tmp_path: Path) -> None:
    workspace = make_episode(tmp_path)
    sources = sources_of(workspace)
    assert playable_recording(sources) == sources.recording
    name = "prise.aiff"
    sources.files.settings.write_bytes(
        toml_from_episode(replace_fields(sources.episode, recording=name))
    )
    sources = sources_of(workspace)
    convert(write_wav(tmp_path / "a.wav", speechlike(2)), sources.recording)
    heard: list[float] = []
    copy = playable_recording(sources, lambda done, total: heard.append(done / total))
    assert copy.parent == sources.files.build
    assert heard[-1] == 1.0
    assert read_header(copy).channels == 1
    stamp = copy.stat().st_mtime_ns
    assert playable_recording(sources_of(workspace)) == copy
    assert copy.stat().st_mtime_ns == stamp
    convert(write_wav(tmp_path / "a.wav", speechlike(3)), sources.recording)
    other = playable_recording(sources_of(workspace))
    assert other != copy
    assert [path.name for path in copy.parent.glob("*listening*")] == [other.name]
    with Decoding(other, sample_rate_hz=48_000, channels=1, mix=FIRST_TRACK) as decoding:
        assert sum(len(chunk) for chunk in decoding) == pytest.approx(3 * 48_000, abs=480)
