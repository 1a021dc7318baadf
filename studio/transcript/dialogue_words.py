"""The words of captions in the order of the transcript: in overlapping speech, captions alternate
lines of both speakers, while a transcript has one speaker's segment after the other's.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from studio.model.plain_transcript import CueText
from studio.transcript.sequence_diff import diff_blocks

# A word of a cue, and the index of that cue.
CueWord = tuple[str, int]


def cue_words_in_order(
    texts: Sequence[str], cues: Sequence[CueText], tokens: Sequence[str]
) -> list[CueWord]:
    """All words of the cues; those of a second line of dialogue at their position in the
    transcript.

    :param texts: the transcript's words, normalised.
    :param tokens: the cues' words, normalised, in the cues' order.
    """
    words = [(piece, number) for number, cue in enumerate(cues) for piece in cue.text.split()]
    if not any(cue.beside for cue in cues):
        return words
    beside = {number for number, cue in enumerate(cues) if cue.beside}
    before = {number - 1 for number in beside}
    # Without either line: each time in the transcript's order.
    first = [place for place, (_, cue) in enumerate(words) if cue not in beside]
    second = [place for place, (_, cue) in enumerate(words) if cue not in before]
    main = zip(_places(texts, [tokens[place] for place in first]), first, strict=True)
    others = [
        (at, place)
        for at, place in zip(
            _places(texts, [tokens[place] for place in second]), second, strict=True
        )
        if words[place][1] in beside
    ]
    return [words[place] for _, place in heapq.merge(main, others, key=lambda one: one[0])]


def _places(texts: Sequence[str], tokens: Sequence[str]) -> list[int]:
    """For each token the index of its text, or of the preceding one, ascending."""
    places: list[int] = []
    for block in diff_blocks(texts, tokens):
        alike, from_old, _, from_new, to_new = block
        places += [
            from_old + step if alike else max(0, from_old - 1) for step in range(to_new - from_new)
        ]
    return places
