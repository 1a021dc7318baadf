"""The forms in which the transcript is published."""

from __future__ import annotations

from typing import NamedTuple


class CaptionFormat(NamedTuple):
    """One form. ``rel`` is podcast:transcript's: ``captions`` where the text carries times that a
    player can follow.
    """

    suffix: str
    type: str
    rel: str


VTT = CaptionFormat(".vtt", "text/vtt", "captions")
SRT = CaptionFormat(".srt", "application/x-subrip", "captions")
JSON = CaptionFormat(".podcast.json", "application/json", "captions")
HTML = CaptionFormat(".html", "text/html", "")
TEXT = CaptionFormat(".txt", "text/plain", "")

CAPTION_FORMATS = (VTT, SRT, JSON, HTML, TEXT)
