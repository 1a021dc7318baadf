"""Preview of the captions around a point in time: the same code as for the published captions,
applied to a few minutes of the transcript.
"""

from __future__ import annotations

from collections.abc import Sequence

from studio.captions.cues import Cue, cues_from_turns
from studio.captions.quality import (
    CHARACTERS_PER_S,
    LINE_CHARACTERS,
    LINES,
    MIN_DURATION_MS,
    badly_broken_lines,
    is_orphan_word,
    speed_cps,
)
from studio.captions.vtt import SHAPE
from studio.model.clock import Programme, RecordingMs
from studio.model.record import Record, replace_fields
from studio.model.transcript import Segment, Transcript
from studio.model.turns import turns_from_transcript

# Context on either side: a cue's times depend on its neighbours', less with distance. Of 408 cues
# of 21 interviews (65 consecutive minutes), all were the same as in the complete captions; with
# only a few turns on either side, one in nine started or ended differently.
AROUND_MS = 60_000
# The number of cues before and after the current one.
BEFORE, AFTER = 1, 1


class PreviewedCue(Record, frozen=True):
    """A cue as it will be published.

    :param heard_ms: its start on the recording clock; ``shown_ms``: its duration.
    :param speed_cps: reading speed in characters per second.
    :param faults: codes of violations of broadcasters' guidelines: ``fast``, ``short``, ``long
        line``, ``lines``, ``torn``, ``lonely``.
    :param is_current: whether it is shown at the requested time.
    """

    heard_ms: RecordingMs
    shown_ms: int
    speaker: str | None
    lines: tuple[str, ...]
    speed_cps: float
    faults: tuple[str, ...]
    is_current: bool


def preview_captions(
    transcript: Transcript, programme: Programme, moment: RecordingMs
) -> tuple[PreviewedCue, ...]:
    """The cue at a time of the recording, with those around it; empty if that time is cut or there
    is no speech nearby.
    """
    if not programme.contains(moment):
        return ()
    segments = _around(transcript.segments, moment)
    # Only nearby segments, because this runs at each keystroke.
    turns = turns_from_transcript(replace_fields(transcript, segments=segments), programme)
    if not turns:
        return ()
    following = next(
        (one for one in transcript.segments if segments and one.start_ms >= segments[-1].end_ms),
        None,
    )
    # The last cue may last until the next segment starts, which is not among these.
    until_ms = (
        programme.duration_ms
        if following is None
        else max(turns[-1].end_ms, programme.programme_from_recording(following.start_ms))
    )
    cues = cues_from_turns(turns, until_ms, transcript.language, SHAPE)
    at_ms = programme.programme_from_recording(moment)
    current = max(0, sum(cue.start_ms <= at_ms for cue in cues) - 1)
    first, last = max(0, current - BEFORE), min(len(cues), current + AFTER + 1)
    return tuple(
        PreviewedCue(
            heard_ms=programme.recording_from_programme(cues[place].start_ms),
            shown_ms=cues[place].end_ms - cues[place].start_ms,
            speaker=cues[place].speaker,
            lines=cues[place].lines,
            speed_cps=round(speed_cps(cues[place]), 1),
            faults=faults_of_cue(cues, place),
            is_current=place == current,
        )
        for place in range(first, last)
    )


def faults_of_cue(cues: Sequence[Cue], place: int) -> tuple[str, ...]:
    """The violations of broadcasters' guidelines in one of these cues."""
    cue = cues[place]
    found = {
        "fast": speed_cps(cue) > CHARACTERS_PER_S,
        "short": cue.end_ms - cue.start_ms < MIN_DURATION_MS,
        "long line": max(map(len, cue.lines)) > LINE_CHARACTERS,
        "lines": len(cue.lines) > LINES,
        "torn": bool(badly_broken_lines(cue)),
        "lonely": is_orphan_word(cues, place),
    }
    return tuple(fault for fault, is_there in found.items() if is_there)


def _around(segments: Sequence[Segment], moment: RecordingMs) -> tuple[Segment, ...]:
    """The segments around a point in time, from the start of a turn: the cues of a monologue depend
    on its start.
    """
    first = sum(segment.end_ms < moment - AROUND_MS for segment in segments)
    while 0 < first < len(segments) and segments[first - 1].speaker == segments[first].speaker:
        first -= 1
    last = sum(segment.start_ms <= moment + AROUND_MS for segment in segments)
    return tuple(segments[first:last])
