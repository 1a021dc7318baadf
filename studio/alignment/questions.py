"""The times of the article's questions in the recording, each with a confidence."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from studio.alignment.article_match import match_probability
from studio.alignment.exchange_crf import MIN_HOST_TURN_S, ConversationFeatures
from studio.alignment.exchange_decoder import (
    Scores,
    likely_path,
    probabilities,
    score,
    with_likelier_answers,
)
from studio.alignment.exchange_weights import WEIGHTS
from studio.alignment.sentence_features import (
    ANNOUNCEMENT,
    COURTESY,
    SECOND_PERSON,
    SentenceUnit,
    is_question,
)
from studio.language.words import plain_words
from studio.model.alignment import Alignment, Candidate, Question
from studio.model.article import Article
from studio.model.clock import RecordingMs
from studio.model.record import replace_fields
from studio.model.transcript import Transcript, Word
from studio.model.turns import ends_sentence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# A pause this long separates two units, like the end of a sentence: for example a host's remark
# about the line, and the question after it.
UNIT_PAUSE_MS = 300
# Below this confidence a question counts as absent: of the results with 0.3 to 0.63 one in eight is
# right, with 0.64 and more nine in ten (18 recordings, each also with an exchange removed or a
# foreign one inserted; `bench/exchange_fit.py`).
MIN_CONFIDENCE = 0.64
CANDIDATES = 3
# For a passing remark and an answer that comes later: the minimum log-likelihood ratio of the unit
# with which the answer begins, the maximum time between its question and it, and the minimum
# duration of the question.
MIN_EVIDENCE = 1.0
ASKED_BEFORE_MS = 20_000
MIN_QUESTION_S = 1.5
# After a silence of this length the host begins another turn, even if no other speaker intervened.
TURN_PAUSE_MS = 2_000
# A reaction with a shorter pause after it is part of the question (« Ne bougez pas, alors.
# Et dites-moi »).
ASIDE_PAUSE_MS = 500
# An announcement of a question is among this many first words of its sentence.
ANNOUNCING_WORDS = 4
# A speaker who says this has not talked to the guest before.
GREETINGS = frozenset("bonjour bonsoir salut bienvenue".split())
# The subject of the question is named at most this long before its answer.
ANNOUNCED_MS = 6_000
# A request to repeat a question has at most this many words.
REPETITION = frozenset(
    (
        "répéter répétez répète reposer reposez redire redites entendu compris coupé coupée "
        "pardon question"
    ).split()
)
# Between a question and its repetition are at most this many words, including one of these.
REPETITION_WORDS = 20
# Of two questions asked together, the second counts as asked if a sentence of the first has this
# share of its words.
SAME_BREATH_SHARE = 0.6
# Minimum similarity (0 to 100) of the second one, if both are in one sentence.
SAME_WORDING = 92.0
# An exchange begins with the first span that has this share of the words of its longest one; others
# are echoes.
MIN_SPAN_SHARE = 0.3
# A different question of the host with a smaller probability is not that question.
MIN_ASKED = 0.05
# Nineteen of twenty printed questions were asked: prior log odds of an exchange, in addition to the
# weights.
ASKED_PRIOR = math.log(19)
# The host talks less than the guest: the log-odds penalty of a voice for its share of all speech.
HOST_TALK = 4.0
# Nine of ten interviews are opened by the host.
HOST_OPENS = 2.0
# A voice without any sentence in the form of a question is hardly the host's.
HOST_NEVER_ASKS = 4.0


@dataclass(frozen=True)
class ExchangeSpan:
    """One continuous passage of an exchange: units of its question and its answer, without units of
    another exchange in between.
    """

    number: int
    rows: tuple[int, ...]
    asked: bool
    support: float
    certainty: float


def units_from_transcript(transcript: Transcript) -> tuple[SentenceUnit, ...]:
    """The sentences of every segment, also split at longer pauses."""
    return tuple(
        unit
        for segment in transcript.segments
        for unit in units_from_words(segment.words, segment.speaker)
    )


def units_from_words(words: Sequence[Word], speaker: str | None) -> Iterator[SentenceUnit]:
    """One speaker's words in sentences, also split at longer pauses."""
    sentence: list[Word] = []
    for word in words:
        if sentence and (
            ends_sentence(sentence[-1].text) or word.start_ms - sentence[-1].end_ms >= UNIT_PAUSE_MS
        ):
            yield _unit(sentence, speaker)
            sentence = []
        sentence.append(word)
    if sentence:
        yield _unit(sentence, speaker)


