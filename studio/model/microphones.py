"""Measurements of several microphones, and the times at which each one's speaker speaks."""

from __future__ import annotations

from studio.model.clock import RecordingMs, Span
from studio.model.record import Record, stored_as


class MicrophoneFacts(Record, frozen=True):
    """One microphone of a recording.

    :param level_db: level of its own speaker, RMS in dBFS; None if no speaker uses it.
    :param noise_floor_db: level without speech, in dBFS.
    :param spoken_ms: speaking time of its own speaker.
    :param bleed_db: by microphone, how much quieter that microphone's speaker is in this one, in
        dB; 0 for its own.
    :param gain_db: its gain in the mix while it is open.
    """

    level_db: float | None
    noise_floor_db: float
    spoken_ms: int
    bleed_db: tuple[float, ...]
    gain_db: float


class OpenSpan(Record, frozen=True):
    """A span with speech into a microphone; ``microphone`` is counted from 0."""

    microphone: int
    start_ms: RecordingMs
    end_ms: RecordingMs


class Microphones(Record, frozen=True):
    """``microphones.json``: the microphones of a recording, and who speaks when, ascending; spans
    of two microphones overlap where two people speak at once.

    :param remarks: remarks for the user.
    :param ambiguous_spans: spans in which levels do not show who speaks, ascending, without
        overlap: one microphone does not record, and every other one picks up its speaker as loudly
        as its own.
    """

    microphones: tuple[MicrophoneFacts, ...]
    spans: tuple[OpenSpan, ...]
    schema: int = 1
    remarks: tuple[str, ...] = ()
    ambiguous_spans: tuple[Span, ...] = stored_as("untold", ())
