"""Word times after settling: they ascend, none is empty, none lies in a pause, whatever Whisper's
attention said.
"""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from support.made_speech import SAMPLE_RATE_HZ

from studio.model.clock import RecordingMs, Span
from studio.model.transcript import Utterance, Word
from studio.speech.word_timing import adjust_word_times, pauses_from_samples

# One second of tone, half a second of silence, and so on.
TONE_MS, PAUSE_MS, TURNS = 1_000, 500, 6
LENGTH_MS = TURNS * (TONE_MS + PAUSE_MS)


def turns() -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    moments = np.arange(LENGTH_MS * SAMPLE_RATE_HZ // 1000) / SAMPLE_RATE_HZ
    sounding = (moments * 1000) % (TONE_MS + PAUSE_MS) < TONE_MS
    noise = np.random.default_rng(4).normal(0, 0.0005, len(moments))
    return (0.3 * np.sin(2 * np.pi * 180 * moments) * sounding + noise).astype(np.float32)


SAMPLES = turns()
VOICE = (Span(start_ms=RecordingMs(0), end_ms=RecordingMs(LENGTH_MS)),)


def word(text: str, start_ms: int, end_ms: int) -> Word:
    return Word(
        text=text, start_ms=RecordingMs(start_ms), end_ms=RecordingMs(end_ms), probability=0.9
    )


def utterance(words: list[Word]) -> Utterance:
    return Utterance(start_ms=words[0].start_ms, end_ms=words[-1].end_ms, words=tuple(words))


def test_pauses_are_found_where_they_are() -> None:
    pauses = pauses_from_samples(SAMPLES)
    assert len(pauses) == TURNS
    for turn, pause in enumerate(pauses):
        assert abs(pause.start_ms - (turn * (TONE_MS + PAUSE_MS) + TONE_MS)) <= 30
        assert abs(pause.end_ms - (turn + 1) * (TONE_MS + PAUSE_MS)) <= 30


def test_a_word_that_runs_on_through_a_pause_stops_where_the_voice_stops() -> None:
    settled = adjust_word_times(
        [utterance([word("fin", 700, 1_480), word("Début", 1_480, 1_900)])], SAMPLES, VOICE
    )
    assert [one.words[0].text for one in settled] == ["fin", "Début"]
    assert abs(settled[0].words[0].end_ms - 1_000) <= 30
    assert abs(settled[1].words[0].start_ms - 1_500) <= 30


def test_a_word_that_whisper_ends_early_lasts_until_the_voice_stops() -> None:
    settled = adjust_word_times(
        [utterance([word("étape", 500, 800), word("Ce", 1_600, 1_700)])], SAMPLES, VOICE
    )
    assert abs(settled[0].words[0].end_ms - 1_000) <= 30


def test_what_was_heard_again_finds_its_place_between_the_words_of_another() -> None:
    late = [word("un", 100, 300), word("trois", 3_100, 3_300)]
    again = [word("deux", 1_600, 1_800)]
    assert [
        one.text
        for group in adjust_word_times([utterance(late), utterance(again)], SAMPLES, VOICE)
        for one in group.words
    ] == [
        "un",
        "deux",
        "trois",
    ]


@given(
    st.lists(
        st.tuples(st.integers(0, LENGTH_MS - 1), st.integers(0, 1_500)), min_size=1, max_size=25
    )
)
def test_times_ascend_and_are_never_empty(stretches: list[tuple[int, int]]) -> None:
    words = [
        word(str(place), start, min(LENGTH_MS, start + length))
        for place, (start, length) in enumerate(sorted(stretches))
    ]
    settled = [
        one
        for group in adjust_word_times([utterance(words)], SAMPLES, VOICE)
        for one in group.words
    ]
    assert [one.text for one in settled] == [one.text for one in words]
    assert all(one.start_ms < one.end_ms for one in settled)
    assert all(one.end_ms <= other.start_ms for one, other in itertools.pairwise(settled))
    assert settled[0].start_ms >= 0
