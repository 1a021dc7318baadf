"""How much a question's confidence is worth: how many of those found with 0.9 are right.

    python -m bench.questions [--tries 40] [--interviews FOLDER]

The four interviews of ``tests/``, or those of the folder, are said again and again as a bad ear would hear them: up to two
words in three lost or replaced by words of another interview, some exchanges cut from the
recording, some of another interview printed in the article, in another order. What is right is
known: a question is found rightly when it was asked (or answered) and starts within 0.8 s of the
truth.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from support.interviews import HOST, onset_error_s, said_transcript, with_exchanges

from bench.corpus import Interview, interviews_in
from studio.alignment.questions import align_questions
from studio.model.alignment import Question
from studio.model.article import Exchange
from studio.model.record import replace_fields

WORST_ONSET_S = 0.8
MAX_LOST = 0.66
# Shares of exchanges that are cut from the recording, and printed from another interview.
DROPPED = 0.2
FOREIGN = 0.5
BANDS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def badly_heard(
    utterances: list[dict[str, Any]], lost: float, foreign: list[str], chance: np.random.Generator
) -> list[dict[str, Any]]:
    """Utterances of which this share of words is dropped or replaced by a foreign one; those
    without a word left are gone.
    """
    heard = []
    for utterance in utterances:
        words: list[str] = []
        for word in utterance["text"].split():
            if chance.random() >= lost:
                words.append(word)
            elif chance.random() < 0.5:
                words.append(foreign[chance.integers(len(foreign))])
        if words:
            heard.append({**utterance, "text": " ".join(words)})
    return heard


def tried(
    interview: Interview, other: Interview, chance: np.random.Generator
) -> Iterator[tuple[dict[str, Any] | None, Question]]:
    """Every printed question of one try, with its truth: None where it was not put."""
    asked = {one["question"]: one for one in interview.truth["questions"]}
    foreign = " ".join(one["text"] for one in other.truth["utterances"]).split()
    dropped = {number for number in asked if chance.random() < DROPPED}
    said = [one for one in interview.truth["utterances"] if one.get("question") not in dropped]
    heard = badly_heard(said, chance.uniform(0, MAX_LOST), foreign, chance)
    printed: list[tuple[int | None, Exchange]] = [
        (one.number, one) for one in interview.article.exchanges
    ]
    printed += [(None, one) for one in other.article.exchanges if chance.random() < FOREIGN]
    printed = [printed[place] for place in chance.permutation(len(printed))]
    mixed = with_exchanges(
        replace_fields(interview.article, exchanges=tuple(one for _, one in printed)), tuple
    )
    found = align_questions(said_transcript(heard), mixed, HOST).questions
    for (number, _), question in zip(printed, found, strict=True):
        is_there = number is not None and number in asked and number not in dropped
        yield (asked[number] if is_there and number is not None else None), question


def print_table(tries: Sequence[tuple[dict[str, Any] | None, Question]]) -> None:
    """How many are right, by confidence, and how many of those that were put are found."""
    right: Counter[float] = Counter()
    found: Counter[float] = Counter()
    for truth, question in tries:
        if question.start_ms is not None:
            band = max(band for band in BANDS if band <= question.confidence)
            found[band] += 1
            right[band] += (
                truth is not None and onset_error_s(truth, question.start_ms) <= WORST_ONSET_S
            )
    print("| confidence | found | right |\n|---|---|---|")
    for band in BANDS[:-1]:
        if found[band]:
            print(
                f"| {band:.1f} to {band + 0.1:.1f} | {found[band]} | "
                f"{right[band] / found[band]:.1%} |"
            )
    asked = sum(truth is not None for truth, _ in tries)
    foreign = sum(truth is None and question.start_ms is not None for truth, question in tries)
    print(f"\n{sum(right.values())} of {asked} asked questions found within {WORST_ONSET_S} s")
    print(f"{foreign} found that nobody put")


def main() -> None:
    """Read the arguments, try, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tries", type=int, default=40, help="for each interview")
    parser.add_argument("--interviews", type=Path)
    arguments = parser.parse_args()
    interviews = [one for one in interviews_in(arguments.interviews) if "utterances" in one.truth]
    chance = np.random.default_rng(0)
    tries: list[tuple[dict[str, Any] | None, Question]] = []
    for interview in interviews:
        others = [one for one in interviews if one is not interview]
        for _ in range(arguments.tries):
            tries += tried(interview, others[chance.integers(len(others))], chance)
    print_table(tries)


if __name__ == "__main__":
    main()
