"""Doubts in one line for the terminal: how many, which words, when they are heard."""

from __future__ import annotations

from collections.abc import Sequence

from studio.doubts.doubt import Doubt
from studio.messages.message import joined_messages, message, plural_message
from studio.model.clock import Programme, RecordingMs
from studio.text.typography import stamp_from_ms

# This many are named in one line; the others are counted.
NAMED = 4


def described_doubts(doubts: Sequence[Doubt], programme: Programme, *, place: str) -> str:
    """« 1 word in it is doubted: tresse (1:05) », at the episode's times; nothing where there is no
    doubt.

    :param place: where they are, after which « is doubted » makes sense (``word in it``).
    """
    if not doubts:
        return ""
    # One passage may be doubted twice: what was said there, and who said it.
    passages: dict[tuple[int, str], Doubt] = {}
    for doubt in doubts:
        passages.setdefault((doubt.start_ms, doubt.text), doubt)
    doubts = tuple(passages.values())
    named = joined_messages(
        ", ",
        [
            message(
                "{text} ({time})",
                text=_text_of(doubt),
                time=stamp_from_ms(moment_of_doubt(doubt, programme)),
            )
            for doubt in doubts[:NAMED]
        ],
    )
    more = message(" and {count} more", count=len(doubts) - NAMED) if len(doubts) > NAMED else ""
    values = {"place": place, "named": named, "more": more}
    if all(doubt.count == 1 for doubt in doubts):
        return plural_message(
            "{count} word {place} is doubted: {named}{more}",
            "{count} words {place} are doubted: {named}{more}",
            len(doubts),
            **values,
        )
    return plural_message(
        "{count} passage {place} is doubted: {named}{more}",
        "{count} passages {place} are doubted: {named}{more}",
        len(doubts),
        **values,
    )


def moment_of_doubt(doubt: Doubt, programme: Programme) -> int:
    """When it is heard in the episode, in milliseconds."""
    return programme.programme_from_recording(RecordingMs((doubt.start_ms + doubt.end_ms) // 2))


def _text_of(doubt: Doubt) -> str:
    """The words without the marks around them; of words that are missing, that they are."""
    return doubt.text.strip(" .,;:!?…«»\"'()\u00a0\u202f") or message("words that are missing")
