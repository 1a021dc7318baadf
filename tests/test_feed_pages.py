"""A feed of many episodes: pages that lead to each other, and everything in one feed for who
asks.
"""

from __future__ import annotations

import datetime

import pytest
from lxml import etree
from support.example_show import BASE_URL, COVER_URL, EPISODE, ITEM, SHOW
from support.reading_back import feed_from_show

from studio.feed.item import FeedItem
from studio.feed.namespace import NAMESPACES, ElementTag
from studio.feed.rss import (
    WrittenItem,
    feed_from_items,
    feed_pages_from_items,
    item_from_episode,
    published_utc,
)
from studio.model.record import replace_fields
from studio.web.addresses import COMPLETE_FEED_PLACE, FEED_PLACE

# So many are on a page unless show.toml says otherwise.
PAGE_EPISODES = SHOW.page_episodes


def items_of(count: int) -> list[FeedItem]:
    first = EPISODE.published
    return [
        replace_fields(
            ITEM,
            episode=replace_fields(
                EPISODE,
                number=number,
                guid=f"guid-{number}",
                published=first + datetime.timedelta(days=number),
            ),
            enclosure_url=f"{BASE_URL}{number}.mp3",
        )
        for number in range(1, count + 1)
    ]


def written(items: list[FeedItem]) -> list[WrittenItem]:
    return [
        WrittenItem(published_utc(item), item.episode.number or 0, item_from_episode(SHOW, item))
        for item in items
    ]


def pages_of(items: list[FeedItem]) -> dict[str, bytes]:
    return feed_pages_from_items(SHOW, written(items), COVER_URL)


def guids(feed: bytes) -> list[str]:
    return [str(one.text) for one in etree.fromstring(feed).iter("guid")]


def ways(feed: bytes) -> dict[str, str]:
    links = etree.fromstring(feed).findall("channel/atom:link", NAMESPACES)
    return {str(link.get("rel")): str(link.get("href")).removeprefix(BASE_URL) for link in links}


@pytest.mark.parametrize("count", [0, 1, PAGE_EPISODES])
def test_up_to_a_hundred_episodes_are_one_feed(count: int) -> None:
    pages = pages_of(items_of(count))
    assert pages == {FEED_PLACE: feed_from_show(SHOW, items_of(count), COVER_URL)}
    assert set(ways(pages[FEED_PLACE])) == {"self"}


def test_more_are_pages_by_which_every_episode_is_reached_once() -> None:
    items = items_of(2 * PAGE_EPISODES + 1)
    pages = pages_of(items[::-1])
    assert list(pages) == [FEED_PLACE, "feed-2.xml", "feed-3.xml", COMPLETE_FEED_PLACE]
    seen, place = [], FEED_PLACE
    while place:
        assert ways(pages[place])["self"] == place
        assert (ways(pages[place])["first"], ways(pages[place])["last"]) == (
            FEED_PLACE,
            "feed-3.xml",
        )
        seen += guids(pages[place])
        place = ways(pages[place]).get("next", "")
    assert seen == [f"guid-{number}" for number in range(len(items), 0, -1)]
    assert ways(pages["feed-3.xml"])["previous"] == "feed-2.xml"
    assert "previous" not in ways(pages[FEED_PLACE])


def test_who_asks_gets_everything_at_once() -> None:
    items = items_of(PAGE_EPISODES + 5)
    complete = pages_of(items)[COMPLETE_FEED_PLACE]
    assert complete == feed_from_items(
        SHOW,
        written(items),
        COVER_URL,
        place=COMPLETE_FEED_PLACE,
        paging=[ElementTag("fh:complete")],
    )
    assert etree.fromstring(complete).find("channel/fh:complete", NAMESPACES) is not None
    assert len(guids(complete)) == len(items)


def test_a_new_episode_changes_no_episode() -> None:
    items = items_of(PAGE_EPISODES + 1)
    before = pages_of(items[:-1])[FEED_PLACE]
    after = pages_of(items)[COMPLETE_FEED_PLACE]
    old, new = (
        {
            item.findtext("guid"): etree.tostring(item).strip()
            for item in etree.fromstring(feed).iter("item")
        }
        for feed in (before, after)
    )
    assert {guid: new[guid] for guid in old} == old


def test_a_trailer_has_no_number() -> None:
    trailer = replace_fields(ITEM, episode=replace_fields(EPISODE, type="trailer"))
    bonus = replace_fields(ITEM, episode=replace_fields(EPISODE, type="bonus", guid="bonus"))
    channel = etree.fromstring(feed_from_show(SHOW, [trailer], COVER_URL))[0]
    assert channel.findtext("item/itunes:episodeType", None, NAMESPACES) == "trailer"
    assert (
        channel.find("item/itunes:episode", NAMESPACES)
        is channel.find("item/podcast:episode", NAMESPACES)
        is None
    )
    (told,) = channel.findall("podcast:trailer", NAMESPACES)
    assert told.text == EPISODE.title
    assert {str(name): value for name, value in told.attrib.items()} == {
        "pubdate": channel.findtext("item/pubDate"),
        "url": ITEM.enclosure_url,
        "length": "2163000",
        "type": "audio/mpeg",
        "season": "1",
    }
    channel = etree.fromstring(feed_from_show(SHOW, [bonus], COVER_URL))[0]
    assert channel.find("podcast:trailer", NAMESPACES) is None
    assert channel.findtext("item/podcast:episode", None, NAMESPACES) == "2"


def test_an_item_is_the_same_bytes_in_every_feed_and_a_text_cannot_end_it() -> None:
    hostile = "    <item>\n    </item>\n  </channel>\n]]>"
    item = replace_fields(
        ITEM,
        episode=replace_fields(EPISODE, title=hostile, notice=hostile),
        introduction=(hostile,),
        questions=(hostile,),
    )
    (one,) = written([item])
    assert one.content in feed_from_show(SHOW, [item], COVER_URL)
    channel = etree.fromstring(pages_of([ITEM, item])[FEED_PLACE])[0]
    assert len(channel.findall("item")) == 2
    # As feedgen itself would have set it: one element a line, indented by two for each level.
    assert one.content.startswith(b"    <item>\n      <title>")
    assert one.content.endswith(b"\n    </item>\n")
