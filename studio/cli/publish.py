"""``studio publish``: bring the built site to where listeners reach it."""

from __future__ import annotations

import datetime
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from studio.cli import Place
from studio.cli.check import destination_of_show

if TYPE_CHECKING:
    from studio.publish.destination import Destination
    from studio.publish.transfer import Plan
    from studio.workspace.layout import Workspace
    from studio.workspace.sources import ShowSources


@click.command("publish")
@click.option(
    "--dry-run", is_flag=True, help="Tell what would be sent and removed, and change nothing."
)
@click.option(
    "--prune",
    is_flag=True,
    help="Remove what the last publication had and this one has not; otherwise nothing is "
    "ever removed.",
)
@click.option(
    "--rollback",
    is_flag=True,
    help="Bring back the publication before the last one, from any machine.",
)
@click.option(
    "--accept-changes",
    is_flag=True,
    help="Publish though a published episode lost its guid, its place, its date or its sound.",
)
@click.option(
    "--take-over",
    is_flag=True,
    help="Publish though another publication holds the destination: when it is known to be dead.",
)
@click.option("--notify", is_flag=True, help="Tell the WebSub hubs that show.toml names.")
@click.pass_context
def command(
    context: click.Context,
    *,
    dry_run: bool,
    prune: bool,
    rollback: bool,
    accept_changes: bool,
    take_over: bool,
    notify: bool,
) -> None:
    """Bring the built site to where listeners reach it.

    [publish] in feed/show.toml says where. First everything is checked; errors stop it. Then sound
    and texts are sent, then pages, the feed last and in one step. Whatever interrupts it, the
    public feed never names what is not there, and running it again goes on where it stopped.
    Episodes with a date in the future wait: run it again then, by a scheduled job for instance.
    """
    from studio.cli.terminal import one_bar, print_line
    from studio.editor.replay import bring_all_edits_to_files
    from studio.publish.files import entries_from_tree
    from studio.publish.transfer import fetch_files, find_earlier, plan_publication, publish_tree
    from studio.publish.websub import notify_hub
    from studio.web.addresses import feed_address
    from studio.workspace.run_lock import lock_workspace

    place: Place = context.obj
    workspace = place.workspace()
    show = workspace.load_show()
    journal = workspace.state / "publishing"
    if not rollback:
        bring_all_edits_to_files(workspace)
    with (
        lock_workspace(workspace.state, place.command("publish")),
        tempfile.TemporaryDirectory() as folder,
    ):
        destination = destination_of_show(workspace)
        try:
            if rollback:
                earlier = find_earlier(destination)
                print_line(
                    "Brings back the publication of", f"{earlier.published:%Y-%m-%d %H:%M} UTC"
                )
                entries, restores = earlier.files, earlier.generation
                tree = {} if dry_run else fetch_files(destination, earlier, journal, Path(folder))
            else:
                tree = _checked(
                    context, workspace, destination, journal, accept_changes=accept_changes
                )
                entries, restores = entries_from_tree(tree), ""
            if dry_run:
                _print_plan(plan_publication(destination, entries, journal), prune=prune)
                print_line(
                    "Nothing was changed. Next:",
                    place.command("publish", *(("--rollback",) if rollback else ())),
                )
                return
            with one_bar(destination.name) as progress:
                plan, _ = publish_tree(
                    destination,
                    tree,
                    entries=entries,
                    workspace=str(workspace.root),
                    journal=journal,
                    prune=prune,
                    take_over=take_over,
                    restores=restores,
                    progress=progress,
                )
        finally:
            destination.close()
    _print_plan(plan, prune=prune)
    print_line("The feed:", feed_address(show.base_url))
    if notify:
        for hub in show.hubs:
            notify_hub(hub, feed_address(show.base_url))
            print_line("Told:", hub)
    if not rollback:
        _print_rest(workspace, plan)


def _checked(
    context: click.Context,
    workspace: Workspace,
    destination: Destination,
    journal: Path,
    *,
    accept_changes: bool,
) -> dict[str, Path]:
    """The files that may be public now, once they have passed every rule."""
    from studio.check.runner import check_publication
    from studio.cli.attention import tell_doubts
    from studio.cli.check import print_finding, public_feed, publication_from_sources
    from studio.cli.terminal import one_bar, print_line
    from studio.errors import CheckFailedError, WorkspaceError
    from studio.pipeline.runner import Choice, plan_run
    from studio.pipeline.scheduling import public_sources, scheduled_episodes
    from studio.pipeline.stages import STAGES
    from studio.publish.files import entries_from_tree, tree_from_folder
    from studio.publish.transfer import plan_publication
    from studio.web.addresses import media_place

    place: Place = context.obj
    if stale := [plan for plan in plan_run(workspace, STAGES, Choice()) if plan.runs]:
        what = f"{stale[0].episode}, {stale[0].stage}: {'; '.join(stale[0].reasons)}"
        raise WorkspaceError(
            workspace.root,
            f"has changed since it was built ({what})",
            f"Run `{place.command('run')}`, then publish.",
        )
    now = datetime.datetime.now(datetime.UTC)
    sources: ShowSources = public_sources(workspace, now)
    for episode in scheduled_episodes(workspace, now):
        print_line(
            "Waits for its date:", episode.slug, f"({episode.episode.published:%Y-%m-%d %H:%M %z})"
        )
    tree = tree_from_folder(sources.workspace.site)
    sent = {
        change.place
        for change in plan_publication(destination, entries_from_tree(tree), journal).sends
    }
    publication = publication_from_sources(sources)
    with one_bar("check") as progress:
        findings = check_publication(
            publication,
            progress,
            published=public_feed(destination),
            proved={
                episode.slug
                for episode in publication.episodes
                if media_place(episode.slug) not in sent
            },
        )
    for episode in sources.published:
        if any(place_sent.startswith(f"{episode.slug}/") for place_sent in sent):
            tell_doubts(episode)
    for finding in findings:
        if finding.severity == "E":
            print_finding(place, finding)
    errors = [
        finding
        for finding in findings
        if finding.severity == "E" and not (accept_changes and finding.is_change)
    ]
    if errors:
        count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
        raise CheckFailedError(
            workspace.site,
            f"{count} found; nothing was published",
            "Mend them, then publish again.",
        )
    return tree


def _print_plan(plan: Plan, *, prune: bool) -> None:
    from studio.cli.terminal import print_line

    for change in plan.sends:
        print_line(
            f"{change.action:<8}",
            change.place,
            f"({change.size_bytes:,} bytes)".replace(",", "\u202f"),
        )
    for change in plan.gone:
        print_line("removed " if prune else "stays   ", change.place)
    sent = "1 file" if len(plan.sends) == 1 else f"{len(plan.sends)} files"
    print_line(
        f"{sent}, {sum(change.size_bytes for change in plan.sends) / 1e6:.1f} MB; "
        f"{plan.kept} are there already."
    )


def _print_rest(workspace: Workspace, plan: Plan) -> None:
    """What no feed can do, of the episodes that are new."""
    from studio.cli.terminal import print_line
    from studio.model.captions import VTT

    new = sorted(
        {
            change.place.partition("/")[0]
            for change in plan.sends
            if change.action == "new" and change.place.endswith(".mp3")
        }
    )
    for slug in new:
        caption = os.path.relpath(workspace.episode(slug).caption(VTT.suffix), workspace.root)
        print_line(f"By hand, for {slug}:")
        print_line("  Spotify for Creators takes no transcript from a feed: upload", caption)
        print_line(
            "  Apple shows ours once “Display transcripts that I provide” is chosen in "
            "Podcasts Connect (once a show)."
        )
