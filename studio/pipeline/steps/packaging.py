"""The stage that makes all public files of one episode: its folder on the site, and its entries for
the show's feed and pages.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from studio.captions.formats import CAPTION_FORMATS, JSON, CaptionFormat
from studio.errors import StudioError
from studio.file_access import read_file
from studio.messages.message import message
from studio.messages.translations import in_language
from studio.model.record import bytes_from_record, json_from_plain
from studio.model.soundbite import Soundbite
from studio.pipeline.staged_outputs import StagedOutputs
from studio.pipeline.steps.audio_stages import checked_chapters
from studio.progress import Progress
from studio.workspace.digest import digest_from_bytes, digest_from_file
from studio.workspace.sources import EpisodeSources, ShowSources

if TYPE_CHECKING:
    from studio.feed.item import FeedItem, ImportedItem
    from studio.model.chapters import Chapters
    from studio.model.clock import Programme
    from studio.site.listing import AccessibilityMetrics
    from studio.site.pages import EpisodePage, Site
    from studio.site.paragraph_times import ParagraphTime
    from studio.web.addresses import EpisodePlaces

# The note on the transcript for readers; nothing if its origin is unknown.
ORIGINS = {
    "machine": message("Automatic transcript, not reviewed."),
    "reviewed": message("Automatic transcript, reviewed."),
    "unknown": "",
}


def package(sources: EpisodeSources, staged: StagedOutputs, _: Progress) -> None:
    """The episode's folder as it will be published, complete: sound, texts, pages, share card.
    Also the parts that feed and home page join.

    The files of one run belong together: if something fails later, the show keeps this episode as
    it was, with sound and feed consistent.
    """
    from studio.artwork.cover import smaller_picture
    from studio.artwork.share_card import make_share_card
    from studio.feed.rss import item_from_episode
    from studio.site.pages import PAGE_COVER_PX, episode_label, listing_from_page, season_label
    from studio.site.search import search_sentences
    from studio.web.addresses import card_place, page_place

    files, slug, show, episode = sources.files, sources.slug, sources.show, sources.episode
    card = make_share_card(
        sources.picture,
        kicker=f"{show.title} · {episode_label(episode, show.language)}",
        title=episode.title,
        guests=episode.guests,
        language=show.language,
    )
    # Places contain digests of the content, so the contents come first and the page that links to
    # them last.
    chapters = _chapters(sources)
    captions = _captions(sources)
    places = _places(sources, bytes_from_record(chapters), captions)
    page = _page(sources, chapters, card_place(page_place(slug), card), places)
    staged.link(files.public(places.media), sources.media)
    if sources.codec is not None:
        staged.link(files.public(places.alternate), files.alternate(sources.codec.suffix))
    staged.write(files.public(page.card_place), card)
    if page.picture_place:
        staged.write(files.public(page.picture_place), sources.picture)
        staged.write(
            files.public(page.page_picture_place),
            smaller_picture(sources.picture, PAGE_COVER_PX, sources.picture_file),
        )
    staged.write(files.public(places.chapters), bytes_from_record(chapters))
    for kind, content in captions.items():
        staged.write(files.public(places.captions[kind.suffix]), content)
    _stage_pages(sources, staged, page)
    # In addition to the public files: the item for the feed, words for the search, URLs and the
    # listing for other pages.
    item = feed_item(sources, chapters, page.card_place, places)
    staged.write(files.item, item_from_episode(show, item))
    staged.write(files.words, json_from_plain(search_sentences(page, show.language), indent=-1))
    staged.write(files.places, bytes_from_record(places))
    staged.write(
        files.listing,
        bytes_from_record(
            listing_from_page(
                page,
                places.captions.get(JSON.suffix, ""),
                season_label(sources.show, sources.episode.season),
                None if sources.is_untranscribed else _access_figures(sources),
                language=show.language,
            )
        ),
    )


def _stage_pages(sources: EpisodeSources, staged: StagedOutputs, page: EpisodePage) -> None:
    """The episode's page, its player for other sites, and the page as Markdown."""
    from studio.site.pages import embedded_player, episode_page, oembed_document
    from studio.site.plain_forms import markdown_page
    from studio.web.addresses import address

    files, site = sources.files, site_from_show(sources.show_sources)
    staged.write(files.public(f"{page.place}index.html"), episode_page(site, page).encode())
    staged.write(files.public(f"{page.place}embed.html"), embedded_player(site, page).encode())
    staged.write(files.public(f"{page.place}oembed.json"), oembed_document(site, page))
    staged.write(
        files.public(f"{page.place}index.md"),
        markdown_page(site, page, address(sources.show.base_url, page.place)).encode(),
    )


