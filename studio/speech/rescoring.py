"""Rescoring: where two transcriptions differ, choose the words that the audio makes more probable.

A search finds one of many texts that are about equally probable; which one depends on where windows
begin, on the names in the prompt and on the preceding words. So a recording is decoded twice, in
two ways, and each difference is decided separately: the text of a few seconds is scored with the
words of either (:mod:`studio.speech.scoring`), without any prompt.

Names in the prompt are kept, and words that sound like one, which corrections may replace: sound
alone does not make an unknown name probable. Nor does a word that is in no dictionary replace a
French one.

Rejected words are stored as alternatives: the article, which is not known here, may support them
(:mod:`studio.corrections.article_alternatives`).
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from studio.language.dictionary import is_unknown_word
from studio.language.phonemes import sound_similarities, sounds_of
from studio.language.words import plain_words
from studio.model.transcript import (
    AlternativeHypothesis,
    UnpromptedWording,
    Utterance,
    Word,
)
from studio.model.word_replacement import WordReplacement, with_replaced_words
from studio.model.word_windows import window_of_words, window_span, word_windows
from studio.model.wording import Wording

# Log-probabilities (natural) of possible texts of a span.
Score = Callable[[Sequence[Wording]], Sequence[float]]

# The score of a difference is the sum of two terms. One is by how much the other words make a few
# seconds of audio more probable (natural logarithm), limited to ``MAX_GAIN``. The other, times its
# weight, is the natural logarithm of the ratio of their mean probabilities in both passes. The
# second pass has an advantage there: its search is wider, and its prompt has no names. Fitted by
# ``bench/rescoring.py``.
MAX_GAIN = 10.0
SURER_WEIGHT = 15.0
SECOND_PASS_GAIN = 5.0
# Probabilities are limited to this minimum.
MIN_PROBABILITY = 0.01
# People say one word twice, but rarely a phrase of this many words.
MIN_REPEAT = 2
# Longer differences are not other wordings of the same words.
MAX_WORDS = 8
# Maximum time difference between both passes for the same words.
FARTHEST_MS = 2_000
# Shorter parts of a name are function words; names of fewer sounds resemble many words.
MIN_NAME_PART = 4
MIN_NAME_SOUNDS = 4
# From this similarity of sounds (0 to 1) to a name on, a word may be that name, misheard. Of the
# same interviews' differences it spares 10 words, and keeps 6 wrong.
LIKE_NAME = 0.5


class RescoringEvidence(NamedTuple):
    """The evidence for the words of the other pass.

    :param sound: how much more probable (natural logarithm) the sound makes them.
    :param surer: how much higher their probability was in that pass (likewise).
    """

    sound: float
    surer: float

    @property
    def gain(self) -> float:
        """The sum of both: above 0 the other words are accepted."""
        sound = max(-MAX_GAIN, min(MAX_GAIN, self.sound))
        return sound + SURER_WEIGHT * self.surer + SECOND_PASS_GAIN


def likelier_words(
    utterances: Sequence[Utterance],
    other: Sequence[Utterance],
    names: Sequence[str],
    score: Score,
) -> tuple[tuple[Utterance, ...], tuple[AlternativeHypothesis, ...]]:
    """The first pass, with the words of the other where these are more probable; and for each
    difference the rejected words.

    :param utterances: ascending; words ascend without overlap.
    :param other: another pass of the same recording, in the same form.
    :param names: the names in the first pass's prompt.
    """
    words = [word for utterance in utterances for word in utterance.words]
    weighed = weighed_differences(
        words, [word for utterance in other for word in utterance.words], names, score
    )
    found = [(one, evidence.gain) for one, evidence in weighed]
    taken = [one for one, gain in found if gain > 0]
    return with_replaced_words(utterances, taken), tuple(_alternatives(words, found))


def _alternatives(
    words: Sequence[Word], found: Sequence[tuple[WordReplacement, float]]
) -> Iterator[AlternativeHypothesis]:
    """The rejected wordings, by the indices of the present words."""
    moved = 0
    for one, gain in found:
        first, heard = one.first + moved, words[one.first : one.last]
        left, stays = (heard, one.words) if gain > 0 else (one.words, heard)
        yield AlternativeHypothesis(
            first=first, last=first + len(stays), words=tuple(left), gain=-round(abs(gain), 2)
        )
        moved += len(stays) - len(heard)


def unprompted_wordings(
    words: Sequence[Word], others: Sequence[Word], names: Sequence[str]
) -> tuple[UnpromptedWording, ...]:
    """What the other pass, whose prompt has no names, has where the first one has a prompted name.

    Such names are kept whatever the other pass has (:func:`likelier_words`); the article may spell
    them wrong, or have a similar name (:mod:`studio.corrections.doubtful_names`).
    """
    parts = _name_parts(names)
    return tuple(
        UnpromptedWording(
            start_ms=words[one.first].start_ms, end_ms=words[one.last - 1].end_ms, text=one.text
        )
        for one in differences_between(words, others)
        if not parts.isdisjoint(plain_words(_text(words[one.first : one.last])))
    )


def weighed_differences(
    words: Sequence[Word], others: Sequence[Word], names: Sequence[str], score: Score
) -> list[tuple[WordReplacement, RescoringEvidence]]:
    """Every difference in which the other pass may be right, ascending, with the evidence for
    it.
    """
    differences = _without_names(words, differences_between(words, others), names)
    differences = [
        one
        for one in differences
        if _is_as_french(one, words[one.first : one.last]) and not _says_twice(one, words)
    ]
    gains = _gains(words, differences, score)
    return [
        (one, RescoringEvidence(gain, _probability_gain(one, words[one.first : one.last])))
        for one, gain in zip(differences, gains, strict=True)
    ]


def differences_between(words: Sequence[Word], others: Sequence[Word]) -> Iterator[WordReplacement]:
    """The short differences between both passes, each with words on both sides: a word in only one
    of them is grouped with the word before it.
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
        if max(last - first, other_last - other_first) <= MAX_WORDS and apart_ms <= FARTHEST_MS:
            yield WordReplacement(first, last, tuple(others[other_first:other_last]))


