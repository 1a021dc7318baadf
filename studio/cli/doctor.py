"""``studio doctor``: diagnostic information on this machine and workspace."""

from __future__ import annotations

import click

from studio.cli import CliContext
from studio.messages.message import message


@click.command("doctor")
@click.pass_obj
def command(cli: CliContext) -> None:
    """Show what a bug report should contain.

    Versions, ffmpeg, models, disk, workspace, last error, in English: Studio's maintainers read it.
    It contains nothing private: no name, no text, no secret, no folder above the workspace.
    """
    from studio.api.doctor import diagnose
    from studio.cli.terminal import print_facts, print_line
    from studio.errors import WorkspaceError

    try:
        workspace = cli.workspace()
    except WorkspaceError:
        workspace = None
    print_facts(diagnose(workspace))
    print_line(message("Next:"), cli.command("status") if workspace else message("studio init"))
