"""Passages with an uncertain speaker, as doubts: a word under the wrong name is an error, too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studio.doubts.doubt import SECONDS_EACH, Doubt
from studio.model.clock import Span
from studio.model.record import Record
from studio.model.transcript import Segment, Transcript
from studio.model.voices import Voices, VoiceSpan

# Mean certainty (a difference of cosines) of a segment's voice below which it is doubted, and below
# which it is usually wrong. Segments under the wrong name, of 788 in 21 interviews: below 0.15, or
# too short for diarisation, 6 of 6; up to 0.2, 1 of 4; up to 0.3, 0 of 8; above, 4 of 770
# (`bench/speakers.py`).
UNSURE_CERTAINTY, WRONG_CERTAINTY = 0.2, 0.15
UNSURE_WEIGHT, WRONG_WEIGHT = 0.3, 0.8


class UncertainSpeaker(Record, frozen=True):
    """The assigned speaker of a span, and the probability that it is wrong."""

    span: Span
    speaker: str
    weight: float


def uncertain_speakers(machine: Transcript, voices: Voices) -> tuple[UncertainSpeaker, ...]:
    """The segments whose voice is hardly more similar to the assigned one than to another.

    :param machine: the machine's transcript, with its speakers.
    :param voices: the result of diarisation. If the number of voices was taken from the title
        (*spectrum*), its certainties have another scale, and nothing is reported.
    """
    if voices.count < 2 or voices.method != "embedding":
        return ()
    found = []
    for segment in machine.segments:
        certainty = mean_certainty(segment, voices.spans)
        if segment.words and segment.speaker and certainty < UNSURE_CERTAINTY:
            weight = WRONG_WEIGHT if certainty < WRONG_CERTAINTY else UNSURE_WEIGHT
            span = Span(start_ms=segment.start_ms, end_ms=segment.end_ms)
            found.append(UncertainSpeaker(span=span, speaker=segment.speaker, weight=weight))
    return tuple(found)


def mean_certainty(segment: Segment, spans: Sequence[VoiceSpan]) -> float:
    """The mean certainty of the voice over a segment's time; 0 if none was recognised."""
    shares = [
        (min(one.end_ms, segment.end_ms) - max(one.start_ms, segment.start_ms), one.certainty)
        for one in spans
        if one.end_ms > segment.start_ms and one.start_ms < segment.end_ms
    ]
    total = sum(length for length, _ in shares)
    return sum(length * certainty for length, certainty in shares) / total if total else 0.0


def uncertain_speaker_doubts(
    transcript: Transcript, unsure: Sequence[UncertainSpeaker]
) -> Iterator[Doubt]:
    """A doubt for each segment that still has the machine's name for such a span."""
    for segment in transcript.segments:
        middle = (segment.start_ms + segment.end_ms) // 2
        for one in unsure:
            inside = one.span.start_ms <= middle < one.span.end_ms
            if inside and segment.words and segment.speaker == one.speaker:
                yield _doubt(segment, one)
                break


def _doubt(segment: Segment, unsure: UncertainSpeaker) -> Doubt:
    span = Span(start_ms=segment.start_ms, end_ms=segment.end_ms)
    return Doubt(
        # A separate key: its words may be doubted, too, and another name is another doubt.
        key=f"{segment.start_ms}:voice:{unsure.speaker}",
        kind="voice",
        weight=unsure.weight,
        text=segment.text,
        start_ms=segment.start_ms,
        end_ms=segment.end_ms,
        segment=segment.id,
        count=len(segment.words),
        places=(span,),
        seconds=SECONDS_EACH["voice"],
    )
