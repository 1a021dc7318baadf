"""Render the pages with Jinja: complete HTML documents that load no third-party resources and work
without JavaScript.
"""

from __future__ import annotations

import datetime
import functools
import html
import math
import posixpath
import re
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from studio.chapters.short_titles import full_titles
from studio.file_access import read_file, read_text
from studio.messages.localised_formats import long_date, one_decimal, short_decimal, territory_tag
from studio.messages.message import message
from studio.messages.translations import in_language, script_in_language, translators
from studio.model.article import Article
from studio.model.chapters import Chapter, Chapters
from studio.model.episode import ContentLink, Episode
from studio.model.record import Record, json_from_plain
from studio.model.show import DEFAULT_LANGUAGE, Accessibility, Person, Show
from studio.model.sound import Enclosure
from studio.model.soundbite import Soundbite
from studio.model.turns import SpokenWord, Turn, ends_sentence
from studio.site.listing import AccessibilityMetrics, Credit, Listing, ListingHtml
from studio.site.paragraph_times import ParagraphTime
from studio.site.people import people_from_listings
from studio.site.subscription import subscriptions_from_feed
from studio.templates import Environment, templates_from_folder
from studio.text.typography import (
    length_stamp_from_ms,
    set_text,
    stamp_from_ms,
    whole_seconds,
)
from studio.web.licences import licence_address, licence_name
from studio.web.media_types import SOUND_SUFFIXES

_HERE = Path(__file__).parent
# The length of a description in search engines and share cards.
DESCRIPTION_CHARACTERS = 200
EMBED_WIDTH, EMBED_HEIGHT = 640, 300
# Usual beginnings of a picture credit.
_IS_CREDIT = re.compile(r"©|\(c\)|(?:photo|cr\wdit|picture|image)", re.IGNORECASE)
# The placeholder for the links to an episode's neighbours, which are only known when the site is
# assembled.
NEIGHBOURS_MARK = "<!-- neighbours -->"
ACCESSIBILITY_PLACE = "accessibilite/"
PEOPLE_PLACE = "personnes/"
# The maximum number of listed episodes per person.
_NAMED_EPISODES = 5
# The length of the transcript in the data for search engines: the full one of an hour would double
# the page's size.
TRANSCRIPT_CHARACTERS = 5000
# The width of the cover on pages, for screens with a pixel ratio of 2.
PAGE_COVER_PX = 640


class Site(Record, frozen=True):
    """Data shared by all pages. Places are relative to the root of the site (``show.base_url``) and
    use ``/``.

    :param cover_place: the cover for feed and share cards.
    :param page_cover_place: a smaller one for pages.
    """

    show: Show
    cover_place: str
    page_cover_place: str
    feed_place: str


class Download(Record, frozen=True):
    """A file for download, with a label in the show's language and its MIME type."""

    label: str
    place: str
    type: str


class EpisodePage(Record, frozen=True):
    """The content of an episode's page.

    :param credits: all contributors, hosts and guests first.

    :param place: the page's folder, with a final ``/``.
    :param audio_place: the MP3.
    :param card_place: the episode's share card.
    :param turns: the transcript, on the programme clock.
    :param transcript_note: a sentence on the origin of the transcript (« Transcription
        automatique, non relue. »), or empty.
    :param moments: times of the article's paragraphs, with their sentences.
    :param soundbites: representative passages, the best one first.
    :param picture_place: the episode's own picture, or the cover.
    :param page_picture_place: a smaller one for its page.
    """

    place: str
    audio_place: str
    card_place: str
    episode: Episode
    article: Article
    chapters: Chapters
    turns: tuple[Turn, ...]
    enclosure: Enclosure
    downloads: tuple[Download, ...] = ()
    transcript_note: str = ""
    moments: tuple[ParagraphTime, ...] = ()
    soundbites: tuple[Soundbite, ...] = ()
    picture_place: str = ""
    page_picture_place: str = ""
    credits: tuple[Credit, ...] = ()


