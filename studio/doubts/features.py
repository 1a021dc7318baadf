"""How probably each word of a transcript is wrong: a few signals, weighed by a logistic rule.

The weights were fitted by ``bench/doubts.py --fit`` on the words of the four interviews that ship
with the tests, as Studio corrects them and as Whisper hears them without being told any name,
against what was really said; docs/accuracy.md has what the rule finds in an interview that it was
not fitted on. Each signal is 0 where it says nothing, so that a weight reads as what the signal
adds to the logarithm of the odds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from studio.doubts.article_evidence import Evidence
from studio.doubts.grammar import disagreeing_places, odd_places
from studio.doubts.lexicon import Lexicon, Misspelling
from studio.language.words import FUNCTION_WORDS, plain_words
from studio.model.transcript import Word

WordFeatures = dict[str, float]

BIAS = -0.69
WEIGHTS: WordFeatures = {
    "unsure": 0.64,  # the logarithm of the odds that the engine gave against the word
    # the same of the less sure one of both neighbours: errors come in company
    "unsure_beside": 0.3,
    "same": -1.5,  # the article has the word there
    "same_agreeing": -1.48,  # and so much of what is around
    "other_agreeing": 0.77,  # the article has other words there, and so much of what is around
    "other_alike": 3.53,  # the same, times how alike both sound
    "extra_agreeing": 0.86,  # the article has nothing there, and so much of what is around
    "missing": 2.13,  # the article has a few words more beside it, and so much of what is around
    "name": -2.13,  # a name of the article, as the article spells it
    "misspelled": 0.81,  # it sounds and looks like a name of the article, and is not it
    "unknown": 2.92,  # neither a dictionary nor the article knows it
    "unknown_beside": 0.82,  # a neighbour is such a word
    "odd": 1.79,  # it does not go with a neighbour
    "disagreeing": 0.39,  # its ending does not agree with the word before
    "small": -0.42,  # a word of grammar
}
# Probabilities nearer to 0 or 1 are no better than these.
LEAST, MOST = 0.01, 0.99


def features_of(
    words: Sequence[Word],
    corrected: Sequence[bool],
    testimonies: Sequence[Evidence | None],
    lexicon: Lexicon,
    misspellings: Sequence[Misspelling],
) -> tuple[WordFeatures, ...]:
    """The signals of each word.

    :param corrected: which words Studio put in place of what was heard: the engine's doubt was
        about something else.
    :param testimonies: what the article says of each word.
    :param misspellings: which words look like a name of the article and are not it.
    """
    unsure = [
        0.0 if changed else _log_odds_against(word.probability)
        for word, changed in zip(words, corrected, strict=True)
    ]
    unknown = [float(lexicon.is_unknown(word.text)) for word in words]
    misspelled = {
        place: one.similarity for one in misspellings for place in range(one.first, one.last)
    }
    odd, disagreeing = set(odd_places(words)), set(disagreeing_places(words))
    return tuple(
        {
            "unsure": unsure[place],
            "unsure_beside": max(_beside(unsure, place)),
            **_testified(testimonies[place]),
            "name": float(lexicon.is_name(word.text)),
            "misspelled": misspelled.get(place, 0.0),
            "unknown": unknown[place],
            "unknown_beside": max(_beside(unknown, place)),
            "odd": float(place in odd),
            "disagreeing": float(place in disagreeing),
            "small": float(all(part in FUNCTION_WORDS for part in plain_words(word.text))),
        }
        for place, word in enumerate(words)
    )


def probability_of(signals: WordFeatures) -> float:
    """How probably a word with these signals is wrong."""
    return 1 / (1 + math.exp(-BIAS - sum(WEIGHTS[name] * value for name, value in signals.items())))


def _testified(testimony: Evidence | None) -> WordFeatures:
    none = dict.fromkeys(
        ("same", "same_agreeing", "other_agreeing", "other_alike", "extra_agreeing", "missing"), 0.0
    )
    if testimony is None:
        return none
    none["missing"] = testimony.missing
    if testimony.relation == "same":
        return {**none, "same": 1.0, "same_agreeing": testimony.agreement}
    if testimony.relation == "extra":
        return {**none, "extra_agreeing": testimony.agreement}
    return {
        **none,
        "other_agreeing": testimony.agreement,
        "other_alike": testimony.agreement * testimony.similarity,
    }


def _log_odds_against(probability: float) -> float:
    bounded = min(max(probability, LEAST), MOST)
    return math.log((1 - bounded) / bounded)


def _beside(values: Sequence[float], place: int) -> list[float]:
    return [*values[max(0, place - 1) : place], *values[place + 1 : place + 2]] or [0.0]
