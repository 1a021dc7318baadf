"""Captions are readable, follow the programme's clock, and parse wherever they go."""

from __future__ import annotations

import datetime
import itertools
import json
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import pytest
import srt
from hypothesis import example, given
from hypothesis import strategies as st
from support.judges import ask_node
from support.spoken import GUEST, HOST, INTERVIEW, programme_of, transcript_from_lines

from studio.captions.cue_tokens import NAMED_LINE_CHARACTERS
from studio.captions.cues import (
    MAX_SHIFT_MS,
    SHIFT_MS,
    Cue,
    CueShape,
    cues_from_transcript,
)
from studio.captions.formats import (
    CAPTION_FORMATS,
    HTML,
    JSON,
    SRT,
    TEXT,
    VTT,
    CaptionFormat,
    captions_from_transcript,
)
from studio.captions.quality import (
    CHARACTERS_PER_S,
    badly_broken_lines,
    caption_stats_from_cues,
    speed_cps,
)
from studio.captions.srt import SHAPE as SRT_SHAPE
from studio.captions.vtt import SHAPE as VTT_SHAPE
from studio.model.clock import Programme, RecordingMs
from studio.model.transcript import Segment, Transcript, Word
from studio.text.typography import leans_on_next

WHOLE = programme_of((0, 60_000))
TRANSCRIPT = transcript_from_lines(INTERVIEW)
CUES = cues_from_transcript(TRANSCRIPT, WHOLE, VTT_SHAPE)


def letters(text: str) -> str:
    """The text without spaces, and with one kind of apostrophe: what setting in type must not
    change.
    """
    return "".join(text.split()).replace("’", "'")


# --- one real interview


def test_cues_of_the_interview_can_be_read() -> None:
    for cue in CUES:
        assert 1 <= len(cue.lines) <= 2
        assert all(len(line) <= 42 for line in cue.lines)
        assert 1000 <= cue.end_ms - cue.start_ms <= 6500
        assert len(cue.text) * 1000 / (cue.end_ms - cue.start_ms) <= 20


def test_cues_of_the_interview_say_every_word_of_it() -> None:
    assert letters("".join(cue.text for cue in CUES)) == letters(
        "".join(line[3] for line in INTERVIEW)
    )


def test_a_cue_starts_with_its_first_word_or_a_little_beside_it() -> None:
    starts = [WHOLE.programme_from_recording(word.start_ms) for word in TRANSCRIPT.words]
    assert all(min(abs(cue.start_ms - start) for start in starts) <= SHIFT_MS for cue in CUES)
    assert CUES[0].start_ms == 1500


def test_a_fast_passage_takes_time_from_afar_before_anybody_has_to_read_too_fast() -> None:
    line = "des gens parlent vite, ils ne respirent plus,"
    slow = [(GUEST, at, at + 3600, line) for at in (1000, 4600, 8200)]
    # 24 characters a second for some eleven seconds.
    fast = [(GUEST, at, at + 1900, line) for at in range(11_800, 23_200, 1900)]
    after = [(GUEST, at, at + 3600, line) for at in (23_200, 26_800, 30_400)]
    transcript = transcript_from_lines([*slow, *fast, *after])
    cues = cues_from_transcript(transcript, WHOLE, VTT_SHAPE)
    assert max(map(speed_cps, cues)) <= CHARACTERS_PER_S
    starts = [WHOLE.programme_from_recording(word.start_ms) for word in transcript.words]
    lags = [min(abs(cue.start_ms - start) for start in starts) for cue in cues]
    assert max(lags) <= MAX_SHIFT_MS


def test_no_cue_mixes_speakers() -> None:
    for cue in CUES:
        spoken = {
            segment.speaker
            for segment in TRANSCRIPT.segments
            if letters(cue.text) in letters(segment.text)
        }
        assert spoken <= {cue.speaker}
    assert [cue.speaker for cue in CUES[:4]] == [HOST, HOST, GUEST, HOST]


def test_hardly_a_line_ends_with_a_word_that_leans_on_the_next_one() -> None:
    lines = [line for cue in CUES for line in cue.lines]
    torn = [line for line in lines if leans_on_next(line.rsplit(" ", 1)[-1])]
    assert len(torn) <= len(lines) // 10, torn  # where no other break fits


def test_short_sentences_share_a_cue_and_long_ones_break_at_clauses() -> None:
    assert CUES[0].lines == ("Trois questions à Stéphane Soto.", "Épisode deux.")
    assert CUES[1].lines == ("Bonjour Stéphane Soto,", "et merci de nous recevoir.")
    assert any(cue.lines[-1].endswith("hardware,") for cue in CUES)


