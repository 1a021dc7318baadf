"""Raise quiet speakers to the level of the others before recognition.

Whisper normalises by the loudest moment of half a minute and transcribes only prominent speech. A
guest who is ten decibels softer than the host, in noise, is omitted between the host's questions.
So every stretch of speech is raised to the level of the louder ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.model.clock import Span
from studio.speech.vad import LEVEL_FRAME, SAMPLE_RATE_HZ

# Maximum gain: below that is the room's noise.
MAX_RAISED_DB = 12.0
# Smaller differences are left as they are.
MIN_RAISED_DB = 8.0
# Frames this far below the loudest of a stretch are pauses.
SPEECH_RANGE_DB = 15.0
# The stretches are raised to the level that one in ten exceeds.
REFERENCE_PERCENTILE = 90
# Gain changes are smoothed over this many frames, so that no step is audible.
SMOOTHED_FRAMES = 7


@dataclass(frozen=True)
class GainMatchedSamples:
    """A recording, and the gain in decibels of each tenth of a second of it."""

    samples: NDArray[np.float32]
    raised_db: NDArray[np.float64]

    def part(self, window: Span) -> NDArray[np.float32]:
        """The samples of a window, with all voices at one level; mono, 16 kHz, may exceed ±1."""
        start, end = (edge * SAMPLE_RATE_HZ // 1000 for edge in (window.start_ms, window.end_ms))
        taken = self.samples[start:end]
        middles = np.arange(len(self.raised_db)) * LEVEL_FRAME + LEVEL_FRAME // 2
        gain_db = np.interp(np.arange(start, start + len(taken)), middles, self.raised_db)
        return np.asarray(taken * 10 ** (gain_db / 20), dtype=np.float32)


def match_gain(samples: NDArray[np.float32], voice: Sequence[Span]) -> GainMatchedSamples:
    """Measure the level of each stretch of speech, and the gain that it needs.

    :param samples: mono, 16 kHz.
    :param voice: stretches of speech, ascending; without any, nothing is raised.
    """
    # Number of level frames, rounded up.
    count = max(1, -(-len(samples) // LEVEL_FRAME))
    if not voice:
        return GainMatchedSamples(samples, np.zeros(count))
    power = np.array(
        [
            _power(samples[start : start + LEVEL_FRAME])
            for start in range(0, len(samples), LEVEL_FRAME)
        ]
    )
    frames_db = 10 * np.log10(power + 1e-12)
    # Softer stretches are raised towards the louder ones.
    places = [_frames(span, count) for span in voice]
    stretches_db = [_level_db(frames_db[first:end]) for first, end in places]
    reference_db = np.percentile(stretches_db, REFERENCE_PERCENTILE)
    total_db, stretches = np.zeros(count), np.zeros(count)
    for (first, end), level_db in zip(places, stretches_db, strict=True):
        softer_db = reference_db - level_db
        total_db[first:end] += 0.0 if softer_db < MIN_RAISED_DB else min(softer_db, MAX_RAISED_DB)
        stretches[first:end] += 1
    # Between stretches, and where they overlap, the gain is interpolated.
    spoken = np.flatnonzero(stretches)
    raised_db = np.interp(np.arange(count), spoken, total_db[spoken] / stretches[spoken])
    # Smoothed with a Hann window of unit sum; the edges are padded so that the first and last
    # frames are not pulled towards zero.
    around = np.hanning(SMOOTHED_FRAMES + 2)[1:-1]
    padded = np.pad(raised_db, SMOOTHED_FRAMES // 2, "edge")
    return GainMatchedSamples(samples, np.convolve(padded, around / around.sum(), "valid"))


def _frames(span: Span, count: int) -> tuple[int, int]:
    """The first frame of a stretch, and the one after its last; one frame at least."""
    first = min(span.start_ms * SAMPLE_RATE_HZ // 1000 // LEVEL_FRAME, count - 1)
    return first, max(first + 1, span.end_ms * SAMPLE_RATE_HZ // 1000 // LEVEL_FRAME)


def _level_db(frames_db: NDArray[np.float64]) -> float:
    """The level of the speech in a stretch, without its pauses."""
    loud = frames_db[frames_db > frames_db.max() - SPEECH_RANGE_DB]
    return float(10 * np.log10(np.mean(10 ** (loud / 10))))


def _power(frame: NDArray[np.float32]) -> float:
    return float(np.mean(np.square(frame, dtype=np.float64)))
