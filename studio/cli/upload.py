"""``studio upload``: the files to upload if the feed stays at another host."""

from __future__ import annotations

import click

from studio.cli import CliContext
from studio.messages.message import message


@click.command("upload")
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON, for scripts.")
@click.pass_obj
def command(cli: CliContext, slug: str, *, as_json: bool) -> None:
    """List what to upload to the host where the feed stays.

    For shows with hosted in show.toml. Transcripts and chapters are written into a folder of the
    episode; each is listed with the field of the host's form. Nothing is sent.
    """
    from studio.api.upload import uploads_of_episode
    from studio.cli.attention import print_outdated
    from studio.cli.terminal import print_facts, print_line, print_record

    workspace = cli.workspace()
    found = uploads_of_episode(workspace, slug)
    if as_json:
        print_record(found)
        return
    print_facts(((message("episode"), found.title), (message("guid"), found.guid)))
    print_facts([(one.file, one.where) for one in found.uploads])
    if found.page:
        print_facts([(found.page, message("the episode's link, or the end of its description"))])
    print_outdated(cli, slug, found.outdated)
    print_line(message("Nothing was sent. Sound, date and guid stay as the host has them."))
    print_line(message("Texts for announcing the episode:"), cli.command("announce", slug))
