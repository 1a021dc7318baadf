"""Correct numbers that were transcribed as similar-sounding words: « on se donne de déchets » for
« onze tonnes de déchets ».

Beside such a number, article and transcript must share words (« de déchets »), no word of another
number may have been recognised, and no other number of its magnitude may fit the sounds better: an
article with « douze » there changes nothing. Since the same misrecognition tends to recur, the same
sounds are searched in the rest of the exchange.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from studio.corrections.proposal import Proposal
from studio.language.number_words import number_words
from studio.language.phonemes import sound_distances, sound_similarity, sounds_of
from studio.language.spoken_numbers import numbers_in_words
from studio.language.words import content_words, plain_words
from studio.model.transcript import Word

# The largest numbers of spoken and of written words that are compared.
MAX_HEARD = 4
MAX_WRITTEN = 4
MIN_SIMILARITY = 0.6
# The minimum number of phonemes of the shared words beside the number; with the second value, the
# article is considered verbatim.
MIN_SHARED_SOUNDS = 6
MAX_SHARED_SOUNDS = 12
# If the engine's probability of all words is above this, they were said.
UNSURE_PROBABILITY = 0.6
# The maximum difference for a recurrence of the same misrecognition.
MIN_REPEATED_SIMILARITY = 0.8
# Numbers of its magnitude: those that differ in the last two digits, in the multiplier of thousands
# or millions, or only in the hundreds.
GROUP = 100
THOUSAND = 1000


@dataclass(frozen=True)
class _Number:
    """Printed words ``first`` to ``last`` (exclusive) that start with a number of ``count``
    words.
    """

    first: int
    last: int
    count: int
    value: int


def number_proposals(
    words: Sequence[Word], first: int, last: int, firsts: frozenset[int], written: Sequence[str]
) -> list[Proposal]:
    """The numbers of an exchange that were probably said where no number was recognised.

    :param words: words of the whole transcript; ``first`` to ``last`` (exclusive) belong to the
        exchange.
    :param firsts: indices of words that start a segment: no proposal spans them.
    :param written: the printed words of the exchange.
    """
    heard = [tuple(plain_words(word.text)) for word in words[first:last]]
    printed = [tuple(plain_words(word)) for word in written]
    numbers = list(_numbers(printed))
    if not numbers:
        return []
    said = _number_words_in(heard)
    tried: set[tuple[_Number, int]] = set()
    found: list[Proposal] = []
    # A shared word is an anchor: a printed number at some distance from it is searched in the
    # recording at about the same distance, by its sounds.
    for place, spoken in enumerate(heard):
        if not content_words(words[first + place].text):
            continue
        # Every shared word is a possible anchor; `place` is its index in the recording, `column` in
        # print.
        for column in (column for column, one in enumerate(printed) if one == spoken):
            # The longer the shared run of phonemes, the more certain it is the same sentence.
            start, end = _shared(heard, printed, place, column)
            shared = len(
                sounds_of(" ".join(word.text for word in words[first + start : first + end]))
            )
            if shared < MIN_SHARED_SOUNDS:
                continue
            for number, edges, edge in _sides(numbers, column - place, start, end):
                if (number, edge) in tried:
                    continue  # from another word of the same run
                tried.add((number, edge))
                stretches = [
                    (low, high)
                    for other in edges
                    if first <= (low := first + min(other, edge))
                    and (high := first + max(other, edge)) <= last
                    and _may_be(words, low, high, firsts)
                    # A passage with words of another number is skipped: the host may have said a
                    # different number than was printed.
                    and set().union(*said[low - first : high - first])
                    <= set(number_words(number.value))
                ]
                agreement = min(1.0, shared / MAX_SHARED_SOUNDS)
                found += _best_proposal(words, stretches, written, number, agreement)
    # Of overlapping proposals, the best one is kept.
    best = _apart(found)
    return best + _repeated(words, first, last, firsts, best)


def _best_proposal(
    words: Sequence[Word],
    stretches: Sequence[tuple[int, int]],
    written: Sequence[str],
    number: _Number,
    agreement: float,
) -> list[Proposal]:
    """The number for the words that sound most like it; none if they do not sound alike."""
    fit = _best_fit(
        [" ".join(word.text for word in words[slice(*one)]) for one in stretches], written, number
    )
    if fit is None or fit[1] < MIN_SIMILARITY:
        return []
    text = " ".join(written[number.first : number.last])
    return [Proposal(*stretches[fit[0]], text, fit[1], agreement, 1, "number")]


def _sides(
    numbers: Sequence[_Number], shift: int, start: int, end: int
) -> Iterator[tuple[_Number, range, int]]:
    """The numbers printed next to shared words; each with the boundary of these words, and where it
    may start or end on the other side.

    :param shift: offset of a word's printed index to its spoken one.
    :param start: first of the shared words; they end before ``end``.
    """
    for number in numbers:
        if number.last == start + shift:
            yield number, range(start - MAX_HEARD, start), start
    for number in numbers:
        if number.first == end + shift:
            yield number, range(end + 1, end + MAX_HEARD + 1), end


def _numbers(printed: Sequence[Sequence[str]]) -> Iterator[_Number]:
    """Every number of a text with zero to two of the following words."""
    owners = [place for place, parts in enumerate(printed) for _ in parts]
    for amount in numbers_in_words([part for parts in printed for part in parts]):
        first, last = owners[amount.first], owners[amount.last - 1] + 1
        for end in range(last, min(len(printed), first + MAX_WRITTEN, last + 2) + 1):
            yield _Number(first, end, last - first, amount.value)


def _number_words_in(heard: Sequence[Sequence[str]]) -> list[set[str]]:
    """For each word of a text the words of the number that it belongs to, if any."""
    owners = [place for place, parts in enumerate(heard) for _ in parts]
    found: list[set[str]] = [set() for _ in heard]
    for amount in numbers_in_words([part for parts in heard for part in parts]):
        for place in owners[amount.first : amount.last]:
            found[place] |= set(number_words(amount.value))
    return found


def _shared(
    heard: Sequence[Sequence[str]], printed: Sequence[Sequence[str]], place: int, column: int
) -> tuple[int, int]:
    """The range (exclusive end) of spoken words equal to the article's around a shared word."""
    start, end = place, place + 1
    while (
        start
        and column - (place - start) > 0
        and heard[start - 1] == printed[column - (place - start) - 1]
    ):
        start -= 1
    while (
        end < len(heard)
        and column + end - place < len(printed)
        and heard[end] == printed[column + end - place]
    ):
        end += 1
    return start, end


