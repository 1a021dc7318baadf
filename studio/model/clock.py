"""Two clocks and the one converter between them.

Transcript and alignment use the *recording* clock: milliseconds since the first sample of the
recorded file. Published files (chapters, captions, the MP3) use the *programme* clock: milliseconds
since the first sample of the episode, with the opening jingle and without the cuts. Both are whole
numbers of milliseconds; two types distinguish them.
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

    :param kept: ascending spans without overlap that are played one after the other; at least one.
    :param opening_ms: duration of the opening (a jingle) before the first span.
    :param closing_ms: duration of the closing after the last one.
    :param opening_overlap_ms: how long the opening continues under the first words; it shifts
        nothing.
    :param closing_overlap_ms: how long before the end of the last words the closing starts; it
        shifts nothing.
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
        """Whether this time of the recording is in the episode."""
        return any(span.start_ms <= moment < span.end_ms for span in self.kept)

    def programme_from_recording(self, moment: RecordingMs) -> ProgrammeMs:
        """Convert a time of the recording. A time inside a cut is mapped to the edit point."""
        elapsed = self.opening_ms
        for span in self.kept:
            if moment < span.start_ms:
                break
            elapsed += min(moment, span.end_ms) - span.start_ms
        return ProgrammeMs(elapsed)

    def recording_from_programme(self, moment: ProgrammeMs) -> RecordingMs:
        """Convert a time of the episode; one inside opening or closing is mapped to the nearest
        time of the recording.
        """
        left = max(0, moment - self.opening_ms)
        for span in self.kept:
            length = span.end_ms - span.start_ms
            if left < length:
                return RecordingMs(span.start_ms + left)
            left -= length
        return self.kept[-1].end_ms
