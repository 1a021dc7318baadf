"""The forms in which the transcript is published."""

from __future__ import annotations

from typing import NamedTuple


class CaptionKind(NamedTuple):
    """One form. ``rel`` is podcast:transcript's: ``captions`` where the text carries times that a player can follow."""

    suffix: str
    type: str
    rel: str


VTT = CaptionKind(".vtt", "text/vtt", "captions")
SRT = CaptionKind(".srt", "application/x-subrip", "captions")
JSON = CaptionKind(".podcast.json", "application/json", "captions")
HTML = CaptionKind(".html", "text/html", "")
TEXT = CaptionKind(".txt", "text/plain", "")

CAPTION_KINDS = (VTT, SRT, JSON, HTML, TEXT)
