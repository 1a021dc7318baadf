"""Speaker turns without words: mastering depends only on these, so that a corrected word does not
cause another mastering.
"""

from __future__ import annotations

from studio.model.clock import RecordingMs
from studio.model.record import replace_fields
from studio.model.sound import SpeakerTurn, SpeakerTurns
from studio.model.transcript import Transcript

# A shorter pause does not end a turn.
BREATH_MS = 1500


def turns_from_segments(transcript: Transcript) -> SpeakerTurns:
    """Each span of one speaker, on the recording clock, ascending and without overlap. All unnamed
    speakers count as one.
    """
    known: dict[str | None, int] = {}
    turns: list[SpeakerTurn] = []
    for segment in transcript.segments:
        speaker = known.setdefault(segment.speaker, len(known))
        start_ms = max(segment.start_ms, turns[-1].end_ms if turns else 0)
        if segment.end_ms <= start_ms:
            continue
        if turns and turns[-1].speaker == speaker and start_ms - turns[-1].end_ms < BREATH_MS:
            turns[-1] = replace_fields(turns[-1], end_ms=segment.end_ms)
        else:
            turns.append(
                SpeakerTurn(speaker=speaker, start_ms=RecordingMs(start_ms), end_ms=segment.end_ms)
            )
    return SpeakerTurns(turns=tuple(turns))
