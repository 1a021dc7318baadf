"""A show and its episodes, read from another host's feed."""

from __future__ import annotations

import datetime
import html
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from lxml import etree

from studio.feed.dates import parse_date
from studio.feed.lenient_parsing import LenientFeed, identity_of, iter_texts, plain_copy
from studio.feed.namespace import NAMESPACES
from studio.feed.notes import bare_blocks
from studio.feed.vocabulary import apple_categories, english_role
from studio.model.show import (
    Category,
    Chat,
    Funding,
    Location,
    Owner,
    Person,
    Publisher,
    Recommendation,
    Season,
    SocialInteract,
    Txt,
    UpdateFrequency,
)
from studio.text.number_parsing import whole_number
from studio.text.plain import single_line, xml_text
from studio.web.links import may_be_followed

_TAG = re.compile(r"<[^<>]*>")
_BREAK = re.compile(r"</(?:p|div|li|h\d|blockquote|tr)>|<br\s*/?>", re.IGNORECASE)
_TWICE = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d+|#x[0-9a-f]+);", re.IGNORECASE)
_TYPES = {"full", "trailer", "bonus"}
EpisodeType = Literal["full", "trailer", "bonus"]


class FeedEnclosure(NamedTuple):
    """The enclosure of an item. ``length_bytes`` is the declared length; 0: none."""

    url: str
    length_bytes: int
    type: str


class FeedTranscript(NamedTuple):
    """One format of the transcript at the former host."""

    url: str
    type: str
    language: str
    rel: str


class FeedSoundbite(NamedTuple):
    """podcast:soundbite."""

    start_ms: int
    end_ms: int
    title: str


class FeedEpisode(NamedTuple):
    """One item. Missing values are None, empty or 0.

    :param explicit: None if the show's applies.
    :param description: unchanged, plain or HTML.
    :param notes: content:encoded, unchanged.
    :param chapters: simple chapters: milliseconds and titles.
    :param xml: the item, unchanged.
    """

    guid: str
    title: str
    published: datetime.datetime | None
    enclosure: FeedEnclosure | None
    number: int | None
    season: int | None
    type: EpisodeType
    link: str
    explicit: bool | None
    author: str
    description: str
    notes: str
    duration_ms: int
    image: str
    chapters_url: str
    chapters: tuple[tuple[int, str], ...]
    texts: tuple[FeedTranscript, ...]
    persons: tuple[Person, ...]
    soundbites: tuple[FeedSoundbite, ...]
    xml: bytes


class FeedShow(NamedTuple):
    """The channel.

    :param itself: the feed's own URL by its atom:link; ``moved``: its new URL.
    :param left_out: elements of the podcast namespace without a setting in Studio.
    """

    title: str
    description: str
    itself: str
    guid: str
    author: str
    owner: Owner
    language: str
    link: str
    image: str
    copyright: str
    license: str
    license_url: str
    explicit: bool
    locked: bool
    type: Literal["episodic", "serial"]
    location: str
    locations: tuple[Location, ...]
    block: bool
    block_platforms: tuple[str, ...]
    complete: bool
    seasons: tuple[Season, ...]
    publisher: Publisher | None
    chat: Chat | None
    social_interact: tuple[SocialInteract, ...]
    moved: str
    left_out: tuple[str, ...]
    categories: tuple[Category, ...]
    unknown_categories: tuple[str, ...]
    persons: tuple[Person, ...]
    funding: tuple[Funding, ...]
    txt: tuple[Txt, ...]
    podroll: tuple[Recommendation, ...]
    update_frequency: UpdateFrequency | None


