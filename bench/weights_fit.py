"""Fits the weights of corrections and doubts, and measures them on interviews that they were not
fitted on.

    python -m bench.weights_fit [--weights base] [--interviews FOLDER] [--cache FOLDER] [--decoys N] [--write]

One command for everything fitted in ``studio/corrections/correction_weights.py`` and
``studio/doubts/doubt_weights.py``: the weights of the rules, and the scores from which on a
proposal is worth asking the recording about, and is taken. Each figure is leave-one-interview-out.
Without ``--write`` nothing is changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.corpus import Interview, Recogniser, interviews_in, recogniser_parser
from bench.corrections import Case, cases_of, decoys_of
from bench.doubts import example_of, fit_without
from studio.corrections import correction_weights
from studio.corrections.corrections import Features, probability_of
from studio.doubts import doubt_weights

# Weights are pulled towards 0 by so much (ridge), so that what few examples show does not count for
# much.
RIDGE = 1.0
# A change that spoils right words counts as so many that mend: a correction must not harm. One that
# leaves as many words wrong tells little.
HARM, IDLE = 4.0, 0.5
# Of the proposals that mend, so many are asked about; of the words replaced, so many at most were
# right before, by rules that were fitted without the interview: half of what is asked, because the
# limit is chosen on the same scores.
KEPT, MAX_HARM = 0.97, 0.005
HEARD_ONLY = frozenset({"sound", "language", "borne"})
WEIGHTS, DOUBTS = (Path(str(module.__file__)) for module in (correction_weights, doubt_weights))


def fit_rule(
    rows: Sequence[Features], right: Sequence[bool], counts: Sequence[float], ridge: float = RIDGE
) -> Features:
    """The weights of a logistic rule under which what was right is likeliest (Newton's method); the
    bias is ``""``.
    """
    names = sorted({name for row in rows for name in row})
    table = np.array([[1.0, *(row.get(name, 0.0) for name in names)] for row in rows])
    scale = np.maximum(np.abs(table).max(axis=0), 1e-9)
    scaled, wanted, weight = table / scale, np.array(right, dtype=float), np.array(counts)
    pull = ridge * np.eye(len(scale))
    pull[0, 0] = 0.0
    fitted: NDArray[np.float64] = np.zeros(len(scale))
    for _ in range(50):
        odds = 1 / (1 + np.exp(-scaled @ fitted))
        slope = scaled.T @ (weight * (wanted - odds)) - pull @ fitted
        bend = (scaled * (weight * odds * (1 - odds))[:, None]).T @ scaled + pull
        fitted = fitted + np.linalg.solve(bend, slope)
    return dict(zip(["", *names], (fitted / scale).round(3).tolist(), strict=True))


def heard_rule(cases: Sequence[Case]) -> Features:
    """The rule for proposals that the recording was asked about."""
    cases = [case for case in cases if case.features.keys() >= HEARD_ONLY]
    counts = [1.0 if case.mends > 0 else HARM if case.mends < 0 else IDLE for case in cases]
    return fit_rule([case.features for case in cases], [case.mends > 0 for case in cases], counts)


def unheard_rule(cases: Sequence[Case]) -> Features:
    """The rule by which a proposal is worth asking about."""
    rows = [
        {name: value for name, value in case.features.items() if name not in HEARD_ONLY}
        for case in cases
    ]
    return fit_rule(rows, [case.mends > 0 for case in cases], [1.0] * len(cases))


def left_out(cases: Sequence[Case], fit: Callable[[Sequence[Case]], Features]) -> list[float]:
    """Each case's score under the rule fitted on all other interviews."""
    names = {case.interview for case in cases}
    rules = {
        name: fit([case for case in cases if name not in {case.interview, case.article}])
        for name in names
    }
    return [probability_of(case.features, rules[case.interview]) for case in cases]


def surest(cases: Sequence[Case], scores: Sequence[float]) -> Iterator[tuple[float, Case]]:
    """The cases that are taken if all are sure enough, the surest first: of those that overlap, the
    surest, as the stage *correct* does it.
    """
    used: set[tuple[str, str, int]] = set()
    ranked = sorted(
        zip(scores, cases, strict=True),
        key=lambda pair: (pair[0], pair[1].last - pair[1].first),
        reverse=True,
    )
    for score, case in ranked:
        places = {(case.interview, case.article, at) for at in range(case.first, case.last)}
        if not places & used:
            used |= places
            yield score, case


def least_score(cases: Sequence[Case], scores: Sequence[float]) -> float:
    """The lowest score from which on few enough of the replaced words were right."""
    words = spoiled = 0
    least = 1.0
    for score, case in surest(cases, scores):
        words += case.last - case.first
        spoiled += max(0, -case.mends)
        if spoiled <= MAX_HARM * words:
            least = score
    return least


def worth_hearing(cases: Sequence[Case], scores: Sequence[float]) -> float:
    """The score that so many of the mending proposals reach."""
    mending = sorted(score for case, score in zip(cases, scores, strict=True) if case.mends > 0)
    return mending[int((1 - KEPT) * len(mending))]


def print_outcome(cases: Sequence[Case], scores: Sequence[float], least: float) -> None:
    """What taking every proposal from this score on does."""
    taken = [case for score, case in surest(cases, scores) if score >= least]
    print("| interview | changes | better | worse | words mended | words spoiled |\n|" + "---|" * 6)
    for name in sorted({case.interview for case in cases}):
        own = [case for case in taken if case.interview == name]
        better, worse = sum(case.mends > 0 for case in own), sum(case.mends < 0 for case in own)
        row = [
            len(own),
            better,
            worse,
            _total(case.mends for case in own),
            _total(-case.mends for case in own),
        ]
        print(f"| {name} | " + " | ".join(map(str, row)) + " |")
    for case in taken:
        if case.mends < 0:
            print(f"harm: {case.interview} ({case.article}): « {case.heard} » → « {case.text} »")


def _total(values: Iterable[int]) -> int:
    return sum(max(0, value) for value in values)


def write_weights(path: Path, values: dict[str, Features | float]) -> None:
    """Replace the old values by the fitted ones; the text around them is kept."""
    text = path.read_text(encoding="utf-8")
    for name, value in values.items():
        if isinstance(value, dict):
            old = re.search(rf"^{name}: [^=]+ = \{{\n(.*?)^\}}$", text, re.MULTILINE | re.DOTALL)
            if old is None:
                raise SystemExit(f"{path} has no table {name}.")
            notes = dict(re.findall(r'^    "(\w*)": [^#\n]*(#.*)$', old[1], re.MULTILINE))
            lines = [
                f'    "{key}": {number:g},  {notes.get(key, "")}'.rstrip()
                for key, number in value.items()
            ]
            text = text[: old.start(1)] + "\n".join(lines) + "\n" + text[old.end(1) :]
        else:
            text = re.sub(rf"^{name} = .*$", f"{name} = {value:.2f}", text, flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8")


def fit_corrections(cases: Sequence[Case], *, write: bool) -> None:
    """Fit and print; write if asked."""
    asked = [case for case in cases if case.features.keys() >= HEARD_ONLY]
    out_of_sample = left_out(asked, heard_rule)
    least = least_score(asked, out_of_sample)
    for what, some in (("allowed", cases), ("asked about", asked)):
        mend, spoil = sum(case.mends > 0 for case in some), sum(case.mends < 0 for case in some)
        print(f"{len(some)} proposals {what}, {mend} would mend, {spoil} would spoil.")
    print(f"\nLeave one interview out, from a score of {least:.2f} on:\n")
    print_outcome(asked, out_of_sample, least)
    unheard, worth = unheard_rule(cases), worth_hearing(cases, left_out(cases, unheard_rule))
    fitted: dict[str, Features | float] = {
        "TEXT_ONLY_WEIGHTS": unheard,
        "MIN_AUDIO_SCORE": worth,
        "ACOUSTIC_WEIGHTS": heard_rule(cases),
        "MIN_SCORE": least,
    }
    for name, value in fitted.items():
        print(name, "=", value)
    if write:
        write_weights(WEIGHTS, fitted)


def main() -> None:
    """Read the arguments, gather, fit."""
    parser = recogniser_parser(__doc__)
    parser.add_argument("--decoys", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    fit(
        interviews_in(arguments.interviews),
        Recogniser(arguments.weights, arguments.cache),
        decoys=arguments.decoys,
        write=arguments.write,
    )


def fit(
    interviews: Sequence[Interview], recogniser: Recogniser, *, decoys: int = 1, write: bool = False
) -> None:
    """Fit on all, test each with the weights of the others, write if asked."""
    cases: list[Case] = []
    for place, interview in enumerate(interviews):
        own = [interview] if interview.article.exchanges else []
        for other in (*own, *decoys_of(interviews, place, decoys)):
            cases += cases_of(interview, other.article, recogniser, other.name)
    fit_corrections(cases, write=write)
    # With the corrections as they were before: fitting twice makes doubts follow the new ones.
    weights = fit_without(
        [example_of(one, recogniser) for one in interviews if one.article.exchanges], ""
    )
    print("WEIGHTS =", weights)
    if write:
        write_weights(DOUBTS, {"WEIGHTS": weights})


if __name__ == "__main__":
    main()
