"""Every setting that is accepted reaches something, and what the newer ones say in the feed."""

from __future__ import annotations

import ast
import datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from support.example_show import COVER_URL, EPISODE, ITEM, SHOW
from support.reading_back import feed_from_show

import studio
from studio.feed.build_date import with_build_date
from studio.feed.namespace import NAMESPACES
from studio.feed.notes import DESCRIPTION_BYTES, html_from_description
from studio.feed.persons import persons_of_episode, persons_of_show
from studio.model.chapters import Chapter, Chapters
from studio.model.episode import ContentLink, Episode
from studio.model.record import Record, replace_fields
from studio.model.show import (
    Chat,
    Funding,
    Location,
    Person,
    Publisher,
    Recommendation,
    Season,
    Show,
    SocialInteract,
    UpdateFrequency,
)

ROOT = Path(studio.__file__).parent
# What the feed says when one of these settings is written.
IN_THE_CHANNEL: dict[str, tuple[Any, str]] = {
    "complete": (True, "itunes:complete"),
    "block": (True, "itunes:block"),
    "block_platforms": (("amazon",), "podcast:block[@id='amazon']"),
    "locations": (
        (Location(name="Aix", geo="geo:43.5,5.4", osm="R70279", country="fr", rel="creator"),),
        "podcast:location[@rel='creator']",
    ),
    "social_interact": (
        (SocialInteract(protocol="activitypub", uri="https://a.test/1", priority=1),),
        "podcast:socialInteract[@priority='1']",
    ),
    "chat": (Chat(server="a.test", protocol="matrix", space="#a"), "podcast:chat[@space='#a']"),
    "publisher": (
        Publisher(guid="003af0a0-6a45-55cf-b765-68e3d349551a", feed="https://a.test/p.xml"),
        "podcast:publisher/podcast:remoteItem[@medium='publisher']",
    ),
    "podroll": (
        (Recommendation(guid="917393e3", feed="https://a.test/", title="Ailleurs"),),
        "podcast:podroll/podcast:remoteItem[@title='Ailleurs']",
    ),
    "update_frequency": (
        UpdateFrequency(text="Dès 2027", rrule="FREQ=WEEKLY", dtstart="2027-01-01"),
        "podcast:updateFrequency[@dtstart='2027-01-01']",
    ),
    "seasons": (
        (Season(number=1, name="Les débuts"),),
        "item/podcast:season[@name='Les débuts']",
    ),
    "first_feed_url": ("https://a.test/rss", ""),
}
IN_THE_ITEM: dict[str, tuple[Any, str]] = {
    "display": ("Hors-série", "podcast:episode[@display='Hors-série']"),
    "block": (True, "itunes:block"),
    "content_links": (
        (ContentLink(url="https://video.test/1", text="La vidéo"),),
        "podcast:contentLink[@href='https://video.test/1']",
    ),
    "funding": (
        (Funding(url="https://a.test/2", text="Pour cet épisode"),),
        "podcast:funding[@url='https://a.test/2']",
    ),
    "locations": ((Location(name="Arles"),), "podcast:location[@rel='subject']"),
    "social_interact": (
        (SocialInteract(protocol="disabled"),),
        "podcast:socialInteract[@protocol='disabled']",
    ),
    "chat": (Chat(server="a.test", protocol="irc"), "podcast:chat[@protocol='irc']"),
}


def channel_of(show: Show = SHOW, **episode: Any) -> Any:
    item = replace_fields(ITEM, episode=replace_fields(EPISODE, **episode))
    return etree.fromstring(feed_from_show(show, (item,), COVER_URL))[0]


@pytest.mark.parametrize("name", [name for name, (_, path) in IN_THE_CHANNEL.items() if path])
def test_the_channel_says_it(name: str) -> None:
    value, path = IN_THE_CHANNEL[name]
    assert channel_of().find(path, NAMESPACES) is None
    found = channel_of(replace_fields(SHOW, **{name: value})).find(path, NAMESPACES)
    assert found is not None


@pytest.mark.parametrize("name", IN_THE_ITEM)
def test_the_item_says_it(name: str) -> None:
    value, path = IN_THE_ITEM[name]
    assert channel_of().find("item").find(path, NAMESPACES) is None
    assert channel_of(**{name: value}).find("item").find(path, NAMESPACES) is not None


def read_attributes() -> set[str]:
    """Every attribute that the code reads of anything."""
    names = set()
    for module in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                names.add(node.attr)
    return names


def records_below(kind: type[Record]) -> set[type[Record]]:
    """A record's type and those of its fields."""
    import typing

    found = {kind}
    waiting = [kind]
    while waiting:
        for hint in typing.get_type_hints(waiting.pop()).values():
            for part in (hint, *typing.get_args(hint)):
                if isinstance(part, type) and issubclass(part, Record) and part not in found:
                    found.add(part)
                    waiting.append(part)
    return found


@pytest.mark.parametrize("kind", [Show, Episode])
def test_every_setting_that_is_accepted_reaches_something(kind: type[Record]) -> None:
    read = read_attributes()
    templates = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "site" / "templates").glob("*")
    )
    for record in records_below(kind):
        for name in record.__struct_fields__:
            # ``reason`` is for people who read the file, and is shown by the editor.
            assert name in read or f".{name}" in templates or name == "reason", (record, name)


