"""Check the feed: the requirements of directories and apps for the channel and for each item."""

from __future__ import annotations

import copy
import dataclasses
import datetime
import email.utils
import functools
import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from lxml import etree

from studio.captions.formats import CAPTION_FORMATS
from studio.check.feed_elements import NAMESPACES, attribute, short_name, text
from studio.check.podcast_tags import check_persons, check_podcast_tags, check_soundbites
from studio.check.publication import Publication, PublishedEpisode
from studio.check.rules import Finding, found, severity_of_imported
from studio.feed.episode_titles import without_show_name
from studio.feed.guid import guid_from_url
from studio.feed.notes import DESCRIPTION_BYTES
from studio.feed.vocabulary import apple_categories
from studio.messages.message import Message, message
from studio.web.addresses import address, feed_address, page_place
from studio.web.links import is_whole_address, may_be_linked
from studio.web.url_parts import is_whole, split_address

VALUE_CHARACTERS = 255
# User-facing names of feed elements.
CALLED = {
    "title": message("title"),
    "link": message("address of a page"),
    "itunes:author": message("author"),
    "podcast:guid": message("identity (guid)"),
    "pubDate": message("date of publication"),
    "itunes:episode": message("its number"),
    "itunes:season": message("its season"),
}
# Elements that may have more than the usual 255 characters.
LONG = {
    "description",
    f"{{{NAMESPACES['content']}}}encoded",
    f"{{{NAMESPACES['itunes']}}}summary",
    f"{{{NAMESPACES['podcast']}}}txt",
}
DATES = {"pubDate", "lastBuildDate"}
DATE = re.compile(
    r"(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d{1,2} "
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
    r"\d{2}:\d{2}(?::\d{2})? (?:[+-]\d{4}|GMT|UT)"
)
# Names reserved for examples (RFC 2606).
PLACEHOLDER = re.compile(r"(?:^|\.)(?:example\.(?:com|net|org)|example|invalid)\.?$", re.IGNORECASE)
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)[^<>]*>")
# Text that apps parse as an HTML tag, closed or not.
AS_HTML = re.compile(r"<[A-Za-z/!?][^<>]*>?")
# Characters other than letters in the path of a URL.
NO_PLACE = re.compile(r"[^A-Za-z0-9._/-]")
# Parts that PSP-1 forbids in the copyright: the word, the sign, a year.
NO_HOLDER = re.compile(r"©|\(c\)|copyright|\b(?:19|20)\d{2}\b", re.IGNORECASE)
FOLLOWED_ELEMENTS = {"link", "url", "comments", "docs"}
FOLLOWED_ATTRIBUTES = {"url", "href", "uri", "img", "feedUrl", "itemUrl"}
ANCHOR = re.compile(r"<a\s[^<>]*?href=[\"']([^\"'<>]*)", re.IGNORECASE)
# The maximum length of a quoted URL.
LINK_CHARACTERS = 60
TAGS = {"p", "ol", "ul", "li", "a", "b", "i", "strong", "em"}


@dataclasses.dataclass(frozen=True)
class Feed:
    """A parsed feed: its bytes, its channel and its items."""

    content: bytes
    channel: etree._Element
    items: tuple[etree._Element, ...]

    def item_of(self, publication: Publication, episode: PublishedEpisode) -> etree._Element | None:
        """The item whose enclosure is the episode's MP3."""
        return self._item_of_address.get(
            address(publication.base_url, episode.place(episode.media))
        )

    @functools.cached_property
    def _item_of_address(self) -> Mapping[str, etree._Element]:
        """The items by the URL of their audio; the first one if several share it."""
        return {attribute(item, "enclosure", "url") or "": item for item in reversed(self.items)}

    def part(self, publication: Publication) -> Feed:
        """The feed with only the items of these episodes; its bytes are the whole feed's."""
        # A copy of the whole document, which keeps the declarations of its root.
        channel = copy.deepcopy(self.channel.getroottree()).getroot().find("channel")
        if channel is None:
            raise AssertionError("a feed that was read has a channel")
        for item in channel.findall("item"):
            if not is_of(item, publication):
                channel.remove(item)
        return Feed(self.content, channel, tuple(channel.findall("item")))


