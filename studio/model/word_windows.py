"""Words grouped into short windows of audio for the model.

A wording is scored together with the words around it, so a window is some seconds long; longer ones
cost more without improving the score.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studio.model.clock import RecordingMs, Span
from studio.model.transcript import Word

# A window is no longer than this unless it cannot be cut.
MAX_DURATION_MS = 5_500
# Margin for a window's edge words, which may begin or end slightly outside their times.
EDGE_MS = 150
# Between two pauses that differ by less, the one nearer to the middle is chosen.
SIMILAR_PAUSE_MS = 400


def word_windows(words: Sequence[Word], whole: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """All words cut at the longest pauses into windows of at most ``MAX_DURATION_MS``, each from
    its first word to its last (exclusive).

    :param whole: ranges of words (last exclusive) that no window splits.
    """
    closed = {place for first, last in whole for place in range(first + 1, last)}
    return list(_cut(words, 0, len(words), closed)) if words else []


def window_of_words(windows: Sequence[tuple[int, int]], first: int, last: int) -> tuple[int, int]:
    """The window that contains all of these words."""
    return next(window for window in windows if window[0] <= first and last <= window[1])


def window_span(words: Sequence[Word], first: int, last: int) -> Span:
    """From the first word to the last, with a margin of audio, but without a neighbour's words."""
    start, end = _edges(words, first, last)
    before = words[first - 1].end_ms if first else 0
    after = words[last].start_ms if last < len(words) else end + EDGE_MS
    return Span(
        start_ms=RecordingMs(max(0, start - EDGE_MS, min(before, start))),
        end_ms=RecordingMs(min(end + EDGE_MS, max(after, end))),
    )


def _edges(words: Sequence[Word], first: int, last: int) -> tuple[int, int]:
    """The earliest start and the latest end of these words; speakers may overlap."""
    own = words[first:last]
    return min(word.start_ms for word in own), max(word.end_ms for word in own)


def _cut(
    words: Sequence[Word], first: int, last: int, closed: set[int]
) -> Iterator[tuple[int, int]]:
    stack = [(first, last)]
    while stack:
        first, last = stack.pop()
        places = [place for place in range(first + 1, last) if place not in closed]
        start_ms, end_ms = _edges(words, first, last)
        if end_ms - start_ms <= MAX_DURATION_MS or not places:
            yield first, last
            continue
        middle, half = (start_ms + end_ms) / 2, (end_ms - start_ms) / 2

        def worth(place: int, middle: float = middle, half: float = half) -> float:
            """Sort key: long pauses that leave two windows of similar length."""
            pause = abs(words[place].start_ms - words[place - 1].end_ms)
            return pause + SIMILAR_PAUSE_MS * (1 - abs(words[place].start_ms - middle) / half)

        place = max(places, key=worth)
        stack += [(first, place), (place, last)]
