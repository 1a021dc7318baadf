"""The door to pydub: the show's musical signature, made of nothing but code, so it belongs to
nobody else.

Bells climb a major chord with an added ninth over two low notes, and ring out. pydub keeps sounds
whole in memory and counts in milliseconds: right for three and a half seconds, and for nothing
long.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from studio.errors import DiskError
from studio.messages.message import message
from studio.sound.ffmpeg import ffmpeg_path

if TYPE_CHECKING:
    from pydub import AudioSegment

RATE_HZ = 44_100
LENGTH_MS = 3600
# Before the first note, so that neither a player's start nor the delay of an MP3 decoder touches
# its attack.
REST_MS = 60
ATTACK_MS = 4
PEAK_DBFS = -3.0


class Note(NamedTuple):
    """A bell struck once. ``ring_ms`` is how long it takes to fade by 60 dB."""

    start_ms: int
    midi: int
    level_db: float
    ring_ms: int


# C major with its ninth, from the bass up: one bar, struck lightly, the last note left in the air.
NOTES = (
    Note(0, 48, -9.0, 3400),
    Note(0, 67, -8.0, 1700),
    Note(190, 72, -8.0, 1700),
    Note(380, 76, -7.0, 1800),
    Note(570, 74, -8.5, 1800),
    Note(950, 79, -6.0, 2600),
    Note(950, 55, -12.0, 2600),
)
# A struck bar's partials: the multiple of its pitch, how loud beside it, and how much sooner it
# falls silent.
PARTIALS = ((1.0, 0.0, 1.0), (2.0, -14.0, 0.6), (3.9, -24.0, 0.25), (9.2, -36.0, 0.08))


def audio_segment() -> type[AudioSegment]:
    """What pydub calls a sound."""
    with warnings.catch_warnings():
        # pydub 0.25 looks for an ffmpeg of the system when it is imported, and imports a module
        # that Python will drop.
        warnings.simplefilter("ignore")
        from pydub import AudioSegment
    segment: type[AudioSegment] = AudioSegment
    return segment


def make_jingle(target: Path) -> None:
    """Write the jingle as FLAC, mono, 44.1 kHz, 16 bit, 3.6 s. It is the same bytes every time with
    the same ffmpeg.

    :raises DiskError: the target cannot be written.
    """
    segment = audio_segment()
    segment.converter = ffmpeg_path()
    mix = segment.silent(duration=LENGTH_MS, frame_rate=RATE_HZ)
    for note in NOTES:
        mix = mix.overlay(_struck(note), position=REST_MS + note.start_ms)
    mix = mix.fade_out(400)
    mix = mix.apply_gain(PEAK_DBFS - mix.max_dBFS)
    try:
        with target.open("wb") as file:
            mix.export(file, format="flac", parameters=["-map_metadata", "-1", "-bitexact"])
    except OSError as error:
        raise DiskError(
            target,
            message("cannot be written ({reason})", reason=error.strerror),
            message("Check that the folder exists and may be written to."),
        ) from None


def _struck(note: Note) -> AudioSegment:
    """One note with its partials, each falling evenly in decibels as a struck bar does."""
    from pydub import AudioSegment
    from pydub.generators import Sine

    pitch_hz = 440.0 * 2 ** ((note.midi - 69) / 12)
    sound = AudioSegment.silent(duration=note.ring_ms, frame_rate=RATE_HZ)
    for multiple, level_db, share in PARTIALS:
        length_ms = min(int(note.ring_ms * share), LENGTH_MS - REST_MS - note.start_ms)
        partial = Sine(pitch_hz * multiple, sample_rate=RATE_HZ).to_audio_segment(
            duration=length_ms, volume=note.level_db + level_db - 8.0
        )
        sound = sound.overlay(
            partial.fade(to_gain=-60.0, start=0, duration=length_ms).fade_in(ATTACK_MS)
        )
    return sound
