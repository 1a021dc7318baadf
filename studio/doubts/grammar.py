"""Small French words that do not go together, and endings that do not agree: what Whisper writes
when it loses the thread.

A handful of pairs that hardly ever stand side by side in speech. They are a reason to listen, not a
grammar.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studio.language.dictionary import is_common_word
from studio.language.words import FUNCTION_WORDS, plain_words
from studio.model.transcript import Word

# Words that only stand before a noun: neither a preposition nor a subject nor another of them
# follows.
_DETERMINERS = frozenset("un une du au aux cet cette ces mon ma mes ton ta tes nos vos".split())
_ARTICLES = frozenset("le la les des".split())
_PREPOSITIONS = frozenset("à de en dans par pour sur sous avec sans chez vers entre".split())
_SUBJECTS = frozenset("je tu il elle on nous vous ils elles".split())
_JOINING = frozenset("et ou mais donc car est sont".split())
# « l'un des », « une par semaine ».
_AFTER_ONE = frozenset("de des du par à en sur".split())
_PLURAL = frozenset(
    (
        "les des ces mes tes ses nos vos leurs aux quelques plusieurs certains certaines "
        "deux trois quatre cinq six"
    ).split()
)
_ELIDING = frozenset("le de je me te se ne que".split())
_NOT_ELIDING = frozenset("onze onzième oui un".split())
_PAUSES = ".,;:?!…"
_ENDS = ".?!"


def odd_places(words: Sequence[Word]) -> Iterator[int]:
    """The places of words that do not go with a neighbour; a pair gives both, in no order and maybe
    twice.
    """
    plain = [plain_words(word.text) or [""] for word in words]
    for place in range(1, len(words)):
        before, here = plain[place - 1][-1], plain[place][0]
        end = words[place - 1].text[-1:]
        if end in _PAUSES:
            if end in _ENDS and before in {*_DETERMINERS, "de", "à", "en"}:
                yield place - 1
        elif _is_odd(before, here):
            yield from (place - 1, place)


def disagreeing_places(words: Sequence[Word]) -> Iterator[int]:
    """The places of words whose ending does not agree with the word before: « les monde », « elles
    fasse », « je démissionné ».
    """
    before = ""
    for place, word in enumerate(words):
        for part in plain_words(word.text):
            if part.isalpha() and part not in FUNCTION_WORDS and _disagrees(before, part):
                yield place
            before = part
        if word.text[-1:] in _ENDS:
            before = ""


def _is_odd(before: str, here: str) -> bool:
    if before in _DETERMINERS:
        if before in {"un", "une"} and here in _AFTER_ONE:
            return False
        return here in _PREPOSITIONS | _DETERMINERS | _ARTICLES | _SUBJECTS | _JOINING
    if before in _PREPOSITIONS and (
        here in {"au", "aux", "du"} or (before == "en" and here in {"de", "sur"})
    ):
        return True
    if before == here and before in _PREPOSITIONS | _ARTICLES:
        return True
    if before in _ELIDING and here[:1] in set("aeiouyéèêàâî") and here not in _NOT_ELIDING:
        return True
    return (before, here) in {("se", "sont"), ("et", "bien")}


def _disagrees(before: str, word: str) -> bool:
    if before in _PLURAL:
        return word[-1] not in "sxz" and is_common_word(word) and is_common_word(word + "s")
    if before in {"ils", "elles"}:
        return not word.endswith("nt") and is_common_word(word)
    return before == "je" and word.endswith("é")
