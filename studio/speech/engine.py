"""The interface of a speech-recognition (ASR) engine: Whisper for single windows, with encoding,
decoding and alignment.

Which windows are decoded, with which prompts and how often, and which hypothesis is accepted is
decided for all engines in :mod:`studio.speech.strategy`. Its limits on probabilities were fitted on
faster-whisper's int8 weights; another engine has to give natural logarithms of probabilities over
Whisper's whole vocabulary for them to hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from studio.errors import ModelError
from studio.messages.message import message
from studio.speech.hypotheses import Decoded, EncodedWindow
from studio.speech.token_merge import SpelledWord

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def no_gpu() -> ModelError:
    """The error of settings that ask for a GPU on a machine without one."""
    return ModelError(
        "whisper.device",
        message("asks for CUDA, but this machine offers none"),
        message("Write `auto` or `cpu` in feed/show.toml."),
    )


class Tokenizer(Protocol):
    """Whisper's vocabulary for one language."""

    @property
    def eot(self) -> int:
        """The end-of-text token; the tokens of text are below it."""

    @property
    def timestamp_begin(self) -> int:
        """The timestamp of 0 s; those of later moments follow in steps of 20 ms."""

    def encode(self, text: str) -> list[int]:
        """The tokens of a text, which starts with a space."""

    def decode(self, tokens: list[int]) -> str:
        """The text of text tokens."""


class Engine(Protocol):
    """Whisper's model, window by window."""

    @property
    def name(self) -> str:
        """Its name in settings."""

    @property
    def workers(self) -> int:
        """How many calls may usefully run in parallel, each in its own thread."""

    def tokenizer(self, language: str) -> Tokenizer:
        """The vocabulary for a language.

        :param language: two letters, e.g. ``fr``.
        """

    def encode(self, samples: NDArray[np.float32]) -> EncodedWindow:
        """The encoder's output for one window.

        :param samples: mono, 16 kHz, at most 30 s; may exceed ±1.
        """

    def decode(
        self,
        encodings: Sequence[EncodedWindow],
        prompts: Sequence[Sequence[int]],
        tokenizer: Tokenizer,
        *,
        beams: int,
        timestamps: bool = True,
    ) -> list[Decoded]:
        """Search for the most probable text of each encoding; deterministic.

        :param encodings: all of one ``encoded_ms``.
        :param prompts: for each encoding the tokens of the preceding text, all of one length, 223
            at most.
        """

    def align(
        self,
        encodings: Sequence[EncodedWindow],
        tokens: Sequence[Sequence[int]],
        lengths_ms: Sequence[int],
        tokenizer: Tokenizer,
    ) -> list[list[SpelledWord]]:
        """The time of each piece of text, in ms of its window, in order, and its probability.

        :param encodings: all of one ``encoded_ms``.
        :param tokens: for each encoding the tokens of its text, at least one, without timestamps.
        :param lengths_ms: how long each window is.
        """


class ScoringEngine(Engine, Protocol):
    """An engine that also scores given texts: corrections, other wordings of a passage and
    hesitations that no transcript has need one.
    """

    def best_texts(
        self,
        encoding: EncodedWindow,
        prompt: Sequence[int],
        tokenizer: Tokenizer,
        *,
        written: str = "",
        beams: int,
        most_tokens: int | None = None,
    ) -> list[str]:
        """The ``beams`` most probable texts of one window, the most probable first; without
        timestamps.

        :param written: the known beginning of each text.
        :param most_tokens: maximum number of further tokens; by default Whisper's own maximum.
        """

    def token_logprobs(
        self,
        encodings: Sequence[EncodedWindow],
        texts: Sequence[str],
        tokenizer: Tokenizer,
        prompt: Sequence[int] = (),
    ) -> list[list[float]]:
        """For each text the natural logarithms of its tokens' probabilities, given the encoding at
        the same index.

        :param encodings: all of one ``encoded_ms``.
        :param texts: without the leading space; an empty one has no tokens.
        :param prompt: the text that precedes each of them.
        """
