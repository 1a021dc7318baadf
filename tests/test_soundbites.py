"""Sound bites: the quote, what article and speech share, a person's choice; and what else of the
namespace the feed says.
"""

from __future__ import annotations

import itertools
import json

import pytest
from lxml import etree
from support import interviews
from support.example_show import COVER_URL, EPISODE, ITEM, SHOW
from support.judges import ask_node
from support.reading_back import feed_from_show
from support.spoken import GUEST, HOST, INTERVIEW, programme_of, transcript_from_lines

from studio.alignment.passages import locate_passages
from studio.alignment.questions import align_questions
from studio.clip.soundbites import (
    MAX_DURATION_MS,
    MAX_SHARED,
    MAX_SHARED_MS,
    MIN_DURATION_MS,
    choose_soundbites,
    soundbite_from_quote,
)
from studio.errors import WorkspaceError
from studio.feed.namespace import NAMESPACES
from studio.model.alignment import Alignment, Passage
from studio.model.article import Article, Exchange, Paragraph
from studio.model.clock import Programme, ProgrammeMs, RecordingMs
from studio.model.episode import ChosenSoundbite, Episode
from studio.model.record import record_from_toml, replace_fields
from studio.model.show import Recommendation
from studio.model.sound import Alternate, Loudness
from studio.model.soundbite import Soundbite
from studio.model.transcript import Transcript
from studio.model.turns import ends_sentence, turns_from_transcript
from studio.workspace.settings import toml_from_episode

WHOLE = programme_of((0, 60_000))


def passage(start_ms: int, end_ms: int) -> Passage:
    return Passage(
        exchange=0,
        paragraph=0,
        kind="verbatim",
        similarity=1.0,
        start_ms=RecordingMs(start_ms),
        end_ms=RecordingMs(end_ms),
    )


def bite(
    quoted: Passage | None,
    programme: Programme = WHOLE,
    quote: str = "Nous étions quelques éditeurs",
) -> Soundbite | None:
    return soundbite_from_quote(
        quote, quoted, turns_from_transcript(transcript_from_lines(INTERVIEW), programme), programme
    )


def test_a_short_quote_is_heard_with_the_sentences_after_it() -> None:
    found = bite(passage(12_717, 17_167))
    assert found is not None
    assert found.start_ms == 12_717
    assert found.end_ms == 29_405  # the first end of a sentence after 15 seconds
    assert found.end_ms - found.start_ms >= MIN_DURATION_MS


def test_where_the_speaker_ends_with_it_the_sentences_before_are_heard() -> None:
    found = bite(passage(32_005, 45_022))
    assert found is not None
    assert (found.start_ms, found.end_ms) == (
        17_682,
        45_022,
    )  # from the sentence before, it would last 14.8 seconds


def test_it_never_runs_into_the_next_speaker() -> None:
    found = bite(passage(49_658, 50_400))
    assert found is not None
    assert (found.start_ms, found.end_ms) == (49_658, 50_400)
    found = bite(passage(8_111, 9_435))
    assert found is not None
    assert found.end_ms <= 10_212


def test_it_is_told_on_the_programme_s_clock() -> None:
    found = bite(passage(12_717, 17_167), programme_of((10_000, 60_000), opening_ms=3_000))
    assert found is not None
    assert (found.start_ms, found.end_ms) == (5_717, 22_405)


@pytest.mark.parametrize("programme", [programme_of((0, 10_000)), programme_of((20_000, 60_000))])
def test_a_quote_that_was_cut_out_is_no_sound_bite(programme: Programme) -> None:
    assert bite(passage(12_717, 17_167), programme) is None


def test_a_quote_that_was_never_said_is_no_sound_bite() -> None:
    assert bite(None) is None
    assert bite(Passage(exchange=0, paragraph=0, kind="unheard", similarity=0.1)) is None


def test_a_monologue_is_cut_at_two_minutes() -> None:
    lines = [
        (GUEST, 1_000 * number, 1_000 * number + 900, f"et{number} puis") for number in range(300)
    ]
    turns = turns_from_transcript(
        transcript_from_lines([(HOST, 0, 0, "Oui."), *lines]), programme_of((0, 400_000))
    )
    found = soundbite_from_quote(
        "et puis " * 40, passage(1_000, 290_000), turns, programme_of((0, 400_000))
    )
    assert found is not None
    assert found.end_ms - found.start_ms == MAX_DURATION_MS
    assert len(found.title) <= 128