def _without_names(
    words: Sequence[Word], differences: Iterable[WordReplacement], names: Sequence[str]
) -> list[WordReplacement]:
    """Those with first words that neither contain a part of a name in the prompt nor sound like
    one.
    """
    parts = _name_parts(names)
    heard = [(one, _text(words[one.first : one.last])) for one in differences]
    heard = [(one, text) for one, text in heard if parts.isdisjoint(plain_words(text))]
    wanted = [name for name in names if len(sounds_of(name)) >= MIN_NAME_SOUNDS]
    if not heard or not wanted:
        return [one for one, _ in heard]
    similarity = sound_similarities([text for _, text in heard], wanted).max(axis=1)
    return [one for (one, _), like in zip(heard, similarity, strict=True) if like < LIKE_NAME]


def _name_parts(names: Iterable[str]) -> frozenset[str]:
    return frozenset(
        part for name in names for part in plain_words(name) if len(part) >= MIN_NAME_PART
    )


def _is_as_french(one: WordReplacement, heard: Sequence[Word]) -> bool:
    """Whether the other words have no more unknown words."""
    before, after = (
        sum(map(is_unknown_word, plain_words(text))) for text in (_text(heard), one.text)
    )
    return after <= before


def _says_twice(one: WordReplacement, words: Sequence[Word]) -> bool:
    """Whether a phrase would be doubled: the other pass has it at another time."""
    before, after = (
        words[max(0, one.first - MAX_WORDS) : one.first],
        words[one.last :][:MAX_WORDS],
    )
    heard = words[one.first : one.last]
    new, old = (_repeats([*before, *middle, *after], MIN_REPEAT) for middle in (one.words, heard))
    return new > old


def _repeats(words: Sequence[Word], shortest: int) -> int:
    """The number of places where this many words or more are repeated at once."""
    plain = [plain_words(word.text) for word in words]
    return sum(
        plain[first : first + count] == plain[first + count : first + 2 * count]
        for count in range(shortest, len(plain) // 2 + 1)
        for first in range(len(plain) - 2 * count + 1)
    )


def _probability_gain(one: WordReplacement, heard: Sequence[Word]) -> float:
    """The log ratio of the probabilities of the other pass's words and of the first pass's."""
    means = (
        max(MIN_PROBABILITY, statistics.fmean(word.probability for word in some))
        for some in (one.words, heard)
    )
    other, first = map(math.log, means)
    return other - first


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def _gains(
    words: Sequence[Word], differences: Sequence[WordReplacement], score: Score
) -> list[float]:
    """The gain in log-probability of each of the other wordings, given the audio."""
    windows = word_windows(words, [(one.first, one.last) for one in differences])
    asked: list[Wording] = []
    for one in differences:
        first, last = window_of_words(windows, one.first, one.last)
        span = window_span(words, first, last)
        for middle in (words[one.first : one.last], one.words):
            some = [*words[first : one.first], *middle, *words[one.last : last]]
            asked.append(Wording(span, _text(some)))
    distinct = list(dict.fromkeys(asked))
    known = dict(zip(distinct, score(distinct), strict=True))
    scores = [known[one] for one in asked]
    return [after - before for before, after in zip(scores[::2], scores[1::2], strict=True)]
