"""The result of diarisation: anonymous voices and their times."""

from __future__ import annotations

from typing import Literal

from studio.model.clock import RecordingMs
from studio.model.record import Record


class VoiceSpan(Record, frozen=True):
    """A stretch in which one voice speaks.

    :param voice: its number, from 0, in order of first appearance.
    :param certainty: how much nearer this voice is than the next one, as a difference of cosines: 0
        is a guess, 0.3 is sure.
    """

    start_ms: RecordingMs
    end_ms: RecordingMs
    voice: int
    certainty: float


class Voices(Record, frozen=True):
    """``build/voices.json``: stretches ascending in time, on the recording's clock.

    :param method: *embedding*: the number of voices was found by how they sound; *spectrum*: it was
        taken from the title, since the weights of the embedding could not be fetched;
        *microphones*: each voice is that of one microphone, and spans of two may overlap.
    """

    spans: tuple[VoiceSpan, ...]
    method: Literal["embedding", "spectrum", "microphones"] = "embedding"
    schema: int = 1

    @property
    def count(self) -> int:
        """How many voices there are."""
        return len({span.voice for span in self.spans})
