"""The feed: RSS 2.0 with the elements that podcast apps use. Deterministic."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from feedgen.feed import FeedGenerator
from lxml import etree

from studio.artwork.share_card import HEIGHT, WIDTH
from studio.errors import WorkspaceError
from studio.feed.guid import guid_from_url
from studio.feed.item import FeedItem
from studio.feed.namespace import NAMESPACES, ChannelTags, ElementTag, ItemTags
from studio.feed.notes import (
    DESCRIPTION_BYTES,
    description_from_item,
    former_html,
    html_from_description,
    notes_from_item,
)
from studio.feed.persons import person_tag, persons_of_episode, persons_of_show
from studio.feed.podcast_tags import (
    TEXT_CHARACTERS,
    ai_content_tag,
    block_tags,
    chat_tags,
    episode_tag,
    frequency_tags,
    funding_tags,
    has_ai_content,
    image_tag,
    location_tags,
    remote_item_tag,
    season_tag,
    social_interact_tags,
)
from studio.feed.vocabulary import apple_categories
from studio.messages.message import message
from studio.model.chapters import FEWEST_CHAPTERS
from studio.model.show import Person, Show
from studio.model.sound import Alternate
from studio.text.plain import cut_text, single_line, xml_text
from studio.text.typography import timestamp_from_ms, whole_seconds
from studio.web.addresses import (
    COMPLETE_FEED_PLACE,
    FEED_PLACE,
    address,
    feed_address,
    feed_page_place,
    is_placeholder,
)
from studio.web.licences import licence_address

GENERATOR = "Studio"
# The elements with the disclosure of machine-made content.
AI_CONTENT = b'purpose="ai-content">true<'
SETTINGS = "feed/show.toml"
_ITEM_END = b"    </item>\n"
# Elements of an imported item that are copied unchanged: they have no setting.
KEPT = (
    "podcast:value",
    "podcast:location",
    "podcast:socialInteract",
    "podcast:contentLink",
    "podcast:license",
    "podcast:chat",
    "podcast:funding",
    "itunes:subtitle",
    "itunes:summary",
    "itunes:keywords",
    "itunes:block",
)


class WrittenItem(NamedTuple):
    """One episode in the feed: its ``<item>``, with its sort key."""

    published: datetime.datetime
    number: int
    content: bytes
    former_place: int | None = None


def item_from_episode(show: Show, item: FeedItem) -> bytes:
    """The episode's ``<item>`` for any feed of the show: written once, and inserted whenever the
    feed changes.

    :raises WorkspaceError: the cover is not a JPEG or PNG by its name, or the episode's date has no
        time zone.
    """
    if not item.image_url.endswith((".jpg", ".png")):
        raise _no_picture(item.image_url)
    feed = _feed_generator()
    # Required by feedgen for any channel.
    feed.title(GENERATOR)
    feed.description(GENERATOR)
    feed.link(href=item.page_url)
    describe_item(feed.add_entry(order="append"), show, item)
    written = bytes(feed.rss_str(pretty=True))
    # Texts are escaped, and show notes have no such element: only the item itself has these tags.
    return written[written.index(b"    <item>") : written.rindex(_ITEM_END) + len(_ITEM_END)]


def trailer_from_item(item: WrittenItem) -> ElementTag | None:
    """podcast:trailer, which apps offer before subscribing; None for other episodes."""
    if b"<itunes:episodeType>trailer<" not in item.content:
        return None
    declared = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    element = etree.fromstring(f"<rss{declared}>".encode() + item.content + b"</rss>")[0]
    enclosure = element.find("enclosure")
    attributes = (
        {} if enclosure is None else {str(name): str(value) for name, value in enclosure.items()}
    )
    attributes |= {
        "pubdate": element.findtext("pubDate") or "",
        "season": element.findtext("podcast:season", "", NAMESPACES),
    }
    title = cut_text(element.findtext("title") or "", TEXT_CHARACTERS)
    return ElementTag(
        "podcast:trailer",
        title,
        tuple((name, attributes[name]) for name in ("pubdate", "url", "length", "type", "season")),
    )


def feed_from_items(
    show: Show,
    items: Sequence[WrittenItem],
    image_url: str,
    *,
    image_px: int = 0,
    place: str = FEED_PLACE,
    paging: Sequence[ElementTag] = (),
) -> bytes:
    """The feed to publish, with all items.

    :param items: the episodes in any order; the feed has the newest first.
    :param image_url: URL of the cover; ``image_px``: its width.
    :param place: place of the feed itself.
    :param paging: links to the other pages of the same feed.
    :raises WorkspaceError: the show has no title, description or language, an unknown Apple
        category, or a cover that is not a JPEG or PNG by its name.
    """
    if not image_url.endswith((".jpg", ".png")):
        raise _no_picture(image_url)
    newest_first = sort_newest_first(items)
    feed = _feed_generator()
    describe_channel(feed, show, image_url, place)
    feed.studio.tags.append(image_tag(image_url, show.title, image_px))
    if newest_first:
        made_by_ai = any(AI_CONTENT in item.content for item in newest_first)
        feed.studio.tags.append(ai_content_tag(made_by_ai=made_by_ai))
    feed.studio.tags += paging
    if newest_first:
        # The date is that of the newest episode, so that the output does not depend on the build
        # time.
        feed.pubDate(newest_first[0].published.astimezone(datetime.UTC))
        feed.lastBuildDate(newest_first[0].published.astimezone(datetime.UTC))
    feed.studio.tags += filter(None, map(trailer_from_item, newest_first))
    head, end, tail = bytes(feed.rss_str(pretty=True)).rpartition(b"  </channel>\n")
    return b"".join([head, *(item.content for item in newest_first), end, tail])


def feed_pages_from_items(
    show: Show, items: Sequence[WrittenItem], image_url: str, image_px: int = 0
) -> dict[str, bytes]:
    """The feed files by place. With many episodes: linked pages (RFC 5005), and a complete feed.

    :raises WorkspaceError: as :func:`feed_from_items`.
    """
    of_page = show.page_episodes or len(items)
    if len(items) <= of_page:
        return {FEED_PLACE: feed_from_items(show, items, image_url, image_px=image_px)}
    newest_first = sort_newest_first(items)
    chunks = [
        newest_first[first : first + of_page] for first in range(0, len(newest_first), of_page)
    ]
    pages = {}
    for number, chunk in enumerate(chunks, start=1):
        ways = {"first": 1, "previous": number - 1, "next": number + 1, "last": len(chunks)}
        links = [
            ElementTag(
                "atom:link",
                "",
                (
                    ("rel", way),
                    ("href", address(show.base_url, feed_page_place(to))),
                    ("type", "application/rss+xml"),
                ),
            )
            for way, to in ways.items()
            if 1 <= to <= len(chunks)
        ]
        place = feed_page_place(number)
        pages[place] = feed_from_items(
            show, chunk, image_url, image_px=image_px, place=place, paging=links
        )
    complete = feed_from_items(
        show,
        newest_first,
        image_url,
        image_px=image_px,
        place=COMPLETE_FEED_PLACE,
        paging=[ElementTag("fh:complete")],
    )
    return pages | {COMPLETE_FEED_PLACE: complete}


def _feed_generator() -> Any:
    """An empty feed of feedgen."""
    feed = FeedGenerator()
    feed.load_extension("podcast")
    feed.register_extension("studio", ChannelTags, ItemTags, atom=False)
    feed.generator(GENERATOR)
    return feed


def _no_picture(url: str) -> WorkspaceError:
    return WorkspaceError(
        SETTINGS,
        message("the cover at {url} is neither a .jpg nor a .png", url=url),
        message("Name a JPEG or a PNG of feed/ as cover."),
    )


def sort_newest_first(items: Sequence[WrittenItem]) -> list[WrittenItem]:
    """The episodes in feed order: the newest first; imported ones in the order of the former feed,
    regardless of their dates.
    """
    ordered = sorted(items, key=lambda item: (item.published, item.number), reverse=True)
    former = [item for item in ordered if item.former_place is not None]
    if not former:
        return ordered
    former.sort(key=lambda item: item.former_place or 0, reverse=True)
    upwards = former[0].published < former[-1].published  # a serial, oldest episode first
    merged: list[WrittenItem] = []
    others = [item for item in ordered if item.former_place is None]
    for other in reversed(others) if upwards else others:
        while former and (
            former[0].published <= other.published
            if upwards
            else former[0].published > other.published
        ):
            merged.append(former.pop(0))
        merged.append(other)
    return merged + former


def describe_channel(feed: Any, show: Show, image_url: str, place: str) -> None:
    """Write the show's data into the channel."""
    feed.title(required(single_line(show.title), "title"))
    description = required(xml_text(show.description), "description")
    feed.description(cut_text(description, DESCRIPTION_BYTES))
    feed.studio.description_html = html_from_description(description)
    # feedgen uses the last link as the channel's.
    feed.link(href=address(show.base_url, place), rel="self", type="application/rss+xml")
    feed.link(href=single_line(show.link or show.base_url), rel="alternate")
    feed.language(required(single_line(show.language), "language"))
    feed.image(
        url=image_url, title=single_line(show.title), link=single_line(show.link or show.base_url)
    )
    if show.copyright:
        feed.copyright(single_line(show.copyright))
    feed.podcast.itunes_author(single_line(show.author))
    feed.podcast.itunes_image(image_url)
    if single_line(show.owner.name) and single_line(show.owner.email):
        feed.podcast.itunes_owner(
            name=single_line(show.owner.name), email=single_line(show.owner.email)
        )
    feed.podcast.itunes_type(show.type)
    for category in show.categories:
        known = apple_categories().get(category.name)
        if known is None or (category.sub and category.sub not in known):
            wrong = " › ".join(filter(None, (category.name, category.sub)))
            raise WorkspaceError(
                SETTINGS,
                message("Apple has no category “{wrong}”", wrong=wrong),
                message("Take one that docs/settings.md lists."),
            )
        feed.podcast.itunes_category(
            {"cat": category.name} | ({"sub": category.sub} if category.sub else {})
        )
    feed.studio.tags += _channel_tags(show)


