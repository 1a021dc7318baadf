"""A third engine is one module and one entry: settings take its name, and the strategy above all
engines reads a recording with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from support.small_show import make_show

from studio.errors import WorkspaceError
from studio.model.clock import RecordingMs, Span
from studio.model.show import Whisper
from studio.progress import no_progress
from studio.speech.engine import Engine, Tokenizer
from studio.speech.engine_loading import ENGINES, SCORING_ENGINES, load_engine, scoring_engine
from studio.speech.hypotheses import Decoded, EncodedWindow
from studio.speech.strategy import transcribe_samples
from studio.speech.token_merge import SpelledWord
from studio.speech.vad import SAMPLE_RATE_HZ

FRAME_MS = 20
WORD_MS = 240
# Words that a loop would not have, distinguished by the pitch of their tones.
PITCHES_HZ = {
    "bonjour": 200,
    "merci": 320,
    "demain": 480,
    "maison": 700,
    "rivière": 1000,
    "jardin": 1400,
    "ouvrier": 1900,
    "semaine": 2500,
}


class ToneTokenizer:
    """One token a word."""

    eot, timestamp_begin = 1000, 2000
    _words = tuple(PITCHES_HZ)

    def encode(self, text: str) -> list[int]:
        return [self._words.index(word) for word in text.split() if word in self._words]

    def decode(self, tokens: Sequence[int]) -> str:
        return "".join(f" {self._words[token]}" for token in tokens)


class ToneEngine:
    """Hears words that are tones, and decodes them out of the sound of each window alone."""

    name, workers = "tones", 1

    def tokenizer(self, _: str) -> ToneTokenizer:
        return ToneTokenizer()

    def encode(self, samples: NDArray[np.float32]) -> EncodedWindow:
        """The place and the word of each tone."""
        size = FRAME_MS * SAMPLE_RATE_HZ // 1000
        frames = samples[: len(samples) // size * size].reshape(-1, size)
        loud = np.concatenate(([False], np.std(frames, axis=1) > 0.05, [False]))
        edges = np.flatnonzero(np.diff(loud.astype(int))).reshape(-1, 2)
        tones = []
        for first, last in edges:
            spectrum = np.abs(np.fft.rfft(frames[first:last].reshape(-1)))
            pitch_hz = float(np.argmax(spectrum)) * 1000 / (FRAME_MS * (last - first))
            near = min(range(8), key=lambda at: abs([*PITCHES_HZ.values()][at] - pitch_hz))
            tones.append((int(first) * FRAME_MS, int(last) * FRAME_MS, near))
        return EncodedWindow(features=tones, encoded_ms=30_000)

    def decode(
        self,
        encodings: Sequence[EncodedWindow],
        prompts: Sequence[Sequence[int]],
        tokenizer: Tokenizer,
        *,
        beams: int,
        timestamps: bool = True,
    ) -> list[Decoded]:
        assert len(prompts) == len(encodings)
        assert beams > 1
        assert timestamps

        def stamp(at_ms: int) -> int:
            return tokenizer.timestamp_begin + at_ms // 20

        return [
            Decoded(
                tuple(
                    token
                    for start, end, word in encoding.features
                    for token in (stamp(start), word, stamp(end))
                ),
                -0.1,
                0.0 if encoding.features else 1.0,
            )
            for encoding in encodings
        ]

    def align(
        self,
        encodings: Sequence[EncodedWindow],
        tokens: Sequence[Sequence[int]],
        lengths_ms: Sequence[int],
        tokenizer: Tokenizer,
    ) -> list[list[SpelledWord]]:
        assert all(0 < length_ms <= 30_000 for length_ms in lengths_ms)
        return [
            [
                SpelledWord(tokenizer.decode([word]), start, end, 0.9)
                for (start, end, heard), word in zip(encoding.features, some, strict=True)
                if heard == word
            ]
            for encoding, some in zip(encodings, tokens, strict=True)
        ]


@pytest.fixture
def third(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(_: Whisper, __: Path, ___: int | None) -> Engine:
        return ToneEngine()

    monkeypatch.setitem(ENGINES, "tones", load)


def said(*words: str, every_ms: int = 600) -> NDArray[np.float32]:
    samples = np.zeros(len(words) * every_ms * SAMPLE_RATE_HZ // 1000, dtype=np.float32)
    tone = np.arange(WORD_MS * SAMPLE_RATE_HZ // 1000) / SAMPLE_RATE_HZ
    for place, word in enumerate(words):
        start = (place * every_ms + 200) * SAMPLE_RATE_HZ // 1000
        samples[start : start + len(tone)] = 0.3 * np.sin(2 * np.pi * PITCHES_HZ[word] * tone)
    return samples


def write_engine(settings: Path, name: str) -> None:
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f'{text}\n[whisper]\nengine = "{name}"\n', encoding="utf-8")


@pytest.mark.usefixtures("third")
def test_what_a_third_engine_decodes_is_transcribed(tmp_path: Path) -> None:
    workspace = make_show(tmp_path / "show")
    write_engine(workspace.settings, "tones")
    settings = workspace.load_show().whisper
    assert settings.engine == "tones"
    engine = load_engine(settings, tmp_path)
    generator = np.random.default_rng(5)
    words = [str(word) for word in generator.choice([*PITCHES_HZ], 80)]
    samples = said(*words)
    heard = transcribe_samples(
        engine,
        samples,
        (Span(start_ms=RecordingMs(0), end_ms=RecordingMs(len(samples) // 16)),),
        language="fr",
        names=(),
        score=lambda asked: [0.0] * len(asked),
        progress=no_progress,
    )
    found: list[Any] = [word for utterance in heard.utterances for word in utterance.words]
    assert [word.text for word in found] == words
    late_ms = [abs(word.start_ms - (600 * place + 200)) for place, word in enumerate(found)]
    assert max(late_ms) <= 2 * FRAME_MS


@pytest.mark.usefixtures("third")
def test_an_engine_that_scores_no_texts_leaves_that_to_one_that_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = Whisper(engine="tones")
    loaded = load_engine(settings, tmp_path)
    scoring: Any = object()
    monkeypatch.setitem(SCORING_ENGINES, "faster", lambda *_: scoring)
    assert scoring_engine(settings, tmp_path, loaded=loaded) is scoring
    monkeypatch.setitem(SCORING_ENGINES, "tones", lambda *_: scoring)
    assert scoring_engine(settings, tmp_path, loaded=loaded) is loaded


def test_an_engine_that_there_is_not_is_refused_with_those_that_are(tmp_path: Path) -> None:
    workspace = make_show(tmp_path / "show")
    write_engine(workspace.settings, "tones")
    with pytest.raises(WorkspaceError, match=r"whisper\.engine.*is not a known engine") as told:
        workspace.load_show()
    assert "faster, openai" in str(told.value)
