"""One door to two engines. An engine is Whisper for single windows: encode, decode, align.

Which windows are read, with which prompts, how often, and which hypothesis is believed is decided
once, above all engines, in :mod:`studio.speech.strategy`. Its limits on probabilities were fitted
on faster-whisper's int8 weights; another engine has to give natural logarithms of probabilities
over Whisper's whole vocabulary for them to hold.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from studio.errors import RecordingError
from studio.messages.message import message
from studio.model.clock import RecordingMs
from studio.model.show import Whisper
from studio.model.transcript import AsrResult
from studio.progress import Progress, no_progress
from studio.speech.hypotheses import Decoded, Encoding, unheard
from studio.speech.streams import streams_from_voice
from studio.speech.token_merge import Piece
from studio.speech.vad import SAMPLE_RATE_HZ, voice_from_samples

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


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
        """How many calls may usefully run beside each other, each in a thread of its own."""

    def tokenizer(self, language: str) -> Tokenizer:
        """The vocabulary for a language.

        :param language: two letters, e.g. ``fr``.
        """

    def encode(self, samples: NDArray[np.float32]) -> Encoding:
        """What the encoder makes of one window.

        :param samples: mono, 16 kHz, at most 30 s; may exceed ±1.
        """

    def decode(
        self,
        encodings: Sequence[Encoding],
        prompts: Sequence[Sequence[int]],
        tokenizer: Tokenizer,
        *,
        beams: int,
        timestamps: bool = True,
    ) -> list[Decoded]:
        """Search the most probable text of each encoding; the same input gives the same text.

        :param encodings: all of one ``encoded_ms``.
        :param prompts: for each encoding the tokens of what is taken for written before, all of one
            length, 223 at most.
        """

    def align(
        self,
        encodings: Sequence[Encoding],
        tokens: Sequence[Sequence[int]],
        lengths_ms: Sequence[int],
        tokenizer: Tokenizer,
    ) -> list[list[Piece]]:
        """When each piece of text was said, in ms of its window, in order, and how probable it is.

        :param encodings: all of one ``encoded_ms``.
        :param tokens: for each encoding the tokens of its text, at least one, without timestamps.
        :param lengths_ms: how long each window is.
        """


_kept: dict[str, tuple[object, Engine]] | None = None


def keep_engine() -> None:
    """Keep the last engine loaded from now on: for a process that transcribes one recording after
    the other.
    """
    global _kept  # noqa: PLW0603 - one a process
    _kept = {}


def load_engine(settings: Whisper, folder: Path, *, most_workers: int | None = None) -> Engine:
    """The engine that the settings name, with the weights in ``folder``.

    :param most_workers: more calls are never made beside each other; cores that are left work
        together on one call.
    :raises ModelError: the weights cannot be loaded.
    """
    if _kept is None:
        return _loaded_engine(settings, folder, most_workers)
    wanted = (settings, folder, most_workers)
    before = _kept.get("last")
    if before is None or before[0] != wanted:
        _kept.clear()  # the one before is let go of first: two are rarely wanted, and large
        _kept["last"] = wanted, _loaded_engine(settings, folder, most_workers)
    return _kept["last"][1]


def _loaded_engine(settings: Whisper, folder: Path, most_workers: int | None) -> Engine:
    if settings.engine == "openai":
        from studio.speech.openai_engine import OpenAIEngine

        return OpenAIEngine(folder, device=settings.device)
    from studio.speech.faster_whisper_engine import FasterWhisperEngine

    return FasterWhisperEngine(folder, device=settings.device, most_workers=most_workers)


def transcribe_recording(
    samples: NDArray[np.float32],
    *,
    settings: Whisper,
    folder: Path,
    language: str,
    names: Sequence[str],
    where: object,
    progress: Progress = no_progress,
) -> AsrResult:
    """Find where somebody speaks, then write down what is said.

    :param samples: mono, 16 kHz, −1 to 1.
    :param folder: the folder of the model's weights.
    :param where: the recording's name, for errors.
    :raises RecordingError: nobody speaks in it.
    :raises ModelError: the weights cannot be loaded.
    """
    from studio.speech.strategy import transcribe_samples

    voice = voice_from_samples(samples)
    if not voice:
        raise RecordingError(
            where,
            message("nobody speaks in it"),
            message("Check that it is the right file and that the microphone was on."),
        )
    engine = load_engine(
        settings,
        folder,
        most_workers=len(
            streams_from_voice(voice, len(samples) * 1000 // SAMPLE_RATE_HZ, os.cpu_count() or 1)
        ),
    )
    heard = transcribe_samples(
        engine, samples, voice, language=language, names=names, progress=progress
    )
    return AsrResult(
        engine=settings.engine,
        model=settings.model,
        language=language,
        duration_ms=RecordingMs(len(samples) * 1000 // SAMPLE_RATE_HZ),
        voice=voice,
        names=tuple(names),
        utterances=heard.utterances,
        removed=heard.removed,
        unheard=tuple(unheard(voice, heard.utterances)),
    )
