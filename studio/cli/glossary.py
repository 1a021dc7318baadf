"""``studio glossary``: the show's names, and how they were misheard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from studio.cli import Place

if TYPE_CHECKING:
    from studio.model.glossary import GlossaryName
    from studio.pipeline.sources import ShowSources


@click.group("glossary")
def command() -> None:
    """Keep the names that every later episode knows."""


@command.command("list")
@click.pass_obj
def list_command(place: Place) -> None:
    """Show every name with the spellings that it replaces."""
    from studio.cli.terminal import print_line, print_table

    glossary = place.workspace().load_glossary()
    if not glossary.names:
        print_line("The glossary is empty.")
        print_line("Next:", place.command("glossary", "learn", "SLUG"))
        return
    print_table(("name", "episodes", "heard instead"), [(one.name, str(one.used), ", ".join(one.wrong)) for one in glossary.names])
    print_line("Next:", place.command("run"))


@command.command("add")
@click.argument("name")
@click.argument("wrong", nargs=-1)
@click.pass_obj
def add(place: Place, name: str, wrong: tuple[str, ...]) -> None:
    """Add a name and what is heard in its place.

    Each WRONG spelling is replaced wherever it is heard as whole words.
    """
    from studio.cli.terminal import print_line
    from studio.errors import WorkspaceError
    from studio.model.glossary import GlossaryName

    if not name.strip() or not all(one.strip() for one in wrong):
        raise WorkspaceError("glossary", "a name or spelling is empty", "Give words.")
    path = place.workspace().glossary
    _write(place, [GlossaryName(name=name.strip(), wrong=tuple(one.strip() for one in wrong))])
    print_line(f"{name} is in {path}.")
    print_line("Next:", place.command("run"))


@command.command("learn")
@click.argument("slug")
@click.option("--write", is_flag=True, help="Put them into the glossary; without it they are only shown.")
@click.pass_obj
def learn(place: Place, slug: str, *, write: bool) -> None:
    """Find an episode's names that were heard wrong.

    They stand right in its transcript now, because the article or a person mended them.
    """
    from studio.cli.terminal import print_line, print_table
    from studio.pipeline.sources import ShowSources

    learnt = _learnt(ShowSources(place.workspace()), slug)
    if not learnt:
        print_line("Nothing to learn: no name was heard wrong, or none stands right in the transcript yet.")
        print_line("Next:", place.command("edit", slug))
        return
    print_table(("name", "episodes", "heard instead"), [(one.name, str(one.used), ", ".join(one.wrong)) for one in learnt])
    if not write:
        print_line("Next:", place.command("glossary", "learn", slug, "--write"))
        return
    _write(place, learnt)
    print_line(f"They are in {place.workspace().glossary}.")
    # A transcript that a person corrected stays as it is: that is where the names come from.
    print_line("Next:", place.command("run", "--keep"))


def _learnt(show: ShowSources, slug: str) -> tuple[GlossaryName, ...]:
    """What an episode teaches; how often each name came up is counted over all the show's articles."""
    from studio.alignment.glossary import learn_names
    from studio.article.names import names_from_article
    from studio.model.record import replace_fields

    sources = show.episode(slug)
    names = tuple(dict.fromkeys((*names_from_article(sources.article), *sources.episode.guests, sources.host)))
    articles = [names_from_article(episode.article) for episode in show.episodes]
    learnt = learn_names(sources.hearing(), sources.transcript(), names)
    return tuple(replace_fields(one, used=max(1, sum(one.name in names for names in articles))) for one in learnt)


def _write(place: Place, learnt: tuple[GlossaryName, ...] | list[GlossaryName]) -> None:
    from studio.model.glossary import merge_names
    from studio.pipeline.disk import write_file
    from studio.pipeline.settings import toml_with_names

    workspace = place.workspace()
    path = workspace.glossary
    merged = merge_names(workspace.load_glossary(), learnt)
    write_file(path, toml_with_names(path.read_bytes() if path.is_file() else b"", merged, path))
