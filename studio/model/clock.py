"""Two clocks and the one converter between them.

Transcript and alignment live on the *recording* clock: milliseconds since the first sample of the
file that a person recorded. What is published (chapters, captions, the MP3) lives on the
*programme* clock: milliseconds since the first sample of the episode, after an opening jingle was
put before and passages were cut out. Both are whole numbers of milliseconds; two types keep them
apart.
"""

from __future__ import annotations

from typing import NewType

from studio.model.record import Record

RecordingMs = NewType("RecordingMs", int)
ProgrammeMs = NewType("ProgrammeMs", int)


class Span(Record, frozen=True):
    """A stretch of the recording, ``start_ms`` included, ``end_ms`` excluded."""

    start_ms: RecordingMs
    end_ms: RecordingMs


class Programme(Record, frozen=True):
    """The parts of the recording that are in the episode, in order, and the jingles around them.

    :param kept: ascending stretches without overlap that are heard one after the other; at least
        one.
    :param opening_ms: how long the opening (a jingle) lasts before the first stretch.
    :param closing_ms: how long the closing lasts after the last one.
    :param opening_overlap_ms: how long the opening runs on under the first words; it moves nothing.
    :param closing_overlap_ms: how long the closing has begun before the last words end; it moves
        nothing.
    """

    kept: tuple[Span, ...]
    opening_ms: int = 0
    closing_ms: int = 0
    opening_overlap_ms: int = 0
    closing_overlap_ms: int = 0

    @property
    def duration_ms(self) -> ProgrammeMs:
        """The length of the whole episode."""
        return ProgrammeMs(
            self.opening_ms
            + sum(span.end_ms - span.start_ms for span in self.kept)
            + self.closing_ms
        )

    def contains(self, moment: RecordingMs) -> bool:
        """Whether this moment of the recording is heard in the episode."""
        return any(span.start_ms <= moment < span.end_ms for span in self.kept)

    def programme_from_recording(self, moment: RecordingMs) -> ProgrammeMs:
        """Where a moment of the recording is in the episode. A moment that was cut out falls on the
        joint that replaced it.
        """
        elapsed = self.opening_ms
        for span in self.kept:
            if moment < span.start_ms:
                break
            elapsed += min(moment, span.end_ms) - span.start_ms
        return ProgrammeMs(elapsed)

    def recording_from_programme(self, moment: ProgrammeMs) -> RecordingMs:
        """Which moment of the recording is heard at a moment of the episode; inside opening and
        closing, the nearest one.
        """
        left = max(0, moment - self.opening_ms)
        for span in self.kept:
            length = span.end_ms - span.start_ms
            if left < length:
                return RecordingMs(span.start_ms + left)
            left -= length
        return self.kept[-1].end_ms
