"""Against what was published last: what subscribers have may not change under their hands."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from lxml import etree

from studio.check.feed import Feed, attribute, place_of, read_feed, text
from studio.check.publication import Publication
from studio.check.rules import Finding, found

# A file may lose this share of its size when tags or chapters change; more, and sound is missing.
SHRUNK = 0.9


def check_continuity(feed: Feed, published: bytes, publication: Publication) -> Iterator[Finding]:
    """Rules 48a to 48e: the built feed against the one that is public. A feed that cannot be read holds nobody to anything."""
    before, _ = read_feed(published, publication.feed)
    if before is None:
        return
    guids = {guid: item for item in feed.items if (guid := text(item, "guid"))}
    enclosures = {url: item for item in feed.items if (url := attribute(item, "enclosure", "url"))}
    if (text(before.channel, "podcast:guid") or "") not in {"", text(feed.channel, "podcast:guid")}:
        yield found("48e", publication.feed, "podcast:guid", f"it was {text(before.channel, 'podcast:guid')}")
    for number, old in enumerate(before.items, start=1):
        guid, url = text(old, "guid") or "", attribute(old, "enclosure", "url") or ""
        place = place_of(old, number)
        if guid not in guids:
            if url in enclosures:
                yield found("48a", publication.feed, place, f"its guid was {guid}, and is {text(enclosures[url], 'guid')} now")
            else:
                yield found("48b", publication.feed, place, "it was published, and is not in the feed any more")
            continue
        yield from _check_item(old, guids[guid], place, publication)


def _check_item(old: etree._Element, new: etree._Element, place: str, publication: Publication) -> Iterator[Finding]:
    lengths = [attribute(item, "enclosure", "length") or "" for item in (old, new)]
    if all(length.isdigit() for length in lengths) and int(lengths[1]) < SHRUNK * int(lengths[0]):
        yield found("48c", publication.feed, place, f"its sound had {lengths[0]} bytes, and has {lengths[1]} now")
    dates = [text(item, "pubDate") or "" for item in (old, new)]
    try:
        moved = parsedate_to_datetime(dates[0]) != parsedate_to_datetime(dates[1])
    except ValueError:
        return
    if moved:
        yield found("48d", publication.feed, place, f"its date was {dates[0]}, and is {dates[1]} now")
