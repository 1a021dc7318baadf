"""A linear-chain conditional random field (Lafferty et al. 2001) that assigns every sentence to an
exchange of the article.

The states of a sentence: outside (greetings, exchanges that were not printed) after exchange ``j``,
question ``k``, answer ``k``. Evidence for a state are the words, the speaker (the host asks, the
guests answer), and the preceding state (answers follow their questions, questions tend to follow
the article's order). Every observation has one weight; the weights are fitted by
`bench/exchange_fit.py`.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.alignment.sentence_features import (
    ANNOUNCEMENT,
    COURTESY,
    FIRST_PERSON,
    OPENING,
    SECOND_PERSON,
    ArticleTerms,
    SentenceUnit,
    WordEvidence,
    has_question_form,
    word_evidence,
)
from studio.language.words import plain_words
from studio.model.article import Article

# Longer units add no evidence on their speaker.
MAX_UNIT_S = 6.0
# The length of a pause that may separate two exchanges, in s.
MAX_PAUSE_S = 2.0
# The maximum counted length of a preamble, in s.
MAX_LEAD_S = 30.0
# The host's turn with a question is longer than a backchannel, and a long answer follows: the
# maximum counted lengths in s. The minimum length of the host's next turn.
MAX_TURN_S = 15.0
MAX_ANSWER_S = 60.0
MIN_HOST_TURN_S = 2.5

# The maximum number of words before such a pause that are a reaction rather than part of what
# follows; some more with a word of courtesy.
REACTION_WORDS = 5
COURTESY_WORDS = 8
REACTION_PAUSE_MS = 300

# The features of a unit in a state, and of transitions.
EMISSION_FEATURES = (
    "question_words",
    "question_answer_words",
    "question_own_words",
    "question_announcement",
    "question_reaction",
    "question_mark",
    "question_form",
    "question_second_person",
    "question_opening",
    "question_courtesy",
    "question_host",
    "question_guest",
    "question_lead_s",
    "question_turn_s",
    "question_answered_s",
    "question_place",
    "answer_words",
    "answer_question_words",
    "answer_first_person",
    "answer_host",
    "answer_host_s",
    "answer_host_own_words",
    "answer_courtesy",
    "answer_mark",
    "outside_subject",
    "outside_courtesy",
    "outside_opening",
    "outside_host",
    "outside_guest",
    "outside_guest_s",
)
TRANSITIONS = (
    "outside_ask_next",
    "outside_ask_later",
    "outside_ask_earlier",
    "outside_ask_again",
    "outside_resume",
    "outside_answer",
    "question_answered",
    "question_outside",
    "question_question",
    "question_other_answer",
    "answer_outside",
    "answer_ask_next",
    "answer_ask_later",
    "answer_ask_earlier",
    "answer_ask_again",
    "answer_answer_next",
    "answer_answer_other",
)
# The same transitions where they are less likely: inside a speaker's turn.
TRANSITION_CONTEXTS = (
    "ask_within_turn",
    "answer_within_turn",
    "exchange_without_turn",
    "outside_within_turn",
    "ask_across_turns",
    "ask_after_pause_s",
)
FEATURES = (*EMISSION_FEATURES, *TRANSITIONS, *TRANSITION_CONTEXTS)

Weights = Mapping[str, float]


@dataclass(frozen=True)
class ExchangeStates:
    """The indices of states: outside after exchange 0 to ``count``, then question and answer of
    exchange 1 to ``count``.
    """

    count: int

    @property
    def size(self) -> int:
        """The number of states."""
        return 3 * self.count + 1

    def outside(self, after: int) -> int:
        """The state outside after this exchange (0: before all)."""
        return after

    def question(self, number: int) -> int:
        """The state of an exchange's question, ``number`` from 1."""
        return self.count + number

    def answer(self, number: int) -> int:
        """The state of its answer."""
        return 2 * self.count + number

    def kind(self, state: int) -> tuple[str, int]:
        """``outside``, ``question`` or ``answer``, and the exchange."""
        if state <= self.count:
            return "outside", state
        return (
            ("question", state - self.count)
            if state <= 2 * self.count
            else ("answer", state - 2 * self.count)
        )


