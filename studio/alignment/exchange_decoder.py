"""Which exchange of the article each utterance belongs to: all exchanges together, in any order.

Every utterance is in one of the states *outside* (greetings, an exchange that was not printed),
*question k* or *answer k*. What is said speaks for a state (words shared with the question or the
answer, a question's form), who says it does (the host asks, the guests answer), and so does what
came before (answers follow their questions, questions tend to follow the article's order). The best
path through all utterances is found at once (Viterbi), so that a far echo of a question's words
does not pull it away from its answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.alignment.term_similarity import Vocabulary, shared_weight, terms_of
from studio.language.words import QUESTION_WORDS, plain_words
from studio.model.article import Article
from studio.model.clock import RecordingMs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# What one content word of an utterance costs a state that it should share words with: paraphrases
# share about three words in ten, speech about other things less than one.
WORD_COST = 0.35
QUESTION_WORD_COST = 0.12
# Words of the answer may already fall in the question as it was spoken.
ANSWER_SHARE_IN_QUESTION = 0.4
QUESTION_FORM = 0.8
HOST_ASKS = 0.6
GUEST_ASKS = -4.0
# A host's word inside an answer is an interjection; the longer it is, the less so. Per second.
HOST_IN_ANSWER = -0.35
# A guest who talks is mostly answering something. Per second.
GUEST_OUTSIDE = -0.12
SECONDS_COUNTED = 6.0

# Questions that are no questions: « racontez-nous ».
REQUESTS = frozenset("racontez parlez dites expliquez décrivez présentez rappelez".split())

# Costs of passing from one state to another.
STAY = 0.0
ASK_FROM_OUTSIDE = 1.0
ANSWER_FROM_OUTSIDE = 2.2
ANSWER_THE_QUESTION = 0.0
LEAVE_QUESTION = 4.0
ASK_NEXT = 0.6
ASK_OTHER = 1.4
ASK_AT_ONCE = 3.0
LEAVE_ANSWER = 1.0
ANSWER_OTHER = 2.6


@dataclass(frozen=True)
class Unit:
    """One utterance, as the alignment sees it. ``speaker`` is any label of a voice or a person,
    None when unknown.
    """

    start_ms: RecordingMs
    end_ms: RecordingMs
    text: str
    speaker: str | None

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return (self.end_ms - self.start_ms) / 1000


@dataclass(frozen=True)
class StatePath:
    """The states of all utterances: 0 outside, ``2k - 1`` question k, ``2k`` answer k; and how well
    everything fits.
    """

    states: tuple[int, ...]
    score: float


class Emissions:
    """What the words of every utterance say about every state; who speaks comes later, so that each
    possible host can be tried.

    ``support[row, state]`` is the weight of the state's own words in an utterance, ``words[row,
    state]`` what its words say for the state in all, ``heard[row]`` the article's terms in it (None
    for others), ``own[number - 1]`` the terms of an exchange.
    """

    def __init__(self, units: Sequence[Unit], article: Article) -> None:
        import numpy as np

        questions = [exchange.question for exchange in article.exchanges]
        answers = [
            " ".join(paragraph.text for paragraph in exchange.answer)
            for exchange in article.exchanges
        ]
        vocabulary = Vocabulary(
            [f"{question} {answer}" for question, answer in zip(questions, answers, strict=True)]
        )
        asked = [
            {term: vocabulary.weight(term) for term in terms_of(question)} for question in questions
        ]
        answered = [
            {term: vocabulary.weight(term) for term in terms_of(answer)} for answer in answers
        ]
        self.units = units
        self.count = len(questions)
        self.heard: list[list[str | None]] = []
        self.own: list[dict[str, float]] = [
            {**told, **answer} for told, answer in zip(asked, answered, strict=True)
        ]
        self.words: NDArray[np.float64] = np.zeros((len(units), 1 + 2 * self.count))
        self.support: NDArray[np.float64] = np.zeros((len(units), 1 + 2 * self.count))
        for row, unit in enumerate(units):
            terms = vocabulary.recognise(terms_of(unit.text))
            self.heard.append(terms)
            form = QUESTION_FORM if asks(unit.text) else 0.0
            for number in range(self.count):
                in_question = shared_weight(terms, asked[number])
                in_answer = shared_weight(terms, answered[number])
                told = in_question + ANSWER_SHARE_IN_QUESTION * in_answer
                self.support[row, 2 * number + 1] = in_question
                self.support[row, 2 * number + 2] = in_answer + 0.5 * in_question
                self.words[row, 2 * number + 1] = told + form - QUESTION_WORD_COST * len(terms)
                self.words[row, 2 * number + 2] = (
                    in_answer + 0.5 * in_question - WORD_COST * len(terms)
                )

    def course(self, host: str | None) -> StatePath:
        """The best states of all utterances, when this label is the host's (None: it is not known
        who is).
        """
        import numpy as np

        if not self.units:
            return StatePath((), 0.0)
        fit = self.words + self._voices(host)
        moves = self._moves()
        best = fit[0] - np.concatenate(
            ([0.0], np.tile([ASK_FROM_OUTSIDE, ANSWER_FROM_OUTSIDE], self.count))
        )
        back = np.zeros((len(self.units), best.size), dtype=np.int_)
        for row in range(1, len(self.units)):
            reach = best[:, None] - moves
            back[row] = reach.argmax(axis=0)
            best = reach.max(axis=0) + fit[row]
        states = [int(best.argmax())]
        for row in range(len(self.units) - 1, 0, -1):
            states.append(int(back[row, states[-1]]))
        return StatePath(tuple(reversed(states)), float(best.max()))

    def _voices(self, host: str | None) -> NDArray[np.float64]:
        import numpy as np

        fit = np.zeros_like(self.words)
        if host is None:
            return fit
        for row, unit in enumerate(self.units):
            seconds = min(unit.seconds, SECONDS_COUNTED)
            if unit.speaker == host:
                fit[row, 1::2] = HOST_ASKS
                fit[row, 2::2] = HOST_IN_ANSWER * seconds
            elif unit.speaker is not None:
                fit[row, 1::2] = GUEST_ASKS
                fit[row, 0] = GUEST_OUTSIDE * seconds
        return fit

    def _moves(self) -> NDArray[np.float64]:
        """Cost of each move, from row to column."""
        import numpy as np

        size = 1 + 2 * self.count
        cost = np.zeros((size, size))
        asks_any, answers_any = np.arange(1, size, 2), np.arange(2, size, 2)
        cost[0, asks_any], cost[0, answers_any] = ASK_FROM_OUTSIDE, ANSWER_FROM_OUTSIDE
        for question, answer in zip(asks_any, answers_any, strict=True):
            cost[question, :] = LEAVE_QUESTION
            cost[question, asks_any] = ASK_AT_ONCE
            cost[question, question] = STAY
            cost[question, answer] = ANSWER_THE_QUESTION
            cost[answer, asks_any] = ASK_OTHER
            cost[answer, answers_any] = ANSWER_OTHER
            cost[answer, answer] = STAY
            cost[answer, question] = ASK_OTHER + LEAVE_ANSWER
            cost[answer, 0] = LEAVE_ANSWER
            if answer + 1 < size:
                cost[answer, answer + 1] = ASK_NEXT
        return cost


def asks(text: str) -> bool:
    """Whether an utterance has the form of a question, or asks to tell."""
    words = plain_words(text)
    return (
        "?" in text
        or any(word in QUESTION_WORDS for word in (*words[:4], *words[-3:]))
        or any(word in REQUESTS for word in words)
    )
