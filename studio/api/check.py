"""Verify that the built files can be published."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from studio.captions.quality import CaptionStats
from studio.check import captions
from studio.check.cached_findings import CachedFindings
from studio.check.continuity import FeedComparison, compare_feeds
from studio.check.platforms import PLATFORMS, findings_of_platform
from studio.check.publication import publication_from_sources
from studio.check.rules import Finding
from studio.check.runner import check_publication
from studio.check.web import fetch_feed
from studio.download.client import Client
from studio.download.feeds import is_address, load_pages
from studio.errors import PublishError, StudioError, WorkspaceError
from studio.feed.lenient_parsing import joined_feed, parse_leniently, strict_feed
from studio.file_access import read_file
from studio.messages.message import message
from studio.progress import Progress, no_progress
from studio.publish.destination import Destination, open_destination
from studio.web.addresses import COMPLETE_FEED_PLACE, FEED_PLACE
from studio.workspace.episode_cache import settings_cache
from studio.workspace.file_freshness import FileFreshness
from studio.workspace.layout import Workspace
from studio.workspace.sources import ShowSources


def check(
    workspace: Workspace,
    slugs: tuple[str, ...] = (),
    *,
    against: str = "",
    platform: str | None = None,
    progress: Progress = no_progress,
) -> tuple[Finding, ...]:
    """Check feed, audio, texts and pages against all rules of docs/rules.md.

    :param slugs: these episodes; all of them when empty.
    :param against: the currently published feed as an address or a file, or ``published`` for the
        destination in show.toml: nothing that subscribers have may be lost.
    :param platform: a name of ``studio.check.platforms.PLATFORMS``: only its rules, with its
        severities.
    :raises WorkspaceError: an episode does not exist or has not been built.
    :raises PublishError: there is no feed to compare with.
    """
    return check_and_compare(
        workspace, slugs, against=against, platform=platform, progress=progress
    )[0]


def check_and_compare(
    workspace: Workspace,
    slugs: tuple[str, ...] = (),
    *,
    against: str = "",
    platform: str | None = None,
    progress: Progress = no_progress,
) -> tuple[tuple[Finding, ...], FeedComparison | None]:
    """The same, with the number of differences from the published feed; None if nothing is
    compared.
    """
    sources, files = ShowSources(workspace), FileFreshness(workspace)
    settings = sources.settings_cache = settings_cache(workspace, files)
    publication = publication_from_sources(sources, slugs)
    settings.remember()
    published = published_feed(workspace, against) if against else None
    # Episodes given by name are always measured again.
    cached = None if slugs else CachedFindings(workspace, publication, files)
    findings = filter_by_platform(
        check_publication(publication, progress, published=published, cached=cached), platform
    )
    if published is None or not publication.feed.is_file():
        return findings, None
    built = read_file(publication.feed)
    return findings, compare_feeds(published, built, publication.imported_sound_addresses)


def filter_by_platform(findings: tuple[Finding, ...], platform: str | None) -> tuple[Finding, ...]:
    """The findings that concern one platform; all if none is given."""
    return findings if platform is None else findings_of_platform(findings, PLATFORMS[platform])


def caption_stats_by_slug(
    workspace: Workspace, slugs: tuple[str, ...] = ()
) -> dict[str, CaptionStats]:
    """The readability of each episode's captions, by slug; without episodes that have none.

    :param slugs: as for :func:`check`.
    :raises WorkspaceError: as :func:`check`.
    """
    publication = publication_from_sources(ShowSources(workspace), slugs)
    figures = {one.slug: captions.caption_stats(one) for one in publication.episodes}
    return {slug: measured for slug, measured in figures.items() if measured is not None}


def count_errors(findings: Sequence[Finding], *, accept_changes: bool = False) -> int:
    """The number of findings that prevent publishing.

    :param accept_changes: differences from the published version are intended.
    """
    return sum(
        finding.severity == "E" and not (accept_changes and finding.is_change)
        for finding in findings
    )


def published_feed(workspace: Workspace, against: str) -> bytes:
    """The currently published feed. :param against: as for :func:`check`.
    :raises PublishError: there is none.
    """
    if against != "published":
        return _feed_of_others(against)
    destination = destination_of_show(workspace)
    try:
        content = public_feed(destination)
    finally:
        destination.close()
    if content is None:
        raise PublishError(
            destination.name,
            message("has no feed yet"),
            message("Nothing was published there: check without --against."),
        )
    return content


def _feed_of_others(source: str) -> bytes:
    """A feed from an address or a file, with all pages joined, even if malformed.

    :raises StudioError: it cannot be loaded, or is not a feed.
    """
    if is_address(source):
        with suppress(StudioError):  # one of Studio's, with the whole feed beside it
            return fetch_feed(source, beside_only=True)
    try:
        pages = load_pages(source, Client(source if is_address(source) else ""))
        return strict_feed(joined_feed([parse_leniently(content, url) for url, content in pages]))
    except WorkspaceError as error:
        if not is_address(source):
            raise
        raise PublishError(
            source,
            message("is not a feed ({what})", what=error.what),
            message("Give the address at which apps load the feed."),
        ) from None


def public_feed(destination: Destination) -> bytes | None:
    """The whole feed at the destination, or None."""
    return destination.read(COMPLETE_FEED_PLACE) or destination.read(FEED_PLACE)


def destination_of_show(workspace: Workspace) -> Destination:
    """The destination of the show.

    :raises WorkspaceError: show.toml has none.
    """
    settings = workspace.load_show().publish
    if settings is None:
        raise WorkspaceError(
            workspace.settings,
            message("does not say where to publish"),
            message(
                'Add two lines to it: [publish], and under it destination = "../public" (a folder, '
                "an address sftp://… or s3://…); docs/publishing.md explains them."
            ),
        )
    return open_destination(settings, workspace.root)
