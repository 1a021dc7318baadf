"""``studio report``: transcript and article side by side, for review."""

from __future__ import annotations

import click

from studio.cli import CliContext
from studio.messages.interface import spoken
from studio.messages.message import message


@click.command("report")
@click.argument("slug", required=False, default="")
@click.option("--show", "whole", is_flag=True, help="One page of the whole catalogue instead.")
@click.option("--open", "opened", is_flag=True, help="Show the page in the browser.")
@click.pass_obj
def command(cli: CliContext, slug: str, *, whole: bool, opened: bool) -> None:
    """Make a page with an episode's article and transcript side by side.

    Click to listen, or print it: how much of each text is in the other, differences, passages to
    check, Studio's corrections, and pictures of the sound. With --show, one page of the whole
    catalogue.
    """
    from studio.api.report import catalogue_report, report
    from studio.cli.attention import print_doubts
    from studio.cli.terminal import one_bar, print_line
    from studio.workspace.sources import ShowSources

    if whole == bool(slug):
        raise click.UsageError(
            spoken(message("Name an episode, or give --show for the whole catalogue."))
        )
    workspace = cli.workspace()
    if whole:
        with one_bar(message("catalogue")) as progress:
            page = catalogue_report(workspace, progress)
        print_line(message("Catalogue:"), str(page))
        if opened:
            click.launch(page.as_uri())
        return
    path = report(workspace, slug)
    print_line(message("Report:"), str(path))
    print_line(message("It plays the episode beside it: pass both on together."))
    print_doubts(ShowSources(workspace).episode(slug))
    print_line(message("Next: correct the errors:"), cli.command("edit", slug))
    if opened:
        click.launch(path.as_uri())
