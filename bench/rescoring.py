"""From which gain on the other of two readings is believed, where both differ.

    python -m bench.rescoring [--weights base] [--interviews FOLDER]

Each recording is read twice, as ``studio run`` does it. For each limit of the gain
(``LEAST_GAIN`` of ``studio/speech/rescoring.py``): how many wrong words are mended and made, and what
an interview gets by the limit that is best for all others (leave one out).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from bench.corpus import Interview, interviews_in, transcribed
from studio.model.transcript import Utterance
from studio.speech import strategy
from studio.speech.rescoring import Score, weighed_differences

LIMITS = (-5.0, -4.0, -3.0, -2.0, -1.0, 0.0, 1.0)


class Change(NamedTuple):
    """One place: the gain of the other words, and how many wrong words they mend."""

    gain: float
    mends: int


class Read(NamedTuple):
    """What two readings of an interview made: wrong words of each, and where they differ."""

    name: str
    first: int
    other: int
    changes: tuple[Change, ...]

    def mended(self, limit: float) -> int:
        """How many wrong words fewer there are with this limit."""
        return sum(one.mends for one in self.changes if one.gain > limit)


def text_of(utterances: Sequence[Utterance]) -> str:
    """All of its words."""
    return " ".join(word.text for utterance in utterances for word in utterance.words)


def read_twice(interview: Interview, weights: str) -> Read:
    """Both readings of an interview, and what each difference is worth by itself."""
    made: list[Read] = []

    def compare(
        utterances: Sequence[Utterance],
        other: Sequence[Utterance],
        names: Sequence[str],
        score: Score,
    ) -> tuple[Utterance, ...]:
        words = [word for utterance in utterances for word in utterance.words]
        others = [word for utterance in other for word in utterance.words]
        texts = [word.text for word in words]
        wrong = interview.wrong_words(" ".join(texts))
        changes = [
            Change(
                gain,
                wrong
                - interview.wrong_words(
                    " ".join([*texts[: one.first], one.text, *texts[one.last :]])
                ),
            )
            for one, gain in weighed_differences(words, others, names, score)
        ]
        made.append(
            Read(interview.name, wrong, interview.wrong_words(text_of(other)), tuple(changes))
        )
        return tuple(utterances)

    with mock.patch.object(strategy, "likelier_words", compare):
        transcribed(interview, weights)
    return made[0]


def best_limit(reads: Sequence[Read]) -> float:
    """The limit under which most is mended."""
    return max(LIMITS, key=lambda limit: sum(read.mended(limit) for read in reads))


def main() -> None:
    """Read, compare, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weights", default="base")
    parser.add_argument("--interviews", type=Path)
    arguments: Any = parser.parse_args()
    reads = []
    print(
        "| interview | first reading | other | differences | " + " | ".join(map(str, LIMITS)) + " |"
    )
    print("|" + "---|" * (4 + len(LIMITS)))
    for interview in interviews_in(arguments.interviews):
        read = read_twice(interview, arguments.weights)
        reads.append(read)
        mended = " | ".join(str(read.mended(limit)) for limit in LIMITS)
        print(
            f"| {read.name} | {read.first} | {read.other} | {len(read.changes)} | {mended} |",
            flush=True,
        )
    for what, sign in (("mended", 1), ("made", -1)):
        counts = [
            sum(
                max(0, sign * one.mends)
                for read in reads
                for one in read.changes
                if one.gain > limit
            )
            for limit in LIMITS
        ]
        print(f"| {what} | | | | " + " | ".join(map(str, counts)) + " |")
    if len(reads) > 1:
        out = sum(
            read.mended(best_limit([other for other in reads if other is not read]))
            for read in reads
        )
        print(f"\nLeave one out: {out} words mended of {sum(read.first for read in reads)}.")


if __name__ == "__main__":
    main()
