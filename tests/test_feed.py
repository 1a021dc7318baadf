"""The feed: what it says, in which form, always the same; read back by parsers that nobody here
wrote.
"""

from __future__ import annotations

import datetime
import html
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import podcastparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from support.example_show import BASE_URL, CHAPTERS, COVER_URL, EPISODE, ITEM, SHOW, SLUG
from support.judges import ask_node
from support.reading_back import feed_from_show

from studio.captions.formats import CAPTION_FORMATS
from studio.errors import WorkspaceError
from studio.feed.episode_titles import without_show_name
from studio.feed.guid import guid_from_url
from studio.feed.item import FeedItem
from studio.feed.namespace import NAMESPACES
from studio.feed.notes import chapter_stamp, description_from_item, notes_from_item
from studio.feed.vocabulary import apple_categories, english_role, is_role, person_roles
from studio.model.chapters import Chapter, Chapters
from studio.model.record import record_from_toml, replace_fields
from studio.model.show import Category, Owner, Person, Show
from studio.text.plain import cut_text, names_from_list, single_line, xml_text
from studio.web.addresses import address, cover_place, feed_address

ROOT = Path(__file__).parent.parent
# Every character that Python can hold, so the ones that XML cannot hold too.
hostile = st.text(st.characters(codec="utf-8"), max_size=80) | st.sampled_from(
    [
        "]]>",
        "&amp;",
        "<script>alert(1)</script>",
        "💬 « Où ? »",
        "مرحبا \u202eabc",
        "é" * 4000,
        "\x00\x0b",
        "%00",
        "{{ 7 * 7 }}",
    ]
)


def channel_of(show: Show = SHOW, items: tuple[FeedItem, ...] = (ITEM,)) -> Any:
    root = etree.fromstring(
        feed_from_show(show, items, COVER_URL), etree.XMLParser(resolve_entities=False)
    )
    return root[0]


def texts(parent: Any, path: str) -> list[str | None]:
    return [element.text for element in parent.findall(path, NAMESPACES)]


def with_episode(**fields: Any) -> FeedItem:
    return replace_fields(ITEM, episode=replace_fields(EPISODE, **fields))


def test_the_file_is_rss_2_in_utf_8_with_the_namespaces_to_the_letter() -> None:
    feed = feed_from_show(SHOW, (ITEM,), COVER_URL)
    assert feed.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<rss ")
    root = etree.fromstring(feed)
    assert root.get("version") == "2.0"
    assert root.nsmap == {
        "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
        "content": "http://purl.org/rss/1.0/modules/content/",
        "podcast": "https://podcastindex.org/namespace/1.0",
        "atom": "http://www.w3.org/2005/Atom",
        "psc": "http://podlove.org/simple-chapters",
    }


