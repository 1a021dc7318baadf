"""How much a question's confidence is worth: how many of those found with 0.9 are right.

    python -m bench.questions [--tries 40]

The four interviews of ``tests/`` are said again and again as a bad ear would hear them: up to two
words in three lost or replaced by words of another interview, some exchanges cut from the
recording, some of another interview printed in the article, in another order. What is right is
known: a question is found rightly when it was asked (or answered) and starts within 0.8 s of the
truth.
"""

from __future__ import annotations

import argparse
from collections import Counter
from typing import Any

import numpy as np
from support.interviews import (
    HOST,
    INTERVIEWS,
    article_of,
    onset_error_s,
    said_transcript,
    truth_of,
    with_exchanges,
)

from studio.alignment.questions import align_questions
from studio.model.article import Exchange
from studio.model.record import replace_fields

WORST_ONSET_S = 0.8
MOST_LOST = 0.66
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


def main() -> None:
    """Read the arguments, try, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tries", type=int, default=40, help="for each interview")
    tries = parser.parse_args().tries
    chance = np.random.default_rng(0)
    right: Counter[float] = Counter()
    found: Counter[float] = Counter()
    asked_in_all = found_rightly = 0
    for interview in INTERVIEWS:
        truth, article = truth_of(interview), article_of(interview)
        asked = {one["question"]: one for one in truth["questions"]}
        for _ in range(tries):
            others = [one for one in INTERVIEWS if one != interview]
            other = others[chance.integers(len(others))]
            foreign = " ".join(one["text"] for one in truth_of(other)["utterances"]).split()
            dropped = {number for number in asked if chance.random() < 0.2}
            said = [one for one in truth["utterances"] if one["question"] not in dropped]
            heard = badly_heard(said, chance.uniform(0, MOST_LOST), foreign, chance)
            printed: list[tuple[int | None, Exchange]] = [
                (one.number, one) for one in article.exchanges
            ]
            printed += [(None, one) for one in article_of(other).exchanges if chance.random() < 0.5]
            order = chance.permutation(len(printed))
            printed = [printed[place] for place in order]
            mixed = with_exchanges(
                replace_fields(article, exchanges=tuple(one for _, one in printed)), tuple
            )
            for (number, _), question in zip(
                printed, align_questions(said_transcript(heard), mixed, HOST).questions, strict=True
            ):
                is_there = number in asked and number not in dropped
                asked_in_all += is_there
                if question.start_ms is None:
                    continue
                good = (
                    is_there
                    and number is not None
                    and onset_error_s(asked[number], question.start_ms) <= WORST_ONSET_S
                )
                band = max(band for band in BANDS if band <= question.confidence)
                found[band] += 1
                right[band] += good
                found_rightly += good
    print("| confidence | found | right |\n|---|---|---|")
    for band in BANDS[:-1]:
        if found[band]:
            print(
                f"| {band:.1f} to {band + 0.1:.1f} | {found[band]} | "
                f"{right[band] / found[band]:.1%} |"
            )
    print(f"\n{found_rightly} of {asked_in_all} asked questions found within {WORST_ONSET_S} s")


if __name__ == "__main__":
    main()