def listing_from_page(
    page: EpisodePage,
    transcript_place: str = "",
    season: str = "",
    access: AccessibilityMetrics | None = None,
    *,
    language: str = DEFAULT_LANGUAGE,
) -> Listing:
    """The listing of an episode's page, in the show's language."""
    episode = page.episode
    return Listing(
        place=page.place,
        label=episode_label(episode, language),
        number=episode.counted,
        title=episode.title,
        published=episode.published,
        duration_ms=page.enclosure.duration_ms,
        quote=page.article.quote,
        notice=episode.notice,
        transcript_place=transcript_place,
        audio_place=page.audio_place,
        picture_place=page.page_picture_place,
        summary=_shortened(" ".join(page.article.introduction)),
        guests=episode.guests,
        season=season,
        credits=page.credits,
        access=access,
        former_place=None if episode.imported is None else episode.imported.place,
    )


def episode_label(episode: Episode, language: str = DEFAULT_LANGUAGE) -> str:
    """The label of an episode: « Épisode 2 »; trailers and bonuses have no displayed number."""
    if episode.display and episode.type == "full":
        return episode.display
    counted = (
        message("Episode")
        if episode.number is None
        else message("Episode {number}", number=episode.number)
    )
    labels = {"full": counted, "trailer": message("Trailer"), "bonus": message("Bonus")}
    return in_language(labels[episode.type], language)


def season_label(show: Show, number: int | None) -> str:
    """The label of a season, « Saison 1 : Les débuts »; empty for none."""
    if number is None:
        return ""
    name = next((one.name for one in show.seasons if one.number == number), "")
    stated = (
        message("Season {number}: {name}", number=number, name=name)
        if name
        else message("Season {number}", number=number)
    )
    return in_language(stated, show.language)


def redirect_page(link: str, *, canonical: str, title: str, language: str) -> str:
    """A page that redirects to another one.

    :param link: the other page, relative to this one; ``canonical``: the URL for search engines.
    """
    there, kept, name = html.escape(link), html.escape(canonical), html.escape(title)
    anchor = f'<a href="{there}">{name}</a>'
    moved = in_language(message("This page has moved to {page}", page=anchor), language)
    return (
        f'<!DOCTYPE html>\n<html lang="{html.escape(language)}">\n<meta '
        f'charset="utf-8">\n<title>{name}</title>\n'
        f'<link rel="canonical" href="{kept}">\n<meta http-equiv="refresh" content="0; '
        f'url={there}">\n'
        f"<p>{moved}</p>\n</html>\n"
    )


def template_of_listings() -> str:
    """The template for :func:`html_from_listings`."""
    return (_HERE / "templates" / "listed.html").read_text(encoding="utf-8")


def html_from_listings(site: Site, episodes: Sequence[Listing]) -> list[ListingHtml]:
    """The HTML of each episode on other pages; depends only on listing and site."""
    if not episodes:
        return []
    template = _templates(site.show.language).get_template("listed.html")
    # Each page is in a folder of its own: relative links are the same on all pages.
    home: Any = template.make_module(_shared_values(site, ""))
    page: Any = template.make_module(_shared_values(site, ACCESSIBILITY_PLACE))
    return [
        ListingHtml(
            card=str(home.card(one)),
            row=str(page.row(one)),
            earlier=str(page.earlier(one)),
            later=str(page.later(one)),
        )
        for one in episodes
    ]


def _by_place(
    site: Site, episodes: Sequence[Listing], listed: Mapping[str, ListingHtml] | None
) -> Mapping[str, ListingHtml]:
    """The HTML of each episode, by place, for templates."""
    if listed is not None:
        return listed
    made = html_from_listings(site, episodes)
    return {one.place: html for one, html in zip(episodes, made, strict=True)}


def home_page(
    site: Site,
    episodes: Sequence[Listing],
    card_place: str,
    listed: Mapping[str, ListingHtml] | None = None,
) -> str:
    """The show's page, for ``index.html`` at the root: description, subscription links, all
    episodes, the newest first.

    :param card_place: the show's share card.
    :param listed: :func:`html_from_listings` by the places of the episodes; None: computed here.
    """
    newest_first = sorted(
        episodes, key=lambda episode: (episode.published, episode.number or 0), reverse=True
    )
    paragraphs = [
        paragraph.strip() for paragraph in site.show.description.split("\n\n") if paragraph.strip()
    ]
    description = _shortened(site.show.description)
    return _render(
        "home.html",
        site,
        "",
        episodes=newest_first,
        listed=_by_place(site, newest_first[1:], listed),
        paragraphs=paragraphs,
        description=description,
        card_place=card_place,
        card_text=site.show.title,
        linked=_linked_show(site),
    )