def test_the_channel_says_everything_about_the_show() -> None:
    channel = channel_of()
    single = {
        "title": SHOW.title,
        "link": BASE_URL,
        "description": "<p>Des voix d’ici.</p><p>Un invité, quelques questions.</p>",
        "language": "fr",
        "copyright": "L’Atelier",
        "pubDate": "Thu, 15 Jan 2026 05:00:00 +0000",
        "lastBuildDate": "Thu, 15 Jan 2026 05:00:00 +0000",
        "itunes:author": "L’Atelier",
        "itunes:explicit": "false",
        "itunes:type": "episodic",
        "itunes:owner/itunes:name": "L’Atelier",
        "itunes:owner/itunes:email": "podcast@atelier.test",
        "podcast:guid": SHOW.guid,
        "podcast:locked": "yes",
        "podcast:medium": "podcast",
        "podcast:license": "cc-by-4.0",
        "podcast:location": "Aix-Marseille, France",
        "podcast:funding": "Soutenir l’émission",
        "podcast:updateFrequency": "Chaque mois",
    }
    assert {path: texts(channel, path) for path in single} == {
        path: [text] for path, text in single.items()
    }
    assert channel.find("itunes:image", NAMESPACES).get("href") == COVER_URL
    assert dict(channel.find("atom:link", NAMESPACES).attrib) == {
        "href": BASE_URL + "feed.xml",
        "rel": "self",
        "type": "application/rss+xml",
    }
    assert [one.get("text") for one in channel.iter(f"{{{NAMESPACES['itunes']}}}category")] == [
        "Business",
        "Careers",
        "Technology",
    ]
    assert channel.find("podcast:locked", NAMESPACES).get("owner") == "podcast@atelier.test"
    assert channel.find("podcast:funding", NAMESPACES).get("url") == "https://atelier.test/soutenir"
    assert channel.find("podcast:updateFrequency", NAMESPACES).get("rrule") == "FREQ=MONTHLY"
    assert (
        channel.find("podcast:license", NAMESPACES).get("url")
        == "https://creativecommons.org/licenses/by/4.0/"
    )
    assert channel.find("podcast:location", NAMESPACES).get("rel") == "subject"
    assert {
        (one.get("purpose"), one.text) for one in channel.findall("podcast:txt", NAMESPACES)
    } == {("applepodcastsverify", "S6lpp-7ZCn8"), ("ai-content", "false")}
    (other,) = channel.findall("podcast:podroll/podcast:remoteItem", NAMESPACES)
    assert dict(other.attrib) == {
        "feedGuid": "917393e3-1b1e-5cef-ace4-edaa54e1f810",
        "feedUrl": "https://atelier.test/autre.xml",
    }
    assert channel.find("podcast:trailer", NAMESPACES) is None


def test_the_item_says_everything_about_the_episode() -> None:
    item = channel_of().find("item")
    single = {
        "title": EPISODE.title,
        "link": f"{BASE_URL}{SLUG}/",
        "guid": EPISODE.guid,
        "pubDate": "Thu, 15 Jan 2026 05:00:00 +0000",
        "itunes:title": EPISODE.title,
        "itunes:duration": "180",
        "itunes:episode": "2",
        "itunes:season": "1",
        "itunes:episodeType": "full",
        "itunes:explicit": "false",
        "podcast:episode": "2",
        "podcast:season": "1",
        "podcast:license": "cc-by-4.0",
        "podcast:txt": "false",
    }
    assert {path: texts(item, path) for path in single} == {
        path: [text] for path, text in single.items()
    }
    assert item.find("guid").get("isPermaLink") == "false"
    assert item.find("podcast:txt", NAMESPACES).get("purpose") == "ai-content"
    assert item.find("itunes:image", NAMESPACES).get("href") == COVER_URL
    assert [dict(one.attrib) for one in item.findall("podcast:image", NAMESPACES)] == [
        {
            "href": COVER_URL,
            "alt": SHOW.title,
            "aspect-ratio": "1/1",
            "type": "image/jpeg",
            "purpose": "artwork",
        },
        {
            "href": ITEM.card_url,
            "alt": EPISODE.title,
            "aspect-ratio": "40/21",
            "width": "1200",
            "height": "630",
            "type": "image/jpeg",
            "purpose": "social",
        },
    ]
    assert dict(item.find("enclosure").attrib) == {
        "url": f"{BASE_URL}{SLUG}/{SLUG}.mp3",
        "length": "2163000",
        "type": "audio/mpeg",
    }
    assert dict(item.find("podcast:chapters", NAMESPACES).attrib) == {
        "url": f"{BASE_URL}{SLUG}/chapters.json",
        "type": "application/json+chapters",
    }
    assert [
        (one.get("start"), one.get("title"))
        for one in item.findall("psc:chapters/psc:chapter", NAMESPACES)
    ] == [
        ("00:00:00.000", "Introduction"),
        ("00:00:40.500", "Les débuts"),
        ("00:01:35.123", "La recette & la suite"),
    ]
    assert [
        (one.get("type"), one.get("language"), one.get("rel"))
        for one in item.findall("podcast:transcript", NAMESPACES)
    ] == [(one.type, "fr", one.rel or None) for one in CAPTION_FORMATS]
    assert {one.type: one.rel for one in CAPTION_FORMATS}["text/vtt"] == "captions"


