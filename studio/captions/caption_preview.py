"""What the captions will be around a moment: cut by the same code as those that are published, of a
few minutes of the transcript.
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

# Context on either side: a cue's time depends on its neighbours', less the further they are. Of 408
# cues of 21 interviews, one after the other in 65 minutes, all were the same as in the whole; with
# a few turns on either side, one in nine began or ended otherwise.
AROUND_MS = 60_000
# This many cues are shown before the one that is read at the moment, and after it.
BEFORE, AFTER = 1, 1


class PreviewedCue(Record, frozen=True):
    """A cue as it will be published.

    :param heard_ms: when it appears, on the recording's clock; ``shown_ms`` is for how long.
    :param speed_cps: characters to be read in a second.
    :param faults: codes of what broadcasters would object to: ``fast``, ``short``, ``long line``,
        ``lines``, ``torn``, ``lonely``.
    :param is_current: whether it is read at the moment that was asked for.
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
    """The cue that is read at a moment of the recording, with those around it; nothing if that
    moment is cut, or without speech near it.
    """
    if not programme.contains(moment):
        return ()
    segments = _around(transcript.segments, moment)
    # Only the segments around the moment, because this is asked for at each keystroke.
    turns = turns_from_transcript(replace_fields(transcript, segments=segments), programme)
    if not turns:
        return ()
    following = next(
        (one for one in transcript.segments if segments and one.start_ms >= segments[-1].end_ms),
        None,
    )
    # The last cue may stay until the next segment starts, which is not among these.
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
    """The faults of one of these cues by broadcasters' guidelines."""
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
    """The segments of some time before and after a moment, from where a speaker begins: a
    monologue is cut from its start on.
    """
    first = sum(segment.end_ms < moment - AROUND_MS for segment in segments)
    while 0 < first < len(segments) and segments[first - 1].speaker == segments[first].speaker:
        first -= 1
    last = sum(segment.start_ms <= moment + AROUND_MS for segment in segments)
    return tuple(segments[first:last])
