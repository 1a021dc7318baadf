"""``studio init``: a new workspace."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from studio.cli import CliContext
from studio.messages.interface import spoken
from studio.messages.message import message, plural_message

if TYPE_CHECKING:
    from studio.model.show import Show
    from studio.workspace.imported_episodes import ImportDone
    from studio.workspace.layout import Workspace

# The names of settings in show.toml, and their purposes.
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
        "what the show is about, in a sentence or two: apps show it to people who choose a podcast"
    ),
    "email": message(
        "who answers for the show: Apple and Spotify send their code there to prove that "
        "it is yours; it is public"
    ),
}


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--title", default="", help="The show's name; it must be given without --from.")
@click.option(
    "--from",
    "source",
    default="",
    metavar="FEED",
    help="Import a show from another host: the address of its feed, or a file.",
)
@click.option(
    "--hosted",
    is_flag=True,
    help="With --from: the feed stays there; Studio makes transcripts, chapters and texts for it.",
)
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
    cli: CliContext,
    *,
    folder: Path,
    title: str,
    source: str,
    hosted: bool,
    url: str,
    host: str,
    author: str,
    description: str,
    email: str,
) -> None:
    """Create a workspace for a show.

    DIR is a new or empty folder; it gets the show's settings, a cover and a jingle. On a terminal,
    Studio asks for missing settings. With --from, the settings and all episodes of a feed are
    imported from another host, with their sound unchanged; an interrupted import is resumed.
    """
    given = {"url": url, "host": host, "author": author, "description": description, "email": email}
    if source:
        _refuse_given({"title": title, **given, "url": ""})
        import_show((cli.folder or Path()) / folder, source, url, hosted=hosted)
        return
    if hosted:
        raise click.UsageError(spoken(message("--hosted needs --from: the address of that feed.")))
    if not title:
        raise click.UsageError(spoken(message("Missing option '--title'.")))
    from studio.workspace.init import init_workspace

    if sys.stdin.isatty() and sys.stdout.isatty():
        given = {name: value or _asked(name) for name, value in given.items()}
    workspace = init_workspace((cli.folder or Path()) / folder, title=title, **given)
    _print_made(workspace, [name for name, value in given.items() if not value])


def _refuse_given(given: Mapping[str, str]) -> None:
    """Refuse options that are taken from the former feed.

    :raises click.UsageError: such an option was given.
    """
    if named := [f"--{name}" for name, value in given.items() if value]:
        raise click.UsageError(
            spoken(message("{option}: with --from, the feed says it.", option=named[0]))
        )


def _print_made(workspace: Workspace, missing: Sequence[str]) -> None:
    """Print the new workspace, and settings that are still missing."""
    from studio.cli.terminal import print_facts, print_line

    show = workspace.load_show()
    print_facts(
        (
            (message("show"), show.title),
            (message("workspace"), str(workspace.root)),
            (message("address"), show.base_url),
            (message("host"), show.host),
        )
    )
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
    file = spoken(message("FILE"))
    print_line(
        message("Next:"),
        CliContext(workspace.root).command("new", "--article", file, "--recording", file),
    )


def import_show(root: Path, source: str, url: str, *, hosted: bool = False) -> None:
    """Import a show, and report what was imported.

    :param hosted: its feed stays at its host.
    :raises NetworkError: episodes are missing that another run may import.
    """
    from studio.cli.terminal import one_bar, print_line
    from studio.download.client import Client
    from studio.download.feeds import is_address
    from studio.errors import NetworkError
    from studio.workspace.imported_episodes import import_episodes
    from studio.workspace.imported_show import load_feed, open_import

    client = Client(source if is_address(source) else "")
    source = source if is_address(source) else str(Path(source).absolute())
    feed = load_feed(source, client)
    remarks: list[str] = []
    if hosted and not feed.address:
        raise click.UsageError(
            spoken(message("--hosted: the file does not say where its feed is; give the address."))
        )
    workspace = open_import(root, feed, client, base_url=url, hosted=hosted, report=remarks.append)
    again = quoted_command("init", str(root), "--from", source, *(("--hosted",) if hosted else ()))
    with one_bar(feed.show.title) as progress:
        done = import_episodes(workspace, feed, client, command=again, progress=progress)
    show = workspace.load_show()
    _print_imported(workspace, show, done, remarks, source)
    if done.failed:
        count = len(done.failed)
        raise NetworkError(
            source,
            plural_message("{count} episode is missing", "{count} episodes are missing", count),
            message("Run `{again}` again: it only downloads what is missing.", again=again),
        )
    if not show.hosted and not url:
        print_line(
            message(
                "Before anything is published, set base_url in {settings}.",
                settings=workspace.settings,
            )
        )
    _print_next(CliContext(workspace.root), show, done.slugs, source)


def _print_imported(
    workspace: Workspace, show: Show, done: ImportDone, remarks: Sequence[str], source: str
) -> None:
    """Print remarks, failures, and the numbers of episodes."""
    from studio.cli.terminal import print_facts, print_line

    for sentence in (*remarks, *done.remarks):
        print_line(f"  {spoken(sentence)}", style="yellow")
    for failed in done.failed:
        said = message(
            "  “{title}”: {where} {what}",
            title=failed.title,
            where=failed.error.where,
            what=failed.error.what,
        )
        print_line(spoken(said), style="red")
        print_line(f"    → {spoken(failed.error.remedy)}")
    print_facts(
        (
            (message("show"), show.title),
            (message("workspace"), str(workspace.root)),
            (
                message("episodes"),
                message(
                    "{count} imported, {kept} already there", count=len(done.slugs), kept=done.kept
                ),
            ),
            (message("former feed"), show.first_feed_url or source),
        )
    )


def _print_next(there: CliContext, show: Show, slugs: Sequence[str], source: str) -> None:
    """Print the next commands after an import."""
    from studio.cli.terminal import print_line

    if show.hosted:
        first = slugs[-1] if slugs else "SLUG"
        print_line(message("The feed stays at {address}.", address=show.hosted))
        print_line(message("Next:"), there.command("run", first, "--stage", "transcribe"))
        print_line(message("Then:"), there.command("run"))
        print_line(message("What to upload there:"), there.command("upload", first))
        return
    print_line(message("Next:"), there.command("run"))
    print_line(message("Then:"), there.command("check", "--against", show.first_feed_url or source))
    print_line(message("How to move listeners: docs/moving.md"))


def quoted_command(*words: str) -> str:
    """A command of Studio that needs no workspace, as typed in a terminal."""
    return CliContext(None).command(*words)


def _asked(name: str) -> str:
    """Prompt for a setting; empty: later."""
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