def is_of(item: etree._Element, publication: Publication) -> bool:
    """Whether an item belongs to one of these episodes: its audio is in the episode's folder."""
    folder = (attribute(item, "enclosure", "url") or "").rpartition("/")[0]
    return folder in publication.folders


def place_of(item: etree._Element, number: int) -> str:
    """The name of an item in findings: its position (from 1) and title."""
    return message(
        "item {number} ({text})", number=number, text=(text(item, "title") or "no title").strip()
    )


def read_feed(content: bytes, file: object) -> tuple[Feed | None, list[Finding]]:
    """Parse a feed without external entities. None if it is too broken for any other rule."""
    # Entities and DTDs are not resolved: they could access local files, or expand without limit.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, strip_cdata=False
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        return None, [
            found(
                "1",
                file,
                message("line {lineno}", lineno=error.lineno),
                message("it is not well-formed XML ({msg})", msg=error.msg),
            )
        ]
    findings = []
    declaration = re.match(rb"<\?xml[^>]*\?>", content)
    encoding = re.search(rb"encoding=[\"']([^\"']*)", declaration[0]) if declaration else None
    if encoding is None or encoding[1].lower() != b"utf-8":
        findings.append(
            found(
                "1",
                file,
                message("line 1"),
                message("it does not begin with an XML declaration that says UTF-8"),
            )
        )
    channel = root.find("channel")
    if root.tag != "rss" or root.get("version") != "2.0" or channel is None:
        return None, [
            *findings,
            found("1", file, short_name(root), message("it is not RSS 2.0 with a channel")),
        ]
    return Feed(content, channel, tuple(channel.findall("item"))), findings


def check_links(feed: Feed, file: object) -> Iterator[Finding]:
    """Check URLs that a listener's app may open: none may run a program or open a local file."""
    for element in feed.channel.iter(etree.Element):
        shown = [("", element.text)] if short_name(element) in FOLLOWED_ELEMENTS else []
        if element.attrib:
            shown += [
                (f" {name}", element.get(name))
                for name in sorted(FOLLOWED_ATTRIBUTES & {*map(str, element.keys())})
            ]
        wrong = [(place, link) for place, link in shown if link and not is_whole_address(link)]
        if short_name(element) == "content:encoded":
            anchors = map(html.unescape, ANCHOR.findall(element.text or ""))
            wrong += [(" a", link) for link in anchors if not may_be_linked(link)]
        for place, link in wrong:
            if link:
                yield found(
                    "7d",
                    file,
                    f"{short_name(element)}{place}",
                    message(
                        "{strip!r} is not an address to follow",
                        strip=link.strip()[:LINK_CHARACTERS],
                    ),
                )


def check_feed(feed: Feed, publication: Publication) -> Iterator[Finding]:
    """All rules on the feed itself and on the files that it announces, for the requested
    episodes.
    """
    file = publication.feed
    yield from check_identities(feed, publication)
    feed = feed if publication.whole else feed.part(publication)
    yield from check_namespaces(feed, publication)
    yield from check_values(feed, publication)
    yield from check_links(feed, file)
    yield from check_channel(feed, publication)
    for number, item in enumerate(feed.items, start=1):
        found_here = check_item(item, place_of(item, number), publication)
        if attribute(item, "enclosure", "url") in publication.imported_sound_addresses:
            yield from map(severity_of_imported, found_here)
        else:
            yield from found_here
    for episode in publication.episodes:
        if feed.item_of(publication, episode) is None:
            yield found("47", file, episode.slug, message("no item announces the episode's MP3"))