def episode_page(site: Site, page: EpisodePage) -> str:
    """An episode's page, for ``index.html`` in its folder: player, chapters, article, transcript,
    files.
    """
    titles = full_titles(page.chapters, page.article)
    known = {person.name: person for person in page.episode.persons}
    # People in the title are not named again, unless there is a page to link to.
    names = [
        name for name in page.episode.guests if name in known or name not in page.episode.title
    ]
    starts = {
        chapter.question: chapter
        for chapter in page.chapters.chapters
        if chapter.question is not None
    }
    return _render(
        "episode.html",
        site,
        page.place,
        page=page,
        chapters=list(zip(page.chapters.chapters, titles, strict=True)),
        starts=starts,
        asked=_asked(page, starts),
        moments={(moment.exchange, moment.paragraph): moment for moment in page.moments},
        season=season_label(site.show, page.episode.season),
        label=episode_label(page.episode, site.show.language),
        hosts=[one for one in page.credits if one.is_host],
        credits=_credits_by_label(page, site.show),
        guests=[known.get(name, Person(name=name)) for name in names],
        picture_credit=_picture_credit(page.episode.picture_credit, site.show.language),
        elsewhere=_elsewhere(page.episode, site.show.language),
        card_place=page.card_place,
        card_text=f"{site.show.title} – {page.episode.title}",
        embed_width=EMBED_WIDTH,
        embed_height=EMBED_HEIGHT,
        description=_description(page.article),
        linked=_linked_episode(site, page, titles),
        neighbours_mark=NEIGHBOURS_MARK,
    )


@functools.lru_cache
def _links_frame(language: str) -> tuple[str, str]:
    """The HTML before and after the links to neighbours; cached for thousands of pages."""
    template = _templates(language).get_template("neighbours.html")
    before, _, after = template.render(links="\0").partition("\0")
    return before, after


def neighbour_links(language: str, earlier: ListingHtml | None, later: ListingHtml | None) -> str:
    """Links from an episode's page to those of the previous and the next episode; empty if there is
    neither.

    :param language: the show's.
    """
    if not earlier and not later:
        return ""
    before, after = _links_frame(language)
    links = (earlier.earlier if earlier else "", later.later if later else "")
    return "".join((before, *links, after))


class _Asked(NamedTuple):
    """The time of a question, on the programme clock."""

    start_ms: int
    end_ms: int


def _asked(page: EpisodePage, starts: Mapping[int, Chapter]) -> dict[int, _Asked]:
    """The spoken questions: from the start of their chapter to that of their answer."""
    answered: dict[int, int] = {}
    for moment in page.moments:
        answered.setdefault(moment.exchange, moment.start_ms)
    return {
        number: _Asked(chapter.start_ms, answered[number])
        for number, chapter in starts.items()
        if number in answered and chapter.start_ms < answered[number]
    }


def _picture_credit(credit: str, language: str) -> str:
    """The credit of a picture, prefixed unless it already says so."""
    if not credit or _IS_CREDIT.match(credit.strip()):
        return credit
    return in_language(message("Photo: {credit}", credit=credit), language)


def _elsewhere(episode: Episode, language: str) -> list[ContentLink]:
    """Links of an episode to videos, comments and support pages."""
    comment = in_language(message("Comment on this episode"), language)
    return [
        *episode.content_links,
        *(
            ContentLink(url=post.uri, text=comment)
            for post in episode.social_interact
            if post.protocol.strip().lower() != "disabled"
        ),
        *(ContentLink(url=one.url, text=one.text) for one in episode.funding),
    ]


def _credits_by_label(page: EpisodePage, show: Show) -> list[tuple[str, list[Person]]]:
    """Credits by role, each once, in the order of its first person; without authors who are named
    below their text.
    """
    text = in_language(message("Text"), show.language), page.episode.author or show.author
    found: dict[str, list[Person]] = {}
    for one in page.credits:
        if (one.label, one.person.name) != text:
            found.setdefault(one.label, []).append(one.person)
    return list(found.items())


def embedded_player(site: Site, page: EpisodePage) -> str:
    """An embeddable player for other sites: one file that only loads the audio."""
    style, script = (
        (_HERE / "templates" / name).read_text(encoding="utf-8")
        for name in ("embed.css", "embed.js")
    )
    return _render(
        "embed.html",
        site,
        page.place,
        page=page,
        label=episode_label(page.episode, site.show.language),
        style=style,
        script=script,
    )


