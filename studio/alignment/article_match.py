"""Check that article and recording belong together: whether names and subject of the article occur
in the recording.

Names that are not French words, and pairs of content words (« caisse claire »), are the strongest
evidence: articles of other episodes only share everyday words. Fitted by `bench/pair_fit.py` on
every recording with every article.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Sequence

from studio.alignment.exchange_weights import WEIGHTS
from studio.alignment.exchange_words import printed_texts
from studio.alignment.sentence_features import ArticleTerms, SentenceUnit
from studio.alignment.term_similarity import lemmas_of
from studio.language.dictionary import french_frequency
from studio.language.spoken_numbers import NUMBER_WORDS
from studio.language.words import plain_words
from studio.model.article import Article

_CAPITAL = re.compile(r"\b[A-ZÀ-ÖØ-Þ][\w’'-]+")
# Words rarer than three in a million words of French count as names.
NAME_SHARE = 3e-6
# The share of the article's words in the speech of an interview, for the mean log-likelihood ratio.
SUBJECT_PART = 0.2
# Terms rarer than one in a thousand words of French are evidence.
COMMON_SHARE = 1e-3
# With fewer distinct spoken content words, there is no evidence.
MIN_TERMS = 40
# An article with fewer names has too little evidence on the speakers.
MIN_NAMES = 4


def match_probability(units: Sequence[SentenceUnit], article: Article) -> float:
    """The probability that recording and article belong together, 0 to 1."""
    features = match_features(units, article)
    if features is None:
        return 1.0
    odds = WEIGHTS["pair"] + sum(WEIGHTS[name] * value for name, value in features.items())
    return round(1 / (1 + math.exp(-odds)), 3)


def match_features(units: Sequence[SentenceUnit], article: Article) -> dict[str, float] | None:
    """The features; None if too little is spoken or printed."""
    texts = ArticleTerms(article)
    heard = set(texts.recognise(lemmas_of(" ".join(unit.text for unit in units))))
    names = names_of(article)
    if len(heard) < MIN_TERMS or len(names) < MIN_NAMES:
        return None
    said = set(plain_words(" ".join(unit.text for unit in units)))
    phrases = _phrases(unit.text for unit in units) & _phrases(printed_texts(article))
    return {
        "pair_subject": sum(texts.subject.ratio(term, SUBJECT_PART) for term in heard) / len(heard),
        "pair_guest": max((_share_heard(name, said) for name in article.guests), default=0.0),
        "pair_names": math.log1p(len(names & said)),
        "pair_names_share": len(names & said) / len(names),
        "pair_phrases": math.log1p(sum(map(_rarity, phrases))),
    }


def _phrases(texts: Iterable[str]) -> set[tuple[str, str]]:
    """Adjacent content terms; numbers are too frequent to be evidence."""
    return {
        pair
        for text in texts
        for pair in itertools.pairwise(lemmas_of(text))
        if not any(term.isdigit() or term in NUMBER_WORDS for term in pair)
    }


def _rarity(phrase: tuple[str, str]) -> float:
    """The evidence of a term in both texts: the logarithm of its rarity relative to
    ``COMMON_SHARE``.
    """
    return sum(max(0.0, math.log(COMMON_SHARE / french_frequency(term))) for term in phrase)


def names_of(article: Article) -> frozenset[str]:
    """The rare capitalised words of the article, normalised."""
    capitals = {
        word
        for text in printed_texts(article)
        for found in _CAPITAL.findall(text)
        for word in plain_words(found)
    }
    return frozenset(
        word for word in capitals if len(word) > 2 and french_frequency(word) < NAME_SHARE
    )


def _share_heard(name: str, said: set[str]) -> float:
    words = [word for word in plain_words(name) if len(word) > 2]
    return sum(word in said for word in words) / max(1, len(words))
