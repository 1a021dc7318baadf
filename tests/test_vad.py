"""Where a person speaks, and what is made of sounds in which nobody does."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from support.interviews import INTERVIEWS, guests_of, recording_of, truth_of
from support.made_speech import SAMPLE_RATE_HZ, SOUNDS, Samples, applause, music
from support.worse_lines import from_afar, on_a_telephone

from studio.errors import RecordingError
from studio.model.clock import RecordingMs, Span
from studio.model.show import Whisper
from studio.model.transcript import AsrResult, Utterance
from studio.sound.recording import read_samples
from studio.speech import vad
from studio.speech.chunks import MAX_DURATION_MS
from studio.speech.gain_match import MAX_RAISED_DB, match_gain
from studio.speech.hallucinations import (
    HypothesisPart,
    hallucination_reason,
    is_hallucination,
    is_looped,
)
from studio.speech.spectral_diarisation import voices_from_samples
from studio.speech.transcription import transcribe_recording
from studio.speech.vad import voice_from_samples

INTERVIEW = "002-stephane-soto"
# Greetings, the first question and the start of its answer.
HEARD_S = 17.0
# Six answers of a guest, up to a pause.
SOFT_S = 46.6
MARGIN_MS = 400


@pytest.fixture(scope="module")
def recording() -> Samples:
    samples: Samples = read_samples(recording_of(INTERVIEW))
    return samples


@pytest.fixture(scope="module")
def speech(recording: Samples) -> Samples:
    return recording[: round(HEARD_S * SAMPLE_RATE_HZ)]


def transcribe(samples: Samples, weights: Path) -> AsrResult:
    return transcribe_recording(
        samples,
        settings=Whisper(),
        folder=weights,
        language="fr",
        names=("Medinsoft", "Stéphane Soto"),
        where="sound",
    )


@pytest.mark.parametrize("make", SOUNDS.values(), ids=SOUNDS.keys())
def test_nobody_speaks_where_nobody_speaks(
    make: Callable[[float], Samples], tmp_path: Path
) -> None:
    assert voice_from_samples(make(30)) == ()
    with pytest.raises(RecordingError, match="no speech"):
        transcribe(make(30), tmp_path)  # refused before any weights are looked for


def test_every_true_utterance_lies_in_a_stretch_of_voice(recording: Samples) -> None:
    voice = voice_from_samples(recording)
    for utterance in truth_of(INTERVIEW)["utterances"]:
        middle = (utterance["start"] + utterance["end"]) * 500
        assert any(span.start_ms <= middle <= span.end_ms for span in voice), utterance
    assert all(span.end_ms - span.start_ms <= MAX_DURATION_MS for span in voice)
    assert all(one.end_ms <= other.start_ms for one, other in itertools.pairwise(voice))


def test_pieces_of_a_long_recording_have_the_speech_of_the_whole(
    recording: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = voice_from_samples(recording)
    given: list[int] = []
    stretches = vad._stretches

    def noted(samples: Samples) -> Iterator[tuple[int, int]]:
        given.append(len(samples))
        return stretches(samples)

    monkeypatch.setattr(vad, "PIECE_S", 40)
    monkeypatch.setattr(vad, "_stretches", noted)
    pieces = voice_from_samples(recording)
    assert max(given) <= 40 * SAMPLE_RATE_HZ
    assert all(one.end_ms <= other.start_ms for one, other in itertools.pairwise(pieces))
    in_whole, in_pieces = (
        {ms for span in some for ms in range(span.start_ms, span.end_ms)}
        for some in (whole, pieces)
    )
    assert len(in_whole ^ in_pieces) <= 0.005 * len(in_whole)


@pytest.mark.slow
@pytest.mark.parametrize("interview", INTERVIEWS)
@pytest.mark.parametrize("level", [0.1, 1.0])
def test_voices_are_found_on_a_telephone_and_from_afar_at_any_level(
    interview: str, level: float
) -> None:
    """Ninety-five in 100 of what is said lie in a stretch of voice, and no more silence than the
    margins of the stretches.
    """
    samples = read_samples(recording_of(interview))
    said = np.zeros(len(samples), dtype=bool)
    for utterance in truth_of(interview)["utterances"]:
        said[
            round(utterance["start"] * SAMPLE_RATE_HZ) : round(utterance["end"] * SAMPLE_RATE_HZ)
        ] = True
    half = SAMPLE_RATE_HZ // 2
    sums = np.concatenate(([0], np.cumsum(np.pad(said.astype(np.int64), half))))
    near = (sums[2 * half :] - sums[: -2 * half])[: len(said)] > 0
    for worse in (samples, on_a_telephone(samples), from_afar(samples, guests_of(interview))):
        found = np.zeros(len(samples), dtype=bool)
        for span in voice_from_samples((level * worse).astype(np.float32)):
            found[span.start_ms * SAMPLE_RATE_HZ // 1000 : span.end_ms * SAMPLE_RATE_HZ // 1000] = (
                True
            )
        assert found[said].mean() >= 0.95
        assert found[~near].mean() <= 0.1


@pytest.mark.parametrize("level", [0.0, 1e-9, 1.0, np.nan])
@pytest.mark.parametrize("count", [1, 700, 61 * SAMPLE_RATE_HZ + 7])
def test_nobody_speaks_in_one_value_over_and_over(level: float, count: int) -> None:
    assert voice_from_samples(np.full(count, level, dtype=np.float32)) == ()


def test_who_is_softer_is_raised_to_who_is_louder_and_nobody_is_lowered() -> None:
    second = SAMPLE_RATE_HZ
    noise = np.random.default_rng(4).standard_normal(8 * second).astype(np.float32)
    spans = [
        Span(start_ms=RecordingMs(start), end_ms=RecordingMs(start + 2000))
        for start in (0, 3000, 6000)
    ]
    for softer_db, raised_by_db in ((0, 0), (3, 0), (10, 10), (30, MAX_RAISED_DB)):
        samples = 0.1 * noise
        samples[3 * second : 5 * second] *= 10 ** (-softer_db / 20)
        levels = match_gain(samples, spans)
        loud, soft, last = (levels.part(span) for span in spans)
        assert len(loud) == 2 * second
        middle = slice(second // 2, 3 * second // 2)
        assert np.allclose(loud[middle], samples[: 2 * second][middle], rtol=0.02, atol=1e-3)
        assert np.allclose(last[middle], samples[6 * second :][middle], rtol=0.02, atol=1e-3)
        raised_db = 20 * np.log10(
            np.std(soft[middle]) / np.std(samples[3 * second : 5 * second][middle])
        )
        assert raised_db == pytest.approx(raised_by_db, abs=0.3)


def test_a_recording_shorter_than_a_tenth_of_a_second_keeps_its_level() -> None:
    samples = np.full(700, 0.1, dtype=np.float32)
    levels = match_gain(samples, [Span(start_ms=RecordingMs(0), end_ms=RecordingMs(43))])
    assert np.allclose(
        levels.part(Span(start_ms=RecordingMs(0), end_ms=RecordingMs(43))), 0.1, atol=1e-6
    )


@pytest.mark.whisper
def test_a_guest_who_is_soft_under_noise_is_written_down(weights: Path) -> None:
    """At least a third of the words of each of his answers in the first minute."""
    samples = from_afar(read_samples(recording_of("radio")), guests_of("radio"))
    heard = transcribe(samples[: round(SOFT_S * SAMPLE_RATE_HZ)], weights).words
    spoken = [
        utterance
        for utterance in truth_of("radio")["utterances"]
        if utterance["speaker"] != "I" and utterance["end"] <= SOFT_S
    ]
    assert len(spoken) == 6
    covered = [
        sum(utterance["start"] * 1000 <= word.start_ms <= utterance["end"] * 1000 for word in heard)
        for utterance in spoken
    ]
    lost = [
        utterance["text"]
        for utterance, count in zip(spoken, covered, strict=True)
        if count < len(utterance["text"].split()) / 3
    ]
    assert lost == []


@pytest.mark.whisper
def test_sounds_around_speech_and_music_under_it_yield_no_words(
    speech: Samples, weights: Path
) -> None:
    before, after = music(12), applause(12)
    under = speech + 0.15 * music(HEARD_S)[: len(speech)]
    hearing = transcribe(np.concatenate([before, under, after]), weights)
    first, last = (12_000 + 1_500), round(12_000 + HEARD_S * 1000)
    assert hearing.words[0].start_ms >= first - MARGIN_MS
    assert hearing.words[-1].end_ms <= last + MARGIN_MS
    assert (
        25 <= len(hearing.words) <= 40
    )  # the greetings, the question, the start of the answer: 33 words


def test_voices_are_told_apart(recording: Samples) -> None:
    """Host and guest are two people: at least 97 in 100 ms of speech get the right label."""
    told = truth_of(INTERVIEW)["utterances"]
    utterances = [
        Utterance(
            start_ms=RecordingMs(round(one["start"] * 1000)),
            end_ms=RecordingMs(round(one["end"] * 1000)),
            words=(),
        )
        for one in told
    ]
    voices = voices_from_samples(recording, utterances, 2)
    host = voices[0]
    right = sum(
        one["end"] - one["start"]
        for one, voice in zip(told, voices, strict=True)
        if (voice == host) == (one["speaker"] == "I")
    )
    assert right / sum(one["end"] - one["start"] for one in told) >= 0.97
    quiet = recording.copy()
    for one in told:
        if one["speaker"] == "G":
            quiet[round(one["start"] * SAMPLE_RATE_HZ) : round(one["end"] * SAMPLE_RATE_HZ)] *= 0.3
    assert (
        voices_from_samples(quiet, utterances, 2) == voices
    )  # a guest 10 dB quieter is the same guest


def test_a_breath_has_no_voice() -> None:
    assert voices_from_samples(
        np.zeros(16_000, dtype=np.float32),
        [Utterance(start_ms=RecordingMs(0), end_ms=RecordingMs(90), words=())],
        2,
    ) == (None,)


@pytest.mark.parametrize(
    "text",
    [
        "Sous-titres réalisés par la communauté d'Amara.org",
        "Merci d'avoir regardé cette vidéo !",
        "et voilà et voilà et voilà et voilà et voilà et voilà",
        "la la la la la la",
    ],
)
def test_hallucinations_are_known(text: str) -> None:
    assert is_hallucination(text, mean_logprob=-0.2, no_speech=0.1)


@pytest.mark.parametrize(
    "text",
    ["Non, non, non.", "Les sous-titres, on les fait nous-mêmes.", "Merci beaucoup, merci à vous."],
)
def test_what_people_say_is_no_hallucination(text: str) -> None:
    assert not is_looped(text)
    assert not is_hallucination(text, mean_logprob=-0.4, no_speech=0.2)


def stretch(
    text: str, *, voiced: float = 1.0, mean_logprob: float = -0.2, seconds: float = 4.0
) -> HypothesisPart:
    return HypothesisPart(
        text=text, seconds=seconds, voiced=voiced, mean_logprob=mean_logprob, no_speech=0.1
    )


@pytest.mark.parametrize(
    "said",
    [
        "Le sous-titrage était notre premier métier, et il le reste aujourd'hui.",
        "Et vous, n'oubliez pas de vous abonner, et à la semaine prochaine.",
        "N'oubliez pas de vous abonner !",
        "Nous avons répondu que non, non, non, non, non, non, il faut des gens.",
        "Abonnez-vous à notre chaîne.",
    ],
)
def test_what_is_said_and_heard_is_kept(said: str) -> None:
    assert hallucination_reason(stretch(said)) is None


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (stretch("Sous-titres réalisés par la communauté d'Amara.org"), "credits"),
        (stretch("Sous-titrage ST' 501"), "credits"),
        (stretch("Sous-titrage Société Radio-Canada", voiced=0.0), "credits"),
        (stretch("Merci d'avoir regardé cette vidéo !", voiced=0.1), "credits"),
        (stretch("N'oubliez pas de vous abonner !", voiced=0.2), "credits"),
        (stretch("la la la la la la", voiced=0.1), "loop"),
        (stretch("et voilà " * 20, seconds=20.0), "loop"),
        (stretch("On y va, c'est parti.", voiced=0.0, mean_logprob=-1.2), "no voice"),
        (
            stretch(
                "Nous avons ouvert la maison en deux mille quatorze.",
                seconds=0.5,
                mean_logprob=-0.9,
            ),
            "too fast",
        ),
    ],
)
def test_what_nobody_said_is_taken_out_with_its_reason(
    written: HypothesisPart, reason: str
) -> None:
    assert hallucination_reason(written) == reason


def test_clear_words_over_music_are_kept_though_the_detector_finds_no_voice() -> None:
    assert (
        hallucination_reason(stretch("Bonjour et bienvenue à tous.", voiced=0.0, mean_logprob=-0.2))
        is None
    )