def test_the_feed_says_all_of_it() -> None:
    show = replace_fields(
        SHOW,
        podroll=(
            Recommendation(
                guid="917393e3-1b1e-5cef-ace4-edaa54e1f810", feed="https://example.net/feed.xml"
            ),
            Recommendation(guid="x"),
        ),
        new_feed_url="https://example.org/moved.xml",
        hubs=("https://hub.example.org/",),
    )
    bites = (
        Soundbite(
            start_ms=ProgrammeMs(12_717), end_ms=ProgrammeMs(29_405), title="Nous « étions »"
        ),
        Soundbite(
            start_ms=ProgrammeMs(61_000),
            end_ms=ProgrammeMs(91_500),
            title="Et après",
            origin="shared",
        ),
    )
    item = replace_fields(ITEM, soundbites=bites)
    channel = etree.fromstring(feed_from_show(show, [item], COVER_URL)).find("channel")
    assert channel is not None
    others = channel.findall("podcast:podroll/podcast:remoteItem", NAMESPACES)
    assert [dict(one.items()) for one in others] == [
        {
            "feedGuid": "917393e3-1b1e-5cef-ace4-edaa54e1f810",
            "feedUrl": "https://example.net/feed.xml",
        },
        {"feedGuid": "x"},
    ]
    assert (
        channel.findtext("itunes:new-feed-url", None, NAMESPACES) == "https://example.org/moved.xml"
    )
    assert [
        link.get("href")
        for link in channel.findall("atom:link", NAMESPACES)
        if link.get("rel") == "hub"
    ] == ["https://hub.example.org/"]
    assert [
        (one.text, dict(one.items()))
        for one in channel.findall("item/podcast:soundbite", NAMESPACES)
    ] == [
        ("Nous « étions »", {"startTime": "12.717", "duration": "16.688"}),
        ("Et après", {"startTime": "61.000", "duration": "30.500"}),
    ]


@pytest.mark.judge
def test_feedsmith_reads_sound_bites_and_second_enclosure() -> None:
    alternate = Alternate(
        file="a.opus",
        title="Opus, 48 kbit/s",
        type="audio/ogg",
        codecs="opus",
        length_bytes=1_083_000,
        bitrate_bps=48_066,
        duration_ms=180_250,
        sha384="QUJD",
        loudness=Loudness(integrated_lufs=-19.0, range_lu=3.0, true_peak_dbtp=-1.5),
    )
    bites = (
        Soundbite(
            start_ms=ProgrammeMs(12_717),
            end_ms=ProgrammeMs(29_405),
            title="Nous « étions » <petits> & l’après",
        ),
    )
    item = replace_fields(
        ITEM, soundbites=bites, alternate=alternate, alternate_url="https://podcast.test/a.opus"
    )
    read = json.loads(
        ask_node("feedsmith.mjs", feed_from_show(SHOW, [item], COVER_URL).decode(), "feedsmith")
    )["items"][0]["podcast"]
    assert read["soundbites"] == [
        {"startTime": 12.717, "duration": 16.688, "display": "Nous « étions » <petits> & l’après"}
    ]
    assert read["alternateEnclosures"] == [
        {
            "type": "audio/ogg",
            "length": 1_083_000,
            "bitrate": 48_066,
            "lang": "fr",
            "title": "Opus, 48 kbit/s",
            "codecs": "opus",
            "sources": [{"uri": "https://podcast.test/a.opus"}],
            "integrity": {"type": "sri", "value": "sha384-QUJD"},
        }
    ]


def test_a_show_that_says_nothing_of_it_has_none_of_it() -> None:
    channel = etree.fromstring(
        feed_from_show(replace_fields(SHOW, podroll=()), [ITEM], COVER_URL)
    ).find("channel")
    assert channel is not None
    for absent in (
        "podcast:podroll",
        "itunes:new-feed-url",
        "item/podcast:soundbite",
        "item/podcast:alternateEnclosure",
    ):
        assert channel.find(absent, NAMESPACES) is None


