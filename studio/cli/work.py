"""``studio work``: run a scheduler's jobs on this computer."""

from __future__ import annotations

import datetime
import signal
import threading
from pathlib import Path
from types import FrameType

import click

from studio.cli import CliContext
from studio.messages.message import message, plural_message


@click.command("work")
@click.argument("address", metavar="ADDRESS")
@click.option("--name", default="", help="How the dashboard and messages call this computer.")
@click.option(
    "--until",
    default="",
    metavar="HH:MM",
    help="Stop at this time of the day, between two jobs.",
)
@click.pass_obj
def command(cli: CliContext, *, address: str, name: str, until: str) -> None:
    """Work for a scheduler, one episode at a time.

    ADDRESS is that of a scheduler, like tcp://office:8786. -C gives the workspace's folder on this
    computer. One process at low priority; Ctrl-C stops after the current job, a second Ctrl-C at
    once.
    """
    from studio.cli.terminal import print_line
    from studio.cluster.worker import work

    at = _time(until)
    stop_requested = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - as the system calls it
        if stop_requested.is_set():
            raise KeyboardInterrupt
        stop_requested.set()
        print_line(message("Finishing the current job; press Ctrl-C again to stop at once."))

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    done = work(
        address,
        name=name,
        until=at,
        here="" if cli.folder is None else str(Path(cli.folder).resolve()),
        report=print_line,
        stopped=stop_requested.is_set,
    )
    print_line(plural_message("{count} job done.", "{count} jobs done.", done))


def _time(text: str) -> datetime.time | None:
    if not text:
        return None
    try:
        return datetime.time.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            message("{text!r} is not a time like 07:30.", text=text), param_hint="--until"
        ) from None