def oembed_document(site: Site, page: EpisodePage) -> bytes:
    """The oEmbed 1.0 document of a page."""
    player = html.escape(_address(site.show, f"{page.place}embed.html"))
    title = html.escape(page.episode.title)
    return json_from_plain(
        {
            "version": "1.0",
            "type": "rich",
            "title": page.episode.title,
            "author_name": site.show.author,
            "provider_name": site.show.title,
            "provider_url": _address(site.show, ""),
            "thumbnail_url": _address(site.show, site.page_cover_place),
            "thumbnail_width": PAGE_COVER_PX,
            "thumbnail_height": PAGE_COVER_PX,
            "width": EMBED_WIDTH,
            "height": EMBED_HEIGHT,
            "html": f'<iframe src="{player}" title="{title}" width="{EMBED_WIDTH}" '
            f'height="{EMBED_HEIGHT}" loading="lazy"'
            ' style="border:0;max-width:100%"></iframe>',
        }
    )


def missing_page(site: Site, card_place: str) -> str:
    """``404.html``, which servers send for missing addresses; its links are absolute, because the
    requested folder is unknown.
    """
    return _render(
        "404.html",
        site,
        "",
        description=in_language(message("This page does not exist."), site.show.language),
        card_place=card_place,
        card_text=site.show.title,
        linked=_linked_show(site),
        whole_links=True,
        own_style=_own_style(site.show),
    )


def _own_style(show: Show) -> str:
    """The style sheet with absolute URLs of the fonts."""
    style = (_HERE / "assets" / "site.css").read_text(encoding="utf-8")
    return style.replace('url("', f'url("{_address(show, "assets/")}')


def accessibility_page(
    site: Site,
    episodes: Sequence[Listing],
    card_place: str,
    listed: Mapping[str, ListingHtml] | None = None,
) -> str:
    """The accessibility page, for ``accessibilite/index.html``: check results and the owner's
    statement, without a claim of legal conformity.

    :param listed: as for :func:`home_page`.
    """
    newest_first = sorted(episodes, key=lambda episode: episode.published, reverse=True)
    return _render(
        "accessibility.html",
        site,
        ACCESSIBILITY_PLACE,
        episodes=newest_first,
        listed=_by_place(site, newest_first, listed),
        statement=site.show.accessibility,
        stated=functools.partial(_stated, site.show.accessibility),
        least=_least_access([one.access for one in episodes if one.access]),
        english=translators("en")["_"],
        description=in_language(
            message("Checks made on this site and its episodes."), site.show.language
        ),
        card_place=card_place,
        card_text=site.show.title,
        linked=_linked_show(site),
    )


def _stated(statement: Accessibility | None, language: str) -> str:
    """The date of the statement in the language's format; unchanged if it is not an ISO 8601
    date.
    """
    date = "" if statement is None else statement.date
    try:
        return long_date(datetime.datetime.fromisoformat(date), language)
    except ValueError:
        return date


def _least_access(figures: Sequence[AccessibilityMetrics]) -> dict[str, Any] | None:
    """The limits that all measured episodes meet, and the number of reviewed transcripts; None if
    none was measured.
    """
    if not figures:
        return None
    covered = [one.covered for one in figures if one.covered is not None]
    return {
        "count": len(figures),
        "reviewed": sum(one.reviewed for one in figures),
        "covered": math.floor(min(covered) * 100) if covered else None,
        "cps": max(one.caption_cps for one in figures),
        "shortest_s": min(one.caption_shortest_ms for one in figures) / 1000,
    }


def people_page(site: Site, episodes: Sequence[Listing], card_place: str) -> str:
    """All people of the show, for ``personnes/index.html``: guests with pictures, the team, and
    their episodes.
    """
    found = people_from_listings(
        sorted(episodes, key=lambda episode: episode.published, reverse=True)
    )
    return _render(
        "people.html",
        site,
        PEOPLE_PLACE,
        guests=[one for one in found if one.is_guest],
        others=[one for one in found if not one.is_guest],
        most=_NAMED_EPISODES,
        description=in_language(
            message("The guests of the show, and who makes it."), site.show.language
        ),
        card_place=card_place,
        card_text=site.show.title,
        linked=_linked_show(site),
    )


def sitemap(site: Site, episodes: Sequence[Listing]) -> str:
    """Every page, for search engines."""
    return _render("sitemap.xml", site, "", episodes=episodes)