# What article and speech share


def aligned(interview: str) -> tuple[Transcript, Article, Alignment]:
    """One of the interviews whose every word is known, with its questions and passages found."""
    transcript, article = (
        interviews.said_transcript(interviews.truth_of(interview)["utterances"]),
        interviews.article_of(interview),
    )
    alignment = align_questions(transcript, article, interviews.HOST)
    passages, quote = locate_passages(transcript, article, alignment)
    return transcript, article, replace_fields(alignment, passages=passages, quote=quote)


def chosen_from(
    transcript: Transcript,
    article: Article,
    alignment: Alignment,
    programme: Programme | None = None,
    *,
    host: str = interviews.HOST,
    chosen: tuple[ChosenSoundbite, ...] | None = None,
) -> tuple[Soundbite, ...]:
    programme = programme or programme_of((0, int(transcript.words[-1].end_ms)))
    return choose_soundbites(
        article, alignment, transcript, programme, host=host, chosen=chosen, where="episode.toml"
    )


def test_what_is_printed_word_for_word_is_found_in_whole_sentences_of_the_guest() -> None:
    transcript, article, alignment = aligned("002-stephane-soto")
    bites = chosen_from(transcript, article, alignment)
    assert len(bites) == MAX_SHARED
    printed = " ".join(
        paragraph.text for exchange in article.exchanges for paragraph in exchange.answer
    )
    for bite in bites:
        said = [word for word in transcript.words if bite.start_ms <= word.start_ms < bite.end_ms]
        before = [word for word in transcript.words if word.end_ms <= bite.start_ms]
        assert MIN_DURATION_MS <= bite.duration_ms <= MAX_SHARED_MS
        assert (int(said[0].start_ms), int(said[-1].end_ms)) == (bite.start_ms, bite.end_ms)
        assert ends_sentence(said[-1].text)
        assert ends_sentence(before[-1].text)
        assert bite.speaker == "G"
        assert bite.similarity >= 0.95
        assert bite.title.rstrip("…") in printed
        assert len(bite.title) <= 128
    apart = sorted(bites, key=lambda bite: bite.start_ms)
    assert all(one.end_ms <= other.start_ms for one, other in itertools.pairwise(apart))


@pytest.mark.parametrize("interview", ["atelier", "radio", "table"])
def test_of_a_paraphrase_only_the_quote_is_left(interview: str) -> None:
    (quoted,) = chosen_from(*aligned(interview))
    assert quoted.origin == "quote"


SHARED = (
    "Nous réparons le samedi les machines des voisins avec ce que les gens apportent et nous "
    "leur montrons comment on fait."
)
LONGER = (
    "On ne répare pas une machine, on répare une habitude, et une habitude demande du temps "
    "à celui qui apprend."
)


def show_of(
    *lines: tuple[str, int, int, str], printed: str, quote: str | None = None
) -> tuple[Transcript, Article, Alignment]:
    article = Article(
        title="3 questions à Claire",
        exchanges=(
            Exchange(
                number=1, question="Que faites-vous le samedi ?", answer=(Paragraph(text=printed),)
            ),
        ),
        quote=quote,
    )
    transcript = transcript_from_lines(
        [(HOST, 1_000, 3_000, "Que faites-vous le samedi ?"), *lines]
    )
    alignment = align_questions(transcript, article, HOST)
    passages, found = locate_passages(transcript, article, alignment)
    return transcript, article, replace_fields(alignment, passages=passages, quote=found)


def test_the_host_is_no_guest_and_unknown_voices_are_not_taken() -> None:
    guest, host = (
        show_of((speaker, 4_000, 24_000, SHARED), (GUEST, 25_000, 26_000, "Voilà."), printed=SHARED)
        for speaker in (GUEST, HOST)
    )
    assert [bite.origin for bite in chosen_from(*guest, host=HOST)] == ["shared"]
    assert chosen_from(*host, host=HOST) == ()
    transcript, article, alignment = guest
    nobody = tuple(
        replace_fields(one, speaker=None) if one.speaker == GUEST else one
        for one in transcript.segments
    )
    assert (
        chosen_from(replace_fields(transcript, segments=nobody), article, alignment, host=HOST)
        == ()
    )


