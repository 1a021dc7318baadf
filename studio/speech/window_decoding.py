"""Decode many windows with one engine: in batches where possible, with several calls in parallel.

All windows of a call are finished before any of its results is returned, so that the text does not
depend on thread scheduling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeVar

from studio.model.clock import Span
from studio.speech.engine import Engine, Tokenizer
from studio.speech.gain_match import GainMatchedSamples
from studio.speech.hypotheses import EncodedWindow, Hypothesis
from studio.speech.prompts import Prompt
from studio.speech.token_merge import SpelledWord

# Windows that are decoded together by one worker; each takes 60 MB with base weights and two beams,
# 90 MB with five. Six minutes take 68 s of processor time with three and with two windows, and
# 1.2 GB or 0.95.
BATCH_WINDOWS = 2
# Beams of the first search, and of that of improbable windows. One beam takes a fifth less time,
# and makes more errors on short windows.
BEAMS = 2
MORE_BEAMS = 5

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


@dataclass
class OpenWindow:
    """One window that is being decoded, and its hypotheses so far.

    :param prompt: of its first hypothesis.
    """

    window: Span
    encoding: EncodedWindow
    prompt: Prompt
    hypotheses: list[Hypothesis] = field(default_factory=list)


class WindowDecoder:
    """Decodes a recording window by window with one engine."""

    def __init__(
        self, engine: Engine, pool: Executor, levels: GainMatchedSamples, tokenizer: Tokenizer
    ) -> None:
        """Take the recording's samples, all at one loudness.

        :param pool: its threads make the calls.
        """
        self._engine, self._pool, self._levels = engine, pool, levels
        self.tokenizer = tokenizer
        self.workers = engine.workers

    def open(self, windows: Sequence[Span], prompts: Sequence[Prompt]) -> list[OpenWindow]:
        """Windows with their encodings, not decoded yet.

        :param prompts: the prompt of each window.
        """
        encodings = self._map(self._encode, windows)
        return [OpenWindow(*one) for one in zip(windows, encodings, prompts, strict=True)]

    def decode(self, wanted: Sequence[tuple[OpenWindow, Prompt, int]]) -> None:
        """Add a hypothesis to each window, decoded with that prompt and this many beams."""

        def key(one: tuple[OpenWindow, Prompt, int]) -> tuple[int, int, int]:
            opened, prompt, beams = one
            return beams, len(prompt.tokens), opened.encoding.encoded_ms

        batches = [
            batch
            for _, same in groupby(sorted(wanted, key=key), key)
            for batch in _parted(list(same), self._engine.workers, BATCH_WINDOWS)
        ]
        for batch, hypotheses in zip(batches, self._map(self._decode, batches), strict=True):
            for (opened, _, _), hypothesis in zip(batch, hypotheses, strict=True):
                opened.hypotheses.append(hypothesis)

    def align(
        self, hypotheses: Sequence[Hypothesis], texts: Sequence[Sequence[int]]
    ) -> list[list[SpelledWord]]:
        """The times of the pieces of each hypothesis; none for an empty text.

        :param texts: the text tokens of each.
        """

        def align(places: Sequence[int]) -> list[list[SpelledWord]]:
            windows = [hypotheses[place].window for place in places]
            return self._engine.align(
                [hypotheses[place].encoding for place in places],
                [texts[place] for place in places],
                [window.end_ms - window.start_ms for window in windows],
                self.tokenizer,
            )

        def length(place: int) -> int:
            return hypotheses[place].encoding.encoded_ms

        spoken = sorted((place for place, text in enumerate(texts) if text), key=length)
        batches = [
            batch
            for _, same in groupby(spoken, length)
            for batch in _parted(list(same), self._engine.workers, BATCH_WINDOWS)
        ]
        pieces: list[list[SpelledWord]] = [[] for _ in texts]
        for batch, aligned in zip(batches, self._map(align, batches), strict=True):
            for place, own in zip(batch, aligned, strict=True):
                pieces[place] = own
        return pieces

    def _encode(self, window: Span) -> EncodedWindow:
        return self._engine.encode(self._levels.part(window))

    def _decode(self, batch: Sequence[tuple[OpenWindow, Prompt, int]]) -> list[Hypothesis]:
        encodings = [opened.encoding for opened, _, _ in batch]
        prompts = [prompt.tokens for _, prompt, _ in batch]
        decoded = self._engine.decode(encodings, prompts, self.tokenizer, beams=batch[0][2])
        return [
            Hypothesis(
                opened.window, self._text(one.tokens), one, opened.encoding, len(prompt.before)
            )
            for (opened, prompt, _), one in zip(batch, decoded, strict=True)
        ]

    def _text(self, tokens: Sequence[int]) -> str:
        text = [token for token in tokens if token < self.tokenizer.eot]
        return self.tokenizer.decode(text).strip()

    def _map(self, work: Callable[[_Item], _Result], items: Sequence[_Item]) -> list[_Result]:
        return list(self._pool.map(work, items))


def _parted(items: Sequence[_Item], workers: int, largest: int) -> Iterator[Sequence[_Item]]:
    """Items in batches of equal size, at least one for each worker."""
    size = min(largest, -(-len(items) // workers))
    for start in range(0, len(items), size):
        yield items[start : start + size]
