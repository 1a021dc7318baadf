"""``studio rename``: change an episode's slug."""

from __future__ import annotations

import click

from studio.cli import CliContext
from studio.messages.message import message


@click.command("rename")
@click.argument("old")
@click.argument("new")
@click.pass_obj
def command(cli: CliContext, *, old: str, new: str) -> None:
    """Give an episode another slug.

    The slug names its folder and is part of its page's address. The guid stays, so no subscriber
    downloads it twice; corrections and built files move along; the old address of its page
    redirects to the new one.
    """
    from studio.cli.terminal import print_line
    from studio.workspace.renaming import rename_episode

    workspace = cli.workspace()
    rename_episode(workspace, old, new)
    print_line(f"{old} → {new}")
    print_line(message("Next:"), cli.command("run"))
