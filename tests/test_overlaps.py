"""Two people at once: both sides are heard, kept, and read together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from support import fake_engine
from support.made_sounds import conversation, talk, write_wav

from studio.captions.cues import cues_from_transcript
from studio.captions.formats import CAPTION_FORMATS, SRT, VTT, captions_from_transcript
from studio.captions.plain_text import timed_lines_from_turns
from studio.captions.podcast_json import cues_from_podcast_json
from studio.captions.quality import caption_stats_from_cues
from studio.captions.srt import cues_from_srt
from studio.captions.vtt import SHAPE, cues_from_vtt, timed_cues_from_vtt
from studio.cli import main
from studio.clip.captions import captions_from_turns
from studio.model.article import Article
from studio.model.clock import Programme, RecordingMs, Span
from studio.model.microphones import OpenSpan
from studio.model.overlaps import Overlaps, OwnPassage
from studio.model.plain_transcript import CueText, SpokenPassage
from studio.model.transcript import AsrResult, Segment, Transcript, Utterance, Word
from studio.model.turns import turns_from_transcript
from studio.model.word_windows import window_span, word_windows
from studio.sound.channel_gate import RATE_HZ, read_gated_channels
from studio.speakers.speaker_assignment import transcript_from_asr
from studio.speech.overlap_decoding import (
    OverlapSound,
    is_improbable,
    most_agreed,
    overlap_spans,
    own_words,
    sounds_to_transcribe,
    within_mix,
)
from studio.speech.overlapping_words import with_overlaps
from studio.transcript.retiming import passages_from_cues, retime_transcript
from studio.workspace.layout import Workspace
from studio.workspace.sources import EpisodeSources, ShowSources

ROSE, MARC = "Rose Aubanel", "Marc Durand"
WORD_MS = 300
ARTICLE = Path(__file__).parent / "article" / "002-stephane-soto.txt"


def words_at(start_ms: int, text: str, probability: float = 0.9) -> tuple[Word, ...]:
    return tuple(
        Word(
            text=piece,
            start_ms=RecordingMs(start_ms + place * WORD_MS),
            end_ms=RecordingMs(start_ms + (place + 1) * WORD_MS - 20),
            probability=probability,
        )
        for place, piece in enumerate(text.split())
    )


def segment(number: int, speaker: str, start_ms: int, text: str) -> Segment:
    words = words_at(start_ms, text)
    return Segment(
        id=f"s{number:04}",
        speaker=speaker,
        start_ms=words[0].start_ms,
        end_ms=words[-1].end_ms,
        words=words,
    )


def utterance(words: Sequence[Word]) -> Utterance:
    return Utterance(start_ms=words[0].start_ms, end_ms=words[-1].end_ms, words=tuple(words))


def open_span(microphone: int, start_ms: int, end_ms: int) -> OpenSpan:
    return OpenSpan(
        microphone=microphone, start_ms=RecordingMs(start_ms), end_ms=RecordingMs(end_ms)
    )


def span(start_ms: int, end_ms: int) -> Span:
    return Span(start_ms=RecordingMs(start_ms), end_ms=RecordingMs(end_ms))


DIALOGUE = Transcript(
    language="fr",
    segments=(
        segment(1, ROSE, 0, "Bonjour à tous, et bienvenue dans cette émission."),
        segment(
            2,
            ROSE,
            3_000,
            "Le premier chemin, c'est les calissons à Aix, et je travaille avec la confiserie "
            "Sauvaire qui prend la moitié.",
        ),
        segment(3, MARC, 5_000, "Si je résume, il y a le marché, il y a l'eau, et la fille."),
        segment(4, ROSE, 9_500, "Et voilà, c'est ça."),
        segment(5, MARC, 12_000, "Merci beaucoup Rose Aubanel, et à la semaine prochaine."),
    ),
)
WHOLE = Programme(kept=(span(0, 20_000),))


# Hearing
# --------------------------------------------------------------------------------------------------


def test_what_two_say_at_once_is_heard_of_each_microphone_with_what_is_around_it() -> None:
    spans = (
        open_span(0, 0, 9_000),
        open_span(1, 4_000, 7_000),
        open_span(2, 10_000, 12_000),
        open_span(1, 11_600, 13_000),  # the end of a word
        open_span(0, 20_000, 24_000),
        open_span(1, 23_400, 26_000),  # one begins on the other's last words
        open_span(0, 25_700, 27_000),  # soon after that, a word at once again
    )
    together = overlap_spans(spans)
    assert together == (span(4_000, 7_000), span(23_400, 26_000))
    assert [
        (one.microphone, one.span)
        for one in sounds_to_transcribe(spans, together, duration_ms=30_000)
    ] == [
        (0, span(0, 13_000)),
        (1, span(0, 13_000)),
        (0, span(17_400, 30_000)),
        (1, span(17_400, 30_000)),
    ]


def decoded_passage(text: str, probability: float = 0.9) -> OwnPassage:
    # What is said around it does not count.
    around = words_at(2_000, f"avant {len(text)}", 0.99)
    return OwnPassage(
        microphone=0,
        together=span(8_000, 12_000),
        start_ms=RecordingMs(2_000),
        end_ms=RecordingMs(18_000),
        words=(*around, *(words_at(8_500, text, probability) if text else ())),
    )


@pytest.mark.parametrize(
    ("text", "probability", "improbable"),
    [("vous visez quoi", 0.9, False), ("vous visez quoi", 0.5, True), ("", 0.9, True)],
)
def test_a_passage_is_improbable_by_its_words_where_two_speak(
    text: str, probability: float, improbable: bool
) -> None:
    assert is_improbable(decoded_passage(text, probability)) == improbable


@pytest.mark.parametrize(
    ("texts", "chosen"),
    [
        (["", "vous visez quoi", "vous visez quoi ?"], "vous visez quoi"),
        (["Crabes", "on vise la première", "on vise la dernière"], "on vise la première"),
        (["", "", "bla bla"], ""),
        (["un tout", "autre chose", "que ceci"], "un tout"),
    ],
)
def test_the_hypothesis_from_which_the_others_differ_least_is_taken(
    texts: list[str], chosen: str
) -> None:
    found = most_agreed([decoded_passage(text) for text in texts])
    assert " ".join(word.text for word in found.words[2:]) == chosen


def test_a_microphone_alone_is_heard_only_where_two_speak_and_the_conversation_around_it() -> None:
    """Both are heard at the level that they have in the mix."""
    clock = np.arange(20 * RATE_HZ) / RATE_HZ
    own, other = (np.sin(2 * np.pi * hertz * clock).astype(np.float32) for hertz in (300, 1000))
    wanted = OverlapSound(0, span(2_000, 18_000), span(8_000, 12_000))
    heard = within_mix(own[2 * RATE_HZ : 18 * RATE_HZ], 0.5 * own + other, wanted)

    def level_of(hertz: int, start_s: float, end_s: float) -> float:
        part = heard[round((start_s - 2) * RATE_HZ) : round((end_s - 2) * RATE_HZ)]
        tone = np.exp(2j * np.pi * hertz * np.arange(len(part)) / RATE_HZ)
        return float(2 * abs(part @ tone) / len(part))

    for start_s, end_s, loud in ((3, 7, 1.0), (8, 12, 0.0), (13, 17, 1.0)):
        assert level_of(1000, start_s, end_s) == pytest.approx(loud, abs=0.02)
        assert level_of(300, start_s, end_s) == pytest.approx(0.5, abs=0.02)


def test_of_what_is_heard_around_only_the_own_speakers_words_are_theirs() -> None:
    spans = (open_span(0, 0, 9_400), open_span(1, 9_000, 12_000), open_span(0, 12_500, 14_000))
    wanted = OverlapSound(1, span(3_000, 18_000), span(9_000, 9_400))
    words = [
        *words_at(7_000, "bien sûr"),
        *words_at(9_050, "Mais non"),
        *words_at(11_000, "pas du"),
        *words_at(12_600, "Ah bon"),
    ]
    assert [one.text for one in own_words(words, wanted, spans)] == ["Mais", "non", "pas", "du"]


def test_a_long_overlap_is_heard_in_parts_that_whisper_takes() -> None:
    spans = (open_span(0, 0, 60_000), open_span(1, 5_000, 50_000))
    wanted = list(sounds_to_transcribe(spans, overlap_spans(spans), duration_ms=60_000))
    assert all(one.span.end_ms - one.span.start_ms <= 30_000 for one in wanted)
    for microphone, (start_ms, end_ms) in ((0, (5_000, 50_000)), (1, (5_000, 50_000))):
        own = [one.span for one in wanted if one.microphone == microphone]
        assert own[0].start_ms <= start_ms
        assert own[-1].end_ms >= end_ms
        assert all(before.end_ms >= after.start_ms for before, after in pairwise(own))


def test_a_microphone_is_turned_down_while_its_speaker_is_silent(tmp_path: Path) -> None:
    sound = np.full((4 * RATE_HZ, 2), 0.5)
    sound[:, 1] = 0.25
    path = write_wav(tmp_path / "deux.wav", sound, rate_hz=RATE_HZ)
    first, second = read_gated_channels(
        path,
        2,
        [open_span(0, 0, 4_000), open_span(1, 2_000, 3_000)],
        [(0, span(500, 1_500)), (1, span(1_000, 3_500))],
    )
    assert len(first) == RATE_HZ
    assert first == pytest.approx(0.5, abs=1e-3)
    assert len(second) == 2.5 * RATE_HZ
    assert second[: RATE_HZ // 2] == pytest.approx(0, abs=1e-3)
    assert second[RATE_HZ : 2 * RATE_HZ] == pytest.approx(0.25, abs=1e-3)
    assert second[-RATE_HZ // 4 :] == pytest.approx(0, abs=1e-3)


TOGETHER = span(1_200, 2_700)
MIX = [
    utterance(words_at(0, "Je parle depuis le début de cette longue phrase sans pause aucune.")),
]


def merged(*passages: OwnPassage) -> list[tuple[int | None, str]]:
    overlaps = Overlaps(together=(TOGETHER,), passages=passages)
    utterances, voices = with_overlaps(MIX, [0], overlaps)
    for voice in set(voices):
        own = [
            word
            for one, whose in zip(utterances, voices, strict=True)
            if whose == voice
            for word in one.words
        ]
        assert all(before.end_ms <= after.start_ms for before, after in pairwise(own))
    starts = [one.start_ms for one in utterances]
    assert starts == sorted(starts)
    return [
        (voice, " ".join(word.text for word in one.words))
        for one, voice in zip(utterances, voices, strict=True)
    ]


def passage(microphone: int, start_ms: int, text: str, probability: float = 0.9) -> OwnPassage:
    words = words_at(start_ms, text, probability)
    return OwnPassage(
        microphone=microphone,
        together=TOGETHER,
        start_ms=RecordingMs(max(0, start_ms - 200)),
        end_ms=RecordingMs(words[-1].end_ms + 200),
        words=words,
    )


def test_both_sides_of_an_overlap_stand_beside_each_other() -> None:
    found = merged(
        passage(0, 0, "Je parle depuis le début de cette longue phrase sans pause aucune."),
        passage(1, 1_200, "Mais non, pas du tout."),
    )
    assert " ".join(text for voice, text in found if voice == 0) == (
        "Je parle depuis le début de cette longue phrase sans pause aucune."
    )
    assert " ".join(text for voice, text in found if voice == 1) == "Mais non, pas du tout."


def test_only_what_is_said_at_once_is_replaced() -> None:
    found = merged(passage(0, 0, "Te parle depuis le débat de cette longue crase sans pause bis."))
    said = " ".join(text for _, text in found)
    assert said == "Je parle depuis le débat de cette longue crase sans pause aucune."


def test_words_that_bleed_into_the_other_microphone_are_written_once() -> None:
    found = merged(
        passage(0, 0, "Je parle depuis le début de cette longue phrase sans pause aucune."),
        passage(1, 1_200, "début de cette longue phrase", probability=0.4),
    )
    assert " ".join(text for _, text in found).split().count("longue") == 1
    assert {voice for voice, _ in found} == {0}


def test_what_is_heard_for_two_stretches_is_written_once() -> None:
    text = "Un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze."
    said = words_at(0, text)
    stretches = (span(600, 1_500), span(2_700, 3_600))
    mix = [utterance(words_at(0, "Un deux des fois ou six sept huit neuf disons onze douze."))]
    heard = tuple(
        OwnPassage(
            microphone=0,
            together=stretch,
            start_ms=RecordingMs(0),
            end_ms=RecordingMs(5_000),
            words=said,
        )
        for stretch in stretches
    )
    utterances, _ = with_overlaps(mix, [0], Overlaps(together=stretches, passages=heard))
    found = " ".join(word.text for one in utterances for word in one.words)
    assert found == "Un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze."


def test_where_nothing_was_believed_the_words_of_the_mix_stay() -> None:
    empty = OwnPassage(
        microphone=1,
        together=TOGETHER,
        start_ms=RecordingMs(1_000),
        end_ms=RecordingMs(3_000),
        words=(),
    )
    assert merged(empty) == [(0, " ".join(word.text for word in MIX[0].words))]


def test_the_transcript_has_each_sentence_where_it_begins_and_names_who_says_it() -> None:
    long = words_at(0, "Je parle longtemps, très longtemps, de ce que je fais ici à Aix. ")
    more = words_at(len(long) * WORD_MS, "Et je continue de parler encore un peu, voilà.")
    other = words_at(1_500, "Mais pas du tout, je ne suis pas d'accord.")
    utterances = (utterance(long), utterance(other), utterance(more))
    hearing = AsrResult(
        engine="faster",
        model="base",
        language="fr",
        duration_ms=RecordingMs(20_000),
        voice=(),
        names=(),
        utterances=utterances,
    )
    transcript = transcript_from_asr(
        hearing,
        [0, 1, 0],
        Article(title="", introduction=(), exchanges=(), quote=None),
        host=MARC,
        guests=[ROSE],
        known={0: ROSE, 1: MARC},
    )
    assert [one.speaker for one in transcript.segments] == [ROSE, MARC, ROSE]
    assert transcript.segments[0].text.endswith("à Aix.")
    starts = [one.start_ms for one in transcript.segments]
    assert starts == sorted(starts)


@pytest.mark.slow
def test_both_sides_reach_the_transcript(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the commands on: a recording with a voice on each side, in which both speak from 10.5 to
    13.5 s.
    """
    (host, guest), _ = conversation(40)
    guest[round(10.5 * RATE_HZ) : round(13.5 * RATE_HZ)] += talk(3, rate_hz=RATE_HZ, seed=21)
    both = write_wav(tmp_path / "both.wav", np.hstack((host, guest)), rate_hz=RATE_HZ)
    mix = [(None, 10_200, 13_800, "Alors le mix entend de tout cela une voix seulement ici.")]
    fake_engine.install(monkeypatch, lambda: mix)
    said = {
        0: words_at(10_200, "Alors voici ce que je dis moi pendant ce temps là."),
        1: words_at(10_600, "Pardon mais je ne suis pas du tout d'accord."),
    }

    def hear(
        _: object,
        sounds: Sequence[object],
        mix: object,
        wanted: Sequence[OverlapSound],
        *__: object,
        **___: object,
    ) -> tuple[OwnPassage, ...]:
        assert len(sounds) == len(wanted) == 2
        return tuple(
            OwnPassage(
                microphone=one.microphone,
                together=one.together,
                start_ms=one.span.start_ms,
                end_ms=one.span.end_ms,
                words=said[one.microphone],
            )
            for one in wanted
        )

    monkeypatch.setattr("studio.speech.overlap_decoding.transcribe_overlaps", hear)
    monkeypatch.setattr("studio.speech.engine_loading.load_engine", lambda *_, **__: None)
    root, run = tmp_path / "show", CliRunner()
    assert run.invoke(main, ["init", str(root), "--title", "Essai"]).exit_code == 0
    new = ["-C", str(root), "new", "--article", str(ARTICLE), "--recording", str(both)]
    assert run.invoke(main, new).exit_code == 0
    told = run.invoke(main, ["-C", str(root), "run", "--stage", "correct"])
    assert told.exit_code == 0, told.output
    sources = EpisodeSources(ShowSources(Workspace(root)), "002-stephane-soto")
    assert [one.microphone for one in sources.overlaps().passages] == [0, 1]
    segments = sources.transcript().segments
    assert [one.text for one in segments] == [
        "Alors voici ce que je dis moi pendant ce temps là.",
        "Pardon mais je ne suis pas du tout d'accord.",
    ]
    assert segments[0].speaker != segments[1].speaker
    assert segments[1].start_ms < segments[0].end_ms


