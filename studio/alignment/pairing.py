"""Whether article and recording belong together: the names and the subject of the one are heard in
the other, or they are not.

Names that French does not have tell most: the article of another episode shares its everyday words,
not its names.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from studio.alignment.exchange_evidence import Texts, Unit
from studio.alignment.exchange_weights import WEIGHTS
from studio.alignment.term_similarity import terms_of
from studio.language.dictionary import share_of_french
from studio.language.words import plain_words
from studio.model.article import Article

_CAPITAL = re.compile(r"\b[A-ZÀ-ÖØ-Þ][\w’'-]+")
# Rarer words of the article are taken for names: three in a million words of French.
NAME_SHARE = 3e-6
# The part of what is said in an interview that the article's words make up, for the mean
# log-likelihood ratio of its words.
SUBJECT_PART = 0.2
# With fewer different content words heard, nothing can be told, and nothing is said against the
# pair.
LEAST_TERMS = 40
# An article with fewer names tells too little about who was to be heard.
LEAST_NAMES = 4


def pair_probability(units: Sequence[Unit], article: Article) -> float:
    """How probable it is that this is the recording of this article, 0 to 1."""
    texts = Texts(article)
    heard = set(texts.recognise(terms_of(" ".join(unit.text for unit in units))))
    names = names_of(article)
    if len(heard) < LEAST_TERMS or len(names) < LEAST_NAMES:
        return 1.0
    subject = sum(texts.subject.ratio(term, SUBJECT_PART) for term in heard) / len(heard)
    said = set(plain_words(" ".join(unit.text for unit in units)))
    guest = max((_share_heard(name, said) for name in article.guests), default=0.0)
    odds = (
        WEIGHTS["pair"]
        + WEIGHTS["pair_subject"] * subject
        + WEIGHTS["pair_guest"] * guest
        + WEIGHTS["pair_names"] * math.log1p(len(names & said))
        + WEIGHTS["pair_names_share"] * len(names & said) / len(names)
    )
    return round(1 / (1 + math.exp(-odds)), 3)


def names_of(article: Article) -> frozenset[str]:
    """The rare words that the article writes with a capital letter, folded."""
    texts = [article.title, *article.introduction]
    texts += [
        text
        for exchange in article.exchanges
        for text in (exchange.question, *(paragraph.text for paragraph in exchange.answer))
    ]
    capitals = {
        word for text in texts for found in _CAPITAL.findall(text) for word in plain_words(found)
    }
    return frozenset(
        word for word in capitals if len(word) > 2 and share_of_french(word) < NAME_SHARE
    )


def _share_heard(name: str, said: set[str]) -> float:
    words = [word for word in plain_words(name) if len(word) > 2]
    return sum(word in said for word in words) / max(1, len(words))
