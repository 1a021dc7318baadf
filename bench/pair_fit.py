"""Fit the weights that recognise the article of another recording (``pair…`` in
studio/alignment/exchange-weights.tsv).

    python -m bench.pair_fit --interviews FOLDER [--cache FOLDER] [--write]

Every recording of the interviews (see ``bench/corpus.py``) is compared with every article; each is
also taken with half of its sentences, as a bad line leaves them. Each interview is tested with
weights that were fitted without its recording and without its article. Hardly ever is the wrong
article taken, and a wrong alarm loses every question: right pairs count ``RIGHT`` times.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.corpus import Interview, Recogniser, interviews_in, recogniser_parser
from bench.weights_fit import fit_rule
from studio.alignment import questions
from studio.alignment.article_match import match_features
from studio.corrections.corrections import Features, probability_of

RIGHT = 6.0
# Copies with this share of the sentences.
SHARE, COPIES = 0.5, 1
TABLE = Path(questions.__file__).with_name("exchange-weights.tsv")


@dataclass(frozen=True)
class Pair:
    """A recording beside an article."""

    recording: str
    article: str
    features: Features

    @property
    def is_right(self) -> bool:
        """Whether they belong together."""
        return self.recording == self.article


def pairs_of(
    interview: Interview, others: Sequence[Interview], recogniser: Recogniser
) -> list[Pair]:
    """One recording beside every article, as it was heard and in copies that lack sentences."""
    chance = np.random.default_rng(0)
    units = recogniser.units(interview)
    heard = [units] + [
        tuple(unit for unit in units if chance.random() < SHARE) for _ in range(COPIES)
    ]
    return [
        Pair(interview.name, other.name, features)
        for some in heard
        for other in others
        if (features := match_features(some, other.article)) is not None
    ]


def fitted(pairs: Sequence[Pair]) -> Features:
    """The weights under which what belongs together is likeliest."""
    return fit_rule(
        [pair.features for pair in pairs],
        [pair.is_right for pair in pairs],
        [RIGHT if pair.is_right else 1.0 for pair in pairs],
    )


def main() -> None:
    """Read the arguments, gather, fit."""
    parser = recogniser_parser(__doc__)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    fit(
        interviews_in(chosen.interviews),
        Recogniser(chosen.weights, chosen.cache),
        write=chosen.write,
    )


def fit(every: Sequence[Interview], recogniser: Recogniser, *, write: bool) -> None:
    """Fit on all, test each pair with the weights of the others, write if asked."""
    printed = [one for one in every if one.article.exchanges]
    pairs = [pair for one in printed for pair in pairs_of(one, printed, recogniser)]
    for name in sorted({pair.recording for pair in pairs}):
        rule = fitted([pair for pair in pairs if name not in {pair.recording, pair.article}])
        own = [pair for pair in pairs if name == pair.recording]
        right = [probability_of(pair.features, rule) for pair in own if pair.is_right]
        wrong = [probability_of(pair.features, rule) for pair in own if not pair.is_right]
        print(
            f"{name:20} its own {right[0]:.3f} (half heard: {min(right[1:], default=math.nan):.3f}), "
            f"another's at most {max(wrong, default=math.nan):.3f}"
        )
    rule = fitted(pairs)
    for feature, weight in rule.items():
        print(feature or "bias", weight)
    if write:
        lines = TABLE.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if not line.startswith("pair")]
        new = [f"{feature or 'pair'}\t{weight:.3f}" for feature, weight in rule.items()]
        TABLE.write_text("\n".join([*kept, *new]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
