"""Levelling, limiting, cleaning: measured on what comes out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.made_sounds import (
    REAL_RECORDING,
    Samples,
    convert,
    decoded,
    silence,
    speechlike,
    tone,
    write_wav,
)

from studio.model.clock import Programme, RecordingMs, Span
from studio.model.episode import EpisodeSound
from studio.model.record import replace_fields
from studio.model.sound import FIRST_TRACK, MasterFacts, SpeakerTurn
from studio.model.speaker_turns import turns_from_segments
from studio.model.transcript import Segment, Transcript, Word
from studio.sound.cleaning_filters import noise_filters
from studio.sound.ffmpeg import Decoding
from studio.sound.levelling import level_turns, levelling_gains_db
from studio.sound.limiter import limiting_gains_db
from studio.sound.loudness import METER, loudness_from_log
from studio.sound.loudness_analysis import LoudnessAnalysis
from studio.sound.mastering import master_recording
from studio.sound.programme import read_jingle_ms
from studio.sound.recording import inspect_recording

RATE_HZ = 48_000
# Host and guest by turns: who, how long, how loud, and the pause after it.
CONVERSATION = (
    (0, 4.0, 0.4),
    (1, 7.0, 0.3),
    (0, 2.5, 0.0),
    (1, 5.0, 0.6),
    (0, 0.7, 0.2),
    (1, 4.0, 0.0),
)


def babble(seconds: float, *, level_db: float, seed: int) -> Samples:
    """A voice that never falls silent within a turn: its syllables fall by 15 dB."""
    noise = np.random.default_rng(seed).standard_normal(round(seconds * RATE_HZ))
    depth = 0.18 + 0.82 * np.abs(np.sin(2 * np.pi * 2.3 * np.arange(len(noise)) / RATE_HZ))
    sound = noise * depth
    levelled: Samples = (sound * 10 ** (level_db / 20) / sound.std())[:, None]
    return levelled


def conversation(
    levels_db: tuple[float, float], voice: Callable[..., Samples] = speechlike
) -> tuple[Samples, tuple[SpeakerTurn, ...]]:
    """Two made voices by turns, each at its level, and who speaks when."""
    parts, turns, place = [], [], 0.0
    for number, (speaker, seconds, pause) in enumerate(CONVERSATION):
        parts += [voice(seconds, level_db=levels_db[speaker], seed=number), silence(pause)]
        start, end = round(place * 1000), round((place + seconds) * 1000)
        turns.append(
            SpeakerTurn(speaker=speaker, start_ms=RecordingMs(start), end_ms=RecordingMs(end))
        )
        place += seconds + pause
    return np.concatenate(parts), tuple(turns)


def master(
    recording: Path,
    target: Path,
    turns: tuple[SpeakerTurn, ...] = (),
    sound: EpisodeSound | None = None,
) -> MasterFacts:
    facts = inspect_recording(recording)
    whole = Programme(kept=(Span(start_ms=RecordingMs(0), end_ms=facts.duration_ms),))
    return master_recording(
        recording, facts, whole, target, turns=turns, sound=sound or EpisodeSound()
    )


def loudness_lufs(path: Path, turn: SpeakerTurn) -> float:
    """Of one stretch, by ffmpeg's meter."""
    cut = f"atrim=start={turn.start_ms / 1000}:end={turn.end_ms / 1000}"
    with Decoding(
        path, sample_rate_hz=RATE_HZ, channels=1, mix=FIRST_TRACK, filters=[cut, METER]
    ) as decoding:
        for _ in decoding:
            pass
    measured = loudness_from_log(decoding.log).integrated_lufs
    assert measured is not None
    return measured


def survey_of(samples: Samples, rate_hz: int = RATE_HZ, pieces: int = 1) -> LoudnessAnalysis:
    survey = LoudnessAnalysis(rate_hz, samples.shape[1])
    for piece in np.array_split(samples.astype(np.float32), pieces):
        survey.feed(piece)
    survey.close()
    return survey


