"""The sound bite: the pull quote as it was said, with as much around it as an app needs."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from studio.feed.item import Soundbite
from studio.feed.text import single_line
from studio.model.alignment import Passage
from studio.model.clock import Programme, ProgrammeMs
from studio.model.turns import Turn, ends_sentence

# The namespace advises 15 to 120 seconds.
SHORTEST_MS, LONGEST_MS = 15_000, 120_000
TITLE_CHARACTERS = 128


def soundbite_from_quote(quote: str | None, passage: Passage | None, turns: Sequence[Turn], programme: Programme) -> Soundbite | None:
    """The quote's sentences and those after them, of the same speaker, until 15 seconds are full; None where it is not heard.

    Where the speaker ends before, it is as short as that.
    """
    if quote is None or passage is None or passage.start_ms is None or passage.end_ms is None:
        return None
    start, end = programme.programme_from_recording(passage.start_ms), programme.programme_from_recording(passage.end_ms)
    if end <= start or not programme.hears(passage.start_ms):
        return None
    speaker = next((turn.speaker for turn in turns if turn.start_ms <= start < turn.end_ms), None)
    for turn in turns:
        if turn.end_ms <= end:
            continue
        if turn.speaker != speaker or end - start >= SHORTEST_MS:
            break
        for word in turn.words:
            if word.end_ms > end and word.end_ms - start <= LONGEST_MS and (ends_sentence(word.text) or word is turn.words[-1]):
                end = ProgrammeMs(word.end_ms)
                if end - start >= SHORTEST_MS:
                    break
    end = ProgrammeMs(min(end, start + LONGEST_MS))
    return Soundbite(start_ms=start, end_ms=end, title=textwrap.shorten(single_line(quote), TITLE_CHARACTERS, placeholder="…"))
