"""Heard and printed words in pairs: the same as the plain search finds, whatever the texts."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from studio.alignment.pairing_limits import (
    JOINED,
    LENGTHS_APART,
    MAX_HEARD,
    MAX_PRINTED,
    UNPAIRED_SOUND,
    UNPAIRED_WORD,
)
from studio.alignment.word_pairs import pairs_of
from studio.language.phonemes import sound_distances, sounds_of

WORDS = (
    "la mairie nous a prêté l'ancienne poste, et l'atelier n'en est jamais sorti. à Martigues "
    "amartique vingt-sept 27 trois mille personnes de du des le les une on était étions 12 000 "
    "TPE quarante machines volutes violon Levert."
).split()


def plain_steps(
    heard: list[str], printed: list[str], breaks: set[int]
) -> list[tuple[int, int, int, int]]:
    """Every step looked at one by one."""
    rows, columns = len(heard), len(printed)
    cost = [[float("inf")] * (columns + 1) for _ in range(rows + 1)]
    back = [[(0, 0)] * (columns + 1) for _ in range(rows + 1)]
    cost[0][0] = 0.0
    for row in range(rows + 1):
        for column in range(columns + 1):
            steps = []
            if row < rows:
                steps.append((1, 0, UNPAIRED_SOUND * len(sounds_of(heard[row])) + UNPAIRED_WORD))
            if column < columns:
                steps.append(
                    (0, 1, UNPAIRED_SOUND * len(sounds_of(printed[column])) + UNPAIRED_WORD)
                )
            for a in range(1, min(MAX_HEARD, rows - row) + 1):
                if any(place in breaks for place in range(row + 1, row + a)):
                    break
                one = sum(len(sounds_of(word)) for word in heard[row : row + a])
                for b in range(1, min(MAX_PRINTED, columns - column) + 1):
                    other = sum(len(sounds_of(word)) for word in printed[column : column + b])
                    if abs(one - other) > LENGTHS_APART * max(one, other):
                        continue
                    texts = " ".join(heard[row : row + a]), " ".join(printed[column : column + b])
                    edits = float(sound_distances([texts[0]], [texts[1]])[0][0])
                    steps.append((a, b, edits + JOINED * (a + b - 2)))
            for a, b, price in steps:
                if cost[row][column] + price < cost[row + a][column + b]:
                    cost[row + a][column + b] = cost[row][column] + price
                    back[row + a][column + b] = (a, b)
    found = []
    row, column = rows, columns
    while row or column:
        a, b = back[row][column]
        found.append((row - a, row, column - b, column))
        row, column = row - a, column - b
    return found[::-1]


def price_of(steps: Sequence[tuple[int, ...]], heard: list[str], printed: list[str]) -> float:
    total = 0.0
    for first, last, printed_first, printed_last in steps:
        one, other = heard[first:last], printed[printed_first:printed_last]
        if one and other:
            edits = float(sound_distances([" ".join(one)], [" ".join(other)])[0][0])
            total += edits + JOINED * (len(one) + len(other) - 2)
        else:
            total += UNPAIRED_SOUND * len(sounds_of((one or other)[0])) + UNPAIRED_WORD
    return total


@pytest.mark.parametrize("seed", range(40))
def test_the_search_finds_the_cheapest_way(seed: int) -> None:
    chosen = random.Random(seed)
    heard, printed = ([chosen.choice(WORDS) for _ in range(chosen.randrange(13))] for _ in range(2))
    if seed % 3 == 0:  # nearly the same text
        printed = [word for word in heard if chosen.random() < 0.8] + printed[:2]
    breaks = {place for place in range(1, len(heard)) if chosen.random() < 0.2}
    found = [
        tuple(pair[:4]) for pair in pairs_of(tuple(heard), tuple(printed), tuple(sorted(breaks)))
    ]
    plain = plain_steps(heard, printed, breaks)
    assert price_of(found, heard, printed) == pytest.approx(price_of(plain, heard, printed))
    # Every word of both sides is in one pair, in order; no pair of several crosses a break.
    assert [place for first, last, *_ in found for place in range(first, last)] == list(
        range(len(heard))
    )
    assert [place for *_, first, last in found for place in range(first, last)] == list(
        range(len(printed))
    )
    assert not any(place in breaks for first, last, *_ in found for place in range(first + 1, last))


def test_a_side_may_be_empty() -> None:
    assert pairs_of((), ()) == ()
    assert [pair[:4] for pair in pairs_of(("oui",), ())] == [(0, 1, 0, 0)]
    assert [pair[:4] for pair in pairs_of((), ("oui", "non"))] == [(0, 0, 0, 1), (0, 0, 1, 2)]
