"""Studio's result for an interview, with its article or a false one."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import NamedTuple

from studio.alignment.passages import locate_passages
from studio.alignment.questions import align_questions
from studio.article.names import names_from_article, rare_words_from_article
from studio.article.read import article_from_file
from studio.corrections.corrections import correct_transcript
from studio.corrections.proposals import propose_corrections
from studio.language.words import plain_words
from studio.model.alignment import Alignment
from studio.model.article import Article
from studio.model.record import record_from_plain, replace_fields
from studio.model.transcript import AsrResult, Transcript
from studio.report.compare import TextComparison, compare_texts
from studio.speakers.speaker_assignment import transcript_from_asr

HERE = Path(__file__).parent.parent


HOST = "Camille Renaud"


ARTICLES = {"002": "002-stephane-soto", "atelier": "atelier"}


class Outcome(NamedTuple):
    """What the stages make of a hearing and an article."""

    transcript: Transcript
    alignment: Alignment
    comparison: TextComparison

    @property
    def words(self) -> set[str]:
        return {word for text in self.transcript.words for word in plain_words(text.text)}

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.transcript.words)

    @property
    def differing(self) -> list[tuple[str, str]]:
        return [(one.kind, one.item) for one in self.comparison.differences]


@functools.cache
def heard(name: str) -> tuple[AsrResult, tuple[int | None, ...]]:
    stored = json.loads((HERE / "asr_results" / f"{name}.json").read_text(encoding="utf-8"))
    return record_from_plain(stored["hearing"], AsrResult, name), tuple(stored["voices"])


def outcome(hearing_name: str, article: Article) -> Outcome:
    """The stages from *correct* to *align*, and the comparison."""
    hearing, voices = heard(hearing_name)
    names = names_from_article(article)
    transcript = transcript_from_asr(hearing, voices, article, host=HOST, guests=article.guests)
    alignment = align_questions(transcript, article, HOST)
    told = tuple(dict.fromkeys((*names, *article.guests, HOST)))
    transcript = correct_transcript(
        transcript,
        propose_corrections(transcript, article, alignment, told, rare_words_from_article(article)),
    )
    alignment = align_questions(transcript, article, HOST)
    passages, quote = locate_passages(transcript, article, alignment)
    alignment = replace_fields(alignment, passages=passages, quote=quote)
    return Outcome(transcript, alignment, compare_texts(article, transcript, alignment, names))


def lying(folder: Path, interview: str, *changes: tuple[str, str]) -> Article:
    """The interview's article with other words in it."""
    text = (HERE / "article" / f"{ARTICLES[interview]}.txt").read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = folder / "article.txt"
    path.write_text(text, encoding="utf-8")
    return article_from_file(path)


@functools.cache
def true_outcome(interview: str) -> Outcome:
    return outcome(interview, article_from_file(HERE / "article" / f"{ARTICLES[interview]}.txt"))
