"""Align spoken and printed words of one exchange in order, with minimal phonetic distance.

A few spoken words may be paired with a few printed ones (« amartique » with « à Martigues »), and
either side may have unpaired words.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel

from studio.alignment.pairing_limits import (
    ANCHOR_WORDS,
    JOINED,
    LENGTHS_APART,
    MAX_HEARD,
    MAX_PRINTED,
    UNPAIRED_SOUND,
    UNPAIRED_WORD,
)
from studio.language.phonemes import sound_distances, sounds_of
from studio.language.words import plain_words
from studio.model.alignment import Pair


@functools.lru_cache(maxsize=64)
def pairs_of(
    heard: tuple[str, ...], printed: tuple[str, ...], breaks: tuple[int, ...] = ()
) -> tuple[Pair, ...]:
    """All words of both sides in pairs, in order.

    :param breaks: indices of spoken words that start a segment: no pair of several words spans
        them.
    """
    pairs: list[Pair] = []
    for (first, last), (printed_first, printed_last), anchored in _stretches(heard, printed):
        # Long runs of equal words need no search.
        if anchored:
            offset = printed_first - first
            pairs += [
                Pair(at, at + 1, at + offset, at + offset + 1, 1.0, True)
                for at in range(first, last)
            ]
            continue
        # Between them: the cheapest path, with indices relative to the part's start.
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
    """Split both sides at long runs of equal words: the runs themselves, and the parts between
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
    """The cheapest alignment of both sides (dynamic programming over words).

    A step leaves a word of one side unpaired, or pairs ``a`` spoken words with ``b`` printed ones.
    """
    left, right = _runs(heard, MAX_HEARD), _runs(printed, MAX_PRINTED)
    # The phonetic distance of every run of up to MAX_HEARD words and every run of up to
    # MAX_PRINTED, computed at once for each pair of lengths.
    edits = {
        (a, b): sound_distances(left[a], right[b])
        for a in left
        for b in right
        if left[a] and right[b]
    }
    # Forward: the cheapest cost of each cell, with its last step. Backward: the steps from the last
    # cell to the first are the pairs.
    steps = _cheapest_steps(
        [len(sounds_of(word)) for word in heard],
        [len(sounds_of(word)) for word in printed],
        edits,
        breaks,
    )
    pairs: list[Pair] = []
    row, column = len(heard), len(printed)
    while row or column:
        a, b = steps[row][column]
        similarity, same = 0.0, False
        if a and b:
            one, other = left[a][row - a], right[b][column - b]
            same = plain_words(one) == plain_words(other)
            longer = max(len(sounds_of(one)), len(sounds_of(other)), 1)
            edit = float(edits[a, b][row - a, column - b])
            similarity = 1.0 if same else max(0.0, 1 - edit / longer)
        pairs.append(Pair(row - a, row, column - b, column, similarity, same))
        row, column = row - a, column - b
    return pairs[::-1]


def _cheapest_steps(
    left: Sequence[int],
    right: Sequence[int],
    edits: dict[tuple[int, int], NDArray[np.float64]],
    breaks: frozenset[int],
) -> list[list[tuple[int, int]]]:
    """For each number of spoken and of printed words, the last step of the cheapest path.

    :param left: the phoneme counts of the spoken words; ``right``: of the printed ones.
    :param edits: for ``a`` spoken words paired with ``b`` printed ones, the cost at each pair of
        start indices.
    :param breaks: indices of spoken words that no step of several words spans.
    """
    rows, columns = len(left), len(right)
    # A row has one cell per number of printed words. All steps into a row from earlier rows are
    # computed as arrays; unpaired printed words stay within the row and come last.
    costs = {step: _step_costs(step, left, right, table) for step, table in edits.items()}
    alone = [UNPAIRED_SOUND * length for length in right]
    cost = np.full((rows + 1, columns + 1), np.inf)
    steps: list[list[tuple[int, int]]] = []
    for row in range(rows + 1):
        # Ties: the step from the earliest index, i.e. most spoken words first, then most printed
        # ones, an unpaired spoken word, an unpaired printed word.
        sizes = [
            (a, b)
            for a in range(min(MAX_HEARD, row), 0, -1)
            if not any(place in breaks for place in range(row - a + 1, row))
            for b in range(min(MAX_PRINTED, columns), 0, -1)
        ]
        ways = np.full((len(sizes) + 1, columns + 1), np.inf)
        for way, (a, b) in zip(ways, sizes, strict=False):
            way[b:] = cost[row - a, : columns - b + 1] + costs[a, b][row - a] + JOINED * (a + b - 2)
        if row:
            ways[-1] = cost[row - 1] + UNPAIRED_SOUND * left[row - 1] + UNPAIRED_WORD
        chosen = ways.argmin(axis=0)
        reached = ways[chosen, np.arange(columns + 1)].tolist()
        sizes.append((1, 0))
        taken = [sizes[place] for place in chosen.tolist()]
        if row == 0:
            reached[0] = 0.0
        # An unpaired printed word comes from the preceding cell of the same row.
        for column in range(columns):
            total = reached[column] + alone[column] + UNPAIRED_WORD
            if total < reached[column + 1]:
                reached[column + 1], taken[column + 1] = total, (0, 1)
        cost[row] = reached
        steps.append(taken)
    return steps


def _step_costs(
    step: tuple[int, int],
    left: Sequence[int],
    right: Sequence[int],
    edits: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The cost of a step at each pair of start indices; infinite if the phoneme counts differ too
    much.
    """
    # The phoneme counts of all runs of that many words, by a sliding sum.
    one, other = (
        np.convolve(lengths, np.ones(size, dtype=np.int64), "valid")
        for lengths, size in zip((left, right), step, strict=True)
    )
    longer = np.maximum(one[:, None], other[None, :])
    apart = np.abs(one[:, None] - other[None, :]) > LENGTHS_APART * longer
    return np.where(apart, np.inf, edits)


def _runs(words: Sequence[str], longest: int) -> dict[int, list[str]]:
    """The texts of all runs of words, by number of words and start index."""
    return {
        size: [" ".join(words[at : at + size]) for at in range(len(words) - size + 1)]
        for size in range(1, longest + 1)
    }
