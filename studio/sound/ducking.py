"""Place intro and closing music in the episode: alone at both ends, and ducked under speech.

Only the jingles (some seconds) are entirely in memory; speech is streamed and mixed with them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.model.clock import Programme
from studio.sound.gain import factors_from_db, sample_factors
from studio.sound.jingle import audio_segment
from studio.sound.loudness_analysis import LoudnessAnalysis
from studio.sound.programme import render_jingle, samples_from_ms

# Alone, music is as loud as the speech; under speech it is quieter by this much. Broadcasters use
# 15 to 20 dB.
DUCK_DB = 18.0
# Music is ducked before the first word and raised after the last one.
RAMP_MS = 300
# pydub moves the gain sample by sample in fades of 100 ms at most, in longer ones only every
# millisecond.
STEP_MS = 100
SILENCE_DB = -120.0
# Headroom above the highest sample, so that no integer fade can clip.
MAX_INTEGER = 2**30


@dataclasses.dataclass(frozen=True)
class PlacedJingle:
    """An opening or a closing in the episode.

    :param samples: shape (samples, channels).
    :param start: the sample of the episode at which it begins.
    :param alone: its samples without speech: its start or its end.
    """

    samples: NDArray[np.float32]
    start: int
    alone: range

    @property
    def apart(self) -> PlacedJingle:
        """The part that plays without speech."""
        return self._part(self.alone)

    @property
    def under(self) -> PlacedJingle:
        """The part that plays under speech; may be empty."""
        end = len(self.samples)
        return self._part(
            range(self.alone.stop, end) if self.alone.stop < end else range(self.alone.start)
        )

    def _part(self, of: range) -> PlacedJingle:
        return PlacedJingle(
            samples=self.samples[of.start : of.stop],
            start=self.start + of.start,
            alone=range(len(of)),
        )


def place_jingles(
    opening: Path | None,
    closing: Path | None,
    programme: Programme,
    *,
    sample_rate_hz: int,
    channels: int,
) -> tuple[PlacedJingle, ...]:
    """Opening and closing, if any, at their positions in the programme, ducked under speech.

    :raises RecordingError: one cannot be read, or its duration differs from the programme's.
    """
    shape = {"sample_rate_hz": sample_rate_hz, "channels": channels}
    placed = []
    if opening is not None:
        samples = render_jingle(
            opening, programme.opening_ms + programme.opening_overlap_ms, **shape
        )
        samples = duck_end(samples, programme.opening_ms, sample_rate_hz=sample_rate_hz)
        alone = range(samples_from_ms(programme.opening_ms, sample_rate_hz))
        placed.append(PlacedJingle(samples=samples, start=0, alone=alone))
    if closing is not None:
        samples = render_jingle(
            closing, programme.closing_ms + programme.closing_overlap_ms, **shape
        )
        # The closing is processed like the opening, reversed in time.
        samples = duck_end(samples[::-1], programme.closing_ms, sample_rate_hz=sample_rate_hz)[::-1]
        under = len(samples) - samples_from_ms(programme.closing_ms, sample_rate_hz)
        start = (
            samples_from_ms(programme.duration_ms - programme.closing_ms, sample_rate_hz) - under
        )
        placed.append(PlacedJingle(samples=samples, start=start, alone=range(under, len(samples))))
    return tuple(placed)


def duck_end(
    samples: NDArray[np.float32], alone_ms: int, *, sample_rate_hz: int
) -> NDArray[np.float32]:
    """Duck music by :data:`DUCK_DB` in the :data:`RAMP_MS` before ``alone_ms``, and fade it out at
    its end.

    If the ducked part is louder than the part alone, it is ducked by that much more. Music that
    ends at ``alone_ms`` is unchanged.

    :param samples: shape (samples, channels).
    :param alone_ms: at least :data:`RAMP_MS` if more follows.
    """
    alone = samples_from_ms(alone_ms, sample_rate_hz)
    if alone >= len(samples):
        return samples
    # The loudness of the part alone (without the ramp) and of the part under speech.
    apart_lufs, under_lufs = (
        _loudness_lufs(part, sample_rate_hz)
        for part in (samples[: alone - samples_from_ms(RAMP_MS, sample_rate_hz)], samples[alone:])
    )
    depth_db = DUCK_DB + (
        0.0 if apart_lufs is None or under_lufs is None else max(0.0, under_lufs - apart_lufs)
    )
    # pydub uses whole milliseconds: one more, so that rounding does not cut the end.
    length, channels = samples.shape
    padded = np.concatenate(
        (samples, np.zeros((samples_from_ms(1, sample_rate_hz), channels), np.float32))
    )
    # 32-bit integers are pydub's most precise format; peaks above full scale are scaled down first
    # and up again afterwards.
    scale = MAX_INTEGER / max(1.0, float(np.abs(samples).max()))
    music = audio_segment()(
        data=(padded.astype(np.float64) * scale).round().astype("<i4").tobytes(),
        sample_width=4,
        frame_rate=sample_rate_hz,
        channels=channels,
    )
    # A fade of pydub is linear in amplitude; many short ones make a ramp that is linear in dB.
    for start_ms in range(alone_ms - RAMP_MS, alone_ms, STEP_MS):
        music = music.fade(to_gain=-depth_db * STEP_MS / RAMP_MS, start=start_ms, duration=STEP_MS)
    end_ms = round(length * 1000 / sample_rate_hz)
    music = music.fade(to_gain=SILENCE_DB, start=max(alone_ms, end_ms - RAMP_MS), end=end_ms)
    ducked = np.frombuffer(music.raw_data, "<i4").reshape(-1, channels)[:length]
    return (ducked / scale).astype(np.float32)


def _loudness_lufs(samples: NDArray[np.float32], sample_rate_hz: int) -> float | None:
    analysis = LoudnessAnalysis(sample_rate_hz, samples.shape[1])
    analysis.feed(samples)
    analysis.close()
    return analysis.loudness_lufs()


def hold_level(
    jingle: PlacedJingle, passages_db: NDArray[np.float32], analysis: LoudnessAnalysis
) -> PlacedJingle:
    """Compensate the gain of the speech, so that the jingle under speech keeps the gain that it has
    alone.

    :param passages_db: the gain of each cell of the episode, even where the jingle is alone.
    """
    if not len(jingle.under.samples):
        return jingle
    apart = jingle.apart
    own_db = passages_db[(apart.start + len(apart.samples) // 2) // analysis.cell_samples]
    there = sample_factors(
        factors_from_db(passages_db), analysis.cell_samples, jingle.start, len(jingle.samples)
    )
    return dataclasses.replace(
        jingle, samples=jingle.samples * (factors_from_db(own_db) / there)[:, None]
    )


def mix_jingles(
    chunks: Iterable[NDArray[np.float32]], jingles: Sequence[PlacedJingle]
) -> Iterator[NDArray[np.float32]]:
    """The episode's chunks, shape (samples, channels), with the jingles in them."""
    place = 0
    for chunk in chunks:
        mixed = chunk
        for jingle in jingles:
            first, last = (
                max(place, jingle.start),
                min(place + len(chunk), jingle.start + len(jingle.samples)),
            )
            if first < last:
                mixed = mixed.copy() if mixed is chunk else mixed
                mixed[first - place : last - place] += jingle.samples[
                    first - jingle.start : last - jingle.start
                ]
        yield mixed
        place += len(chunk)
