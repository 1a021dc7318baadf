"""Interviews with known words, transcribed, corrected and aligned by the stages: shared by fitting
and measuring.

A folder of interviews holds one folder each, with ``article.txt``, ``recording.*`` and
``truth.json`` (``utterances`` with ``text``; names that count as ``names``; what nobody says as
``lies``, ``unsaid``, ``never_said``); where the truth has no utterances, ``reference.txt`` is what
is said, each line maybe after its speaker (``A: …``). A folder without an article is a recording
alone. Without such a folder the interviews of ``tests/`` are taken.

What was heard, and what the model said of each wording, is kept in a cache: hearing takes minutes,
and fitting asks again and again.
"""

from __future__ import annotations

import argparse
import functools
import json
import pickle
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jiwer
from support.interviews import HOST, INTERVIEWS, recording_of

from bench.scores import plain
from studio.alignment.questions import align_questions, units_from_transcript
from studio.alignment.sentence_features import SentenceUnit
from studio.article.names import names_from_article
from studio.article.read import article_from_file
from studio.model.alignment import Alignment
from studio.model.article import Article
from studio.model.record import bytes_from_record, record_from_bytes, replace_fields
from studio.model.show import Whisper
from studio.model.transcript import AsrResult, Transcript
from studio.model.voices import Voices
from studio.model.wording import Wording
from studio.sound.recording import read_samples
from studio.speakers.speaker_assignment import transcript_from_asr
from studio.speech.diarisation import split_at_voices
from studio.speech.recording_scoring import recording_scores

ROOT = Path(__file__).parent.parent

__all__ = [
    "HOST",
    "ROOT",
    "Asked",
    "Interview",
    "Recogniser",
    "interviews_in",
    "plain",
    "prompted_names",
    "recogniser_parser",
    "transcribed",
]

LANGUAGE = "fr"
_SPEAKER = re.compile(r"^[A-ZÉ][\w -]{0,30}: ", re.MULTILINE)


@dataclass(frozen=True)
class Interview:
    """One recording with its truth; ``article_path`` is None where nothing was published."""

    name: str
    recording: Path
    article_path: Path | None
    truth_path: Path

    @functools.cached_property
    def truth(self) -> dict[str, Any]:
        """The truth file, empty where there is none."""
        return (
            dict(json.loads(self.truth_path.read_text(encoding="utf-8")))
            if self.truth_path.exists()
            else {}
        )

    @functools.cached_property
    def said(self) -> str:
        """Every word that is said."""
        if "utterances" in self.truth:
            return " ".join(one["text"] for one in self.truth["utterances"])
        return _SPEAKER.sub(
            "", self.truth_path.with_name("reference.txt").read_text(encoding="utf-8")
        )

    @functools.cached_property
    def article(self) -> Article:
        """What was published; an article without any text where nothing was."""
        return (
            Article(title="", exchanges=())
            if self.article_path is None
            else article_from_file(self.article_path)
        )

    @property
    def never_said(self) -> list[str]:
        """What must not be in a transcript."""
        return [
            text for key in ("lies", "unsaid", "never_said") for text in self.truth.get(key, ())
        ]

    def wrong_words(self, text: str) -> int:
        """Words of the truth that are not in the text as they were said, and words too many."""
        found = jiwer.process_words(plain(self.said), plain(text))
        return found.substitutions + found.deletions + found.insertions


def interviews_in(folder: Path | None) -> list[Interview]:
    """The interviews of a folder in order of their names; None: those of ``tests/``."""
    if folder is None:
        tests = ROOT / "tests"
        return [
            Interview(
                one,
                recording_of(one),
                tests / "article" / f"{one}.txt",
                tests / "truth" / f"{one}.json",
            )
            for one in INTERVIEWS
        ]
    found = []
    for own in sorted(path for path in folder.iterdir() if path.is_dir()):
        sounds, article = sorted(own.glob("recording.*")), own / "article.txt"
        if sounds and ((own / "truth.json").exists() or (own / "reference.txt").exists()):
            found.append(
                Interview(
                    own.name, sounds[0], article if article.exists() else None, own / "truth.json"
                )
            )
    return found


def prompted_names(article: Article) -> tuple[str, ...]:
    """The names in Whisper's prompt, which corrections look for."""
    return tuple(
        dict.fromkeys(
            name for name in (*names_from_article(article), *article.guests, HOST) if name
        )
    )


