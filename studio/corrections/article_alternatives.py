"""Choose between two decodings of the same words by the article.

If both are about equally probable, the one with words from the article is chosen: an article on a
conversation uses its words, whether it quotes or summarises. Only decoded words are used, so that
additions of the article are never attributed to a speaker.
"""

from __future__ import annotations

from collections.abc import Iterable

from studio.alignment.exchange_words import printed_texts
from studio.language.dictionary import lemma_of
from studio.language.words import FUNCTION_WORDS, plain_words
from studio.model.article import Article
from studio.model.record import replace_fields
from studio.model.transcript import AsrResult
from studio.model.word_replacement import WordReplacement, with_replaced_words

# The bonus of a word in the article, in units of ``AlternativeHypothesis.gain``, and the maximum
# number of such words. Fitted by ``bench/rescoring.py``.
PRINTED_WEIGHT = 25.0
MAX_PRINTED = 3
# Shorter words are in every article.
MIN_WORD = 3


def with_printed_alternatives(hearing: AsrResult, article: Article) -> AsrResult:
    """The ASR result with the other decoding's words where the article supports them."""
    if not hearing.alternatives:
        return hearing
    printed = printed_lemmas(article)
    words = hearing.words
    taken = [
        WordReplacement(one.first, one.last, one.words)
        for one in hearing.alternatives
        if one.gain
        + PRINTED_WEIGHT
        * printed_more(
            [word.text for word in one.words],
            [word.text for word in words[one.first : one.last]],
            printed,
        )
        > 0
    ]
    return replace_fields(
        hearing, utterances=with_replaced_words(hearing.utterances, taken), alternatives=()
    )


def printed_lemmas(article: Article) -> frozenset[str]:
    """The lemmas of the article's words."""
    return frozenset(_content(printed_texts(article)))


def printed_more(other: Iterable[str], heard: Iterable[str], printed: frozenset[str]) -> int:
    """The number of the alternative's own words in the article minus that of the transcribed ones,
    within ±``MAX_PRINTED``.

    :param printed: the result of :func:`printed_lemmas`.
    """
    both = [[part for text in some for part in plain_words(text)] for some in (other, heard)]
    other_parts, heard_parts = both
    gained = sum(
        lemma in printed for lemma in _content(set(other_parts).difference(heard_parts))
    ) - sum(lemma in printed for lemma in _content(set(heard_parts).difference(other_parts)))
    return max(-MAX_PRINTED, min(MAX_PRINTED, gained))


def _content(texts: Iterable[str]) -> list[str]:
    """The lemmas of all content words."""
    return [
        lemma_of(part)
        for text in texts
        for part in plain_words(text)
        if part not in FUNCTION_WORDS and len(part) >= MIN_WORD
    ]
