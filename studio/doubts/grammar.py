"""Ungrammatical sequences of French function words, and endings that do not agree: typical of
Whisper output without context.

A few pairs that are hardly ever adjacent in speech: a hint for listening, not a full grammar.
``bench/doubts.py`` counts how often each occurs in correct texts (the interviews' references and
articles).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studio.language.dictionary import is_common_word
from studio.language.punctuation import ENDS, PAUSES
from studio.language.words import FUNCTION_WORDS, plain_words
from studio.model.transcript import Word

# Determiners: no preposition, subject or other determiner follows.
_DETERMINERS = frozenset("un une du au aux cet cette ces mon ma mes ton ta tes nos vos".split())
_ARTICLES = frozenset("le la les des".split())
_PREPOSITIONS = frozenset("à de en dans par pour sur sous avec sans chez vers entre".split())
_SUBJECTS = frozenset("je tu il elle on nous vous ils elles".split())
_JOINING = frozenset("et ou mais donc car est sont".split())
# « l'un des », « une par semaine ».
_AFTER_ONE = frozenset("de des du par à en sur dans ou et".split())
_PLURAL = frozenset(
    "les des ces mes tes ses nos vos leurs aux quelques plusieurs certains certaines".split()
)
# « pour les lire », « on les appelle »: « les » comes before a verb.
_BEFORE_PRONOUN = _SUBJECTS | frozenset("qui que pour de à ne n' sans".split())
# « avec du sable » is correct: only these never precede a contraction of « de » or « à ».
_NEVER_BEFORE_CONTRACTED = frozenset("à de en".split())
_ELIDING = frozenset("le de je me te se ne que".split())
_NOT_ELIDING = frozenset("onze onzième oui un".split())


def implausible_places(words: Sequence[Word]) -> Iterator[int]:
    """The indices of words in implausible pairs; both words of a pair, unordered and possibly
    twice.
    """
    plain = [plain_words(word.text) or [""] for word in words]
    for place in range(1, len(words)):
        before, here = plain[place - 1][-1], plain[place][0]
        end = words[place - 1].text[-1:]
        if end in PAUSES:
            if end in ENDS and before in {*_DETERMINERS, "de", "à", "en"}:
                yield place - 1
        elif _is_implausible(before, here) and not _is_excused(
            words[place - 1].text, words[place].text
        ):
            yield from (place - 1, place)


def disagreeing_places(words: Sequence[Word]) -> Iterator[int]:
    """The indices of words whose ending does not agree with the preceding word: « les monde », «
    elles fasse », « je démissionné ».
    """
    earlier = before = ""
    for place, word in enumerate(words):
        for part in plain_words(word.text):
            pronoun = before == "les" and (earlier in _BEFORE_PRONOUN or not earlier)
            if (
                part.isalpha()
                and part not in FUNCTION_WORDS
                and not pronoun
                and _disagrees(before, part)
            ):
                yield place
            earlier, before = before, part
        if word.text[-1:] in ENDS:
            earlier = before = ""


def _is_excused(before: str, here: str) -> bool:
    """Acronyms are not function words (« CES »), nor are parts of compounds (« sous-sol », «
    quelqu'un »).
    """
    acronym = any(sum(map(str.isupper, text)) > 1 for text in (before, here))
    return acronym or "-" in here.strip("-") or before.lower().endswith("qu'un")


def _is_implausible(before: str, here: str) -> bool:
    if before in _DETERMINERS:
        if before in {"un", "une"} and here in _AFTER_ONE:
            return False
        return here in _PREPOSITIONS | _DETERMINERS | _ARTICLES | _SUBJECTS | _JOINING
    if (before in _NEVER_BEFORE_CONTRACTED and here in {"au", "aux", "du"}) or (
        before == "en" and here in {"de", "sur"}
    ):
        return True
    if before == here and before in _PREPOSITIONS | _ARTICLES:
        return True
    if before in _ELIDING and here[:1] in set("aeiouyéèêàâî") and here not in _NOT_ELIDING:
        return True
    return (before, here) == ("et", "bien")


def _disagrees(before: str, word: str) -> bool:
    if before in _PLURAL:
        return word[-1] not in "sxz" and is_common_word(word) and is_common_word(word + "s")
    if before in {"ils", "elles"}:
        return not word.endswith("nt") and is_common_word(word)
    return before == "je" and word.endswith("é")
