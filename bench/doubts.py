"""How many of the truly wrong words the doubts find, how many doubts that takes, and how many of
their proposals are right.

    python -m bench.doubts [--weights base] [--interviews FOLDER] [--cache FOLDER]

The interviews are heard and corrected as ``studio run`` does. An error is a word that is not what
was said, a word too many, or a word that is missing; a doubt covers a missing word when it holds a
neighbour of it. A proposal is right where it leaves fewer wrong words. Figures are printed twice:
with weights fitted on the other interviews only, as to be expected for a new one, and with the
shipped ones. How often the rules of grammar are found in texts that are right (what was said, what
was published) stands below: each is a false alarm.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from unittest import mock

import jiwer
from support.interviews import HOST

from bench.corpus import Interview, Recogniser, interviews_in, prompted_names, recogniser_parser
from bench.corrections import corrected
from bench.scores import plain
from studio.alignment.exchange_words import printed_texts
from studio.alignment.passages import locate_passages
from studio.alignment.questions import align_questions
from studio.article.names import names_from_article
from studio.doubts.doubt import Doubt
from studio.doubts.doubt_weights import WEIGHTS
from studio.doubts.features import WordFeatures
from studio.doubts.finder import DoubtFinder
from studio.doubts.grammar import disagreeing_places, implausible_places
from studio.model.alignment import Alignment
from studio.model.clock import RecordingMs
from studio.model.record import replace_fields
from studio.model.transcript import Transcript, Word

# The ridge penalty, which pulls weights towards 0; a word beside a missing one is half an example
# of a wrong word.
RIDGE = 1.0
HALF = 0.5


@dataclass(frozen=True)
class Example:
    """A transcript and what is wrong in it: for each error the places of its words, or of the
    neighbours of what is missing.
    """

    interview: Interview
    transcript: Transcript
    alignment: Alignment
    errors: tuple[frozenset[int], ...]
    missing: tuple[bool, ...]

    @property
    def finder(self) -> DoubtFinder:
        """As the editor makes it."""
        article = self.interview.article
        names = [*names_from_article(article), *prompted_names(article)]
        return DoubtFinder(article, names, self.alignment, suggestions=self.transcript.suggestions)

    @functools.cached_property
    def table(self) -> tuple[tuple[WordFeatures, ...], list[bool], list[float]]:
        """Signals of every word, whether it is wrong, and how much it counts."""
        rows = self.finder.word_signals(self.transcript)
        wrong, counts = [False] * len(rows), [1.0] * len(rows)
        for places, missing in sorted(
            zip(self.errors, self.missing, strict=True), key=lambda pair: not pair[1]
        ):
            for place in places:
                wrong[place], counts[place] = True, HALF if missing else 1.0
        return rows, wrong, counts


def errors_in(
    transcript: Transcript, said: str
) -> tuple[tuple[frozenset[int], ...], tuple[bool, ...]]:
    """Each error of a transcript, and whether it is a missing word."""
    heard: list[str] = []
    owners: list[int] = []
    for place, word in enumerate(transcript.words):
        text = word.text
        # « 12 000 » in two words is one number.
        if (
            place
            and re.fullmatch(r"\d{1,3}", transcript.words[place - 1].text)
            and re.match(r"\d{3}(?!\d)", text)
            and owners
        ):
            while owners and owners[-1] == place - 1:
                heard.pop()
                owners.pop()
            text = transcript.words[place - 1].text + text
        for part in plain(text).split():
            heard.append(part)
            owners.append(place)
    errors: list[frozenset[int]] = []
    missing: list[bool] = []
    for chunk in jiwer.process_words(plain(said), " ".join(heard)).alignments[0]:
        if chunk.type == "delete":
            near = frozenset(
                owners[at]
                for at in (chunk.hyp_start_idx - 1, chunk.hyp_start_idx)
                if 0 <= at < len(owners)
            )
            errors += [near] * (chunk.ref_end_idx - chunk.ref_start_idx)
            missing += [True] * (chunk.ref_end_idx - chunk.ref_start_idx)
        elif chunk.type != "equal":
            errors += [
                frozenset({owners[at]}) for at in range(chunk.hyp_start_idx, chunk.hyp_end_idx)
            ]
            missing += [False] * (chunk.hyp_end_idx - chunk.hyp_start_idx)
    return tuple(errors), tuple(missing)


def example_of(interview: Interview, recogniser: Recogniser) -> Example:
    """An interview as the stages *correct* and *align* make it."""
    article = interview.article
    transcript = corrected(interview, article, recogniser)
    alignment = align_questions(transcript, article, HOST)
    passages, quote = locate_passages(transcript, article, alignment)
    alignment = replace_fields(alignment, passages=passages, quote=quote)
    return Example(interview, transcript, alignment, *errors_in(transcript, interview.said))


def doubts_with(example: Example, weights: dict[str, float] | None) -> tuple[Doubt, ...]:
    """The doubts under these weights; None: the shipped ones."""
    with mock.patch.dict(WEIGHTS, weights or {}):
        return example.finder.doubts(example.transcript)


def places_of(example: Example, doubt: Doubt) -> set[int]:
    """The words of a doubt, counted over the whole transcript."""
    first = 0
    for segment in example.transcript.segments:
        if segment.id == doubt.segment:
            return set(range(first + doubt.word, first + doubt.word + doubt.count))
        first += len(segment.words)
    return set()


def mends(example: Example, doubt: Doubt) -> int:
    """By how many words the doubt's proposal makes the transcript better."""
    texts = [word.text for word in example.transcript.words]
    places = sorted(places_of(example, doubt))
    changed = [*texts[: places[0]], doubt.proposal, *texts[places[-1] + 1 :]]
    return example.interview.wrong_words(" ".join(texts)) - example.interview.wrong_words(
        " ".join(changed)
    )


