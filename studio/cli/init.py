"""``studio init``: a new workspace."""

from __future__ import annotations

from pathlib import Path

import click

from studio.cli import Place


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--title", required=True, help="The show's name.")
@click.option(
    "--url", default="", help="Where the site will be reached, e.g. https://example.org/podcast/."
)
@click.option("--host", default="", help="Who asks the questions.")
@click.option("--author", default="", help="Who makes the show.")
@click.pass_obj
def command(place: Place, *, folder: Path, title: str, url: str, host: str, author: str) -> None:
    """Make a workspace for a show.

    DIR is a new or empty folder; it gets the show's settings, a cover and a jingle.
    """
    from studio.cli.terminal import print_facts, print_line
    from studio.workspace.init import init_workspace

    workspace = init_workspace(
        (place.folder or Path()) / folder, title=title, url=url, host=host, author=author
    )
    show = workspace.load_show()
    print_facts(
        (
            ("show", show.title),
            ("workspace", str(workspace.root)),
            ("address", show.base_url),
            ("host", show.host),
        )
    )
    print_line(f"Read and complete {workspace.settings}: description, address, owner, categories.")
    print_line(
        "Next:", Place(workspace.root).command("new", "--article", "FILE", "--recording", "FILE")
    )
