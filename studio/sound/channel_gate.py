"""Gate a microphone to its own speaker: the rest is attenuated, so that no voice is in two
microphones.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.model.clock import Span
from studio.model.microphones import OpenSpan
from studio.progress import Progress, no_progress
from studio.sound.ffmpeg import TrackDecoding

RATE_HZ = 16_000
# Whisper's dynamic range is 80 dB below the maximum of its window: bleed, 10 dB and more below the
# voice, is attenuated below that.
CLOSED_DB = -70.0
# How long a microphone opens before its speaker starts and stays open after the end, in ms.
BEFORE_MS = 60
AFTER_MS = 180
# The duration of opening and closing.
FADE_MS = 20


def read_gated_channels(
    recording: Path,
    channels: int,
    spans: Sequence[OpenSpan],
    wanted: Sequence[tuple[int, Span]],
    progress: Progress = no_progress,
) -> list[NDArray[np.float32]]:
    """Read the wanted spans, each from one microphone while its own speaker speaks, at 16 kHz.

    A single pass over the recording; other audio is discarded.

    :param channels: how many microphones its first sound track has.
    :param spans: who speaks into which.
    :param wanted: microphones and spans of the recording.
    :raises RecordingError: it cannot be decoded.
    """
    # (microphone, first sample, last sample) at 16 kHz.
    places = [
        (microphone, *(edge * RATE_HZ // 1000 for edge in (span.start_ms, span.end_ms)))
        for microphone, span in wanted
    ]
    sounds = [np.zeros(end - start, np.float32) for _, start, end in places]
    last = max((end for _, _, end in places), default=0)
    done = 0
    with TrackDecoding(recording, track=0, sample_rate_hz=RATE_HZ, channels=channels) as decoding:
        # Spans may overlap, so each chunk is copied into all that contain a part of it.
        for chunk in decoding:
            for sound, (microphone, start, end) in zip(sounds, places, strict=True):
                first, until = max(start, done), min(end, done + len(chunk))
                if first < until:
                    sound[first - start : until - start] = chunk[
                        first - done : until - done, microphone
                    ]
            done += len(chunk)
            progress(min(done, last), last)
            if done >= last:
                break
    return [
        (sound * _gate(microphone, span, spans, len(sound))).astype(np.float32)
        for sound, (microphone, span) in zip(sounds, wanted, strict=True)
    ]


def _gate(
    microphone: int, span: Span, spans: Sequence[OpenSpan], length: int
) -> NDArray[np.float64]:
    """The gain of each sample of a span."""
    gate = np.full(length, 10 ** (CLOSED_DB / 20))
    for one in spans:
        if one.microphone != microphone:
            continue
        start = (one.start_ms - BEFORE_MS - span.start_ms) * RATE_HZ // 1000
        end = (one.end_ms + AFTER_MS - span.start_ms) * RATE_HZ // 1000
        if end > 0 and start < length:
            gate[max(0, start) : end] = 1.0
    fade = np.hanning(FADE_MS * RATE_HZ // 1000 + 2)[1:-1]
    return np.convolve(np.pad(gate, len(fade) // 2, "edge"), fade / fade.sum(), "same")[
        len(fade) // 2 : len(fade) // 2 + length
    ]