def test_persons_of_an_item_repeat_the_host_and_the_crew_because_they_replace_the_channels() -> (
    None
):
    def persons(parent: Any) -> list[tuple[str, str, str]]:
        return [
            (one.text, one.get("role"), one.get("group"))
            for one in parent.findall("podcast:person", NAMESPACES)
        ]

    channel = channel_of()
    host = ("Anaïs Œuvrard", "host", "cast")
    sound = ("Zoé", "audio engineer", "audio production")
    guests = [("Élodie Noël", "guest", "cast"), ("Kévin Ça", "guest", "cast")]
    assert persons(channel) == [host, sound]
    assert persons(channel.find("item")) == [host, *guests, sound]
    assert (
        channel.find("item/podcast:person", NAMESPACES).get("img")
        == "https://atelier.test/anais.jpg"
    )
    other = channel_of(items=(with_episode(host="Léo"),))
    assert persons(other.find("item"))[0] == ("Léo", "host", "cast")
    assert other.find("item/podcast:person", NAMESPACES).get("img") is None


def test_guests_have_their_page_and_whoever_took_part_in_one_episode_is_in_it() -> None:
    persons = (
        Person(name="Kévin Ça", role="Invité·e", link="https://atelier.test/kevin"),
        Person(name="Inès", role="Traduct·eur·rice"),
    )
    item = channel_of(items=(with_episode(persons=persons),)).find("item")
    told = {
        one.text: (one.get("role"), one.get("href"))
        for one in item.findall("podcast:person", NAMESPACES)
    }
    assert list(told) == ["Anaïs Œuvrard", "Élodie Noël", "Kévin Ça", "Inès", "Zoé"]
    assert told["Kévin Ça"] == ("guest", "https://atelier.test/kevin")
    assert told["Inès"] == ("translator", None)


@pytest.mark.parametrize(
    ("licence", "url", "told"),
    [
        (
            "CC-BY-NC-ND-4.0",
            "",
            ("cc-by-nc-nd-4.0", "https://creativecommons.org/licenses/by-nc-nd/4.0/"),
        ),
        (
            "cc-by-sa-2.0-fr",
            "",
            ("cc-by-sa-2.0-fr", "https://creativecommons.org/licenses/by-sa/2.0/fr/"),
        ),
        ("cc0-1.0", "", ("cc0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/")),
        (
            "notre-licence",
            "https://atelier.test/licence",
            ("notre-licence", "https://atelier.test/licence"),
        ),
        ("MIT", "", ("mit", None)),
    ],
)
def test_a_licence_is_written_with_the_address_of_its_words(
    licence: str, url: str, told: tuple[str, str | None]
) -> None:
    channel = channel_of(replace_fields(SHOW, license=licence, license_url=url))
    for parent in (channel, channel.find("item")):
        (element,) = parent.findall("podcast:license", NAMESPACES)
        assert (element.text, element.get("url")) == told


def test_the_newest_episode_comes_first_and_dates_the_feed() -> None:
    later = with_episode(
        number=3, guid="g3", published=datetime.datetime(2026, 2, 1, tzinfo=datetime.UTC)
    )
    for items in ((ITEM, later), (later, ITEM)):
        channel = channel_of(items=items)
        assert texts(channel, "item/guid") == ["g3", EPISODE.guid]
        assert texts(channel, "pubDate") == ["Sun, 01 Feb 2026 00:00:00 +0000"]


def test_a_show_without_episodes_has_a_feed_without_dates() -> None:
    channel = channel_of(items=())
    assert (
        texts(channel, "pubDate") + texts(channel, "lastBuildDate") + texts(channel, "item") == []
    )


def test_the_same_input_gives_the_same_bytes_in_another_process() -> None:
    script = "import sys; from support.example_show import *; from support.reading_back import feed_from_show as f;"
    script += "sys.stdout.buffer.write(f(SHOW, (ITEM,), COVER_URL))"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=Path(__file__).parent,
            env={"PYTHONHASHSEED": seed, "PATH": "", "TZ": zone, "SYSTEMROOT": "C:\\Windows"},
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert outputs == {feed_from_show(SHOW, (ITEM,), COVER_URL)}