def _unit(words: Sequence[Word], speaker: str | None) -> SentenceUnit:
    return SentenceUnit(
        words[0].start_ms,
        words[-1].end_ms,
        " ".join(word.text for word in words),
        speaker,
        tuple(word.start_ms for word in words),
    )


def align_questions(transcript: Transcript, article: Article, host: str) -> Alignment:
    """Find every question of the article in a transcript whose segments name their speakers.

    :param host: the host's name in the transcript.
    """
    units = units_from_transcript(transcript)
    return align_units(
        units, article, host if any(unit.speaker == host for unit in units) else None
    )


def align_units(units: Sequence[SentenceUnit], article: Article, host: str | None) -> Alignment:
    """As :func:`align_questions`, for sentences. If article and recording do not belong together,
    every question is absent.

    :param host: the label of the host, None if unknown.
    """
    pair = match_probability(units, article)
    alignment = Alignment(
        questions=tuple(
            _absent(exchange.number, exchange.question, 1 - pair) for exchange in article.exchanges
        ),
        pair=pair,
    )
    if alignment.is_mismatched:
        return alignment
    return replace_fields(
        alignment,
        questions=DecodedConversation(ConversationFeatures(units, article), host).questions(
            article
        ),
    )


def _absent(
    number: int, text: str, confidence: float, candidates: tuple[Candidate, ...] = ()
) -> Question:
    return Question(
        number=number,
        text=text,
        status="absent",
        start_ms=None,
        answer_start_ms=None,
        end_ms=None,
        confidence=round(confidence, 2),
        candidates=candidates,
    )


def find_host(units: Sequence[SentenceUnit], article: Article) -> str | None:
    """The label of the host's voice: with it the conversation fits the article best, and the others
    talk more.
    """
    spoken: dict[str, float] = {}
    for unit in units:
        if unit.speaker is not None:
            spoken[unit.speaker] = spoken.get(unit.speaker, 0.0) + unit.seconds
    if not spoken:
        return None
    observations = ConversationFeatures(units, article)
    total = max(1e-9, sum(spoken.values()))
    first = next(iter(spoken))
    asking = {unit.speaker for unit in units if is_question(unit.text)}

    def fit(label: str) -> float:
        opens = HOST_OPENS if label == first else 0.0
        silent = 0.0 if label in asking else HOST_NEVER_ASKS
        scores = score(observations, WEIGHTS, label)
        # Relative to a conversation without the article: only then can two hosts be compared.
        gain = probabilities(scores)[1] - float(
            scores.emissions[:, observations.states.outside(0)].sum()
        )
        return gain + opens - silent - HOST_TALK * spoken[label] / total

    return max(sorted(spoken), key=fit)


def answering_seconds(
    units: Sequence[SentenceUnit], article: Article, host: str
) -> dict[str, float]:
    """The duration of each voice's answers to the article's questions, in seconds; empty if none is
    found.
    """
    if align_units(units, article, host).is_mismatched:
        return {}
    decoded = DecodedConversation(ConversationFeatures(units, article), host)
    seconds: dict[str, float] = {}
    for question in decoded.questions(article):
        if question.start_ms is None:
            continue
        for unit, state in zip(units, decoded.path, strict=True):
            if state == decoded.states.answer(question.number) and unit.speaker is not None:
                seconds[unit.speaker] = seconds.get(unit.speaker, 0.0) + unit.seconds
    return seconds


