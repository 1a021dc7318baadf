"""Compare with the last publication: nothing that subscribers already have may change
unexpectedly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import NamedTuple

from lxml import etree

from studio.check.feed import Feed, is_of, place_of, read_feed
from studio.check.feed_elements import attribute, text
from studio.check.publication import Publication
from studio.check.rules import Finding, found
from studio.feed.dates import parse_date
from studio.messages.message import message
from studio.text.number_parsing import whole_number
from studio.web.addresses import address
from studio.web.media_types import plain_place

# A change of tags or chapters may shrink a file by this share; a larger loss means missing sound.
SHRUNK = 0.9


def check_continuity(
    feed: Feed, published: bytes, publication: Publication, withdrawn: str = ""
) -> Iterator[Finding]:
    """Rules 48a to 48e: compare the built feed with the public one. An unreadable public feed
    causes no finding.

    :param withdrawn: the slug of an episode that may be missing now; empty for none.
    """
    before, _ = read_feed(published, publication.feed)
    if before is None:
        return
    guids = {guid: item for item in feed.items if (guid := _guid(item))}
    # Compared by file name, because a show that moved has other URLs.
    files = Counter(_file_of(item) for item in (*before.items, *feed.items))
    enclosures = {name: item for item in feed.items if files[name := _file_of(item)] <= 2}
    if (text(before.channel, "podcast:guid") or "") not in {"", text(feed.channel, "podcast:guid")}:
        yield found(
            "48e",
            publication.feed,
            "podcast:guid",
            message("it was {channel}", channel=text(before.channel, "podcast:guid")),
        )
    for number, old in enumerate(before.items, start=1):
        if not _has_sound(old):
            continue
        guid, name = _guid(old), _file_of(old)
        place = place_of(old, number)
        if not publication.whole and not (
            is_of(old, publication) or is_of(guids.get(guid, old), publication)
        ):
            continue
        # If its guid is missing, it is withdrawn on purpose, present under another guid (apps
        # download it again), or lost.
        if guid not in guids:
            if withdrawn and (attribute(old, "enclosure", "url") or "").startswith(
                address(publication.base_url, f"{withdrawn}/")
            ):
                continue
            if name in enclosures:
                yield found(
                    "48a",
                    publication.feed,
                    place,
                    message(
                        "its guid was {guid}, and is now {now}",
                        guid=guid,
                        now=text(enclosures[name], "guid"),
                    ),
                )
            else:
                yield found(
                    "48b",
                    publication.feed,
                    place,
                    message("it was published, and is no longer in the feed"),
                )
            continue
        yield from _check_item(old, guids[guid], place, publication)


class FeedComparison(NamedTuple):
    """How many episodes of a former feed differ in a newer one.

    :param episodes: of the former feed.
    :param missing: episodes that no longer exist.
    :param guids: those with the same audio under another guid.
    :param lengths: those with another file size.
    :param corrected: those whose former length did not match the former file.
    :param order: those that come before an episode that preceded them.
    """

    episodes: int
    missing: int
    guids: int
    dates: int
    lengths: int
    corrected: int
    order: int


def compare_feeds(former: bytes, built: bytes, given: Collection[str] = ()) -> FeedComparison:
    """The differences between the former and the built feed for subscribers. Both are well-formed,
    as from :func:`studio.feed.lenient_parsing.strict_feed`.

    :param given: URLs in the built feed of audio that is published unchanged: its length was
        measured, so that it may differ from the former feed's.
    """
    before, _ = read_feed(former, "former feed")
    after, _ = read_feed(built, "built feed")
    if before is None or after is None:
        raise AssertionError("both feeds were read before")
    items = {_guid(item): item for item in after.items}
    places = {guid: place for place, guid in enumerate(items)}
    files = {_file_of(item) for item in after.items}
    counts = Counter[str]()
    last = -1
    episodes = [one for one in before.items if _has_sound(one)]
    for old in episodes:
        new = items.get(_guid(old))
        # Missing, or present under another identity: apps would show it as a new episode.
        if new is None:
            counts["guids" if _file_of(old) in files else "missing"] += 1
            continue
        counts["dates"] += is_moved(text(old, "pubDate") or "", text(new, "pubDate") or "")
        # Another length means another file: apps download it again.
        lengths = [attribute(one, "enclosure", "length") or "" for one in (old, new)]
        if lengths[0] != lengths[1]:
            counted = attribute(new, "enclosure", "url") in given
            counts["corrected" if counted else "lengths"] += 1
        # Out of order if it precedes one that it used to follow.
        counts["order"] += places[_guid(old)] < last
        last = max(last, places[_guid(old)])
    return FeedComparison(
        episodes=len(episodes),
        missing=counts["missing"],
        guids=counts["guids"],
        dates=counts["dates"],
        lengths=counts["lengths"],
        corrected=counts["corrected"],
        order=counts["order"],
    )


def is_moved(before: str, now: str) -> bool:
    """Whether two dates of feeds are different times; an unreadable date counts as unchanged."""
    dates = parse_date(before), parse_date(now)
    return None not in dates and dates[0] != dates[1]


def _has_sound(item: etree._Element) -> bool:
    """Whether podcast apps show an item: a blog's feed also has posts without audio."""
    return bool((attribute(item, "enclosure", "url") or "").strip())


def _guid(item: etree._Element) -> str:
    return " ".join((text(item, "guid") or "").split())


def _file_of(item: etree._Element) -> str:
    """The name of an item's audio file, without the content hash."""
    return plain_place((attribute(item, "enclosure", "url") or "").rpartition("/")[2])


def _check_item(
    old: etree._Element, new: etree._Element, place: str, publication: Publication
) -> Iterator[Finding]:
    before, now = (
        whole_number(attribute(item, "enclosure", "length") or "") for item in (old, new)
    )
    if (
        attribute(new, "enclosure", "url") not in publication.imported_sound_addresses
        and before is not None
        and now is not None
        and now < SHRUNK * before
    ):
        yield found(
            "48c",
            publication.feed,
            place,
            message(
                "its audio had {before} bytes, and now has {now}",
                before=before,
                now=now,
            ),
        )
    dates = [text(item, "pubDate") or "" for item in (old, new)]
    if is_moved(*dates):
        yield found(
            "48d",
            publication.feed,
            place,
            message("its date was {before}, and is now {now}", before=dates[0], now=dates[1]),
        )
