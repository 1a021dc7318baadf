"""``studio init``: a new workspace."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from studio.cli import Place
from studio.messages.interface import spoken
from studio.messages.message import message

# What each is called in show.toml, and what for.
SETTINGS = {
    "url": "base_url",
    "host": "host",
    "author": "author",
    "description": "description",
    "email": "owner.email",
}
WHAT_FOR = {
    "url": message(
        "where the site will be reached: the feed's address, and the show's identity for "
        "life, follow from it"
    ),
    "host": message("who asks the questions: the transcript names them so"),
    "author": message("who makes the show: apps print it under the title"),
    "description": message(
        "what the show is about, in a sentence or two: apps show it to people who choose "
        "what to hear"
    ),
    "email": message(
        "who answers for the show: Apple and Spotify send their code there to prove that "
        "it is yours; it is public"
    ),
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
            (message("show"), show.title),
            (message("workspace"), str(workspace.root)),
            (message("address"), show.base_url),
            (message("host"), show.host),
        )
    )
    missing = [name for name, value in given.items() if not value]
    if missing:
        print_line(
            message(
                "Still missing in {settings}, before anything is published:",
                settings=workspace.settings,
            )
        )
        print_facts([(f"  {SETTINGS[name]}", WHAT_FOR[name]) for name in missing])
    print_line(
        message("Everything else is explained there: {settings}", settings=workspace.settings)
    )
    print_line(
        message("Next:"),
        Place(workspace.root).command("new", "--article", "FILE", "--recording", "FILE"),
    )


def _asked(name: str) -> str:
    """What somebody types; nothing leaves it for later."""
    answer: str = click.prompt(
        spoken(
            message(
                "{setting}: {what_for} (Enter: later)\n",
                setting=SETTINGS[name],
                what_for=WHAT_FOR[name],
            )
        ),
        default="",
        show_default=False,
        prompt_suffix="> ",
    )
    return answer.strip()