def _channel_tags(show: Show) -> Iterator[ElementTag]:
    """The elements of the channel that feedgen lacks, in order."""
    yield explicit_tag(explicit=show.explicit)
    yield from block_tags(show)
    for hub in show.hubs:
        yield ElementTag("atom:link", "", (("rel", "hub"), ("href", hub)))
    if is_placeholder(show.base_url):  # the address that it will have makes its own
        yield ElementTag("podcast:guid", show.guid or guid_from_url(feed_address(show.base_url)))
    elif show.guid:
        yield ElementTag("podcast:guid", show.guid)
    yield ElementTag(
        "podcast:locked", "yes" if show.locked else "no", (("owner", show.owner.email),)
    )
    yield ElementTag("podcast:medium", "podcast")
    yield from license_tags(show)
    yield from funding_tags(show.funding)
    yield from map(person_tag, persons_of_show(show))
    yield from social_interact_tags(show.social_interact)
    yield from chat_tags(show.chat)
    if show.new_feed_url:
        yield ElementTag("itunes:new-feed-url", show.new_feed_url)
    if show.podroll:
        others = tuple(remote_item_tag(one.guid, one.feed, title=one.title) for one in show.podroll)
        yield ElementTag("podcast:podroll", "", (), others)
    if show.publisher is not None:
        its_feed = remote_item_tag(show.publisher.guid, show.publisher.feed, medium="publisher")
        yield ElementTag("podcast:publisher", "", (), (its_feed,))
    for one in show.txt:
        if single_line(one.text):
            yield ElementTag("podcast:txt", one.text, (("purpose", one.purpose),))
    if show.location:
        yield ElementTag("podcast:location", show.location, (("rel", "subject"),))
    yield from location_tags(show.locations)
    yield from frequency_tags(show)


