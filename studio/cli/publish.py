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
from studio.messages.interface import spoken
from studio.messages.message import message, plural_message

if TYPE_CHECKING:
    from studio.publish.destination import Destination
    from studio.publish.transfer import Plan
    from studio.publish.withdrawal import Wish
    from studio.workspace.layout import Workspace
    from studio.workspace.sources import ShowSources


# What becomes of a file.
ACTIONS = {
    "new": message("new"),
    "changed": message("changed"),
    "gone": message("gone"),
}


@click.command("publish")
@click.option(
    "--dry-run", is_flag=True, help="Tell what would be sent and removed, and change nothing."
)
@click.option(
    "--prune",
    is_flag=True,
    help="Remove at once what the last publication had and this one has not.",
)
@click.option(
    "--rollback",
    is_flag=True,
    help="Bring back the publication before the last one, from any machine.",
)
@click.option(
    "--forget",
    default="",
    metavar="SLUG",
    help="Withdraw what was public of an episode and is not any more: from every publication "
    "that is kept as well.",
)
@click.option(
    "--accept-changes",
    is_flag=True,
    help="Publish though a published episode lost its guid, its place, its date or its sound; "
    "with --rollback, though a cut comes back.",
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
    forget: str,
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
    from studio.publish.destination_lock import lock_destination
    from studio.publish.transfer import finish_publication, plan_publication, publish_tree
    from studio.publish.websub import notify_hub
    from studio.web.addresses import feed_address
    from studio.workspace.published import note_published
    from studio.workspace.run_lock import lock_workspace

    place: Place = context.obj
    if rollback and forget:
        raise click.UsageError(
            spoken(message("--forget withdraws, --rollback brings back: choose one."))
        )
    workspace = place.workspace()
    show = workspace.load_show()
    if forget:
        workspace.episode(forget)
    journal = workspace.state / "publishing"
    if not rollback:
        bring_all_edits_to_files(workspace)
    with (
        lock_workspace(workspace.state, place.command("publish")),
        tempfile.TemporaryDirectory() as folder,
    ):
        destination = destination_of_show(workspace)
        try:
            public = None
            if rollback:
                wish, tree = _earlier(
                    destination,
                    journal,
                    Path(folder),
                    prune=prune,
                    fetch=not dry_run,
                    accept_changes=accept_changes,
                )
            else:
                wish, tree, public = _built(
                    context,
                    workspace,
                    destination,
                    journal,
                    prune=prune,
                    forget=forget,
                    accept_changes=accept_changes,
                )
            if dry_run:
                _print_plan(plan_publication(destination, wish, journal))
                words = (
                    *(("--rollback",) if rollback else ()),
                    *(("--forget", forget) if forget else ()),
                )
                print_line(message("Nothing was changed. Next:"), place.command("publish", *words))
                return
            with lock_destination(destination, str(workspace.root), take_over=take_over) as hold:
                with one_bar(destination.name) as progress:
                    done = publish_tree(
                        hold, destination, tree, wish, journal=journal, progress=progress
                    )
                if public is not None:
                    note_published(public)
                _print_plan(done.plan)
                for sentence in done.told:
                    print_line(f"{spoken(sentence)}.")
                finish_publication(destination, done.manifest)
        finally:
            destination.close()
    print_line(message("The feed:"), feed_address(show.base_url))
    if notify:
        for hub in show.hubs:
            notify_hub(hub, feed_address(show.base_url))
            print_line(message("Told:"), hub)
    if forget:
        _tell_leftovers(workspace, forget)
    if not rollback:
        _print_rest(workspace, done.plan)


def _earlier(
    destination: Destination,
    journal: Path,
    folder: Path,
    *,
    prune: bool,
    fetch: bool,
    accept_changes: bool,
) -> tuple[Wish, dict[str, Path]]:
    """The publication that is to be brought back, and those of its files that are public no
    more.
    """
    from studio.cli.terminal import print_line
    from studio.errors import ConflictError
    from studio.publish.manifest import find_earlier, read_manifest
    from studio.publish.transfer import fetch_files
    from studio.publish.withdrawal import Wish, heard_again_of

    earlier = find_earlier(destination)
    revealed = heard_again_of(earlier, read_manifest(destination))
    if revealed and not accept_changes:
        what = message(
            "would let listeners hear again what was taken out since, of {revealed}",
            revealed=", ".join(revealed),
        )
        remedy = message(
            "If that is meant, `studio publish --rollback --accept-changes`; if it "
            "must never come back, `--forget` and the slug."
        )
        raise ConflictError(
            message(
                "the publication of {published:%Y-%m-%d %H:%M} UTC", published=earlier.published
            ),
            what,
            remedy,
        )
    print_line(
        message("Brings back the publication of"),
        message("{published:%Y-%m-%d %H:%M} UTC", published=earlier.published),
    )
    tree = fetch_files(destination, earlier, journal, folder) if fetch else {}
    return Wish(
        entries=earlier.named, heard=earlier.heard, prune=prune, restores=earlier.generation
    ), tree


def _built(
    context: click.Context,
    workspace: Workspace,
    destination: Destination,
    journal: Path,
    *,
    prune: bool,
    forget: str,
    accept_changes: bool,
) -> tuple[Wish, dict[str, Path], ShowSources]:
    """The files that may be public now, once they have passed every rule, and the show as it will
    be seen.
    """
    from studio.check.runner import check_publication
    from studio.cli.attention import tell_doubts
    from studio.cli.check import print_finding, public_feed, publication_from_sources
    from studio.cli.terminal import one_bar, print_line
    from studio.errors import CheckFailedError, WorkspaceError
    from studio.pipeline.runner import Choice, plan_run
    from studio.pipeline.scheduling import heard_stretches, public_sources, scheduled_episodes
    from studio.pipeline.stages import STAGES
    from studio.publish.files import entries_from_tree, tree_from_folder
    from studio.publish.transfer import plan_publication
    from studio.publish.withdrawal import Wish

    place: Place = context.obj
    if stale := [plan for plan in plan_run(workspace, STAGES, Choice()) if plan.runs]:
        what = f"{stale[0].episode}, {stale[0].stage}: {'; '.join(stale[0].reasons)}"
        raise WorkspaceError(
            workspace.root,
            message("has changed since it was built ({what})", what=what),
            message("Run `{command}`, then publish.", command=place.command("run")),
        )
    now = datetime.datetime.now(datetime.UTC)
    sources: ShowSources = public_sources(workspace, now)
    for episode in scheduled_episodes(workspace, now):
        print_line(
            message("Waits for its date:"),
            episode.slug,
            f"({episode.episode.published:%Y-%m-%d %H:%M %z})",
        )
    tree = tree_from_folder(sources.workspace.site)
    wish = Wish(
        entries=entries_from_tree(tree), heard=heard_stretches(sources), prune=prune, forget=forget
    )
    sent = {change.place for change in plan_publication(destination, wish, journal).sends}
    publication = publication_from_sources(sources, may_be_empty=bool(forget))
    with one_bar(message("check")) as progress:
        findings = check_publication(
            publication,
            progress,
            published=public_feed(destination),
            proved={
                episode.slug
                for episode in publication.episodes
                if episode.place(episode.media) not in sent
            },
            withdrawn=forget,
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
        count = plural_message("{count} error", "{count} errors", len(errors))
        raise CheckFailedError(
            workspace.site,
            message("{errors} found; nothing was published", errors=count),
            message("Mend them, then publish again."),
        )
    return wish, tree, sources


def _print_plan(plan: Plan) -> None:
    from studio.cli.terminal import print_line

    for change in plan.sends:
        print_line(
            f"{spoken(ACTIONS[change.action]):<8}",
            change.place,
            message("({size} bytes)", size=f"{change.size_bytes:,}".replace(",", "\u202f")),
        )
    for change in plan.gone:
        fate = message("removed") if change.place in plan.leaves else message("stays")
        print_line(f"{spoken(fate):<8}", change.place)
    sent = plural_message("{count} file", "{count} files", len(plan.sends))
    print_line(
        message(
            "{sent}, {size:.1f} MB; {kept} are there already.",
            sent=sent,
            size=sum(change.size_bytes for change in plan.sends) / 1e6,
            kept=plan.kept,
        )
    )
    if plan.again:
        slugs = ", ".join(change.place.partition("/")[0] for change in plan.again)
        size = sum(change.size_bytes for change in plan.again) / 1e6
        print_line(
            message(
                "Published sound changes, and listeners may download it again, {size:.1f} "
                "MB in all: {slugs}",
                size=size,
                slugs=slugs,
            )
        )


def _tell_leftovers(workspace: Workspace, slug: str) -> None:
    """What is left of an episode where no publication reaches it."""
    from studio.cli.terminal import print_line

    files = workspace.episode(slug)
    left = [folder for folder in (files.folder, files.texts) if folder.exists()]
    for folder in left:
        print_line(message("Left on this machine:"), os.path.relpath(folder, workspace.root))
    print_line(
        message(
            "Left elsewhere: what apps, directories and caches have loaded, and copies of "
            "this folder; ask them to remove it."
        )
    )


def _print_rest(workspace: Workspace, plan: Plan) -> None:
    """What no feed can do, of the episodes that are new."""
    from studio.cli.terminal import print_line
    from studio.model.captions import VTT

    new = sorted(
        change.place.partition("/")[0]
        for change in plan.sends
        if change.action == "new" and change.place.endswith("/index.html")
    )
    for slug in new:
        caption = os.path.relpath(workspace.episode(slug).caption(VTT.suffix), workspace.root)
        print_line(message("By hand, for {slug}:", slug=slug))
        print_line(
            message("  Spotify for Creators takes no transcript from a feed: upload"), caption
        )
        print_line(
            message(
                "  Apple shows ours once “Display transcripts that I provide” is chosen in "
                "Podcasts Connect (once a show)."
            )
        )
