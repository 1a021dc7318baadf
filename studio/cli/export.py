"""``studio export``: the transcript for another program."""

from __future__ import annotations

from pathlib import Path

import click

from studio.cli import CliContext
from studio.messages.message import message
from studio.transcript_formats import WRITTEN_ONLY


def _format_names() -> tuple[str, ...]:
    from studio.transcript_formats.formats import export_names

    return (*export_names(), *WRITTEN_ONLY)


class FormatName(click.ParamType[str]):
    """The name of a format; the list is loaded on use, not by `--help`."""

    name = "format"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002
        """The names."""
        return f"[{'|'.join(_format_names())}]"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """One of the names."""
        names = _format_names()
        if value not in names:
            self.fail(
                message(
                    "{value!r} is not one of {format_names}.",
                    value=value,
                    format_names=", ".join(names),
                ),
                param,
                ctx,
            )
        return value


@click.command("export")
@click.argument("slug")
@click.option(
    "--to",
    "form",
    type=FormatName(),
    required=True,
    help="docx is laid out for review in Word; srt and vtt for subtitle programs; layout is a Word "
    "file with styles alone, audacity and edl are for programs that edit sound.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; the episode's name in this folder when left out.",
)
@click.pass_obj
def command(cli: CliContext, slug: str, form: str, output: Path | None) -> None:
    """Write a transcript for Word and other programs.

    For correcting it elsewhere: the whole recording on its own clock, including passages that are
    cut from the episode. `studio import` reads the corrected file.
    """
    from studio.cli.terminal import print_line
    from studio.editor.replay import episode_with_edits
    from studio.errors import ConflictError
    from studio.transcript_formats.transcript_io import export_transcript
    from studio.workspace.disk import write_file

    target = output or Path(f"{slug}.{WRITTEN_ONLY.get(form, form)}")
    sources = episode_with_edits(cli.workspace(), slug)
    if target.exists():
        raise ConflictError(
            target,
            message("already exists and may contain corrections"),
            message("Move it away, or give another --output."),
        )
    write_file(target.absolute(), export_transcript(sources, form))
    print_line(message("Wrote {target}", target=target))
    if form not in WRITTEN_ONLY:
        print_line(message("When it is corrected:"), cli.command("import", slug, str(target)))
