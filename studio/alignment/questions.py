"""The article's questions on the recording's clock, each with how sure that is."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from studio.alignment.exchanges import Course, Evidence, Unit, asks
from studio.language.words import plain_words
from studio.model.alignment import Alignment, Candidate, Question
from studio.model.article import Article
from studio.model.clock import RecordingMs
from studio.model.transcript import Transcript

# Less support than this by words that the exchange alone has, and it was not heard.
LEAST_SUPPORT = 2.0
# A run of the question that brings less than this share of its exchange's answer is a greeting or an echo.
LEAST_ANSWER_SHARE = 0.12
# Below this confidence a question is called absent: no chapter is better than a wrong one.
LEAST_CONFIDENCE = 0.35
CANDIDATES = 3
# What a host says to the line or the guest before the question begins.
COURTESY = frozenset("bonjour bonsoir bienvenue merci entends entend entendez entendre retrouve retrouvons excusez pardon".split())
# What announces a question.
ANNOUNCEMENT = frozenset(
    "question questions commencer commençons sujet finir terminer enfin maintenant passons venons parlons racontez dites première "
    "deuxième dernière dernier premier alors".split()
)


@dataclass(frozen=True)
class _Run:
    """Utterances ``first`` to ``last`` (excluded) in one state."""

    state: int
    first: int
    last: int


@dataclass(frozen=True)
class _Visit:
    """One passage through an exchange: runs of its question and its answer, nothing of another exchange between them."""

    number: int
    runs: tuple[_Run, ...]
    support: float


def units_from_transcript(transcript: Transcript) -> tuple[Unit, ...]:
    """One unit a segment."""
    return tuple(Unit(segment.start_ms, segment.end_ms, segment.text, segment.speaker) for segment in transcript.segments)


def align_questions(transcript: Transcript, article: Article, host: str) -> Alignment:
    """Find every question of the article in a transcript whose segments name their speakers.

    :param host: the name under which the transcript has who asks.
    """
    units = units_from_transcript(transcript)
    evidence = Evidence(units, article)
    course = evidence.course(host if any(unit.speaker == host for unit in units) else None)
    return alignment_from_course(evidence, course, article)


def find_host(units: Sequence[Unit], article: Article) -> str | None:
    """The label of the voice that asks the article's questions: the one under which the whole conversation fits best."""
    labels = sorted({unit.speaker for unit in units if unit.speaker is not None})
    evidence = Evidence(units, article)
    return max(labels, key=lambda label: evidence.course(label).score, default=None)


def alignment_from_course(evidence: Evidence, course: Course, article: Article) -> Alignment:
    """From the state of every utterance to where each question starts."""
    visits = _visits(evidence, course)
    return Alignment(
        questions=tuple(
            _question(evidence, [visit for visit in visits if visit.number == exchange.number], exchange.number, exchange.question)
            for exchange in article.exchanges
        )
    )


def _visits(evidence: Evidence, course: Course) -> list[_Visit]:
    runs: list[_Run] = []
    for state, group in itertools.groupby(range(len(course.states)), key=lambda place: course.states[place]):
        places = list(group)
        runs.append(_Run(state, places[0], places[-1] + 1))
    spoken = [run for run in runs if run.state]
    visits = []
    for number, chain in itertools.groupby(spoken, key=lambda run: (run.state + 1) // 2):
        own = tuple(chain)
        visits.append(_Visit(number, own, sum(_support(evidence, run) for run in own)))
    return visits


def _support(evidence: Evidence, run: _Run) -> float:
    return float(evidence.support[run.first : run.last, run.state].sum())


def _question(evidence: Evidence, visits: Sequence[_Visit], number: int, text: str) -> Question:
    ranked = sorted(visits, key=lambda visit: visit.support, reverse=True)
    candidates = tuple(
        Candidate(start_ms=evidence.units[_opening_run(evidence, visit).first].start_ms, confidence=_confidence(evidence, visit, visits))
        for visit in ranked[:CANDIDATES]
    )
    best = ranked[0] if ranked else None
    confidence = candidates[0].confidence if best else 0.0
    if best is None or best.support < LEAST_SUPPORT or confidence < LEAST_CONFIDENCE:
        return Question(
            number=number,
            text=text,
            status="absent",
            start_ms=None,
            answer_start_ms=None,
            end_ms=None,
            confidence=round(1 - confidence, 2),
            candidates=candidates,
        )
    opening = _opening_run(evidence, best)
    asked = opening.state == 2 * number - 1
    first = _first_unit(evidence, opening) if asked else opening.first
    answers = [run for run in best.runs if run.state == 2 * number and run.first >= opening.first]
    return Question(
        number=number,
        text=text,
        status="asked" if asked else "answered",
        start_ms=evidence.units[first].start_ms,
        answer_start_ms=evidence.units[answers[0].first].start_ms if answers else None,
        end_ms=RecordingMs(max(evidence.units[place].end_ms for run in best.runs for place in range(run.first, run.last))),
        confidence=confidence,
        candidates=candidates[1:],
    )


def _opening_run(evidence: Evidence, visit: _Visit) -> _Run:
    """The run in which the exchange really begins: greetings and echoes that lead to little of the answer are passed over."""
    total = sum(_support(evidence, run) for run in visit.runs if run.state == 2 * visit.number)
    for place, run in enumerate(visit.runs):
        if run.state != 2 * visit.number - 1:
            continue
        following = itertools.takewhile(lambda later: later.state == 2 * visit.number, visit.runs[place + 1 :])
        if sum(_support(evidence, later) for later in following) >= LEAST_ANSWER_SHARE * total:
            return run
    return visit.runs[0]


def _first_unit(evidence: Evidence, run: _Run) -> int:
    """The utterance in which the question begins: courtesies to the guest or the line before it are not part of it."""
    for place in range(run.first, run.last - 1):
        unit = evidence.units[place]
        words = set(plain_words(unit.text))
        courteous = bool(words & COURTESY) and not words & ANNOUNCEMENT and not asks(unit.text)
        if not courteous or evidence.support[place, run.state] > 0:
            return place
    return run.last - 1


def _confidence(evidence: Evidence, visit: _Visit, rivals: Sequence[_Visit]) -> float:
    """From how much of what only this exchange has was heard, and how far the next best place is behind."""
    support = sum(_support(evidence, run) for run in visit.runs)
    rival = max((other.support for other in rivals if other is not visit), default=0.0)
    asked = visit.runs[0].state % 2 == 1
    strength = 1 - math.exp(-support / 5.0)
    margin = support / (support + rival) if support else 0.0
    return round(min(0.99, strength * margin * (1.0 if asked else 0.85)), 2)