def describe_item(entry: Any, show: Show, item: FeedItem) -> None:
    """Write an episode's data into its item."""
    episode = item.episode
    title = single_line(episode.title)
    entry.title(title)
    former = item.former
    entry.link(href=(former and former.link) or item.page_url)
    entry.guid(single_line(episode.guid), permalink=False)
    entry.pubDate(published_utc(item))
    if former is None or not (former.notes or former.description):
        entry.description(description_from_item(item))
        entry.content(notes_from_item(item), type="CDATA")
    else:
        entry.description(xml_text(former.description or former.notes))
        if former.notes:
            entry.content(former_html(former.notes), type="CDATA")
    entry.enclosure(item.enclosure_url, item.enclosure.length_bytes, item.enclosure.type)
    entry.podcast.itunes_title(title)
    entry.podcast.itunes_author(single_line(episode.author or show.author))
    entry.podcast.itunes_image(item.image_url)
    if item.enclosure.duration_ms:
        entry.podcast.itunes_duration(whole_seconds(item.enclosure.duration_ms))
    if episode.counted is not None:
        entry.podcast.itunes_episode(episode.counted)
    entry.podcast.itunes_episode_type(episode.type)
    if episode.season is not None:
        entry.podcast.itunes_season(episode.season)
    entry.studio.tags += _item_tags(show, item)
    if former is not None:
        said = {tag.name for tag in entry.studio.tags}
        entry.studio.tags += [tag for tag in kept_tags(former.xml) if tag.name not in said]
    if len(item.chapters.chapters) >= FEWEST_CHAPTERS:
        entry.studio.tags += _chapters_tags(item)