def episode_from_item(item: etree._Element) -> FeedEpisode:
    """Parse an item."""
    return FeedEpisode(
        guid=identity_of(item),
        title=plain_title(_first(item, "title", "itunes:title")),
        published=parse_date(_first(item, "pubDate", "{http://purl.org/dc/elements/1.1/}date")),
        enclosure=_enclosure(item),
        number=_positive(_first(item, "itunes:episode", "podcast:episode")),
        season=_positive(_first(item, "itunes:season", "podcast:season")),
        type=_type(_first(item, "itunes:episodeType")),
        link=_link(_first(item, "link")),
        explicit=_explicit(_first(item, "itunes:explicit")),
        author=single_line(_first(item, "itunes:author")),
        description=_first(item, "description", "itunes:summary"),
        notes=_first(item, "content:encoded"),
        duration_ms=duration_ms(_first(item, "itunes:duration")),
        image=_image(item),
        chapters_url=_attribute(item, "podcast:chapters", "url"),
        chapters=tuple(_simple_chapters(item)),
        texts=tuple(
            FeedTranscript(
                str(one.get("url")),
                (one.get("type") or "").strip().lower(),
                (one.get("language") or "").strip(),
                (one.get("rel") or "").strip(),
            )
            for one in item.findall("podcast:transcript", NAMESPACES)
            if one.get("url")
        ),
        persons=tuple(_persons(item)),
        soundbites=tuple(_soundbites(item)),
        xml=etree.tostring(plain_copy(item), encoding="UTF-8"),
    )


def show_from_channel(feed: LenientFeed) -> FeedShow:
    """Parse the channel."""
    channel = feed.channel
    known, unknown = _categories(channel)
    owner = channel.find("itunes:owner", NAMESPACES)
    license_element = channel.find("podcast:license", NAMESPACES)
    locations = tuple(_locations(channel))
    blocked = [one for one in channel.findall("podcast:block", NAMESPACES) if _is_yes(one.text)]
    return FeedShow(
        title=plain_title(_first(channel, "title")),
        description=plain_text(_first(channel, "description", "itunes:summary", "itunes:subtitle")),
        itself=_own_address(channel),
        guid=single_line(_first(channel, "podcast:guid")),
        author=plain_title(_first(channel, "itunes:author", "itunes:owner/itunes:name")),
        owner=Owner(
            name="" if owner is None else plain_title(_first(owner, "itunes:name")),
            email="" if owner is None else single_line(_first(owner, "itunes:email")),
        ),
        language=single_line(_first(channel, "language")).replace("_", "-"),
        link=_link(_first(channel, "link")),
        image=_image(channel) or "".join(iter_texts(channel, "image/url")),
        copyright=plain_title(_first(channel, "copyright")),
        license=single_line(_first(channel, "podcast:license")),
        license_url="" if license_element is None else _followed(license_element.get("url")),
        explicit=bool(_explicit(_first(channel, "itunes:explicit"))),
        locked=_first(channel, "podcast:locked").lower() == "yes",
        type="serial" if _first(channel, "itunes:type").lower() == "serial" else "episodic",
        # A location with only a name becomes the simple setting.
        location="" if locations else single_line(_first(channel, "podcast:location")),
        locations=locations,
        block=_is_yes(_first(channel, "itunes:block")) or any(not one.get("id") for one in blocked),
        block_platforms=tuple(str(one.get("id")).strip() for one in blocked if one.get("id")),
        complete=_is_yes(_first(channel, "itunes:complete"))
        or _attribute(channel, "podcast:updateFrequency", "complete").lower() == "true",
        seasons=tuple(_seasons(feed)),
        publisher=next(_publishers(channel), None),
        chat=next(_chats(channel), None),
        social_interact=tuple(_social_interacts(channel)),
        moved=_link(_first(channel, "itunes:new-feed-url")),
        left_out=tuple(_left_out(channel)),
        categories=known,
        unknown_categories=unknown,
        persons=tuple(_persons(channel)),
        funding=tuple(_funding(channel)),
        txt=tuple(_txt(channel)),
        podroll=tuple(_podroll(channel)),
        update_frequency=_frequency(channel),
    )


def _own_address(channel: etree._Element) -> str:
    """The feed's own URL as declared, or empty."""
    for one in channel.findall("atom:link", NAMESPACES):
        if one.get("rel") == "self" and one.get("href"):
            return str(one.get("href"))
    return ""


def _publishers(channel: etree._Element) -> Iterator[Publisher]:
    for one in channel.findall("podcast:publisher/podcast:remoteItem", NAMESPACES):
        if one.get("feedGuid"):
            yield Publisher(guid=str(one.get("feedGuid")), feed=_followed(one.get("feedUrl")))


def _chats(channel: etree._Element) -> Iterator[Chat]:
    for one in channel.findall("podcast:chat", NAMESPACES):
        if one.get("server") and one.get("protocol"):
            yield Chat(
                server=str(one.get("server")),
                protocol=str(one.get("protocol")),
                account=one.get("accountId") or "",
                space=one.get("space") or "",
            )


