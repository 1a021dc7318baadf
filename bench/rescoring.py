"""When the other of two decodings is believed, where both differ.

    python -m bench.rescoring [--weights base] [--interviews FOLDER] [--cache FOLDER]

Each recording is read twice, as ``studio run`` does it. For each choice of ``SURER_WEIGHT`` and
``SECOND_PASS_GAIN`` (``studio/speech/rescoring.py``) without the article, and of ``PRINTED_WEIGHT``
(``studio/corrections/article_alternatives.py``) with it: how many wrong words are mended and made, and
what an interview gets by the choice that is best for all others (leave one out).
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from bench.corpus import Interview, interviews_in, recogniser_parser, transcribed
from studio.corrections.article_alternatives import printed_lemmas, printed_more
from studio.model.transcript import AlternativeHypothesis, Utterance
from studio.speech import rescoring, strategy
from studio.speech.rescoring import RescoringEvidence, Score, weighed_differences

SURER = (3.0, 6.0, 10.0, 15.0, 20.0, 30.0)
ADVANTAGE = (0.0, 2.0, 5.0, 8.0)
PRINTED = (0.0, 10.0, 20.0, 25.0, 30.0, 40.0)

Weights = tuple[float, float, float]


class Change(NamedTuple):
    """One place: what speaks for the other words, how many more of them are printed, and how many
    wrong words they mend.
    """

    evidence: RescoringEvidence
    printed: int
    mends: int

    def is_taken(self, weights: Weights) -> bool:
        """Whether the other words are believed."""
        surer, advantage, printed = weights
        with (
            mock.patch.object(rescoring, "SURER_WEIGHT", surer),
            mock.patch.object(rescoring, "SECOND_PASS_GAIN", advantage),
        ):
            return self.evidence.gain + printed * self.printed > 0


class Read(NamedTuple):
    """What two decodings of an interview made: wrong words of each, and where they differ."""

    name: str
    first: int
    other: int
    changes: tuple[Change, ...]

    def mended(self, weights: Weights) -> int:
        """How many wrong words fewer there are with these weights."""
        return sum(one.mends for one in self.changes if one.is_taken(weights))


def text_of(utterances: Sequence[Utterance]) -> str:
    """All of its words."""
    return " ".join(word.text for utterance in utterances for word in utterance.words)


def read_twice(interview: Interview, weights: str) -> Read:
    """Both decodings of an interview, and what each difference is worth by itself."""
    made: list[Read] = []
    printed = printed_lemmas(interview.article)

    def compare(
        utterances: Sequence[Utterance],
        other: Sequence[Utterance],
        names: Sequence[str],
        score: Score,
    ) -> tuple[tuple[Utterance, ...], tuple[AlternativeHypothesis, ...]]:
        words = [word for utterance in utterances for word in utterance.words]
        others = [word for utterance in other for word in utterance.words]
        texts = [word.text for word in words]
        wrong = interview.wrong_words(" ".join(texts))
        changes = [
            Change(
                evidence,
                printed_more(
                    [word.text for word in one.words], texts[one.first : one.last], printed
                ),
                wrong
                - interview.wrong_words(
                    " ".join([*texts[: one.first], one.text, *texts[one.last :]])
                ),
            )
            for one, evidence in weighed_differences(words, others, names, score)
        ]
        made.append(
            Read(interview.name, wrong, interview.wrong_words(text_of(other)), tuple(changes))
        )
        return tuple(utterances), ()

    with mock.patch.object(strategy, "likelier_words", compare):
        transcribed(interview, weights)
    return made[0]


def kept_read(interview: Interview, weights: str, cache: Path) -> Read:
    """The same, from the folder of what was read before, where it is there."""
    kept = cache / f"{interview.name}-{weights}.read-twice.json"
    if kept.exists():
        name, first, other, changes = json.loads(kept.read_text(encoding="utf-8"))
        return Read(
            name,
            first,
            other,
            tuple(Change(RescoringEvidence(*evidence), *rest) for evidence, *rest in changes),
        )
    read = read_twice(interview, weights)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(read), encoding="utf-8")
    return read


def show(reads: Sequence[Read], choices: Sequence[Weights]) -> None:
    """A table of the best choices, and what choosing on all other interviews comes to."""
    every = [change for read in reads for change in read.changes]
    print("\n| surer | other pass | printed | words mended | words made |\n|" + "---|" * 5)
    totals = {choice: [read.mended(choice) for read in reads] for choice in choices}
    for choice in sorted(choices, key=lambda one: -sum(totals[one]))[:6]:
        taken = [one.mends for one in every if one.is_taken(choice)]
        better, worse = (sum(max(0, sign * one) for one in taken) for sign in (1, -1))
        print("| " + " | ".join(map(str, (*choice, better, worse))) + " |")
    if len(reads) > 1:
        out = sum(
            totals[max(choices, key=lambda one: sum(totals[one]) - totals[one][place])][place]
            for place in range(len(reads))
        )
        print(f"\nLeave one out: {out} words mended of {sum(read.first for read in reads)}.")


def main() -> None:
    """Read, compare, print."""
    arguments = recogniser_parser(__doc__).parse_args()
    print_limits(interviews_in(arguments.interviews), arguments.weights, arguments.cache)


def print_limits(interviews: Sequence[Interview], weights: str, cache: Path) -> None:
    """Read each twice, and print what each choice of weights comes to."""
    reads = []
    print("| interview | first decoding | other | differences |\n|" + "---|" * 4)
    for interview in interviews:
        read = kept_read(interview, weights, cache)
        reads.append(read)
        print(f"| {read.name} | {read.first} | {read.other} | {len(read.changes)} |", flush=True)
    show(reads, list(itertools.product(SURER, ADVANTAGE, (0.0,))))
    show(reads, list(itertools.product(SURER, ADVANTAGE, PRINTED)))


if __name__ == "__main__":
    main()
