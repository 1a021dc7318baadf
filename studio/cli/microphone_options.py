"""Options of commands that take several recordings of one conversation: the audio track of each,
and its start time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from studio.messages.interface import spoken
from studio.messages.message import message

_Command = TypeVar("_Command", bound=Callable[..., Any])


def microphone_options(command: _Command) -> _Command:
    """Add ``--track`` (``tracks``) and ``--offset`` (``offsets_s``), both empty by default."""
    track = click.option(
        "--track",
        "tracks",
        type=click.IntRange(min=1),
        multiple=True,
        help="Which audio track to use if the file has several.",
    )
    offset = click.option(
        "--offset",
        "offsets_s",
        type=float,
        multiple=True,
        metavar="SECONDS",
        help="Seconds from the start of the first recording to that of a further one "
        "(negative: before); once for each, in their order. Found from the sound when "
        "omitted.",
    )
    return track(offset(command))


def require_microphones(files: int, tracks: Sequence[int], offsets_s: Sequence[float]) -> None:
    """Refuse tracks of several recordings, and offsets that are not one for each after the first.

    :param files: number of recordings.
    :raises click.UsageError: if either applies.
    """
    if tracks and files > 1:
        raise click.UsageError(
            spoken(
                message(
                    "--track works with one recording only: of several files, those tracks are "
                    "used that `studio inspect` lists."
                )
            )
        )
    if offsets_s and len(offsets_s) != files - 1:
        raise click.UsageError(
            spoken(
                message(
                    "--offset is given once for each recording after the first: {wanted} times.",
                    wanted=files - 1,
                )
            )
        )
