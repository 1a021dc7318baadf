"""The stages of the whole show: feed, site. They assemble the results of
:mod:`studio.pipeline.steps.packaging`.
"""

from __future__ import annotations

import datetime
import functools
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import studio
from studio.errors import StudioError
from studio.file_access import open_file, read_file, read_text
from studio.model.record import (
    Record,
    bytes_from_record,
    plain_from_json,
    plain_from_record,
    record_from_bytes,
    replace_fields,
)
from studio.pipeline.staged_outputs import StagedOutputs
from studio.pipeline.steps.packaging import site_from_show
from studio.progress import Progress
from studio.site.listing import ListingHtml
from studio.workspace.digest import digest_from_bytes, digest_from_plain
from studio.workspace.disk import remove_quietly, write_file
from studio.workspace.sources import ShowSources

if TYPE_CHECKING:
    from studio.site.listing import Listing
    from studio.site.pages import Site


PAGE_FILE = "index.html"
# Upper limit of the bytes after the links to neighbours at the end of a page.
PAGE_END_BYTES = 8192


def feed(sources: ShowSources, staged: StagedOutputs, _: Progress) -> None:
    """The feed with every built episode; if paged, its first page."""
    from studio.feed.build_date import with_build_date
    from studio.web.addresses import FEED_PLACE

    content = with_build_date(
        _feed_pages(sources)[FEED_PLACE],
        read_file(sources.workspace.rss) if sources.workspace.rss.is_file() else None,
        datetime.datetime.now(datetime.UTC),
    )
    staged.write(sources.workspace.rss, content)


@functools.lru_cache(maxsize=1)
def _feed_pages(sources: ShowSources) -> dict[str, bytes]:
    """The feed's pages by path. `site` writes what `feed` has just joined: nothing is built from
    these sources in between.
    """
    from studio.artwork.cover import read_picture
    from studio.feed.rss import WrittenItem, feed_pages_from_items
    from studio.web.addresses import address

    items = [
        WrittenItem(
            published=one.listing.published,
            number=one.listing.number or 0,
            content=read_file(one.files.item),
            former_place=one.listing.former_place,
        )
        for one in sources.published
    ]
    return feed_pages_from_items(
        sources.show,
        items,
        address(sources.show.base_url, sources.cover_place),
        read_picture(sources.picture, sources.cover).width,
    )


def _dated_pages(sources: ShowSources) -> dict[str, bytes]:
    """The feed's pages by path: the first one as it was built, the others with the time of their
    own last change.
    """
    from studio.feed.build_date import with_build_date
    from studio.web.addresses import FEED_PLACE

    now = datetime.datetime.now(datetime.UTC)
    dated = {}
    for place, content in _feed_pages(sources).items():
        path = sources.workspace.site / place
        before = read_file(path) if path.is_file() else None
        dated[place] = with_build_date(content, before, now)
    return dated | {FEED_PLACE: read_file(sources.workspace.rss)}


