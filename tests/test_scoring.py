"""Forced scoring: the model prefers what was said, whatever else is asked beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.interviews import recording_of, truth_of

from studio.errors import ModelError
from studio.model.clock import RecordingMs, Span
from studio.model.wording import Wording
from studio.sound.recording import read_samples
from studio.speech.faster_whisper_engine import FasterWhisperEngine
from studio.speech.scoring import KEPT_ENCODINGS, WordingScorer


def span(start_ms: int, end_ms: int) -> Span:
    return Span(start_ms=RecordingMs(start_ms), end_ms=RecordingMs(end_ms))


@pytest.mark.whisper
def test_what_was_said_is_more_probable_than_another_wording(weights: Path) -> None:
    interview = "atelier"
    samples = read_samples(recording_of(interview))
    said = [one for one in truth_of(interview)["utterances"] if len(one["text"].split()) > 5][:4]
    spans = [span(round(one["start"] * 1000) - 100, round(one["end"] * 1000) + 100) for one in said]
    texts = [one["text"] for one in said]
    others = [text.replace(max(text.split(), key=len), "cathédrale") for text in texts]
    asked = [
        Wording(span, text)
        for some in (texts, others)
        for span, text in zip(spans, some, strict=True)
    ]
    scorer = WordingScorer(FasterWhisperEngine(weights, device="cpu"))
    told: list[tuple[float, float]] = []
    scores = scorer.score(samples, asked, "fr", lambda *report: told.append(report))
    assert told == sorted(told)
    assert [*told[-1]] == [len(asked)] * 2
    for own, other, text in zip(scores[:4], scores[4:], texts, strict=True):
        assert own > other + 1, text
    # One at a time comes to the same, and a text without words is certain.
    assert scorer.score(samples, [asked[1], Wording(spans[0], " ")], "fr") == pytest.approx(
        [scores[1], 0.0], rel=0.02
    )
    assert len(scorer._encodings) <= KEPT_ENCODINGS


@pytest.mark.whisper
@pytest.mark.parametrize("wrong", [span(0, 31_000), span(500, 500), span(5_000, 6_000)])
def test_a_span_that_cannot_be_scored_is_said(weights: Path, wrong: Span) -> None:
    with pytest.raises(ModelError, match="cannot be scored"):
        WordingScorer(FasterWhisperEngine(weights, device="cpu")).score(
            np.zeros(16_000, dtype=np.float32), [Wording(wrong, "oui")], "fr"
        )
