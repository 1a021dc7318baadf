"""``studio publish``: publish the built site."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from studio.cli import CliContext
from studio.messages.interface import spoken
from studio.messages.message import message, plural_message

if TYPE_CHECKING:
    from studio.api.publish import Published, PublishEvent
    from studio.publish.transfer import Plan
    from studio.workspace.layout import Workspace


# Changes of a file.
ACTIONS = {
    "new": message("new"),
    "changed": message("changed"),
    "gone": message("gone"),
}


@click.command("publish")
@click.option(
    "--dry-run", is_flag=True, help="Show what would be sent and removed; change nothing."
)
@click.option(
    "--prune",
    is_flag=True,
    help="Immediately delete files of the last publication that this one does not have.",
)
@click.option(
    "--rollback",
    is_flag=True,
    help="Restore the publication before the last one, from any machine.",
)
@click.option(
    "--forget",
    metavar="SLUG",
    help="Delete everything that was published of an episode and no longer is, from all kept "
    "publications as well.",
)
@click.option(
    "--accept-changes",
    is_flag=True,
    help="Publish even if a published episode's guid, place, date or sound changed; with "
    "--rollback, even if a cut passage becomes public again.",
)
@click.option(
    "--take-over",
    is_flag=True,
    help="Publish even if another publication has locked the destination; only if that one is "
    "known to have died.",
)
@click.option("--notify", is_flag=True, help="Notify the WebSub hubs in show.toml.")
@click.pass_context
def command(
    context: click.Context,
    *,
    dry_run: bool,
    prune: bool,
    rollback: bool,
    forget: str | None,
    accept_changes: bool,
    take_over: bool,
    notify: bool,
) -> None:
    """Publish the built site.

    [publish] in feed/show.toml gives the destination. Everything is checked first; errors stop it.
    Sound and texts are sent first, then pages, and the feed last, in one step. If it is
    interrupted, the public feed never names a missing file, and the next run resumes it. Episodes
    with a future date wait: publish again then, for instance from a scheduled job.
    """
    from studio.api.publish import Choices, publish
    from studio.cli.terminal import one_bar, print_line

    cli: CliContext = context.obj
    if rollback and forget:
        raise click.UsageError(
            spoken(message("--forget withdraws, --rollback restores: choose one."))
        )
    workspace = cli.workspace()
    if forget is not None:
        # An empty value (an unset shell variable) must neither publish nor forget.
        workspace.episode(forget)
    choices = Choices(
        dry_run=dry_run,
        prune=prune,
        rollback=rollback,
        forget=forget or "",
        accept_changes=accept_changes,
        take_over=take_over,
        notify=notify,
    )
    done = publish(
        workspace,
        choices,
        listen=lambda event: _print_event(cli, event),
        progress=one_bar,
        command=cli.command("publish"),
    )
    _print_plan(done.plan)
    if dry_run:
        words = (
            *(("--rollback",) if rollback else ()),
            *(("--forget", forget) if forget else ()),
        )
        print_line(message("Nothing was changed. Next:"), cli.command("publish", *words))
        return
    _print_done(done)
    _print_made_before(workspace, done.plan)
    if forget:
        _print_leftovers(workspace, forget)
    if not rollback:
        _print_rest(workspace, done.plan)


def _print_done(done: Published) -> None:
    from studio.cli.terminal import print_line

    for sentence in done.remarks:
        print_line(f"{spoken(sentence)}.")
    print_line(message("The feed:"), done.feed)
    for hub in done.notified:
        print_line(message("Notified:"), hub)


def _print_event(cli: CliContext, event: PublishEvent) -> None:
    from studio.api.publish import Restoring, Sending, Waiting
    from studio.cli.attention import print_doubts
    from studio.cli.check import print_finding
    from studio.cli.terminal import print_line

    match event:
        case Waiting(episode):
            print_line(
                message("Waits for its date:"),
                episode.slug,
                f"({episode.episode.published:%Y-%m-%d %H:%M %z})",
            )
        case Restoring(published):
            print_line(
                message("Restores the publication of"),
                message("{published:%Y-%m-%d %H:%M} UTC", published=published),
            )
        case Sending(episode):
            print_doubts(episode)
        case _:
            print_finding(cli, event)


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


def _print_made_before(workspace: Workspace, plan: Plan) -> None:
    """Files made on demand for sending to people (clips, proofs) that may still contain withdrawn
    passages.
    """
    from studio.cli.terminal import print_line

    slugs = {place.partition("/")[0] for place in plan.leaves}
    for slug in sorted(slugs & {*workspace.slugs()}):
        files = workspace.episode(slug)
        if not files.mp3.is_file():
            continue
        built = files.mp3.stat().st_mtime
        folders = (files.announcement, files.upload, files.clip(1, "audio").parent)
        made = [files.report, files.proof, *(one for at in folders for one in sorted(at.glob("*")))]
        for path in made:
            if path.is_file() and path.stat().st_mtime < built:
                print_line(
                    message("Older than this, and may contain removed passages:"),
                    os.path.relpath(path, workspace.root),
                )


def _print_leftovers(workspace: Workspace, slug: str) -> None:
    """Print remains of an episode that a publication cannot remove."""
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
    """Print manual steps for new episodes."""
    from studio.captions.formats import VTT
    from studio.cli.terminal import print_line
    from studio.web.addresses import FEED_PLACE, page_place

    new = {change.place for change in plan.sends if change.action == "new"}
    for slug in workspace.slugs():
        if f"{page_place(slug)}index.html" not in new:
            continue
        caption = os.path.relpath(workspace.episode(slug).caption(VTT.suffix), workspace.root)
        print_line(message("By hand, for {slug}:", slug=slug))
        print_line(
            message("  Spotify for Creators takes no transcript from a feed: upload"), caption
        )
    if FEED_PLACE in new:
        print_line(
            message(
                "By hand, once for the show: Apple shows our transcripts when “Display transcripts "
                "that I provide” is chosen in Podcasts Connect."
            )
        )
