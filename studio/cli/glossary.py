"""``studio glossary``: the show's names and their misspellings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from studio.cli import CliContext
from studio.messages.message import message

if TYPE_CHECKING:
    from studio.model.glossary import GlossaryName


@click.group("glossary")
def command() -> None:
    """Manage the show's glossary of names."""


@command.command("list")
@click.pass_obj
def list_command(cli: CliContext) -> None:
    """Show every name with its wrong spellings."""
    from studio.cli.terminal import print_line, print_table

    glossary = cli.workspace().load_glossary()
    if not glossary.names:
        print_line(message("The glossary is empty."))
        print_line(message("Next:"), cli.command("glossary", "learn", "SLUG"))
        return
    print_table(
        (message("name"), message("episodes"), message("recognised as")),
        [(one.name, str(one.used), ", ".join(one.wrong)) for one in glossary.names],
    )
    print_line(message("Next:"), cli.command("run"))


@command.command("add")
@click.argument("name")
@click.argument("wrong", nargs=-1)
@click.pass_obj
def add(cli: CliContext, name: str, wrong: tuple[str, ...]) -> None:
    """Add a name and its wrong spellings.

    Each WRONG spelling is replaced wherever it is recognised as whole words.
    """
    from studio.cli.terminal import print_line
    from studio.errors import WorkspaceError
    from studio.model.glossary import GlossaryName

    if not name.strip() or not all(one.strip() for one in wrong):
        raise WorkspaceError(
            "glossary", message("a name or spelling is empty"), message("Enter some words.")
        )
    path = cli.workspace().glossary
    _write(cli, [GlossaryName(name=name.strip(), wrong=tuple(one.strip() for one in wrong))])
    print_line(message("{name} is in {path}.", name=name, path=path))
    print_line(message("Next:"), cli.command("run"))


@command.command("learn")
@click.argument("slugs", nargs=-1, metavar="[SLUG]...")
@click.option(
    "--write", is_flag=True, help="Put them into the glossary; without it they are only shown."
)
@click.pass_obj
def learn(cli: CliContext, slugs: tuple[str, ...], *, write: bool) -> None:
    """Find names for the glossary in the named episodes, or in all.

    Names that were misrecognised and are right in the transcript now, corrected by the article or
    by a person, and names that recur in several articles.
    """
    from studio.cli.terminal import print_line, print_table
    from studio.editor.learnt_names import names_learnt
    from studio.editor.replay import write_all_edits_to_files
    from studio.workspace.sources import ShowSources

    write_all_edits_to_files(cli.workspace(), slugs)
    show = ShowSources(cli.workspace())
    known = show.glossary.names
    chosen = slugs or tuple(
        one.slug
        for one in show.episodes
        if one.files.transcript.is_file() and one.files.asr.is_file()
    )
    learnt = tuple(one for one in names_learnt(show, chosen) if not _has(known, one))
    if not learnt:
        print_line(
            message(
                "Nothing to learn: no name was misheard, none is corrected in the transcript "
                "yet, or all are known."
            )
        )
        print_line(
            message("Next:"), cli.command("edit", slugs[0]) if slugs else cli.command("status")
        )
        return
    print_table(
        (message("name"), message("episodes"), message("recognised as")),
        [(one.name, str(one.used), ", ".join(one.wrong)) for one in learnt],
    )
    if not write:
        print_line(message("Next:"), cli.command("glossary", "learn", *slugs, "--write"))
        return
    _write(cli, learnt)
    print_line(message("They are in {glossary}.", glossary=cli.workspace().glossary))
    print_line(message("Next:"), cli.command("run"))


def _has(known: tuple[GlossaryName, ...], one: GlossaryName) -> bool:
    """Whether the glossary has this name with all of these spellings and the same count."""
    return any(
        other.name == one.name and set(one.wrong) <= set(other.wrong) and one.used <= other.used
        for other in known
    )


def _write(cli: CliContext, learnt: tuple[GlossaryName, ...] | list[GlossaryName]) -> None:
    from studio.model.glossary import merge_names
    from studio.workspace.shared_files import update_glossary

    update_glossary(cli.workspace(), lambda glossary: merge_names(glossary, learnt))
