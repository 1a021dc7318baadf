"""The stages of the whole show: feed, site. They join what
:mod:`studio.pipeline.steps.packaging` made of each episode.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from studio.model.record import plain_from_json
from studio.pipeline.staged_outputs import StagedOutputs
from studio.pipeline.steps.packaging import site_from_show
from studio.progress import Progress
from studio.workspace.digest import digest_from_bytes
from studio.workspace.sources import EpisodeSources, ShowSources


def feed(sources: ShowSources, staged: StagedOutputs, _: Progress) -> None:
    """The feed with every episode that has been built; of many, its first page."""
    from studio.web.addresses import FEED_PLACE

    staged.write(sources.workspace.rss, _feed_pages(sources)[FEED_PLACE])


def _feed_pages(sources: ShowSources) -> dict[str, bytes]:
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
        sources.show, items, address(sources.show.base_url, sources.cover_place)
    )


def site(sources: ShowSources, staged: StagedOutputs, progress: Progress) -> None:
    """Everything that is published, as one tree of files."""
    from studio.artwork.cover import smaller_picture
    from studio.artwork.share_card import make_share_card
    from studio.site.pages import PAGE_COVER_PX, home_page, service_worker, site_assets, sitemap
    from studio.site.search import search_files
    from studio.web.addresses import card_place

    root, show = sources.workspace.site, sources.show
    shared = site_from_show(sources)
    small_cover = smaller_picture(sources.picture, PAGE_COVER_PX, sources.cover)
    assets = site_assets(show.language)
    published = sources.published
    for done, episode in enumerate(published):
        progress(done, len(published))
        for place, path in episode.public_files.items():
            staged.link(root / place, path)
    listings = [episode.listing for episode in published]
    card = make_share_card(
        sources.picture, kicker=show.author, title=show.title, guests=(), language=show.language
    )
    for place, content in {
        **_feed_pages(sources),
        **assets,
        **search_files(listings, _spoken_words(published)),
        shared.cover_place: sources.picture,
        shared.page_cover_place: small_cover,
        (card_at := card_place("", card)): card,
        "sitemap.xml": sitemap(shared, listings).encode(),
        "sw.js": service_worker(shared, digest_from_bytes(b"".join(assets.values()))[:12]).encode(),
        "index.html": home_page(shared, listings, card_at).encode(),
        **_redirects(sources),
    }.items():
        staged.write(root / place, content)


def _redirects(sources: ShowSources) -> dict[str, bytes]:
    """Pages at addresses that an episode had, which lead to those that it has: its page, and the
    player that other sites embed.

    :raises WorkspaceError: a person wrote what is no slug.
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
        for former in episode.episode.former_slugs
        if former not in taken
        for name in ("index.html", "embed.html")
    }


def _spoken_words(episodes: Iterable[EpisodeSources]) -> Iterator[dict[str, list[int]]]:
    return (plain_from_json(episode.files.words.read_bytes()) for episode in episodes)
