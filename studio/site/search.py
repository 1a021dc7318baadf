"""The searchable texts of an episode, and their search keys.

The index (:mod:`studio.site.search_index`) is split into files small enough for a browser:
``search/index.json`` has the first word of each part of the index; ``search/part-3.json`` has the
words of one part and, for each, the sentences that contain it; ``search/text-2-0.json`` has some of
the sentences of one episode. A search only loads the index, the parts of its words and the
displayed sentences: for 500 one-hour episodes less than 100 kB. Prefix and suffix matches are
looked up in lists of all words, ``search/words-1.json`` and, with reversed letters,
``search/endings-1.json``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from studio.language.number_words import number_words
from studio.language.spoken_numbers import numbers_in_words
from studio.language.words import plain_words
from studio.model.turns import Turn, ends_sentence, sentences_of
from studio.site.ordinals import (
    ORDINAL_NAMES,
    long_ordinals,
    ordinal_from_word,
    ordinal_in_words,
)
from studio.text.typography import set_text

if TYPE_CHECKING:
    from studio.site.pages import EpisodePage
    from studio.site.paragraph_times import ParagraphTime

# One-letter words are too frequent and not indexed. Digits are more specific.
MIN_LETTERS = 2
# Numbers up to this are found in digits and in words.
MAX_NUMBER = 999_999
# A letter joined by a hyphen or « & » (« e-mail », « R&D »), the groups of a large number, a word.
_WORD = re.compile(
    r"(?<![^\W_])[^\W\d_][-&][^\W\d_][^\W_]*|(?<!\d)\d{1,3}(?:\s\d{3})+(?![^\W_])|[^\W_]+"
)
_INSIDE_WORD = re.compile(r"[-&\s]")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
# Irregular plurals, by their stem after the rules.
_SINGULARS = {
    "bail": "bau",
    "corail": "corau",
    "travail": "travau",
    "vitrail": "vitrau",
    "cieu": "ciel",
    "yeu": "oeil",
}
# Feminine endings before the final e, and the corresponding masculine stems.
_FEMININE_ENDINGS = (("eus", "eu"), ("eur", "eu"), ("tric", "teu"), ("iv", "if"))

SearchKind = Literal["title", "question", "article", "said"]


class SearchSentence(NamedTuple):
    """A searchable sentence of an episode.

    :param second: its time; None if it is only printed.
    :param anchor: its anchor on the page; empty for the page itself.
    :param keys: its search keys (:func:`search_keys`), in order.
    """

    second: int | None
    anchor: str
    kind: SearchKind
    text: str
    keys: tuple[str, ...] = ()


def folded_words(text: str) -> list[str]:
    """The words in lower case without accents. ``search.js`` normalises queries in the same way."""
    bare = "".join(
        sign
        for sign in unicodedata.normalize("NFKD", text.lower())
        if not unicodedata.combining(sign)
    )
    words = (_INSIDE_WORD.sub("", word) for word in _WORD.findall(bare.translate(_LIGATURES)))
    return [word for word in words if len(word) >= MIN_LETTERS or word.isdigit()]


def word_stem(word: str) -> str:
    """A normalised word without plural and feminine endings, so that « vignerons » finds «
    vigneronne ». It need not be grammatical, only the same on both sides: ``search.js`` uses the
    same rules.
    """
    if word.isdigit():
        return word
    if (ordinal := ordinal_from_word(word)) is not None:
        if ordinal not in ORDINAL_NAMES:
            return f"{ordinal}e"
        word = ORDINAL_NAMES[ordinal]
    if len(word) > 3 and word[-1] in "sx":
        word = word[:-1]
    if len(word) > 4 and word.endswith("e"):
        word = word[:-1]
    for feminine, masculine in _FEMININE_ENDINGS:
        if len(word) > 4 and word.endswith(feminine):
            word = word.removesuffix(feminine) + masculine
    if len(word) > 4 and word.endswith("al"):
        word = f"{word[:-2]}au"
    if len(word) > 4 and word[-1] == word[-2]:
        word = word[:-1]
    return _SINGULARS.get(word, word)


def search_keys(text: str) -> set[str]:
    """The search keys of a sentence: the stems of its words, and its numbers and ordinals in digits
    and in words.
    """
    words = folded_words(text)
    keys = {word_stem(word) for word in words}
    for word in words:
        if word.isascii() and word.isdigit() and int(word) <= MAX_NUMBER:
            keys |= {word_stem(part) for part in folded_words(" ".join(number_words(int(word))))}
        if (ordinal := ordinal_from_word(word)) is not None:
            keys |= {word_stem(part) for part in ordinal_in_words(ordinal)}
    spoken = numbers_in_words(plain_words(text))
    keys |= {str(one.value) for one in spoken if one.value <= MAX_NUMBER}
    return keys | {f"{ordinal}e" for ordinal in long_ordinals(words)}


def search_sentences(page: EpisodePage, language: str) -> list[SearchSentence]:
    """All searchable texts of an episode: title and people, the article, the transcript."""
    people = ", ".join(dict.fromkeys(one.person.name for one in page.credits))
    found = [SearchSentence(None, "", "title", f"{page.episode.title}. {people}".strip(". "))]
    starts = {chapter.question: chapter.start_ms // 1000 for chapter in page.chapters.chapters}
    times = {(one.exchange, one.paragraph): one for one in page.moments}
    for place, paragraph in enumerate(page.article.introduction, start=1):
        found += _printed(paragraph, times.get((0, place)), f"p0-{place}")
    for exchange in page.article.exchanges:
        number = exchange.number
        question = SearchSentence(
            starts.get(number), f"question-{number}", "question", exchange.question
        )
        found.append(question)
        for place, part in enumerate(exchange.answer, start=1):
            found += _printed(part.text, times.get((number, place)), f"p{number}-{place}")
    found += [SearchSentence(second, "", "said", text) for second, text in _spoken(page.turns)]
    return [
        one._replace(text=set_text(one.text, language), keys=tuple(sorted(search_keys(one.text))))
        for one in found
        if one.text.strip()
    ]


def _printed(paragraph: str, time: ParagraphTime | None, anchor: str) -> list[SearchSentence]:
    """The sentences of a paragraph with their times in seconds; a sentence that is not spoken has
    the start of its paragraph.
    """
    if time is None or not time.sentences:
        second = None if time is None else time.start_ms // 1000
        return [SearchSentence(second, anchor, "article", text) for text in sentences_of(paragraph)]
    return [
        SearchSentence(
            (time.start_ms if one.start_ms is None else one.start_ms) // 1000,
            anchor,
            "article",
            one.text,
        )
        for one in time.sentences
    ]


def _spoken(turns: Sequence[Turn]) -> Iterator[tuple[int, str]]:
    """Every spoken sentence with its start, rounded down to seconds."""
    for turn in turns:
        first = 0
        for place, word in enumerate(turn.words, start=1):
            if place == len(turn.words) or ends_sentence(word.text):
                yield (
                    turn.words[first].start_ms // 1000,
                    " ".join(one.text for one in turn.words[first:place]),
                )
                first = place
