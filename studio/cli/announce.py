"""``studio announce``: texts that announce an episode. Nothing is sent except, on request, a draft
to the show's own WordPress site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from studio.cli import CliContext
from studio.messages.interface import spoken
from studio.messages.message import message

if TYPE_CHECKING:
    from studio.announce.posts import Post

# The results for the draft.
DONE = {
    "made": message("A draft was made there; nothing was published."),
    "updated": message("The draft there was updated; nothing was published."),
    "kept": message("The draft there is up to date: nothing was sent."),
}


@click.command("announce")
@click.argument("slug")
@click.option(
    "--wordpress",
    is_flag=True,
    help="Make or update a draft of a post on the site that [wordpress] names, instead: player, "
    "chapters, article, transcript. The draft is never published, and never overwritten if "
    "someone edited it there.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="With --wordpress: print what would be sent, and ask the site nothing.",
)
@click.pass_obj
def command(cli: CliContext, slug: str, *, wordpress: bool, dry_run: bool) -> None:
    """Write posts and a newsletter block for an episode; send nothing.

    For LinkedIn, Mastodon, Bluesky and newsletters, in whole sentences from the article or the
    recording, each with its source in sources.txt beside them. Use them with the share card and the
    clip of `studio clip`.
    """
    from studio.api.announce import announce
    from studio.cli.attention import print_doubts, print_outdated
    from studio.cli.terminal import print_facts, print_line
    from studio.workspace.sources import ShowSources

    if dry_run and not wordpress:
        raise click.UsageError(spoken(message("--dry-run goes with --wordpress.")))
    workspace = cli.workspace()
    if wordpress:
        _keep_draft(cli, slug, dry_run=dry_run)
        return
    written = announce(workspace, slug)
    announcement = written.announcement
    for post in announcement.posts:
        click.secho(spoken(_describe_length(post)), bold=True)
        click.echo(f"{post.text}\n")
    built = ShowSources(workspace).episode(slug)
    clip = built.files.clip(1, "square")
    print_facts(
        (
            (message("texts"), str(written.folder)),
            (message("sources"), str(written.folder / "sources.txt")),
            (message("page"), announcement.page),
            (message("card"), announcement.card),
            (
                message("clip"),
                str(clip)
                if clip.is_file()
                else message("none yet: {command}", command=cli.command("clip", slug)),
            ),
        )
    )
    bites = built.soundbites()
    if bites:
        print_doubts(built, within=(bites[0].start_ms, bites[0].end_ms))
    print_outdated(cli, slug, written.outdated)
    for path in written.kept:
        print_line(message("Your version of a text is kept:"), str(path))
    print_line(message("Nothing was sent: copy what you want to publish."))


def _describe_length(post: Post) -> str:
    """The length of a post, and the network's limits."""
    if post.seen:
        return message(
            "{network} ({length} of {most} characters, the first {seen} are seen at once)",
            network=post.network,
            length=post.length,
            most=post.most,
            seen=post.seen,
        )
    return message(
        "{network} ({length} of {most} characters)",
        network=post.network,
        length=post.length,
        most=post.most,
    )


def _keep_draft(cli: CliContext, slug: str, *, dry_run: bool) -> None:
    from studio.api.wordpress import write_post
    from studio.cli.attention import print_doubts, print_outdated
    from studio.cli.terminal import print_facts, print_line
    from studio.workspace.sources import ShowSources

    workspace = cli.workspace()
    written = write_post(workspace, slug, dry_run=dry_run)
    if written.draft is None:
        click.echo(f"{written.text.content}\n")
    print_facts(
        (
            (message("site"), written.site.url),
            (message("title"), written.text.title),
            (message("excerpt"), written.text.excerpt),
            (message("text"), str(written.file)),
            *(((message("edit"), written.draft.edit),) if written.draft else ()),
        )
    )
    print_doubts(ShowSources(workspace).episode(slug))
    print_outdated(cli, slug, written.outdated)
    if written.draft is None:
        print_line(message("Nothing was sent."))
        return
    print_line(DONE[written.draft.done])
    if written.draft.altered:
        print_line(
            message(
                "WordPress changed the text when it saved it: {user} may not write everything "
                "there. Look at the draft.",
                user=written.site.user,
            )
        )
