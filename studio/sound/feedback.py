"""Detect feedback: howling of a loudspeaker and a microphone at one frequency."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FRAME_MS = 250
# The minimum share of one frequency (three bins of 4 Hz) in all energy above 200 Hz (where mains
# hum is weak) for two seconds: voices have overtones, and move; notes of the jingles in 21
# interviews last 1.3 s at most.
MIN_HZ = 200
MIN_SHARE = 0.6
MIN_DURATION_MS = 2000
# Below this level (RMS, −40 dBFS) it does not disturb.
SOFTEST = 0.01


class FeedbackTone(NamedTuple):
    """A single tone in one microphone.

    :param microphone: from 0.
    """

    microphone: int
    frequency_hz: int
    start_ms: int
    end_ms: int


class FeedbackFinder:
    """Processes the microphones' audio chunk by chunk in constant memory.

    :param channels: number of microphones.
    """

    def __init__(self, channels: int, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._size = rate_hz * FRAME_MS // 1000
        self._rest = np.zeros((0, channels), np.float32)
        self._window = np.hanning(self._size).astype(np.float32)[:, None]
        self._frame = 0
        # For each microphone the bin of the current tone, and its first frame.
        self._sounding: list[tuple[int, int] | None] = [None] * channels
        self._howls: list[FeedbackTone] = []

    def feed(self, chunk: NDArray[np.float32]) -> None:
        """Add samples, shape (samples, channels)."""
        self._rest = np.concatenate((self._rest, chunk))
        while len(self._rest) >= self._size:
            frame, self._rest = self._rest[: self._size], self._rest[self._size :]
            powers = np.square(np.abs(np.fft.rfft(frame * self._window, axis=0)))
            for one in range(frame.shape[1]):
                self._follow(one, _tone_bin(frame[:, one], powers[:, one], self._rate_hz))
            self._frame += 1

    def _follow(self, microphone: int, found: int | None) -> None:
        sounding = self._sounding[microphone]
        if sounding is not None and (found is None or abs(found - sounding[0]) > 1):
            self._end(microphone, *sounding)
            sounding = None
        if found is not None and sounding is None:
            sounding = (found, self._frame)
        self._sounding[microphone] = sounding

    def _end(self, microphone: int, place: int, began: int) -> None:
        start_ms, end_ms = began * FRAME_MS, self._frame * FRAME_MS
        if end_ms - start_ms >= MIN_DURATION_MS:
            self._howls.append(FeedbackTone(microphone, place * 1000 // FRAME_MS, start_ms, end_ms))

    def found(self) -> tuple[FeedbackTone, ...]:
        """All detected feedback tones, in order."""
        for microphone, sounding in enumerate(self._sounding):
            if sounding is not None:
                self._end(microphone, *sounding)
                self._sounding[microphone] = None
        return tuple(sorted(self._howls, key=lambda howl: howl.start_ms))


def _tone_bin(frame: NDArray[np.float32], powers: NDArray[np.floating], rate_hz: int) -> int | None:
    """The bin of the single tone of a frame, or None."""
    if float(np.sqrt(np.square(frame).mean())) < SOFTEST:
        return None
    lowest = MIN_HZ * len(frame) // rate_hz
    place = lowest + int(np.argmax(powers[lowest:]))
    alone = float(powers[max(lowest, place - 1) : place + 2].sum())
    return place if alone > MIN_SHARE * float(powers[lowest:].sum()) else None
