"""The stages of the whole show: feed, site. They assemble the results of
:mod:`studio.pipeline.steps.packaging`.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.errors import StudioError
from studio.model.record import bytes_from_record, plain_from_json, record_from_bytes
from studio.pipeline.staged_outputs import StagedOutputs
from studio.pipeline.steps.packaging import site_from_show
from studio.progress import Progress
from studio.workspace.digest import digest_from_bytes
from studio.workspace.sources import ShowSources

if TYPE_CHECKING:
    from studio.site.listing import Listing


PAGE_FILE = "index.html"
# More than the bytes after the links to neighbours at the end of a page.
PAGE_END_BYTES = 8192


def feed(sources: ShowSources, staged: StagedOutputs, _: Progress) -> None:
    """The feed with every episode that has been built; of many, its first page."""
    from studio.feed.build_date import with_build_date
    from studio.web.addresses import FEED_PLACE

    content = with_build_date(
        _feed_pages(sources)[FEED_PLACE],
        sources.workspace.rss.read_bytes() if sources.workspace.rss.is_file() else None,
        datetime.datetime.now(datetime.UTC),
    )
    staged.write(sources.workspace.rss, content)


@functools.lru_cache(maxsize=1)
def _feed_pages(sources: ShowSources) -> dict[str, bytes]:
    """The feed by place. `site` writes what `feed` joined just now: of these very sources nothing
    is built in between.
    """
    from studio.artwork.cover import read_picture
    from studio.feed.rss import WrittenItem, feed_pages_from_items
    from studio.web.addresses import address

    items = [
        WrittenItem(
            published=one.listing.published,
            number=one.listing.number or 0,
            content=one.files.item.read_bytes(),
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
    """The feed by place: its first page as it was built, the others with the moment of their own
    last change.
    """
    from studio.feed.build_date import with_build_date
    from studio.web.addresses import FEED_PLACE

    now = datetime.datetime.now(datetime.UTC)
    dated = {}
    for place, content in _feed_pages(sources).items():
        path = sources.workspace.site / place
        before = path.read_bytes() if path.is_file() else None
        dated[place] = with_build_date(content, before, now)
    return dated | {FEED_PLACE: sources.workspace.rss.read_bytes()}


def site(sources: ShowSources, staged: StagedOutputs, progress: Progress) -> None:
    """Everything that is published, as one tree of files."""
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
    published = sources.published
    touched = [one for one in published if one.slug not in sources.untouched]
    for done, episode in enumerate(touched):
        progress(done, len(touched))
        for place, path in episode.public_files.items():
            if path.name != PAGE_FILE:
                staged.link(root / place, path)
    listings = [episode.listing for episode in published]
    card = make_share_card(
        sources.picture, kicker=show.author, title=show.title, guests=(), language=show.language
    )
    base_url, card_at = address(show.base_url, ""), card_place("", card)
    _stage_search(sources, listings, staged)
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
        f"{ACCESSIBILITY_PLACE}index.html": accessibility_page(shared, listings, card_at).encode(),
        f"{PEOPLE_PLACE}index.html": people_page(shared, listings, card_at).encode(),
        "404.html": missing_page(shared, card_at).encode(),
        "sw.js": service_worker(
            shared, assets, digest_from_bytes(b"".join(assets.values()))[:12]
        ).encode(),
        "index.html": home_page(shared, listings, card_at).encode(),
        **_episode_pages(sources),
        **_redirects(sources),
    }.items():
        staged.write(root / place, content)


def _episode_pages(sources: ShowSources) -> dict[str, bytes]:
    """The episodes' pages with links to their neighbours in time; of those that nobody touched only
    the ones that have other neighbours now.
    """
    from studio.site.pages import NEIGHBOURS_MARK, neighbour_links
    from studio.web.addresses import page_place

    site = site_from_show(sources)
    by_date = sorted(
        sources.published, key=lambda one: (one.listing.published, one.listing.number or 0)
    )
    listings = [one.listing for one in by_date]
    pages: dict[str, bytes] = {}
    for episode, earlier, later in zip(
        by_date, [None, *listings][:-1], [*listings, None][1:], strict=True
    ):
        links = neighbour_links(site, page_place(episode.slug), earlier, later)
        place = f"{page_place(episode.slug)}{PAGE_FILE}"
        if episode.slug in sources.untouched and _ends_with_links(
            sources.workspace.site / place, links
        ):
            continue
        page = episode.files.public(PAGE_FILE).read_text(encoding="utf-8")
        pages[place] = page.replace(f"{NEIGHBOURS_MARK}\n", links, 1).encode()
    return pages


def _ends_with_links(path: Path, links: str) -> bool:
    """Whether a page has these links at its end; unknown for a page without any."""
    if not links or not path.is_file():
        return False
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - PAGE_END_BYTES - len(links.encode())))
        return links.encode() in stream.read()


def _redirects(sources: ShowSources) -> dict[str, bytes]:
    """Pages at addresses that an episode had, which lead to those that it has: its page, and the
    player that other sites embed.

    :raises WorkspaceError: a person wrote what is not a slug.
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
    with suppress(OSError, StudioError):  # kept to save time; without it all is read again
        state = record_from_bytes(kept.read_bytes(), SearchState, kept)
    slugs = [one.slug for one in published]

    def sentences_of(number: int) -> list[Any]:
        """What can be found of an episode; nothing of one that an earlier Studio built."""
        found = plain_from_json(published[number].files.words.read_bytes())
        return found if isinstance(found, list) else []

    files = updated_search(state, slugs, listings, sentences_of, untouched)
    if not all(staged.keep(root / place, digest) for place, digest in files.kept.items()):
        files = updated_search(None, slugs, listings, sentences_of)
    for place, content in files.written.items():
        staged.write(root / place, content)
    staged.write(kept, bytes_from_record(files.state))
