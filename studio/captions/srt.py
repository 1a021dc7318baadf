"""SubRip, the form that every player knows."""

from __future__ import annotations

from collections.abc import Sequence

from studio.captions.cues import Cue, CueShape

# What the podcast namespace asks of an SRT transcript.
SHAPE = CueShape(line_characters=32, speaker_in_text=True)


def srt_from_cues(cues: Sequence[Cue]) -> str:
    """SubRip, numbered from 1. It knows no escaping: the text stands as it is."""
    return "\n".join(
        f"{number}\n{_time(cue.start_ms)} --> {_time(cue.end_ms)}\n" + "\n".join(cue.lines) + "\n"
        for number, cue in enumerate(cues, start=1)
    )


def _time(moment_ms: int) -> str:
    seconds, milliseconds = divmod(moment_ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},{milliseconds:03}"
