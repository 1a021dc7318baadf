"""``studio check``: prove that what was built can be published."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from studio.cli import Place
from studio.errors import EXIT_CODES, StudioError

if TYPE_CHECKING:
    from studio.check.publication import Publication
    from studio.check.rules import Finding
    from studio.publish.destination import Destination
    from studio.workspace.layout import Workspace
    from studio.workspace.sources import ShowSources


@click.command("check")
@click.argument("slugs", nargs=-1, metavar="[SLUG]...")
@click.option(
    "--against",
    default="",
    metavar="ADDRESS",
    help="Hold it against what subscribers have, too: the feed at this address or in this file, "
    "or “published” for what [publish] names.",
)
@click.option(
    "--accept-changes",
    is_flag=True,
    help="With --against: what differs is meant, and is told but counts for nothing.",
)
@click.option("--json", "as_json", is_flag=True, help="One line of JSON a finding, for scripts.")
@click.pass_context
def command(
    context: click.Context,
    *,
    slugs: tuple[str, ...],
    against: str,
    accept_changes: bool,
    as_json: bool,
) -> None:
    """Prove that what was built can be published.

    Feed, sound, texts and pages are held against every rule of docs/rules.md, of the episodes that
    are named or of all. With the address of a feed (https://…) instead of slugs: that feed, and how
    its server answers for its newest episodes. With --against, nothing that subscribers have may be
    lost: guids, episodes, dates, sound.
    """
    if accept_changes and not against:
        raise click.UsageError("--accept-changes needs --against: without it nothing is compared.")
    if any("://" in slug for slug in slugs):
        if against:
            raise click.UsageError(
                "--against holds built files against a feed; without slugs, or with some."
            )
        _check_addresses(context, slugs, as_json=as_json)
        return
    from studio.check.runner import check_publication
    from studio.cli.terminal import print_line, print_record
    from studio.workspace.sources import ShowSources

    place: Place = context.obj
    workspace = place.workspace()
    publication = publication_from_sources(ShowSources(workspace), slugs)
    published = _published_feed(workspace, against) if against else None
    findings = check_publication(publication, published=published)
    errors = sum(
        finding.severity == "E" and not (accept_changes and finding.is_change)
        for finding in findings
    )
    for finding in findings:
        if as_json:
            print_record(finding)
        elif finding.severity != "I":
            print_finding(place, finding)
    if not as_json:
        _tell_what_to_know(place, findings)
        episodes = (
            "1 episode"
            if len(publication.episodes) == 1
            else f"{len(publication.episodes)} episodes"
        )
        if published is not None and publication.feed.is_file():
            print_line(told_comparison(publication, published, against))
        warnings = sum(finding.severity == "W" for finding in findings)
        counted = (
            f"{errors} error{'' if errors == 1 else 's'}, {warnings} "
            f"warning{'' if warnings == 1 else 's'}"
        )
        print_line(f"{episodes} checked: {counted}.")
        # Where nobody said yet where to publish, `publish` would only say so.
        following = (
            ("publish",) if workspace.load_show().publish is not None else ("preview", "--open")
        )
        print_line(
            *(
                ("Next: mend the errors, then", place.command("check"))
                if errors
                else ("Next:", place.command(*following))
            )
        )
    if errors:
        context.exit(EXIT_CODES["check"])


def told_comparison(publication: Publication, published: bytes, against: str) -> str:
    """What is the same for subscribers, and what is not, in a sentence."""
    from studio.check.continuity import compare_feeds
    from studio.check.feed import given_addresses

    found = compare_feeds(published, publication.feed.read_bytes(), given_addresses(publication))
    differences = ", ".join(
        f"{name} {count}"
        for name, count in (
            ("missing", found.missing),
            ("guid", found.guids),
            ("date", found.dates),
            ("length", found.lengths),
            ("order", found.order),
        )
    )
    corrected = (
        f" ({found.corrected} announced wrongly there, and right now)" if found.corrected else ""
    )
    return f"{found.episodes} episodes at {against}; differences: {differences}{corrected}."


def _published_feed(workspace: Workspace, against: str) -> bytes:
    """The feed that subscribers have.

    :raises PublishError: nothing is there.
    """
    from studio.errors import PublishError

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
            "has no feed yet",
            "Nothing was published there: check without --against.",
        )
    return content


def _feed_of_others(source: str) -> bytes:
    """A feed at an address or in a file, all its pages as one, whatever is broken in it.

    :raises StudioError: it cannot be loaded, or is no feed.
    """
    from studio.check.web import fetch_feed
    from studio.download.client import Client
    from studio.download.feeds import is_address, load_pages
    from studio.errors import PublishError, WorkspaceError
    from studio.feed.wild import joined_feed, read_wild_feed, strict_feed

    if is_address(source):
        with suppress(StudioError):  # one of Studio's, whose whole feed is beside it
            return fetch_feed(source, beside_only=True)
    try:
        pages = load_pages(source, Client(source if is_address(source) else ""))
        return strict_feed(joined_feed([read_wild_feed(content, url) for url, content in pages]))
    except WorkspaceError as error:
        if not is_address(source):
            raise
        what = f"is no feed ({error.what})"
        raise PublishError(source, what, "Give the address at which apps load the feed.") from None


def public_feed(destination: Destination) -> bytes | None:
    """The whole feed as it is at the destination; None where there is none."""
    from studio.web.addresses import COMPLETE_FEED_PLACE, FEED_PLACE

    return destination.read(COMPLETE_FEED_PLACE) or destination.read(FEED_PLACE)


def destination_of_show(workspace: Workspace) -> Destination:
    """Where the show is published.

    :raises WorkspaceError: show.toml does not say it.
    """
    from studio.errors import WorkspaceError
    from studio.publish.destination import open_destination

    settings = workspace.load_show().publish
    if settings is None:
        raise WorkspaceError(
            workspace.settings,
            "does not say where to publish",
            "Write [publish] as docs/publishing.md explains.",
        )
    return open_destination(settings, workspace.root)


def _check_addresses(context: click.Context, addresses: tuple[str, ...], *, as_json: bool) -> None:
    from studio.check.web import check_address
    from studio.cli.terminal import one_bar, print_line, print_record

    errors = 0
    for address in addresses:
        with one_bar(address) as progress:
            findings = check_address(address, progress)
        for finding in findings:
            if as_json:
                print_record(finding)
            else:
                print_finding(context.obj, finding)
        errors += sum(finding.severity == "E" for finding in findings)
        if not as_json:
            warnings = sum(finding.severity == "W" for finding in findings)
            print_line(f"{address}: {errors} errors, {warnings} warnings.")
    if errors:
        context.exit(EXIT_CODES["check"])


def _tell_what_to_know(place: Place, findings: Sequence[Finding]) -> None:
    """What nobody need mend: a line a rule."""
    known: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.severity == "I":
            known.setdefault(finding.rule, []).append(finding)
    for rule, alike in known.items():
        more = f" (and {len(alike) - 1} more)" if len(alike) > 1 else ""
        place_of_first = f"{alike[0].place}: " if alike[0].place else ""
        click.echo(f"I rule {rule}  {place_of_first}{alike[0].what}{more}")
    if known:
        click.echo(f"  Good to know, and no fault; all of it: {place.command('check', '--json')}")


def print_finding(place: Place, finding: Finding) -> None:
    """A finding, for people."""
    spot = f"{finding.file}: {finding.place}" if finding.place else finding.file
    click.secho(
        f"{finding.severity} rule {finding.rule}  {spot}",
        fg={"E": "red", "W": "yellow"}.get(finding.severity),
    )
    click.echo(f"  {finding.what}\n  → {place.told(finding.remedy)}")


def publication_from_sources(
    sources: ShowSources, slugs: tuple[str, ...] = (), *, may_be_empty: bool = False
) -> Publication:
    """What lies in the built site.

    :param may_be_empty: a show without an episode is one, too: its only one was withdrawn.
    :raises WorkspaceError: an episode that was asked for does not exist or has not been built.
    """
    from studio.check.publication import Publication, PublishedEpisode
    from studio.errors import WorkspaceError
    from studio.model.captions import CAPTION_FORMATS
    from studio.web.addresses import COMPLETE_FEED_PLACE, FEED_PLACE, page_place

    published = {episode.slug: episode for episode in sources.published}
    for slug in slugs:
        if sources.episode(slug).slug not in published:
            raise WorkspaceError(slug, "has not been built yet", f"Run `studio run {slug}`.")
    if not published and not may_be_empty:
        raise WorkspaceError(
            sources.workspace.root, "has no episode that has been built", "Run `studio run`."
        )
    site = sources.workspace.site
    return Publication(
        base_url=sources.show.base_url,
        show_title=sources.show.title,
        first_feed_url=sources.show.first_feed_url,
        guid_given=sources.show.guid_given,
        loudness=sources.loudness,
        feed=complete if (complete := site / COMPLETE_FEED_PLACE).is_file() else site / FEED_PLACE,
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
                given=episode.is_given,
            )
            for slug, episode in sorted(published.items())
            if not slugs or slug in slugs
        ),
        whole=not slugs,
    )
