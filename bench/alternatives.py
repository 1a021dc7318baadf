"""How often one of the wordings that « Entendre à nouveau » offers is what was said.

    python -m bench.alternatives [--weights base] [--interviews FOLDER] [--cache FOLDER] [--first 15]

The first doubts of each interview are heard again as the editor does it, with the words that the
article prints about there and without them: how many passages get any other wording, for how many
one of them leaves fewer wrong words, for how many the first does, and how many words that mends.
"""

from __future__ import annotations

import collections
from collections.abc import Sequence

from bench.corpus import LANGUAGE, Recogniser, interviews_in, prompted_names, recogniser_parser
from bench.doubts import Example, example_of, places_of
from studio.alignment.alignment_tables import exchange_alignments
from studio.alignment.nearby import NEAR_WORDS, PrintedPlaces
from studio.editor.alternative_wordings import PassageRequest, window_around
from studio.errors import StudioError
from studio.model.show import Whisper
from studio.sound.recording import read_samples
from studio.speech.alternatives import AlternativeFinder
from studio.speech.engine_loading import scoring_engine
from studio.speech.model_files import fetch_model
from studio.speech.vad import SAMPLE_RATE_HZ

COLUMNS = ("passages", "with another wording", "one mends", "the first mends", "words mended")


def mended(example: Example, first: int, last: int, text: str) -> int:
    """By how many wrong words fewer there are with another text of some words."""
    texts = [word.text for word in example.transcript.words]
    changed = [*texts[:first], text, *texts[last:]]
    return example.interview.wrong_words(" ".join(texts)) - example.interview.wrong_words(
        " ".join(changed)
    )


def count_alternatives(
    example: Example, finder: AlternativeFinder, most: int
) -> dict[str, collections.Counter[str]]:
    """The table's figures of one interview."""
    interview, transcript = example.interview, example.transcript
    samples = read_samples(interview.recording)
    tables = exchange_alignments(transcript, interview.article, example.alignment)
    names = prompted_names(interview.article)
    doubts = [one for one in example.finder.doubts(transcript) if one.count][:most]
    counted: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for doubt in doubts:
        places = sorted(places_of(example, doubt))
        first, last = places[0], places[-1] + 1
        was = " ".join(word.text for word in transcript.words[first:last])
        try:
            window, passage = window_around(
                transcript, PassageRequest(segment=doubt.segment, first=doubt.word, was=was)
            )
        except StudioError:
            continue  # longer than Whisper takes at once
        begin, end = (ms * SAMPLE_RATE_HZ // 1000 for ms in (window.start_ms, window.end_ms))
        place = PrintedPlaces(tables).of(first, last)
        for how, printed in (
            ("without the article", ()),
            ("with the article", () if place is None else place.terms_about(NEAR_WORDS)),
        ):
            found = finder.find(samples[begin:end], passage, LANGUAGE, names, printed)
            _count(counted[how], [mended(example, first, last, one.text) for one in found])
    return counted


def _count(row: collections.Counter[str], mends: Sequence[int]) -> None:
    best = max(mends, default=0)
    row["passages"] += 1
    row["with another wording"] += bool(mends)
    row["one mends"] += best > 0
    row["the first mends"] += bool(mends) and mends[0] > 0
    row["words mended"] += max(0, best)


def main() -> None:
    """Hear again, compare, print."""
    parser = recogniser_parser(__doc__)
    parser.add_argument("--first", type=int, default=15)
    arguments = parser.parse_args()
    recogniser = Recogniser(arguments.weights, arguments.cache)
    finder = AlternativeFinder(
        scoring_engine(
            Whisper(model=arguments.weights), fetch_model(arguments.weights), most_workers=1
        )
    )
    total: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for interview in interviews_in(arguments.interviews):
        if interview.article.exchanges:
            counted = count_alternatives(example_of(interview, recogniser), finder, arguments.first)
            for how, row in counted.items():
                total[how].update(row)
            print(f"{interview.name}: {counted['with the article']['one mends']}", flush=True)
    print("\n| | " + " | ".join(COLUMNS) + " |\n|" + "---|" * (len(COLUMNS) + 1))
    for how, row in total.items():
        print(f"| {how} | " + " | ".join(str(row[one]) for one in COLUMNS) + " |")


if __name__ == "__main__":
    main()
