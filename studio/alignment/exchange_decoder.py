"""Decoding of the conversation model: the best path through all states (Viterbi), and the
probability of each state (forward-backward).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.alignment.exchange_crf import (
    EMISSION_FEATURES,
    TRANSITION_CONTEXTS,
    TRANSITIONS,
    ConversationFeatures,
    ExchangeStates,
    transition_features,
)

# A part of the best path is moved to another answer if that is this much more probable on average,
# over at least this many units. Of 302 questions in several transcripts of 21 interviews, one more
# is found; in transcripts with many errors (441 questions), there are 46 false positives instead of
# 53, and as many true positives.
MIN_ADVANTAGE = 0.4
FEWEST_UNITS = 3


@dataclass(frozen=True)
class Scores:
    """The log-potentials of a conversation: ``emissions`` (units, states), ``steps`` (units,
    states, states) into each unit, from the preceding one.

    The transition to the first unit is from *outside, before all*.
    """

    emissions: NDArray[np.float64]
    steps: NDArray[np.float64]


def score(
    observations: ConversationFeatures, weights: Mapping[str, float], host: str | None
) -> Scores:
    """The log-potentials of states and transitions: the weighted sum of features."""
    emissions, contexts = observations.features(host)
    kinds, where = transition_features(observations.states)
    step_weights = np.array([weights[name] for name in TRANSITIONS])
    context_weights = np.array([weights[name] for name in TRANSITION_CONTEXTS])
    possible = ~np.isnan(kinds[0])
    steps = np.where(possible, np.tensordot(step_weights, np.nan_to_num(kinds), 1), -np.inf)
    context = np.tensordot(contexts * context_weights, where, 1)
    return Scores(
        emissions @ np.array([weights[name] for name in EMISSION_FEATURES]), steps[None] + context
    )


def best_path(scores: Scores) -> tuple[int, ...]:
    """The most probable states of all units."""
    count, size = scores.emissions.shape
    if not count:
        return ()
    # Viterbi: the best score of each state, unit by unit, with its predecessor; then backtracking
    # from the best last state.
    best = scores.steps[0, 0] + scores.emissions[0]
    back = np.zeros((count, size), dtype=np.int_)
    for row in range(1, count):
        reach = best[:, None] + scores.steps[row]
        back[row] = reach.argmax(axis=0)
        best = reach.max(axis=0) + scores.emissions[row]
    states = [int(best.argmax())]
    for row in range(count - 1, 0, -1):
        states.append(int(back[row, states[-1]]))
    return tuple(reversed(states))


def likely_path(scores: Scores, states: ExchangeStates, prior: float) -> tuple[int, ...]:
    """The most probable path, knowing that nearly every printed question was asked.

    A chain only models neighbouring states. So exchanges missing from the best path are tried: the
    best path through such an exchange is used if it is at most ``prior`` (log-odds) less probable.
    """
    path = best_path(scores)
    if not path:
        return path
    emissions = scores.emissions.copy()
    for _ in range(states.count):
        visited = {states.kind(state)[1] for state in path if states.kind(state)[0] != "outside"}
        missing = [number for number in range(1, states.count + 1) if number not in visited]
        if not missing:
            return path
        # The cost of each missing exchange: the best path's score minus that of the best path with
        # one unit in it. The cheapest is forced into the path, and the rest is decoded again.
        through = _best_through(Scores(emissions, scores.steps))
        lost = {
            number: float(
                through.max() - through[:, [states.question(number), states.answer(number)]].max()
            )
            for number in missing
        }
        number = min(missing, key=lambda one: lost[one])
        if lost[number] > prior:
            return path
        row = int(through[:, [states.question(number), states.answer(number)]].max(axis=1).argmax())
        # Forcing: at its most probable unit, every other state becomes impossible.
        keep = np.isin(np.arange(states.size), [states.question(number), states.answer(number)])
        emissions[row, ~keep] = -np.inf
        path = best_path(Scores(emissions, scores.steps))
    return path


def with_likelier_answers(
    path: Sequence[int], chance: NDArray[np.float64], states: ExchangeStates
) -> tuple[int, ...]:
    """The path, with parts of an answer moved to another one that is much more probable.

    The best path is one of many: if a part may start at several units, each of those paths may be
    less probable than one without it, but their sum more probable.

    :param chance: probability of each state at each unit ``(units, states)``.
    """
    changed = list(path)
    likeliest = [int(state) for state in chance.argmax(axis=1)] if len(path) else []
    row = 0
    while row < len(path):
        state, last = likeliest[row], row
        while (
            last < len(path)
            and likeliest[last] == state != path[last]
            and states.kind(state)[0] == states.kind(path[last])[0] == "answer"
        ):
            last += 1
        own = range(row, last)
        advantage = sum(float(chance[at, state] - chance[at, path[at]]) for at in own)
        if len(own) >= FEWEST_UNITS and advantage >= MIN_ADVANTAGE * len(own):
            changed[row:last] = [state] * len(own)
        row = max(last, row + 1)
    return tuple(changed)


def _best_through(scores: Scores) -> NDArray[np.float64]:
    """The score of the best path through each unit and state."""
    count, size = scores.emissions.shape
    # Max-product in both directions: the best score up to a unit plus the best score from it on.
    before, after = np.zeros((count, size)), np.zeros((count, size))
    before[0] = scores.steps[0, 0] + scores.emissions[0]
    for row in range(1, count):
        before[row] = (before[row - 1][:, None] + scores.steps[row]).max(axis=0) + scores.emissions[
            row
        ]
    for row in range(count - 2, -1, -1):
        after[row] = (
            scores.steps[row + 1] + (scores.emissions[row + 1] + after[row + 1])[None]
        ).max(axis=1)
    return before + after


def probabilities(scores: Scores) -> tuple[NDArray[np.float64], float]:
    """The probability of each state at each unit ``(units, states)``, and the log partition
    function.
    """
    count, size = scores.emissions.shape
    forward = np.zeros((count, size))
    backward = np.zeros((count, size))
    if not count:
        return forward, 0.0
    # The forward-backward algorithm in the log domain.
    forward[0] = scores.steps[0, 0] + scores.emissions[0]
    for row in range(1, count):
        forward[row] = (
            _log_sum(forward[row - 1][:, None] + scores.steps[row], 0) + scores.emissions[row]
        )
    for row in range(count - 2, -1, -1):
        backward[row] = _log_sum(
            scores.steps[row + 1] + (scores.emissions[row + 1] + backward[row + 1])[None], 1
        )
    total = float(_log_sum(forward[-1], 0))
    return np.exp(forward + backward - total), total


def _log_sum(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    highest = values.max(axis=axis, keepdims=True)
    safe = np.where(np.isfinite(highest), highest, 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(
            np.log(np.exp(values - safe).sum(axis=axis)) + np.squeeze(safe, axis=axis)
        )
