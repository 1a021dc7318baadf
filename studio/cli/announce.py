"""``studio announce``: texts that tell people of an episode. Nothing is sent."""

from __future__ import annotations

import click

from studio.cli import Place


@click.command("announce")
@click.argument("slug")
@click.pass_obj
def command(place: Place, slug: str) -> None:
    """Write posts and a newsletter block for an episode; send nothing.

    For LinkedIn, Mastodon, Bluesky and newsletters, in whole sentences that the article prints or
    that were said, each with its source in sources.txt beside them. The share card and the clip of
    `studio clip` go with them.
    """
    from studio.cli.attention import tell_doubts
    from studio.cli.terminal import print_facts, print_line
    from studio.editor.replay import episode_with_its_edits
    from studio.pipeline.announcing import announcement_of_episode, files_of_announcement
    from studio.workspace.disk import make_folder, write_file

    sources = episode_with_its_edits(place.workspace(), slug)
    announcement = announcement_of_episode(sources)
    folder = sources.files.announcement
    make_folder(folder)
    for name, content in files_of_announcement(announcement).items():
        write_file(folder / name, content)
    for post in announcement.posts:
        unfolded = f", the first {post.seen} are seen at once" if post.seen else ""
        click.secho(
            f"{post.network} ({post.length} of {post.most} characters{unfolded})", bold=True
        )
        click.echo(f"{post.text}\n")
    clip = sources.files.clip(1, "square")
    print_facts(
        (
            ("texts", str(folder)),
            ("sources", str(folder / "sources.txt")),
            ("page", announcement.page),
            ("card", announcement.card),
            ("clip", str(clip) if clip.is_file() else f"none yet: {place.command('clip', slug)}"),
        )
    )
    bites = sources.soundbites()
    if bites:
        tell_doubts(sources, within=(bites[0].start_ms, bites[0].end_ms))
    print_line("Nothing was sent: copy what you want to publish.")