@pytest.mark.parametrize(
    "levels_db",
    [(-20.0, -30.0), (-18.0, -33.0), (-35.0, -22.0)],
    ids=["10 dB", "15 dB", "host quieter"],
)
def test_host_and_guest_are_as_loud_as_each_other(
    tmp_path: Path, levels_db: tuple[float, float]
) -> None:
    sound, turns = conversation(levels_db)
    recording = write_wav(tmp_path / "a.wav", sound)
    facts = master(recording, tmp_path / "m.mp3", turns)
    speakers = [
        np.mean(
            [
                loudness_lufs(tmp_path / "m.mp3", turn)
                for turn in turns
                if turn.speaker == speaker and turn.end_ms - turn.start_ms > 2000
            ]
        )
        for speaker in (0, 1)
    ]
    assert abs(speakers[0] - speakers[1]) <= 1.5
    assert [level.turns for level in facts.speakers] == [3, 3]
    assert facts.speakers[0].before_lufs - facts.speakers[1].before_lufs == pytest.approx(
        levels_db[0] - levels_db[1], abs=1
    )
    assert facts.speakers[0].after_lufs == pytest.approx(facts.speakers[1].after_lufs, abs=1.5)
    assert facts.after.integrated_lufs == pytest.approx(-19.0, abs=0.3)


@pytest.mark.parametrize("off_ms", [-200, 200])
def test_times_that_are_a_little_wrong_do_no_harm(tmp_path: Path, off_ms: int) -> None:
    """Whisper's times are: nobody's last word is raised with the other's gain."""
    sound, turns = conversation((-20.0, -32.0), babble)
    shifted = tuple(
        replace_fields(
            turn,
            start_ms=RecordingMs(max(0, turn.start_ms + off_ms)),
            end_ms=RecordingMs(turn.end_ms + off_ms),
        )
        for turn in turns
    )
    survey = survey_of(sound)
    gains_db = levelling_gains_db(
        level_turns(survey, shifted), len(survey.cell_peaks), survey.cells_per_s
    )
    of_host = np.median(gains_db[: round(3500 * 0.75)])
    of_guest = np.median(gains_db[round(5000 * 0.75) : round(11_000 * 0.75)])
    assert of_guest - of_host == pytest.approx(12, abs=1.0)
    for turn in turns[:2]:  # a pause follows each of these
        inside = gains_db[round((turn.start_ms + 10) * 0.75) : round((turn.end_ms - 10) * 0.75)]
        loud = (
            survey.cell_peaks[round((turn.start_ms + 10) * 0.75) : round((turn.end_ms - 10) * 0.75)]
            > 0.02
        )
        assert np.ptp(inside[loud]) < 1.0, turn


def test_nobody_is_levelled_who_does_not_ask(tmp_path: Path) -> None:
    recording = write_wav(
        tmp_path / "a.wav", np.concatenate((tone(4, level=0.2), tone(4, level=0.05)))
    )
    turns = tuple(
        SpeakerTurn(
            speaker=number,
            start_ms=RecordingMs(4000 * number),
            end_ms=RecordingMs(4000 * number + 4000),
        )
        for number in (0, 1)
    )
    differences = []
    for level in (False, True):
        facts = master(recording, tmp_path / "m.mp3", turns, EpisodeSound(level=level))
        assert bool(facts.speakers) == level
        differences.append(
            loudness_lufs(tmp_path / "m.mp3", turns[0])
            - loudness_lufs(tmp_path / "m.mp3", turns[1])
        )
    assert differences == pytest.approx([12.0, 0.0], abs=0.5)


def test_nothing_moves_inside_a_turn() -> None:
    sound, turns = conversation((-20.0, -30.0), babble)
    survey = survey_of(sound)
    gains_db = levelling_gains_db(
        level_turns(survey, turns), len(survey.cell_peaks), survey.cells_per_s
    )
    for turn in turns:
        inside = gains_db[round((turn.start_ms + 25) * 0.75) : round((turn.end_ms - 25) * 0.75)]
        assert np.ptp(inside) < 0.01
    steps = np.abs(np.diff(gains_db))
    assert steps.max() < 0.6  # 13 dB in 40 ms at the steepest: nobody hears a click


