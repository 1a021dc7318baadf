"""Remedies of recordings, microphones and what is cut out of them, each followed to the letter."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from support.made_sounds import (
    REAL_RECORDING,
    Samples,
    conversation,
    convert,
    silence,
    speechlike,
    talk,
    write_wav,
)
from support.remedies import Followed, of_value, require_that_it_helps
from support.spoken import programme_of

from studio.clip.clip import make_clip
from studio.clip.sound import ClipSpan, cut_sound
from studio.clip.video import MAX_DURATION_MS
from studio.model.clock import ProgrammeMs, RecordingMs, Span
from studio.model.sound import FIRST_TRACK, Loudness, MasterFacts
from studio.model.soundbite import Soundbite
from studio.sound import ffmpeg, recording
from studio.sound.alternate_enclosure import encode_at_loudness
from studio.sound.automix import mix_microphones
from studio.sound.ffmpeg import Decoding, ffmpeg_path, read_header
from studio.sound.fingerprint import (
    bytes_from_fingerprint,
    fingerprint_from_file,
    fingerprint_from_samples,
)
from studio.sound.mastering import master_recording
from studio.sound.multitrack import join_tracks
from studio.sound.recording import inspect_recording, read_samples
from studio.sound.synchronisation import synchronise_tracks
from studio.speech import scoring, transcription

RATE_HZ = 16_000
FACTS = MasterFacts(
    target_lufs=-16.0,
    ceiling_dbtp=-1.0,
    gain_db=0.0,
    before=Loudness(integrated_lufs=-20.0, range_lu=5.0, true_peak_dbtp=-3.0),
    after=Loudness(integrated_lufs=-16.0, range_lu=5.0, true_peak_dbtp=-3.0),
    channels=1,
    sample_rate_hz=48_000,
    bitrate_kbps=96,
    duration_ms=5_000,
)


def wav(path: Path, sound: Samples | None = None) -> Path:
    return write_wav(
        path, speechlike(2.0, rate_hz=RATE_HZ) if sound is None else sound, rate_hz=RATE_HZ
    )


def inspected(content: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    """Inspect a recording of which this was made."""

    def inspect(folder: Path) -> object:
        path = wav(folder / "a.wav")
        path.write_bytes(content(path.read_bytes()))
        return inspect_recording(path)

    return inspect


def as_it_was(content: bytes) -> bytes:
    return content


def with_channels(content: bytes) -> bytes:
    form = content.index(b"fmt ") + 10
    return content[:form] + (65_535).to_bytes(2, "little") + content[form + 2 :]


def in_pieces(folder: Path) -> object:
    """A second piece that is not aligned with the samples' size."""
    path = convert(
        wav(folder / "a.wav"), folder / "b.wav", "-c:a", "pcm_s24le", "-fflags", "+bitexact"
    )
    more = path.read_bytes()[-48_000:]
    path.write_bytes(path.read_bytes() + b"data" + struct.pack("<I", len(more)) + more)
    return inspect_recording(path)


def imported_as_raw(folder: Path) -> object:
    """What another program takes of the two pieces as raw samples."""
    with pytest.raises(Exception, match="two pieces"):
        in_pieces(folder)
    options = ("-f", "s24le", "-ar", str(RATE_HZ), "-ac", "1")
    raw = folder / "b.raw"
    raw.write_bytes((folder / "b.wav").read_bytes()[44:])
    made = folder / "c.wav"
    subprocess.run(
        [ffmpeg_path(), "-nostdin", "-v", "error", *options, "-i", str(raw), str(made)], check=True
    )
    return inspect_recording(made)


def video(*sound: str) -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        path = folder / "a.mp4"
        picture = ("-f", "lavfi", "-i", "color=s=64x64:d=0.5")
        subprocess.run(
            [ffmpeg_path(), "-nostdin", "-v", "error", *picture, *sound, str(path)], check=True
        )
        return read_header(path)

    return read


