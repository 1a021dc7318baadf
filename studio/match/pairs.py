"""Heard and printed words of one exchange in pairs, in order, so that the sounds differ as little
as possible.

A few heard words may stand against a few printed ones (« amartique » against « à Martigues »), and
either side may have words that the other lacks. Corrections, doubts and the report read this one
table, so that they never disagree about what the article has at a place.
"""

from __future__ import annotations

import bisect
import functools
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rapidfuzz.distance import Indel

from studio.language.sounds import sound_distances, sounds_of
from studio.language.words import plain_words
from studio.match.limits import (
    ANCHOR_WORDS,
    JOINED,
    LENGTHS_APART,
    LONE_SOUND,
    LONE_WORD,
    LONGEST_HEARD,
    LONGEST_PRINTED,
)
from studio.match.text import printed_words
from studio.model.alignment import Alignment
from studio.model.article import Article
from studio.model.transcript import Transcript


class Pair(NamedTuple):
    """Heard words ``first`` to ``last`` (excluded) against printed words ``printed_first`` to
    ``printed_last``; one side may be empty.

    ``similarity`` is that of the sounds, 0 to 1: 0 where a side is empty, 1 where both are the same
    words (``same``).
    """

    first: int
    last: int
    printed_first: int
    printed_last: int
    similarity: float
    same: bool


@dataclass(frozen=True)
class SideBySide:
    """One exchange: ``first`` is the place of its first heard word in the transcript, from which
    its pairs count theirs.
    """

    number: int
    first: int
    heard: tuple[str, ...]
    printed: tuple[str, ...]
    pairs: tuple[Pair, ...]

    @property
    def last(self) -> int:
        """The place after its last heard word."""
        return self.first + len(self.heard)


def side_by_side(
    transcript: Transcript, article: Article, alignment: Alignment
) -> tuple[SideBySide, ...]:
    """Every exchange that was found, in the article's order.

    :param alignment: of this article; its times say where its exchanges are.
    """
    words = transcript.words
    starts = [word.start_ms for word in words]
    breaks = list(itertools.accumulate(len(segment.words) for segment in transcript.segments))
    exchanges = {exchange.number: exchange for exchange in article.exchanges}
    found = []
    for question in alignment.questions:
        if question.number not in exchanges or question.start_ms is None or question.end_ms is None:
            continue
        first, last = (
            bisect.bisect_left(starts, question.start_ms),
            bisect.bisect_left(starts, question.end_ms),
        )
        if first < last:
            heard, printed = (
                tuple(word.text for word in words[first:last]),
                printed_words(exchanges[question.number]),
            )
            inside = tuple(place - first for place in breaks if first < place < last)
            found.append(
                SideBySide(question.number, first, heard, printed, pairs_of(heard, printed, inside))
            )
    return tuple(found)


@functools.lru_cache(maxsize=64)
def pairs_of(
    heard: tuple[str, ...], printed: tuple[str, ...], breaks: tuple[int, ...] = ()
) -> tuple[Pair, ...]:
    """All words of both sides in pairs, in order.

    :param breaks: places of heard words before which a segment starts: no pair of several words
        reaches across.
    """
    pairs: list[Pair] = []
    for (first, last), (printed_first, printed_last), anchored in _stretches(heard, printed):
        if anchored:
            offset = printed_first - first
            pairs += [
                Pair(at, at + 1, at + offset, at + offset + 1, 1.0, True)
                for at in range(first, last)
            ]
            continue
        inside = frozenset(place - first for place in breaks)
        found = _searched(heard[first:last], printed[printed_first:printed_last], inside)
        pairs += [
            pair._replace(
                first=pair.first + first,
                last=pair.last + first,
                printed_first=pair.printed_first + printed_first,
                printed_last=pair.printed_last + printed_first,
            )
            for pair in found
        ]
    return tuple(pairs)