def site(sources: ShowSources, staged: StagedOutputs, progress: Progress) -> None:
    """The whole site, as one tree of files."""
    from studio.artwork.cover import smaller_picture
    from studio.artwork.share_card import make_share_card
    from studio.site.pages import (
        ACCESSIBILITY_PLACE,
        PAGE_COVER_PX,
        PEOPLE_PLACE,
        accessibility_page,
        home_page,
        missing_page,
        people_page,
        service_worker,
        site_assets,
        sitemap,
    )
    from studio.site.plain_forms import llms_text, robots_text
    from studio.web.addresses import address, card_place

    root, show = sources.workspace.site, sources.show
    shared = site_from_show(sources)
    small_cover = smaller_picture(sources.picture, PAGE_COVER_PX, sources.cover)
    assets = site_assets(show.language)
    _link_public_files(sources, staged, progress)
    listings = [episode.listing for episode in sources.published]
    card = make_share_card(
        sources.picture, kicker=show.author, title=show.title, guests=(), language=show.language
    )
    base_url, card_at = address(show.base_url, ""), card_place("", card)
    _stage_search(sources, listings, staged)
    before = _read_listed(sources)
    now = _listed_episodes(shared, listings, before)
    listed = {place: one.html for place, one in now.episodes.items()}
    episode_pages, links = _episode_pages(sources, listed, before.links)
    _keep_listed(sources, replace_fields(now, links=links))
    for place, content in {
        # A second feed with the same guids would be found by directories.
        **({} if show.hosted else _dated_pages(sources)),
        **assets,
        shared.cover_place: sources.picture,
        shared.page_cover_place: small_cover,
        card_at: card,
        "sitemap.xml": sitemap(shared, listings).encode(),
        "robots.txt": robots_text(base_url).encode(),
        "llms.txt": llms_text(shared, listings, base_url).encode(),
        f"{ACCESSIBILITY_PLACE}index.html": accessibility_page(
            shared, listings, card_at, listed
        ).encode(),
        f"{PEOPLE_PLACE}index.html": people_page(shared, listings, card_at).encode(),
        "404.html": missing_page(shared, card_at).encode(),
        "sw.js": service_worker(
            shared, assets, digest_from_bytes(b"".join(assets.values()))[:12]
        ).encode(),
        "index.html": home_page(shared, listings, card_at, listed).encode(),
        **episode_pages,
        **_redirects(sources),
    }.items():
        staged.write(root / place, content)


def _link_public_files(sources: ShowSources, staged: StagedOutputs, progress: Progress) -> None:
    """The published episodes' files. Those of untouched episodes stay in the previous tree."""
    touched = [one for one in sources.published if one.slug not in sources.untouched]
    for done, episode in enumerate(touched):
        progress(done, len(touched))
        for place, path in episode.public_files.items():
            if path.name != PAGE_FILE:
                staged.link(sources.workspace.site / place, path)


class _ListedEpisode(Record, frozen=True):
    """An episode in lists on other pages, with the SHA-256 of its listing."""

    listing: str
    html: ListingHtml


class _ListedEpisodes(Record, frozen=True):
    """The HTML of each listing, by its path, and the SHA-256 of everything else that it depends on.

    :param links: of each page, the SHA-256 of the links to neighbours that were found at its end,
        and not only meant to be there: a run may be killed before a page is in place.
    """

    made_with: str = ""
    episodes: Mapping[str, _ListedEpisode] = {}
    links: Mapping[str, str] = {}


def _read_listed(sources: ShowSources) -> _ListedEpisodes:
    """The cached HTML of the listings; without it everything is rendered again."""
    kept = sources.workspace.listed
    with suppress(OSError, StudioError):
        return record_from_bytes(read_file(kept), _ListedEpisodes, kept)
    return _ListedEpisodes()


def _keep_listed(sources: ShowSources, listed: _ListedEpisodes) -> None:
    """Store it. Not an output of the stage: a publication that renders fewer episodes writes it,
    too.
    """
    try:
        write_file(sources.workspace.listed, bytes_from_record(listed))
    except StudioError:
        remove_quietly(sources.workspace.listed)  # it is outdated


def _listed_episodes(
    site: Site, listings: Sequence[Listing], before: _ListedEpisodes
) -> _ListedEpisodes:
    """The HTML of each episode in lists, by its path; only rendered again for a changed listing."""
    from studio.site.pages import html_from_listings, template_of_listings

    made_with = digest_from_plain(
        [studio.__version__, template_of_listings(), plain_from_record(site)]
    )
    known = before.episodes if before.made_with == made_with else {}
    # A listing is rendered again if it changed, or all are if the templates, the show or the
    # version of Studio changed.
    digests = {one.place: digest_from_bytes(bytes_from_record(one)) for one in listings}
    new = [
        one
        for one in listings
        if one.place not in known or known[one.place].listing != digests[one.place]
    ]
    made = html_from_listings(site, new)
    listed = {place: known[place] for place, digest in digests.items() if place in known} | {
        one.place: _ListedEpisode(listing=digests[one.place], html=html)
        for one, html in zip(new, made, strict=True)
    }
    return _ListedEpisodes(made_with=made_with, episodes=listed)


