"""The result of diarisation: anonymous voices and their times."""

from __future__ import annotations

from typing import Literal

from studio.model.clock import RecordingMs
from studio.model.record import Record


class VoiceSpan(Record, frozen=True):
    """A span in which one voice speaks.

    :param voice: its number, from 0, in order of first appearance.
    :param certainty: cosine similarity to this voice minus that to the next best: 0 is a guess, 0.3
        is certain.
    """

    start_ms: RecordingMs
    end_ms: RecordingMs
    voice: int
    certainty: float


class Voices(Record, frozen=True):
    """``build/voices.json``: spans ascending in time, on the recording clock.

    :param method: *embedding*: the number of voices was determined by voice embeddings; *spectrum*:
        it was taken from the title, because the embedding's weights could not be downloaded;
        *microphones*: each voice is that of one microphone, and spans of two may overlap.
    """

    spans: tuple[VoiceSpan, ...]
    method: Literal["embedding", "spectrum", "microphones"] = "embedding"
    schema: int = 1

    @property
    def count(self) -> int:
        """The number of voices."""
        return len({span.voice for span in self.spans})
