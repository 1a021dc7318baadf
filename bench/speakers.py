"""How often a segment has the wrong speaker, by how sure its voice is.

    python -m bench.speakers [--weights base] [--interviews FOLDER] [--cache FOLDER]

The interviews are transcribed and diarised as in ``studio run``. A segment is wrong when most of
its words, where one person alone speaks, are another's than whom its label has mostly. The limits
of ``studio/doubts/uncertain_speakers.py`` are where a wrong segment becomes rare.
"""

from __future__ import annotations

import argparse
import bisect
import itertools
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bench.corpus import Interview, Recogniser, interviews_in
from studio.doubts.uncertain_speakers import mean_certainty
from studio.model.transcript import Segment, Word

# Where the bands of certainty begin: a difference of cosines.
BANDS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6)


class Heard(NamedTuple):
    """A segment, how sure its voice is, and whether most of it is another's."""

    interview: str
    segment: Segment
    certainty: float
    wrong: bool


def speaker_at(word: Word, turns: Sequence[dict[str, Any]]) -> str | None:
    """Who says a word; None where nobody or several speak."""
    at_s = (word.start_ms + word.end_ms) / 2000
    speaking = [turn["speaker"] for turn in turns if turn["start"] <= at_s < turn["end"]]
    return speaking[0] if len(speaking) == 1 else None


def segments_heard(interview: Interview, recogniser: Recogniser) -> Iterator[Heard]:
    """Every segment with a known speaker, in interviews with two voices or more."""
    turns = interview.truth.get("utterances") or interview.truth["turns"]
    transcript, _ = recogniser.heard(interview, interview.article)
    _, voices = recogniser.asr(interview)
    if voices.count < 2 or voices.method != "embedding":
        return
    said = [
        (segment, [who for word in segment.words if (who := speaker_at(word, turns))])
        for segment in transcript.segments
    ]
    votes = Counter((segment.speaker, who) for segment, whose in said for who in whose)
    person: dict[str | None, str] = {}
    for (label, who), _ in votes.most_common():
        person.setdefault(label, who)
    for segment, whose in said:
        if whose:
            wrong = sum(who != person.get(segment.speaker) for who in whose)
            certainty = mean_certainty(segment, voices.spans)
            yield Heard(interview.name, segment, certainty, 2 * wrong > len(whose))


def main() -> None:
    """Read the arguments, count, print the table and what is wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weights", default="base")
    parser.add_argument("--interviews", type=Path, default=None, metavar="FOLDER")
    parser.add_argument("--cache", type=Path, default=None, metavar="FOLDER")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        recogniser = Recogniser(options.weights, options.cache or Path(folder))
        heard = list(
            itertools.chain.from_iterable(
                segments_heard(interview, recogniser)
                for interview in interviews_in(options.interviews)
            )
        )
    bands: Counter[int] = Counter()
    wrong: Counter[int] = Counter()
    for one in heard:
        band = max(0, bisect.bisect_right(BANDS, one.certainty) - 1)
        bands[band] += 1
        wrong[band] += one.wrong
    print("| certainty from | segments | wrong speaker |\n|---|---|---|")
    for band, begins in enumerate(BANDS):
        print(f"| {begins:.2f} | {bands[band]} | {wrong[band]} |")
    print(f"\n{sum(wrong.values())} of {len(heard)} segments have the wrong speaker:")
    for one in heard:
        if one.wrong:
            at_s = one.segment.start_ms / 1000
            print(f"{one.interview} {at_s:.1f} s, {one.certainty:.2f}: {one.segment.text[:60]}")


if __name__ == "__main__":
    main()