# Reading
# --------------------------------------------------------------------------------------------------


def test_each_speaker_keeps_the_times_of_their_words() -> None:
    turns = turns_from_transcript(DIALOGUE, WHOLE)
    said = {(turn.speaker, int(word.start_ms)) for turn in turns for word in turn.words}
    assert said == {
        (one.speaker, int(word.start_ms)) for one in DIALOGUE.segments for word in one.words
    }
    assert [turn.start_ms for turn in turns] == sorted(turn.start_ms for turn in turns)


def test_captions_show_both_and_keep_every_rule() -> None:
    forms = captions_from_transcript(DIALOGUE, WHOLE, "Essai")
    for form in CAPTION_FORMATS:
        assert list(form.check(forms[form])) == []
    assert (
        f"<v {ROSE}>Sauvaire qui prend la moitié.</v>\n<v {MARC}>il y a l’eau, et la fille.</v>"
        in forms[VTT]
    )
    assert "– à Aix, et je travaille\n– Marc Durand: Si je résume, il\n" in forms[SRT]
    cues = cues_from_transcript(DIALOGUE, WHOLE, SHAPE)
    assert all(before.end_ms <= after.start_ms for before, after in pairwise(cues))
    assert tuple(timed_cues_from_vtt(forms[VTT])) == cues
    assert caption_stats_from_cues(cues).unnamed == 0


