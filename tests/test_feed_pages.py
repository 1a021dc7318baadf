"""A feed of many episodes: pages that lead to each other, and everything in one feed for who asks."""

from __future__ import annotations

import datetime

import pytest
from example_show import BASE_URL, COVER_URL, EPISODE, ITEM, SHOW
from lxml import etree

from studio.feed.addresses import COMPLETE_FEED_PLACE, FEED_PLACE
from studio.feed.item import FeedItem
from studio.feed.namespace import NAMESPACES, Tag
from studio.feed.rss import PAGE_EPISODES, feed_from_show, feed_pages_from_show
from studio.model.record import replace_fields


def items_of(count: int) -> list[FeedItem]:
    first = EPISODE.published
    return [
        replace_fields(
            ITEM,
            episode=replace_fields(EPISODE, number=number, guid=f"guid-{number}", published=first + datetime.timedelta(days=number)),
            enclosure_url=f"{BASE_URL}{number}.mp3",
        )
        for number in range(1, count + 1)
    ]


def guids(feed: bytes) -> list[str]:
    return [str(one.text) for one in etree.fromstring(feed).iter("guid")]


def ways(feed: bytes) -> dict[str, str]:
    links = etree.fromstring(feed).findall("channel/atom:link", NAMESPACES)
    return {str(link.get("rel")): str(link.get("href")).removeprefix(BASE_URL) for link in links}


@pytest.mark.parametrize("count", [0, 1, PAGE_EPISODES])
def test_up_to_a_hundred_episodes_are_one_feed(count: int) -> None:
    pages = feed_pages_from_show(SHOW, items_of(count), COVER_URL)
    assert pages == {FEED_PLACE: feed_from_show(SHOW, items_of(count), COVER_URL)}
    assert set(ways(pages[FEED_PLACE])) == {"self"}


def test_more_are_pages_by_which_every_episode_is_reached_once() -> None:
    items = items_of(2 * PAGE_EPISODES + 1)
    pages = feed_pages_from_show(SHOW, items[::-1], COVER_URL)
    assert list(pages) == [FEED_PLACE, "feed-2.xml", "feed-3.xml", COMPLETE_FEED_PLACE]
    seen, place = [], FEED_PLACE
    while place:
        assert ways(pages[place])["self"] == place
        assert (ways(pages[place])["first"], ways(pages[place])["last"]) == (FEED_PLACE, "feed-3.xml")
        seen += guids(pages[place])
        place = ways(pages[place]).get("next", "")
    assert seen == [f"guid-{number}" for number in range(len(items), 0, -1)]
    assert ways(pages["feed-3.xml"])["previous"] == "feed-2.xml"
    assert "previous" not in ways(pages[FEED_PLACE])


def test_who_asks_gets_everything_at_once() -> None:
    items = items_of(PAGE_EPISODES + 5)
    complete = feed_pages_from_show(SHOW, items, COVER_URL)[COMPLETE_FEED_PLACE]
    assert complete == feed_from_show(SHOW, items, COVER_URL, place=COMPLETE_FEED_PLACE, paging=[Tag("fh:complete")])
    assert etree.fromstring(complete).find("channel/fh:complete", NAMESPACES) is not None
    assert len(guids(complete)) == len(items)


def test_a_new_episode_changes_no_episode() -> None:
    items = items_of(PAGE_EPISODES + 1)
    before = feed_pages_from_show(SHOW, items[:-1], COVER_URL)[FEED_PLACE]
    after = feed_pages_from_show(SHOW, items, COVER_URL)[COMPLETE_FEED_PLACE]
    old, new = (
        {item.findtext("guid"): etree.tostring(item).strip() for item in etree.fromstring(feed).iter("item")} for feed in (before, after)
    )
    assert {guid: new[guid] for guid in old} == old


def test_a_trailer_has_no_number() -> None:
    trailer = replace_fields(ITEM, episode=replace_fields(EPISODE, type="trailer"))
    bonus = replace_fields(ITEM, episode=replace_fields(EPISODE, type="bonus", guid="bonus"))
    channel = etree.fromstring(feed_from_show(SHOW, [trailer], COVER_URL))[0]
    assert channel.findtext("item/itunes:episodeType", None, NAMESPACES) == "trailer"
    assert channel.find("item/itunes:episode", NAMESPACES) is channel.find("item/podcast:episode", NAMESPACES) is None
    channel = etree.fromstring(feed_from_show(SHOW, [bonus], COVER_URL))[0]
    assert channel.findtext("item/podcast:episode", None, NAMESPACES) == "2"
