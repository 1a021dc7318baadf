"""A publication to check, as local files."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from pathlib import Path

from studio.captions.formats import CAPTION_FORMATS, CaptionFormat
from studio.errors import WorkspaceError
from studio.messages.message import message
from studio.model.loudness_targets import PRESETS, LoudnessTarget
from studio.web.addresses import COMPLETE_FEED_PLACE, FEED_PLACE, address, page_place
from studio.workspace.sources import ShowSources


@dataclasses.dataclass(frozen=True)
class PublishedEpisode:
    """One episode's files.

    :param media: the MP3; all files have their published names.
    :param captions: the transcript in each format.
    :param page: the episode's page in the built site.
    :param loudness: its target loudness; None for the show's.
    :param has_imported_sound: whether its audio comes unchanged from another host: then rules for
        Studio's own audio and texts are for information only.
    :param alignment: the episode's ``alignment.json``; None if it has none.
    """

    slug: str
    media: Path
    chapters: Path
    captions: dict[CaptionFormat, Path]
    page: Path
    loudness: LoudnessTarget | None = None
    alignment: Path | None = None
    has_imported_sound: bool = False

    def place(self, path: Path) -> str:
        """The place of one of its published files."""
        return f"{self.slug}/{path.name}"


@dataclasses.dataclass(frozen=True)
class Publication:
    """The show's files. ``base_url``, ``show_title``, ``loudness`` and ``first_feed_url`` are the
    show's settings.

    :param episodes: the episodes to check.
    :param guid_given: the show's guid came from another host and is not derived from an address.
    :param hosted: whether the feed stays at another host, so that the built one is not published.
    :param whole: whether these are all episodes of the show: then the feed must have no others.
    """

    base_url: str
    show_title: str
    feed: Path
    cover: Path
    episodes: tuple[PublishedEpisode, ...]
    loudness: LoudnessTarget = PRESETS["podcast"]
    first_feed_url: str = ""
    whole: bool = True
    guid_given: bool = False
    hosted: bool = False

    @functools.cached_property
    def episode_of_address(self) -> Mapping[str, PublishedEpisode]:
        """The episodes by the URL of their MP3."""
        return {
            address(self.base_url, episode.place(episode.media)): episode
            for episode in self.episodes
        }

    @functools.cached_property
    def imported_sound_addresses(self) -> frozenset[str]:
        """The URLs of audio that comes unchanged from another host."""
        return frozenset(
            place
            for place, episode in self.episode_of_address.items()
            if episode.has_imported_sound
        )

    @functools.cached_property
    def folders(self) -> frozenset[str]:
        """The URLs of the episodes' folders, without a final slash."""
        return frozenset(address(self.base_url, episode.slug) for episode in self.episodes)


def publication_from_sources(
    sources: ShowSources, slugs: tuple[str, ...] = (), *, may_be_empty: bool = False
) -> Publication:
    """The content of the built site.

    :param may_be_empty: accept a show without episodes, if its only one was withdrawn.
    :raises WorkspaceError: a requested episode does not exist or has not been built.
    """
    published = {episode.slug: episode for episode in sources.published}
    for slug in slugs:
        if sources.episode(slug).slug not in published:
            raise WorkspaceError(
                slug,
                message("has not been built yet"),
                message("Run `studio run {slug}`.", slug=slug),
            )
    if not published and not may_be_empty:
        what, remedy = message("has no built episode"), message("Run `studio run`.")
        if not sources.workspace.slugs():
            what, remedy = (
                message("has no episode"),
                message(
                    "Make one: `studio new`; to withdraw a published episode, `studio publish "
                    "--forget` and its slug."
                ),
            )
        raise WorkspaceError(sources.workspace.root, what, remedy)
    site = sources.workspace.site
    feed = complete if (complete := site / COMPLETE_FEED_PLACE).is_file() else site / FEED_PLACE
    return Publication(
        base_url=sources.show.base_url,
        show_title=sources.show.title,
        first_feed_url=sources.show.first_feed_url,
        guid_given=sources.show.guid_given,
        hosted=bool(sources.show.hosted),
        loudness=sources.loudness,
        feed=sources.workspace.rss if sources.show.hosted else feed,
        cover=site / sources.cover_place,
        episodes=tuple(
            PublishedEpisode(
                slug=slug,
                media=site / episode.places.media,
                chapters=site / episode.places.chapters,
                captions={
                    kind: site / episode.places.captions[kind.suffix]
                    for kind in CAPTION_FORMATS
                    if kind.suffix in episode.places.captions
                },
                page=site / page_place(slug) / "index.html",
                loudness=episode.loudness,
                alignment=sources.workspace.episode(slug).alignment,
                has_imported_sound=episode.has_imported_sound,
            )
            for slug, episode in sorted(published.items())
            if not slugs or slug in slugs
        ),
        whole=not slugs,
    )