turns_of_any_kind = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 4000), st.integers(0, 2000)), max_size=12
)


@given(turns_of_any_kind)
@settings(max_examples=40, deadline=None)
def test_any_turns_give_a_gain_that_is_finite_and_moves_slowly(
    lengths: list[tuple[int, int, int]],
) -> None:
    turns, place = [], 0
    for speaker, length, pause in lengths:
        turns.append(
            SpeakerTurn(
                speaker=speaker, start_ms=RecordingMs(place), end_ms=RecordingMs(place + length)
            )
        )
        place += length + pause
    survey = survey_of(SEVEN_SECONDS)
    gains_db = levelling_gains_db(
        level_turns(survey, turns), len(survey.cell_peaks), survey.cells_per_s
    )
    assert gains_db.shape == survey.cell_peaks.shape
    assert np.isfinite(gains_db).all()
    assert gains_db.min() >= -3
    assert gains_db.max() <= 23


SEVEN_SECONDS = np.concatenate((speechlike(3), silence(1), speechlike(3, level_db=-45)))


@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_survey_agrees_with_the_meter(tmp_path: Path, rate_hz: int, channels: int) -> None:
    sound = np.hstack([speechlike(5, rate_hz=rate_hz, seed=seed) for seed in range(channels)])
    survey = survey_of(sound, rate_hz, pieces=7)
    with Decoding(
        write_wav(tmp_path / "a.wav", sound, rate_hz=rate_hz),
        sample_rate_hz=rate_hz,
        channels=channels,
        mix=FIRST_TRACK,
        filters=[METER],
    ) as decoding:
        for _ in decoding:
            pass
    metered = loudness_from_log(decoding.log)
    assert survey.loudness_lufs() == pytest.approx(metered.integrated_lufs, abs=0.1)
    assert 20 * np.log10(survey.cell_peaks.max()) == pytest.approx(metered.true_peak_dbtp, abs=0.5)
    halved = np.full(len(survey.cell_peaks), 0.5, np.float32)
    assert survey.loudness_lufs(halved) == pytest.approx(
        (survey.loudness_lufs() or 0) - 6.02, abs=0.01
    )


@given(st.lists(st.floats(0, 8, width=32), min_size=1, max_size=400), st.floats(0.1, 1))
@settings(max_examples=100, deadline=None)
def test_no_peak_passes_the_limiter(peaks: list[float], limit: float) -> None:
    before = np.array(peaks, np.float32)
    gains_db = limiting_gains_db(before, limit, 750)
    assert gains_db.max() <= 0
    after = before * 10 ** (gains_db / 20)
    assert after.max() <= limit * 1.001
    # Between two cells the gain is drawn as a line, so a cell may meet half of its neighbour's.
    for neighbour in (np.roll(gains_db, 1), np.roll(gains_db, -1)):
        assert (before * 10 ** (np.maximum(gains_db, neighbour) / 20))[1:-1].max(
            initial=0
        ) <= limit * 1.001


def test_what_needs_no_limiting_is_left_alone() -> None:
    peaks = np.full(3000, 0.3, np.float32)
    peaks[1500] = 0.9
    gains_db = limiting_gains_db(peaks, 0.45, 750)
    assert gains_db[1500] <= -6.0
    assert (gains_db[:1480] == 0).all()
    assert (gains_db[1700:] == 0).all()