@dataclass
class Told:
    """The figures of one table, summed."""

    errors: int = 0
    covered: int = 0
    doubts: int = 0
    right: int = 0
    firsts: int = 0
    first_right: int = 0
    proposals: int = 0
    proposals_better: int = 0
    proposals_worse: int = 0


def print_row(
    example: Example, doubts: Sequence[Doubt], told: Told, weights: list[tuple[float, bool]]
) -> None:
    """One line of the table."""
    places = [places_of(example, doubt) for doubt in doubts]
    right = [any(own & error for error in example.errors) for own in places]
    weights += [(doubt.weight, hit) for doubt, hit in zip(doubts, right, strict=True)]
    listed: set[int] = set().union(*places)
    covered = sum(bool(error & listed) for error in example.errors)
    # What a correction replaced is offered back; nothing says that it was right.
    gains = [
        mends(example, doubt)
        for doubt in doubts
        if doubt.proposal and doubt.count and doubt.kind != "correction"
    ]
    told.errors += len(example.errors)
    told.covered += covered
    told.doubts += len(doubts)
    told.right += sum(right)
    told.firsts += min(10, len(doubts))
    told.first_right += sum(right[:10])
    told.proposals += len(gains)
    told.proposals_better += sum(gain > 0 for gain in gains)
    told.proposals_worse += sum(gain < 0 for gain in gains)
    words, minutes = len(example.transcript.words), sum(doubt.seconds for doubt in doubts) / 60
    share = covered / max(1, len(example.errors))
    print(
        f"| {example.interview.name} | {words} | {len(example.errors)} | {len(doubts)} | "
        f"{covered} ({share:.0%}) "
        f"| {sum(right) / max(1, len(right)):.0%} | "
        f"{sum(right[:10])}/{min(10, len(doubts))} | {len(gains)} "
        f"| {sum(gain > 0 for gain in gains)} | {sum(gain < 0 for gain in gains)} | {minutes:.0f} |"
    )


def print_head() -> None:
    """The table's head."""
    print(
        "| | words | errors | doubts | errors covered | doubts that are right | of the "
        "first ten | proposals | better | worse | minutes |"
    )
    print("|" + "---|" * 11)


def print_total(told: Told) -> None:
    """The table's last line."""
    print(
        f"| all | | {told.errors} | {told.doubts} | {told.covered} "
        f"({told.covered / max(1, told.errors):.0%}) "
        f"| {told.right / max(1, told.doubts):.0%} | {told.first_right}/{told.firsts} | "
        f"{told.proposals} "
        f"| {told.proposals_better} | {told.proposals_worse} | |"
    )


def print_calibration(told: Sequence[tuple[float, bool]]) -> None:
    """What doubts of a weight are worth."""
    print("\n| weight | doubts | right |\n|---|---|---|")
    for low, high in ((0.2, 0.35), (0.35, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)):
        hits = [hit for weight, hit in told if low <= weight < high]
        if hits:
            print(
                f"| {low:.2f} to {min(high, 1):.2f} | {len(hits)} | {sum(hits) / len(hits):.0%} |"
            )


def print_grammar(interviews: Sequence[Interview]) -> None:
    """How often the rules of grammar are found in texts that are right."""
    texts = [
        text
        for one in interviews
        for text in (
            *printed_texts(one.article),
            *(said["text"] for said in one.truth.get("utterances", ())),
        )
    ]
    count, odd, disagreeing = 0, 0, 0
    for text in texts:
        words = [
            Word(text=part, start_ms=RecordingMs(0), end_ms=RecordingMs(1), probability=0.9)
            for part in text.split()
        ]
        count += len(words)
        odd += len(set(implausible_places(words)))
        disagreeing += len(set(disagreeing_places(words)))
    print(
        f"\nIn {count} words of right texts {odd} do not go with a neighbour, "
        f"{disagreeing} do not agree, by the rules of grammar."
    )


def fit_without(examples: Sequence[Example], left_out: str) -> dict[str, float]:
    """The weights fitted on all examples but those of one interview."""
    from bench.weights_fit import fit_rule

    tables = [example.table for example in examples if example.interview.name != left_out]
    return fit_rule(
        [row for rows, _, _ in tables for row in rows],
        [one for _, wrong, _ in tables for one in wrong],
        [one for _, _, counts in tables for one in counts],
        RIDGE,
    )


def print_doubts(examples: Sequence[Example], *, leave_out: bool) -> None:
    """One table."""
    print_head()
    told, weights = Told(), list[tuple[float, bool]]()
    for example in examples:
        fitted = fit_without(examples, example.interview.name) if leave_out else None
        print_row(example, doubts_with(example, fitted), told, weights)
    print_total(told)
    print_calibration(weights)


def main() -> None:
    """Read the arguments and print the tables."""
    parser = recogniser_parser(__doc__)
    chosen = parser.parse_args()
    recogniser = Recogniser(chosen.weights, chosen.cache)
    interviews = [one for one in interviews_in(chosen.interviews) if one.article.exchanges]
    examples = [example_of(interview, recogniser) for interview in interviews]
    print("Fitted on the other interviews:\n")
    print_doubts(examples, leave_out=True)
    print("\nAs shipped:\n")
    print_doubts(examples, leave_out=False)
    print_grammar(interviews)


if __name__ == "__main__":
    main()