def check_identities(feed: Feed, publication: Publication) -> Iterator[Finding]:
    """Rules 15a and 16, on the whole feed: an episode may share its identity with one that was not
    requested.
    """
    for rule, path, name in (("15a", "guid", None), ("16", "enclosure", "url")):
        seen: dict[str, tuple[int, bool]] = {}
        for number, item in enumerate(feed.items, start=1):
            value = text(item, path) if name is None else attribute(item, path, name)
            ours = publication.whole or is_of(item, publication)
            if value and value in seen:
                if ours or seen[value][1]:
                    yield found(
                        rule,
                        publication.feed,
                        place_of(item, number),
                        message(
                            "item {seen} has the same: {value}", seen=seen[value][0], value=value
                        ),
                    )
            elif value:
                seen[value] = number, ours


def check_namespaces(feed: Feed, publication: Publication) -> Iterator[Finding]:
    """Rule 2: apps that compare namespaces exactly ignore elements of a nearly correct one."""
    root = feed.channel.getparent()
    declared = {} if root is None else dict(root.nsmap)
    for prefix, uri in NAMESPACES.items():
        if declared.get(prefix) != uri:
            wrong = message(
                "xmlns:{prefix} is {prefix2}",
                prefix=prefix,
                prefix2=declared.get(prefix, "not declared"),
            )
            yield found(
                "2", publication.feed, "rss", message("{wrong}, not {uri}", wrong=wrong, uri=uri)
            )


def check_values(feed: Feed, publication: Publication) -> Iterator[Finding]:
    """Rules on all values: 4, 5, 6, 7 and 8."""
    file, base = publication.feed, publication.base_url
    parts = split_address(base)
    if parts is not None and re.search(NO_PLACE, parts.path):
        yield found("4", file, "base_url", has_other_letters(base))
    if parts is not None and parts.scheme != "https":
        yield found("7", file, "base_url", message("{one} is not reached by HTTPS", one=base))
    item_number = 0
    for element in feed.channel.iter(etree.Element):
        item_number += element.tag == "item"
        place = functools.partial(_place_of_value, element, item_number)
        value = element.text or ""
        if element.tag in DATES and not is_date(value):
            yield found(
                "5",
                file,
                place(),
                message("“{value}” is not a date as RFC 2822 writes it", value=value),
            )
        own = [value] if len(element) == 0 else []
        for one in (*map(str, element.attrib.values()), *own):
            # Asked first: a show has hundreds of thousands of values, and few break a rule.
            if one != one.strip() or len(one) > VALUE_CHARACTERS:
                is_long = element.tag in LONG or one is not value
                yield from _check_characters(one, place, file, is_long=is_long)
            if one.startswith("http"):
                yield from _check_address(one, place, publication)
        if element.tag in LONG:
            yield from _check_html(element, place, file)


def _place_of_value(element: etree._Element, item_number: int) -> str:
    """The position of a value; only computed for wrong ones, since there are thousands."""
    if item_number == 0:
        return short_name(element)
    return message(
        "item {item_number}, {element}", item_number=item_number, element=short_name(element)
    )


def _check_characters(
    value: str, place: Callable[[], str], file: Path, *, is_long: bool
) -> Iterator[Finding]:
    """Rule 6.

    :param is_long: whether the value may be longer than ``VALUE_CHARACTERS``.
    """
    if value != value.strip():
        yield found(
            "6", file, place(), message("“{one}” begins or ends with a space", one=value[:40])
        )
    elif len(value) > VALUE_CHARACTERS and not is_long:
        yield found(
            "6",
            file,
            place(),
            message("“{one}…” has {count} characters", one=value[:40], count=len(value)),
        )


# A feed has one, and some 20 addresses an episode that are compared with it.
_split_base_url = functools.lru_cache(maxsize=1)(split_address)