def decoded_within(hours: Fraction) -> Callable[[Path], object]:
    def decode(folder: Path) -> object:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ffmpeg, "MAX_HOURS", hours)
            with Decoding(
                wav(folder / "a.wav"), sample_rate_hz=RATE_HZ, channels=1, mix=FIRST_TRACK
            ) as decoding:
                return list(decoding)

    return decode


def inspected_within(longest_ms: int) -> Callable[[Path], object]:
    def inspect(folder: Path) -> object:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(recording, "MAX_DURATION_MS", longest_ms)
            return inspect_recording(wav(folder / "a.wav"))

    return inspect


def placed(*sounds: Samples, offsets_ms: tuple[float, ...] = ()) -> Callable[[Path], object]:
    def place(folder: Path) -> object:
        paths = [wav(folder / f"{number}.wav", sound) for number, sound in enumerate(sounds)]
        return synchronise_tracks(
            [(path, inspect_recording(path).mix) for path in paths], offsets_ms=offsets_ms
        )

    return place


def joined(count: int) -> Callable[[Path], object]:
    def join(folder: Path) -> object:
        path = wav(folder / "a.wav")
        facts = inspect_recording(path)
        return join_tracks([(path, facts)] * count, folder / "joined.flac")

    return join


def mixed(*sounds: Samples) -> Callable[[Path], object]:
    def mix(folder: Path) -> object:
        path = wav(folder / "a.wav", np.concatenate(sounds, axis=1))
        return mix_microphones(path, ["a", "b"], folder / "m.flac", sample_rate_hz=RATE_HZ)

    return mix


def mastered(*kept: tuple[int, int]) -> Callable[[Path], object]:
    """Of four seconds of speech and as much silence, what is kept."""

    def master(folder: Path) -> object:
        sound = np.concatenate((speechlike(4.0, rate_hz=RATE_HZ), silence(4.0, rate_hz=RATE_HZ)))
        path = wav(folder / "a.wav", sound)
        facts = inspect_recording(path)
        return master_recording(path, facts, programme_of(*kept), folder / "a.mp3")

    return master


def encoded(sound: Samples) -> Callable[[Path], object]:
    def encode(folder: Path) -> object:
        chunks = [sound.astype(np.float32)]
        return encode_at_loudness(
            lambda: chunks, folder / "a.m4a", FACTS, ("-c:a", "aac", "-f", "mp4")
        )

    return encode


def clip_of(seconds: int) -> Callable[[Path], object]:
    """A clip's sound out of five seconds."""

    def clip(folder: Path) -> object:
        master = wav(folder / "a.wav", speechlike(5.0, rate_hz=RATE_HZ))
        bite = Soundbite(
            start_ms=ProgrammeMs(1_000), end_ms=ProgrammeMs(1_000 + seconds * 1000), title=""
        )
        return make_clip(
            bite,
            "audio",
            folder / "a.m4a",
            master=master,
            facts=FACTS,
            turns=(),
            story=cast("Any", None),
            titles=(),
        )

    return clip


def cut_until(seconds: int) -> Callable[[Path], object]:
    """A clip out of an MP3 that is shorter than it was, and out of the whole one."""

    def cut(folder: Path) -> object:
        master = wav(folder / "a.wav", speechlike(seconds, rate_hz=RATE_HZ))
        spans = [
            ClipSpan(start_ms=ProgrammeMs(start), end_ms=ProgrammeMs(start + 500))
            for start in (1_000, 4_000)
        ]
        return cut_sound(master, spans[0], spans[1], FACTS)

    return cut


def heard_in(sound: Samples) -> Callable[[Path], object]:
    """Transcribed by an engine that is never asked: voices are looked for before."""

    class ReachedError(Exception):
        pass

    def load(*_: object, **__: object) -> None:
        raise ReachedError

    def hear(folder: Path) -> object:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(transcription, "load_engine", load)
            try:
                return transcription.transcribe_recording(
                    sound[:, 0].astype(np.float32),
                    settings=cast("Any", None),
                    folder=folder,
                    language="fr",
                    names=(),
                    where="a.wav",
                )
            except ReachedError:
                return None

    return hear


