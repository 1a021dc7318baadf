"""What is measured on sound."""

from __future__ import annotations

from studio.model.clock import RecordingMs
from studio.model.record import Record


class Loudness(Record, frozen=True):
    """Measured with EBU R 128. ``integrated_lufs`` is None for silence."""

    integrated_lufs: float | None
    range_lu: float
    true_peak_dbtp: float


class RecordingFacts(Record, frozen=True):
    """``recording.json``: what the recording is.

    :param sound_start_ms: the first moment that is not silence.
    :param sound_end_ms: the last moment that is not silence.
    :param channels_alike: whether its two channels carry the same sound, so that the episode is mono.
    """

    duration_ms: RecordingMs
    sample_rate_hz: int
    channels: int
    codec: str
    loudness: Loudness
    sound_start_ms: RecordingMs
    sound_end_ms: RecordingMs
    channels_alike: bool = False


class MasterFacts(Record, frozen=True):
    """``loudness.json``: what was done to the sound and what was measured on the decoded MP3."""

    target_lufs: float
    ceiling_dbtp: float
    gain_db: float
    before: Loudness
    after: Loudness
    channels: int
    sample_rate_hz: int
    bitrate_kbps: int
    duration_ms: int


class Enclosure(Record, frozen=True):
    """``enclosure.json``: the finished MP3, as the feed must announce it. ``audio_sha256`` is the hash of the frames without tags."""

    file: str
    type: str
    length_bytes: int
    duration_ms: int
    sha256: str
    audio_sha256: str
