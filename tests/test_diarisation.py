"""As many voices as there are are told apart, whoever says how many there should be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.model.clock import RecordingMs
from studio.model.transcript import AsrResult, Utterance, Word
from studio.model.voices import Voices, VoiceSpan
from studio.speech.diarisation import diarise, split_at_voices
from studio.speech.vad import SAMPLE_RATE_HZ


class ByLevel:
    """An embedder for sounds of one level each: the level is the voice."""

    def embed(self, samples: NDArray[np.float32]) -> NDArray[np.float64] | None:
        if len(samples) < SAMPLE_RATE_HZ // 4:
            return None
        vector = np.full(8, 0.1)
        vector[round(float(samples.mean()) * 10)] = 1.0
        return np.asarray(vector / np.linalg.norm(vector))


def utterance(start_ms: int, end_ms: int) -> Utterance:
    return Utterance(start_ms=RecordingMs(start_ms), end_ms=RecordingMs(end_ms), words=())


def sounds(*stretches: tuple[int, int, int]) -> NDArray[np.float32]:
    """Voices by number, each in a stretch of milliseconds."""
    samples = np.zeros(SAMPLE_RATE_HZ * stretches[-1][1] // 1000, dtype=np.float32)
    for start_ms, end_ms, voice in stretches:
        samples[start_ms * SAMPLE_RATE_HZ // 1000 : end_ms * SAMPLE_RATE_HZ // 1000] = voice / 10
    return samples


def voices_of(*stretches: tuple[int, int, int]) -> list[int]:
    found = diarise(
        sounds(*stretches),
        [utterance(start_ms, end_ms) for start_ms, end_ms, _ in stretches],
        ByLevel(),
    )
    return [
        next(span.voice for span in found.spans if span.start_ms >= start_ms)
        for start_ms, _, _ in stretches
    ]


def test_three_people_are_three_and_one_person_is_one() -> None:
    assert voices_of((0, 4_000, 5), (4_500, 9_000, 2), (9_500, 14_000, 5), (14_500, 19_000, 7)) == [
        0,
        1,
        0,
        2,
    ]
    assert voices_of((0, 4_000, 5), (4_500, 9_000, 5)) == [0, 0]


def test_a_sound_too_short_to_be_a_voice_is_none_of_its_own() -> None:
    assert voices_of((0, 4_000, 5), (4_500, 6_000, 2), (6_500, 12_000, 5)) == [0, 0, 0]


def test_nothing_said_has_no_voices() -> None:
    assert diarise(np.zeros(0, dtype=np.float32), (), ByLevel()) == Voices(spans=())


def test_an_utterance_is_cut_where_another_voice_begins() -> None:
    words = tuple(
        Word(
            text=text,
            start_ms=RecordingMs(1_000 * place),
            end_ms=RecordingMs(1_000 * place + 900),
            probability=0.9,
        )
        for place, text in enumerate("D'accord. Alors moi je".split())
    )
    heard = AsrResult(
        engine="faster",
        model="base",
        language="fr",
        duration_ms=RecordingMs(4_000),
        voice=(),
        names=(),
        utterances=(Utterance(start_ms=RecordingMs(0), end_ms=RecordingMs(3_900), words=words),),
    )
    spans = tuple(
        VoiceSpan(
            start_ms=RecordingMs(start_ms), end_ms=RecordingMs(end_ms), voice=voice, certainty=0.5
        )
        for start_ms, end_ms, voice in ((0, 950, 0), (950, 3_900, 1))
    )
    parts, labels = split_at_voices(heard, Voices(spans=spans))
    assert [" ".join(word.text for word in part.words) for part in parts] == [
        "D'accord.",
        "Alors moi je",
    ]
    assert labels == (0, 1)
    assert split_at_voices(heard, Voices(spans=()))[1] == (None,)