def service_worker(site: Site, assets: Mapping[str, bytes], version: str) -> str:
    """The service worker ``sw.js``, which caches visited pages for offline reading.

    :param assets: the files that the pages load, by place (:func:`site_assets`).
    :param version: changes whenever one of them does.
    """
    loaded = [place for place in assets if not place.endswith(".txt")]
    return (
        (_HERE / "templates" / "sw.js")
        .read_text(encoding="utf-8")
        .replace("@VERSION@", version)
        .replace("@ASSETS@", " ".join(loaded))
        .replace("@COVER@", site.page_cover_place)
        .replace("@SOUND@", "|".join(SOUND_SUFFIXES))
    )


def site_assets(language: str = DEFAULT_LANGUAGE) -> dict[str, bytes]:
    """The files that the pages load: place relative to the site's root, and content. Texts in
    scripts (``_("…")``) are translated to the show's language.
    """
    return {
        f"assets/{path.name}": script_in_language(read_text(path), language).encode()
        if path.suffix == ".js"
        else read_file(path)
        for path in sorted((_HERE / "assets").iterdir())
        if path.is_file()
    }


# --- templates


@functools.cache
def _templates(language: str) -> Environment:
    return templates_from_folder(
        _HERE / "templates",
        language,
        stamp=stamp_from_ms,
        length_stamp=length_stamp_from_ms,
        duration=functools.partial(_duration, language=language),
        iso_duration=_iso_duration,
        megabytes=functools.partial(_megabytes, language=language),
        decimal=functools.partial(short_decimal, language=language),
        one_decimal=functools.partial(one_decimal, language=language),
        sentences=sentences_of_turn,
    )


def _render(
    template: str,
    site: Site,
    place: str,
    *,
    whole_links: bool = False,
    own_style: str = "",
    **values: Any,
) -> str:
    shared = _shared_values(site, place, whole_links=whole_links, own_style=own_style)
    return _templates(site.show.language).get_template(template).render(**shared, **values)


def _shared_values(
    site: Site, place: str, *, whole_links: bool = False, own_style: str = ""
) -> dict[str, Any]:
    """Values for every template.

    :param place: the page's folder.
    """

    def link(target: str) -> str:
        """The relative link from this page to a place; pages are linked by their folder."""
        if whole_links or "://" in target:
            return _address(site.show, target)
        # From the root, the place itself is the link: the home page has thousands of them.
        if not place and target:
            return target
        way = posixpath.relpath(target or ".", place or ".")
        return f"{way}/" if target.endswith("/") or not target else way

    def typeset(text: str) -> str:
        return set_text(text, site.show.language)

    return {
        "site": site,
        "show": site.show,
        "place": place,
        "link": link,
        "address": functools.partial(_address, site.show),
        "own_style": own_style,
        "fr": typeset,
        "accessibility_place": ACCESSIBILITY_PLACE,
        "people_place": PEOPLE_PLACE,
        "territory_tag": territory_tag(site.show.language),
        "licence": licence_name(site.show.license),
        "licence_address": site.show.license_url or licence_address(site.show.license),
        "subscriptions": subscriptions_from_feed(site.show, _address(site.show, site.feed_place)),
    }


def _address(show: Show, place: str) -> str:
    """The URL of a place; for a feed hosted elsewhere, its own."""
    if "://" in place:
        return place
    return show.base_url.rstrip("/") + "/" + place


class SpokenSentence(Record, frozen=True):
    """A sentence of a turn with its time."""

    text: str
    start_ms: int
    end_ms: int


def sentences_of_turn(turn: Turn) -> list[SpokenSentence]:
    """The sentences of a turn, which pages highlight during playback; each lasts until the next one
    starts.
    """
    found: list[list[SpokenWord]] = [[]]
    for word in turn.words:
        found[-1].append(word)
        if ends_sentence(word.text):
            found.append([])
    parts = [part for part in found if part]
    ends = [part[0].start_ms for part in parts[1:]] + [turn.end_ms]
    return [
        SpokenSentence(
            text=" ".join(word.text for word in part), start_ms=part[0].start_ms, end_ms=end
        )
        for part, end in zip(parts, ends, strict=True)
    ]


# --- numbers


