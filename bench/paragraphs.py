"""How exactly the article's paragraphs are found in the recording.

    python -m bench.paragraphs [--weights base] [--interviews FOLDER] [--cache FOLDER]

The truth's utterances say which exchange they belong to. Within an answer, an utterance belongs to
the paragraph with which it shares most rare words; one that shares none continues the one before.
A paragraph starts with its first utterance, the one that comes first with the answer, and ends with
its last. A question is not part of an answer: utterances of whoever puts it are left out.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from bench.corpus import Interview, Recogniser, interviews_in, recogniser_parser
from studio.alignment.passages import locate_passages
from studio.language.dictionary import lemma_of
from studio.language.words import content_words
from studio.model.article import Exchange

# Where a listener who follows a link hears something else first, or misses a sentence.
NEAR_S, FAR_S = 1.0, 5.0


class Said(NamedTuple):
    """When a paragraph is said, in seconds of the recording."""

    start_s: float
    end_s: float


class Error(NamedTuple):
    """A paragraph that was found: by how many seconds it starts and ends too late."""

    start_s: float
    end_s: float


def terms_of(text: str) -> set[str]:
    """The words that carry meaning, in their dictionary form."""
    return {lemma_of(word) for word in content_words(text)}


def said_of(exchange: Exchange, utterances: Sequence[dict[str, Any]]) -> dict[int, Said]:
    """When each paragraph of an answer is said, by its number; one that nobody says is not in it.

    :param utterances: of the answer, in their order.
    """
    paragraphs = [terms_of(paragraph.text) for paragraph in exchange.answer]
    known = Counter(term for terms in paragraphs for term in terms)
    own: dict[int, list[dict[str, Any]]] = {}
    current = None
    for utterance in utterances:
        terms = terms_of(utterance["text"])
        shared = [
            sum(1 / known[term] ** 2 for term in terms & paragraph) for paragraph in paragraphs
        ]
        if max(shared, default=0.0) >= 1:
            current = shared.index(max(shared)) + 1
        if current is not None:
            own.setdefault(current, []).append(utterance)
    if not own:
        return {}
    first = min(own, key=lambda number: own[number][0]["start"])
    return {
        number: Said(
            utterances[0]["start"] if number == first else some[0]["start"], some[-1]["end"]
        )
        for number, some in own.items()
    }


def truths_of(interview: Interview) -> dict[tuple[int, int], Said]:
    """By exchange and paragraph; empty where the truth does not say what belongs to what."""
    utterances = interview.truth.get("utterances", ())
    hosts = {one["speaker"] for one in utterances[:1]}
    truths = {}
    for exchange in interview.article.exchanges:
        answer = [
            one
            for one in utterances
            if one.get("question") == exchange.number and one["speaker"] not in hosts
        ]
        for number, said in said_of(exchange, answer).items():
            truths[exchange.number, number] = said
    return truths


def share(values: Sequence[float], limit: float) -> str:
    """How many are further off than a limit."""
    return str(sum(abs(value) > limit for value in values))


def row(name: str, said: int, found: Sequence[Error], false: int) -> str:
    """One line of the table."""
    cells = [name, str(said), str(len(found)), str(false)]
    for values in ([one.start_s for one in found], [one.end_s for one in found]):
        off = [abs(value) for value in values] or [math.nan]
        cells += [
            f"{statistics.median(off):.2f}",
            f"{statistics.fmean(off):.1f}",
            share(values, NEAR_S),
            share(values, FAR_S),
            f"{max(off):.1f}",
        ]
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Hear, align, locate, compare, print."""
    parser = recogniser_parser(__doc__)
    arguments = parser.parse_args()
    recogniser = Recogniser(arguments.weights, arguments.cache)
    off = f"off: median s | mean | > {NEAR_S:g} s | > {FAR_S:g} s | worst"
    print(f"| interview | paragraphs said | found | found, not said | start {off} | end {off} |")
    print("|" + "---|" * 14)
    every: list[Error] = []
    counted = Counter[str]()
    for interview in interviews_in(arguments.interviews):
        truths = truths_of(interview)
        if not truths:
            continue
        transcript, alignment = recogniser.heard(interview, interview.article)
        passages, _ = locate_passages(transcript, interview.article, alignment)
        errors, false = [], 0
        for passage in passages:
            if passage.start_ms is None or passage.end_ms is None or not passage.exchange:
                continue
            said = truths.get((passage.exchange, passage.paragraph))
            if said is None:
                false += 1
                continue
            errors.append(
                Error(passage.start_ms / 1000 - said.start_s, passage.end_ms / 1000 - said.end_s)
            )
        counted.update(said=len(truths), false=false)
        every += errors
        print(row(interview.name, len(truths), errors, false), flush=True)
    print(row("all", counted["said"], every, counted["false"]))


if __name__ == "__main__":
    main()