class ConversationFeatures:
    """All features of a conversation.

    ``emissions[name]`` has a column for each state of its kind; ``steps``: the kind of each
    transition.
    """

    def __init__(self, units: Sequence[SentenceUnit], article: Article) -> None:
        self.units = tuple(units)
        self.states = ExchangeStates(len(article.exchanges))
        self.words: WordEvidence = word_evidence(self.units, ArticleTerms(article))
        self._forms = [_form(unit.text) for unit in self.units]
        self._printed = _printed_places(article)

    def features(self, host: str | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The features if this label is the host's (None: unknown): ``(units, states,
        EMISSIONS)`` and ``(units, CONTEXTS)``.
        """
        count, rows = self.states.count, len(self.units)
        emissions = np.zeros((rows, self.states.size, len(EMISSION_FEATURES)))
        place = {name: column for column, name in enumerate(EMISSION_FEATURES)}
        outside, question, answer = (
            slice(0, count + 1),
            slice(count + 1, 2 * count + 1),
            slice(2 * count + 1, None),
        )
        form = (
            {name: np.array([one[name] for one in self._forms]) for name in self._forms[0]}
            if self._forms
            else {}
        )
        if not rows:
            return emissions, np.zeros((0, len(TRANSITION_CONTEXTS)))
        # Without a known host, nothing depends on the speaker: all these features are 0.
        speakers = [None if host is None else unit.speaker for unit in self.units]
        asks = np.array([one is not None and one == host for one in speakers], dtype=float)
        tells = np.array([one is not None and one != host for one in speakers], dtype=float)
        seconds = np.array([min(unit.seconds, MAX_UNIT_S) for unit in self.units])

        # Each feature belongs to one kind of state (all questions, all answers, all states
        # outside); the others keep 0. A value per unit counts for every exchange, one per unit and
        # exchange for its own.
        def put(name: str, states: slice, value: NDArray[np.float64]) -> None:
            emissions[:, states, place[name]] = value if value.ndim == 2 else value[:, None]

        put("question_words", question, self.words.question)
        put("question_answer_words", question, self.words.answer)
        put("question_own_words", question, self.words.own)
        put("question_announcement", question, form["announcement"])
        put("question_reaction", question, self.reactions())
        put("question_mark", question, form["mark"])
        put("question_form", question, form["form"])
        put("question_second_person", question, form["second"])
        put("question_opening", question, form["opening"])
        put("question_courtesy", question, form["courtesy"])
        put("question_host", question, asks)
        put("question_guest", question, tells)
        put("question_lead_s", question, self._lead())
        turn, answered = self._turns(host)
        put("question_turn_s", question, turn)
        put("question_answered_s", question, answered)
        put("question_place", question, self._places())
        put("answer_words", answer, self.words.answer)
        put("answer_question_words", answer, self.words.question)
        put("answer_first_person", answer, form["first"])
        put("answer_host", answer, asks)
        put("answer_host_s", answer, asks * seconds)
        put("answer_host_own_words", answer, asks[:, None] * self.words.own)
        put("answer_courtesy", answer, form["courtesy"])
        put("answer_mark", answer, form["mark"])
        put("outside_subject", outside, self.words.subject)
        put("outside_courtesy", outside, form["courtesy"])
        put("outside_opening", outside, form["opening"])
        put("outside_host", outside, asks)
        put("outside_guest", outside, tells)
        put("outside_guest_s", outside, tells * seconds)
        return emissions, self._contexts()

    def _lead(self) -> NDArray[np.float64]:
        """For how long the same speaker continues after each unit, in tens of seconds."""
        lead = np.zeros(len(self.units))
        end_ms = 0
        for row in range(len(self.units) - 1, -1, -1):
            last = (
                row + 1 == len(self.units) or self.units[row + 1].speaker != self.units[row].speaker
            )
            end_ms = self.units[row].end_ms if last else end_ms
            lead[row] = min(MAX_LEAD_S, (end_ms - self.units[row].end_ms) / 1000) / 10
        return lead

    def _turns(self, host: str | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The length of the host's turn of each unit, in 5 s, and that of the others' speech until
        the host's next turn, in 10 s; 0 for units of others.
        """
        turn, answered = np.zeros(len(self.units)), np.zeros(len(self.units))
        following = 0.0
        for who, group in itertools.groupby(
            reversed(range(len(self.units))), lambda row: self.units[row].speaker
        ):
            rows = list(group)
            seconds = sum(self.units[row].seconds for row in rows)
            if host is None or who != host:
                following += seconds
                continue
            turn[rows] = min(seconds, MAX_TURN_S) / 5
            answered[rows] = min(following, MAX_ANSWER_S) / 10
            following = 0.0 if seconds >= MIN_HOST_TURN_S else following
        return turn, answered

    def _places(self) -> NDArray[np.float64]:
        """The distance of each unit from the expected position of each question if speech and print
        had the same proportions, as a share of the recording ``(units, exchanges)``.
        """
        end_ms = max(1, self.units[-1].end_ms)
        times = np.array([unit.start_ms / end_ms for unit in self.units])
        return np.asarray(np.abs(times[:, None] - np.array(self._printed)[None, :]))

    def reactions(self) -> NDArray[np.float64]:
        """Whether a unit is a short reaction (« d'accord ») before the same speaker continues with
        something else.
        """
        reactions = np.zeros(len(self.units))
        for row, (unit, after) in enumerate(itertools.pairwise(self.units)):
            apart = (
                unit.speaker == after.speaker and after.start_ms - unit.end_ms >= REACTION_PAUSE_MS
            )
            words = plain_words(unit.text)
            polite = "?" not in unit.text and not COURTESY.isdisjoint(words)
            reactions[row] = float(
                apart and len(words) <= (COURTESY_WORDS if polite else REACTION_WORDS)
            )
        return reactions

    def _contexts(self) -> NDArray[np.float64]:
        """Whether each unit continues the preceding turn, and the pause before it."""
        contexts = np.zeros((len(self.units), len(TRANSITION_CONTEXTS)))
        for row in range(1, len(self.units)):
            before, unit = self.units[row - 1], self.units[row]
            within = float(before.speaker == unit.speaker)
            pause = min(MAX_PAUSE_S, max(0.0, (unit.start_ms - before.end_ms) / 1000))
            contexts[row] = (within, within, within, within, 1 - within, pause)
        return contexts


