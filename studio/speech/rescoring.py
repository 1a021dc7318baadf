"""Rescoring: where two transcriptions differ, choose the words that the audio makes more probable.

A search finds one of many texts that are about as probable; which one depends on where windows
begin, on the names told and on what was said before. So a recording is read twice, in two ways, and
each place where both differ is asked about by itself: the text of a few seconds is scored with the
words of either (:mod:`studio.speech.scoring`), without any prompt.

Names that were told stay, and what sounds like one, of which corrections may make it: no sound
makes a name probable that the model does not know. Nor does a word that no dictionary has take the
place of one that is French.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from studio.language.dictionary import is_invented
from studio.language.phonemes import sound_similarities, sounds_of
from studio.language.words import plain_words
from studio.model.clock import RecordingMs, Span
from studio.model.record import replace_fields
from studio.model.transcript import Utterance, Word
from studio.model.word_windows import window_of_words, window_span, word_windows

# Log probabilities (natural) of texts that may be what is said in a span.
Score = Callable[[Sequence[tuple[Span, str]]], Sequence[float]]

# What a difference is worth: how much more probable (natural logarithm) the sound of a few seconds
# makes the other words, and, so much weighted, how much surer the other reading is of them (natural
# logarithm of the ratio of their mean probabilities): it read them with other ones around. From the
# limit on the other words are taken (bench/rescoring.py).
SURER_WEIGHT = 3.0
LEAST_GAIN = -2.0
# Probabilities below this one say no more.
LEAST_PROBABILITY = 0.01
# Longer differences are no other words, but other places.
MOST_WORDS = 8
# Both readings say when: the same place does not differ by more.
FARTHEST_MS = 2_000
# Shorter parts of a name are words of grammar; names of fewer sounds are like everything.
SHORTEST_NAME_PART = 4
SHORTEST_NAME_SOUNDS = 4
# Similarity of sounds (0 to 1) to a name from which on a word may be that name, misheard. Of the
# same interviews' differences it spares 10 words, and keeps 6 wrong.
LIKE_NAME = 0.5


class Difference(NamedTuple):
    """The first reading's words ``first`` to ``last`` (excluded), and what the other has there."""

    first: int
    last: int
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The other words as they are written."""
        return _text(self.words)


def likelier_words(
    utterances: Sequence[Utterance],
    other: Sequence[Utterance],
    names: Sequence[str],
    score: Score,
) -> tuple[Utterance, ...]:
    """The first reading, with the other's words where these are more probable.

    :param utterances: ascending; words ascend without overlap.
    :param other: another reading of the same recording, in the same form.
    :param names: the names that the first reading was told.
    """
    words = [word for utterance in utterances for word in utterance.words]
    found = weighed_differences(
        words, [word for utterance in other for word in utterance.words], names, score
    )
    taken = [one for one, gain in found if gain > LEAST_GAIN]
    return _replaced(utterances, words, taken) if taken else tuple(utterances)


def weighed_differences(
    words: Sequence[Word], others: Sequence[Word], names: Sequence[str], score: Score
) -> list[tuple[Difference, float]]:
    """Every place where the other reading may have its way, with how much likelier its words are:
    a sum of natural logarithms.
    """
    differences = _without_names(words, differences_between(words, others), names)
    differences = [one for one in differences if _is_as_french(one, words[one.first : one.last])]
    gains = _gains(words, differences, score)
    return [
        (one, gain + SURER_WEIGHT * _surer(one, words[one.first : one.last]))
        for one, gain in zip(differences, gains, strict=True)
    ]


def differences_between(words: Sequence[Word], others: Sequence[Word]) -> Iterator[Difference]:
    """The short places in which both readings differ, each with words on both sides: a word that
    only one has stands with the word before it.
    """
    left, right = ([" ".join(plain_words(word.text)) for word in some] for some in (words, others))
    edges: list[list[int]] = []
    for code in Levenshtein.opcodes(left, right):
        if code.tag == "equal":
            continue
        if edges and edges[-1][1] == code.src_start and edges[-1][3] == code.dest_start:
            edges[-1][1], edges[-1][3] = code.src_end, code.dest_end
        else:
            edges.append([code.src_start, code.src_end, code.dest_start, code.dest_end])
    for start, last, other_start, other_last in edges:
        alone = start == last or other_start == other_last
        first, other_first = start - alone, other_start - alone
        if first < 0 or other_first < 0:
            continue
        apart_ms = abs(words[first].start_ms - others[other_first].start_ms)
        if max(last - first, other_last - other_first) <= MOST_WORDS and apart_ms <= FARTHEST_MS:
            yield Difference(first, last, tuple(others[other_first:other_last]))


def _without_names(
    words: Sequence[Word], differences: Iterable[Difference], names: Sequence[str]
) -> list[Difference]:
    """Those whose first words have no part of a name that was told, nor sound like one."""
    parts = {
        part for name in names for part in plain_words(name) if len(part) >= SHORTEST_NAME_PART
    }
    heard = [(one, _text(words[one.first : one.last])) for one in differences]
    heard = [(one, text) for one, text in heard if parts.isdisjoint(plain_words(text))]
    wanted = [name for name in names if len(sounds_of(name)) >= SHORTEST_NAME_SOUNDS]
    if not heard or not wanted:
        return [one for one, _ in heard]
    likeness = sound_similarities([text for _, text in heard], wanted).max(axis=1)
    return [one for (one, _), like in zip(heard, likeness, strict=True) if like < LIKE_NAME]


def _is_as_french(one: Difference, heard: Sequence[Word]) -> bool:
    """Whether the other words have no more among them that no dictionary has."""
    before, after = (sum(map(is_invented, plain_words(text))) for text in (_text(heard), one.text))
    return after <= before


def _surer(one: Difference, heard: Sequence[Word]) -> float:
    """How much surer the other reading is of its words than the first one of those heard."""
    means = (
        max(LEAST_PROBABILITY, statistics.fmean(word.probability for word in some))
        for some in (one.words, heard)
    )
    other, first = map(math.log, means)
    return other - first


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def _gains(words: Sequence[Word], differences: Sequence[Difference], score: Score) -> list[float]:
    """How much more probable each of the other wordings is in the sound."""
    windows = word_windows(words, [(one.first, one.last) for one in differences])
    asked: list[tuple[Span, str]] = []
    for one in differences:
        first, last = window_of_words(windows, one.first, one.last)
        span = window_span(words, first, last)
        for middle in (words[one.first : one.last], one.words):
            some = [*words[first : one.first], *middle, *words[one.last : last]]
            asked.append((span, _text(some)))
    distinct = list(dict.fromkeys(asked))
    known = dict(zip(distinct, score(distinct), strict=True))
    scores = [known[one] for one in asked]
    return [after - before for before, after in zip(scores[::2], scores[1::2], strict=True)]


def _replaced(
    utterances: Sequence[Utterance], words: Sequence[Word], taken: Sequence[Difference]
) -> tuple[Utterance, ...]:
    """Each difference in the utterance of its first word, within the time that its neighbours
    leave.
    """
    starts = {one.first: one for one in taken}
    gone = {place for one in taken for place in range(one.first, one.last)}
    place, changed = 0, []
    for utterance in utterances:
        own: list[Word] = []
        for word in utterance.words:
            if place in starts:
                own += _between(words, starts[place])
            elif place not in gone:
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


def _between(words: Sequence[Word], one: Difference) -> Iterator[Word]:
    """The other words, none before the neighbour on the left ends or after the one on the right
    starts; where there is no room at their times, in the time of the words that they replace.
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
