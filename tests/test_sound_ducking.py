"""Music under speech: the clock stays exact, the words stay clear, the music stays audible, and
nothing clicks.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from support.made_sounds import Samples, convert, decoded, speechlike, tone, write_wav

from studio.errors import WorkspaceError
from studio.model.clock import Programme, RecordingMs
from studio.model.episode import Cut, EpisodeSound
from studio.model.programme import overlaps_ms, programme_from_facts
from studio.model.show import ShowSound
from studio.model.sound import Loudness, MasterFacts, RecordingFacts, SpeakerTurn
from studio.sound.ducking import (
    DUCK_DB,
    RAMP_MS,
    PlacedJingle,
    duck_end,
    hold_level,
    mix_jingles,
    place_jingles,
)
from studio.sound.gain import GainCurve
from studio.sound.loudness import measure_file
from studio.sound.loudness_analysis import LoudnessAnalysis
from studio.sound.mastering import master_recording
from studio.sound.programme import read_jingle_ms, render_jingle
from studio.sound.recording import inspect_recording

RATE_HZ = 44_100  # milliseconds are no whole samples
MUSIC_HZ = 5000.0  # speechlike has nothing but noise there
OPENING_MS, CLOSING_MS = 6001, 5003
OPENING_OVERLAP_MS, CLOSING_OVERLAP_MS = 4001, 2999
# Bursts in the recording while a person pauses, under both beds.
BURSTS_MS = (1503, 9507)
CUT = Cut(start_ms=RecordingMs(5001), end_ms=RecordingMs(5508))


class Made(NamedTuple):
    programme: Programme
    facts: MasterFacts
    heard: NDArray[np.float32]
    path: Path


def whole(recording: RecordingFacts, **jingles: int) -> Programme:
    return programme_from_facts(
        recording, sound=EpisodeSound(trim=False), cuts=(CUT,), where="episode.toml", **jingles
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A soft guest, a loud host, the guest again; each bed lies under both of them. Heard once,
    decoded once.
    """
    folder = tmp_path_factory.mktemp("ducking")
    levels_db = ((-32.0, 0, 2.5), (-18.0, 2.5, 8.5), (-32.0, 8.5, 11.0))
    sound = np.concatenate(
        [
            speechlike(end - start, rate_hz=RATE_HZ, level_db=level, seed=3)
            for level, start, end in levels_db
        ]
    )
    for moment_ms in BURSTS_MS:
        middle = round(moment_ms * RATE_HZ / 1000)
        sound[middle - RATE_HZ // 5 : middle + RATE_HZ // 5] = 0
        sound[middle - 22 : middle + 22, 0] = 0.3 * np.sin(np.arange(44)) * np.hanning(44)
    turns = tuple(
        SpeakerTurn(
            speaker=int(level > -20),
            start_ms=RecordingMs(round(1000 * start)),
            end_ms=RecordingMs(round(1000 * end)),
        )
        for level, start, end in levels_db
    )
    recording = write_wav(folder / "a.wav", sound, rate_hz=RATE_HZ)
    opening, closing = (
        convert(
            write_wav(folder / f"{name}.wav", music(ms / 1000), rate_hz=RATE_HZ),
            folder / f"{name}.flac",
        )
        for name, ms in (("opening", OPENING_MS), ("closing", CLOSING_MS))
    )
    facts = inspect_recording(recording)
    programme = whole(
        facts,
        opening_ms=read_jingle_ms(opening),
        closing_ms=read_jingle_ms(closing),
        opening_overlap_ms=OPENING_OVERLAP_MS,
        closing_overlap_ms=CLOSING_OVERLAP_MS,
    )
    target = folder / "m.mp3"
    figures = master_recording(
        recording, facts, programme, target, turns=turns, opening=opening, closing=closing
    )
    return Made(programme, figures, decoded(target, rate_hz=RATE_HZ), target)


def music(seconds: float) -> Samples:
    return tone(seconds, rate_hz=RATE_HZ, hz=MUSIC_HZ, level=0.05)


def measured(path: Path) -> Loudness:
    """By ffmpeg's meter."""
    return measure_file(path, sample_rate_hz=RATE_HZ, channels=1, report=lambda _: None)[0]


def music_db(heard: NDArray[np.float32], start_ms: float, length_ms: int = 500) -> float:
    """How loud the music is in a stretch, whatever else is heard there."""
    start, length = round(start_ms * RATE_HZ / 1000), length_ms * RATE_HZ // 1000
    window = np.hanning(length)
    carrier = np.exp(-2j * np.pi * MUSIC_HZ * np.arange(length) / RATE_HZ)
    return float(
        20
        * np.log10(
            2 * abs(np.sum(heard[start : start + length, 0] * window * carrier)) / window.sum()
        )
    )


def test_the_programme_is_as_much_shorter_as_music_lies_under_speech(made: Made) -> None:
    kept_ms = 11_000 - 507
    assert made.programme.opening_ms == OPENING_MS - OPENING_OVERLAP_MS
    assert (
        made.programme.duration_ms
        == OPENING_MS + kept_ms + CLOSING_MS - OPENING_OVERLAP_MS - CLOSING_OVERLAP_MS
    )
    assert abs(made.facts.duration_ms - made.programme.duration_ms) <= 50


@pytest.mark.parametrize("moment_ms", BURSTS_MS)
def test_each_moment_is_heard_when_the_clock_says(made: Made, moment_ms: int) -> None:
    told_ms = made.programme.programme_from_recording(RecordingMs(moment_ms))
    first = round((told_ms - 180) * RATE_HZ / 1000)
    found = first + int(np.argmax(np.abs(made.heard[first : first + round(0.36 * RATE_HZ), 0])))
    assert abs(found * 1000 / RATE_HZ - told_ms) <= 5
    assert made.programme.recording_from_programme(told_ms) == moment_ms


def test_music_is_loud_alone_and_ducked_under_speech(made: Made) -> None:
    speech_from = made.programme.opening_ms
    speech_to = made.programme.duration_ms - made.programme.closing_ms
    opening_db, closing_db = (
        music_db(made.heard, speech_from - RAMP_MS - 700),
        music_db(made.heard, speech_to + RAMP_MS + 300),
    )
    assert opening_db == pytest.approx(closing_db, abs=1.0)
    # From the first word to where the music fades out, also where a louder speaker takes over.
    for after_ms in range(0, OPENING_OVERLAP_MS - RAMP_MS - 500, 250):
        assert music_db(made.heard, speech_from + after_ms) == pytest.approx(
            opening_db - DUCK_DB, abs=1.5
        ), after_ms
    for before_ms in range(500, CLOSING_OVERLAP_MS - RAMP_MS, 250):
        assert music_db(made.heard, speech_to - before_ms) == pytest.approx(
            closing_db - DUCK_DB, abs=1.5
        ), before_ms
    for start_ms, alone_db in ((speech_from + 200, opening_db), (speech_to - 1000, closing_db)):
        assert (
            15 <= alone_db - music_db(made.heard, start_ms) <= 22
        )  # no word is covered, and music is still heard
    assert music_db(made.heard, speech_from + OPENING_OVERLAP_MS + 50) < opening_db - 35
    assert music_db(made.heard, speech_to - CLOSING_OVERLAP_MS - 550) < closing_db - 35


def test_music_alone_is_as_loud_as_speech_alone(made: Made, tmp_path: Path) -> None:
    """So ducked music is at least 15 dB softer than the speech over it."""

    def lufs(start_ms: int, end_ms: int) -> float:
        part = made.heard[start_ms * RATE_HZ // 1000 : end_ms * RATE_HZ // 1000].astype(np.float64)
        level_lufs = measured(
            write_wav(tmp_path / "part.wav", part, rate_hz=RATE_HZ)
        ).integrated_lufs
        assert level_lufs is not None
        return level_lufs

    speech_from = made.programme.opening_ms + OPENING_OVERLAP_MS
    speech_lufs = lufs(speech_from, speech_from + 3000)
    assert lufs(200, made.programme.opening_ms - RAMP_MS) == pytest.approx(speech_lufs, abs=1.5)
    assert (
        lufs(made.programme.opening_ms + 200, made.programme.opening_ms + 1200) > speech_lufs - 3
    )  # speech over music


def test_loudness_and_peak_are_what_was_asked(made: Made) -> None:
    figures = measured(made.path)
    assert figures.integrated_lufs == pytest.approx(-19.0, abs=0.3)
    assert figures.true_peak_dbtp is not None
    assert figures.true_peak_dbtp <= -1.0
    assert made.facts.attempts == 1


# The clock


def recording_facts(duration_ms: int) -> RecordingFacts:
    return RecordingFacts(
        duration_ms=RecordingMs(duration_ms),
        sound_start_ms=RecordingMs(0),
        sound_end_ms=RecordingMs(duration_ms),
        sample_rate_hz=RATE_HZ,
        channels=1,
        codec="flac",
        loudness={"integrated_lufs": -20.0, "range_lu": 1.0, "true_peak_dbtp": -3.0},  # type: ignore[arg-type]
        layout="mono",
    )


def test_in_a_short_episode_opening_and_closing_do_not_meet() -> None:
    programme = whole(
        recording_facts(6000),
        opening_ms=8000,
        closing_ms=9000,
        opening_overlap_ms=5000,
        closing_overlap_ms=1000,
    )
    heard_ms = 6000 - 507
    assert (programme.opening_overlap_ms, programme.closing_overlap_ms) == (heard_ms // 2, 1000)
    assert (programme.opening_ms, programme.closing_ms) == (8000 - heard_ms // 2, 8000)


@given(st.integers(600, 60_000), *[st.integers(1000, 20_000)] * 2, *[st.integers(0, 19_000)] * 2)
def test_every_overlap_leaves_the_clock_whole(
    length_ms: int, opening_ms: int, closing_ms: int, early_ms: int, late_ms: int
) -> None:
    early_ms, late_ms = min(early_ms, opening_ms - 1000), min(late_ms, closing_ms - 1000)
    facts = recording_facts(5508 + length_ms)
    programme = whole(
        facts,
        opening_ms=opening_ms,
        closing_ms=closing_ms,
        opening_overlap_ms=early_ms,
        closing_overlap_ms=late_ms,
    )
    assert programme.opening_ms + programme.opening_overlap_ms == opening_ms
    assert programme.closing_ms + programme.closing_overlap_ms == closing_ms
    assert programme.opening_overlap_ms <= early_ms
    assert programme.closing_overlap_ms <= late_ms
    assert 2 * max(programme.opening_overlap_ms, programme.closing_overlap_ms) <= 5001 + length_ms
    assert programme.programme_from_recording(RecordingMs(0)) == programme.opening_ms >= 1000


@pytest.mark.parametrize(
    ("sound", "length_ms", "told"),
    [
        (
            ShowSound(opening_overlap_ms=3001),
            4000,
            r"sound\.opening_overlap_ms = 3001 does not fit: the opening lasts 4000 ms",
        ),
        (
            ShowSound(closing_overlap_ms=4000),
            4000,
            r"sound\.closing_overlap_ms = 4000 does not fit: the closing lasts 4000 ms",
        ),
        (ShowSound(opening_overlap_ms=-1), 4000, r"sound\.opening_overlap_ms = -1 does not fit"),
        (ShowSound(opening_overlap_ms=1), 900, r"Give 0 to 0"),
    ],
)
def test_a_jingle_is_heard_alone_for_a_second_at_least(
    sound: ShowSound, length_ms: int, told: str
) -> None:
    with pytest.raises(WorkspaceError, match=told) as raised:
        overlaps_ms(sound, length_ms, length_ms, Path("feed/show.toml"))
    assert "show.toml" in str(raised.value)


def test_the_largest_overlap_and_that_of_a_jingle_that_there_is_not() -> None:
    sound = ShowSound(opening_overlap_ms=3000, closing_overlap_ms=9000)
    assert overlaps_ms(sound, 4000, 10_000, "show.toml") == (3000, 9000)
    assert overlaps_ms(sound, 4000, 0, "show.toml") == (3000, 0)


# The music


@given(
    st.integers(1000, 2500),
    st.integers(1, 700),
    st.sampled_from([44_100, 48_000]),
    st.integers(1, 2),
)
def test_ducked_music_keeps_its_length_its_beginning_and_its_wave(
    alone_ms: int, under_ms: int, rate_hz: int, channels: int
) -> None:
    length = round((alone_ms + under_ms) * rate_hz / 1000)
    sine = np.repeat(
        1.5 * np.sin(2 * np.pi * 100 * np.arange(length) / rate_hz)[:, None], channels, axis=1
    ).astype(np.float32)
    ducked = duck_end(sine, alone_ms, sample_rate_hz=rate_hz)
    assert ducked.shape == sine.shape
    untouched = (alone_ms - RAMP_MS) * rate_hz // 1000 - 1
    assert np.abs(ducked[:untouched] - sine[:untouched]).max() < 1e-6
    spoken = round(alone_ms * rate_hz / 1000) + 1
    assert np.abs(ducked[spoken:]).max(initial=0) <= 1.5 * 10 ** (-DUCK_DB / 20) + 1e-6
    # No step in it that the wave itself does not have, but for the gain's own slope.
    assert np.abs(np.diff(ducked, axis=0)).max() <= np.abs(np.diff(sine, axis=0)).max() + 1e-3
    assert np.abs(ducked[-10:]).max() < 0.05


def test_music_that_grows_louder_under_speech_sinks_by_so_much_more() -> None:
    sound = np.concatenate(
        (tone(2, rate_hz=RATE_HZ, level=0.05), tone(2, rate_hz=RATE_HZ, level=0.5))
    ).astype(np.float32)
    ducked = duck_end(sound, 2000, sample_rate_hz=RATE_HZ)
    alone, under = ducked[: RATE_HZ * 3 // 2], ducked[RATE_HZ * 5 // 2 : RATE_HZ * 7 // 2]
    assert 20 * np.log10(alone.std() / under.std()) == pytest.approx(DUCK_DB, abs=0.2)


def test_music_that_nobody_speaks_over_is_untouched(tmp_path: Path) -> None:
    jingle = write_wav(tmp_path / "j.wav", tone(1, rate_hz=RATE_HZ), rate_hz=RATE_HZ)
    programme = whole(recording_facts(9000), opening_ms=1000, closing_ms=1000)
    assert programme == Programme(kept=programme.kept, opening_ms=1000, closing_ms=1000)
    before, after = place_jingles(jingle, jingle, programme, sample_rate_hz=RATE_HZ, channels=1)
    rendered = render_jingle(jingle, 1000, sample_rate_hz=RATE_HZ, channels=1)
    for placed in (before, after):
        assert np.array_equal(placed.samples, rendered)
        assert len(placed.under.samples) == 0
    assert (before.start, after.start) == (
        0,
        round((programme.duration_ms - 1000) * RATE_HZ / 1000),
    )


@pytest.mark.parametrize("start_s", [0.0, 3.337])
def test_a_bed_keeps_its_level_whatever_is_done_to_the_speech(start_s: float) -> None:
    """The gain of the speech is taken back, sample by sample: also where it changes, and where the
    speech begins.
    """
    start = round(start_s * RATE_HZ)
    steady = np.ones((4 * RATE_HZ, 1), np.float32) * 0.1
    alone = range(RATE_HZ) if not start_s else range(len(steady) - RATE_HZ, len(steady))
    survey = LoudnessAnalysis(RATE_HZ, 1)
    survey.feed(speechlike(8, rate_hz=RATE_HZ).astype(np.float32))
    survey.close()
    passages_db = np.repeat(
        np.array([4, 4, -3, 9, -2, 2, 2, 2], np.float32), len(survey.cell_peaks) // 8
    )
    apart = start + alone.start + np.array([0, RATE_HZ])
    passages_db[slice(*(apart // survey.cell_samples))] = 6
    gain = GainCurve(survey, passages_db, -20.0, 60.0)
    placed = hold_level(PlacedJingle(samples=steady, start=start, alone=alone), passages_db, survey)
    chunks = np.array_split(np.zeros((8 * RATE_HZ, 1), np.float32), 7)
    heard = np.concatenate(list(gain.apply(mix_jingles(chunks, [placed]))))[
        start + 400 : start + len(steady) - 400
    ]
    assert np.abs(heard / heard.mean() - 1).max() < 1e-3


def test_what_is_mixed_in_counts_in_the_survey() -> None:
    speech, music_under = (
        speechlike(3, rate_hz=RATE_HZ).astype(np.float32),
        music(1).astype(np.float32),
    )
    start = RATE_HZ + 1234
    mixed = speech.copy()
    mixed[start : start + len(music_under)] += music_under
    told, true = LoudnessAnalysis(RATE_HZ, 1), LoudnessAnalysis(RATE_HZ, 1)
    for survey, sound in ((told, speech), (true, mixed)):
        survey.feed(sound)
        survey.close()
    told.mix_in(music_under, start)
    assert np.all(told.cell_peaks >= true.cell_peaks - 1e-6)
    heard = true.block_powers > 1e-6
    assert np.abs(10 * np.log10(told.block_powers[heard] / true.block_powers[heard])).max() < 0.5
    assert told.loudness_lufs() == pytest.approx(true.loudness_lufs(), abs=0.05)