def _check_address(
    value: str, place: Callable[[], str], publication: Publication
) -> Iterator[Finding]:
    """Rules 4 and 7 on a value, if it is a URL."""
    own, base = publication.base_url, _split_base_url(publication.base_url)
    if base is not None and value.startswith(own) and not NO_PLACE.search(value, len(own)):
        return  # most are below the show's address, with allowed characters only
    if re.fullmatch(r"https?://\S+", value) is None:
        return
    file = publication.feed
    parts = split_address(value)
    if parts is None:
        yield found(
            "4",
            file,
            place(),
            message("{one} is not an address: a port or a [host] in it cannot be", one=value[:80]),
        )
    # An error in the show's URL is reported once, not for each URL below it.
    elif base is not None and parts.netloc == base.netloc:
        if re.search(NO_PLACE, parts.path.removeprefix(base.path)):
            yield found("4", file, place(), has_other_letters(value))
        if parts.scheme != "https" and base.scheme == "https":
            yield found("7", file, place(), message("{one} is not reached by HTTPS", one=value))


def _check_html(element: etree._Element, place: Callable[[], str], file: Path) -> Iterator[Finding]:
    """Rule 8."""
    names = {name.lower() for name in TAG.findall(element.text or "")}
    if names - TAGS and b"<![CDATA[" in etree.tostring(element):
        yield found(
            "8",
            file,
            place(),
            message("it uses {names}", names=", ".join(sorted(names - TAGS))),
        )
    elif names & TAGS and b"<![CDATA[" not in etree.tostring(element):
        yield found("8", file, place(), message("its HTML is not in CDATA"))


def has_other_letters(url: str) -> Message:
    """The characters that Apple does not allow in the path of a URL."""
    return message(
        "{one} has other characters than ASCII letters, digits, “-”, “_” and “.”", one=url
    )


def is_date(value: str) -> bool:
    """Whether this is a valid RFC 2822 date with the correct weekday."""
    match = DATE.fullmatch(value)
    if match is None:
        return False
    try:
        date = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return False
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    return isinstance(date, datetime.datetime) and match[1] in (None, days[date.weekday()])


def check_channel(feed: Feed, publication: Publication) -> Iterator[Finding]:
    """Rules 10 to 13, 45, 46 and 50, and the channel's persons."""
    channel, file = feed.channel, publication.feed
    yield from _check_description_of_channel(channel, file)
    yield from _check_owner_and_address(channel, publication)
    yield from check_placeholders(channel, publication)
    yield from _check_kind_of_show(channel, file)
    yield from check_persons(channel, "channel", publication)
    yield from check_podcast_tags(channel, "channel", file, required=bool(feed.items))


def _check_description_of_channel(channel: etree._Element, file: Path) -> Iterator[Finding]:
    """Rules 10a to 10g, 11a, 11b and 14e: data shown by directories."""
    for rule, path in (
        ("10a", "title"),
        ("10c", "link"),
        ("11a", "itunes:author"),
        ("11b", "podcast:guid"),
    ):
        if not (text(channel, path) or "").strip():
            yield found(rule, file, "channel", message("it has no {part}", part=CALLED[path]))
    yield from _check_plain(channel, ("title", "itunes:author"), "channel", file)
    description = text(channel, "description") or ""
    if not description.strip() or len(description.encode()) > DESCRIPTION_BYTES:
        yield found(
            "10b",
            file,
            "channel",
            message("its description has {count} bytes", count=len(description.encode())),
        )
    language = text(channel, "language") or ""
    if not LANGUAGE.fullmatch(language):
        yield found(
            "10d", file, "channel", message("its language is “{language}”", language=language)
        )
    if not attribute(channel, "itunes:image", "href"):
        yield found("10e", file, "channel", message("the show has no cover"))
    yield from check_categories(channel, file)
    explicit = text(channel, "itunes:explicit")
    if explicit not in {"true", "false"}:
        yield found(
            "10g",
            file,
            "channel",
            message("explicit is “{explicit}”, neither true nor false", explicit=explicit or ""),
        )