def test_lines_do_not_break_at_french_spaces() -> None:
    spoken = (
        "Il a dit « bonjour » à tout le monde ; pourquoi ? Parce que : « c’est ainsi » ! "
        "Voilà 12 000 raisons , ou 85 % ."
    )
    for characters in range(0, 40):
        transcript = transcript_from_lines([(None, 0, 12_000, "x" * characters + " " + spoken)])
        for shape in (VTT_SHAPE, SRT_SHAPE):
            for cue in cues_from_transcript(transcript, WHOLE, shape):
                for line in cue.lines:
                    assert not line.startswith(("?", "!", ":", ";", "»", "%", "000")), cue
                    assert not line.endswith("«"), cue


# --- the programme's clock


def test_the_opening_shifts_every_cue() -> None:
    later = cues_from_transcript(TRANSCRIPT, programme_of((0, 60_000), opening_ms=4321), VTT_SHAPE)
    assert [(cue.start_ms + 4321, cue.lines) for cue in CUES] == [
        (cue.start_ms, cue.lines) for cue in later
    ]


def test_a_cut_passage_is_not_read_and_what_follows_moves_up() -> None:
    cut = cues_from_transcript(TRANSCRIPT, programme_of((0, 10_000), (45_500, 60_000)), VTT_SHAPE)
    assert "Medinsoft" not in " ".join(cue.text for cue in cut)
    assert [cue.text for cue in cut[:3]] == [cue.text for cue in CUES[:3]]
    question = next(cue for cue in cut if cue.text.startswith("Très vite"))
    assert question.start_ms == 45_823 - 35_500
    assert all(cue.end_ms <= 24_500 for cue in cut)


def test_a_cue_never_runs_across_a_cut() -> None:
    transcript = transcript_from_lines(
        [(GUEST, 0, 4000, "un deux trois quatre cinq six sept huit")]
    )
    times = [word.start_ms for word in transcript.words]
    cues = cues_from_transcript(
        transcript, programme_of((0, times[3]), (times[5], 4000)), VTT_SHAPE
    )
    assert [cue.text for cue in cues] == ["un deux trois", "six sept huit"]


def test_a_cue_stays_while_it_is_read_but_never_into_the_next_one() -> None:
    lines = [
        (HOST, 0, 300, "Vraiment ?"),
        (GUEST, 400, 700, "Oui."),
        (GUEST, 5000, 5200, "Tout à fait, et je le redirai."),
    ]
    cues = cues_from_transcript(transcript_from_lines(lines), programme_of((0, 5500)), VTT_SHAPE)
    assert [(cue.start_ms, cue.end_ms) for cue in cues] == [(0, 834), (834, 1834), (3922, 5500)]


# --- hostile and damaged transcripts


def test_words_without_length_still_make_cues_that_parse() -> None:
    words = tuple(
        Word(text=text, start_ms=RecordingMs(500), end_ms=RecordingMs(500), probability=0.1)
        for text in "abcdefgh"
    )
    segments = tuple(
        Segment(
            id=str(index),
            speaker=str(index),
            start_ms=RecordingMs(500),
            end_ms=RecordingMs(500),
            words=(word,),
        )
        for index, word in enumerate(words)
    )
    cues = cues_from_transcript(Transcript(language="fr", segments=segments), WHOLE, VTT_SHAPE)
    assert [cue.text for cue in cues] == list("abcdefgh")
    assert_in_order(cues)


def fits(line: str, cue: Cue, shape: CueShape) -> bool:
    """Whether a line is as long as it may be: a speaker's name comes on top."""
    text = line.removeprefix(f"{cue.speaker}:").lstrip(" ")
    return len(text) <= shape.line_characters and len(line) <= max(
        shape.line_characters, NAMED_LINE_CHARACTERS
    )


