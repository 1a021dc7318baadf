"""WebVTT, the form with named speakers."""

from __future__ import annotations

from collections.abc import Sequence

from studio.captions.cues import Cue, CueShape

SHAPE = CueShape(line_characters=42)


def vtt_from_cues(cues: Sequence[Cue]) -> str:
    """Strict WebVTT. Each cue names its speaker, so that a player that starts in the middle, or
    shows one cue alone, knows who speaks.
    """
    return "\n\n".join(["WEBVTT", *map(_block, cues)]) + "\n"


def _block(cue: Cue) -> str:
    voice = "" if cue.speaker is None else f"<v {_escaped(cue.speaker)}>"
    text = "\n".join(_escaped(line) for line in cue.lines)
    return f"{_time(cue.start_ms)} --> {_time(cue.end_ms)}\n{voice}{text}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _time(moment_ms: int) -> str:
    seconds, milliseconds = divmod(moment_ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{milliseconds:03}"