def _social_interacts(channel: etree._Element) -> Iterator[SocialInteract]:
    for one in channel.findall("podcast:socialInteract", NAMESPACES):
        if one.get("protocol"):
            yield SocialInteract(
                protocol=str(one.get("protocol")),
                uri=_followed(one.get("uri")),
                account=one.get("accountId") or "",
                account_url=_followed(one.get("accountUrl")),
                priority=whole_number(one.get("priority") or ""),
            )


def _funding(channel: etree._Element) -> Iterator[Funding]:
    for one in channel.findall("podcast:funding", NAMESPACES):
        if may_be_followed(one.get("url") or ""):
            yield Funding(url=str(one.get("url")), text=single_line(one.text or ""))


def _txt(channel: etree._Element) -> Iterator[Txt]:
    for one in channel.findall("podcast:txt", NAMESPACES):
        if text := single_line(one.text or ""):
            yield Txt(purpose=str(one.get("purpose") or ""), text=text)


def _podroll(channel: etree._Element) -> Iterator[Recommendation]:
    for one in channel.findall("podcast:podroll/podcast:remoteItem", NAMESPACES):
        if one.get("feedGuid"):
            yield Recommendation(
                guid=str(one.get("feedGuid")),
                feed=_followed(one.get("feedUrl")),
                title=single_line(one.get("title") or ""),
            )


def plain_title(text: str) -> str:
    """A title as displayed: without tags, and with doubly escaped entities decoded."""
    if _TWICE.search(text):
        text = html.unescape(text)
    return single_line(html.unescape(_TAG.sub("", text)) if "<" in text else text)


def plain_text(text: str) -> str:
    """A description as plain paragraphs."""
    return "\n\n".join(paragraphs_from_html(text))


def paragraphs_from_html(text: str) -> tuple[str, ...]:
    """The paragraphs of notes, plain or HTML, as plain text."""
    if _TAG.search(text):
        text = bare_blocks(text).replace("\n", " ")
        text = html.unescape(_TAG.sub("", _BREAK.sub("\n", text)))
    elif _TWICE.search(text):
        text = html.unescape(text)
    lines = (single_line(xml_text(line)) for line in text.splitlines())
    return tuple(line for line in lines if line)


def duration_ms(text: str) -> int:
    """itunes:duration: seconds, ``MM:SS`` or ``HH:MM:SS``; 0 for anything else."""
    parts = text.strip().split(":")
    if not 1 <= len(parts) <= 3 or not all(re.fullmatch(r"\d+(?:\.\d+)?", one) for one in parts):
        return 0
    seconds = 0.0
    for part in parts:
        seconds = seconds * 60 + float(part)
    return round(seconds * 1000) if seconds < 7 * 86_400 else 0


def _first(parent: etree._Element, *paths: str) -> str:
    return next(iter_texts(parent, *paths), "")


def _attribute(parent: etree._Element, path: str, name: str) -> str:
    element = parent.find(path, NAMESPACES)
    return "" if element is None else (element.get(name) or "").strip()


def _followed(url: str | None) -> str:
    """A URL of the feed; empty if it is not allowed in the show's settings."""
    return url if url and may_be_followed(url) else ""


def _link(url: str) -> str:
    url = single_line(url)
    return url if url.startswith(("http://", "https://")) and may_be_followed(url) else ""


def _image(parent: etree._Element) -> str:
    return _attribute(parent, "itunes:image", "href") or _attribute(parent, "itunes:image", "url")


def _enclosure(item: etree._Element) -> FeedEnclosure | None:
    """The first audio enclosure; else the first one."""
    found = [one for one in item.findall("enclosure") if (one.get("url") or "").strip()]
    sound = [one for one in found if (one.get("type") or "").startswith(("audio/", "video/"))]
    for one in (*sound, *found):
        length = re.sub(r"[\s,.]", "", one.get("length") or "")
        return FeedEnclosure(
            str(one.get("url")).strip(),
            whole_number(length) or 0,
            (one.get("type") or "").strip().lower(),
        )
    return None


def _positive(text: str) -> int | None:
    return int(text) if re.fullmatch(r"0*[1-9]\d{0,8}", text) else None


def _type(text: str) -> EpisodeType:
    return text.lower() if text.lower() in _TYPES else "full"  # type: ignore[return-value]


