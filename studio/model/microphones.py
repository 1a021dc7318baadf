"""Measurements of several microphones, and the times at which each one's speaker speaks."""

from __future__ import annotations

from studio.model.clock import RecordingMs, Span
from studio.model.record import Record, stored_as


class MicrophoneFacts(Record, frozen=True):
    """One microphone of a recording.

    :param level_db: how loud its own speaker is in it, RMS in dBFS; None if no speaker uses it.
    :param noise_floor_db: how loud it is in dBFS while there is no speech.
    :param spoken_ms: how long its own speaker speaks.
    :param bleed_db: how much softer each speaker is in it than in the speaker's own microphone, in
        dB, by microphone; 0 for its own.
    :param gain_db: what it gets in the mix while it is open.
    """

    level_db: float | None
    noise_floor_db: float
    spoken_ms: int
    bleed_db: tuple[float, ...]
    gain_db: float


class OpenSpan(Record, frozen=True):
    """A stretch with speech into a microphone; ``microphone`` is counted from 0."""

    microphone: int
    start_ms: RecordingMs
    end_ms: RecordingMs


class Microphones(Record, frozen=True):
    """``microphones.json``: the microphones of a recording, and who speaks when, ascending; spans
    of two microphones overlap where two people speak at once.

    :param remarks: what a person should know.
    :param ambiguous_spans: where no level shows who speaks, ascending, without overlap: one
        microphone does not record, and every other one picks up its speaker as loudly as its own.
    """

    microphones: tuple[MicrophoneFacts, ...]
    spans: tuple[OpenSpan, ...]
    schema: int = 1
    remarks: tuple[str, ...] = ()
    ambiguous_spans: tuple[Span, ...] = stored_as("untold", ())
