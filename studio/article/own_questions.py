"""Questions that the guest asks rhetorically within an answer: « Que pouvais-je faire d'autre ? ».

If an article marks its questions only by their question mark, such a paragraph looks like one. The
person addressed distinguishes them: the host says « vous », the guest « je ».
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from studio.article.block import ArticleBlock
from studio.article.question_styles import BY_QUESTION_MARK

_TO_SOMEBODY = re.compile(
    r"\b(?:vous|votre|vos|vôtres?|tu|toi|ton|ta|tes|te|t[’'])(?!\w)|\w{2}ez\b", re.IGNORECASE
)
_OF_ONESELF = re.compile(r"\b(?:je|moi|mon|ma|mes|me|j[’']|m[’'])(?!\w)", re.IGNORECASE)
_OF_SEVERAL = re.compile(r"\b(?:nous|notre|nos|on)\b", re.IGNORECASE)
_SENTENCE_ENDS = re.compile(r"[.!?…]\s")
# « Vous imaginez ? », « Comment voulez-vous vivre de ça ? »: rhetorical, addressed to nobody.
_TO_NOBODY = re.compile(
    r"(?:et\s+)?vous\s+(?:imaginez|savez(?:\s+quoi)?|voyez|vous\s+rendez\s+compte)\s*\?"
    r"|comment\s+voulez-vous\s.*",
    re.IGNORECASE,
)
# « Qui aurait parié sur nous ? », « Est-ce que ça valait le coup ? »: questions that a host does
# not ask a guest.
_IN_THE_PAST = re.compile(r"\b(?:qui|que|quoi|ça|cela)\b.*\w{2}ai(?:t|ent)\b", re.IGNORECASE)
# « Le résultat ? », « À quoi bon ? »; « Un conseil ? », « Et demain ? » are real questions.
_MAX_WORDS = 4
_ASKS = re.compile(r"(?:et|une?|des|d[’']autres?|quel(?:le)?s?|pour|à\s+venir)\b", re.IGNORECASE)
_SURE = 2.0
_LIKELY = 1.0


def own_question_places(
    body: Sequence[ArticleBlock], announced: int | None, guests: Sequence[str] = ()
) -> frozenset[int]:
    """The places of the paragraphs that end with « ? » and belong to the answer above them. The
    first one is not an answer; if several of its sentences are about a guest, it introduces them.

    :param announced: the number of questions in the title; if no more end so, the host asks all.
    """
    asking = [
        place for place, block in enumerate(body) if BY_QUESTION_MARK.question(block) is not None
    ]
    if announced is not None and len(asking) <= announced:
        return frozenset()
    opening = body[asking[0]].text if len(asking) > 1 else ""
    if _SENTENCE_ENDS.search(opening) and any(guest in opening for guest in guests):
        return frozenset(asking[:1]) | own_question_places(
            [
                replace(block, plain=block.plain or place == asking[0])
                for place, block in enumerate(body)
            ],
            announced,
        )
    most = len(asking) - (announced or 0)
    # One more than announced: one of them is the guest's own.
    enough = _SURE if announced is None or most > 1 else _LIKELY
    placed = sorted(
        (
            (_likelihood(body[place].text, followed=place + 1 in asking), place)
            for place in asking[1:]
        ),
        reverse=True,
    )
    return frozenset(place for likelihood, place in placed[:most] if likelihood >= enough)


def perhaps_own_questions(
    asked: Sequence[ArticleBlock], announced: int | None
) -> list[ArticleBlock]:
    """The recognised questions that the guest may ask rhetorically; none if their number matches
    the title.
    """
    if len(asked) == announced:
        return []
    return [block for block in asked[1:] if _likelihood(block.text, followed=False) >= _LIKELY]


def _likelihood(text: str, *, followed: bool) -> float:
    """How likely the guest asks this question rhetorically.

    :param followed: the next paragraph ends with « ? » as well, so that this one has no answer.
    """
    if _TO_NOBODY.fullmatch(text):
        return _SURE
    if _TO_SOMEBODY.search(text):
        return 0.0
    several = _SENTENCE_ENDS.search(text) is not None
    if _OF_ONESELF.search(text):
        return 3.0
    if _OF_SEVERAL.search(text) and several:
        return 2.0
    is_brief = len(text.rstrip(" ?").split()) <= _MAX_WORDS and _ASKS.match(text) is None
    alone = _IN_THE_PAST.search(text) is not None or is_brief
    return _LIKELY * (several + followed + alone)