def _stretches(
    heard: Sequence[str], printed: Sequence[str]
) -> Iterator[tuple[tuple[int, int], tuple[int, int], bool]]:
    """Both sides cut at long runs of the same words: the runs themselves, and what is between
    them.
    """
    left = [" ".join(plain_words(word)) for word in heard]
    right = [" ".join(plain_words(word)) for word in printed]
    first = printed_first = 0
    for code in Indel.opcodes(left, right):
        if code.tag != "equal" or code.src_end - code.src_start < ANCHOR_WORDS:
            continue
        yield (first, code.src_start), (printed_first, code.dest_start), False
        yield (code.src_start, code.src_end), (code.dest_start, code.dest_end), True
        first, printed_first = code.src_end, code.dest_end
    yield (first, len(heard)), (printed_first, len(printed)), False


def _searched(heard: Sequence[str], printed: Sequence[str], breaks: frozenset[int]) -> list[Pair]:
    """The cheapest way through both sides (dynamic programming over words).

    ``cost[row][column]`` is that of the first ``row`` heard and ``column`` printed words; a step
    leaves a word of one side alone, or sets ``a`` words against ``b``.
    """
    rows, columns = len(heard), len(printed)
    left, right = _runs(heard, LONGEST_HEARD), _runs(printed, LONGEST_PRINTED)
    edits = {
        (a, b): sound_distances(left[a], right[b]).tolist()
        for a in left
        for b in right
        if left[a] and right[b]
    }
    left_length, right_length = (
        [len(sounds_of(word)) for word in heard],
        [len(sounds_of(word)) for word in printed],
    )
    left_sums = {
        size: [sum(left_length[place : place + size]) for place in range(rows)] for size in left
    }
    right_sums = {
        size: [sum(right_length[place : place + size]) for place in range(columns)]
        for size in right
    }
    cost = [[float("inf")] * (columns + 1) for _ in range(rows + 1)]
    back: list[list[tuple[int, int]]] = [[(0, 0)] * (columns + 1) for _ in range(rows + 1)]
    cost[0][0] = 0.0
    for row in range(rows + 1):
        longest = next(
            (size for size in range(1, LONGEST_HEARD) if row + size in breaks), LONGEST_HEARD
        )
        for column in range(columns + 1):
            here = cost[row][column]
            if (
                row < rows
                and here + LONE_SOUND * left_length[row] + LONE_WORD < cost[row + 1][column]
            ):
                cost[row + 1][column] = here + LONE_SOUND * left_length[row] + LONE_WORD
                back[row + 1][column] = (1, 0)
            if (
                column < columns
                and here + LONE_SOUND * right_length[column] + LONE_WORD < cost[row][column + 1]
            ):
                cost[row][column + 1] = here + LONE_SOUND * right_length[column] + LONE_WORD
                back[row][column + 1] = (0, 1)
            for (a, b), table in edits.items():
                if a > longest or row + a > rows or column + b > columns:
                    continue
                one, other = left_sums[a][row], right_sums[b][column]
                if abs(one - other) > LENGTHS_APART * max(one, other):
                    continue
                total = here + table[row][column] + JOINED * (a + b - 2)
                if total < cost[row + a][column + b]:
                    cost[row + a][column + b] = total
                    back[row + a][column + b] = (a, b)
    pairs: list[Pair] = []
    row, column = rows, columns
    while row or column:
        a, b = back[row][column]
        similarity, same = 0.0, False
        if a and b:
            same = plain_words(left[a][row - a]) == plain_words(right[b][column - b])
            longer = max(len(sounds_of(left[a][row - a])), len(sounds_of(right[b][column - b])), 1)
            similarity = 1.0 if same else max(0.0, 1 - edits[a, b][row - a][column - b] / longer)
        pairs.append(Pair(row - a, row, column - b, column, similarity, same))
        row, column = row - a, column - b
    return pairs[::-1]


def _runs(words: Sequence[str], longest: int) -> dict[int, list[str]]:
    """By their number of words, the texts of all words in a row, from each place."""
    return {
        size: [" ".join(words[at : at + size]) for at in range(len(words) - size + 1)]
        for size in range(1, longest + 1)
    }
