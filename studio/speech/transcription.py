"""Transcribe a recording with an engine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from studio.cores import usable_cores
from studio.errors import RecordingError
from studio.messages.message import message
from studio.model.clock import RecordingMs
from studio.model.show import Whisper
from studio.model.transcript import AsrResult
from studio.progress import Progress, no_progress, part_of
from studio.speech.chunks import chunks_from_voice
from studio.speech.engine_loading import load_engine, scoring_engine
from studio.speech.hypotheses import unheard
from studio.speech.scoring import WordingScorer
from studio.speech.strategy import READ_SHARE, transcribe_samples
from studio.speech.vad import SAMPLE_RATE_HZ, voice_from_samples

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


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
    """Detect speech, then transcribe it.

    :param samples: mono, 16 kHz, −1 to 1.
    :param folder: the folder of the model's weights.
    :param where: the recording's name, for errors.
    :raises RecordingError: it contains no speech.
    :raises ModelError: the weights cannot be loaded.
    """
    voice = voice_from_samples(samples)
    if not voice:
        raise RecordingError(
            where,
            message("no speech"),
            message("Check that it is the right file and that the microphone was on."),
        )
    # No more decoders than chunks: each needs memory.
    engine = load_engine(
        settings,
        folder,
        most_workers=len(
            chunks_from_voice(voice, len(samples) * 1000 // SAMPLE_RATE_HZ, usable_cores())
        ),
    )
    scorer = WordingScorer(scoring_engine(settings, folder, loaded=engine))
    duration_ms = len(samples) * 1000 // SAMPLE_RATE_HZ
    weighing = part_of(progress, duration_ms, READ_SHARE, 1.0)
    heard = transcribe_samples(
        engine,
        samples,
        voice,
        language=language,
        names=names,
        score=lambda asked: scorer.score(samples, asked, language, weighing),
        progress=progress,
    )
    return AsrResult(
        engine=settings.engine,
        model=settings.model,
        language=language,
        duration_ms=RecordingMs(duration_ms),
        voice=voice,
        names=tuple(names),
        utterances=heard.utterances,
        removed=heard.removed,
        unheard=tuple(unheard(voice, heard.utterances)),
        alternatives=heard.alternatives,
        unprompted=heard.unprompted,
    )
