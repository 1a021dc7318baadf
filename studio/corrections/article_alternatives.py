"""Choose between two decodings of the same words by what the article prints.

If both are about as probable in the sound, the one with words from the article was said: an article
about a conversation uses its words, whether it quotes or sums up. Nothing comes in that was not
heard, so an article that says more than was said puts nothing into anybody's mouth.
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

# What a word that the article has is worth beside ``AlternativeHypothesis.gain``, and how many
# count. Fitted by ``bench/rescoring.py``.
PRINTED_WEIGHT = 25.0
MAX_PRINTED = 3
# Shorter words are in every article.
MIN_WORD = 3


def with_printed_alternatives(hearing: AsrResult, article: Article) -> AsrResult:
    """What was heard, with the other decoding's words where the article speaks for them."""
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
    """The dictionary forms of the article's words."""
    return frozenset(_content(printed_texts(article)))


def printed_more(other: Iterable[str], heard: Iterable[str], printed: frozenset[str]) -> int:
    """How many more of the other's own words the article has than of those heard, at most
    ``MAX_PRINTED`` either way.

    :param printed: the result of :func:`printed_lemmas`.
    """
    both = [[part for text in some for part in plain_words(text)] for some in (other, heard)]
    other_parts, heard_parts = both
    gained = sum(
        lemma in printed for lemma in _content(set(other_parts).difference(heard_parts))
    ) - sum(lemma in printed for lemma in _content(set(heard_parts).difference(other_parts)))
    return max(-MAX_PRINTED, min(MAX_PRINTED, gained))


def _content(texts: Iterable[str]) -> list[str]:
    """The dictionary forms of all words that say what a text is about."""
    return [
        lemma_of(part)
        for text in texts
        for part in plain_words(text)
        if part not in FUNCTION_WORDS and len(part) >= MIN_WORD
    ]
