"""Spelling corrections that keep the sound: « éthiquette », and homophones that the context
disambiguates.

Whisper's smaller models spell unknown words phonetically. Words are only replaced by homophones;
names (capitalised words) and words of the article are not changed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from studio.corrections.proposal import Proposal
from studio.language.dictionary import is_common_word, respellings_of
from studio.language.phonemes import sound_similarity
from studio.language.punctuation import PAUSES
from studio.language.spoken_numbers import numbers_in_words
from studio.language.words import plain_words
from studio.model.transcript import Word

# Shorter words have too many homophones.
MIN_LETTERS = 5
# The letters are the same except for French spellings of the same sound; eSpeak may still open a
# vowel or drop one.
MIN_SIMILARITY = 0.8
# Below this probability, the pronunciation of the recognised word is uncertain, too.
SURE_PROBABILITY = 0.6
_CORE = re.compile(r"(?P<before>\W*(?:\b(?:[cdjlmnst]|qu)['’])?)(?P<word>[^\W\d_]+)(?P<after>\W*)")
_PLURAL_DETERMINERS = frozenset("des mes tes ses nos vos leurs ces quelques plusieurs".split())
# « ils se sont… »: a verb form.
_REFLEXIVE = frozenset("ils elles qui ne".split())
_SUBJECTS = frozenset("je j' tu il elle on nous vous ils elles c' ça".split())


def spelling_proposals(words: Sequence[Word], written: Collection[str]) -> Iterator[Proposal]:
    """Words with another correct spelling of the same sounds.

    :param written: the plain words of the article, considered correctly spelled.
    """
    plain = [plain_words(word.text) for word in words]
    unknown = [_is_unknown(word.text, written) for word in words]
    for place, word in enumerate(words):
        beside, right = "", None
        # Two consecutive unknown words are not a misspelling: something else was said.
        if (
            unknown[place]
            and word.probability >= SURE_PROBABILITY
            and not any([*unknown[max(0, place - 1) : place], *unknown[place + 1 : place + 2]])
        ):
            right = _respelled(word.text)
        if right is None:
            right = _context_spelling(words, plain, place)
            beside = "" if right is None else f" {words[place + 1].text}"
        if right is not None:
            similarity = sound_similarity(f"{word.text}{beside}", f"{right}{beside}")
            yield Proposal(place, place + 1, right, similarity, 1.0, 0, "spelling")


def _is_unknown(text: str, written: Collection[str]) -> bool:
    """Whether neither French nor the article has the word; capitalised (possible names) and short
    words are excluded.
    """
    found = _CORE.fullmatch(text)
    if found is None or not found["word"].islower() or len(found["word"]) < MIN_LETTERS:
        return False
    return found["word"] not in written and not is_common_word(found["word"])


def _respelled(text: str) -> str | None:
    found = _CORE.fullmatch(text)
    for candidate in respellings_of(found["word"]) if found else ():
        if found and sound_similarity(found["word"], candidate) >= MIN_SIMILARITY:
            return f"{found['before']}{candidate}{found['after']}"
    return None


def _context_spelling(
    words: Sequence[Word], plain: Sequence[Sequence[str]], place: int
) -> str | None:
    """« ce sont des… » for « se sont des… », « eh bien non » for « et bien non », « un sur quatre »
    for « en sur quatre ».
    """
    if (
        len(plain[place]) != 1
        or place + 2 >= len(words)
        or any(word.text[-1:] in PAUSES for word in words[place : place + 2])
    ):
        return None
    # Homophones that are only distinguished by context: « ce sont les » (not « se »), « eh bien oui
    # » (not « et »), « un sur dix » (not « en »). The two following words are enough; a pause
    # between them means that they do not belong together.
    here, following, third = plain[place][0], [*plain[place + 1], ""][0], [*plain[place + 2], ""][0]
    right = None
    before = plain[place - 1][-1:] if place else []
    if (
        (here, following) == ("se", "sont")
        and third in _PLURAL_DETERMINERS
        and not _REFLEXIVE.intersection(before)
    ):
        right = "ce"
    elif (here, following) == ("et", "bien"):
        opens = place == 0 or words[place - 1].text[-1:] in PAUSES
        if third in {"oui", "non"} or (opens and third in _SUBJECTS):
            right = "eh"
    elif (here, following) == ("en", "sur") and next(numbers_in_words([third]), None) is not None:
        right = "un"
    if right is None:
        return None
    text = words[place].text
    return right.capitalize() if text[0].isupper() else right