def test_hesitations_do_not_matter_and_other_words_do() -> None:
    hesitating = SHARED.replace("voisins", "voisins, euh,").replace("comment", "ben comment")
    assert chosen_from(*show_of((GUEST, 4_000, 24_000, hesitating), printed=SHARED), host=HOST)
    other = (
        "Le samedi on ouvre, les voisins viennent, ils posent leurs machines et puis on "
        "regarde ensemble ce qu'on peut faire pour eux."
    )
    assert chosen_from(*show_of((GUEST, 4_000, 24_000, other), printed=SHARED), host=HOST) == ()


def test_what_is_shared_never_overlaps_the_quote() -> None:
    lines = (
        (GUEST, 4_000, 12_000, LONGER),
        (GUEST, 12_500, 20_000, SHARED),
        (GUEST, 21_000, 40_000, f"{SHARED[:-1]} encore."),
    )
    transcript, article, alignment = show_of(
        *lines, printed=f"{LONGER} {SHARED} {SHARED[:-1]} encore.", quote=LONGER
    )
    bites = chosen_from(transcript, article, alignment, host=HOST)
    assert [bite.origin for bite in bites] == ["quote", "shared"]
    assert bites[1].start_ms >= bites[0].end_ms


def test_a_cut_moves_them_and_takes_away_what_it_takes() -> None:
    lines = ((GUEST, 4_000, 24_000, SHARED), (GUEST, 25_000, 26_000, "Voilà."))
    shown = show_of(*lines, printed=SHARED)
    (whole,) = chosen_from(*shown, host=HOST)
    (moved,) = chosen_from(*shown, programme_of((2_000, 60_000), opening_ms=5_000), host=HOST)
    assert (moved.start_ms, moved.end_ms) == (whole.start_ms + 3_000, whole.end_ms + 3_000)
    assert chosen_from(*shown, programme_of((0, 10_000), (23_000, 60_000)), host=HOST) == ()


# A person's choice


def excerpt(start_ms: int, end_ms: int, title: str = "") -> ChosenSoundbite:
    return ChosenSoundbite(start_ms=RecordingMs(start_ms), end_ms=RecordingMs(end_ms), title=title)


def test_a_person_s_choice_takes_the_place_of_all() -> None:
    shown = aligned("002-stephane-soto")
    bites = chosen_from(
        *shown, chosen=(excerpt(60_000, 90_000, "La  French Tech"), excerpt(30_000, 52_000))
    )
    assert [(bite.start_ms, bite.end_ms, bite.origin) for bite in bites] == [
        (60_000, 90_000, "chosen"),
        (30_000, 52_000, "chosen"),
    ]
    assert bites[0].title == "La French Tech"
    assert bites[1].title.split()[0] in {
        word.text for word in shown[0].words if 29_000 <= word.start_ms < 31_000
    }
    assert chosen_from(*shown, chosen=()) == ()


@pytest.mark.parametrize(
    ("start_ms", "end_ms", "wrong"),
    [(50_000, 50_000, "ends before"), (20_000, 29_000, "not in the episode")],
)
def test_a_choice_that_cannot_be_heard_is_refused(start_ms: int, end_ms: int, wrong: str) -> None:
    with pytest.raises(WorkspaceError, match=rf"episode\.toml: sound bite 2 .*{wrong}"):
        chosen_from(
            *aligned("002-stephane-soto"),
            programme_of((0, 20_000), (30_000, 200_000)),
            chosen=(excerpt(1_000, 16_000), excerpt(start_ms, end_ms)),
        )


@pytest.mark.parametrize("chosen", [None, (), (excerpt(1, 2, "Deux"), excerpt(3, 4))])
def test_the_settings_file_keeps_the_choice(chosen: tuple[ChosenSoundbite, ...] | None) -> None:
    episode = replace_fields(EPISODE, soundbites=chosen)
    content = toml_from_episode(episode)
    assert record_from_toml(content, Episode, "episode.toml") == episode
    assert b"[[soundbites]]" in content or chosen == ()
