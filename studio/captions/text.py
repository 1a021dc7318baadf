"""Plain text, for reading, for the MP3's lyrics and for whoever wants to quote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studio.captions.faults import Fault
from studio.messages.catalogue import in_language
from studio.messages.message import message
from studio.model.clock import ProgrammeMs
from studio.model.turns import Turn, ends_sentence
from studio.text.typography import set_text


def text_from_turns(turns: Sequence[Turn], language: str) -> str:
    """One paragraph a turn, an empty line between them, the speaker's name before the first one
    that is theirs.
    """
    paragraphs = []
    named: str | None = None
    for turn in turns:
        name = (
            f"{_label(turn.speaker, language)} " if turn.speaker and turn.speaker != named else ""
        )
        named = turn.speaker
        paragraphs.append(set_text(name + turn.text, language))
    return "\n\n".join(paragraphs) + "\n"


def timed_lines_from_turns(
    turns: Sequence[Turn], language: str
) -> tuple[tuple[ProgrammeMs, str], ...]:
    """One line a sentence with the moment at which it begins, the speaker's name before the first
    one that is theirs.
    """
    lines: list[tuple[ProgrammeMs, str]] = []
    named: str | None = None
    for turn in turns:
        sentence = _label(turn.speaker, language) if turn.speaker and turn.speaker != named else ""
        named = turn.speaker
        start_ms: ProgrammeMs | None = None
        for word in turn.words:
            start_ms = word.start_ms if start_ms is None else start_ms
            sentence = f"{sentence} {word.text}".strip()
            if ends_sentence(word.text) or word is turn.words[-1]:
                lines.append((start_ms, set_text(sentence, language)))
                sentence, start_ms = "", None
    return tuple(lines)


def _label(speaker: str, language: str) -> str:
    return in_language(message("{speaker}:", speaker=speaker), language)


def check_text(content: str) -> Iterator[Fault]:
    """Rule 25b."""
    if not content.strip():
        yield Fault("25b", "", message("it is empty"))
