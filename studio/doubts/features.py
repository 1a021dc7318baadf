"""The probability that a word of a transcript is wrong: logistic regression on a few features.

The weights are in :mod:`studio.doubts.doubt_weights`. Each feature is 0 if it does not apply, so
that a weight is its contribution to the log-odds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from studio.doubts.article_evidence import ArticleSupport
from studio.doubts.doubt_weights import WEIGHTS
from studio.doubts.grammar import disagreeing_places, implausible_places
from studio.doubts.lexicon import Lexicon, Misspelling
from studio.language.words import FUNCTION_WORDS, plain_words
from studio.model.transcript import Word

WordFeatures = dict[str, float]

# Probabilities are clipped to this distance from 0 and 1.
LEAST, MOST = 0.01, 0.99


def word_features(
    words: Sequence[Word],
    *,
    corrected: Sequence[float | None],
    suggested: Sequence[float],
    article_evidence: Sequence[ArticleSupport | None],
    lexicon: Lexicon,
    misspellings: Sequence[Misspelling],
) -> tuple[WordFeatures, ...]:
    """The features of each word.

    :param corrected: for words corrected by Studio the confidence, 0 to 1 (the engine's probability
        was that of other words); None for the others.
    :param suggested: the probability of another wording by the corrections, 0 to 1.
    :param article_evidence: the article's evidence on each word.
    :param misspellings: words that are similar to a name of the article, but different.
    """
    # The engine's probability does not apply to words that a correction has replaced.
    unsure = [
        0.0 if sure is not None else _log_odds_against(word.probability)
        for word, sure in zip(words, corrected, strict=True)
    ]
    # Whisper spreads an error over neighbouring words, so each signal of a word is also given as
    # the maximum of its neighbours (`…_beside`).
    unknown = [float(lexicon.is_unknown(word.text)) for word in words]
    misspelled = {
        place: one.similarity for one in misspellings for place in range(one.first, one.last)
    }
    odd, disagreeing = set(implausible_places(words)), set(disagreeing_places(words))
    # The names are those of the fitted weights (`error_probability`).
    return tuple(
        {
            "corrected": 0.0 if (sure := corrected[place]) is None else 1.0 - sure,
            "mended": float(corrected[place] is not None),
            "suggested": suggested[place],
            "unsure": unsure[place],
            "unsure_beside": max(_beside(unsure, place)),
            **_from_article(article_evidence[place]),
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


def error_probability(signals: WordFeatures) -> float:
    """The probability that a word with these features is wrong."""
    return 1 / (
        1 + math.exp(-WEIGHTS[""] - sum(WEIGHTS[name] * value for name, value in signals.items()))
    )


def _from_article(evidence: ArticleSupport | None) -> WordFeatures:
    none = dict.fromkeys(
        ("same", "same_agreeing", "other_agreeing", "other_alike", "extra_agreeing", "missing"), 0.0
    )
    if evidence is None:
        return none
    none["missing"] = evidence.missing
    if evidence.relation == "same":
        return {**none, "same": 1.0, "same_agreeing": evidence.agreement}
    if evidence.relation == "extra":
        return {**none, "extra_agreeing": evidence.agreement}
    return {
        **none,
        "other_agreeing": evidence.agreement,
        "other_alike": evidence.agreement * evidence.similarity,
    }


def _log_odds_against(probability: float) -> float:
    bounded = min(max(probability, LEAST), MOST)
    return math.log((1 - bounded) / bounded)


def _beside(values: Sequence[float], place: int) -> list[float]:
    return [*values[max(0, place - 1) : place], *values[place + 1 : place + 2]] or [0.0]