def _item_tags(show: Show, item: FeedItem) -> Iterator[ElementTag]:
    """The elements of the item that feedgen lacks, in order; without chapters."""
    episode, former = item.episode, item.former
    if episode.counted is not None:
        yield episode_tag(episode, episode.counted)
    if episode.season is not None:
        yield season_tag(show, episode.season)
    explicit = show.explicit if former is None or former.explicit is None else former.explicit
    yield explicit_tag(explicit=explicit if episode.explicit is None else episode.explicit)
    if episode.block:
        yield ElementTag("itunes:block", "Yes")
    for one in item.transcripts:
        about = (("url", one.url), ("type", one.type), ("language", one.language), ("rel", one.rel))
        yield ElementTag("podcast:transcript", "", about)
    # An item's persons replace the channel's: all are repeated.
    yield from map(person_tag, persons_of_item(show, item))
    yield from license_tags(show)
    alt = episode.picture_alt if episode.picture else show.title
    yield image_tag(item.image_url, alt, item.image_px)
    if item.card_url:
        yield card_tag(item.card_url, episode.title)
    if item.alternate is not None:
        yield alternate_tag(item.alternate, item.alternate_url, show.language)
    for bite in item.soundbites:
        times = (
            ("startTime", f"{bite.start_ms / 1000:.3f}"),
            ("duration", f"{bite.duration_ms / 1000:.3f}"),
        )
        yield ElementTag("podcast:soundbite", bite.title, times)
    # The origin of imported content is unknown.
    if former is None or item.ai_content:
        yield ai_content_tag(made_by_ai=has_ai_content(episode))
    yield from location_tags(episode.locations)
    # The show's are in the channel: AntennaPod joins both lists.
    yield from funding_tags(episode.funding)
    yield from social_interact_tags(episode.social_interact)
    yield from chat_tags(episode.chat)
    for link in episode.content_links:
        yield ElementTag("podcast:contentLink", link.text, (("href", link.url),))


def _chapters_tags(item: FeedItem) -> Iterator[ElementTag]:
    """The link to the chapters' file, and simple chapters for players that do not support it."""
    about = (("url", item.chapters_url), ("type", "application/json+chapters"))
    yield ElementTag("podcast:chapters", "", about)
    chapters = (
        ElementTag(
            "psc:chapter",
            "",
            (("start", timestamp_from_ms(one.start_ms)), ("title", one.title)),
        )
        for one in item.chapters.chapters
    )
    yield ElementTag("psc:chapters", "", (("version", "1.2"),), tuple(chapters))


