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
# Words that are counted less in film subtitles are mistakes, as often as not.
MIN_USED = 50
# What French adds for gender and number.
_ENDING = re.compile(r"(?:e?s|x|e)$")
# What stands behind the letters that two forms of a verb share, this many at least.
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
    """Whether the word, in small letters and in any inflected form, is French; names of people and
    places are not.

    Two lists, because each lacks what the other has: rare inflected forms here, adverbs and small
    words there.
    """
    import simplemma

    folded = word.lower()
    return (
        folded in FUNCTION_WORDS
        or bool(simplemma.is_known(folded, lang="fr"))
        or folded in _everyday_words()
    )


def _letters_of(word: str) -> str:
    """One way of writing for all that sound alike: no accents, silent h or doubled letters (but «
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
    """French words with the same letters except for spellings of the same sound, the most used
    first: « étiquette ».
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
    """By their first two letters as they sound."""
    words: dict[str, list[str]] = {}
    for word in _everyday_words().word_frequency.dictionary:
        words.setdefault(_letters_of(word)[:2], []).append(word)
    return words


def words_spelled_like(word: str) -> list[str]:
    """Other everyday words that begin with the same sounds and differ in few letters, the nearest
    first, of equally near ones the most used.
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
    """The dictionary form: « formés » and « former » meet, « formation » stays apart."""
    import simplemma

    return str(simplemma.lemmatize(word, lang="fr")).lower()


# The assumed share of a word that is rare or missing in the list of everyday words: one in a
# million.
MIN_SHARE = 1e-6


@functools.lru_cache(maxsize=50_000)
def french_frequency(word: str) -> float:
    """How much of spoken French this word is, 0 to 1 (the counts are those of film subtitles)."""
    counts = _everyday_words().word_frequency
    return max(MIN_SHARE, counts.dictionary.get(word, 0) / counts.total_words)


def is_inflection_of(word: str, other: str) -> bool:
    """Whether two plain words are forms of one; words of grammar never are."""
    if {word, other} & FUNCTION_WORDS:
        return False
    # Of what no dictionary has, and of trades, the dictionary form says nothing: « caristes », «
    # ingénieure ».
    return (
        (is_common_word(word) and lemma_of(word) == lemma_of(other))
        or not _without_ending(word).isdisjoint(_without_ending(other))
        or _is_one_verb(word, other)
    )


def _without_ending(word: str) -> set[str]:
    """Itself and without what gender and number may have added: « pris », « prise »."""
    return {word, _ENDING.sub("", word)}


def _is_verb(lemma: str) -> bool:
    return lemma.endswith(("er", "ir", "re"))


def _is_one_verb(word: str, other: str) -> bool:
    """Whether both may be forms of one verb although the dictionary knows one of them as a noun: «
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
    """Whether a plain word is none: too long for chance, no number, and in no dictionary."""
    letters = word.rstrip("'")
    return len(letters) > 2 and not letters.isdecimal() and not is_common_word(letters)