def _may_be(words: Sequence[Word], low: int, high: int, firsts: frozenset[int]) -> bool:
    stretch = words[low:high]
    return (
        not any(place in firsts for place in range(low + 1, high))
        and not any(letter.isdigit() for word in stretch for letter in word.text)
        and min(word.probability for word in stretch) < UNSURE_PROBABILITY
    )


def _best_fit(
    stretches: Sequence[str], written: Sequence[str], number: _Number
) -> tuple[int, float] | None:
    """The spoken range that the number fits best, with the phonetic similarity; None if another
    number of its magnitude fits better.

    Matching phonemes count for a number, others against it: short numbers are easily similar to a
    part of the speech, long ones to all of it. In case of a tie, the article decides.
    """
    text = " ".join(written[number.first : number.last])
    tail = written[number.first + number.count : number.last]
    if not any(sound_similarity(one, text) >= MIN_SIMILARITY for one in stretches):
        return None  # skips the comparison with the others
    texts = [
        text,
        *(" ".join([*number_words(other), *tail]) for other in _others_of_its_size(number.value)),
    ]
    # Fit of range and text = phonemes of the longer one − 2 × edits, i.e. matching phonemes minus
    # edits. Column 0 is the printed number, the others are its competitors.
    longest = [
        [max(len(sounds_of(one)), len(sounds_of(other)), 1) for other in texts] for one in stretches
    ]
    edits = sound_distances(stretches, texts)
    fits = np.asarray(longest) - 2 * edits
    place = int(fits[:, 0].argmax())
    if fits[place, 0] < fits[:, 1:].max():
        return None
    return place, 1 - float(edits[place, 0]) / longest[place][0]


def _others_of_its_size(value: int) -> list[int]:
    base, scale = value - value % GROUP, 1
    while value and value % (scale * THOUSAND) == 0:
        scale *= THOUSAND
    others = {base + rest for rest in range(GROUP)} | {
        count * scale for count in (*range(1, GROUP), *range(GROUP, THOUSAND, GROUP))
    }
    return sorted(others - {value})


def _apart(proposals: Iterable[Proposal]) -> list[Proposal]:
    """The most probable proposals without overlap."""
    best: list[Proposal] = []
    for proposal in sorted(
        proposals,
        key=lambda one: (one.similarity * one.agreement, one.last - one.first),
        reverse=True,
    ):
        if all(proposal.last <= other.first or proposal.first >= other.last for other in best):
            best.append(proposal)
    return best


def _repeated(
    words: Sequence[Word], first: int, last: int, firsts: frozenset[int], found: Sequence[Proposal]
) -> list[Proposal]:
    """Recurrences of the same misrecognised words in the exchange."""
    again = []
    for one in found:
        # Windows of the same number of words that sound like the misrecognised ones, without
        # overlap with existing proposals; a single word would match too easily.
        misheard = " ".join(word.text for word in words[one.first : one.last])
        size = one.last - one.first
        for low in range(first, last - size + 1):
            if (
                size < 2
                or (low < one.last and one.first < low + size)
                or not _may_be(words, low, low + size, firsts)
            ):
                continue
            if (
                sound_similarity(" ".join(word.text for word in words[low : low + size]), misheard)
                >= MIN_REPEATED_SIMILARITY
            ):
                again.append(
                    Proposal(
                        low,
                        low + size,
                        one.text,
                        one.similarity,
                        one.agreement,
                        one.anchors,
                        "number",
                    )
                )
    # Without overlap among each other and with the proposals that they repeat.
    return [
        one
        for one in _apart(again)
        if all(one.last <= other.first or one.first >= other.last for other in found)
    ]
