"""Questions that the guest asks rhetorically within an answer: « Que pouvais-je faire d'autre ? ».

Where an article marks its questions by nothing but their question mark, such a paragraph looks like
one. Who is meant tells them apart: who asks says « vous », who answers says « je ».
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from studio.article.block import Block
from studio.article.styles import BY_QUESTION_MARK

_TO_SOMEBODY = re.compile(
    r"\b(?:vous|votre|vos|vôtres?|tu|toi|ton|ta|tes|te|t[’'])(?!\w)|\w{2}ez\b", re.IGNORECASE
)
_OF_ONESELF = re.compile(r"\b(?:je|moi|mon|ma|mes|me|j[’']|m[’'])(?!\w)", re.IGNORECASE)
_OF_SEVERAL = re.compile(r"\b(?:nous|notre|nos|on)\b", re.IGNORECASE)
_SENTENCE_ENDS = re.compile(r"[.!?…]\s")
_SURE = 2.0
_LIKELY = 1.0


def own_question_places(body: Sequence[Block], announced: int | None) -> frozenset[int]:
    """The places of the paragraphs that end with « ? » and belong to the answer above them. The
    first one answers nothing.

    :param announced: how many questions the title announces; where no more end so, all are asked.
    """
    asking = [
        place for place, block in enumerate(body) if BY_QUESTION_MARK.question(block) is not None
    ]
    if announced is not None and len(asking) <= announced:
        return frozenset()
    told = sorted(
        (
            (_likelihood(body[place].text, followed=place + 1 in asking), place)
            for place in asking[1:]
        ),
        reverse=True,
    )
    most = len(asking) - (announced or 0)
    return frozenset(place for likelihood, place in told[:most] if likelihood >= _SURE)


def _likelihood(text: str, *, followed: bool) -> float:
    """How much tells that somebody puts this to himself.

    :param followed: the next paragraph ends with « ? » as well, so that nothing answers this one.
    """
    if _TO_SOMEBODY.search(text):
        return 0.0
    several = _SENTENCE_ENDS.search(text) is not None
    if _OF_ONESELF.search(text):
        return 3.0
    if _OF_SEVERAL.search(text) and several:
        return 2.0
    return (_LIKELY if several else 0.0) + (_LIKELY if followed else 0.0)
