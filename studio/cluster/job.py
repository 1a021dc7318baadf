"""The input and output of a worker: one episode's stale stages, and a summary of their run."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from studio.messages.message import message_from_plain, plain_from_message


@dataclasses.dataclass(frozen=True)
class Job:
    """One episode's work.

    :param root: the workspace's folder on the client's machine.
    :param stage: as ``studio run --stage``; every stage when empty.
    :param table: the stage table, as ``module:name``.
    :param sound_s: known duration of the recording: the longest goes first.
    :param expected_s: expected duration of the work with one thread.
    :param pause_s: delay before the worker starts: another process had locked the episode.
    """

    root: str
    slug: str
    stage: str = ""
    table: str = "studio.pipeline.stages:STAGES"
    sound_s: float = 0.0
    expected_s: float = 0.0
    pause_s: float = 0.0

    def plain(self) -> dict[str, Any]:
        """The job as a dict, for sending."""
        return dataclasses.asdict(self)


@dataclasses.dataclass(frozen=True)
class Summary:
    """The result of a job. Files are not transferred: all computers access the workspace.

    :param ran: number of stages that ran.
    :param seconds: duration.
    :param machine: name of the worker.
    :param fault: the error: where, what, remedy and class; empty on success.
    :param died: its process ended without a result (out of memory, a crash, killed by a user).
    :param machine_failed: its worker has no workspace, so that the file was not read.
    :param held: another process has locked this episode: nothing was done.
    """

    slug: str
    ran: int = 0
    seconds: float = 0.0
    machine: str = ""
    fault: tuple[str, ...] = ()
    died: bool = False
    machine_failed: bool = False
    held: bool = False

    def line(self) -> str:
        """The summary as a line of JSON, with untranslated messages."""
        plain = dataclasses.asdict(self) | {"fault": [*map(plain_from_message, self.fault)]}
        return json.dumps(plain) + "\n"


def summary_from_line(line: str) -> Summary:
    """Parse a line of :meth:`Summary.line`."""
    plain = json.loads(line)
    return Summary(**{**plain, "fault": tuple(map(message_from_plain, plain["fault"]))})