def _explicit(text: str) -> bool | None:
    word = text.strip().lower()
    return {"true": True, "yes": True, "explicit": True}.get(word, False if word else None)


def _simple_chapters(item: etree._Element) -> Iterator[tuple[int, str]]:
    for one in item.findall("psc:chapters/psc:chapter", NAMESPACES):
        title = single_line(one.get("title") or "")
        start = (one.get("start") or "").strip()
        if title and re.fullmatch(r"(?:\d+:){0,2}\d+(?:\.\d+)?", start):
            yield duration_ms(start), title


def _persons(parent: etree._Element) -> Iterator[Person]:
    for one in parent.findall("podcast:person", NAMESPACES):
        name = single_line(one.text or "")
        if name:
            role, group = english_role(
                one.get("role") or "host", (one.get("group") or "cast").strip()
            )
            link, image = ((one.get(key) or "").strip() for key in ("href", "img"))
            yield Person(
                name=name,
                role=role.title(),
                group=group.title(),
                link=_link(link),
                image=_link(image),
            )


def _soundbites(item: etree._Element) -> Iterator[FeedSoundbite]:
    for one in item.findall("podcast:soundbite", NAMESPACES):
        times = [one.get(name) or "" for name in ("startTime", "duration")]
        if all(re.fullmatch(r"\d{1,9}(?:\.\d+)?", time) for time in times):
            start_ms, lasts_ms = (round(float(time) * 1000) for time in times)
            if lasts_ms:
                yield FeedSoundbite(start_ms, start_ms + lasts_ms, single_line(one.text or ""))


def _categories(channel: etree._Element) -> tuple[tuple[Category, ...], tuple[str, ...]]:
    """The valid Apple categories, and the names of the others."""
    known, unknown = [], []
    for one in channel.findall("itunes:category", NAMESPACES):
        name = single_line(one.get("text") or "")
        subs = apple_categories().get(name)
        below = [
            single_line(sub.get("text") or "") for sub in one.findall("itunes:category", NAMESPACES)
        ]
        if subs is None:
            unknown.append(name)
            continue
        unknown += [f"{name} › {sub}" for sub in below if sub not in subs]
        fitting = [sub for sub in below if sub in subs]
        known += [Category(name=name, sub=sub) for sub in fitting] or [Category(name=name)]
    return tuple(dict.fromkeys(known)), tuple(filter(None, unknown))


def _frequency(channel: etree._Element) -> UpdateFrequency | None:
    element = channel.find("podcast:updateFrequency", NAMESPACES)
    if element is None or not single_line(element.text or ""):
        return None
    return UpdateFrequency(
        text=single_line(element.text or ""),
        rrule=str(element.get("rrule") or ""),
        dtstart=str(element.get("dtstart") or ""),
    )


def _is_yes(text: str | None) -> bool:
    """Whether a value means yes: Apple's “Yes” (case-insensitive), or other hosts' equivalents."""
    return (text or "").strip().lower() in {"yes", "true"}


def _locations(channel: etree._Element) -> Iterator[Location]:
    """The locations, if one of them has more than a name."""
    found = [
        Location(
            name=single_line(one.text or ""),
            rel="creator" if one.get("rel") == "creator" else "subject",
            geo=one.get("geo") or "",
            osm=one.get("osm") or "",
            country=(one.get("country") or "").lower(),
        )
        for one in channel.findall("podcast:location", NAMESPACES)
        if single_line(one.text or "")
    ]
    if len(found) > 1 or any(one != Location(name=one.name) for one in found):
        yield from found


def _seasons(feed: LenientFeed) -> Iterator[Season]:
    """The names of seasons in episodes."""
    named: dict[int, str] = {}
    for item in feed.items:
        season = item.find("podcast:season", NAMESPACES)
        if season is not None and (name := single_line(season.get("name") or "")):
            number = _positive(single_line(season.text or ""))
            if number is not None:
                named.setdefault(number, name)
    return (Season(number=number, name=name) for number, name in sorted(named.items()))


def _left_out(channel: etree._Element) -> Iterator[str]:
    """Elements that would be lost, because Studio has no setting for them."""
    for name in ("value", "liveItem"):
        if channel.find(f"podcast:{name}", NAMESPACES) is not None:
            yield f"podcast:{name}"
    if _first(channel, "podcast:medium").lower() not in {"", "podcast"}:
        yield "podcast:medium"
