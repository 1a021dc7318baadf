"""The podcast namespace's HTML transcript: a flat sequence of ``cite``, ``time`` and ``p``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from studio.captions.faults import Fault
from studio.messages.message import message
from studio.model.turns import Turn
from studio.text.typography import long_stamp_from_ms, set_text


def html_from_turns(turns: Sequence[Turn], language: str, title: str) -> str:
    """A whole document. The body is flat, because apps look for ``cite``, ``time`` and ``p`` there;
    the speaker is given on change.
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
        lines.append(f"<time>{long_stamp_from_ms(turn.start_ms)}</time>")
        lines.append(f"<p>{escape(set_text(turn.text, language), quote=False)}</p>")
    return "\n".join([*lines, "</body>", "</html>", ""])


def check_html(content: str) -> Iterator[Fault]:
    """Rule 25."""
    # Imported late: every run loads this module, but only checks parse HTML.
    from lxml import etree

    root = etree.fromstring(content.encode() or b"<p/>", etree.HTMLParser(encoding="utf-8"))
    missing = [
        name for name in ("cite", "time", "p") if root is None or root.find(f".//{name}") is None
    ]
    if missing:
        yield Fault("25", "", message("it has no {missing}", missing=", no ".join(missing)))