def test_a_show_that_is_not_finished_has_a_feed_already() -> None:
    bare = Show(
        title="Échos",
        description="Échos.",
        base_url=BASE_URL,
        guid="",
        author="Échos",
        categories=(),
        host="Échos",
        owner=Owner(name="Échos", email=""),
    )
    channel = channel_of(bare)
    assert channel.find("itunes:owner", NAMESPACES) is None
    assert channel.find("podcast:guid", NAMESPACES) is None
    assert channel.find("podcast:locked", NAMESPACES).attrib == {}
    assert texts(channel, "link") == [BASE_URL]


@pytest.mark.parametrize(
    ("show", "item", "message"),
    [
        (replace_fields(SHOW, title=" \x01"), ITEM, "the show has no title"),
        (replace_fields(SHOW, description=""), ITEM, "the show has no description"),
        (replace_fields(SHOW, categories=(Category(name="Blog"),)), ITEM, "no category “Blog”"),
        (replace_fields(SHOW, categories=(Category(name='Arts"]', sub=""),)), ITEM, "no category"),
        (
            replace_fields(SHOW, categories=(Category(name="Arts", sub="Careers"),)),
            ITEM,
            "no category “Arts › Careers”",
        ),
        (
            SHOW,
            replace_fields(ITEM, image_url="https://atelier.test/cover.webp"),
            "is neither a .jpg nor a .png",
        ),
        (SHOW, with_episode(published=datetime.datetime(2026, 1, 15)), "names no time zone"),  # noqa: DTZ001
    ],
)
def test_what_no_directory_takes_is_refused(show: Show, item: FeedItem, message: str) -> None:
    with pytest.raises(WorkspaceError, match=message):
        feed_from_show(show, (item,), COVER_URL)


# Show notes


def test_the_description_has_a_line_for_each_chapter() -> None:
    assert description_from_item(ITEM).splitlines() == [
        "« Nous étions des petits qui ont vu grand »",
        "",
        "Au départ de l’aventure, elle a connu la montée en puissance.",
        "",
        "Elle revient sur ses 20 ans.",
        "",
        "Voix de synthèse : les réponses sont lues par une machine.",
        "",
        "Chapitres",
        "00:00 Introduction",
        "00:40 Les débuts",
        "01:35 La recette & la suite",
        "",
        "Avec Élodie Noël et Kévin Ça.",
        f"Écouter et lire : {BASE_URL}{SLUG}/",
        "L’article : https://atelier.test/article",
        "Transcription automatique, relue.",
    ]


@pytest.mark.parametrize("before", ["", "Une démonstration. "])
def test_what_the_notice_says_is_not_said_again(before: str) -> None:
    said = "Les voix sont artificielles."
    episode = replace_fields(EPISODE, notice=f"{before}{said}", ai_content=said)
    item = replace_fields(ITEM, episode=episode, ai_content=f"Transcription automatique. {said}")
    for told in (description_from_item(item), notes_from_item(item)):
        assert told.count(said) == 1
        assert "Transcription automatique." in told


def test_a_long_introduction_gives_way_to_the_chapters() -> None:
    description = description_from_item(replace_fields(ITEM, introduction=("éàü " * 3000,)))
    assert len(description.encode()) <= 4000
    assert "éàü…\n\nVoix" in description
    assert "\n01:35 La recette & la suite\n" in description


def test_notes_carry_the_questions_in_full_and_nothing_that_runs() -> None:
    notes = notes_from_item(
        replace_fields(
            ITEM,
            introduction=('<img src=x onerror="a()"><script>b()</script> ]]> &amp;',),
            questions=("<b>Où</b> ?",),
        )
    )
    assert "<li>00:40 &lt;b&gt;Où&lt;/b&gt; ?</li>" in notes
    assert "<li>01:35 La recette &amp; la suite</li>" in notes
    assert "<p><strong>Voix de synthèse" in notes
    assert "<script" not in notes
    assert "<img" not in notes
    assert "]]>" not in notes
    root = etree.fromstring(f"<div>{notes}</div>")
    assert {element.tag for element in root.iter()} <= {
        "div",
        "p",
        "ul",
        "li",
        "a",
        "b",
        "strong",
        "em",
    }


