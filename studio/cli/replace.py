"""``studio replace``: another recording of the same conversation."""

from __future__ import annotations

from pathlib import Path

import click

from studio.cli import CliContext
from studio.messages.interface import spoken
from studio.messages.message import message


@click.command("replace")
@click.argument("slug")
@click.option(
    "--recording",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The new recording; omit it if it is already in place of the old file.",
)
@click.option(
    "--keep-markers",
    is_flag=True,
    help="Cuts, sound bites and chapters stay at their times: you have set them for the new "
    "recording.",
)
@click.option(
    "--microphone",
    metavar="WHICH",
    help="The new recording replaces one microphone of several: its number, its file's name, or "
    "who speaks into it. The others stay, and so do all markers.",
)
@click.option(
    "--offset",
    type=float,
    metavar="SECONDS",
    help="When the new microphone's file began on the recording's clock, where it cannot be found.",
)
@click.pass_obj
def command(
    cli: CliContext,
    *,
    slug: str,
    recording: Path | None,
    keep_markers: bool,
    microphone: str | None,
    offset: float | None,
) -> None:
    """Replace an episode's recording with a better one.

    Your cuts, sound bites and chapters are moved to the same words. If one of them cannot be found
    with certainty, nothing is changed, and they are all listed. The next `studio run` carries over
    corrections of the transcript. --microphone replaces one recording of several microphones.
    """
    from studio.cli.terminal import one_bar, print_line
    from studio.editor.replay import write_edits_to_files
    from studio.replacement.replacement import replace_microphone, replace_recording
    from studio.workspace.sources import ShowSources

    # What only the editor's journal has is on the old recording's clock, too.
    write_edits_to_files(ShowSources(cli.workspace()).episode(slug))
    if microphone is not None:
        if recording is None:
            raise click.UsageError(message("--microphone needs --recording: the file for it."))
        with one_bar(message("Read {name}", name=recording.name)) as progress:
            replaced = replace_microphone(
                cli.workspace(),
                slug,
                recording,
                microphone,
                offset_ms=None if offset is None else offset * 1000,
                progress=progress,
            )
        print_line(
            message(
                "{file} begins at {offset_s:.3f} s, its clock is off by {drift_ppm:+.1f} ppm",
                file=replaced.file,
                offset_s=replaced.offset_ms / 1000,
                drift_ppm=replaced.drift_ppm,
            )
        )
        print_line(message("Next:"), cli.command("run", slug))
        return
    with one_bar(message("Read {name}", name=recording.name if recording else slug)) as progress:
        moved = replace_recording(
            cli.workspace(), slug, recording, keep_markers=keep_markers, progress=progress
        )
    for one in moved:
        print_line(
            f"{spoken(one.before.describe())} → {spoken(one.after.describe())}"
            if one.before != one.after
            else message("stays: {one}", one=one.before.describe())
        )
    print_line(message("Next:"), cli.command("run", slug))
