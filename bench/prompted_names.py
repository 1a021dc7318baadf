"""The value of names in the model's prompt: the limits of ``MIN_PROMPTED`` and its neighbours
(``studio/corrections/correction_weights.py``) and of ``NAME_ELSEWHERE``
(``studio/doubts/finder.py``).

    python -m bench.prompted_names [--weights base] [--interviews FOLDER] [--cache FOLDER]

Each name that is printed near a place, sounds like the words there, and has only vetoes that the
prompt may overrule, is scored by a model without prompt and by one with the name in its prompt. The
table has them by the second figure, each with how many wrong words fewer it leaves (below 0: more):
a limit stands where the first spoils words. Names of the article that stand where the article does
not have them are counted below it, right and wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bench.corpus import Interview, Recogniser, interviews_in, prompted_names, recogniser_parser
from bench.doubts import doubts_with, example_of, places_of
from studio.article.names import rare_words_from_article
from studio.corrections.acoustic_evidence import PromptedGain, prompted_gains_of
from studio.corrections.correction_weights import MIN_PROMPTED_SIMILARITY
from studio.corrections.corrections import weigh_proposals
from studio.corrections.proposal import Proposal
from studio.corrections.proposals import propose_corrections
from studio.corrections.safeguards import PROMPT_OBJECTIONS, known_spellings, name_sounds
from studio.doubts.finder import NAME_ELSEWHERE


class PromptedName(NamedTuple):
    """A name that may be put for what was heard, and how many wrong words fewer that leaves."""

    interview: str
    heard: str
    proposal: Proposal
    veto: str
    gain: PromptedGain
    mends: int


def scored_names(interview: Interview, recogniser: Recogniser) -> Iterator[PromptedName]:
    """Every name of the article that could be prompted, with its scores in the recording."""
    article, names = interview.article, prompted_names(interview.article)
    transcript, alignment = recogniser.heard(interview, article)
    proposals = propose_corrections(
        transcript, article, alignment, names, rare_words_from_article(article)
    )
    weighed = [
        one
        for one in weigh_proposals(transcript, proposals, known_spellings(article, names))
        if one.proposal.kind == "name"
        and one.proposal.near
        and one.proposal.similarity >= MIN_PROMPTED_SIMILARITY
        and one.veto in {"", *PROMPT_OBJECTIONS}
    ]
    found = [one.proposal for one in weighed]
    texts = [word.text for word in transcript.words]
    before = interview.wrong_words(" ".join(texts))
    gains = prompted_gains_of(transcript, found, recogniser.score(interview))
    for one, gain in zip(weighed, gains, strict=True):
        first, last = one.proposal.first, one.proposal.last
        after = " ".join([*texts[:first], one.proposal.text, *texts[last:]])
        yield PromptedName(
            interview.name,
            " ".join(texts[first:last]),
            one.proposal,
            one.veto,
            gain,
            before - interview.wrong_words(after),
        )


def names_elsewhere(interview: Interview, recogniser: Recogniser) -> tuple[int, int]:
    """How many names are where the article does not have them, and how many of them are wrong."""
    example = example_of(interview, recogniser)
    wrong = {place for places in example.errors for place in places}
    found = [
        places_of(example, doubt)
        for doubt in doubts_with(example, None)
        if doubt.kind == "name" and doubt.weight == NAME_ELSEWHERE
    ]
    return len(found), sum(not wrong.isdisjoint(places) for places in found)


def main() -> None:
    """Transcribe, score, print."""
    arguments = recogniser_parser(__doc__).parse_args()
    print_limits(
        interviews_in(arguments.interviews), Recogniser(arguments.weights, arguments.cache)
    )


def print_limits(every: Sequence[Interview], recogniser: Recogniser) -> None:
    """Ask about every name, and print them by what the recording says of each."""
    interviews = [one for one in every if one.article.exchanges]
    found = [name for one in interviews for name in scored_names(one, recogniser)]
    print("| told | untold | sounds | mends | interview | heard | name | veto |\n|" + "---|" * 8)
    for one in sorted(found, key=lambda one: one.gain.prompted, reverse=True):
        print(
            f"| {one.gain.prompted:.1f} | {one.gain.unprompted:.1f} | {name_sounds(one.proposal)} "
            f"| {one.mends:+} | {one.interview} | {one.heard} | {one.proposal.text} "
            f"| {one.veto} |"
        )
    elsewhere = [names_elsewhere(one, recogniser) for one in interviews]
    count, wrong = map(sum, zip(*elsewhere, strict=True))
    print(f"\nNames where the article does not have them: {count}, {wrong} of them wrong.")


if __name__ == "__main__":
    main()