@pytest.mark.parametrize("name", ["Camille Renaud-O’Brien", "Jean-Christophe de La Rochefoucauld"])
def test_a_name_is_never_broken_and_takes_nothing_of_the_text(name: str) -> None:
    lines = [
        (HOST, 0, 3000, "Et vous avez commencé par un petit atelier, n’est-ce pas ?"),
        (name, 3000, 9000, "Justement, nous étions quelques artisans de la même rue, et personne."),
    ]
    cues = cues_from_transcript(transcript_from_lines(lines), programme_of((0, 9500)), SRT_SHAPE)
    named = [cue for cue in cues if cue.text.startswith(f"{name}:")]
    assert len(named) == 1
    assert named[0].lines[0].startswith(f"{name}:")
    assert all(fits(line, cue, SRT_SHAPE) for cue in cues for line in cue.lines)
    assert all(cue.end_ms - cue.start_ms >= 834 for cue in cues)
    figures = caption_stats_from_cues(
        [
            Cue(
                start_ms=cue.start_ms,
                end_ms=cue.end_ms,
                speaker=cue.speaker,
                lines=(cue.text.removeprefix(f"{cue.speaker}: "),),
            )
            for cue in cues
        ]
    )
    assert figures.speed_cps <= 20
    assert (figures.torn, figures.lonely, figures.unnamed) == (0, 0, 0)


def test_no_line_ends_on_an_article_a_preposition_or_a_conjunction() -> None:
    for shape in (VTT_SHAPE, SRT_SHAPE):
        cues = cues_from_transcript(TRANSCRIPT, WHOLE, shape)
        assert [line for cue in cues for line in badly_broken_lines(cue)] == []


@pytest.mark.parametrize(
    ("text", "said_ms"),
    [
        (
            "Les Herbiers Sentinelles, c’est Clarisse qui s’en occupe, maintenant.",
            5500,
        ),
        (
            "Je sais, ça fait toujours cet effet-là. On garde à peu près dix pour cent de ce que "
            "les services nous envoient.",
            4500,
        ),
    ],
)
def test_narrow_captions_leave_no_word_alone_and_tear_no_line(text: str, said_ms: int) -> None:
    transcript = transcript_from_lines(((GUEST, 0, said_ms, text),))
    cues = cues_from_transcript(transcript, programme_of((0, said_ms)), SRT_SHAPE)
    figures = caption_stats_from_cues(cues)
    assert (figures.lonely, [line for cue in cues for line in badly_broken_lines(cue)]) == (0, [])


@pytest.mark.parametrize(
    "together",
    [
        "change- t-elle",
        "peut -être",
        "quatre-vingt-douze pour cent",
        "vingt-cinq kilomètres",
        "7500 euros",
        "parce que",
        "là où",
        "M. Dupont",
        "est-ce qu’il",
    ],
)
def test_what_belongs_together_stands_on_one_line(together: str) -> None:
    words = "hier matin chacun parlait".split()
    for place in range(2, 18):
        lead = " ".join(words * 8)[: place * 8].rsplit(" ", 1)[0]
        text = f"{lead} {together} qui vient ici ce soir avec toute la famille réunie"
        transcript = transcript_from_lines([(GUEST, 0, 12_000, text)])
        for shape in (VTT_SHAPE, SRT_SHAPE):
            cues = cues_from_transcript(transcript, WHOLE, shape)
            lines = [line.replace("\u00a0", " ") for cue in cues for line in cue.lines]
            assert any(together in line for line in lines), lines


def test_a_word_longer_than_a_line_is_broken() -> None:
    word = "https://exemple.fr/" + "a" * 100
    transcript = transcript_from_lines([(GUEST, 0, 9000, f"Voir {word} pour tout.")])
    cues = cues_from_transcript(transcript, WHOLE, SRT_SHAPE)
    assert all(fits(line, cue, SRT_SHAPE) for cue in cues for line in cue.lines)
    assert word in letters("".join(cue.text for cue in cues))
    assert_in_order(cues)


def test_silence_makes_empty_captions() -> None:
    captions = captions_from_transcript(Transcript(language="fr", segments=()), WHOLE, "Rien")
    assert captions[VTT] == "WEBVTT\n"
    assert captions[SRT] == ""
    assert json.loads(captions[JSON]) == {"version": "1.0.0", "segments": []}


def test_the_same_transcript_gives_the_same_captions() -> None:
    assert captions_from_transcript(TRANSCRIPT, WHOLE, "Titre") == captions_from_transcript(
        TRANSCRIPT, WHOLE, "Titre"
    )
    assert tuple(captions_from_transcript(TRANSCRIPT, WHOLE, "Titre")) == CAPTION_FORMATS


# --- the forms


