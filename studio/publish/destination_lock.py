"""One publication at a time: a lock file at the destination names its holder."""

from __future__ import annotations

import datetime
import os
import platform
import secrets
from contextlib import AbstractContextManager, suppress

from studio.errors import DestinationBusyError, PublishError, WorkspaceError
from studio.messages.message import message
from studio.model.record import Record, bytes_from_record, record_from_bytes
from studio.publish.destination import Destination

HOLD_PLACE = ".studio/publishing.json"


class DestinationHolder(Record, frozen=True):
    """Who publishes. ``workspace`` shows whether a lock is from a killed run of this workspace."""

    token: str
    host: str
    pid: int
    workspace: str
    since: datetime.datetime


class DestinationLock(AbstractContextManager["DestinationLock"]):
    """The right to change the destination, from entering the block to leaving it.

    This is a class and not a generator: the garbage collector would close an abandoned generator at
    an arbitrary moment, and its cleanup would then call the server.
    """

    def __init__(
        self, destination: Destination, holder: DestinationHolder, *, take_over: bool
    ) -> None:
        self._destination = destination
        self._holder = holder
        self._take_over = take_over

    def __enter__(self) -> DestinationLock:
        self._destination.prepare_notes()
        content = bytes_from_record(self._holder)
        while not self._destination.claim(HOLD_PLACE, content):
            found = _read(self._destination)
            ours = found is not None and (found.host, found.workspace) == (
                self._holder.host,
                self._holder.workspace,
            )
            if not (self._take_over or ours):
                who = (
                    message(
                        "{host} (process {pid}, since {since:%Y-%m-%d %H:%M} UTC)",
                        host=found.host,
                        pid=found.pid,
                        since=found.since,
                    )
                    if found
                    else "somebody"
                )
                remedy = message(
                    "Wait until it has ended; if it is dead, `studio publish --take-over`."
                )
                raise DestinationBusyError(
                    self._destination.name,
                    message("is locked by a publication of {who}", who=who),
                    remedy,
                )
            self._destination.remove(HOLD_PLACE)
            self._take_over = False
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(
            PublishError
        ):  # without a connection the lock file stays; this workspace's next run recognises it
            self.prove()
            self._destination.remove(HOLD_PLACE)

    def prove(self) -> None:
        """Verify that no other process has taken the lock meanwhile.

        :raises PublishError: another process has.
        """
        found = _read(self._destination)
        if found is None or found.token != self._holder.token:
            who = (
                message("by {host} (process {pid})", host=found.host, pid=found.pid)
                if found
                else message("by another process")
            )
            raise PublishError(
                self._destination.name,
                message("was taken over {who}; the feed was not touched", who=who),
                message("Publish again when it is done."),
            )


def lock_destination(
    destination: Destination, workspace: str, *, take_over: bool = False
) -> DestinationLock:
    """Hold the destination while the block runs. The caller holds the workspace, so a lock file of
    the same workspace was left by a killed run.

    :param workspace: names the workspace on this machine.
    :param take_over: remove another holder's lock file, when that holder is known to be dead.
    :raises PublishError: on entering, if another publication holds it; the message names it.
    """
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    holder = DestinationHolder(
        token=secrets.token_hex(16),
        host=platform.node(),
        pid=os.getpid(),
        workspace=workspace,
        since=now,
    )
    return DestinationLock(destination, holder, take_over=take_over)


def _read(destination: Destination) -> DestinationHolder | None:
    content = destination.read(HOLD_PLACE)
    if content is None:
        return None
    with suppress(WorkspaceError):
        return record_from_bytes(content, DestinationHolder, HOLD_PLACE)
    return None