def _chapters(sources: EpisodeSources) -> Chapters:
    """The chapters with all ends set: a person's must be valid, the machine's are corrected."""
    from studio.chapters.build import complete_chapters

    if sources.is_untranscribed:
        return complete_chapters(sources.former_chapters(), sources.programme().duration_ms)
    return checked_chapters(sources)


def _captions(sources: EpisodeSources) -> dict[CaptionFormat, bytes]:
    """The transcript in each available format: Studio's, or the imported ones."""
    imported = sources.episode.imported
    if imported is None or not sources.is_untranscribed:
        return {kind: read_file(sources.files.caption(kind.suffix)) for kind in CAPTION_FORMATS}
    kinds = {kind.type: kind for kind in CAPTION_FORMATS}
    return {
        kinds[one.type]: read_file(path)
        for one in imported.texts
        if one.type in kinds and (path := sources.files.recording(one.file)).is_file()
    }


def _soundbites(sources: EpisodeSources) -> tuple[Soundbite, ...]:
    """The sound bites; of an episode that is published as imported, the imported ones."""
    if not sources.is_untranscribed:
        return sources.soundbites()
    programme = sources.programme()
    return tuple(
        Soundbite(
            start_ms=programme.programme_from_recording(one.start_ms),
            end_ms=programme.programme_from_recording(one.end_ms),
            title=one.title or sources.episode.title,
            origin="chosen",
        )
        for one in sources.episode.soundbites or ()
    )


def _places(
    sources: EpisodeSources, chapters: bytes, texts: dict[CaptionFormat, bytes]
) -> EpisodePlaces:
    """The paths of the episode's files, by their content."""
    from studio.web.addresses import (
        EpisodePlaces,
        alternate_place,
        captions_place,
        chapters_place,
        media_place,
    )

    slug, codec = sources.slug, sources.codec
    # A changed file gets a new URL: caches may keep each one for ever.
    captions = {kind: digest_from_bytes(content) for kind, content in texts.items()}
    return EpisodePlaces(
        media=media_place(
            slug,
            sources.enclosure().sha256,
            sources.recording.suffix if sources.has_imported_sound else ".mp3",
        ),
        chapters=chapters_place(slug, digest_from_bytes(chapters)),
        captions={
            kind.suffix: captions_place(slug, kind, sha256) for kind, sha256 in captions.items()
        },
        alternate=""
        if codec is None
        else alternate_place(
            slug, codec.suffix, digest_from_file(sources.files.alternate(codec.suffix))
        ),
    )


def site_from_show(sources: ShowSources) -> Site:
    """The values that all pages share."""
    from studio.site.pages import Site
    from studio.web.addresses import FEED_PLACE, page_cover_place

    cover = sources.cover_place
    return Site(
        show=sources.show,
        cover_place=cover,
        page_cover_place=page_cover_place(cover),
        feed_place=sources.show.hosted or FEED_PLACE,
    )


def _page(
    sources: EpisodeSources, chapters: Chapters, card: str, places: EpisodePlaces
) -> EpisodePage:
    from studio.feed.persons import credit_label, is_host, persons_of_episode
    from studio.model.turns import turns_from_transcript
    from studio.site.listing import Credit
    from studio.site.pages import Download, EpisodePage
    from studio.web.addresses import page_place

    slug, programme, picture = sources.slug, sources.programme(), _picture_place(sources)
    spoken = not sources.is_untranscribed
    return EpisodePage(
        place=page_place(slug),
        audio_place=places.media,
        card_place=card,
        episode=sources.episode,
        article=sources.article,
        chapters=chapters,
        turns=turns_from_transcript(sources.transcript(), programme) if spoken else (),
        enclosure=sources.enclosure(),
        downloads=tuple(
            Download(
                label=in_language(kind.label, sources.show.language),
                place=places.captions[kind.suffix],
                type=kind.type,
            )
            for kind in CAPTION_FORMATS
            if kind.suffix in places.captions
        ),
        transcript_note=describe_origin(sources),
        moments=_moments(sources, programme) if spoken else (),
        soundbites=_soundbites(sources),
        picture_place=picture,
        page_picture_place=picture.replace(".jpg", "-page.jpg"),
        credits=tuple(
            Credit(
                label=credit_label(person, sources.show.language),
                person=person,
                is_host=is_host(person),
            )
            for person in persons_of_episode(sources.show, sources.episode)
        ),
    )


