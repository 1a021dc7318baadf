"""Joints in real speech, wherever a person cuts: no click, and every moment at its own time. Clicks
are measured, not believed.
"""

from __future__ import annotations

import functools
import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from support.made_sounds import decoded, real_speech

from studio.model.clock import Programme, RecordingMs, Span
from studio.model.sound import FIRST_TRACK
from studio.sound.programme import render_speech

RATE_HZ = 48_000
SECONDS = 20
MS = RATE_HZ // 1000
# A click is a step: it has all frequencies at once, where speech has hardly any above this.
CLICK_HZ = 4_000
WINDOW = 5 * MS
AROUND = 60 * MS
# A joint of Studio's stays under what is around it; a hard one may stand 12 dB above.
CLICK_DB = 3.0
FAINTEST = 1e-4


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return real_speech(tmp_path_factory.mktemp("joints"), SECONDS)


@functools.cache
def _high_pass() -> NDArray[np.float64]:
    """A filter's impulse response, short enough not to smear a click over more than a millisecond
    and a half.
    """
    places = np.arange(-32, 33)
    low = (
        2 * CLICK_HZ / RATE_HZ * np.sinc(2 * CLICK_HZ / RATE_HZ * places) * np.hamming(len(places))
    )
    response: NDArray[np.float64] = (places == 0) - low / low.sum()
    return response


def high_level(samples: NDArray[np.float32], place: int) -> float:
    """The RMS above 4 kHz of the 5 ms around a place."""
    part = samples[max(0, place - WINDOW // 2 - 64) : place + WINDOW // 2 + 64]
    return float(np.sqrt(np.mean(np.square(np.convolve(part, _high_pass(), "valid")))))


def click_db(
    joined: NDArray[np.float32], place: int, source: NDArray[np.float32], before: int, after: int
) -> float:
    """How far a joint stands above the loudest 5 ms of the 60 ms on either side of both cuts in the
    source: what neither side has.

    :param before: where the source was left.
    :param after: where it continues.
    """
    sides = [
        (before, range(-AROUND, WINDOW, WINDOW // 2)),
        (after, range(-WINDOW, AROUND, WINDOW // 2)),
    ]
    around = [
        high_level(source, cut + distance) for cut, distances in sides for distance in distances
    ]
    return 20 * float(np.log10(max(high_level(joined, place), FAINTEST) / max(FAINTEST, *around)))


def cut(
    speech: Path, start_ms: int, end_ms: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The speech without a passage, joined by Studio and joined hard."""
    kept = ((0, start_ms), (end_ms, SECONDS * 1000))
    programme = Programme(
        kept=tuple(
            Span(start_ms=RecordingMs(start), end_ms=RecordingMs(end)) for start, end in kept
        )
    )
    joined = np.concatenate(
        list(render_speech(speech, programme, sample_rate_hz=RATE_HZ, channels=1, mix=FIRST_TRACK))
    )[:, 0]
    source = whole(speech)
    return joined, np.concatenate((source[: start_ms * MS], source[end_ms * MS :]))


@functools.cache
def whole(speech: Path) -> NDArray[np.float32]:
    """The speech as it is."""
    programme = Programme(kept=(Span(start_ms=RecordingMs(0), end_ms=RecordingMs(SECONDS * 1000)),))
    return np.concatenate(
        list(render_speech(speech, programme, sample_rate_hz=RATE_HZ, channels=1, mix=FIRST_TRACK))
    )[:, 0]


@given(start_ms=st.integers(500, 15_000), length_ms=st.integers(1, 4_000))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_cut_clicks_and_every_moment_keeps_its_time(
    speech: Path, start_ms: int, length_ms: int
) -> None:
    joined, hard = cut(speech, start_ms, start_ms + length_ms)
    place = start_ms * MS
    assert click_db(joined, place, whole(speech), place, place + length_ms * MS) <= CLICK_DB
    assert len(joined) == len(hard)
    # 2.5 ms before and after the joint, and everywhere else, it is the recording, sample by sample.
    away = np.abs(np.arange(len(joined)) - place) > WINDOW // 2 + 1
    assert np.array_equal(joined[away], hard[away])


@pytest.mark.slow
def test_hard_cuts_do_click(speech: Path) -> None:
    """So the measure hears clicks, and the fades are what takes them away."""
    joined: list[float] = []
    hard: list[float] = []
    for start_ms in range(2000, 15_000, 217):
        place, length = start_ms * MS, 1234 * MS
        for clicks, sound in zip(
            (joined, hard), cut(speech, start_ms, start_ms + 1234), strict=True
        ):
            clicks.append(click_db(sound, place, whole(speech), place, place + length))
    assert max(hard) > CLICK_DB + 6
    assert sum(click > CLICK_DB for click in hard) >= 3
    assert max(joined) <= CLICK_DB
    assert sum(joined) < sum(hard)


def test_the_measure_hears_a_step() -> None:
    place = RATE_HZ // 2
    sine = (0.1 * np.sin(np.arange(RATE_HZ) / 100)).astype(np.float32)
    assert click_db(sine, place, sine, place, place) <= 0
    step = sine + 0.05 * (np.arange(RATE_HZ) >= place)
    assert click_db(step.astype(np.float32), place, sine, place, place) > 20


def test_joints_in_the_decoded_mp3_do_not_click(speech: Path, tmp_path: Path) -> None:
    from studio.sound.mastering import master_recording
    from studio.sound.recording import inspect_recording

    edges = [0, 3000, 4111, 7777, 7900, 11_003, 12_500, 20_000]
    kept = tuple(
        Span(start_ms=RecordingMs(start), end_ms=RecordingMs(end))
        for start, end in zip(edges[::2], edges[1::2], strict=True)
    )
    programme = Programme(kept=kept)
    made = master_recording(speech, inspect_recording(speech), programme, tmp_path / "m.mp3")
    heard = decoded(tmp_path / "m.mp3", rate_hz=made.sample_rate_hz)[:, 0]
    gain = 10 ** (made.gain_db / 20)
    assert made.sample_rate_hz == RATE_HZ
    for one, other in itertools.pairwise(kept):
        place = programme.programme_from_recording(other.start_ms) * MS
        assert (
            click_db(
                heard / np.float32(gain), place, whole(speech), one.end_ms * MS, other.start_ms * MS
            )
            <= CLICK_DB
        )