def _check_owner_and_address(
    channel: etree._Element, publication: Publication
) -> Iterator[Finding]:
    """Rules 10h, 11c, 11d, 12 and 13c: the feed's address, owner and guid."""
    file = publication.feed
    address_of_feed = address(publication.base_url, publication.feed.name)
    itself = [
        link for link in channel.findall("atom:link", NAMESPACES) if link.get("rel") == "self"
    ]
    if [(link.get("href"), link.get("type")) for link in itself] != [
        (address_of_feed, "application/rss+xml")
    ]:
        yield found(
            "10h",
            file,
            "atom:link",
            message(
                "it does not say that the feed is at {address_of_feed}",
                address_of_feed=address_of_feed,
            ),
        )
    if text(channel, "podcast:locked") not in {"yes", "no"}:
        yield found(
            "11c", file, "channel", message("it does not say whether others may import the feed")
        )
    rights = text(channel, "copyright") or ""
    if NO_HOLDER.search(rights):
        yield found(
            "11d",
            file,
            "channel",
            message("its copyright is “{rights}”", rights=rights[:LINK_CHARACTERS]),
        )
    guid = text(channel, "podcast:guid")
    first = publication.first_feed_url or feed_address(publication.base_url)
    if guid and guid != guid_from_url(first) and not publication.guid_given:
        yield found(
            "12",
            file,
            "podcast:guid",
            message(
                "it is {guid}, not {wanted} as {address} makes it",
                guid=guid,
                wanted=guid_from_url(first),
                address=first,
            ),
        )
    moved = text(channel, "itunes:new-feed-url")
    if moved is not None and not re.fullmatch(r"https://[^\s/]+\.[^\s/]+/\S*", moved):
        yield found("13c", file, "itunes:new-feed-url", message("it is “{moved}”", moved=moved))


def _check_kind_of_show(channel: etree._Element, file: Path) -> Iterator[Finding]:
    """Rules 13a, 13b and 46."""
    if text(channel, "itunes:type") not in {None, "episodic", "serial"}:
        yield found(
            "13a",
            file,
            "channel",
            message(
                "its type is “{type}”, neither episodic nor serial",
                type=text(channel, "itunes:type") or "",
            ),
        )
    if "@" not in (text(channel, "itunes:owner/itunes:email") or ""):
        yield found("13b", file, "channel", message("the show has no contact address"))
    if text(channel, "podcast:medium") not in {None, "podcast"}:
        yield found(
            "46",
            file,
            "channel",
            message(
                "it says that it is “{medium}”, not a podcast",
                medium=text(channel, "podcast:medium") or "",
            ),
        )


def check_placeholders(channel: etree._Element, publication: Publication) -> Iterator[Finding]:
    """Rules 50a to 50c: placeholders of `studio init` are not content."""
    parts = split_address(publication.base_url)
    host = (parts.hostname if parts else None) or ""
    if not is_whole(publication.base_url):
        yield found(
            "4",
            publication.feed,
            "base_url",
            message(
                "“{base_url}” is not a complete address, such as https://exemple.fr/podcast/",
                base_url=publication.base_url[:80],
            ),
        )
    if PLACEHOLDER.search(host):
        yield found(
            "50a",
            publication.feed,
            "channel",
            message(
                "its addresses begin with {base_url}, a placeholder",
                base_url=publication.base_url,
            ),
        )
    letters = (
        text(channel, "itunes:owner/itunes:email"),
        attribute(channel, "podcast:locked", "owner"),
    )
    for letter in dict.fromkeys(filter(None, letters)):
        if PLACEHOLDER.search(letter.rpartition("@")[2]):
            yield found(
                "50b",
                publication.feed,
                "channel",
                message("its owner's address is {letter}, a placeholder", letter=letter),
            )
    said, title = (_bare_text(channel, path) for path in ("description", "title"))
    if said and said == title:
        yield found("50c", publication.feed, "channel", message("its description is its title"))


def _bare_text(channel: etree._Element, path: str) -> str:
    """The text of an element in lower case, without tags, spaces and surrounding punctuation."""
    bare = html.unescape(TAG.sub(" ", text(channel, path) or ""))
    return bare.strip(" .…!?\u00a0\u202f\n").casefold()


