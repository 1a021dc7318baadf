"""What the corrections change: how many words, how many of them for the better, and how many that
were right before.

    python -m bench.corrections [--weights base] [--interviews FOLDER] [--cache FOLDER] [--decoys N]

Each interview is heard and corrected as ``studio run`` does it. Each change is taken back by
itself: where that leaves fewer wrong words, the change did harm, and so many of its words count as
right before; where it leaves more, it helped; else both are wrong, or both are the same (« 3000 »
and « trois mille »). ``--decoys`` also corrects each interview against this many articles of
others, with names that were never said there: nothing should change then.
"""

from __future__ import annotations

import collections
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.corpus import Interview, Recogniser, interviews_in, prompted_names, recogniser_parser
from bench.scores import plain
from studio.article.names import rare_words_from_article
from studio.corrections.acoustic_evidence import acoustic_gains_of
from studio.corrections.correction_weights import MIN_AUDIO_SCORE
from studio.corrections.corrections import (
    Features,
    can_be_confirmed_by_audio,
    correct_transcript,
    gain_features,
    is_confirmed,
    weigh_proposals,
)
from studio.corrections.doubtful_names import with_doubtful_names
from studio.corrections.proposals import propose_corrections
from studio.corrections.safeguards import known_spellings
from studio.model.article import Article
from studio.model.transcript import Correction, Transcript

# Fitting asks about proposals of half the score from which on they are asked about, so that the
# limit can be moved.
ASKED_SHARE = 0.5


@dataclass(frozen=True)
class Case:
    """A proposal that nothing forbids, for the transcript's words ``first`` to ``last`` (excluded):
    what is known of it, and by how many words it would mend (or, below 0, spoil) the transcript.
    """

    interview: str
    article: str
    first: int
    last: int
    heard: str
    text: str
    features: Features
    mends: int


def decoys_of(interviews: Sequence[Interview], place: int, count: int) -> list[Interview]:
    """The interviews with articles to compare with this one's recording: the next ones in order."""
    others = [
        one for one in [*interviews[place + 1 :], *interviews[:place]] if one.article.exchanges
    ]
    return others[:count]


def cases_of(
    interview: Interview, article: Article, recogniser: Recogniser, of: str
) -> Iterator[Case]:
    """Every allowed proposal of an article for a recording; with its score in the sound, if it is
    not hopeless.
    """
    transcript, alignment = recogniser.heard(interview, article)
    names = prompted_names(article)
    weighed = weigh_proposals(
        transcript,
        propose_corrections(
            transcript, article, alignment, names, rare_words_from_article(article)
        ),
        known_spellings(article, names),
    )
    allowed = [one for one in weighed if can_be_confirmed_by_audio(one)]
    asked = [one for one in allowed if one.score >= ASKED_SHARE * MIN_AUDIO_SCORE]
    gains = dict(
        zip(
            map(id, asked),
            acoustic_gains_of(
                transcript, [one.proposal for one in asked], recogniser.score(interview)
            ),
            strict=True,
        )
    )
    texts = [word.text for word in transcript.words]
    before = interview.wrong_words(" ".join(texts))
    for one in allowed:
        if one.veto and (id(one) not in gains or not is_confirmed(one, gains[id(one)])):
            continue
        first, last = one.proposal.first, one.proposal.last
        after = interview.wrong_words(" ".join([*texts[:first], one.proposal.text, *texts[last:]]))
        features = one.features | (gain_features(gains[id(one)]) if id(one) in gains else {})
        yield Case(
            interview.name,
            of,
            first,
            last,
            " ".join(texts[first:last]),
            one.proposal.text,
            features,
            before - after,
        )


def corrected(interview: Interview, article: Article, recogniser: Recogniser) -> Transcript:
    """The transcript as the stage *correct* makes it."""
    transcript, alignment = recogniser.heard(interview, article)
    names = prompted_names(article)
    proposals = propose_corrections(
        transcript, article, alignment, names, rare_words_from_article(article)
    )
    score = recogniser.score(interview)
    corrected = correct_transcript(transcript, proposals, known_spellings(article, names), score)
    return with_doubtful_names(corrected, names, recogniser.asr(interview)[0].unprompted, score)


