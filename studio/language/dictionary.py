"""The adapters of the French dictionaries: simplemma (forms and lemmas) and pyspellchecker (common
words).
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import TYPE_CHECKING

from rapidfuzz.distance import Levenshtein, Prefix
from rapidfuzz.process import extract

from studio.language.words import FUNCTION_WORDS

# « élefants » is three letters from « éléphants ».
MAX_OTHER_LETTERS = 4
# « fière » is two from « fiers », « change » three from « changent ».
MAX_OTHER_ENDING = 3
# Rarer words in film subtitles are often misspellings.
MIN_USED = 50
# The endings of gender and number.
_ENDING = re.compile(r"(?:e?s|x|e)$")
# The endings after the common stem of two forms of a verb, which has at least this many letters.
MIN_STEM = 3
_VERB_ENDING = re.compile(
    r"(?:[dv]?r|ss?|v)?(?:e[rsz]?|ent|ons|i?ez|a|as|ai[st]?|aient|ions|ont|ant|ât?|èrent)?"
    r"|[iu][rst]?|[iu]es?|irent|urent|ées?|és?|[dv]?res?|[tx]|tes?"
)

if TYPE_CHECKING:
    from spellchecker import SpellChecker


@functools.cache
def _everyday_words() -> SpellChecker:
    from spellchecker import SpellChecker

    return SpellChecker(language="fr", distance=1)


@functools.lru_cache(maxsize=50_000)
def is_common_word(word: str) -> bool:
    """Whether a lower-case word, in any inflected form, is French; names of people and places are
    not.

    Uses two lists, which complement each other: rare inflected forms in one, adverbs and function
    words in the other.
    """
    import simplemma

    folded = word.lower()
    return (
        folded in FUNCTION_WORDS
        or bool(simplemma.is_known(folded, lang="fr"))
        or folded in _everyday_words()
    )


def _letters_of(word: str) -> str:
    """One spelling for all words that sound alike: no accents, silent h or doubled letters (but «
    ss »); f for ph, k for qu, i for y.
    """
    folded = "".join(
        letter
        for letter in unicodedata.normalize("NFD", word.lower())
        if not unicodedata.combining(letter)
    )
    folded = re.sub(r"c(?=[eiy])", "s", folded.replace("ph", "f"))
    folded = re.sub(r"qu|c(?!h)", "k", folded)
    folded = re.sub(r"(?<![cs])h", "", folded).replace("y", "i")
    return re.sub(r"([^s])\1+", r"\1", folded)


def respellings_of(word: str) -> tuple[str, ...]:
    """French words that differ only in spellings of the same sound, the most frequent first: «
    étiquette ».
    """
    import simplemma

    used = _everyday_words().word_frequency.dictionary
    near = (
        one
        for one, *_ in extract(
            word,
            used.keys(),
            scorer=Levenshtein.distance,
            score_cutoff=MAX_OTHER_LETTERS,
            limit=None,
        )
    )
    same = [
        one
        for one in near
        if _letters_of(one) == _letters_of(word) and simplemma.is_known(one, lang="fr")
    ]
    return tuple(sorted(same, key=lambda one: (-used[one], one)))


@functools.cache
def _everyday_words_by_beginning() -> dict[str, list[str]]:
    """The everyday words by their first two phonetic letters."""
    words: dict[str, list[str]] = {}
    for word in _everyday_words().word_frequency.dictionary:
        words.setdefault(_letters_of(word)[:2], []).append(word)
    return words


def words_spelled_like(word: str) -> list[str]:
    """Other everyday words with the same initial sounds and a small edit distance, the nearest
    first, ties by frequency.
    """
    used = _everyday_words().word_frequency.dictionary
    letters = _letters_of(word)
    near = {
        one: distance
        for one in _everyday_words_by_beginning().get(letters[:2], ())
        if one != word
        and used[one] >= MIN_USED
        and (distance := Levenshtein.distance(_letters_of(one), letters)) <= MAX_OTHER_ENDING
    }
    return sorted(near, key=lambda one: (near[one], -used[one]))


@functools.lru_cache(maxsize=50_000)
def lemma_of(word: str) -> str:
    """The dictionary form: the same for « formés » and « former », but not for « formation »."""
    import simplemma

    return str(simplemma.lemmatize(word, lang="fr")).lower()


# The assumed frequency of a word that is rare or missing in the word list: one in a million.
MIN_SHARE = 1e-6


@functools.lru_cache(maxsize=50_000)
def french_frequency(word: str) -> float:
    """The word's relative frequency in spoken French, 0 to 1 (from film subtitles)."""
    counts = _everyday_words().word_frequency
    return max(MIN_SHARE, counts.dictionary.get(word, 0) / counts.total_words)


def is_inflection_of(word: str, other: str) -> bool:
    """Whether two plain words are inflected forms of one word; function words never are."""
    if {word, other} & FUNCTION_WORDS:
        return False
    # Lemmas do not help for words that no dictionary has and for names of trades: « caristes », «
    # ingénieure ».
    return (
        (is_common_word(word) and lemma_of(word) == lemma_of(other))
        or not _without_ending(word).isdisjoint(_without_ending(other))
        or _is_one_verb(word, other)
    )


def _without_ending(word: str) -> set[str]:
    """The word itself and without possible endings of gender and number: « pris », « prise »."""
    return {word, _ENDING.sub("", word)}


def _is_verb(lemma: str) -> bool:
    return lemma.endswith(("er", "ir", "re"))


def _is_one_verb(word: str, other: str) -> bool:
    """Whether both may be forms of one verb although the dictionary has one of them as a noun: «
    écrit », « écrive ».
    """
    stem = word[: Prefix.similarity(word, other)]
    return (
        len(stem) >= MIN_STEM
        and is_common_word(word)
        and all(_VERB_ENDING.fullmatch(form[len(stem) :]) for form in (word, other))
        and any(
            _is_verb(lemma) and lemma.startswith(stem) for lemma in map(lemma_of, (word, other))
        )
    )


def is_unknown_word(word: str) -> bool:
    """Whether a plain word is not a known word: long enough to rule out coincidence, not a number,
    and in no dictionary.
    """
    letters = word.rstrip("'")
    return len(letters) > 2 and not letters.isdecimal() and not is_common_word(letters)