def test_a_link_that_is_no_web_address_is_left_out_of_the_notes() -> None:
    assert "javascript" not in notes_from_item(with_episode(link="javascript:alert(1)"))


@pytest.mark.parametrize(
    ("moment_ms", "hours", "stamp"),
    [
        (0, False, "00:00"),
        (59_999, False, "00:59"),
        (3_599_000, False, "59:59"),
        (3_661_000, True, "01:01:01"),
        (5_000, True, "00:00:05"),
    ],
)
def test_stamps_name_the_second_that_has_begun(moment_ms: int, hours: bool, stamp: str) -> None:
    assert chapter_stamp(moment_ms, hours=hours) == stamp


@given(hostile, st.integers(0, 60))
def test_a_cut_text_fits_and_ends_where_a_word_ends(text: str, limit: int) -> None:
    cut = cut_text(text, limit)
    assert len(cut.encode()) <= limit
    assert cut in (text, "") or (cut.endswith("…") and text.startswith(cut[:-1]))
    head = cut.removesuffix("…")
    if cut != text and any(letter.isspace() for letter in head):
        assert text[len(head) : len(head) + 1] in " \t\n\r,;:–—-" or text[len(head)].isspace()


def test_names_are_listed_as_in_french() -> None:
    assert [names_from_list(names) for names in ((), ("A",), ("A", "B"), ("A", "B", "C"))] == [
        "",
        "A",
        "A et B",
        "A, B et C",
    ]


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("Episode 2 – 3 questions à Stéphane Soto", "Stéphane Soto"),
        ("Épisode 12 : 3 questions à… Stéphane Soto", "Stéphane Soto"),
        ("Stéphane Soto | 3 questions à…", "Stéphane Soto"),
        ("S01E02 - Stéphane Soto", "Stéphane Soto"),
        ("#2 Stéphane Soto", "Stéphane Soto"),
        ("Épisode spécial", "Épisode spécial"),
        ("Nos 3 questions à tous", "Nos 3 questions à tous"),
        ("3 questions à…", "3 questions à…"),
        ("Episode 2", "Episode 2"),
    ],
)
def test_titles_lose_what_has_an_element_of_its_own(title: str, bare: str) -> None:
    assert without_show_name(title, "3 questions à…") == bare
    assert without_show_name(bare, "3 questions à…") == bare


# Addresses, identity, vocabulary


