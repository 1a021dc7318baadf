"""The article's questions on the recording's clock, each with how sure that is."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from studio.alignment.exchange_decoder import Emissions, StatePath, Unit, asks
from studio.language.words import plain_words
from studio.model.alignment import Alignment, Candidate, Question
from studio.model.article import Article
from studio.model.transcript import Transcript

# How sure it is that an exchange was heard, from two shares: of its own words, how many were heard
# (recall); of the words heard there, how many are its own (precision). Paraphrases have 0.6 and
# 0.5, chance gives 0.15 and 0.3.
RECALL_WEIGHT, USUAL_RECALL = 12.0, 0.3
PRECISION_WEIGHT, USUAL_PRECISION = 6.0, 0.4
# A run of the question that brings less than this share of its exchange's answer is a greeting or
# an echo.
LEAST_ANSWER_SHARE = 0.12
# Below this confidence a question is called absent: no chapter is better than a wrong one.
LEAST_CONFIDENCE = 0.5
CANDIDATES = 3
# An answer may begin with a breath and a small word before its first telling one; a longer pause
# parts it from what was before.
LONGEST_BREATH_MS = 700
# Who asks talks less than who answers: a tenth to a third of the time. What a share of all speech
# costs a voice that may be the host's, in weights of shared words; it decides where the words leave
# two voices within a tenth of each other.
HOST_TALK = 12.0
# A question is asked in one go: what comes before a longer silence (« vous m'entendez ? ») is not
# part of it.
LONGEST_ASKING_PAUSE_MS = 2_000
# What a host says to the line or the guest before the question begins.
COURTESY = frozenset(
    (
        "bonjour bonsoir bienvenue merci entends entend entendez entendre retrouve "
        "retrouvons excusez pardon"
    ).split()
)
# What announces a question.
ANNOUNCEMENT = frozenset(
    "question questions commencer commençons sujet finir terminer enfin maintenant "
    "passons venons parlons racontez dites première "
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
    """One passage through an exchange: runs of its question and its answer, nothing of another
    exchange between them.
    """

    number: int
    runs: tuple[_Run, ...]
    support: float


def units_from_transcript(transcript: Transcript) -> tuple[Unit, ...]:
    """One unit a segment."""
    return tuple(
        Unit(segment.start_ms, segment.end_ms, segment.text, segment.speaker)
        for segment in transcript.segments
    )


def align_questions(transcript: Transcript, article: Article, host: str) -> Alignment:
    """Find every question of the article in a transcript whose segments name their speakers.

    :param host: the name under which the transcript has who asks.
    """
    units = units_from_transcript(transcript)
    evidence = Emissions(units, article)
    course = evidence.course(host if any(unit.speaker == host for unit in units) else None)
    return alignment_from_path(evidence, course, article)


def find_host(units: Sequence[Unit], article: Article) -> str | None:
    """The label of the voice that asks: under it the conversation fits the article best, and it
    leaves the talking to others.
    """
    spoken: dict[str, float] = {}
    for unit in units:
        if unit.speaker is not None:
            spoken[unit.speaker] = spoken.get(unit.speaker, 0.0) + unit.seconds
    evidence = Emissions(units, article)
    total = max(1e-9, sum(spoken.values()))
    return max(
        sorted(spoken),
        key=lambda label: evidence.course(label).score - HOST_TALK * spoken[label] / total,
        default=None,
    )


def alignment_from_path(evidence: Emissions, course: StatePath, article: Article) -> Alignment:
    """From the state of every utterance to where each question starts."""
    visits = _visits(evidence, course)
    return Alignment(
        questions=tuple(
            _question(
                evidence,
                [visit for visit in visits if visit.number == exchange.number],
                exchange.number,
                exchange.question,
            )
            for exchange in article.exchanges
        )
    )


def _visits(evidence: Emissions, course: StatePath) -> list[_Visit]:
    runs: list[_Run] = []
    for state, group in itertools.groupby(
        range(len(course.states)), key=lambda place: course.states[place]
    ):
        places = list(group)
        runs.append(_Run(state, places[0], places[-1] + 1))
    spoken = [run for run in runs if run.state]
    visits = []
    for number, chain in itertools.groupby(spoken, key=lambda run: (run.state + 1) // 2):
        own = tuple(chain)
        visits.append(_Visit(number, own, sum(_support(evidence, run) for run in own)))
    return visits


def _support(evidence: Emissions, run: _Run) -> float:
    return float(evidence.support[run.first : run.last, run.state].sum())


def _question(evidence: Emissions, visits: Sequence[_Visit], number: int, text: str) -> Question:
    ranked = sorted(visits, key=lambda visit: visit.support, reverse=True)
    candidates = tuple(
        Candidate(
            start_ms=evidence.units[_opening(evidence, visit)[0]].start_ms,
            confidence=_confidence(evidence, visit),
        )
        for visit in ranked[:CANDIDATES]
    )
    credible = [visit for visit in visits if _confidence(evidence, visit) >= LEAST_CONFIDENCE]
    if not credible:
        return Question(
            number=number,
            text=text,
            status="absent",
            start_ms=None,
            answer_start_ms=None,
            end_ms=None,
            confidence=round(1 - candidates[0].confidence, 2) if candidates else 1.0,
            candidates=candidates,
        )
    # An answer may be interrupted and resumed: the exchange begins where its question is heard, and
    # ends with its last part.
    best = next(
        (visit for visit in credible if _opening_run(evidence, visit) is not None), credible[0]
    )
    first, asked = _opening(evidence, best)
    answers = [run.first for run in best.runs if run.state == 2 * number and run.first > first]
    start_ms = evidence.units[first].start_ms
    return Question(
        number=number,
        text=text,
        status="asked" if asked else "answered",
        start_ms=start_ms,
        answer_start_ms=evidence.units[answers[0] if asked and answers else first].start_ms
        if answers or not asked
        else None,
        end_ms=max(evidence.units[run.last - 1].end_ms for visit in credible for run in visit.runs),
        confidence=max(_confidence(evidence, visit) for visit in credible),
        candidates=tuple(candidate for candidate in candidates if candidate.start_ms != start_ms),
    )


def _opening(evidence: Emissions, visit: _Visit) -> tuple[int, bool]:
    """The utterance with which an exchange begins, and whether that is its question (else only the
    answer is heard).
    """
    run = _opening_run(evidence, visit)
    if run is not None:
        return _first_unit(evidence, run), True
    answers = [
        place
        for run in visit.runs
        if run.state == 2 * visit.number
        for place in range(run.first, run.last)
    ]
    if not answers:
        return visit.runs[0].first, True
    telling = [
        place for place in answers if evidence.support[place, 2 * visit.number] > 0
    ] or answers
    first = telling[0]
    while first - 1 in answers and _follows_at_once(
        evidence.units[first - 1], evidence.units[first]
    ):
        first -= 1
    return first, False


def _follows_at_once(unit: Unit, following: Unit) -> bool:
    return (
        unit.speaker == following.speaker and following.start_ms - unit.end_ms <= LONGEST_BREATH_MS
    )


def _opening_run(evidence: Emissions, visit: _Visit) -> _Run | None:
    """The run of the question with which the exchange really begins, None when the question is not
    heard.

    Greetings and echoes that lead to little of the answer are passed over, and so is what neither
    asks nor shares a word with the question.
    """
    asked, answered = 2 * visit.number - 1, 2 * visit.number
    total = sum(_support(evidence, run) for run in visit.runs if run.state == answered)
    for place, run in enumerate(visit.runs):
        if run.state != asked or not any(
            _may_ask(evidence, unit, asked) for unit in range(run.first, run.last)
        ):
            continue
        following = itertools.takewhile(
            lambda later: later.state == answered, visit.runs[place + 1 :]
        )
        if sum(_support(evidence, later) for later in following) >= LEAST_ANSWER_SHARE * total:
            return run
    return None


def _may_ask(evidence: Emissions, place: int, state: int) -> bool:
    """Whether an utterance can be (a part of) the question: it shares a word with it or has a
    question's form, and is no courtesy.
    """
    text = evidence.units[place].text
    return evidence.support[place, state] > 0 or (
        asks(text) and not set(plain_words(text)) & COURTESY
    )


def _first_unit(evidence: Emissions, run: _Run) -> int:
    """The utterance in which the question begins: courtesies to the guest or the line before it are
    not part of it.
    """
    first, last = _asked_in_one_go(evidence, run)
    for place in range(first, last - 1):
        words = set(plain_words(evidence.units[place].text))
        if evidence.support[place, run.state] > 0 or not words & COURTESY or words & ANNOUNCEMENT:
            return place
    return last - 1


def _asked_in_one_go(evidence: Emissions, run: _Run) -> tuple[int, int]:
    """The utterances between long silences that share words with the question, first and last
    (excluded); the last ones where none do.
    """
    units = evidence.units
    breaks = [
        place
        for place in range(run.first + 1, run.last)
        if units[place].start_ms - units[place - 1].end_ms > LONGEST_ASKING_PAUSE_MS
    ]
    parts = list(itertools.pairwise([run.first, *breaks, run.last]))
    return next(
        (part for part in parts if evidence.support[slice(*part), run.state].any()), parts[-1]
    )


def _confidence(evidence: Emissions, visit: _Visit) -> float:
    """How sure it is that this is the exchange: how much of it was heard there, and how little
    else.
    """
    own = evidence.own[visit.number - 1]
    heard = [
        term
        for run in visit.runs
        for place in range(run.first, run.last)
        for term in evidence.heard[place]
    ]
    known = [term for term in heard if term is not None and term in own]
    recall = sum(own[term] for term in set(known)) / max(1e-9, sum(own.values()))
    precision = len(known) / max(1, len(heard))
    weight = RECALL_WEIGHT * (recall - USUAL_RECALL) + PRECISION_WEIGHT * (
        precision - USUAL_PRECISION
    )
    return round(min(0.99, 1 / (1 + math.exp(-weight))), 2)
