"""Score wordings against a recording, and against silence: the acoustic evidence for
corrections.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from studio.model.clock import RecordingMs, Span
from studio.model.show import Whisper
from studio.model.wording import Wording
from studio.progress import Progress, no_progress, part_of
from studio.speech.engine_loading import scoring_engine
from studio.speech.model_files import fetch_model
from studio.speech.scoring import WordingScorer
from studio.speech.vad import SAMPLE_RATE_HZ

# Duration of the silence against which wordings without audio are scored.
SILENCE = Span(start_ms=RecordingMs(0), end_ms=RecordingMs(1000))


def recording_scores(
    read: Callable[[], NDArray[np.float32]],
    settings: Whisper,
    language: str,
    progress: Progress = no_progress,
) -> Callable[[Sequence[Wording]], list[float]]:
    """The probabilities of texts in a recording, and in silence; the model is loaded once, when
    first needed.

    :param read: reads the recording, mono, 16 kHz, −1 to 1; called when first needed.
    :param progress: called with the number of texts scored and the total.
    """

    @functools.cache
    def loaded() -> WordingScorer:
        return WordingScorer(scoring_engine(settings, fetch_model(settings.model)))

    def score(asked: Sequence[Wording]) -> list[float]:
        if not asked:
            return []
        scorer = loaded()
        sound = [one for one in asked if one.span is not None]
        alone = [one._replace(span=SILENCE) for one in asked if one.span is None]
        silence = np.zeros(SILENCE.end_ms * SAMPLE_RATE_HZ // 1000, dtype=np.float32)
        share, count = len(sound) / len(asked), len(asked)
        in_sound = iter(scorer.score(read(), sound, language, part_of(progress, count, 0.0, share)))
        in_silence = iter(
            scorer.score(silence, alone, language, part_of(progress, count, share, 1.0))
        )
        return [next(in_silence if one.span is None else in_sound) for one in asked]

    return score
