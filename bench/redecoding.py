"""From which probability on a window is decoded again, and from which gain on that is believed.

    python -m bench.redecoding [--weights base] [--interviews FOLDER]

Every window that is cut at pauses is decoded again, as ``studio run`` does it with those that the
model hardly believes. For each pair of limits (``DOUBTFUL_WORDS`` and ``MIN_GAIN`` of
``studio/speech/doubtful_windows.py``): how many windows are replaced, how many wrong words that mends and
makes, and what an interview gets by the pair that is best for all others (leave one out).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple
from unittest import mock

from bench.corpus import Interview, interviews_in, recogniser_parser, transcribed
from studio.model.clock import Span
from studio.model.transcript import Utterance, Word
from studio.speech import doubtful_windows, strategy
from studio.speech.doubtful_windows import is_better, mean_word_logprob
from studio.speech.pause_windows import PauseText, is_inside
from studio.speech.window_text import WindowText

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
    found: list[Window] = []

    def compare(
        texts: Sequence[WindowText], read: Sequence[PauseText], voice: Sequence[Span]
    ) -> list[WindowText]:
        """Take nothing, and note what would be taken."""
        utterances = [utterance for text in texts for utterance in text.utterances]
        words = [word for one in sorted(utterances, key=_start_ms) for word in one.words]
        wrong = interview.wrong_words(_text(words))
        for (_, own), text in read:
            than = [word for word in words if is_inside(word, own)]
            others = [word for utterance in text.utterances for word in utterance.words]
            if not than or not others:
                continue
            place = next(place for place, word in enumerate(words) if is_inside(word, own))
            kept = [word for word in words if not is_inside(word, own)]
            changed = [*kept[:place], *others, *kept[place:]]
            with mock.patch.object(doubtful_windows, "MIN_GAIN", float("-inf")):
                is_whole = is_better(text.utterances, than, voice)
            before = mean_word_logprob(than)
            found.append(
                Window(
                    before,
                    mean_word_logprob(others) - before if is_whole else None,
                    wrong - interview.wrong_words(_text(changed)),
                )
            )
        return list(texts)

    with mock.patch.object(strategy, "with_doubtful_replaced", compare):
        transcribed(interview, weights)
    return found


def _start_ms(utterance: Utterance) -> int:
    return utterance.start_ms


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def mended(windows: Sequence[Window], limits: Limits) -> int:
    """How many wrong words fewer there are with these limits."""
    return sum(one.mends for one in windows if one.is_replaced(limits))


def main() -> None:
    """Decode, compare, print."""
    arguments = recogniser_parser(__doc__).parse_args()
    print_limits(interviews_in(arguments.interviews), arguments.weights)


def print_limits(interviews: Sequence[Interview], weights: str) -> None:
    """Decode each again, and print what each pair of limits comes to."""
    windows: dict[str, list[Window]] = {}
    for interview in interviews:
        windows[interview.name] = windows_of(interview, weights)
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