class DecodedConversation:
    """A decoded conversation: the exchange of each unit, and its certainty."""

    def __init__(self, observations: ConversationFeatures, host: str | None) -> None:
        self.units = observations.units
        self.states = observations.states
        self.words = observations.words
        self._host = host
        self._reactions = observations.reactions()
        scores: Scores = score(observations, WEIGHTS, host)
        self.chance: NDArray[np.float64] = probabilities(scores)[0]
        self.path = with_likelier_answers(
            likely_path(scores, self.states, ASKED_PRIOR), self.chance, self.states
        )

    def questions(self, article: Article) -> tuple[Question, ...]:
        """The start of each question."""
        spans = list(self._spans())
        return tuple(
            self._question(
                [span for span in spans if span.number == exchange.number],
                exchange.number,
                exchange.question,
            )
            for exchange in article.exchanges
        )

    def _spans(self) -> Iterator[ExchangeSpan]:
        """The passages of exchanges, in order of time; units outside all exchanges do not end
        one.
        """
        inside = [
            (row, *self.states.kind(state))
            for row, state in enumerate(self.path)
            if self.states.kind(state)[0] != "outside"
        ]
        previous: ExchangeSpan | None = None
        # Consecutive units of one exchange are one span. The decoded start is then corrected: a
        # question may be found by an earlier sentence of the host, or belong to a later answer.
        for number, group in itertools.groupby(inside, key=lambda one: one[2]):
            own = list(group)
            rows = tuple(row for row, _, _ in own)
            if own[0][1] == "question":
                put = [
                    row for row, _, _ in itertools.takewhile(lambda one: one[1] == "question", own)
                ]
                start, asked = self._asked_at(rows, put, number)
            else:
                start, asked = self._put_just_before(rows[0])
                if not asked and previous is not None and self._is_beginning(previous, rows[0]):
                    start, asked = previous.rows[0], True
            rows = (*range(start, rows[0]), *(row for row in rows if row >= start))
            question, answer = self.states.question(number), self.states.answer(number)
            previous = ExchangeSpan(
                number=number,
                rows=rows,
                asked=asked,
                support=sum(max(0.0, float(self.words.answer[row, number - 1])) for row in rows),
                certainty=float(
                    sum(self.chance[row, question] + self.chance[row, answer] for row in rows)
                )
                / len(rows),
            )
            yield previous

    def _is_beginning(self, span: ExchangeSpan, answered: int) -> bool:
        """Whether an implausible passage of another exchange is in fact the question of the
        following answer.
        """
        return (
            span.asked
            and confidence(span.certainty, span.support) < MIN_CONFIDENCE
            and any(is_question(self.units[row].text) for row in span.rows)
            and span.rows[-1] == answered - 1
            and self.units[answered].start_ms - self.units[span.rows[0]].start_ms <= ASKED_BEFORE_MS
        )

    def _asked_at(self, rows: Sequence[int], put: Sequence[int], number: int) -> tuple[int, bool]:
        """The start of an exchange with a decoded question, and whether it was asked.

        The decoder may take a passing remark (« ah, d'accord ») for the question of an answer that
        comes later. Then the host's last words before that answer are the question, however few;
        without words shortly before it, the question was not asked.
        """
        # An earlier sentence that asks the same question, or a plausible question, decides: the
        # exchange begins with the host's turn around it.
        first = self._put_before(put[0], number)
        if first is not None or not self._is_in_passing(put, number):
            return self._turn_start(put[0] if first is None else first, put[-1]), True
        answered = next(
            (
                row
                for row in rows
                if row > put[-1] and self.words.answer[row, number - 1] >= MIN_EVIDENCE
            ),
            None,
        )
        if answered is None:
            return self._turn_start(put[0], put[-1]), True
        if self._is_directly_before(put[-1], answered) and self._puts_a_question(
            put[-1], put[-1] + 1
        ):
            return self._turn_start(put[0], put[-1]), True
        host, answer_ms = self.units[put[0]].speaker, self.units[answered].start_ms
        # Otherwise look back from the answer for the host's last words, until another question or
        # ASKED_BEFORE_MS.
        for row in range(answered - 1, -1, -1):
            unit = self.units[row]
            kind, other = self.states.kind(self.path[row])
            if answer_ms - unit.start_ms > ASKED_BEFORE_MS or (
                kind == "question" and other != number
            ):
                break
            if unit.speaker == host and row not in put and unit.seconds >= MIN_QUESTION_S:
                return self._turn_start(row, row), True
        return self._announced(answered), False

    def _is_directly_before(self, asking: int, answered: int) -> bool:
        """Whether nothing is said between a question and its answer except an interjection of the
        guest (« ah bah »).
        """
        return all(
            self.units[row].speaker != self._host and self._reactions[row]
            for row in range(asking + 1, answered)
        )

    def _put_just_before(self, answered: int) -> tuple[int, bool]:
        """The start of an exchange with only a decoded answer, and whether it was asked: the host's
        words just before it are its question, in words that are not in the article, or that
        resemble another question.

        Speech of guests in between is the beginning of the answer, if the host asked something.
        """
        asking = answered - 1
        while asking >= 0 and self._precedes(asking, answered):
            asking -= 1
        if (
            asking < 0
            or self.units[asking].speaker != self._host
            or self.states.kind(self.path[asking])[0] == "answer"
            or not self._puts_a_question(asking, answered)
        ):
            return self._announced(answered), False
        first = asking
        if self.states.kind(self.path[asking])[0] == "question":
            while first and self.path[first - 1] == self.path[asking]:
                first -= 1
        return self._turn_start(first, asking), True

    def _turn_seconds(self, row: int) -> float:
        """The duration of the host's turn up to one of its units: its last sentence may be one
        word.
        """
        first = row
        while (
            first
            and self.units[first - 1].speaker == self.units[row].speaker
            and self.states.kind(self.path[first - 1])[0] != "answer"
            and self.units[first].start_ms - self.units[first - 1].end_ms < TURN_PAUSE_MS
        ):
            first -= 1
        return sum(unit.seconds for unit in self.units[first : row + 1])

    def _precedes(self, row: int, answered: int) -> bool:
        """Whether a guest's unit that belongs to no exchange may be the beginning of the answer."""
        return (
            self.units[row].speaker != self._host
            and self.states.kind(self.path[row])[0] == "outside"
            and self.units[answered].start_ms - self.units[row].start_ms <= ASKED_BEFORE_MS
        )

    def _puts_a_question(self, row: int, answered: int) -> bool:
        """Whether a host's unit before an answer may be its question and is long enough."""
        return self._may_ask(row, answered) and self._turn_seconds(row) >= MIN_QUESTION_S

    def _may_ask(self, row: int, answered: int) -> bool:
        """Whether a host's unit has the form of a question, or is directly before the answer and
        not a phrase of courtesy.
        """
        return is_question(self.units[row].text) or (
            row == answered - 1
            and self.units[answered].speaker != self._host
            and COURTESY.isdisjoint(plain_words(self.units[row].text))
        )

    def _is_in_passing(self, put: Sequence[int], number: int) -> bool:
        """Whether a host's units are too short for a question, lack its features, and address no
        one.
        """
        return (
            sum(self.units[row].seconds for row in put) < MIN_HOST_TURN_S
            and not any(self._asks(row, number) for row in put)
            and SECOND_PERSON.isdisjoint(
                word for row in put for word in plain_words(self.units[row].text)
            )
        )

    def _in_one_breath(self, number: int, text: str) -> Question | None:
        """Find a question that is asked together with another one and has no separate answer."""
        own = self.words.own[:, number - 1]
        least = SAME_BREATH_SHARE * self.words.own_total[number - 1]
        for row, state in enumerate(self.path):
            kind, other = self.states.kind(state)
            if (
                kind != "question"
                or not own[row] > 0
                or own[row] < least
                or self.chance[row, state] < MIN_CONFIDENCE
            ):
                continue
            is_sentence = own[row] >= self.words.own[row, other - 1]
            start_ms = self.units[row].start_ms if is_sentence else self._put_inside(row, text)
            if start_ms is not None:
                answers = [
                    place
                    for place in range(row, len(self.path))
                    if self.path[place] == self.states.answer(other)
                ]
                return Question(
                    number=number,
                    text=text,
                    status="asked",
                    start_ms=start_ms,
                    answer_start_ms=self.units[answers[0]].start_ms if answers else None,
                    end_ms=self.units[answers[-1] if answers else row].end_ms,
                    confidence=round(min(0.99, float(self.chance[row, state])), 2),
                )
        return None

    def _put_inside(self, row: int, text: str) -> RecordingMs | None:
        """The position of this question in a sentence that asks another one as well (« Et l'argent,
        comment l'avez-vous trouvé, et qui vous a aidée ? »); None if its words are not in it.
        """
        unit = self.units[row]
        asked = " ".join(plain_words(text))
        heard = [" ".join(plain_words(word)) for word in unit.text.split()]
        found = fuzz.partial_ratio_alignment(asked, " ".join(heard), score_cutoff=SAME_WORDING)
        if found is None or len(asked) > len(" ".join(heard)):
            return None
        ends = list(itertools.accumulate(len(word) + 1 for word in heard))
        place = next(place for place, end in enumerate(ends) if end > found.dest_start)
        return unit.words_ms[place] if place < len(unit.words_ms) else unit.start_ms

    def _put_before(self, row: int, number: int) -> int | None:
        """The earlier position of the question, if someone asks the host to repeat it before
        ``row``.
        """
        host = self.units[row].speaker
        asking = row
        while asking and self.units[asking - 1].speaker != host:
            asking -= 1
        between = [word for unit in self.units[asking:row] for word in plain_words(unit.text)]
        if not 0 < len(between) <= REPETITION_WORDS or REPETITION.isdisjoint(between):
            return None
        first = None
        while asking and self.units[asking - 1].speaker == host:
            asking -= 1
            if self.words.own[asking, number - 1] > 0 or is_question(self.units[asking].text):
                first = asking
        return first

    def _turn_start(self, row: int, last: int) -> int:
        """The start of the host's turn with a question: its preamble is included; speech before the
        guest is greeted, and reactions to an answer (« d'accord »), are not.

        :param row: its first unit in the decoded conversation.
        :param last: its last unit.
        """
        greeted = [
            place
            for place in range(row + 1, last + 1)
            if not GREETINGS.isdisjoint(plain_words(self.units[place].text))
        ]
        if greeted:
            return greeted[-1]
        first = row
        while first and self._leads_to(first - 1):
            first -= 1
        while first < row and self._answers_what_was_said(first):
            first += 1
        announced = (
            place
            for place in range(first, last + 1)
            if self._opens_with_announcement(place)
            and (place == first or ends_sentence(self.units[place - 1].text))
        )
        return next(announced, first)

    def _announces(self, row: int) -> bool:
        """Whether a unit announces a question."""
        return not ANNOUNCEMENT.isdisjoint(plain_words(self.units[row].text))

    def _opens_with_announcement(self, row: int) -> bool:
        """Whether a unit begins with the announcement of a question (« Deux questions en une », «
        Et pour finir »).
        """
        return not ANNOUNCEMENT.isdisjoint(plain_words(self.units[row].text)[:ANNOUNCING_WORDS])

    def _answers_what_was_said(self, row: int) -> bool:
        """Whether a unit belongs to the preceding speech: a reaction with a pause after it, or a
        remark to the guest or about the line.
        """
        unit = self.units[row]
        return (
            bool(self._reactions[row])
            and not self._announces(row)
            and (
                self.units[row + 1].start_ms - unit.end_ms >= ASIDE_PAUSE_MS
                or not COURTESY.isdisjoint(plain_words(unit.text))
            )
        )

    def _leads_to(self, row: int) -> bool:
        """Whether the unit after this one continues it."""
        unit, after = self.units[row], self.units[row + 1]
        return (
            unit.speaker == after.speaker
            and after.start_ms - unit.end_ms < TURN_PAUSE_MS
            and COURTESY.isdisjoint(self._sentence_up_to(row))
            and self.states.kind(self.path[row])[0] != "question"
        )

    def _sentence_up_to(self, row: int) -> list[str]:
        """The words of a sentence up to the end of this unit: « Bienvenue à tous, » precedes « avec
        nous ce matin, Marie Roux. ».
        """
        first = row
        while (
            first
            and self.units[first - 1].speaker == self.units[row].speaker
            and not ends_sentence(self.units[first - 1].text)
        ):
            first -= 1
        return [word for unit in self.units[first : row + 1] for word in plain_words(unit.text)]

    def _announced(self, row: int) -> int:
        """The position at which a guest states the question (« la question qu'on me pose toujours
        »), just before the answer; else ``row``.
        """
        near = [
            place
            for place in range(row)
            if self.units[row].start_ms - self.units[place].start_ms <= ANNOUNCED_MS
            and self.units[place].speaker == self.units[row].speaker
        ]
        announcing = [place for place in near if "question" in plain_words(self.units[place].text)]
        first = announcing[0] if announcing else row
        while first < row and first - 1 in near and not ends_sentence(self.units[first - 1].text):
            first -= 1
        return first

    def _asked_before(self, span: ExchangeSpan) -> int:
        """The start of an exchange whose decoded question is not one: an earlier question of the
        host with the same probability. An answer that is resumed later is recognised by its words,
        without a new question.
        """
        first, state = span.rows[0], self.states.question(span.number)
        put = [row for row in span.rows if self.path[row] == state]
        if not span.asked or any(self._asks(row, span.number) for row in put):
            return first
        asking = (
            row
            for row in range(first)
            if self.units[row].speaker == self._host
            and is_question(self.units[row].text)
            and self.states.kind(self.path[row])[0] == "outside"
            and self.chance[row, state] >= max(MIN_ASKED, float(self.chance[first, state]))
        )
        best = max(asking, key=lambda row: float(self.chance[row, state]), default=None)
        return first if best is None else self._turn_start(best, best)

    def _asks(self, row: int, number: int) -> bool:
        """Whether the host's unit has the form of a question, announces one, or has the words of
        the printed question.
        """
        return (
            is_question(self.units[row].text)
            or self._announces(row)
            or self.words.own[row, number - 1] > 0
        )

    def best_span(self, number: int) -> ExchangeSpan | None:
        """The passage of an exchange with the most evidence; None without evidence."""
        own = [span for span in self._spans() if span.number == number]
        return max(own, key=lambda span: span.support, default=None)

    def _question(self, spans: Sequence[ExchangeSpan], number: int, text: str) -> Question:
        fullest = max((span.support for span in spans), default=0.0)
        ranked = sorted(spans, key=lambda span: span.support, reverse=True)
        candidates = tuple(
            Candidate(
                start_ms=self.units[span.rows[0]].start_ms,
                confidence=confidence(span.certainty, span.support),
            )
            for span in ranked[:CANDIDATES]
        )
        # The question is at the start of the first credible passage with enough evidence: a longer
        # one later continues the same exchange.
        credible = [
            span for span in spans if confidence(span.certainty, span.support) >= MIN_CONFIDENCE
        ]
        best = next((span for span in credible if span.support >= MIN_SPAN_SHARE * fullest), None)
        if best is None:
            return self._in_one_breath(number, text) or _absent(
                number, text, 1 - candidates[0].confidence if candidates else 1.0, candidates
            )
        # The host may have asked a few sentences before the decoded question; speech of guests in
        # between already belongs to the answer.
        first = self._asked_before(best)
        start_ms = self.units[first].start_ms
        answers = [
            row
            for row in (*range(first, best.rows[0]), *best.rows)
            if self.path[row] == self.states.answer(number)
            or (row < best.rows[0] and self.units[row].speaker != self._host)
        ]
        return Question(
            number=number,
            text=text,
            status="asked" if best.asked else "answered",
            start_ms=start_ms,
            answer_start_ms=self.units[answers[0]].start_ms if answers else None,
            end_ms=max(self.units[span.rows[-1]].end_ms for span in credible),
            confidence=max(confidence(span.certainty, span.support) for span in credible),
            candidates=tuple(
                candidate for candidate in candidates if candidate.start_ms != start_ms
            ),
        )


def confidence(certainty: float, support: float) -> float:
    """The probability that such a result is right.

    :param certainty: the mean probability of the units' states.
    :param support: the summed log-likelihood ratios of the answer's words.
    """
    weight = WEIGHTS["confidence"] + sum(
        WEIGHTS[name] * value for name, value in confidence_features(certainty, support).items()
    )
    return round(min(0.99, 1 / (1 + math.exp(-weight))), 2)


def confidence_features(certainty: float, support: float) -> dict[str, float]:
    """The inputs of the logistic model of confidence: log odds of the decoder, log support."""
    odds = math.log(max(1e-3, certainty) / max(1e-3, 1 - certainty)) + ASKED_PRIOR
    return {"confidence_certainty": odds, "confidence_support": math.log1p(support)}
