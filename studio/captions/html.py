"""The podcast namespace's HTML transcript: ``cite``, ``time`` and ``p``, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from studio.model.turns import Turn
from studio.text.typography import set_text


def html_from_turns(turns: Sequence[Turn], language: str, title: str) -> str:
    """A whole document. The body stays flat, because apps look for its ``cite``, ``time`` and ``p``
    there; a speaker is named on change.
    """
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{escape(language)}">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title>",
        "<style>body { font: 1.1em/1.6 Georgia, serif; margin: auto; max-width: 38em; "
        "padding: 0 1em } cite { font-weight: bold }</style>",
        "</head>",
        "<body>",
    ]
    named: str | None = None
    for turn in turns:
        if turn.speaker is not None and turn.speaker != named:
            lines.append(f"<cite>{escape(turn.speaker)}</cite>")
        named = turn.speaker
        lines.append(f"<time>{_time(turn.start_ms)}</time>")
        lines.append(f"<p>{escape(set_text(turn.text, language), quote=False)}</p>")
    return "\n".join([*lines, "</body>", "</html>", ""])


def _time(moment_ms: int) -> str:
    """``HH:MM:SS``: a time to HTML, and without attributes, because apps look for the bare tag."""
    seconds = moment_ms // 1000
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
