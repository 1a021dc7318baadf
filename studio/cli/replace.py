"""``studio replace``: another recording of the same conversation."""

from __future__ import annotations

from pathlib import Path

import click

from studio.cli import Place
from studio.messages.message import message


@click.command("replace")
@click.argument("slug")
@click.option(
    "--recording",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The new recording; left out where it was put in place of the old one already.",
)
@click.option(
    "--keep-marks",
    is_flag=True,
    help="Cuts, sound bites and chapters stay at their times: you have set them for the new "
    "recording.",
)
@click.pass_obj
def command(place: Place, *, slug: str, recording: Path | None, keep_marks: bool) -> None:
    """Put a better recording in place of an episode's.

    Cuts, sound bites and chapters of yours are moved to where the same is heard. Where one of them
    cannot be found with certainty, nothing is changed, and each is shown. Corrections of the
    transcript are carried over by the next `studio run`.
    """
    from studio.cli.terminal import one_bar, print_line
    from studio.pipeline.replacement import replace_recording

    with one_bar(message("Read {name}", name=recording.name if recording else slug)) as progress:
        moved = replace_recording(
            place.workspace(), slug, recording, keep_marks=keep_marks, progress=progress
        )
    for one in moved:
        print_line(
            f"{one.before.describe()} → {one.after.describe()}"
            if one.before != one.after
            else message("stays: {one}", one=one.before.describe())
        )
    print_line(message("Next:"), place.command("run", slug))
