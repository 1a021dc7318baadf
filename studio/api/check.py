"""Prove that what was built can be published."""

from __future__ import annotations

from collections.abc import Sequence

from studio.captions.quality import CaptionFigures
from studio.check import captions
from studio.check.platforms import PLATFORMS, findings_of_platform
from studio.check.publication import publication_from_sources
from studio.check.rules import Finding
from studio.check.runner import check_publication
from studio.check.web import fetch_feed
from studio.errors import PublishError, WorkspaceError
from studio.messages.message import message
from studio.progress import Progress, no_progress
from studio.publish.destination import Destination, open_destination
from studio.web.addresses import COMPLETE_FEED_PLACE, FEED_PLACE
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
    """Hold feed, sound, texts and pages against every rule of docs/rules.md.

    :param slugs: these episodes; all of them when empty.
    :param against: the address of the feed that subscribers have, or ``published`` for what
        [publish] in show.toml names: nothing that subscribers have may be lost.
    :param platform: a name of ``studio.check.platforms.PLATFORMS``: only its rules, as gravely as
        it takes them.
    :raises WorkspaceError: an episode does not exist or has not been built.
    :raises PublishError: there is no feed to compare with.
    """
    publication = publication_from_sources(ShowSources(workspace), slugs)
    published = published_feed(workspace, against) if against else None
    return read_by(check_publication(publication, progress, published=published), platform)


def read_by(findings: tuple[Finding, ...], platform: str | None) -> tuple[Finding, ...]:
    """What one platform cares about; everything where none is named."""
    return findings if platform is None else findings_of_platform(findings, PLATFORMS[platform])


def caption_figures(workspace: Workspace, slugs: tuple[str, ...] = ()) -> dict[str, CaptionFigures]:
    """How well the captions of each episode can be read, by slug; without those that have none.

    :param slugs: as for :func:`check`.
    :raises WorkspaceError: as :func:`check`.
    """
    publication = publication_from_sources(ShowSources(workspace), slugs)
    figures = {one.slug: captions.caption_figures(one) for one in publication.episodes}
    return {slug: measured for slug, measured in figures.items() if measured is not None}


def count_errors(findings: Sequence[Finding], *, accept_changes: bool = False) -> int:
    """How many of them stop a publication.

    :param accept_changes: what differs from what was published is meant.
    """
    return sum(
        finding.severity == "E" and not (accept_changes and finding.is_change)
        for finding in findings
    )


def published_feed(workspace: Workspace, against: str) -> bytes:
    """The feed that subscribers have.

    :param against: as for :func:`check`.
    :raises PublishError: nothing is there.
    """
    if against != "published":
        return fetch_feed(against)
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


def public_feed(destination: Destination) -> bytes | None:
    """The whole feed as it is at the destination; None where there is none."""
    return destination.read(COMPLETE_FEED_PLACE) or destination.read(FEED_PLACE)


def destination_of_show(workspace: Workspace) -> Destination:
    """Where the show is published.

    :raises WorkspaceError: show.toml does not say it.
    """
    settings = workspace.load_show().publish
    if settings is None:
        raise WorkspaceError(
            workspace.settings,
            message("does not say where to publish"),
            message("Write [publish] as docs/publishing.md explains."),
        )
    return open_destination(settings, workspace.root)