def without(transcript: Transcript, change: Correction) -> str:
    """The transcript's text with one change taken back."""
    words: list[str] = []
    for segment in transcript.segments:
        texts = [word.text for word in segment.words]
        if segment.id == change.segment:
            texts[change.word : change.word + len(change.text.split())] = change.heard.split()
        words += texts
    return " ".join(words)


def count_changes(
    interview: Interview, transcript: Transcript, of: str
) -> dict[str, collections.Counter[str]]:
    """The table's figures by reason; harm is printed."""
    counted: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    text = " ".join(word.text for word in transcript.words)
    wrong = interview.wrong_words(text)
    for change in transcript.corrections:
        worse = interview.wrong_words(without(transcript, change)) - wrong
        row = counted[change.reason]
        row["changes"] += 1
        row["words"] += len(change.heard.split())
        row["better"] += worse > 0
        row["mended"] += max(0, worse)
        row["harm"] += worse < 0
        row["spoiled"] += max(0, -worse)
        if worse < 0:
            print(
                f"harm in {interview.name} ({of}): « {change.heard} » became « "
                f"{change.text} » ({change.reason}, {change.score})"
            )
    said = f" {plain(text)} "
    for never in interview.never_said:
        if f" {plain(never)} " in said:
            print(f"invented in {interview.name} ({of}): « {never} »")
    return counted


def print_table(title: str, counted: dict[str, collections.Counter[str]]) -> None:
    """One table."""
    print(
        f"\n{title}\n\n| reason | changes | heard words in them | better | words mended | "
        "worse | words that were right before |"
    )
    print("|" + "---|" * 7)
    total = sum(counted.values(), collections.Counter[str]())
    for reason, row in [*sorted(counted.items()), ("all", total)]:
        print(
            f"| {reason} | "
            + " | ".join(
                str(row[key]) for key in ("changes", "words", "better", "mended", "harm", "spoiled")
            )
            + " |"
        )


def main() -> None:
    """Hear, correct, take back, print."""
    parser = recogniser_parser(__doc__)
    parser.add_argument("--decoys", type=int, default=0)
    arguments = parser.parse_args()
    recogniser = Recogniser(arguments.weights, arguments.cache)
    interviews = interviews_in(arguments.interviews)
    own: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    strange: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    print(
        (
            "| interview | words | wrong as heard | wrong corrected | names as heard | names "
            "corrected |\n|"
        )
        + "---|" * 6
    )
    for place, interview in enumerate(interviews):
        if interview.article.exchanges:
            before = " ".join(
                word.text for word in recogniser.heard(interview, interview.article)[0].words
            )
            transcript = corrected(interview, interview.article, recogniser)
            after = " ".join(word.text for word in transcript.words)
            names = [plain(name) for name in interview.truth.get("names", ())]
            found = [sum(name in plain(text) for name in names) for text in (before, after)]
            wrong = [interview.wrong_words(text) for text in (before, after)]
            words = len(plain(interview.said).split())
            print(
                f"| {interview.name} | {words} | {wrong[0]} | {wrong[1]} | "
                f"{found[0]}/{len(names)} | {found[1]}/{len(names)} |",
                flush=True,
            )
            for reason, row in count_changes(interview, transcript, "its article").items():
                own[reason] += row
        for decoy in decoys_of(interviews, place, arguments.decoys):
            transcript = corrected(interview, decoy.article, recogniser)
            for reason, row in count_changes(
                interview, transcript, f"article of {decoy.name}"
            ).items():
                strange[reason] += row
    print_table("With the article of each interview:", own)
    if strange:
        print_table("With the articles of others:", strange)


if __name__ == "__main__":
    main()
