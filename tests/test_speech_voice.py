"""Where somebody speaks, and what is made of sounds in which nobody does."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from interviews import recording_of, truth_of
from made_speech import SAMPLE_RATE_HZ, SOUNDS, Samples, applause, music

from studio.errors import RecordingError
from studio.model.clock import RecordingMs, Span
from studio.model.show import Whisper
from studio.model.transcript import Hearing, Utterance
from studio.sound.recording import read_samples
from studio.speech.engine import hear_recording
from studio.speech.phantoms import is_looped, is_phantom
from studio.speech.speakers import voices_from_samples
from studio.speech.voice import voice_from_samples
from studio.speech.windows import LONGEST_MS, windows_from_voice

INTERVIEW = "002-stephane-soto"
# Greetings, the first question and the start of its answer.
HEARD_S = 17.0
MARGIN_MS = 400


@pytest.fixture(scope="module")
def recording() -> Samples:
    samples: Samples = read_samples(recording_of(INTERVIEW))
    return samples


@pytest.fixture(scope="module")
def speech(recording: Samples) -> Samples:
    return recording[: round(HEARD_S * SAMPLE_RATE_HZ)]


def hear(samples: Samples, weights: Path) -> Hearing:
    return hear_recording(samples, settings=Whisper(), folder=weights, language="fr", names=("Medinsoft", "Stéphane Soto"), where="sound")


@pytest.mark.parametrize("make", SOUNDS.values(), ids=SOUNDS.keys())
def test_nobody_speaks_where_nobody_speaks(make: Callable[[float], Samples], tmp_path: Path) -> None:
    assert voice_from_samples(make(30)) == ()
    with pytest.raises(RecordingError, match="nobody speaks"):
        hear(make(30), tmp_path)  # refused before any weights are looked for


def test_every_true_utterance_lies_in_a_stretch_of_voice(recording: Samples) -> None:
    voice = voice_from_samples(recording)
    for utterance in truth_of(INTERVIEW)["utterances"]:
        middle = (utterance["start"] + utterance["end"]) * 500
        assert any(span.start_ms <= middle <= span.end_ms for span in voice), utterance
    windows = windows_from_voice(voice)
    assert all(window.end_ms - window.start_ms <= LONGEST_MS for window in windows)
    assert all(any(window.start_ms <= span.start_ms and span.end_ms <= window.end_ms for window in windows) for span in voice)
    assert all(one.end_ms <= other.start_ms for one, other in itertools.pairwise(windows))


@pytest.mark.whisper
def test_sounds_around_speech_and_music_under_it_yield_no_words(speech: Samples, weights: Path) -> None:
    before, after = music(12), applause(12)
    under = speech + 0.15 * music(HEARD_S)[: len(speech)]
    hearing = hear(np.concatenate([before, under, after]), weights)
    first, last = (12_000 + 1_500), round(12_000 + HEARD_S * 1000)
    assert hearing.words[0].start_ms >= first - MARGIN_MS
    assert hearing.words[-1].end_ms <= last + MARGIN_MS
    assert 25 <= len(hearing.words) <= 40  # the greetings, the question, the start of the answer: 33 words


@pytest.mark.whisper
def test_every_word_has_a_time_of_its_own_and_ends_where_the_voice_ends(recording: Samples, weights: Path) -> None:
    """Against the truth: half of the utterances start and end within 80 ms, 95 in 100 within 300 ms."""
    minute = recording[: 60 * SAMPLE_RATE_HZ]
    hearing = hear(minute, weights)
    words = hearing.words
    assert all(word.start_ms < word.end_ms for word in words)
    assert all(word.end_ms <= following.start_ms for word, following in itertools.pairwise(words))
    assert all(word.end_ms - word.start_ms <= 1_500 for word in words)
    told = [utterance for utterance in truth_of(INTERVIEW)["utterances"] if utterance["end"] < 58]
    for edge in ("start", "end"):
        errors = sorted(min(abs(getattr(word, f"{edge}_ms") - one[edge] * 1000) for word in words) for one in told)
        assert errors[len(errors) // 2] <= 80
        assert errors[int(0.95 * (len(errors) - 1))] <= 300


def test_voices_are_told_apart(recording: Samples) -> None:
    """Host and guest are two people: at least 97 in 100 ms of speech get the right label."""
    told = truth_of(INTERVIEW)["utterances"]
    utterances = [
        Utterance(start_ms=RecordingMs(round(one["start"] * 1000)), end_ms=RecordingMs(round(one["end"] * 1000)), words=()) for one in told
    ]
    voices = voices_from_samples(recording, utterances, 2)
    host = voices[0]
    right = sum(one["end"] - one["start"] for one, voice in zip(told, voices, strict=True) if (voice == host) == (one["speaker"] == "I"))
    assert right / sum(one["end"] - one["start"] for one in told) >= 0.97
    quiet = recording.copy()
    for one in told:
        if one["speaker"] == "G":
            quiet[round(one["start"] * SAMPLE_RATE_HZ) : round(one["end"] * SAMPLE_RATE_HZ)] *= 0.3
    assert voices_from_samples(quiet, utterances, 2) == voices  # a guest 10 dB quieter is the same guest


def test_a_breath_has_no_voice() -> None:
    assert voices_from_samples(
        np.zeros(16_000, dtype=np.float32), [Utterance(start_ms=RecordingMs(0), end_ms=RecordingMs(90), words=())], 2
    ) == (None,)


def test_windows_are_not_joined_over_a_long_silence() -> None:
    spans = [Span(start_ms=RecordingMs(start), end_ms=RecordingMs(start + 3_000)) for start in (0, 3_500, 20_000)]
    assert [(window.start_ms, window.end_ms) for window in windows_from_voice(spans)] == [(0, 6_500), (20_000, 23_000)]


@pytest.mark.parametrize(
    "text",
    [
        "Sous-titres réalisés par la communauté d'Amara.org",
        "Merci d'avoir regardé cette vidéo !",
        "et voilà et voilà et voilà et voilà et voilà et voilà",
        "la la la la la la",
    ],
)
def test_phantoms_are_known(text: str) -> None:
    assert is_phantom(text, mean_logprob=-0.2, no_speech=0.1)


@pytest.mark.parametrize("text", ["Non, non, non.", "Les sous-titres, on les fait nous-mêmes.", "Merci beaucoup, merci à vous."])
def test_what_people_say_is_no_phantom(text: str) -> None:
    assert not is_looped(text)
    assert not is_phantom(text, mean_logprob=-0.4, no_speech=0.2)
