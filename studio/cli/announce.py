"""``studio announce``: texts that tell people of an episode. Nothing is sent."""

from __future__ import annotations

import click

from studio.cli import Place
from studio.messages.interface import spoken
from studio.messages.message import message


@click.command("announce")
@click.argument("slug")
@click.pass_obj
def command(place: Place, slug: str) -> None:
    """Write posts and a newsletter block for an episode; send nothing.

    For LinkedIn, Mastodon, Bluesky and newsletters, in whole sentences that the article prints or
    that were said, each with its source in sources.txt beside them. The share card and the clip of
    `studio clip` go with them.
    """
    from studio.api.announce import announce
    from studio.cli.attention import print_doubts
    from studio.cli.terminal import print_facts, print_line
    from studio.workspace.sources import ShowSources

    workspace = place.workspace()
    written = announce(workspace, slug)
    announcement = written.announcement
    for post in announcement.posts:
        head = (
            message(
                "{network} ({length} of {most} characters, the first {seen} are seen at once)",
                network=post.network,
                length=post.length,
                most=post.most,
                seen=post.seen,
            )
            if post.seen
            else message(
                "{network} ({length} of {most} characters)",
                network=post.network,
                length=post.length,
                most=post.most,
            )
        )
        click.secho(spoken(head), bold=True)
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
                else message("none yet: {command}", command=place.command("clip", slug)),
            ),
        )
    )
    bites = built.soundbites()
    if bites:
        print_doubts(built, within=(bites[0].start_ms, bites[0].end_ms))
    print_line(message("Nothing was sent: copy what you want to publish."))
