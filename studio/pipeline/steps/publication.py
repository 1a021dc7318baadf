"""The stages of the whole show: feed, site."""

from __future__ import annotations

from studio.model.captions import CAPTION_KINDS, HTML, JSON, SRT, TEXT, VTT
from studio.model.record import bytes_from_record
from studio.pipeline.digest import digest_from_bytes
from studio.pipeline.draft import Draft
from studio.pipeline.sources import ShowSources
from studio.pipeline.steps.sound import checked_chapters
from studio.progress import Progress

# What readers are told about the transcript; nothing where nobody knows.
ORIGINS = {"machine": "Transcription automatique, non relue.", "reviewed": "Transcription automatique, relue.", "unknown": ""}
LABELS = {
    VTT: "Sous-titres (WebVTT)",
    SRT: "Sous-titres (SRT)",
    JSON: "Transcription pour applications (JSON)",
    HTML: "Transcription (HTML)",
    TEXT: "Transcription (texte)",
}


def feed(sources: ShowSources, draft: Draft, _: Progress) -> None:
    """The feed with every episode that has been built; of many, its first page."""
    from studio.feed.addresses import FEED_PLACE

    draft.write(sources.workspace.rss, _feed_pages(sources)[FEED_PLACE])


def _feed_pages(sources: ShowSources) -> dict[str, bytes]:
    from studio.feed.addresses import address, captions_place, chapters_place, media_place, page_place
    from studio.feed.item import FeedItem, TranscriptLink
    from studio.feed.rss import feed_pages_from_show

    base_url = sources.show.base_url
    image_url = address(base_url, _cover_place(sources))
    items = [
        FeedItem(
            episode=episode.episode,
            enclosure=episode.enclosure(),
            enclosure_url=address(base_url, media_place(episode.slug)),
            page_url=address(base_url, page_place(episode.slug)),
            chapters=checked_chapters(episode),
            chapters_url=address(base_url, chapters_place(episode.slug)),
            transcripts=tuple(
                TranscriptLink(
                    url=address(base_url, captions_place(episode.slug, kind)), type=kind.type, language=sources.show.language, rel=kind.rel
                )
                for kind in CAPTION_KINDS
            ),
            image_url=image_url,
            introduction=episode.article.introduction,
            quote=episode.article.quote,
            questions=tuple(exchange.question for exchange in episode.article.exchanges),
            ai_content=ORIGINS[episode.transcript_origin],
            soundbites=episode.soundbites(),
        )
        for episode in sources.published
    ]
    return feed_pages_from_show(sources.show, items, image_url)


def site(sources: ShowSources, draft: Draft, progress: Progress) -> None:
    """Everything that is published, as one tree of files."""
    from studio.feed.addresses import FEED_PLACE, captions_place, chapters_place, media_place, page_cover_place, page_place
    from studio.feed.cover import smaller_picture
    from studio.model.turns import turns_from_transcript
    from studio.site.moments import moments_from_alignment
    from studio.site.pages import (
        PAGE_COVER_PX,
        Download,
        EpisodePage,
        Site,
        embedded_player,
        episode_page,
        home_page,
        oembed_document,
        service_worker,
        site_assets,
        sitemap,
    )
    from studio.site.search import search_files

    root = sources.workspace.site
    cover = _cover_place(sources)
    shared = Site(show=sources.show, cover_place=cover, page_cover_place=page_cover_place(cover), feed_place=FEED_PLACE)
    for place, content in _feed_pages(sources).items():
        draft.write(root / place, content)
    draft.write(root / cover, sources.cover.read_bytes())
    draft.write(root / shared.page_cover_place, smaller_picture(sources.cover.read_bytes(), PAGE_COVER_PX, sources.cover))
    assets = site_assets()
    for place, content in assets.items():
        draft.write(root / place, content)
    pages = []
    for done, episode in enumerate(sources.published):
        progress(done, len(sources.published))
        slug = episode.slug
        programme = episode.programme()
        moments, quote_moment = moments_from_alignment(episode.alignment(), programme)
        page = EpisodePage(
            place=page_place(slug),
            audio_place=media_place(slug),
            episode=episode.episode,
            article=episode.article,
            chapters=checked_chapters(episode),
            turns=turns_from_transcript(episode.transcript(), programme),
            enclosure=episode.enclosure(),
            downloads=tuple(Download(label=LABELS[kind], place=captions_place(slug, kind), type=kind.type) for kind in CAPTION_KINDS),
            transcript_note=ORIGINS[episode.transcript_origin],
            moments=moments,
            quote_moment=quote_moment,
        )
        pages.append(page)
        draft.link(root / media_place(slug), episode.files.mp3)
        draft.write(root / chapters_place(slug), bytes_from_record(page.chapters))
        for kind in CAPTION_KINDS:
            draft.write(root / captions_place(slug, kind), episode.files.caption(kind.suffix).read_bytes())
        draft.write(root / page.place / "index.html", episode_page(shared, page).encode())
        draft.write(root / page.place / "embed.html", embedded_player(shared, page).encode())
        draft.write(root / page.place / "oembed.json", oembed_document(shared, page))
    for place, content in search_files(pages).items():
        draft.write(root / place, content)
    draft.write(root / "sitemap.xml", sitemap(shared, pages).encode())
    draft.write(root / "sw.js", service_worker(shared, digest_from_bytes(b"".join(assets.values()))[:12]).encode())
    draft.write(root / "index.html", home_page(shared, pages).encode())


def _cover_place(sources: ShowSources) -> str:
    from studio.feed.addresses import cover_place

    return cover_place(sources.cover.name, sources.cover.read_bytes())