def test_each_explicit_episode_says_so_itself() -> None:
    for own, shown, says in (
        (None, False, "false"),
        (None, True, "true"),
        (True, False, "true"),
        (False, True, "false"),
    ):
        channel = channel_of(replace_fields(SHOW, explicit=shown), explicit=own)
        assert channel.findtext("item/itunes:explicit", None, NAMESPACES) == says


def ai_content(parent: Any) -> list[str]:
    return [
        one.text
        for one in parent.findall("podcast:txt", NAMESPACES)
        if one.get("purpose") == "ai-content"
    ]


@pytest.mark.parametrize(
    ("sentence", "says"), [("", "false"), ("Les voix sont des voix de synthèse.", "true")]
)
def test_whether_a_machine_made_the_content_is_true_or_false(sentence: str, says: str) -> None:
    channel = channel_of(ai_content=sentence)
    assert ai_content(channel.find("item")) == [says]
    assert ai_content(channel) == [says]


# Persons


def names(persons: tuple[Person, ...]) -> list[tuple[str, str]]:
    return [(one.name, one.role) for one in persons]


TWO_HOSTS = replace_fields(
    SHOW,
    host="Terry",
    persons=(
        Person(name="Terry"),
        Person(name="June", link="https://june.test/"),
        Person(name="Zoé", role="Audio Engineer", group="Audio Production"),
    ),
)


def test_a_second_host_is_named_in_channel_and_item() -> None:
    assert names(persons_of_show(TWO_HOSTS))[:2] == [("Terry", "Host"), ("June", "Host")]
    assert names(persons_of_episode(TWO_HOSTS, EPISODE)) == [
        ("Terry", "Host"),
        ("June", "Host"),
        ("Élodie Noël", "Guest"),
        ("Kévin Ça", "Guest"),
        ("Zoé", "Audio Engineer"),
    ]


def test_another_host_stands_in_for_the_shows_and_the_second_one_stays() -> None:
    """As docs/tags/person.md of the namespace has it."""
    episode = replace_fields(EPISODE, host="Reginald")
    assert names(persons_of_episode(TWO_HOSTS, episode))[:3] == [
        ("Reginald", "Host"),
        ("June", "Host"),
        ("Élodie Noël", "Guest"),
    ]
    alone = replace_fields(EPISODE, host="June")
    assert names(persons_of_episode(TWO_HOSTS, alone))[:2] == [
        ("June", "Host"),
        ("Élodie Noël", "Guest"),
    ]


def test_a_guest_whose_table_leaves_the_role_out_is_a_guest() -> None:
    episode = replace_fields(
        EPISODE, persons=(Person(name="Kévin Ça", link="https://kevin.test/"), Person(name="Marc"))
    )
    found = persons_of_episode(SHOW, episode)
    assert ("Kévin Ça", "Guest") in names(found)
    assert ("Kévin Ça", "Host") not in names(found)
    assert next(one for one in found if one.name == "Kévin Ça").link == "https://kevin.test/"
    assert ("Marc", "Host") in names(found)


def test_who_wrote_the_article_is_named() -> None:
    assert ("Lise", "Author") in names(
        persons_of_episode(SHOW, replace_fields(EPISODE, author="Lise"))
    )


# Texts


def test_the_description_is_in_paragraphs_and_shows_what_looks_like_a_tag() -> None:
    assert (
        html_from_description("Un.\n\nDeux <trois> & quatre.")
        == "<p>Un.</p><p>Deux &lt;trois&gt; &amp; quatre.</p>"
    )
    long = html_from_description("a & b <c> " * 1000)
    assert len(long.encode()) <= DESCRIPTION_BYTES
    assert long.endswith("…</p>")


def test_a_single_chapter_makes_no_list() -> None:
    one = Chapters(chapters=(Chapter(start_s=0.0, title="Introduction", end_s=180.25),))
    item = etree.fromstring(
        feed_from_show(SHOW, (replace_fields(ITEM, chapters=one),), COVER_URL)
    ).find("channel/item")
    assert item is not None
    assert item.find("podcast:chapters", NAMESPACES) is None
    assert item.find("psc:chapters", NAMESPACES) is None
    assert "00:00" not in (item.findtext("description") or "")


def test_pictures_say_how_wide_they_are() -> None:
    item = replace_fields(ITEM, image_px=3000)
    channel = etree.fromstring(feed_from_show(SHOW, (item,), COVER_URL))[0]
    picture = channel.find("item/podcast:image", NAMESPACES)
    assert picture is not None
    assert (picture.get("width"), picture.get("height")) == ("3000", "3000")


# lastBuildDate

NOW = datetime.datetime(2026, 11, 28, 12, 0, 1, 500, tzinfo=datetime.UTC)


def test_the_build_date_moves_with_what_changed() -> None:
    first = feed_from_show(SHOW, (ITEM,), COVER_URL)
    assert with_build_date(first, None, NOW) == first
    assert with_build_date(first, first, NOW) == first
    other = feed_from_show(replace_fields(SHOW, author="Ailleurs"), (ITEM,), COVER_URL)
    changed = with_build_date(other, first, NOW)
    assert b"<lastBuildDate>Sat, 28 Nov 2026 12:00:01 +0000</lastBuildDate>" in changed
    assert b"<pubDate>Thu, 15 Jan 2026 05:00:00 +0000</pubDate>" in changed
    later = NOW + datetime.timedelta(days=1)
    assert with_build_date(other, changed, later) == changed