def required(text: str, setting: str) -> str:
    """The text, which must not be empty."""
    if not text:
        raise WorkspaceError(
            SETTINGS,
            message("the show has no {setting}", setting=setting),
            message("Write a {setting}: no directory accepts a show without one.", setting=setting),
        )
    return text


def published_utc(item: FeedItem) -> datetime.datetime:
    """The publication date in UTC, so that equal times are written alike."""
    published = item.episode.published
    if published.tzinfo is None:
        raise WorkspaceError(
            message("episode {number}", number=item.episode.number),
            message("its date of publication names no time zone"),
            message("Write it as 2026-01-15T06:00:00+01:00."),
        )
    return published.astimezone(datetime.UTC)


def explicit_tag(*, explicit: bool) -> ElementTag:
    """itunes:explicit with Apple's values, which feedgen's own setter refuses."""
    return ElementTag("itunes:explicit", "true" if explicit else "false")


def kept_tags(xml: bytes) -> list[ElementTag]:
    """The elements of an imported item without a setting in Studio, unchanged."""
    if not xml:
        return []
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    item = etree.fromstring(xml, parser)
    names = {
        f"{{{NAMESPACES[name.partition(':')[0]]}}}{name.partition(':')[2]}": name for name in KEPT
    }
    return [
        _tag_from_element(element, names[str(element.tag)])
        for element in item.iterchildren(etree.Element)
        if str(element.tag) in names
    ]


def _tag_from_element(element: etree._Element, name: str) -> ElementTag:
    prefix = name.partition(":")[0]
    return ElementTag(
        name,
        element.text or "",
        tuple((str(key), str(value)) for key, value in element.items() if "{" not in str(key)),
        tuple(
            _tag_from_element(child, f"{prefix}:{etree.QName(child).localname}")
            for child in element.iterchildren(etree.Element)
        ),
    )


def persons_of_item(show: Show, item: FeedItem) -> tuple[Person, ...]:
    """The persons of the item; an imported item keeps its former ones, plus new guests."""
    episode = item.episode
    if item.former is None:
        return persons_of_episode(show, episode)
    named = {person.name for person in episode.persons}
    people = (
        *episode.persons,
        *(Person(name=name, role="Guest") for name in episode.guests if name not in named),
    )
    if not people or any("host" in person.role.lower() for person in people):
        return people
    return (*persons_of_show(show)[:1], *people)


def alternate_tag(alternate: Alternate, url: str, language: str) -> ElementTag:
    """podcast:alternateEnclosure with its one source, and the hash that verifies it."""
    return ElementTag(
        "podcast:alternateEnclosure",
        "",
        (
            ("type", alternate.type),
            ("codecs", alternate.codecs),
            ("length", str(alternate.length_bytes)),
            ("bitrate", str(alternate.bitrate_bps)),
            ("lang", language),
            ("title", alternate.title),
        ),
        (
            ElementTag("podcast:source", "", (("uri", url),)),
            ElementTag(
                "podcast:integrity", "", (("type", "sri"), ("value", f"sha384-{alternate.sha384}"))
            ),
        ),
    )


def card_tag(url: str, text: str) -> ElementTag:
    """podcast:image of the share card."""
    shape = (
        ("aspect-ratio", f"{WIDTH // 30}/{HEIGHT // 30}"),
        ("width", str(WIDTH)),
        ("height", str(HEIGHT)),
    )
    attributes = (
        ("alt", cut_text(single_line(text), TEXT_CHARACTERS)),
        *shape,
        ("type", "image/jpeg"),
        ("purpose", "social"),
    )
    return ElementTag("podcast:image", "", (("href", url), *attributes))


def license_tags(show: Show) -> list[ElementTag]:
    """podcast:license, if the show has one, with its URL."""
    url = show.license_url or licence_address(show.license)
    return (
        [ElementTag("podcast:license", show.license.lower(), (("url", url),))]
        if single_line(show.license)
        else []
    )