def real_speech() -> Samples:
    sound: Samples = read_samples(REAL_RECORDING)[: 6 * RATE_HZ, None].astype(np.float64)
    return sound


def stretch(end_ms: int) -> Span:
    return Span(start_ms=RecordingMs(0), end_ms=RecordingMs(end_ms))


def scored(end_ms: int) -> object:
    return scoring._checked(stretch(end_ms), 60 * RATE_HZ)


def fingerprint(content: bytes) -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        path = folder / "fingerprint.bin"
        path.write_bytes(content)
        return fingerprint_from_file(path)

    return read


HOST, GUEST = conversation(40)[0]
NOISE = 0.01 * np.random.default_rng(1).standard_normal((40 * RATE_HZ, 1))
OTHER = talk(40, seed=99)
QUIET = silence(8.0, rate_hz=RATE_HZ)
FOLLOWED = (
    # A recording.
    Followed(
        "Copy or export it again, whole.",
        inspected(lambda content: content[: len(content) // 3]),
        inspected(as_it_was),
    ),
    Followed(
        "Export it again with the program that wrote it.",
        inspected(with_channels),
        inspected(as_it_was),
    ),
    Followed("or import it into Audacity as raw data.", in_pieces, imported_as_raw),
    Followed(
        "Give a sound file, or a video with a sound track.",
        video(),
        video("-f", "lavfi", "-i", "sine=d=0.5"),
    ),
    Followed(
        "Cut it into episodes first.",
        decoded_within(Fraction(1, 3600)),
        decoded_within(Fraction(3, 3600)),
    ),
    Followed(
        "Give the recording of one interview.", inspected_within(900), inspected_within(3_000)
    ),
    Followed(
        "Delete it, and run `studio run`.",
        fingerprint(b"x"),
        fingerprint(bytes_from_fingerprint(fingerprint_from_samples(HOST[:, 0].astype("f4")))),
    ),
    # Microphones.
    Followed(
        "say by how many seconds each",
        placed(HOST, OTHER),
        placed(HOST, OTHER, offsets_ms=(2_000.0,)),
    ),
    Followed(
        "Check which microphone was recorded; leave the file out, or give another.",
        placed(HOST, NOISE),
        placed(HOST),
    ),
    Followed("or give another.", placed(HOST, NOISE), placed(HOST, GUEST)),
    Followed("Give each microphone's file once.", placed(HOST, HOST), placed(HOST, GUEST)),
    Followed("Mix them to 8 files at most.", joined(9), joined(8)),
    Followed("Check that these are the right files.", mixed(QUIET, QUIET), mixed(HOST, GUEST)),
    # What is kept of it, and cut out of it.
    Followed("Check the episode's cuts.", mastered((5_000, 7_500)), mastered((0, 7_500))),
    Followed(
        "Choose another passage, or fix the cuts.",
        encoded(silence(2.0)),
        encoded(speechlike(2.0)),
    ),
    Followed(
        "Choose a shorter passage in episode.toml (soundbites).",
        clip_of(MAX_DURATION_MS // 1000 + 1),
        clip_of(2),
    ),
    Followed("Build it again: `studio run`.", cut_until(3), cut_until(5)),
    # What is heard in it.
    Followed(
        "Check that it is the right file and that the microphone was on.",
        heard_in(QUIET),
        heard_in(real_speech()),
    ),
    of_value("Ask about stretches of at most 30 s inside the recording.", scored, 31_000, 30_000),
)


@pytest.mark.parametrize("one", FOLLOWED, ids=lambda one: one.remedy)
def test_a_recording_is_taken_once_the_remedy_was_followed(tmp_path: Path, one: Followed) -> None:
    require_that_it_helps(one, tmp_path)
