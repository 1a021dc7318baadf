"""The command line: one thin module a command, loaded when it is asked for."""

from __future__ import annotations

import dataclasses
import importlib
import keyword
import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

import studio
from studio.errors import StudioError

if TYPE_CHECKING:
    from studio.workspace.layout import Workspace

COMMANDS = (
    "init",
    "inspect",
    "new",
    "replace",
    "rename",
    "run",
    "edit",
    "export",
    "import",
    "diff",
    "status",
    "report",
    "clip",
    "check",
    "preview",
    "publish",
    "glossary",
    "models",
)


@dataclasses.dataclass(frozen=True)
class Place:
    """Where the command was called for. ``folder`` is what -C said, or None."""

    folder: Path | None

    def workspace(self) -> Workspace:
        """The workspace that this place is in."""
        from studio.workspace.layout import find_workspace

        return find_workspace(self.folder or Path.cwd())

    def command(self, *words: str) -> str:
        """A command of Studio for this place, as it would be typed."""
        chosen = () if self.folder is None else ("-C", str(self.folder))
        return " ".join(map(quoted_word, ("studio", *chosen, *words)))

    def told(self, text: str) -> str:
        """A text whose commands (`studio run`) are those of this place."""
        return (
            text
            if self.folder is None
            else re.sub(r"`studio (?=[a-z])", lambda _: f"`{self.command()} ", text)
        )


def quoted_word(word: str) -> str:
    """A word of a command as this system's terminal takes it for one word."""
    if os.name != "nt":
        return shlex.quote(word)
    # No file on Windows has a quotation mark in its name; cmd and PowerShell split at these signs,
    # or read them.
    return f'"{word}"' if word == "" or re.search(r"[\s&()\[\]{}^=;!'+,`~|<>%$@#]", word) else word


class Studio(click.Group):
    """The commands by name. What a person can mend is told in red, without a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """In the order in which they are needed."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load the module of that command."""
        if cmd_name not in COMMANDS:
            return None
        # Python keeps some words for itself.
        module = f"{cmd_name}_" if keyword.iskeyword(cmd_name) else cmd_name
        command: click.Command = importlib.import_module(f"studio.cli.{module}").command
        return command

    def invoke(self, ctx: click.Context) -> None:
        """Run the command; an error that a person can mend ends it with 1."""
        try:
            super().invoke(ctx)
        except StudioError as error:
            place = ctx.obj if isinstance(ctx.obj, Place) else Place(None)
            click.secho(place.told(str(error)), fg="red", err=True)
            ctx.exit(1)


@click.group(cls=Studio, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-C",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The workspace, when it is not the current folder.",
)
@click.version_option(studio.__version__, "-V", "--version", prog_name="studio")
@click.pass_context
def main(context: click.Context, folder: Path | None) -> None:
    """From a recorded interview and its published article to a podcast episode.

    A new show: studio init. A new episode: studio new. Everything else: studio run.
    """
    context.obj = Place(folder)