def test_a_syllable_of_overlap_is_no_dialogue() -> None:
    near = Transcript(
        language="fr",
        segments=(
            segment(1, ROSE, 0, "Bonjour à tous, et bienvenue."),
            segment(2, MARC, 1_300, "Merci de votre invitation."),
        ),
    )
    assert not any(cue.voices for cue in cues_from_transcript(near, WHOLE, SHAPE))


@pytest.mark.parametrize("form", ["vtt", "srt", "json"])
@pytest.mark.parametrize("corrected", [False, True])
def test_captions_of_dialogue_come_back_word_for_word(form: str, corrected: bool) -> None:
    spoken = [word.text for word in DIALOGUE.words]
    forms = {
        kind.suffix: text
        for kind, text in captions_from_transcript(DIALOGUE, WHOLE, "Essai").items()
    }
    wrong, right = ("l’eau", "l’eau douce") if corrected else ("l’eau", "l’eau")
    read: list[CueText] = {
        "vtt": lambda: list(
            cues_from_vtt(forms[".vtt"].replace(wrong, right), [ROSE, MARC], spoken)
        ),
        "srt": lambda: list(
            cues_from_srt(forms[".srt"].replace(wrong, right), [ROSE, MARC], spoken)
        ),
        "json": lambda: list(
            cues_from_podcast_json(
                forms[".podcast.json"].replace(wrong, right).encode(), "essai.json"
            )
        ),
    }[form]()
    passages = passages_from_cues(DIALOGUE, read, lambda _: True)
    expected = [
        SpokenPassage(
            speaker=one.speaker,
            text=one.text.replace("l'eau", right.replace("’", "'")),
        )
        for one in DIALOGUE.segments
    ]
    shown = [
        SpokenPassage(speaker=one.speaker, text=one.text.replace("’", "'")) for one in passages
    ]
    assert shown == expected
    again = retime_transcript(DIALOGUE, passages)
    kept = {(word.text, word.start_ms, word.end_ms) for word in again.words}
    stood = {(word.text, word.start_ms, word.end_ms) for word in DIALOGUE.words}
    assert len(stood - kept) <= (2 if corrected else 0)


