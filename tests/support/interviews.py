"""The four interviews whose every utterance is known: what was published, what was said and when,
who said it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from studio.article.read import article_from_file
from studio.model.article import Article, Exchange
from studio.model.clock import RecordingMs
from studio.model.record import replace_fields
from studio.model.transcript import Segment, Transcript, Word

HERE = Path(__file__).parent.parent
INTERVIEWS = ("002-stephane-soto", "atelier", "radio", "table")
HOST = "Host"


def article_of(interview: str) -> Article:
    """What was published."""
    return article_from_file(HERE / "article" / f"{interview}.txt")


def recording_of(interview: str) -> Path:
    """The sound file."""
    shipped = HERE.parent / "episodes" / interview / "recording.flac"
    return shipped if shipped.exists() else next((HERE / "recordings").glob(f"{interview}.*"))


def truth_of(interview: str) -> dict[str, Any]:
    """What was said: ``utterances`` with speaker, start, end (s), text; ``questions`` with start
    (s) or accept (s, s).
    """
    truth: dict[str, Any] = json.loads(
        (HERE / "truth" / f"{interview}.json").read_text(encoding="utf-8")
    )
    return truth


def guests_of(interview: str) -> list[tuple[float, float]]:
    """Where a person other than the host speaks, in seconds."""
    return [
        (utterance["start"], utterance["end"])
        for utterance in truth_of(interview)["utterances"]
        if utterance["speaker"] != "I"
    ]


def said_transcript(utterances: Iterable[dict[str, Any]]) -> Transcript:
    """A perfect transcript: one segment an utterance, words spread evenly over it; the host is
    ``HOST``, others keep their letter.
    """
    segments = []
    for place, utterance in enumerate(utterances, 1):
        texts = re.sub(r"\s+([^\w\s])(?=\s|$)", r"\1", utterance["text"]).split()
        start, end = round(utterance["start"] * 1000), round(utterance["end"] * 1000)
        edges = [
            RecordingMs(start + (end - start) * step // len(texts))
            for step in range(len(texts) + 1)
        ]
        segments.append(
            Segment(
                id=f"s{place:04}",
                speaker=HOST if utterance["speaker"] == "I" else utterance["speaker"],
                start_ms=RecordingMs(start),
                end_ms=RecordingMs(end),
                words=tuple(
                    Word(text=text, start_ms=edges[step], end_ms=edges[step + 1], probability=0.9)
                    for step, text in enumerate(texts)
                ),
            )
        )
    return Transcript(language="fr", segments=tuple(segments))


def onset_error_s(question: dict[str, Any], start_ms: int) -> float:
    """How far a found start is from the true one; inside an accepted stretch, not at all."""
    if "accept" in question:
        low, high = question["accept"]
        return float(max(0.0, low - start_ms / 1000, start_ms / 1000 - high))
    return float(abs(start_ms / 1000 - question["start"]))


def with_exchanges(
    article: Article, change: Callable[[tuple[Exchange, ...]], Iterable[Exchange]]
) -> Article:
    """The article with other exchanges, numbered anew."""
    changed = [
        replace_fields(exchange, number=number)
        for number, exchange in enumerate(change(article.exchanges), 1)
    ]
    return replace_fields(article, exchanges=tuple(changed))