def test_text_names_a_speaker_where_the_speaker_changes() -> None:
    text = captions_from_transcript(TRANSCRIPT, WHOLE, "Titre")[TEXT]
    paragraphs = text.rstrip("\n").split("\n\n")
    assert paragraphs[0].startswith(f"{HOST}\u00a0: Trois questions")
    assert paragraphs[1] == f"{GUEST}\u00a0: Bonjour, avec plaisir."
    assert "commencé l’aventure Medinsoft\u202f?" in paragraphs[2]


def test_html_is_flat_cite_time_p() -> None:
    lines = [*INTERVIEW[:2], (None, 8000, 9000, "R&D <b>non</b>")]
    page = captions_from_transcript(transcript_from_lines(lines), WHOLE, "Épisode <2>")[HTML]
    body = page.partition("<body>")[2]
    assert re.findall(r"<(\w+)", body) == ["cite", "time", "p", "time", "p"]
    assert '<html lang="fr">' in page
    assert "<title>Épisode &lt;2&gt;</title>" in page
    assert "<p>R&amp;D &lt;b&gt;non&lt;/b&gt;</p>" in body


def test_srt_writes_the_name_where_the_speaker_changes() -> None:
    subtitles = list(srt.parse(captions_from_transcript(TRANSCRIPT, WHOLE, "Titre")[SRT]))
    assert subtitles[0].content == "Camille Renaud: Trois questions\nà Stéphane Soto. Épisode deux."
    assert not subtitles[1].content.startswith(HOST)
    assert subtitles[2].content.startswith(f"{GUEST}:")


def test_other_languages_keep_their_own_spaces() -> None:
    transcript = transcript_from_lines(
        [("Ann", 0, 2000, "Isn't it? Yes: it is!")], language="en-GB"
    )
    assert (
        captions_from_transcript(transcript, WHOLE, "Title")[TEXT] == "Ann: Isn't it? Yes: it is!\n"
    )


# --- any transcript

SIGNS = st.characters(codec="utf-8")
WORDS = st.one_of(
    st.text(SIGNS, min_size=1, max_size=12),
    st.sampled_from(
        [
            "-->",
            "<v",
            "Name>",
            "</v>",
            "&amp;",
            "&",
            "<b>",
            "«",
            "»",
            "?",
            "!",
            ":",
            ";",
            "oui.",
            "M.",
            "12",
            "000",
            "%",
            "1",
            "00:00:01,000",
        ]
    ),
    st.text("abé", min_size=30, max_size=120),
)
SPEAKERS = st.sampled_from(
    [None, "", "Hôte", "A & B", "<v X>", "a-->b", "Nom  très long " * 5, "x" * 50, "\n"]
)


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    moment = 0
    segments = []
    for number in range(draw(st.integers(0, 6))):
        moment += draw(st.integers(0, 3000))
        words = []
        start = moment
        for text in draw(st.lists(WORDS, max_size=25)):
            moment += draw(st.sampled_from([0, 0, 20, 900]))
            end = moment + draw(st.integers(0, 600))
            words.append(
                Word(
                    text=text,
                    start_ms=RecordingMs(moment),
                    end_ms=RecordingMs(end),
                    probability=0.5,
                )
            )
            moment = end
        segments.append(
            Segment(
                id=str(number),
                speaker=draw(SPEAKERS),
                start_ms=RecordingMs(start),
                end_ms=RecordingMs(moment),
                words=tuple(words),
            )
        )
    return Transcript(language=draw(st.sampled_from(["fr", "en"])), segments=tuple(segments))


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    edges = sorted(draw(st.sets(st.integers(0, 40_000), min_size=2, max_size=6)))
    kept = list(zip(edges[::2], edges[1::2], strict=False))
    return programme_of(
        *kept, opening_ms=draw(st.integers(0, 5000)), closing_ms=draw(st.integers(0, 5000))
    )


