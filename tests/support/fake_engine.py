"""An engine that returns a given result, without weights: everything after it is Studio's own work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from studio.errors import ModelError
from studio.model.clock import RecordingMs, Span
from studio.model.transcript import AsrResult, Utterance
from studio.speech.whisper_models import VOICES
from support.spoken import transcript_from_lines

# Who speaks (known to nobody yet), from when to when in ms, and what.
Line = tuple[str | None, int, int, str]


def hearing_of(lines: Sequence[Line], duration_ms: int) -> AsrResult:
    """What an engine would have heard."""
    segments = transcript_from_lines(lines).segments
    return AsrResult(
        engine="faster",
        model="base",
        language="fr",
        duration_ms=RecordingMs(duration_ms),
        voice=tuple(Span(start_ms=one.start_ms, end_ms=one.end_ms) for one in segments),
        names=(),
        utterances=tuple(
            Utterance(start_ms=one.start_ms, end_ms=one.end_ms, words=one.words) for one in segments
        ),
    )


def install(patch: pytest.MonkeyPatch, hear: Callable[[], Sequence[Line]]) -> None:
    """Let every recording be heard so.

    :param hear: the lines, asked each time.
    """

    def transcribe(samples: Any, **_: object) -> AsrResult:
        return hearing_of(hear(), len(samples) // 16)

    def fetch(name: str, *_: object) -> Path:
        if name == VOICES.name:  # voices are distinguished by their spectrum
            raise ModelError(f"model “{name}”", "was not fetched yet", "Fetch it.")
        return Path()

    def scores(read: Callable[[], Any], *_: object) -> Callable[[Sequence[Any]], list[float]]:
        def score(asked: Sequence[Any]) -> list[float]:
            if asked:
                read()
            return [0.0] * len(asked)

        return score

    patch.setattr("studio.speech.transcription.transcribe_recording", transcribe)
    # Before the next line: what is imported for the first time after it keeps what it finds there.
    patch.setattr("studio.speech.recording_scoring.recording_scores", scores)
    patch.setattr("studio.speech.model_files.fetch_model", fetch)