def _duration(duration_ms: int, language: str) -> str:
    seconds = whole_seconds(duration_ms)
    if seconds < 60:
        return f"{seconds}\u00a0s"
    if seconds < 3600:
        return f"{seconds // 60}\u00a0min" + (
            f"\u00a0{seconds % 60}\u00a0s" if seconds % 60 else ""
        )
    hours = message("{hours} h {minutes:02} min", hours=seconds // 3600, minutes=seconds // 60 % 60)
    return in_language(hours, language)


def _megabytes(length_bytes: int, language: str) -> str:
    size = message("{size} MB", size=one_decimal(length_bytes / 1_000_000, language))
    return in_language(size, language)


def _description(article: Article) -> str:
    return _shortened(" ".join(article.introduction) or article.quote or article.title)


def _shortened(text: str) -> str:
    return textwrap.shorten(text, DESCRIPTION_CHARACTERS, placeholder="…")


# --- data for search engines


def _iso_duration(duration_ms: int) -> str:
    seconds = whole_seconds(duration_ms)
    return f"PT{seconds // 3600}H{seconds // 60 % 60}M{seconds % 60}S"


def _linked_show(site: Site) -> dict[str, Any]:
    show = site.show
    return {
        "@context": "https://schema.org",
        "@type": "PodcastSeries",
        "name": show.title,
        "description": show.description,
        "url": _address(show, ""),
        "image": _address(show, site.cover_place),
        "inLanguage": show.language,
        "webFeed": _address(show, site.feed_place),
        "author": {"@type": "Organization", "name": show.author},
    }


def _linked_episode(site: Site, page: EpisodePage, titles: Sequence[str]) -> dict[str, Any]:
    show, episode = site.show, page.episode
    url = _address(show, page.place)
    return {
        "@context": "https://schema.org",
        "@type": "PodcastEpisode",
        "name": episode.title,
        "description": _description(page.article),
        "url": url,
        **({} if episode.counted is None else {"episodeNumber": episode.counted}),
        "datePublished": episode.published.isoformat(),
        "timeRequired": _iso_duration(page.enclosure.duration_ms),
        "inLanguage": show.language,
        "image": [
            _address(show, page.card_place),
            _address(show, page.picture_place or site.cover_place),
        ],
        "author": _linked_person(show, episode, episode.author)
        if episode.author
        else {"@type": "Organization", "name": show.author},
        "contributor": [
            _linked_person(show, episode, name)
            for name in dict.fromkeys(
                [
                    *(one.person.name for one in page.credits),
                    episode.host or show.host,
                    *episode.guests,
                ]
            )
            if name
        ],
        "associatedMedia": _linked_audio(show, page),
        "hasPart": [
            *(
                _linked_chapter(url, chapter, title)
                for chapter, title in zip(page.chapters.chapters, titles, strict=True)
            ),
            *_linked_quotation(page),
        ],
        "partOfSeries": {
            "@type": "PodcastSeries",
            "name": show.title,
            "url": _address(show, ""),
            "webFeed": _address(show, site.feed_place),
        },
    }


def _linked_audio(show: Show, page: EpisodePage) -> dict[str, Any]:
    transcript = " ".join(turn.text for turn in page.turns)[:TRANSCRIPT_CHARACTERS]
    return {
        "@type": "AudioObject",
        "contentUrl": _address(show, page.audio_place),
        "encodingFormat": page.enclosure.type,
        "contentSize": str(page.enclosure.length_bytes),
        "duration": _iso_duration(page.enclosure.duration_ms),
        **({"transcript": transcript} if transcript else {}),
    }


def _linked_chapter(page_url: str, chapter: Chapter, title: str) -> dict[str, Any]:
    end = {} if chapter.end_s is None else {"endOffset": chapter.end_s}
    return {
        "@type": "Clip",
        "name": title,
        "startOffset": chapter.start_s,
        **end,
        "url": f"{page_url}#t={int(chapter.start_s)}",
    }


def _linked_quotation(page: EpisodePage) -> list[dict[str, Any]]:
    """The article's pull quote, attributed to the guest if there is only one."""
    if not page.article.quote:
        return []
    guests = page.episode.guests
    spoken = {"creator": {"@type": "Person", "name": guests[0]}} if len(guests) == 1 else {}
    return [{"@type": "Quotation", "text": page.article.quote, **spoken}]


def _linked_person(show: Show, episode: Episode, name: str) -> dict[str, str]:
    known = next(
        (person for person in (*episode.persons, *show.persons) if person.name == name),
        Person(name=name),
    )
    about = {"url": known.link, "image": known.image}
    return {
        "@type": "Person",
        "name": name,
        **{key: value for key, value in about.items() if value},
    }
