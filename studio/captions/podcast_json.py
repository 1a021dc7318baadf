"""The podcast namespace's own JSON transcript, version 1.0.0."""

from __future__ import annotations

from collections.abc import Sequence

from studio.captions.cues import Cue
from studio.model.record import json_from_plain


def json_from_cues(cues: Sequence[Cue]) -> str:
    """One segment a cue, times in seconds. ``speaker`` is empty while it is not known."""
    segments = [
        {
            "speaker": cue.speaker or "",
            "startTime": cue.start_ms / 1000,
            "endTime": cue.end_ms / 1000,
            "body": cue.text,
        }
        for cue in cues
    ]
    return json_from_plain({"version": "1.0.0", "segments": segments}).decode("utf-8")