def heard_letters(transcript: Transcript, programme: Programme) -> str:
    heard = "".join(
        word.text
        for word in transcript.words
        if programme.contains(RecordingMs((word.start_ms + word.end_ms) // 2))
    )
    return letters("".join(sign for sign in letters(heard) if unicodedata.category(sign) != "Cc"))


def assert_in_order(cues: tuple[Cue, ...]) -> None:
    assert all(cue.start_ms < cue.end_ms for cue in cues)
    assert all(one.end_ms <= two.start_ms for one, two in itertools.pairwise(cues))


@given(transcripts(), programmes())
def test_cues_of_any_transcript_keep_the_rules(
    transcript: Transcript, programme: Programme
) -> None:
    for shape in (VTT_SHAPE, SRT_SHAPE):
        cues = cues_from_transcript(transcript, programme, shape)
        assert_in_order(cues)
        assert all(
            1 <= len(cue.lines) <= 2
            and all(len(line) > 0 and fits(line, cue, shape) for line in cue.lines)
            for cue in cues
        )
        if not shape.speaker_in_text:
            assert letters("".join(cue.text for cue in cues)) == heard_letters(
                transcript, programme
            )


@given(transcripts())
def test_srt_of_any_transcript_parses_strictly(transcript: Transcript) -> None:
    programme = programme_of((0, 10_000_000))
    cues = cues_from_transcript(transcript, programme, SRT_SHAPE)
    subtitles = list(srt.parse(captions_from_transcript(transcript, programme, "T")[SRT]))
    assert [subtitle.index for subtitle in subtitles] == list(range(1, len(cues) + 1))
    for subtitle, cue in zip(subtitles, cues, strict=True):
        assert subtitle.content == "\n".join(cue.lines).strip()
        assert subtitle.start == datetime.timedelta(milliseconds=cue.start_ms)
        assert subtitle.end == datetime.timedelta(milliseconds=cue.end_ms)


@given(transcripts())
def test_json_of_any_transcript_says_what_the_cues_say(transcript: Transcript) -> None:
    programme = programme_of((0, 10_000_000))
    document = json.loads(captions_from_transcript(transcript, programme, "T")[JSON])
    assert document["version"] == "1.0.0"
    assert letters("".join(segment["body"] for segment in document["segments"])) == heard_letters(
        transcript, programme
    )
    for segment in document["segments"]:
        assert segment.keys() == {"speaker", "startTime", "endTime", "body"}
        assert segment["startTime"] < segment["endTime"]


# --- judges


def judge_vtt(files: Sequence[str]) -> list[dict[str, Any]]:
    """Of each file what W3C's parser finds: errors and cues."""
    answers = ask_node(
        "vtt.mjs", "".join(json.dumps(file) + "\n" for file in files), "webvtt-parser"
    )
    return [json.loads(answer) for answer in answers.splitlines()]


@pytest.mark.judge
def test_webvtt_parser_finds_nothing_in_the_interview() -> None:
    (answer,) = judge_vtt([captions_from_transcript(TRANSCRIPT, WHOLE, "T")[VTT]])
    assert answer["errors"] == []
    assert [(cue["voices"], cue["text"]) for cue in answer["cues"]] == [
        ([cue.speaker], "\n".join(cue.lines)) for cue in CUES
    ]
    assert [(cue["start"], cue["end"]) for cue in answer["cues"]] == [
        (cue.start_ms / 1000, cue.end_ms / 1000) for cue in CUES
    ]


@pytest.mark.judge
def test_webvtt_parser_refuses_what_is_wrong() -> None:
    (answer,) = judge_vtt(["WEBVTT\n\n00:02.000 --> 00:01.000\nR & D <b\n"])
    assert answer["errors"]


@pytest.mark.judge
def test_webvtt_parser_finds_nothing_in_any_transcript() -> None:
    """All examples are asked about at once: starting node takes longer than parsing."""
    examples: list[Transcript] = []

    @example(transcript_from_lines([("<v X>", 0, 900, "--> <v Name> &amp; </v> & < >")]))
    @given(transcripts())
    def collect(transcript: Transcript) -> None:
        examples.append(transcript)

    collect()
    programme = programme_of((0, 10_000_000))
    files = [captions_from_transcript(transcript, programme, "T")[VTT] for transcript in examples]
    for transcript, answer in zip(examples, judge_vtt(files), strict=True):
        assert answer["errors"] == []
        assert letters("".join(cue["text"] for cue in answer["cues"])) == heard_letters(
            transcript, programme
        )


@pytest.mark.judge
@pytest.mark.parametrize("kind", [SRT, JSON, HTML], ids=lambda kind: kind.suffix)
def test_an_app_library_reads_every_form(kind: CaptionFormat) -> None:
    content = captions_from_transcript(TRANSCRIPT, WHOLE, "Titre")[kind]
    question = json.dumps(content) + "\n"
    segments = json.loads(ask_node("transcripts.mjs", question, "transcriptator"))
    assert letters("".join(segment["body"] for segment in segments)) == letters(
        "".join(line[3] for line in INTERVIEW)
    )
    assert segments[0]["speaker"] == HOST
    assert segments[0]["startTime"] == pytest.approx(1.5, abs=0.5)
    assert {segment["speaker"] for segment in segments} == {HOST, GUEST}