@pytest.mark.parametrize(
    ("url", "guid"),
    [
        ("https://podnews.net/rss", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("http://podnews.net/rss//", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("https://mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
    ],
)
def test_the_guid_is_the_namespaces_own(url: str, guid: str) -> None:
    assert guid_from_url(url) == guid


def test_addresses_are_ascii_and_a_new_cover_gets_a_new_name() -> None:
    assert (
        address("https://atelier.test/podcast", "x/")
        == address("https://atelier.test/podcast/", "x/")
        == "https://atelier.test/podcast/x/"
    )
    assert cover_place("Pochette d’été.JPEG", b"1") == "Pochette-d-ete-6b86b273.jpg"
    assert cover_place("cover.png", b"2") == "cover-d4735e3a.png"


def test_the_vocabulary_is_complete() -> None:
    assert len(apple_categories()) == 19
    assert "Self-Improvement" in apple_categories()["Education"]
    assert apple_categories()["Technology"] == frozenset()
    assert len(person_roles()) == 63
    assert is_role("host", "CAST")
    assert not is_role("Host", "Writing")


@pytest.mark.parametrize(
    ("role", "group", "english"),
    [
        ("Invité·e", "Distribution", ("Guest", "Cast")),
        ("Traduct·eur·rice", "Cast", ("Translator", "Writing")),
        ("guest", "cast", ("Guest", "Cast")),
        ("Editor", "Cast", ("Editor", "Cast")),
        ("Magicien", "Cast", ("Magicien", "Cast")),
    ],
)
def test_french_roles_become_the_taxonomys(role: str, group: str, english: tuple[str, str]) -> None:
    assert english_role(role, group) == english


# The show that this repository is the workspace of


def test_the_real_shows_settings_are_read_and_its_guid_is_right() -> None:
    show = record_from_toml((ROOT / "feed" / "show.toml").read_bytes(), Show, "feed/show.toml")
    assert show.guid == guid_from_url(feed_address(show.base_url))
    channel = channel_of(show, ())
    assert texts(channel, "title") == ["3 questions à…"]
    assert len(show.description.encode()) <= 4000


# Judges


@st.composite
def hostile_items(draw: st.DrawFn) -> FeedItem:
    return replace_fields(
        ITEM,
        episode=replace_fields(
            EPISODE,
            title=draw(hostile),
            guests=tuple(draw(st.lists(hostile, max_size=3))),
            notice=draw(hostile),
        ),
        introduction=tuple(draw(st.lists(hostile, max_size=3))),
        quote=draw(st.none() | hostile),
        questions=tuple(draw(st.lists(hostile, max_size=3))),
        ai_content=draw(hostile),
        chapters=Chapters(
            chapters=tuple(
                replace_fields(one, title="Q" + draw(hostile)) for one in CHAPTERS.chapters
            )
        ),
    )


@given(hostile_items())
@settings(max_examples=60, deadline=None)
def test_whatever_is_written_the_feed_is_well_formed_and_says_it(item: FeedItem) -> None:
    found = channel_of(items=(item,)).find("item")
    title = single_line(item.episode.title)
    assert (found.findtext("title") or "") == title
    assert len(found.findtext("description").encode()) <= 4000
    assert [
        one.get("title") or "" for one in found.findall("psc:chapters/psc:chapter", NAMESPACES)
    ] == [single_line(one.title) for one in item.chapters.chapters]
    assert [one.text for one in found.findall("podcast:person", NAMESPACES)[1:-1]] == [
        single_line(name) for name in dict.fromkeys(item.episode.guests) if single_line(name)
    ]
    etree.fromstring(f"<div>{found.findtext('content:encoded', None, NAMESPACES)}</div>")


def words_of(text: str) -> str:
    """A text without its spaces: parsers differ about those, and about nothing else."""
    return "".join(text.split())


def simple_chapters(item: FeedItem) -> list[Chapter]:
    """The chapters with titles as the feed writes them."""
    return [replace_fields(one, title=single_line(one.title)) for one in item.chapters.chapters]


@pytest.mark.judge
@given(hostile_items())
@settings(max_examples=30, deadline=None)
def test_podcastparser_reads_every_field(item: FeedItem) -> None:
    feed = podcastparser.parse(
        feed_address(BASE_URL), io.BytesIO(feed_from_show(SHOW, (item,), COVER_URL))
    )
    assert feed["title"] == SHOW.title
    assert feed["link"] == BASE_URL
    assert feed["cover_url"] == COVER_URL
    assert feed["itunes_author"] == SHOW.author
    assert feed["itunes_categories"] == [["Business", "Careers"], ["Technology"]]
    assert feed["itunes_owner"] == {"name": "L’Atelier", "email": "podcast@atelier.test"}
    assert feed["explicit"] is False
    (episode,) = feed["episodes"]
    assert words_of(episode["title"]) == words_of(
        single_line(item.episode.title)
    ) or not single_line(item.episode.title)
    assert [words_of(one["title"]) for one in episode["chapters"]] == [
        words_of(one.title) for one in simple_chapters(item)
    ]
    assert episode["guid"] == EPISODE.guid
    assert episode["published"] == int(EPISODE.published.timestamp())
    assert episode["total_time"] == 180
    assert episode["number"] == 2
    assert episode["enclosures"] == [
        {"url": ITEM.enclosure_url, "file_size": 2_163_000, "mime_type": "audio/mpeg"}
    ]
    assert episode["episode_art_url"] == COVER_URL
    assert [one["start"] for one in episode["chapters"]] == [0, 40, 95]
    assert episode["description_html"] == notes_from_item(item)


def partytime_reads(item: FeedItem) -> Any:
    return json.loads(
        ask_node(
            "partytime.mjs", feed_from_show(SHOW, (item,), COVER_URL).decode(), "podcast-partytime"
        )
    )


@pytest.mark.judge
@given(hostile_items())
@settings(max_examples=4, deadline=None)
def test_partytime_reads_whatever_was_written(item: FeedItem) -> None:
    """It drops what looks like the number 0, so each text begins with a letter; and it decodes «
    &amp;amp; » twice.
    """

    def read(text: str) -> str:
        return words_of(html.unescape(html.unescape(text)))

    guests = tuple(f"G {name}" for name in dict.fromkeys(item.episode.guests))
    episode = replace_fields(item.episode, title=f"T {item.episode.title}", guests=guests)
    item = replace_fields(item, episode=episode, ai_content=f"A {item.ai_content}")
    (found,) = partytime_reads(item)["items"]
    assert read(found["title"]) == read(single_line(episode.title))
    assert found["enclosure"]["length"] == 2_163_000
    assert [read(one["name"]) for one in found["podcastPeople"][1:-1]] == [
        read(single_line(name)) for name in guests
    ]
    assert "podcastTxt" not in found  # it takes « false » for nothing


@pytest.mark.judge
def test_partytime_reads_every_field() -> None:
    feed = partytime_reads(ITEM)
    assert {
        key: feed[key]
        for key in (
            "title",
            "link",
            "language",
            "explicit",
            "author",
            "guid",
            "medium",
            "locked",
            "podcastOwner",
        )
    } == {
        "title": SHOW.title,
        "link": BASE_URL,
        "language": "fr",
        "explicit": False,
        "author": SHOW.author,
        "guid": SHOW.guid,
        "medium": "podcast",
        "locked": True,
        "podcastOwner": "podcast@atelier.test",
    }
    assert feed["owner"] == {"name": "L’Atelier", "email": "podcast@atelier.test"}
    assert feed["itunesImage"] == COVER_URL
    assert feed["pubsub"]["self"] == feed_address(BASE_URL)
    assert feed["license"] == {
        "identifier": "cc-by-4.0",
        "url": "https://creativecommons.org/licenses/by/4.0/",
    }
    assert {"purpose": "applepodcastsverify", "value": "S6lpp-7ZCn8"} in feed["podcastTxt"]
    assert feed["podcastFunding"] == [
        {"message": "Soutenir l’émission", "url": "https://atelier.test/soutenir"}
    ]
    assert feed["podcastLocation"]["name"] == "Aix-Marseille, France"
    (item,) = feed["items"]
    assert item["title"] == EPISODE.title
    assert item["guid"] == EPISODE.guid
    assert item["enclosure"] == {
        "url": ITEM.enclosure_url,
        "length": 2_163_000,
        "type": "audio/mpeg",
    }
    assert item["duration"] == 180
    assert item["pubDate"] == "2026-01-15T05:00:00.000Z"
    assert (item["itunesEpisode"], item["itunesSeason"], item["itunesEpisodeType"]) == (
        2,
        1,
        "full",
    )
    assert (item["podcastEpisode"]["number"], item["podcastSeason"]["number"]) == (2, 1)
    assert [(one["name"], one["role"], one["group"]) for one in item["podcastPeople"]] == [
        ("Anaïs Œuvrard", "Host", "Cast"),
        ("Élodie Noël", "Guest", "Cast"),
        ("Kévin Ça", "Guest", "Cast"),
        ("Zoé", "Audio Engineer", "Audio Production"),
    ]
    assert item["podcastPeople"][0]["img"] == "https://atelier.test/anais.jpg"
    assert item["podcastChapters"] == {
        "url": ITEM.chapters_url,
        "type": "application/json+chapters",
    }
    assert [(one["url"], one["type"], one["language"]) for one in item["podcastTranscripts"]] == [
        (one.url, one.type.replace("x-subrip", "srt"), one.language) for one in ITEM.transcripts
    ]
    assert "podcastTxt" not in item  # it takes « false » for nothing


@pytest.mark.judge
@given(item=hostile_items())
@settings(max_examples=5, deadline=None)
def test_feedsmith_reads_every_field(item: FeedItem) -> None:
    feed = json.loads(
        ask_node("feedsmith.mjs", feed_from_show(SHOW, (item,), COVER_URL).decode(), "feedsmith")
    )
    assert feed["title"] == SHOW.title
    assert feed["itunes"]["categories"] == [
        {"text": "Business", "categories": [{"text": "Careers"}]},
        {"text": "Technology"},
    ]
    assert feed["itunes"]["explicit"] is False
    assert feed["podcast"]["guid"] == SHOW.guid
    assert feed["podcast"]["locked"] == {"value": True, "owner": "podcast@atelier.test"}
    assert feed["podcast"]["updateFrequency"] == {"display": "Chaque mois", "rrule": "FREQ=MONTHLY"}
    (found,) = feed["items"]
    assert (found.get("title") or "") == single_line(item.episode.title)
    assert [one.get("title", "") for one in found["psc"]["chapters"]] == [
        single_line(one.title) for one in item.chapters.chapters
    ]
    guests = dict.fromkeys(item.episode.guests)
    names = [single_line(name) for name in guests if single_line(name)]
    assert [one["display"] for one in found["podcast"]["persons"][1:-1]] == names
    told = [{"display": "false", "purpose": "ai-content"}]
    assert found["podcast"].get("txts", []) == told
    assert found["guid"] == {"value": EPISODE.guid, "isPermaLink": False}
    assert found["enclosures"] == [
        {"url": ITEM.enclosure_url, "length": 2_163_000, "type": "audio/mpeg"}
    ]
    assert found["content"]["encoded"] == notes_from_item(item)
    assert found["itunes"]["duration"] == 180
    assert [one["start"] for one in found["psc"]["chapters"]] == [
        "00:00:00.000",
        "00:00:40.500",
        "00:01:35.123",
    ]
    assert found["podcast"]["transcripts"][0] == {
        "url": ITEM.transcripts[0].url,
        "type": "text/vtt",
        "language": "fr",
        "rel": "captions",
    }
    assert found["podcast"]["chapters"] == {
        "url": ITEM.chapters_url,
        "type": "application/json+chapters",
    }


def test_persons_without_a_role_of_the_taxonomy_keep_their_words() -> None:
    show = replace_fields(SHOW, persons=(Person(name="Merlin", role="Magicien"),))
    assert channel_of(show).findall("podcast:person", NAMESPACES)[1].get("role") == "magicien"


def test_a_chapterless_episode_announces_no_chapters() -> None:
    item = channel_of(items=(replace_fields(ITEM, chapters=Chapters()),)).find("item")
    assert item.find("podcast:chapters", NAMESPACES) is None
    assert item.find("psc:chapters", NAMESPACES) is None
    assert "Chapitres" not in item.findtext("description")


def test_an_hour_counts_hours_in_every_line() -> None:
    item = replace_fields(
        ITEM,
        enclosure=replace_fields(ITEM.enclosure, duration_ms=3_700_000),
        chapters=Chapters(
            chapters=(Chapter(start_s=0, title="Un"), Chapter(start_s=3_661.5, title="Deux"))
        ),
    )
    assert "\n00:00:00 Un\n01:01:01 Deux\n" in description_from_item(item)
    assert (
        channel_of(items=(item,))
        .findall("item/psc:chapters/psc:chapter", NAMESPACES)[1]
        .get("start")
        == "01:01:01.500"
    )


@given(hostile)
def test_clean_text_is_what_xml_allows(text: str) -> None:
    element = etree.Element("x")
    element.text = xml_text(text)
    assert (etree.fromstring(etree.tostring(element)).text or "") == xml_text(text)
