"""Detect voices on a telephone line: they have nothing above 3.4 kHz (ITU-T G.712), and a network
trained on full-band voices harms them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.model.clock import RecordingMs, Span
from studio.model.voices import VoiceSpan

RATE_HZ = 16_000
FRAME_SAMPLES = RATE_HZ // 10
# The telephone band, and the band of sibilants.
CARRIED_HZ, SIBILANT_HZ = (300, 3400), (4200, 7000)
# Only the loudest 10 % of a voice's frames count, in each band.
LOUDEST_SHARE = 0.1
# The level of sibilants relative to the telephone band in dB, below which they are missing. Voices
# of 21 recordings: three telephones −29, −37 and −41, all 44 others −7 to −23.
LOST_DB = -26.0
# Fewer frames of a voice than this are not enough.
FEWEST_FRAMES = 20
MIN_POWER = 1e-12


def telephone_voices(samples: NDArray[np.float32], spans: Sequence[VoiceSpan]) -> dict[int, float]:
    """The voices on a telephone line, each with the level of its sibilants in dB below the rest.

    :param samples: the recording, mono, 16 kHz.
    :param spans: which voice speaks when.
    """
    found = {}
    for voice in sorted({span.voice for span in spans}):
        level_db = _sibilants_db(samples, [span for span in spans if span.voice == voice])
        if level_db is not None and level_db < LOST_DB:
            found[voice] = round(level_db, 1)
    return found


def telephone_spans(
    voices: Sequence[int] | dict[int, float], spans: Sequence[VoiceSpan], duration_ms: int
) -> tuple[Span, ...]:
    """The spans of these voices: from their first word to the first one of another voice."""
    stretches: list[Span] = []
    ordered = sorted(spans, key=lambda span: span.start_ms)
    for place, span in enumerate(ordered):
        if span.voice not in voices:
            continue
        following = ordered[place + 1].start_ms if place + 1 < len(ordered) else duration_ms
        end_ms = RecordingMs(max(span.end_ms, following))
        if stretches and stretches[-1].end_ms >= span.start_ms:
            stretches[-1] = Span(
                start_ms=stretches[-1].start_ms,
                end_ms=RecordingMs(max(stretches[-1].end_ms, end_ms)),
            )
        else:
            stretches.append(Span(start_ms=span.start_ms, end_ms=end_ms))
    return tuple(stretches)


def _sibilants_db(samples: NDArray[np.float32], spans: Sequence[VoiceSpan]) -> float | None:
    """The level of the loudest sibilants relative to the loudest vowels; None: too little
    speech.
    """
    window = np.hanning(FRAME_SAMPLES).astype(np.float32)
    hz = np.fft.rfftfreq(FRAME_SAMPLES, 1 / RATE_HZ)
    bands = [(hz >= low) & (hz < high) for low, high in (CARRIED_HZ, SIBILANT_HZ)]
    powers: list[list[float]] = [[], []]
    for span in spans:
        start, end = (edge * RATE_HZ // 1000 for edge in (span.start_ms, span.end_ms))
        said = samples[start:end]
        frames = said[: len(said) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
        spectrum = np.abs(np.fft.rfft(frames * window)) ** 2
        for place, band in enumerate(bands):
            powers[place] += spectrum[:, band].sum(axis=1).tolist()
    if len(powers[0]) < FEWEST_FRAMES:
        return None
    count = max(1, round(LOUDEST_SHARE * len(powers[0])))
    carried, sibilant = (float(np.sort(found)[-count:].mean()) + MIN_POWER for found in powers)
    return float(10 * np.log10(sibilant / carried))
