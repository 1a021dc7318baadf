"""From which probability on a window is decoded again, and from which gain on that is believed.

    python -m bench.redecoding [--weights base] [--interviews FOLDER]

Every window that is cut at pauses is decoded again, as ``studio run`` does it with those that the
model hardly believes. For each pair of limits (``DOUBTFUL_WORDS`` and ``LEAST_GAIN`` of
``studio/speech/redecoding.py``): how many windows are replaced, how many wrong words that mends and
makes, and what an interview gets by the pair that is best for all others (leave one out).
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from bench.corpus import Interview, interviews_in, transcribed
from studio.model.clock import Span
from studio.model.transcript import Utterance, Word
from studio.speech import doubtful_windows, redecoding, strategy

DOUBTFUL = (-0.3, -0.4, -0.5, -0.6, -0.8)
GAINS = (0.0, 0.1, 0.2, 0.3, 0.5)
Limits = tuple[float, float]


class Window(NamedTuple):
    """One window: the mean logarithm of its words' probabilities, how much more probable the other
    reading is (None: it is not believed whatever its probability), and how many wrong words it mends.
    """

    before: float
    gain: float | None
    mends: int

    def is_replaced(self, limits: Limits) -> bool:
        """Whether the other pass is taken with these limits."""
        doubtful, least = limits
        return self.before < doubtful and self.gain is not None and self.gain > least


def windows_of(interview: Interview, weights: str) -> list[Window]:
    """Every window of an interview that has words."""
    read: list[tuple[Sequence[Utterance], Sequence[Word], bool]] = []
    found: list[Window] = []

    def collect(again: Sequence[Utterance], than: Sequence[Word], voice: Sequence[Span]) -> bool:
        with mock.patch.object(redecoding, "LEAST_GAIN", float("-inf")):
            read.append((again, than, redecoding.is_better(again, than, voice)))
        return False

    def compare(
        utterances: Sequence[Utterance], *_: object
    ) -> tuple[tuple[Utterance, ...], tuple[()]]:
        words = [word for utterance in utterances for word in utterance.words]
        wrong = interview.wrong_words(" ".join(word.text for word in words))
        for again, than, is_whole in read:
            others = [word for utterance in again for word in utterance.words]
            left = set(than)
            places = [place for place, word in enumerate(words) if word in left]
            if not places or not others:
                continue
            kept = [word for word in words if word not in left]
            changed = [*kept[: places[0]], *others, *kept[places[0] :]]
            before = redecoding.mean_word_logprob(than)
            found.append(
                Window(
                    before,
                    redecoding.mean_word_logprob(others) - before if is_whole else None,
                    wrong - interview.wrong_words(" ".join(word.text for word in changed)),
                )
            )
        return tuple(utterances), ()

    with (
        mock.patch.object(doubtful_windows, "is_doubtful", bool),
        mock.patch.object(doubtful_windows, "is_better", collect),
        mock.patch.object(strategy, "likelier_words", compare),
    ):
        transcribed(interview, weights)
    return found


def mended(windows: Sequence[Window], limits: Limits) -> int:
    """How many wrong words fewer there are with these limits."""
    return sum(one.mends for one in windows if one.is_replaced(limits))


def main() -> None:
    """Decode, compare, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weights", default="base")
    parser.add_argument("--interviews", type=Path)
    arguments: Any = parser.parse_args()
    windows: dict[str, list[Window]] = {}
    for interview in interviews_in(arguments.interviews):
        windows[interview.name] = windows_of(interview, arguments.weights)
        print(f"{interview.name}: {len(windows[interview.name])} windows", flush=True)
    every = [one for some in windows.values() for one in some]
    pairs = list(itertools.product(DOUBTFUL, GAINS))
    print(
        "\n| doubtful below | gain above | replaced | words mended | words made |\n|" + "---|" * 5
    )
    for limits in pairs:
        taken = [one.mends for one in every if one.is_replaced(limits)]
        better, worse = (sum(max(0, sign * one) for one in taken) for sign in (1, -1))
        print(f"| {limits[0]} | {limits[1]} | {len(taken)} | {better} | {worse} |")
    if len(windows) > 1:
        out = 0
        for name, own in windows.items():
            others = [one for other, some in windows.items() if other != name for one in some]
            out += mended(own, max(pairs, key=lambda limits: mended(others, limits)))
        print(f"\nLeave one out: {out} wrong words fewer.")


if __name__ == "__main__":
    main()
