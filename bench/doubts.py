"""How many of the truly wrong words the doubts find, and how many doubts that takes.

    python bench/doubts.py [--fit] [--weights base] [--real FOLDER]

The interviews of ``tests/`` are heard and corrected as ``studio run`` does. An error is a word that
is not what was said, a word too many, or a word that is missing; a doubt covers a missing word when
it holds a neighbour of it. Figures are told twice: with the weights of
``studio/doubts/features.py``, and with weights fitted on the other three interviews alone, which is
what to expect of a new one. ``--fit`` prints the weights fitted on all four. ``--real`` names a
folder of read texts, as for ``bench/accuracy.py``: no article helps there.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import jiwer
import numpy as np
from numpy.typing import NDArray

from studio.alignment.corrections import correct_transcript
from studio.alignment.passages import locate_passages
from studio.alignment.proposals import propose_corrections
from studio.alignment.questions import align_questions
from studio.alignment.speaker_labels import transcript_from_asr
from studio.article.names import names_from_article
from studio.doubts import features as weighing
from studio.doubts import finder as finding
from studio.doubts.doubt import Doubt
from studio.doubts.finder import DoubtFinder
from studio.model.alignment import Alignment
from studio.model.article import Article
from studio.model.record import replace_fields
from studio.model.show import Whisper
from studio.model.transcript import AsrResult, Segment, Transcript
from studio.sound.recording import read_samples

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "bench")]

from accuracy import LANGUAGE, plain  # noqa: E402
from interviews import HOST, INTERVIEWS, article_of, recording_of, truth_of  # noqa: E402

# Weights are pulled towards 0 by so much (ridge); a word beside a missing one is half an example of
# a wrong word, and so is every word that was heard without the names.
RIDGE = 1.0
HALF = 0.5
SHARES = (10, 20, 35, 50)


@dataclass(frozen=True)
class Example:
    """A transcript and what is wrong in it: for each error the places of its words, or of the
    neighbours of what is missing.
    """

    transcript: Transcript
    article: Article
    alignment: Alignment | None
    errors: tuple[frozenset[int], ...]
    missing: tuple[bool, ...]

    @property
    def finder(self) -> DoubtFinder:
        """As the editor makes it."""
        return DoubtFinder(
            self.article,
            [*names_from_article(self.article), *self.article.guests, HOST],
            self.alignment,
        )


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


def example_of(
    interview: str, hearing: AsrResult, voices: Sequence[int | None], *, corrected: bool
) -> Example:
    """An interview as the stages *correct* and *align* make it; not corrected: with the words that
    were heard.
    """
    article = article_of(interview)
    transcript = transcript_from_asr(hearing, voices, article, host=HOST, guests=article.guests)
    alignment = align_questions(transcript, article, HOST)
    if corrected:
        proposals = propose_corrections(transcript, article, alignment, names_from_article(article))
        transcript = correct_transcript(transcript, proposals)
        alignment = align_questions(transcript, article, HOST)
    passages, quote = locate_passages(transcript, article, alignment)
    said = " ".join(utterance["text"] for utterance in truth_of(interview)["utterances"])
    return Example(
        transcript,
        article,
        replace_fields(alignment, passages=passages, quote=quote),
        *errors_in(transcript, said),
    )


def hear(
    sound: Path, folder: Path, names: Sequence[str], count: int
) -> tuple[AsrResult, tuple[int | None, ...]]:
    """What Whisper hears, and whose voice each utterance is."""
    from studio.speech.diarisation import voices_from_samples
    from studio.speech.engine import transcribe_recording

    samples = read_samples(sound)
    hearing = transcribe_recording(
        samples, settings=Whisper(), folder=folder, language=LANGUAGE, names=names, where=sound
    )
    return hearing, voices_from_samples(samples, hearing.utterances, count)


def examples_of(interview: str, folder: Path) -> tuple[Example, Example]:
    """An interview as it is corrected, and as it is heard without being told the names."""
    article = article_of(interview)
    count = 1 + max(1, len(article.guests))
    told = hear(recording_of(interview), folder, names_from_article(article), count)
    untold = hear(recording_of(interview), folder, (), count)
    return example_of(interview, *told, corrected=True), example_of(
        interview, *untold, corrected=False
    )


def table_of(
    example: Example,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Signals of every word, whether it is wrong, and how much it counts."""
    rows = [
        [1.0, *(one[name] for name in weighing.WEIGHTS)]
        for one in example.finder.word_signals(example.transcript)
    ]
    wrong, counts = np.zeros(len(rows)), np.ones(len(rows))
    for places, missing in sorted(
        zip(example.errors, example.missing, strict=True), key=lambda pair: not pair[1]
    ):
        for place in places:
            wrong[place], counts[place] = 1.0, HALF if missing else 1.0
    return np.array(rows), wrong, counts


def fit(examples: Sequence[tuple[Example, float]]) -> dict[str, float]:
    """The weights under which what is wrong and right in these examples is likeliest (Newton's
    method), the bias as ``""``.
    """
    tables = [(table_of(example), share) for example, share in examples]
    rows = np.vstack([table[0] for table, _ in tables])
    wrong = np.concatenate([table[1] for table, _ in tables])
    counts = np.concatenate([table[2] * share for table, share in tables])
    pull = RIDGE * np.eye(rows.shape[1])
    pull[0, 0] = 0.0
    weights = np.zeros(rows.shape[1])
    for _ in range(30):
        odds = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (counts * (wrong - odds)) - pull @ weights
        bend = (rows * (counts * odds * (1 - odds))[:, None]).T @ rows + pull
        weights = weights + np.linalg.solve(bend, slope)
    return dict(zip(["", *weighing.WEIGHTS], weights.round(2).tolist(), strict=True))


