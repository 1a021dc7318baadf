"""Voice activity detection before transcription, so that silence and jingles yield no text.

The detector is Silero's, from faster-whisper; it runs at 500 times real time on one core and needs
no torch. It relies on the voice's fundamental, which a telephone removes, and on the level: on a
telephone line it missed half of a guest's speech. So it is also run on the sound at one level, with
the fundamental restored from its overtones; if that finds clearly more speech, it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from studio.model.clock import RecordingMs, Span
from studio.speech.chunks import MAX_DURATION_MS

# Sample rate of Silero's network and Whisper.
SAMPLE_RATE_HZ = 16_000
# Threshold of Silero's speech probability (0 to 1, per 32 ms): its authors' default. A stretch
# continues down to 0.15 below it.
SPEECH_THRESHOLD = 0.5
# A pause of this length ends a stretch. Shorter ones are stops inside words.
MIN_PAUSE_MS = 160
# Minimum length of speech: a cough or a click is shorter.
MIN_VOICE_MS = 120
# Padding on each side: the detector starts a syllable late and ends a syllable early.
PADDING_MS = 200
# The band of a telephone, and the band of the fundamental and the first overtones that it removes.
LINE_HZ = (300, 3400)
FUNDAMENTAL_HZ = (70, 300)
# The gain of the restored fundamental; twice recovers 95 % of the missed speech and adds nothing on
# good recordings.
FUNDAMENTAL_GAIN = 2.0
# The RMS level of speech for the detector.
DETECTED_LEVEL = 0.1
# The original sound is rejected if the restored one has this many times as much speech.
CLEARLY_MORE = 1.03
# Levels are measured over tenths of a second.
LEVEL_FRAME = SAMPLE_RATE_HZ // 10
# Filtered in blocks, so that a long recording takes little memory; overlaps at their edges are cut
# off.
BLOCK_S = 30
EDGE_S = 0.25
# The detector takes three times the memory of its samples: 0.8 GB for an hour in one piece. So a
# long recording is cut into pieces at detected pauses.
PIECE_S = 300
# Speech that ends closer to the end of a piece may continue after it.
PIECE_EDGE_S = 2
# The silence before the first speech of the next piece, if there is as much.
LEAD_IN_S = 1
# Number of samples per decision of the detector: pieces begin on this grid, so that times do not
# depend on where a recording is cut.
FRAME = 512


def voice_from_samples(samples: NDArray[np.float32]) -> tuple[Span, ...]:
    """The stretches with speech, ascending, without overlap, none longer than one window of
    Whisper.

    :param samples: mono, 16 kHz, −1 to 1.
    """
    if not len(samples):
        return ()
    plain = np.ascontiguousarray(samples, dtype=np.float32)
    gain = np.float32(_restored_gain(plain))
    as_it_is = _detected(plain, lambda piece: piece)
    restored = _detected(plain, lambda piece: gain * np.concatenate([*_restored(piece)]))
    return restored if _total_ms(restored) > CLEARLY_MORE * _total_ms(as_it_is) else as_it_is


def _total_ms(stretches: Sequence[Span]) -> int:
    return sum(span.end_ms - span.start_ms for span in stretches)


def _detected(
    samples: NDArray[np.float32], prepare: Callable[[NDArray[np.float32]], NDArray[np.float32]]
) -> tuple[Span, ...]:
    """The stretches of speech in a recording.

    :param prepare: converts a piece of it to the detector's input.
    """
    found: list[tuple[int, int]] = []
    start = 0
    while start < len(samples):
        piece = samples[start : start + PIECE_S * SAMPLE_RATE_HZ]
        stretches = [(start + first, start + last) for first, last in _stretches(prepare(piece))]
        end = start + len(piece)
        if end < len(samples):
            # The next piece begins in the pause before speech that may continue after this one.
            edge = end - PIECE_EDGE_S * SAMPLE_RATE_HZ
            begun = min((first for first, last in stretches if last > edge), default=edge)
            stretches = [one for one in stretches if one[1] <= edge]
            pause = stretches[-1][1] if stretches else start
            end = max((pause + begun) // 2, begun - LEAD_IN_S * SAMPLE_RATE_HZ) // FRAME * FRAME
        found += stretches
        start = end
    return tuple(
        Span(
            start_ms=RecordingMs(first * 1000 // SAMPLE_RATE_HZ),
            end_ms=RecordingMs(last * 1000 // SAMPLE_RATE_HZ),
        )
        for first, last in found
    )


def _stretches(samples: NDArray[np.float32]) -> Iterator[tuple[int, int]]:
    """The first sample of each stretch of speech, and the one after its last."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(
        threshold=SPEECH_THRESHOLD,
        min_silence_duration_ms=MIN_PAUSE_MS,
        min_speech_duration_ms=MIN_VOICE_MS,
        max_speech_duration_s=MAX_DURATION_MS / 1000,
        speech_pad_ms=PADDING_MS,
    )
    for stretch in get_speech_timestamps(samples, options):
        yield stretch["start"], min(stretch["end"], len(samples))


def _restored(samples: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    """The sound with the voice's fundamental restored from its overtones, block by block."""
    block, edge = BLOCK_S * SAMPLE_RATE_HZ, round(EDGE_S * SAMPLE_RATE_HZ)
    for start in range(0, len(samples), block):
        first, end = max(0, start - edge), min(len(samples), start + block)
        part = samples[first : end + edge].astype(np.float64)
        # Half-wave rectification restores the fundamental of the overtones.
        fundamental = _band(np.maximum(_band(part, LINE_HZ), 0.0), FUNDAMENTAL_HZ)
        restored = (part + FUNDAMENTAL_GAIN * fundamental)[start - first : end - first]
        yield restored.astype(np.float32)


def _restored_gain(samples: NDArray[np.float32]) -> float:
    """The gain with which the speech of the restored sound has ``DETECTED_LEVEL``."""
    powers = []
    for block in _restored(samples):
        frames = block[: len(block) // LEVEL_FRAME * LEVEL_FRAME].reshape(-1, LEVEL_FRAME)
        powers.append(np.einsum("ij,ij->i", frames, frames) / LEVEL_FRAME)
    power = np.concatenate(powers)
    # Frames above the mean level are speech; rounding may put the mean of equal levels above them.
    loud = power[power >= min(power.mean(), power.max())] if power.any() else power[:0]
    return DETECTED_LEVEL / float(np.sqrt(loud.mean())) if loud.size else 1.0


def _band(samples: NDArray[np.float64], band_hz: tuple[int, int]) -> NDArray[np.float64]:
    """The sound between two frequencies."""
    hz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE_HZ)
    inside = (hz >= band_hz[0]) & (hz <= band_hz[1])
    return np.fft.irfft(np.where(inside, np.fft.rfft(samples), 0), len(samples))
