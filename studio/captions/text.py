"""Plain text, for reading, for the MP3's lyrics and for whoever wants to quote."""

from __future__ import annotations

from collections.abc import Sequence

from studio.model.turns import Turn
from studio.model.typography import set_text


def text_from_turns(turns: Sequence[Turn], language: str) -> str:
    """One paragraph a turn, an empty line between them, the speaker's name before the first one that is theirs."""
    paragraphs = []
    named: str | None = None
    for turn in turns:
        name = f"{turn.speaker} : " if turn.speaker is not None and turn.speaker != named else ""
        named = turn.speaker
        paragraphs.append(set_text(name + turn.text, language))
    return "\n\n".join(paragraphs) + "\n"