def transcribed(interview: Interview, weights: str) -> AsrResult:
    """Whisper's result for an interview with the names in its prompt, as in ``studio run``."""
    from studio.speech.model_files import fetch_model
    from studio.speech.transcription import transcribe_recording

    return transcribe_recording(
        read_samples(interview.recording),
        settings=Whisper(model=weights),
        folder=fetch_model(weights),
        language=LANGUAGE,
        names=prompted_names(interview.article),
        where=interview.recording,
    )


def recogniser_parser(description: str | None) -> argparse.ArgumentParser:
    """The options of every benchmark that hears interviews: weights, interviews, cache."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weights", default="base")
    parser.add_argument("--interviews", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "studio-bench")
    return parser


@dataclass(frozen=True)
class Recogniser:
    """Hears recordings and asks them, with one model; what it has heard once it knows.

    :param weights: the name of the model's weights.
    :param cache: a folder of its own.
    """

    weights: str
    cache: Path

    def asr(self, interview: Interview) -> tuple[AsrResult, Voices]:
        """The result with the names of the interview's own article, and who speaks when.

        Both are kept under the interview's name, in the form that a workspace keeps them in
        (``build/asr.json``, ``build/voices.json``): those of a run may be put there.
        """
        from studio.sound.telephone_band import telephone_voices
        from studio.speech.diarisation import diarise_samples
        from studio.speech.model_files import fetch_model
        from studio.speech.speaker_embedding import SpeakerEmbedder
        from studio.speech.whisper_models import VOICES

        self.cache.mkdir(parents=True, exist_ok=True)
        heard, voices = (
            self.cache / f"{interview.name}.asr.json",
            self.cache / f"{interview.name}.voices.json",
        )
        if not heard.exists():
            heard.write_bytes(bytes_from_record(transcribed(interview, self.weights)))
        hearing = record_from_bytes(heard.read_bytes(), AsrResult, heard)
        if not voices.exists():
            embedder = SpeakerEmbedder(fetch_model(VOICES.name))
            samples = read_samples(interview.recording)
            found = diarise_samples(
                samples, hearing.utterances, embedder, telephone_voices=telephone_voices
            )
            voices.write_bytes(bytes_from_record(found))
        return hearing, record_from_bytes(voices.read_bytes(), Voices, voices)

    def heard(self, interview: Interview, article: Article) -> tuple[Transcript, Alignment]:
        """The transcript before it is corrected, against an article, and where that article was
        found in it.
        """
        hearing, voices = self.asr(interview)
        utterances, labels = split_at_voices(hearing, voices)
        transcript = transcript_from_asr(
            replace_fields(hearing, utterances=utterances),
            labels,
            article,
            host=HOST,
            guests=article.guests,
        )
        return transcript, align_questions(transcript, article, HOST)

    def units(
        self, interview: Interview, article: Article | None = None
    ) -> tuple[SentenceUnit, ...]:
        """The sentences that were heard, each with who speaks as the transcript names them."""
        return units_from_transcript(self.heard(interview, article or interview.article)[0])

    def score(self, interview: Interview) -> Asked:
        """What asks the recording of an interview about wordings."""
        return Asked(self, interview, self.cache / f"{interview.name}.scores")


class Asked:
    """``studio.corrections.acoustic_evidence.Score`` for one recording, with its answers kept."""

    def __init__(self, recogniser: Recogniser, interview: Interview, path: Path) -> None:
        self._recogniser, self._interview, self._path = recogniser, interview, path
        self._known: dict[tuple[int | str, ...], float] = (
            pickle.loads(path.read_bytes()) if path.exists() else {}  # noqa: S301 - its own file
        )

    def __call__(self, asked: Sequence[Wording]) -> list[float]:
        """Log probabilities in the order asked."""
        missing = [one for one in asked if self._key(one) not in self._known]
        if missing:
            read = functools.partial(read_samples, self._interview.recording)
            score = recording_scores(read, Whisper(model=self._recogniser.weights), LANGUAGE)
            self._known |= zip(map(self._key, missing), score(missing), strict=True)
            self._path.write_bytes(pickle.dumps(self._known))
        return [self._known[self._key(one)] for one in asked]

    @staticmethod
    def _key(one: Wording) -> tuple[int | str, ...]:
        edges = (-1, -1) if one.span is None else (one.span.start_ms, one.span.end_ms)
        return (*edges, one.text, *([one.prompt] if one.prompt else []))
