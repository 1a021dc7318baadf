"""Against what was published last: what subscribers have may not change under their hands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from lxml import etree

from studio.check.feed import Feed, attribute, is_of, place_of, read_feed, text
from studio.check.publication import Publication
from studio.check.rules import Finding, found
from studio.messages.message import message
from studio.web.addresses import address
from studio.web.media_types import plain_place

# A file may lose this share of its size when tags or chapters change; more, and sound is missing.
SHRUNK = 0.9


def check_continuity(
    feed: Feed, published: bytes, publication: Publication, withdrawn: str = ""
) -> Iterator[Finding]:
    """Rules 48a to 48e: the built feed against the one that is public. A feed that cannot be read
    holds nobody to anything.

    :param withdrawn: the slug of an episode that may be missing now; empty for none.
    """
    before, _ = read_feed(published, publication.feed)
    if before is None:
        return
    guids = {guid: item for item in feed.items if (guid := text(item, "guid"))}
    # By the file's name: a show that moved has other addresses.
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
        guid, name = text(old, "guid") or "", _file_of(old)
        place = place_of(old, number)
        if not publication.whole and not (
            is_of(old, publication) or is_of(guids.get(guid, old), publication)
        ):
            continue
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
                        "its guid was {guid}, and is {now} now",
                        guid=guid,
                        now=text(enclosures[name], "guid"),
                    ),
                )
            else:
                yield found(
                    "48b",
                    publication.feed,
                    place,
                    message("it was published, and is not in the feed any more"),
                )
            continue
        yield from _check_item(old, guids[guid], place, publication)


def _file_of(item: etree._Element) -> str:
    """The name of an item's sound file, without what changes in it with the content."""
    return plain_place((attribute(item, "enclosure", "url") or "").rpartition("/")[2])


def _check_item(
    old: etree._Element, new: etree._Element, place: str, publication: Publication
) -> Iterator[Finding]:
    lengths = [attribute(item, "enclosure", "length") or "" for item in (old, new)]
    if all(length.isdecimal() for length in lengths) and int(lengths[1]) < SHRUNK * int(lengths[0]):
        yield found(
            "48c",
            publication.feed,
            place,
            message(
                "its sound had {before} bytes, and has {now} now",
                before=lengths[0],
                now=lengths[1],
            ),
        )
    dates = [text(item, "pubDate") or "" for item in (old, new)]
    try:
        moved = parsedate_to_datetime(dates[0]) != parsedate_to_datetime(dates[1])
    except ValueError:
        return
    if moved:
        yield found(
            "48d",
            publication.feed,
            place,
            message("its date was {before}, and is {now} now", before=dates[0], now=dates[1]),
        )