def _moments(sources: EpisodeSources, programme: Programme) -> tuple[ParagraphTime, ...]:
    """The times of the article's paragraphs and their sentences."""
    from studio.site.paragraph_times import paragraph_times_from_alignment
    from studio.site.sentence_times import with_sentences

    alignment = sources.alignment()
    return with_sentences(
        paragraph_times_from_alignment(alignment, programme),
        sources.transcript(),
        sources.article,
        alignment,
        programme,
    )


def _access_figures(sources: EpisodeSources) -> AccessibilityMetrics:
    """The accessibility figures for readers of the episode."""
    from studio.captions.cues import cues_from_transcript
    from studio.captions.quality import caption_stats_from_cues
    from studio.captions.vtt import SHAPE
    from studio.site.listing import AccessibilityMetrics

    figures = caption_stats_from_cues(
        cues_from_transcript(sources.transcript(), sources.programme(), SHAPE)
    )
    covered = None
    with suppress(StudioError):  # an imported transcript: nothing was transcribed here
        asr = sources.asr()
        voice_ms = sum(span.end_ms - span.start_ms for span in asr.voice)
        unheard_ms = sum(span.end_ms - span.start_ms for span in asr.unheard)
        covered = 1 - unheard_ms / voice_ms if voice_ms else None
    return AccessibilityMetrics(
        caption_cps=figures.speed_cps,
        caption_shortest_ms=figures.shortest_ms,
        covered=covered,
        reviewed=sources.transcript_origin == "reviewed",
    )


def describe_origin(sources: EpisodeSources) -> str:
    """The origin of the transcript, for listeners; empty if Studio made none."""
    if sources.is_untranscribed:
        return ""
    return in_language(ORIGINS[sources.transcript_origin], sources.show.language)


def _languages(sources: EpisodeSources) -> dict[str, str]:
    """The languages of transcripts that came with the episode, by their type."""
    imported = sources.episode.imported
    if imported is None or not sources.is_untranscribed:
        return {}
    return {one.type: one.language for one in imported.texts}


def _former(sources: EpisodeSources) -> ImportedItem | None:
    """The values of an imported episode that subscribers' apps know (kept unchanged)."""
    from studio.feed.item import ImportedItem

    imported, path = sources.episode.imported, sources.files.former_item
    if imported is None:
        return None
    return ImportedItem(
        place=imported.place,
        link=imported.link,
        explicit=imported.explicit,
        notes=sources.former_notes,
        description=sources.former_description,
        xml=read_file(path) if path.is_file() else b"",
    )


def _picture_place(sources: EpisodeSources) -> str:
    """The path of the episode's own picture on the site; empty if it has none."""
    from studio.web.addresses import page_place, picture_place

    return (
        picture_place(page_place(sources.slug), sources.picture)
        if sources.picture_file is not None
        else ""
    )


def feed_item(
    sources: EpisodeSources, chapters: Chapters, card: str, places: EpisodePlaces
) -> FeedItem:
    """The episode's item in the feed.

    :param card: the path of its share card.
    :param places: the paths of its other files.
    """
    from studio.artwork.cover import read_picture
    from studio.feed.item import FeedItem, TranscriptLink
    from studio.web.addresses import address, page_place

    slug, base_url, alternate = sources.slug, sources.show.base_url, sources.alternate()
    languages = _languages(sources)
    return FeedItem(
        episode=sources.episode,
        enclosure=sources.enclosure(),
        enclosure_url=address(base_url, places.media),
        page_url=address(base_url, page_place(slug)),
        chapters=chapters,
        chapters_url=address(base_url, places.chapters),
        transcripts=tuple(
            TranscriptLink(
                url=address(base_url, places.captions[kind.suffix]),
                type=kind.type,
                language=languages.get(kind.type) or sources.show.language,
                rel=kind.rel,
            )
            for kind in CAPTION_FORMATS
            if kind.suffix in places.captions
        ),
        image_url=address(base_url, _picture_place(sources) or sources.show_sources.cover_place),
        introduction=sources.article.introduction,
        quote=sources.article.quote,
        questions=tuple(exchange.question for exchange in sources.article.exchanges),
        ai_content=" ".join(filter(None, (describe_origin(sources), sources.episode.ai_content))),
        language=sources.show.language,
        card_url=address(base_url, card),
        soundbites=_soundbites(sources),
        alternate=alternate,
        former=_former(sources),
        alternate_url="" if alternate is None else address(base_url, places.alternate),
        image_px=read_picture(sources.picture, sources.picture_file or sources.slug).width,
    )