def test_a_word_added_before_an_overlap_moves_nothing_that_is_said_beside_it() -> None:
    passages = [SpokenPassage(speaker=one.speaker, text=one.text) for one in DIALOGUE.segments]
    passages[1] = SpokenPassage(speaker=ROSE, text=f"{passages[1].text} Exactement.")
    again = retime_transcript(DIALOGUE, passages)
    assert again.segments[2] == DIALOGUE.segments[2]
    assert again.segments[1].text.endswith("Exactement.")


def test_lyrics_ascend() -> None:
    lines = timed_lines_from_turns(turns_from_transcript(DIALOGUE, WHOLE), "fr")
    assert [moment for moment, _ in lines] == sorted(moment for moment, _ in lines)


def test_a_clip_shows_both_and_lights_each_word_when_it_is_said() -> None:
    captions = captions_from_turns(
        turns_from_transcript(DIALOGUE, WHOLE),
        start_ms=0,
        duration_ms=16_000,
        language="fr",
        line_characters=26,
    )
    both = [one for one in captions if one.speaker == f"{ROSE} – {MARC}"]
    assert both
    for caption in both:
        assert [line[0].text[:2] for line in caption.lines] == ["–\u00a0", "–\u00a0"]
        assert [word.start_ms for word in caption.words] == sorted(
            word.start_ms for word in caption.words
        )
    said = {
        (word.text.removeprefix("–\u00a0").replace("’", "'"), word.start_ms)
        for caption in captions
        for word in caption.words
    }
    assert ("calissons", 4_500) in said
    assert ("résume,", 5_600) in said


def test_windows_of_words_have_their_sound() -> None:
    words = DIALOGUE.words
    for first, last in word_windows(words, []):
        found = window_span(words, first, last)
        own = words[first:last]
        assert found.start_ms <= min(word.start_ms for word in own)
        assert found.end_ms >= max(word.end_ms for word in own)
        assert found.end_ms - found.start_ms <= 6_000
