"""``studio init``: a new workspace."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from studio.cli import Place

# What each is called in show.toml, and what for.
SETTINGS = {
    "url": "base_url",
    "host": "host",
    "author": "author",
    "description": "description",
    "email": "owner.email",
}
WHAT_FOR = {
    "url": "where the site will be reached: the feed's address, and the show's identity for "
    "life, follow from it",
    "host": "who asks the questions: the transcript names them so",
    "author": "who makes the show: apps print it under the title",
    "description": "what the show is about, in a sentence or two: apps "
    "show it to people who choose "
    "what to hear",
    "email": "who answers for the show: Apple and Spotify send their code there to prove that it "
    "is yours; it is public",
}


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--title", required=True, help="The show's name.")
@click.option(
    "--url", default="", help="Where the site will be reached, e.g. https://example.org/podcast/."
)
@click.option("--host", default="", help="Who asks the questions.")
@click.option("--author", default="", help="Who makes the show.")
@click.option("--description", default="", help="What the show is about, in a sentence or two.")
@click.option(
    "--email", default="", help="Where platforms write to; the address is public in the feed."
)
@click.pass_obj
def command(
    place: Place,
    *,
    folder: Path,
    title: str,
    url: str,
    host: str,
    author: str,
    description: str,
    email: str,
) -> None:
    """Make a workspace for a show.

    DIR is a new or empty folder; it gets the show's settings, a cover and a jingle. On a terminal,
    what is missing is asked for.
    """
    from studio.cli.terminal import print_facts, print_line
    from studio.workspace.init import init_workspace

    given = {"url": url, "host": host, "author": author, "description": description, "email": email}
    if sys.stdin.isatty() and sys.stdout.isatty():
        given = {name: value or _asked(name) for name, value in given.items()}
    workspace = init_workspace((place.folder or Path()) / folder, title=title, **given)
    show = workspace.load_show()
    print_facts(
        (
            ("show", show.title),
            ("workspace", str(workspace.root)),
            ("address", show.base_url),
            ("host", show.host),
        )
    )
    missing = [name for name, value in given.items() if not value]
    if missing:
        print_line(f"Still missing in {workspace.settings}, before anything is published:")
        print_facts([(f"  {SETTINGS[name]}", WHAT_FOR[name]) for name in missing])
    print_line(f"Everything else is explained there: {workspace.settings}")
    print_line(
        "Next:", Place(workspace.root).command("new", "--article", "FILE", "--recording", "FILE")
    )


def _asked(name: str) -> str:
    """What somebody types; nothing leaves it for later."""
    answer: str = click.prompt(
        f"{SETTINGS[name]}: {WHAT_FOR[name]} (Enter: later)\n",
        default="",
        show_default=False,
        prompt_suffix="> ",
    )
    return answer.strip()
