"""Voice activity detection before transcription, so that silence and jingles yield no text.

The detector is Silero's, as faster-whisper carries it; it runs at 500 times real time on one core
and needs no torch. It looks for the voice's fundamental, which a telephone takes away, and it
depends on the level: on a telephone line it missed half of what a guest said. So it also gets the
sound at one level, with the fundamental restored from the overtones, as the ear does; if that finds
clearly more, it is used.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.model.clock import RecordingMs, Span
from studio.speech.chunks import MAX_DURATION_MS

# What Silero's network and Whisper take.
SAMPLE_RATE_HZ = 16_000
# From this probability of speech on (0 to 1, of 32 ms of sound) Silero's network hears a voice: its
# authors' default. A stretch continues down to 0.15 below it.
SPEECH_THRESHOLD = 0.5
# A pause of this length ends a stretch. Shorter ones are stops inside words.
MIN_PAUSE_MS = 160
# A cough or a click is shorter.
MIN_VOICE_MS = 120
# The detector reports a syllable late and leaves a syllable early: what is added on each side.
PADDING_MS = 200
# What a telephone leaves of a voice, and where the fundamental and the first overtones lie that it
# takes away.
LINE_HZ = (300, 3400)
FUNDAMENTAL_HZ = (70, 300)
# The gain of the restored fundamental; twice recovers 95 % of the missed speech and adds nothing on
# good recordings.
FUNDAMENTAL_GAIN = 2.0
# The root mean square of speech that the detector is given.
DETECTED_LEVEL = 0.1
# The sound as it is missed a voice where the other has this many times as much of it.
CLEARLY_MORE = 1.03
# Levels are measured over tenths of a second.
LEVEL_FRAME = SAMPLE_RATE_HZ // 10
# Filtered in blocks, so that a long recording takes little memory; what rings over their edges is
# cut off.
BLOCK_S = 30
EDGE_S = 0.25


def voice_from_samples(samples: NDArray[np.float32]) -> tuple[Span, ...]:
    """The stretches with speech, ascending, without overlap, none longer than one window of
    Whisper.

    :param samples: mono, 16 kHz, −1 to 1.
    """
    if not len(samples):
        return ()
    plain = np.ascontiguousarray(samples, dtype=np.float32)
    as_it_is, made_anew = _detected(plain), _detected(_for_detector(plain))
    return made_anew if _total_ms(made_anew) > CLEARLY_MORE * _total_ms(as_it_is) else as_it_is


def _total_ms(stretches: Sequence[Span]) -> int:
    return sum(span.end_ms - span.start_ms for span in stretches)


def _detected(samples: NDArray[np.float32]) -> tuple[Span, ...]:
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(
        threshold=SPEECH_THRESHOLD,
        min_silence_duration_ms=MIN_PAUSE_MS,
        min_speech_duration_ms=MIN_VOICE_MS,
        max_speech_duration_s=MAX_DURATION_MS / 1000,
        speech_pad_ms=PADDING_MS,
    )
    return tuple(
        Span(
            start_ms=RecordingMs(stretch["start"] * 1000 // SAMPLE_RATE_HZ),
            end_ms=RecordingMs(min(stretch["end"], len(samples)) * 1000 // SAMPLE_RATE_HZ),
        )
        for stretch in get_speech_timestamps(samples, options)
    )


def _for_detector(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The sound with the voice's fundamental restored from its overtones, its speech at
    ``DETECTED_LEVEL``.
    """
    whole = np.empty(len(samples), dtype=np.float32)
    block, edge = BLOCK_S * SAMPLE_RATE_HZ, round(EDGE_S * SAMPLE_RATE_HZ)
    for start in range(0, len(samples), block):
        first, end = max(0, start - edge), min(len(samples), start + block)
        part = samples[first : end + edge].astype(np.float64)
        # Cut at zero, a voice has the frequency again that all its overtones share.
        fundamental = _band(np.maximum(_band(part, LINE_HZ), 0.0), FUNDAMENTAL_HZ)
        whole[start:end] = (part + FUNDAMENTAL_GAIN * fundamental)[start - first : end - first]
    frames = whole[: len(whole) // LEVEL_FRAME * LEVEL_FRAME].reshape(-1, LEVEL_FRAME)
    power = np.einsum("ij,ij->i", frames, frames) / LEVEL_FRAME
    # Speech is what is louder than the mean of it and its pauses; rounding may put the mean of one
    # level above it.
    loud = power[power >= min(power.mean(), power.max())] if power.any() else power[:0]
    if loud.size:
        whole *= DETECTED_LEVEL / float(np.sqrt(loud.mean()))
    return whole


def _band(samples: NDArray[np.float64], band_hz: tuple[int, int]) -> NDArray[np.float64]:
    """The sound between two frequencies."""
    hz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE_HZ)
    inside = (hz >= band_hz[0]) & (hz <= band_hz[1])
    return np.fft.irfft(np.where(inside, np.fft.rfft(samples), 0), len(samples))