@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_noise_reduction_moves_nothing_in_time_and_lowers_noise(
    tmp_path: Path, rate_hz: int
) -> None:
    noise = 0.002 * np.random.default_rng(0).standard_normal((6 * rate_hz, 1))
    sound = noise.copy()
    sound[2 * rate_hz : 3 * rate_hz] += 0.1 * np.random.default_rng(1).standard_normal((rate_hz, 1))
    path = write_wav(tmp_path / "a.wav", sound, rate_hz=rate_hz)
    with Decoding(
        path,
        sample_rate_hz=rate_hz,
        channels=1,
        mix=FIRST_TRACK,
        filters=noise_filters(-54, rate_hz),
    ) as decoding:
        heard = np.concatenate(list(decoding))[:, 0]
    assert len(heard) == len(sound)
    start = round(2.3 * rate_hz)
    passage = sound[start : start + rate_hz // 3, 0]
    similarity = [
        float(passage @ heard[start + shift : start + shift + len(passage)])
        for shift in range(-50, 51)
    ]
    assert int(np.argmax(similarity)) == 50
    assert 20 * np.log10(heard[4 * rate_hz :].std() / sound[4 * rate_hz :].std()) < -3


def test_hum_is_taken_out(tmp_path: Path) -> None:
    voice = decoded(
        convert(REAL_RECORDING, tmp_path / "voice.flac", "-t", "12", "-ar", "48000"),
        rate_hz=RATE_HZ,
    ).astype(np.float64)
    hum = np.sum(
        [tone(12, hz=50.0 * number, level=0.02 / number) for number in (1, 2, 3, 4)], axis=0
    )
    recording = write_wav(tmp_path / "a.wav", voice[: 12 * RATE_HZ] + hum[: len(voice)])
    with_hum = master(
        recording, tmp_path / "with.mp3", sound=EpisodeSound(hum=False, denoise="off")
    )
    without = master(recording, tmp_path / "without.mp3", sound=EpisodeSound(denoise="off"))
    assert len(without.filters) > len(with_hum.filters)

    def level_at(path: Path, hz: float) -> float:
        """In the second and a half before the first word."""
        heard = decoded(path, rate_hz=RATE_HZ)[: RATE_HZ * 14 // 10, 0]
        spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
        return float(20 * np.log10(spectrum[round(hz * len(heard) / RATE_HZ)]))

    for hz in (100, 150, 200):
        assert level_at(tmp_path / "without.mp3", hz) < level_at(tmp_path / "with.mp3", hz) - 15


def test_opening_and_closing_are_as_loud_as_the_levelled_speech(tmp_path: Path) -> None:
    sound, turns = conversation((-20.0, -30.0))
    recording = write_wav(tmp_path / "a.wav", sound)
    jingle = write_wav(tmp_path / "j.wav", tone(3, level=0.02))
    facts = inspect_recording(recording)
    length_ms = read_jingle_ms(jingle)
    programme = Programme(
        kept=(Span(start_ms=RecordingMs(0), end_ms=facts.duration_ms),),
        opening_ms=length_ms,
        closing_ms=length_ms,
    )
    made = master_recording(
        recording, facts, programme, tmp_path / "m.mp3", turns=turns, opening=jingle, closing=jingle
    )
    assert abs(made.duration_ms - programme.duration_ms) <= 50
    assert made.after.integrated_lufs == pytest.approx(-19.0, abs=0.3)
    for start_ms in (500, programme.duration_ms - 2500):
        span = SpeakerTurn(
            speaker=0, start_ms=RecordingMs(start_ms), end_ms=RecordingMs(start_ms + 2000)
        )
        assert loudness_lufs(tmp_path / "m.mp3", span) == pytest.approx(-19.0, abs=1.0)


def test_turns_are_told_by_segments_alone() -> None:
    def segment(speaker: str | None, start: int, end: int, text: str = "oui") -> Segment:
        word = Word(
            text=text, start_ms=RecordingMs(start), end_ms=RecordingMs(end), probability=1.0
        )
        return Segment(
            id=f"s{start}",
            speaker=speaker,
            start_ms=RecordingMs(start),
            end_ms=RecordingMs(end),
            words=(word,),
        )

    def transcript(text: str) -> Transcript:
        return Transcript(
            language="fr",
            segments=(
                segment("A", 0, 900),
                segment("A", 1000, 2000, text),
                segment("B", 1900, 4000),
                segment("B", 5600, 6000),
                segment(None, 6000, 7000),
            ),
        )

    turns = turns_from_segments(transcript("oui"))
    assert [(turn.speaker, turn.start_ms, turn.end_ms) for turn in turns.turns] == [
        (0, 0, 2000),
        (1, 2000, 4000),
        (1, 5600, 6000),
        (2, 6000, 7000),
    ]
    assert turns_from_segments(transcript("non")) == turns
