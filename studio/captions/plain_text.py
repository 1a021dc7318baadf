"""Plain text, for reading, for the MP3's lyrics and for quoting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studio.captions.faults import Fault
from studio.messages.message import message
from studio.messages.translations import in_language
from studio.model.clock import ProgrammeMs
from studio.model.turns import Turn, ends_sentence
from studio.text.typography import set_text


def text_from_turns(turns: Sequence[Turn], language: str) -> str:
    """One paragraph per turn, separated by empty lines, with the speaker's name on change."""
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
    """One line per sentence with its start time, in order of time, with the speaker's name on
    change.
    """
    sentences: list[tuple[ProgrammeMs, str | None, str]] = []
    for turn in turns:
        words: list[str] = []
        start_ms = turn.start_ms
        for word in turn.words:
            start_ms = start_ms if words else word.start_ms
            words.append(word.text)
            if ends_sentence(word.text) or word is turn.words[-1]:
                sentences.append((start_ms, turn.speaker, " ".join(words)))
                words = []
    lines: list[tuple[ProgrammeMs, str]] = []
    named: str | None = None
    for start_ms, speaker, sentence in sorted(sentences, key=lambda one: one[0]):
        label = f"{_label(speaker, language)} " if speaker and speaker != named else ""
        named = speaker
        lines.append((start_ms, set_text(label + sentence, language)))
    return tuple(lines)


def _label(speaker: str, language: str) -> str:
    return in_language(message("{speaker}:", speaker=speaker), language)


def check_text(content: str) -> Iterator[Fault]:
    """Rule 25b."""
    if not content.strip():
        yield Fault("25b", "", message("it is empty"))