def check_categories(channel: etree._Element, file: object) -> Iterator[Finding]:
    """Rule 10f."""
    categories = channel.findall("itunes:category", NAMESPACES)
    if not categories:
        yield found("10f", file, "channel", message("the show has no category"))
    for category in categories:
        name = str(category.get("text"))
        subs = [str(sub.get("text")) for sub in category.findall("itunes:category", NAMESPACES)]
        known = apple_categories().get(name)
        for wrong in (
            [name] if known is None else [f"{name} › {sub}" for sub in subs if sub not in known]
        ):
            yield found(
                "10f",
                file,
                "itunes:category",
                message("Apple has no category “{wrong}”", wrong=wrong),
            )


def check_item(item: etree._Element, place: str, publication: Publication) -> Iterator[Finding]:
    """Rules 14 to 19, 42 to 45 and 49 on one item."""
    file = publication.feed
    yield from _check_identity_of_item(item, place, publication)
    yield from _check_description_of_item(item, place, file)
    yield from _check_numbering(item, place, file)
    yield from check_transcripts(item, place, publication)
    chapters = item.find("podcast:chapters", NAMESPACES)
    if chapters is not None and chapters.get("type") != "application/json+chapters":
        yield found(
            "43",
            file,
            place,
            message("its chapters are announced as “{type}”", type=chapters.get("type") or ""),
        )
    yield from check_persons(item, place, publication)
    yield from check_podcast_tags(item, place, file, required=True)
    yield from check_soundbites(item, place, publication)


def _check_plain(
    element: etree._Element, paths: Iterable[str], place: str, file: Path
) -> Iterator[Finding]:
    """Rule 14e: plain text must not contain anything that apps parse as an HTML tag."""
    for path in paths:
        if tag := AS_HTML.search(text(element, path) or ""):
            yield found(
                "14e",
                file,
                place,
                message("apps such as AntennaPod leave “{part}” out", part=tag[0]),
            )


def _check_identity_of_item(
    item: etree._Element, place: str, publication: Publication
) -> Iterator[Finding]:
    """Rules 14a to 15b and 18: its title, its audio and its guid; 14e on its title."""
    file = publication.feed
    title = (text(item, "title") or "").strip()
    yield from _check_plain(item, ("title",), place, file)
    if not title:
        yield found("14a", file, place, message("it has no title"))
    elif without_show_name(title, publication.show_title) != title:
        yield found(
            "18",
            file,
            place,
            message(
                "“{show_title}” says as much",
                show_title=without_show_name(title, publication.show_title),
            ),
        )
    enclosure = item.find("enclosure")
    if enclosure is None or not all(enclosure.get(name) for name in ("url", "length", "type")):
        yield found(
            "14b", file, place, message("it has no sound with an address, a size and a type")
        )
    else:
        yield from check_enclosure(enclosure, place, publication)
    guid = text(item, "guid") or ""
    if not guid.strip():
        yield found("14c", file, place, message("it has no identity (guid)"))
    elif attribute(item, "guid", "isPermaLink") != "false" and not re.fullmatch(
        r"https?://\S+", guid
    ):
        yield found(
            "15b",
            file,
            place,
            message(
                "its guid “{guid}” is not an address, and does not say isPermaLink false", guid=guid
            ),
        )


def _check_description_of_item(item: etree._Element, place: str, file: Path) -> Iterator[Finding]:
    """Rule 17: data shown by players."""
    for rule, path in (("17a", "pubDate"), ("17d", "link")):
        if not (text(item, path) or "").strip():
            yield found(rule, file, place, message("it has no {part}", part=CALLED[path]))
    description = text(item, "description") or ""
    if not description.strip() or len(description.encode()) > DESCRIPTION_BYTES:
        yield found(
            "17b",
            file,
            place,
            message("its description has {count} bytes", count=len(description.encode())),
        )
    if not re.fullmatch(r"[1-9]\d*", text(item, "itunes:duration") or ""):
        yield found(
            "17c",
            file,
            place,
            message(
                "its length is “{length}”, not whole seconds",
                length=text(item, "itunes:duration") or "",
            ),
        )
    if not attribute(item, "itunes:image", "href"):
        yield found("17e", file, place, message("the episode has no picture"))
    if text(item, "itunes:explicit") not in {"true", "false"}:
        yield found(
            "17f",
            file,
            place,
            message(
                "explicit is “{explicit}”, neither true nor false",
                explicit=text(item, "itunes:explicit") or "",
            ),
        )