def _printed_places(article: Article) -> tuple[float, ...]:
    """The position of each question in the article, as a share of its letters."""
    lengths = [
        len(exchange.question) + sum(len(paragraph.text) for paragraph in exchange.answer)
        for exchange in article.exchanges
    ]
    before = sum(map(len, article.introduction))
    total = max(1, before + sum(lengths))
    return tuple((before + sum(lengths[:place])) / total for place in range(len(lengths)))


def _form(text: str) -> dict[str, float]:
    words = plain_words(text)
    present = frozenset(words)
    return {
        "mark": float("?" in text),
        "form": float(has_question_form(text)),
        "second": float(bool(present & SECOND_PERSON)),
        "first": float(bool(present & FIRST_PERSON)),
        "opening": min(3.0, float(len(present & OPENING))),
        "announcement": float(bool(present & ANNOUNCEMENT)),
        "courtesy": min(3.0, float(len(present & COURTESY))) / (1 + len(words) / 12),
    }


def transition_features(states: ExchangeStates) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The kind of each transition, ``(STEPS, states, states)``, and the transitions affected by
    each context, ``(CONTEXTS, states, states)``; the start is the state before all.
    """
    size = states.size
    kinds = np.zeros((len(TRANSITIONS), size, size))
    contexts = np.zeros((len(TRANSITION_CONTEXTS), size, size))
    step = {name: place for place, name in enumerate(TRANSITIONS)}
    context = {name: place for place, name in enumerate(TRANSITION_CONTEXTS)}
    for one in range(size):
        for other in range(size):
            (kind, before), (then, after) = states.kind(one), states.kind(other)
            name = _step(kind, before, then, after)
            # NaN marks an impossible transition (outside after one exchange never follows another
            # exchange), which becomes −∞ in the decoder.
            if name == "":
                kinds[:, one, other] = np.nan
            elif name is not None:
                kinds[step[name], one, other] = 1
            # Contexts weigh a transition by what is between its two units (a pause, a change of
            # speaker): questions inside a turn are rarer than after a change of speaker.
            if then == "question" and (kind != "question" or before != after):
                contexts[context["ask_within_turn"], one, other] = 1
                contexts[context["ask_after_pause_s"], one, other] = 1
            if then == "question" and kind == "question":
                contexts[context["ask_across_turns"], one, other] = 1
            if then == "answer" and kind == "question":
                contexts[context["answer_within_turn"], one, other] = 1
            if then == "answer" and kind != "question" and before != after:
                contexts[context["exchange_without_turn"], one, other] = 1
            if then == "outside" and kind != "outside":
                contexts[context["outside_within_turn"], one, other] = 1
    return kinds, contexts


def _step(kind: str, before: int, then: str, after: int) -> str | None:
    """The name of a transition; None for staying in the state, "" for an impossible one."""
    ahead = "next" if after == before + 1 else "later" if after > before else "earlier"
    if then == "outside":
        if before != after:
            return ""
        return None if kind == "outside" else f"{kind}_outside"
    if kind == "outside":
        if then == "question":
            return "outside_ask_again" if before == after else f"outside_ask_{ahead}"
        return "outside_resume" if before == after else "outside_answer"
    if kind == "question":
        if then == "question":
            return None if before == after else "question_question"
        return "question_answered" if before == after else "question_other_answer"
    if then == "question":
        return "answer_ask_again" if before == after else f"answer_ask_{ahead}"
    return (
        None
        if before == after
        else "answer_answer_next"
        if ahead == "next"
        else "answer_answer_other"
    )
