"""One of several microphones, gated to its own speaker: the rest of it is attenuated, so that no
voice is in two of them.
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
# Whisper hears everything down to 80 dB under the loudest sound of its window: bleed, 10 dB and
# more under the voice, is brought below that.
CLOSED_DB = -70.0
# A microphone is open this long before its speaker begins and after the end; milliseconds.
BEFORE_MS = 60
AFTER_MS = 180
# How long opening and closing take.
FADE_MS = 20


def read_gated_channels(
    recording: Path,
    channels: int,
    spans: Sequence[OpenSpan],
    wanted: Sequence[tuple[int, Span]],
    progress: Progress = no_progress,
) -> list[NDArray[np.float32]]:
    """The wanted stretches, each of one microphone while its own speaker speaks, at 16 kHz.

    One pass over the recording; what is not wanted is not kept.

    :param channels: how many microphones its first sound track has.
    :param spans: who speaks into which.
    :param wanted: microphones and stretches of the recording.
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
        # The stretches overlap in time, so each chunk is copied into all of them that contain a
        # part of it.
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
    """By what each sample of a stretch is multiplied."""
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