def _check_numbering(item: etree._Element, place: str, file: Path) -> Iterator[Finding]:
    """Rule 19: its number, its season and its type."""
    for path in ("itunes:episode", "itunes:season"):
        number = text(item, path)
        if number is not None and not re.fullmatch(r"[1-9]\d*", number):
            yield found(
                "19a",
                file,
                place,
                message("{part} is “{number}”", part=CALLED[path], number=number),
            )
    kind = text(item, "itunes:episodeType")
    channel = item.getparent()
    if (
        kind in {None, "full"}
        and text(item, "itunes:episode") is None
        and channel is not None
        # Last: where the channel has none, it is looked for among all items.
        and text(channel, "itunes:type") == "serial"
    ):
        yield found("19c", file, place, message("it has no number, and the show is a serial"))
    if kind not in {None, "full", "trailer", "bonus"}:
        yield found(
            "19b",
            file,
            place,
            message("its type is “{kind}”: neither full, trailer nor bonus", kind=kind),
        )


def check_enclosure(
    enclosure: etree._Element, place: str, publication: Publication
) -> Iterator[Finding]:
    """Rule 14d."""
    length = enclosure.get("length")
    episode = publication.episode_of_address.get(enclosure.get("url") or "")
    if episode is not None and episode.media.is_file():
        size = episode.media.stat().st_size
        if length != str(size):
            yield found(
                "14d",
                publication.feed,
                place,
                message(
                    "its length is {length}, the file has {size} bytes", length=length, size=size
                ),
            )


def check_transcripts(
    item: etree._Element, place: str, publication: Publication
) -> Iterator[Finding]:
    """Rules 17g, 26 and 42."""
    links = item.findall("podcast:transcript", NAMESPACES)
    if not links:
        yield found("17g", publication.feed, place, message("it announces no transcript"))
        return
    types = [link.get("type") for link in links]
    for link, kind in zip(links, types, strict=True):
        if kind not in {known.type for known in CAPTION_FORMATS}:
            yield found(
                "42",
                publication.feed,
                place,
                message("{link} has the type “{kind}”", link=link.get("url"), kind=kind or ""),
            )
    missing = [kind.type for kind in CAPTION_FORMATS if kind.expected and kind.type not in types]
    if missing:
        yield found(
            "26",
            publication.feed,
            place,
            message("it announces no transcript of the type {missing}", missing=", ".join(missing)),
        )


def check_files(feed: Feed | None, publication: Publication) -> Iterator[Finding]:
    """Rule 47: no file that the feed announces, or that an episode must have, is missing."""
    base = publication.base_url
    places: dict[str, Path] = {}
    for episode in publication.episodes:
        files = (episode.media, episode.chapters, *episode.captions.values())
        places |= {episode.place(path): path for path in files} | {
            page_place(episode.slug): episode.page
        }
    for place, path in places.items():
        if not path.is_file():
            yield found("47", path, place, message("the file is missing"))
    known = {address(base, place) for place in places}
    for number, item in enumerate(feed.items if feed else (), start=1):
        if not publication.whole and not is_of(item, publication):
            continue
        announced = [
            attribute(item, "enclosure", "url"),
            attribute(item, "podcast:chapters", "url"),
        ]
        announced += [link.get("url") for link in item.findall("podcast:transcript", NAMESPACES)]
        for url in announced:
            if url and url.startswith(base) and url not in known:
                yield found(
                    "47",
                    publication.feed,
                    place_of(item, number),
                    message("{url} is announced, and nothing will be there", url=url),
                )
