"""Transcripts whose texts were changed."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from studio.model.plain_transcript import SpokenPassage
from studio.model.transcript import Transcript, Word


def passages(transcript: Transcript) -> list[SpokenPassage]:
    return [
        SpokenPassage(speaker=segment.speaker, text=segment.text) for segment in transcript.segments
    ]


def assert_goes_forward(words: Sequence[Word]) -> None:
    for word in words:
        assert word.start_ms < word.end_ms, word
    for before, after in itertools.pairwise(words):
        assert before.end_ms <= after.start_ms, (before, after)
