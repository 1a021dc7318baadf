"""As many voices as there are are distinguished, whoever says how many there should be."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.model.clock import RecordingMs, Span
from studio.model.transcript import AsrResult, Utterance, Word
from studio.model.voices import Voices, VoiceSpan
from studio.speech.diarisation import diarise_samples, split_at_voices
from studio.speech.microphone_words import assign_words_to_microphones
from studio.speech.speaker_identification import identify_speakers
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


def nobody(_: NDArray[np.float32], __: Sequence[VoiceSpan]) -> tuple[int, ...]:
    """No voice came through a telephone."""
    return ()


def everybody(_: NDArray[np.float32], spans: Sequence[VoiceSpan]) -> set[int]:
    """Each did."""
    return {span.voice for span in spans}


class Alike:
    """An embedder for two voices as alike as those of two people on telephones (0.45)."""

    def embed(self, samples: NDArray[np.float32]) -> NDArray[np.float64]:
        first = samples.mean() > 0.3
        return np.array([1.0, 0.0]) if first else np.array([0.45, np.sqrt(1 - 0.45**2)])


def voices_of(*stretches: tuple[int, int, int]) -> list[int]:
    found = diarise_samples(
        sounds(*stretches),
        [utterance(start_ms, end_ms) for start_ms, end_ms, _ in stretches],
        ByLevel(),
        telephone_voices=nobody,
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


def test_voices_on_telephones_are_more_alike_than_others() -> None:
    stretches = ((0, 4_000, 5), (4_500, 9_000, 2), (9_500, 14_000, 5))
    said = [utterance(start_ms, end_ms) for start_ms, end_ms, _ in stretches]
    for telephone_voices, people in ((nobody, 1), (everybody, 2)):
        found = diarise_samples(
            sounds(*stretches), said, Alike(), telephone_voices=telephone_voices
        )
        assert len({span.voice for span in found.spans}) == people


def test_a_sound_too_short_to_be_a_voice_is_none_of_its_own() -> None:
    assert voices_of((0, 4_000, 5), (4_500, 6_000, 2), (6_500, 12_000, 5)) == [0, 0, 0]


def test_known_voices_tell_who_speaks_where_no_level_does() -> None:
    """The first eight seconds are only in the host's microphone (0), which hears both alike."""
    stretches = ((0, 2_000, 5), (2_500, 6_000, 2), (6_500, 8_000, 5), (10_000, 16_000, 5))
    samples = sounds(*stretches, (16_500, 22_000, 2))
    spans = [
        VoiceSpan(
            start_ms=RecordingMs(start_ms), end_ms=RecordingMs(end_ms), voice=voice, certainty=1.0
        )
        for start_ms, end_ms, voice in ((0, 9_000, 0), (10_000, 16_000, 0), (16_500, 22_000, 1))
    ]
    said = [utterance(start_ms, end_ms) for start_ms, end_ms, _ in stretches]
    untold = [Span(start_ms=RecordingMs(0), end_ms=RecordingMs(9_000))]
    found = identify_speakers(samples, said, spans, untold, embedder=ByLevel())
    assert [(span.start_ms, span.voice) for span in found] == [
        (0, 0),
        (2_500, 1),
        (6_500, 0),
        (10_000, 0),
        (16_500, 1),
    ]
    # Where the guest is heard nowhere else, nothing is known of their voice.
    assert identify_speakers(samples, said, spans[:2], untold, embedder=ByLevel()) == tuple(
        spans[:2]
    )


def test_nothing_said_has_no_voices() -> None:
    nothing = np.zeros(0, dtype=np.float32)
    assert diarise_samples(nothing, (), ByLevel(), telephone_voices=nobody) == Voices(spans=())


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


def test_words_at_the_edges_of_sentences_follow_the_rest_of_it() -> None:
    """Into which microphone a word was said, where two speak at once and where Whisper puts the
    first word of a turn at the end of the turn before.
    """

    def told(said: str, *spans: tuple[int, int, int]) -> list[int | None]:
        """``said`` is a word and its start in ms, again and again; each lasts 100 ms."""
        parts = said.split()
        words = tuple(
            Word(
                text=text,
                start_ms=RecordingMs(int(start)),
                end_ms=RecordingMs(int(start) + 100),
                probability=0.5,
            )
            for text, start in zip(parts[::2], parts[1::2], strict=True)
        )
        voices = [
            VoiceSpan(
                start_ms=RecordingMs(start), end_ms=RecordingMs(end), voice=voice, certainty=1.0
            )
            for start, end, voice in spans
        ]
        return assign_words_to_microphones(words, voices)

    early = "en 700 direct. 900 Bon, 1000 je 1600 sais 1700 pas. 1800"
    assert told(early, (0, 1150, 0), (1550, 1950, 1)) == [0, 0, 1, 1, 1, 1]
    together = "en 700 direct. 900 Une 1040 casserie, 1160 ça 1300 existe. 1400"
    assert told(together, (0, 1150, 0), (1000, 1600, 1)) == [0, 0, 1, 1, 1, 1]
    # While both speak, a word is theirs who says the rest of its sentence.
    both = "un 700 peu 800 plus. 1000 Non, 1150 c'est 1250 rassurant, 1500 ça. 1600"
    assert told(both, (0, 1350, 0), (1000, 1900, 1)) == [
        *[0, 0, 0],
        *[1, 1, 1, 1],
    ]
    late = "je 700 sais 800 pas 1000 quoi. 1150 Oui. 1300"
    assert told(late, (0, 1080, 0), (1100, 1500, 1)) == [0, 0, 0, 0, 1]
    # A turn of its own stays, and so does a word that is far from where the other one speaks.
    own = "là. 100 Oui, 700 et 1000 puis 1100 voilà. 1200"
    assert told(own, (0, 250, 0), (650, 850, 1), (950, 1400, 0)) == [0, 1, 0, 0, 0]
    far = "là. 100 Oui, 300 et 2000 puis 2100 voilà. 2200"
    assert told(far, (0, 450, 0), (1950, 2400, 1)) == [0, 0, 1, 1, 1]
    assert told("Oui. 0") == [None]
