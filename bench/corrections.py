"""What the corrections change: how many words, how many of them for the better, and how many that
were right before.

    python bench/corrections.py [--weights base] [--line telephone|far]

The interviews of ``tests/`` are heard as ``bench/accuracy.py`` hears them. Each change is taken
back by itself: where that leaves fewer wrong words, the change did harm, and so many of its words
count as right before; where it leaves more, it helped; else both are wrong, or both are the same («
3000 » and « trois mille »).
"""

from __future__ import annotations

import argparse
import collections
import sys
from pathlib import Path

import jiwer

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "bench")]

from accuracy import LINES, plain, propose_changes  # noqa: E402
from interviews import INTERVIEWS, recording_of, truth_of  # noqa: E402

from studio.alignment.corrections import correct_transcript  # noqa: E402
from studio.model.transcript import Correction, Transcript  # noqa: E402
from studio.sound.recording import read_samples  # noqa: E402


def wrong_words(interview: str, text: str) -> int:
    """Words of the truth that are not in the text as they were said, and words too many."""
    found = jiwer.process_words(
        plain(" ".join(one["text"] for one in truth_of(interview)["utterances"])), plain(text)
    )
    return found.substitutions + found.deletions + found.insertions


def without(transcript: Transcript, change: Correction) -> str:
    """The transcript's text with one change taken back."""
    words: list[str] = []
    for segment in transcript.segments:
        texts = [word.text for word in segment.words]
        if segment.id == change.segment:
            texts[change.word : change.word + len(change.text.split())] = change.heard.split()
        words += texts
    return " ".join(words)


def main() -> None:
    """Hear, correct, take back, print."""
    from studio.speech.weights import fetch_model

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weights", default="base")
    parser.add_argument("--line", choices=list(LINES), default=next(iter(LINES)))
    arguments = parser.parse_args()
    folder = fetch_model(arguments.weights)
    counted: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for interview in INTERVIEWS:
        samples = LINES[arguments.line](read_samples(recording_of(interview)), interview)
        transcript = correct_transcript(*propose_changes(interview, samples, folder, "faster"))
        wrong = wrong_words(interview, " ".join(word.text for word in transcript.words))
        for change in transcript.corrections:
            worse = wrong_words(interview, without(transcript, change)) - wrong
            row = counted[change.reason]
            row["changes"] += 1
            row["words"] += len(change.heard.split())
            row["better"] += worse > 0
            row["mended"] += max(0, worse)
            row["harm"] += worse < 0
            row["spoiled"] += max(0, -worse)
            if worse < 0:
                print(
                    f"harm in {interview}: « {change.heard} » became « {change.text} » "
                    f"({change.reason}, {change.score})"
                )
    print(
        (
            "\n| reason | changes | heard words in them | better | words mended | worse | "
            "words that were right before |\n|"
        )
        + "---|" * 7
    )
    total = sum(counted.values(), collections.Counter[str]())
    for reason, row in [*sorted(counted.items()), ("all", total)]:
        print(
            f"| {reason} | "
            + " | ".join(
                str(row[key]) for key in ("changes", "words", "better", "mended", "harm", "spoiled")
            )
            + " |"
        )


if __name__ == "__main__":
    main()
