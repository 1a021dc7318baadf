"""Voice activity: where somebody speaks, found before anything is written down, so that silence and jingles yield no text.

The detector is Silero's, as faster-whisper carries it; it runs at 500 times real time on one core and needs no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.model.clock import RecordingMs, Span
from studio.speech.windows import LONGEST_MS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAMPLE_RATE_HZ = 16_000
# A pause of this length ends a stretch. Shorter ones are stops inside words.
SHORTEST_PAUSE_MS = 160
# A cough or a click is shorter.
SHORTEST_VOICE_MS = 120
# The detector reports a syllable late and leaves a syllable early: what is added on each side.
PADDING_MS = 200


def voice_from_samples(samples: NDArray[np.float32]) -> tuple[Span, ...]:
    """The stretches in which somebody speaks, ascending, without overlap, none longer than one window of Whisper.

    :param samples: mono, 16 kHz, −1 to 1.
    """
    import numpy as np
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    if not len(samples):
        return ()
    options = VadOptions(
        min_silence_duration_ms=SHORTEST_PAUSE_MS,
        min_speech_duration_ms=SHORTEST_VOICE_MS,
        max_speech_duration_s=LONGEST_MS / 1000,
        speech_pad_ms=PADDING_MS,
    )
    stretches = get_speech_timestamps(np.ascontiguousarray(samples, dtype=np.float32), options)
    return tuple(
        Span(
            start_ms=RecordingMs(stretch["start"] * 1000 // SAMPLE_RATE_HZ),
            end_ms=RecordingMs(min(stretch["end"], len(samples)) * 1000 // SAMPLE_RATE_HZ),
        )
        for stretch in stretches
    )
