"""The sound bite, and what else of the namespace the feed says of show and episode."""

from __future__ import annotations

import pytest
from example_show import COVER_URL, ITEM, SHOW
from lxml import etree
from spoken import GUEST, HOST, INTERVIEW, programme_of, transcript_from_lines

from studio.feed.item import Soundbite
from studio.feed.namespace import NAMESPACES
from studio.feed.rss import feed_from_show
from studio.feed.soundbite import LONGEST_MS, SHORTEST_MS, soundbite_from_quote
from studio.model.alignment import Passage
from studio.model.clock import Programme, ProgrammeMs, RecordingMs
from studio.model.record import replace_fields
from studio.model.show import Recommendation
from studio.model.turns import turns_from_transcript

WHOLE = programme_of((0, 60_000))


def passage(start_ms: int, end_ms: int) -> Passage:
    return Passage(exchange=0, paragraph=0, kind="verbatim", closeness=1.0, start_ms=RecordingMs(start_ms), end_ms=RecordingMs(end_ms))


def bite(quoted: Passage | None, programme: Programme = WHOLE, quote: str = "Nous étions quelques éditeurs") -> Soundbite | None:
    return soundbite_from_quote(quote, quoted, turns_from_transcript(transcript_from_lines(INTERVIEW), programme), programme)


def test_a_short_quote_is_heard_with_the_sentences_after_it() -> None:
    found = bite(passage(12_717, 17_167))
    assert found is not None
    assert found.start_ms == 12_717
    assert found.end_ms == 29_405  # the first end of a sentence after 15 seconds
    assert found.end_ms - found.start_ms >= SHORTEST_MS


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
    assert bite(Passage(exchange=0, paragraph=0, kind="unheard", closeness=0.1)) is None


def test_a_monologue_is_cut_at_two_minutes() -> None:
    lines = [(GUEST, 1_000 * number, 1_000 * number + 900, f"et{number} puis") for number in range(300)]
    turns = turns_from_transcript(transcript_from_lines([(HOST, 0, 0, "Oui."), *lines]), programme_of((0, 400_000)))
    found = soundbite_from_quote("et puis " * 40, passage(1_000, 290_000), turns, programme_of((0, 400_000)))
    assert found is not None
    assert found.end_ms - found.start_ms == LONGEST_MS
    assert len(found.title) <= 128


def test_the_feed_says_all_of_it() -> None:
    show = replace_fields(
        SHOW,
        podroll=(
            Recommendation(guid="917393e3-1b1e-5cef-ace4-edaa54e1f810", feed="https://example.net/feed.xml"),
            Recommendation(guid="x"),
        ),
        new_feed_url="https://example.org/moved.xml",
        hubs=("https://hub.example.org/",),
    )
    item = replace_fields(ITEM, soundbite=Soundbite(start_ms=ProgrammeMs(12_717), end_ms=ProgrammeMs(29_405), title="Nous « étions »"))
    channel = etree.fromstring(feed_from_show(show, [item], COVER_URL)).find("channel")
    assert channel is not None
    others = channel.findall("podcast:podroll/podcast:remoteItem", NAMESPACES)
    assert [dict(one.items()) for one in others] == [
        {"feedGuid": "917393e3-1b1e-5cef-ace4-edaa54e1f810", "feedUrl": "https://example.net/feed.xml"},
        {"feedGuid": "x"},
    ]
    assert channel.findtext("itunes:new-feed-url", None, NAMESPACES) == "https://example.org/moved.xml"
    assert [link.get("href") for link in channel.findall("atom:link", NAMESPACES) if link.get("rel") == "hub"] == [
        "https://hub.example.org/"
    ]
    (extract,) = channel.findall("item/podcast:soundbite", NAMESPACES)
    assert (extract.text, dict(extract.items())) == ("Nous « étions »", {"startTime": "12.717", "duration": "16.688"})
    for place in ("podcast:image", "item/podcast:image"):
        (picture,) = channel.findall(place, NAMESPACES)
        assert dict(picture.items()) == {"href": COVER_URL, "aspect-ratio": "1/1", "type": "image/jpeg"}


def test_a_show_that_says_nothing_of_it_has_none_of_it() -> None:
    channel = etree.fromstring(feed_from_show(SHOW, [ITEM], COVER_URL)).find("channel")
    assert channel is not None
    for absent in ("podcast:podroll", "itunes:new-feed-url", "item/podcast:soundbite"):
        assert channel.find(absent, NAMESPACES) is None
