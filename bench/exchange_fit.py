"""Fit the weights by which the article's exchanges are found in a conversation
(studio/alignment/exchange-weights.tsv).

    python -m bench.exchange_fit --interviews FOLDER [--cache FOLDER] [--copies 5] [--each] [--write]

Of the interviews (see ``bench/corpus.py``) those are taken whose truths have utterances (speaker,
start, end, question) and questions (start or accept). Each is taken as it is heard, with the voices
that are distinguished in it, and as it was said, whole and in copies as a bad ear would hear them:
words lost or replaced, an exchange or its question left out, a foreign one printed, another order,
speakers mixed up. The weights are those under which the true course is most probable (maximum a
posteriori, Gaussian prior around the weights as they are). ``--each`` tells what is found in each
recording by the weights fitted on the others. How sure a finding is, is fitted last.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.corpus import HOST, Interview, Recogniser, interviews_in, recogniser_parser
from bench.weights_fit import fit_rule
from studio.alignment import questions as alignment
from studio.alignment.exchange_crf import (
    EMISSION_FEATURES,
    FEATURES,
    TRANSITION_CONTEXTS,
    TRANSITIONS,
    ConversationFeatures,
    ExchangeStates,
    transition_features,
)
from studio.alignment.exchange_weights import WEIGHTS
from studio.alignment.sentence_features import SentenceUnit
from studio.corrections.corrections import Features
from studio.model.alignment import Question
from studio.model.article import Article
from studio.model.record import replace_fields

# isort: split
from support.interviews import onset_error_s, said_transcript

Floats = NDArray[np.float64]
Label = tuple[str, int]
MAX_LOST = 0.5
# How far a weight may lie from its prior, and the steps of the descent (Adam).
SPREAD, STEP, ITERATIONS = 0.7, 0.08, 40
# Copies of each interview, as a bad ear would hear it.
COPIES = 5
TABLE = Path(alignment.__file__).with_name("exchange-weights.tsv")


def spans_of_questions(truth: dict[str, Any]) -> dict[int, tuple[float, float]]:
    """From where to where the host puts each question, seconds: the turn with which it is asked,
    its preamble included.
    """
    spans = {}
    said = sorted(truth["utterances"], key=lambda one: one["start"])
    for question in truth["questions"]:
        if question.get("answered_only") or "start" not in question:
            continue
        start = question.get("accept", [question["start"]])[0]
        end = start
        for one in said:
            if one["start"] < start - 0.05:
                continue
            if one["speaker"] == "I":
                end = one["end"]
            elif one["start"] > question["start"]:
                break
        spans[question["question"]] = (start, end)
    return spans


def labels_of(truth: dict[str, Any], units: Sequence[SentenceUnit]) -> list[Label]:
    """The true state of every unit."""
    spans, labels = spans_of_questions(truth), []
    known = {one["question"] for one in truth["questions"]}
    for unit in units:
        middle = (unit.start_ms + unit.end_ms) / 2000
        one = max(
            truth["utterances"],
            key=lambda one: (
                min(one["end"], unit.end_ms / 1000) - max(one["start"], unit.start_ms / 1000)
            ),
        )
        asked = [
            number
            for number, (start, end) in spans.items()
            if start - 0.1 <= middle <= end + 0.1 and one["speaker"] == "I"
        ]
        if asked:
            labels.append(("question", asked[0]))
        else:
            labels.append(
                ("answer", one["question"]) if one["question"] in known else ("outside", 0)
            )
    return labels


def badly_said(
    truth: dict[str, Any],
    article: Article,
    others: Sequence[tuple[dict[str, Any], Article]],
    chance: np.random.Generator,
) -> tuple[list[SentenceUnit], Article, list[Label]]:
    """One copy: what is heard, what is printed, and the true states."""
    foreign_truth, foreign_article = others[int(chance.integers(len(others)))]
    foreign = " ".join(one["text"] for one in foreign_truth["utterances"]).split()
    lost = chance.uniform(0, MAX_LOST)
    said = []
    for one in truth["utterances"]:
        heard = [
            word if chance.random() >= lost else foreign[chance.integers(len(foreign))]
            for word in one["text"].split()
        ]
        said.append(
            {
                **one,
                "text": " ".join(word for word in heard if chance.random() > lost * 0.4) or "oui",
            }
        )
    numbers = [one.number for one in article.exchanges]
    questions = [dict(one) for one in truth["questions"]]
    if chance.random() < 0.3 and len(numbers) > 2:
        gone = numbers[chance.integers(len(numbers))]
        said = [one for one in said if one["question"] != gone]
        questions = [one for one in questions if one["question"] != gone]
    if chance.random() < 0.25:
        gone = numbers[chance.integers(len(numbers))]
        said = [one for one in said if one["question"] != gone or one["speaker"] != "I"]
        questions = [
            {**one, "answered_only": True} if one["question"] == gone else one for one in questions
        ]
    printed: list[tuple[int, Any]] = [(one.number, one) for one in article.exchanges]
    if chance.random() < 0.3:
        printed.append((0, foreign_article.exchanges[0]))
    if chance.random() < 0.3:
        printed = [printed[place] for place in chance.permutation(len(printed))]
    place = {number: row for row, (number, _) in enumerate(printed, 1)}
    exchanges = tuple(replace_fields(one, number=row) for row, (_, one) in enumerate(printed, 1))
    truly = {**truth, "utterances": said, "questions": questions}
    voices = sorted({one["speaker"] for one in said})
    mixed = chance.choice([0.0, 0.0, 0.03, 0.1])
    heard_said = [
        {**one, "speaker": voices[chance.integers(len(voices))]} if chance.random() < mixed else one
        for one in said
    ]
    units = list(alignment.units_from_transcript(said_transcript(heard_said)))
    labels = [
        (kind, place[number]) if number in place else ("outside", 0)
        for kind, number in labels_of(truly, units)
    ]
    return units, replace_fields(article, exchanges=exchanges), labels


class Batch:
    """Conversations with as many exchanges, padded to one length, so that all are weighed at
    once.
    """

    def __init__(
        self, told: Sequence[tuple[Floats, Floats, list[int]]], states: ExchangeStates
    ) -> None:
        longest = max(len(path) for _, _, path in told)
        self.emissions = np.zeros((len(told), longest, states.size, len(EMISSION_FEATURES)))
        self.contexts = np.zeros((len(told), longest, len(TRANSITION_CONTEXTS)))
        self.there = np.zeros((len(told), longest), dtype=bool)
        kinds, self.where = transition_features(states)
        self.possible, self.kinds = ~np.isnan(kinds[0]), np.nan_to_num(kinds)
        self.true = np.zeros(len(FEATURES))
        for row, (emissions, contexts, path) in enumerate(told):
            count = len(path)
            self.emissions[row, :count], self.contexts[row, :count], self.there[row, :count] = (
                emissions,
                contexts,
                True,
            )
            for place, (before, state) in enumerate(zip([0, *path], path, strict=False)):
                step = np.concatenate(
                    [
                        emissions[place, state],
                        self.kinds[:, before, state],
                        contexts[place] * self.where[:, before, state],
                    ]
                )
                self.true += step

    def loss(self, weights: Floats) -> tuple[float, Floats]:
        """The negative log-likelihood of the true paths, and its gradient (expected less true
        features).
        """
        first, second = len(EMISSION_FEATURES), len(EMISSION_FEATURES) + len(TRANSITIONS)
        rows, count, size, _ = self.emissions.shape
        stay = np.where(np.eye(size) > 0, 0.0, -1e9)
        base = np.where(self.possible, np.tensordot(weights[first:second], self.kinds, 1), -1e9)
        steps = base + np.tensordot(self.contexts * weights[second:], self.where, 1)
        steps = np.where(self.there[:, :, None, None], steps, stay)
        emissions = np.where(self.there[:, :, None], self.emissions @ weights[:first], 0.0)
        forward, backward = np.zeros((rows, count, size)), np.zeros((rows, count, size))
        forward[:, 0] = steps[:, 0, 0] + emissions[:, 0]
        for place in range(1, count):
            forward[:, place] = (
                log_sum(forward[:, place - 1, :, None] + steps[:, place], 1) + emissions[:, place]
            )
        for place in range(count - 2, -1, -1):
            backward[:, place] = log_sum(
                steps[:, place + 1] + (emissions + backward)[:, place + 1, None], 2
            )
        total = log_sum(forward[:, -1], 1)
        state = np.exp(forward + backward - total[:, None, None]) * self.there[:, :, None]
        pair = np.exp(
            forward[:, :-1, :, None]
            + steps[:, 1:]
            + (emissions + backward)[:, 1:, None]
            - total[:, None, None, None]
        )
        pair *= self.there[:, 1:, None, None]
        begun = pair.sum(axis=(0, 1))
        begun[0] += state[:, 0].sum(axis=0)
        expected = np.concatenate(
            [
                np.einsum("bts,btsp->p", state, self.emissions),
                np.tensordot(self.kinds, begun, 2),
                (np.tensordot(pair, self.where, ((2, 3), (1, 2))) * self.contexts[:, 1:]).sum(
                    axis=(0, 1)
                ),
            ]
        )
        return float(total.sum() - self.true @ weights), expected - self.true


def log_sum(values: Floats, axis: int) -> Floats:
    """The logarithm of the sum of exponentials along an axis."""
    highest = values.max(axis=axis, keepdims=True)
    return np.asarray(np.log(np.exp(values - highest).sum(axis=axis)) + highest.squeeze(axis))


def fitted(batches: Sequence[Batch], prior: Floats) -> Floats:
    """The weights of the highest posterior probability, by Adam."""
    weights, mean, square = prior.copy(), np.zeros_like(prior), np.zeros_like(prior)
    for turn in range(1, ITERATIONS + 1):
        slope = (weights - prior) / SPREAD**2 + sum(
            (batch.loss(weights)[1] for batch in batches), np.zeros_like(prior)
        )
        mean, square = 0.9 * mean + 0.1 * slope, 0.97 * square + 0.03 * slope**2
        pace = STEP * (1.0 if turn < 0.7 * ITERATIONS else 0.3)
        weights = weights - pace * mean / (1 - 0.9**turn) / (
            np.sqrt(square / (1 - 0.97**turn)) + 1e-8
        )
    return weights


def heard_units(interview: Interview, recogniser: Recogniser) -> list[SentenceUnit]:
    """The sentences as they are heard; the voice that is the host's for most of his time is called
    ``HOST``.
    """
    units = recogniser.units(interview)
    asking: Counter[str] = Counter()
    for unit in units:
        for one in interview.truth["utterances"]:
            shared = min(one["end"], unit.end_ms / 1000) - max(one["start"], unit.start_ms / 1000)
            if shared > 0 and unit.speaker is not None:
                asking[unit.speaker] += int(1000 * shared * (1 if one["speaker"] == "I" else -1))
    host = asking.most_common(1)[0][0] if asking else None
    return [replace(unit, speaker=HOST if unit.speaker == host else unit.speaker) for unit in units]


Conversation = tuple[int, tuple[Floats, Floats, list[int]]]


def conversations_of(
    interview: Interview, others: Sequence[Interview], recogniser: Recogniser, copies: int
) -> list[Conversation]:
    """Everything that one interview teaches: what is observed, and the true path."""
    chance = np.random.default_rng(0)
    truth, article = interview.truth, interview.article
    told = [(one.truth, one.article) for one in others if one is not interview]
    said = list(alignment.units_from_transcript(said_transcript(truth["utterances"])))
    heard = heard_units(interview, recogniser)
    taken = [(units, article, labels_of(truth, units)) for units in (said, heard)]
    taken += [badly_said(truth, article, told, chance) for _ in range(copies)]
    conversations = []
    for units, printed, labels in taken:
        observed = ConversationFeatures(units, printed)
        path = path_of(labels, observed.states)
        conversations.append((observed.states.count, (*observed.features(HOST), path)))
    return conversations


def fitted_on(conversations: Sequence[Conversation]) -> dict[str, float]:
    """All weights, those of the exchanges fitted."""
    told: dict[int, list[tuple[Floats, Floats, list[int]]]] = defaultdict(list)
    for count, one in conversations:
        told[count].append(one)
    batches = [Batch(some, ExchangeStates(count)) for count, some in told.items()]
    weights = fitted(batches, np.array([WEIGHTS[name] for name in FEATURES]))
    return {**WEIGHTS, **dict(zip(FEATURES, map(float, weights), strict=True))}


def outcome(interview: Interview, recogniser: Recogniser) -> str:
    """What the weights of now find in a recording as it is heard."""
    found = {one.number: one for one in recogniser.heard(interview, interview.article)[1].questions}
    asked = {one["question"] for one in interview.truth["questions"]}
    told = [
        f"{one['question']}: {_error(one, found[one['question']])}"
        for one in interview.truth["questions"]
    ]
    false = [
        f"{one.number}: false ({one.confidence})"
        for one in found.values()
        if one.number not in asked and one.start_ms is not None
    ]
    return ", ".join([*told, *false])


def _error(truth: dict[str, Any], found: Question) -> str:
    if found.start_ms is None:
        most = max((one.confidence for one in found.candidates), default=0.0)
        return f"lost ({most})"
    return f"{onset_error_s(truth, found.start_ms):.2f} s ({found.confidence})"


Finding = tuple[Features, bool]


def findings_of(
    interview: Interview, others: Sequence[Interview], recogniser: Recogniser, copies: int
) -> list[Finding]:
    """What the best place of each printed question shows, and whether it was put there: in the
    recording as it is heard, and in copies that lack an exchange, or with a foreign one printed.
    """
    chance = np.random.default_rng(1)
    units = heard_units(interview, recogniser)
    labels = labels_of(interview.truth, units)
    found: list[Finding] = []
    for copy in range(copies + 1):
        numbers = [one.number for one in interview.article.exchanges]
        gone = numbers[chance.integers(len(numbers))] if copy % 2 else None
        foreign = others[int(chance.integers(len(others)))].article.exchanges
        printed = [*interview.article.exchanges]
        if copy and copy % 2 == 0:
            place = int(chance.integers(len(printed) + 1))
            printed.insert(place, foreign[int(chance.integers(len(foreign)))])
        numbered = tuple(replace_fields(one, number=row) for row, one in enumerate(printed, 1))
        kept = [
            (unit, (kind, number))
            for unit, (kind, number) in zip(units, labels, strict=True)
            if number != gone
        ]
        if not kept:
            continue
        article = replace_fields(interview.article, exchanges=numbered)
        decoded = alignment.DecodedConversation(
            ConversationFeatures([unit for unit, _ in kept], article), HOST
        )
        for one, original in zip(numbered, printed, strict=True):
            own = original.number if original in interview.article.exchanges else 0
            span = decoded.best_span(one.number)
            if span is not None:
                told = {number for _, (_, number) in (kept[row] for row in span.rows)}
                found.append(
                    (alignment.confidence_features(span.certainty, span.support), own in told)
                )
    return found


def confidence_on(findings: Sequence[Finding]) -> dict[str, float]:
    """The weights of the confidence."""
    rule = fit_rule(
        [features for features, _ in findings],
        [right for _, right in findings],
        [1.0] * len(findings),
    )
    return {name or "confidence": weight for name, weight in rule.items()}


def main() -> None:
    """Read the interviews, fit, print, write if asked."""
    parser = recogniser_parser(__doc__)
    parser.add_argument("--copies", type=int, default=COPIES)
    parser.add_argument("--each", action="store_true", help="tell each by the others' weights")
    parser.add_argument("--write", action="store_true", help="put the weights into the table")
    chosen = parser.parse_args()
    fit(
        interviews_in(chosen.interviews),
        Recogniser(chosen.weights, chosen.cache),
        copies=chosen.copies,
        each=chosen.each,
        write=chosen.write,
    )


def fit(
    every: Sequence[Interview],
    recogniser: Recogniser,
    *,
    copies: int = COPIES,
    each: bool = True,
    write: bool = False,
) -> None:
    """Fit on all, test each with the weights of the others, write if asked."""
    interviews = [one for one in every if one.article.exchanges and "utterances" in one.truth]
    told = {one.name: conversations_of(one, interviews, recogniser, copies) for one in interviews}
    everything = [some for own in told.values() for some in own]
    for one in interviews if each else ():
        before = outcome(one, recogniser)
        others = [some for name, own in told.items() if name != one.name for some in own]
        setattr(alignment, "WEIGHTS", fitted_on(others))  # noqa: B010  read once by the module
        print(
            f"{one.name:20} {outcome(one, recogniser)}\n{'':20} with the table's: {before}",
            flush=True,
        )
    table = fitted_on(everything)
    setattr(alignment, "WEIGHTS", table)  # noqa: B010
    findings = [
        finding
        for one in interviews
        for finding in findings_of(
            one, [other for other in interviews if other is not one], recogniser, 6
        )
    ]
    table |= confidence_on(findings)
    print({name: table[name] for name in table if name.startswith("confidence")})
    setattr(alignment, "WEIGHTS", table)  # noqa: B010
    for one in interviews:
        print(f"{one.name:20} {outcome(one, recogniser)} (in-sample)", flush=True)
    if write:
        lines = [f"{name}\t{weight:.3f}\n" for name, weight in table.items()]
        TABLE.write_text("feature\tweight\n" + "".join(lines), encoding="utf-8")


def path_of(labels: Sequence[Label], states: ExchangeStates) -> list[int]:
    """Labels as the model numbers them."""
    path, last = [], 0
    for kind, number in labels:
        last = number or last
        path.append(
            states.outside(last)
            if kind == "outside"
            else states.question(number)
            if kind == "question"
            else states.answer(number)
        )
    return path


if __name__ == "__main__":
    main()
