"""Doubts in one line for the terminal: number, words, times."""

from __future__ import annotations

from collections.abc import Sequence

from studio.doubts.doubt import Doubt
from studio.messages.message import joined_messages, message, plural_message
from studio.model.clock import Programme, RecordingMs
from studio.text.typography import stamp_from_ms

# The number of doubts listed in one line; the others are counted.
NAMED = 4


def described_doubts(doubts: Sequence[Doubt], programme: Programme, *, place: str) -> str:
    """« 1 word in it is doubted: tresse (1:05) », with times in the episode; empty without doubts.

    :param place: the context, e.g. ``in it`` for « word in it is doubted ».
    """
    if not doubts:
        return ""
    # One passage may have two doubts: on its words, and on its speaker.
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
    """Its time in the episode, in ms."""
    return programme.programme_from_recording(RecordingMs((doubt.start_ms + doubt.end_ms) // 2))


def _text_of(doubt: Doubt) -> str:
    """The words without surrounding marks; or that words are missing."""
    return doubt.text.strip(" .,;:!?…«»\"'()\u00a0\u202f") or message("words that are missing")