def doubts_with(example: Example, weights: dict[str, float] | None) -> tuple[Doubt, ...]:
    """The doubts under these weights; None: the shipped ones."""
    if weights is None:
        return example.finder.doubts(example.transcript)
    own = {name: value for name, value in weights.items() if name}
    with (
        mock.patch.object(weighing, "BIAS", weights[""]),
        mock.patch.object(weighing, "WEIGHTS", own),
    ):
        return example.finder.doubts(example.transcript)


def places_of(example: Example, doubt: Doubt) -> set[int]:
    """The words of a doubt, counted over the whole transcript."""
    first = 0
    for segment in example.transcript.segments:
        if segment.id == doubt.segment:
            return set(range(first + doubt.word, first + doubt.word + doubt.count))
        first += len(segment.words)
    return set()


def print_row(
    name: str, example: Example, doubts: Sequence[Doubt], told: list[tuple[float, bool]]
) -> None:
    """One line of the table."""
    places = [places_of(example, doubt) for doubt in doubts]
    right = [any(own & error for error in example.errors) for own in places]
    told += [(doubt.weight, hit) for doubt, hit in zip(doubts, right, strict=True)]

    def covered(count: int) -> int:
        listed: set[int] = set().union(*places[:count])
        return sum(bool(error & listed) for error in example.errors)

    cells = [f"{covered(count)}" if count < len(doubts) else "–" for count in SHARES]
    precision = f"{sum(right) / max(1, len(right)):.0%}"
    everything = (
        f"{covered(len(doubts))} ({covered(len(doubts)) / max(1, len(example.errors)):.0%})"
    )
    words = len(example.transcript.words)
    minutes = sum(doubt.seconds for doubt in doubts) / 60
    print(
        f"| {name} | {words} | {len(example.errors)} | {len(doubts)} | {everything} | "
        f"{precision} | {' | '.join(cells)} | {minutes:.0f} |"
    )


def print_head() -> None:
    """The table's head."""
    print(
        "| | words | errors | doubts | errors covered | doubts that are right | "
        + " | ".join(f"first {n}" for n in SHARES)
        + " | minutes |"
    )
    print("|---|---|---|---|---|---|" + "---|" * len(SHARES) + "---|")


def print_calibration(told: Sequence[tuple[float, bool]]) -> None:
    """What doubts of a weight are worth."""
    print("\n| weight | doubts | right |\n|---|---|---|")
    for low, high in ((0.2, 0.35), (0.35, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)):
        hits = [hit for weight, hit in told if low <= weight < high]
        if hits:
            print(
                f"| {low:.2f} to {min(high, 1):.2f} | {len(hits)} | {sum(hits) / len(hits):.0%} |"
            )


def readings(real: Path, folder: Path) -> Iterator[tuple[str, Example]]:
    """Texts read by real voices."""
    nothing = Article(title="", exchanges=())
    for sound in sorted(real.glob("*.wav")):
        texts = (
            real / f"{stem}.txt" for stem in (sound.stem, re.sub(r"_(16k|8k_tel)$", "", sound.stem))
        )
        text = next(path for path in texts if path.exists())
        hearing, _ = hear(sound, folder, (), 1)
        segments = tuple(
            Segment(
                id=f"s{place}",
                speaker=None,
                start_ms=one.start_ms,
                end_ms=one.end_ms,
                words=one.words,
            )
            for place, one in enumerate(hearing.utterances)
        )
        transcript = Transcript(language=LANGUAGE, segments=segments)
        yield (
            sound.stem,
            Example(
                transcript, nothing, None, *errors_in(transcript, text.read_text(encoding="utf-8"))
            ),
        )


def main() -> None:
    """Read the arguments and print the tables."""
    from studio.speech.weights import fetch_model

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weights", default="base")
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--real", type=Path)
    chosen = parser.parse_args()
    folder = fetch_model(chosen.weights)
    examples: dict[str, Any] = {
        interview: examples_of(interview, folder) for interview in INTERVIEWS
    }
    if chosen.fit:
        fitted = fit(
            [
                (example, share)
                for pair in examples.values()
                for example, share in zip(pair, (1.0, HALF), strict=True)
            ]
        )
        print(f"BIAS = {fitted.pop('')}\nWEIGHTS = {fitted}\n")
    print(f"As shipped, listed from {finding.LEAST_LISTED} on:\n")
    print_head()
    for interview, (corrected, _) in examples.items():
        print_row(interview, corrected, doubts_with(corrected, None), [])
    if chosen.real:
        for name, example in readings(chosen.real, folder):
            print_row(name, example, doubts_with(example, None), [])
    print("\nFitted on the other three interviews:\n")
    print_head()
    told: list[tuple[float, bool]] = []
    for interview, (corrected, _) in examples.items():
        others = [pair for name, pair in examples.items() if name != interview]
        weights = fit(
            [
                (example, share)
                for pair in others
                for example, share in zip(pair, (1.0, HALF), strict=True)
            ]
        )
        print_row(interview, corrected, doubts_with(corrected, weights), told)
    print_calibration(told)


if __name__ == "__main__":
    main()
