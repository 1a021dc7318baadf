"""One door to two engines: what was said in a recording, word by word."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from studio.errors import RecordingError
from studio.model.clock import RecordingMs, Span
from studio.model.show import Whisper
from studio.model.transcript import AsrResult, Utterance
from studio.progress import Progress, no_progress
from studio.speech.vad import SAMPLE_RATE_HZ, voice_from_samples

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Engine(Protocol):
    """An ear. It is given the stretches in which somebody speaks and writes down nothing outside
    them.
    """

    @property
    def name(self) -> str:
        """Its name in settings."""

    def transcribe(
        self,
        samples: NDArray[np.float32],
        voice: Sequence[Span],
        *,
        language: str,
        names: Sequence[str],
        progress: Progress,
    ) -> tuple[Utterance, ...]:
        """Write down what is said.

        :param samples: the whole recording, mono, 16 kHz, −1 to 1.
        :param voice: stretches of speech, ascending, none longer than a window.
        :param language: two letters, e.g. ``fr``.
        :param names: names to expect, in the spelling wanted; may be empty.
        :param progress: told milliseconds of speech done and in all.
        :returns: ascending utterances on the recording's clock; words ascend without overlap, none
            of zero length.
        """


def load_engine(settings: Whisper, folder: Path) -> Engine:
    """The engine that the settings name, with the weights in ``folder``.

    :raises ModelError: the weights cannot be loaded.
    """
    if settings.engine == "openai":
        from studio.speech.openai_engine import OpenAIEngine

        return OpenAIEngine(folder, device=settings.device)
    from studio.speech.faster_whisper_engine import FasterWhisperEngine

    return FasterWhisperEngine(folder, device=settings.device)


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
    """Find who speaks when nobody is silent, then write down what is said.

    :param samples: mono, 16 kHz, −1 to 1.
    :param folder: the folder of the model's weights.
    :param where: the recording's name, for errors.
    :raises RecordingError: nobody speaks in it.
    :raises ModelError: the weights cannot be loaded.
    """
    voice = voice_from_samples(samples)
    if not voice:
        raise RecordingError(
            where,
            "nobody speaks in it",
            "Check that it is the right file and that the microphone was on.",
        )
    engine = load_engine(settings, folder)
    return AsrResult(
        engine=settings.engine,
        model=settings.model,
        language=language,
        duration_ms=RecordingMs(len(samples) * 1000 // SAMPLE_RATE_HZ),
        voice=voice,
        names=tuple(names),
        utterances=engine.transcribe(
            samples, voice, language=language, names=names, progress=progress
        ),
    )