def _episode_pages(
    sources: ShowSources, listed: Mapping[str, ListingHtml], known: Mapping[str, str]
) -> tuple[dict[str, bytes], dict[str, str]]:
    """The episodes' pages with links to the previous and next episode; of untouched ones only those
    with new neighbours. With them the SHA-256 of the links of all others.

    :param known: the SHA-256 of the links that pages were found with.
    """
    from studio.site.pages import NEIGHBOURS_MARK, neighbour_links
    from studio.web.addresses import page_place

    language = sources.show.language
    by_date = sorted(
        sources.published, key=lambda one: (one.listing.published, one.listing.number or 0)
    )
    found = [listed[one.listing.place] for one in by_date]
    pages: dict[str, bytes] = {}
    seen: dict[str, str] = {}
    for episode, earlier, later in zip(
        by_date, [None, *found][:-1], [*found, None][1:], strict=True
    ):
        links = neighbour_links(language, earlier, later)
        place = f"{page_place(episode.slug)}{PAGE_FILE}"
        digest = digest_from_bytes(links.encode())
        if episode.slug in sources.untouched and (
            known.get(place) == digest or _ends_with_links(sources.workspace.site / place, links)
        ):
            seen[place] = digest
            continue
        page = read_text(episode.files.public(PAGE_FILE))
        pages[place] = page.replace(f"{NEIGHBOURS_MARK}\n", links, 1).encode()
    return pages, seen


def _ends_with_links(path: Path, links: str) -> bool:
    """Whether a page has these links at its end; unknown for a page without any."""
    written = links.encode()
    if not written:
        return False
    try:
        with open_file(path) as stream:
            length = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, length - PAGE_END_BYTES - len(written)))
            return written in stream.read()
    except FileNotFoundError:
        return False


def _redirects(sources: ShowSources) -> dict[str, bytes]:
    """Redirects from an episode's former addresses to its present ones: its page, and its embedded
    player.

    :raises WorkspaceError: a former slug is not a valid slug.
    """
    from studio.site.pages import redirect_page
    from studio.web.addresses import address, page_place

    taken = {episode.slug for episode in sources.published}
    return {
        f"{page_place(sources.workspace.episode(former).slug)}{name}": redirect_page(
            f"../{page_place(episode.slug)}{name.removesuffix('index.html')}",
            canonical=address(sources.show.base_url, page_place(episode.slug)),
            title=episode.episode.title,
            language=sources.show.language,
        ).encode()
        for episode in sources.published
        for former in episode.former_slugs
        if former not in taken
        for name in ("index.html", "embed.html")
    }


def _stage_search(sources: ShowSources, listings: Sequence[Listing], staged: StagedOutputs) -> None:
    """The search index, updated for changed episodes only."""
    from studio.site.search_index import SearchState, updated_search

    kept, root = sources.workspace.search, sources.workspace.site
    published, untouched = sources.published, sources.untouched
    state = None
    with suppress(OSError, StudioError):  # a cache; without it everything is read again
        state = record_from_bytes(read_file(kept), SearchState, kept)
    slugs = [one.slug for one in published]

    def sentences_of(number: int) -> list[Any]:
        """The searchable sentences of an episode; none if it was built by an earlier Studio."""
        found = plain_from_json(read_file(published[number].files.words))
        return found if isinstance(found, list) else []

    files = updated_search(state, slugs, listings, sentences_of, untouched)
    if sources.is_site_untouched:
        for place, digest in files.kept.items():
            staged.keep_untouched(root / place, digest)
    elif not all(staged.keep(root / place, digest) for place, digest in files.kept.items()):
        files = updated_search(None, slugs, listings, sentences_of)
    for place, content in files.written.items():
        staged.write(root / place, content)
    staged.write(kept, bytes_from_record(files.state))
