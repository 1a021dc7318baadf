"""Replace runs of words in utterances by other words for the same audio."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from studio.model.clock import RecordingMs
from studio.model.record import replace_fields
from studio.model.transcript import Utterance, Word


class WordReplacement(NamedTuple):
    """The words ``first`` to ``last`` (exclusive) among all words, and their replacement."""

    first: int
    last: int
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The replacement as text."""
        return " ".join(word.text for word in self.words)


def with_replaced_words(
    utterances: Sequence[Utterance], wanted: Sequence[WordReplacement]
) -> tuple[Utterance, ...]:
    """Apply each replacement in the utterance of its first word, within the time between its
    neighbours.

    :param utterances: ascending; words ascend without overlap.
    :param wanted: the replacements, without overlap.
    """
    words = [word for utterance in utterances for word in utterance.words]
    starts = {one.first: one for one in wanted}
    replaced = {place for one in wanted for place in range(one.first, one.last)}
    place, changed = 0, []
    for utterance in utterances:
        own: list[Word] = []
        for word in utterance.words:
            if place in starts:
                own += _between(words, starts[place])
            elif place not in replaced:
                own.append(word)
            place += 1
        if own:
            changed.append(
                replace_fields(
                    utterance,
                    start_ms=min(utterance.start_ms, own[0].start_ms),
                    end_ms=max(utterance.end_ms, own[-1].end_ms),
                    words=tuple(own),
                )
            )
    return tuple(changed)


def _between(words: Sequence[Word], one: WordReplacement) -> Iterator[Word]:
    """The replacement words, limited to the time between their neighbours; if there is no room at
    their own times, in the time of the words that they replace.
    """
    start_ms = words[one.first - 1].end_ms if one.first else 0
    end_ms = words[one.last].start_ms if one.last < len(words) else one.words[-1].end_ms
    inside = [(max(start_ms, word.start_ms), min(end_ms, word.end_ms)) for word in one.words]
    if any(first >= last for first, last in inside):
        first_ms, last_ms = words[one.first].start_ms, words[one.last - 1].end_ms
        steps = [
            RecordingMs(first_ms + (last_ms - first_ms) * step // len(one.words))
            for step in range(len(one.words) + 1)
        ]
        inside = list(itertools.pairwise(steps))
    for word, (first, last) in zip(one.words, inside, strict=True):
        yield replace_fields(word, start_ms=RecordingMs(first), end_ms=RecordingMs(last))
