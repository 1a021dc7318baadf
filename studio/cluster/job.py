"""What a worker receives and returns: one episode's stale stages, and a summary of them."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from studio.messages.message import message_from_plain, plain_from_message


@dataclasses.dataclass(frozen=True)
class Job:
    """One episode's work.

    :param root: the workspace's folder, as the machine that asks sees it.
    :param stage: as ``studio run --stage``; every stage when empty.
    :param table: where the stages are declared, as ``module:name``.
    :param sound_s: how long the recording is, as far as is known: the longest goes first.
    :param expected_s: how long the work will probably take with one thread.
    :param pause_s: how long the worker waits before it begins: another process had the episode.
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
    """The result of a job. No file is sent: all files are in the workspace, to which all computers
    have access.

    :param ran: how many stages ran.
    :param seconds: how long it took.
    :param machine: which worker did it.
    :param fault: why it failed: where, what, remedy and kind of the error; empty where it did not.
    :param died: its process ended without an answer: memory, a library, a person.
    :param machine_failed: its worker has no workspace, so that the file was not even read.
    :param held: another process works on this episode: nothing was done.
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
        """The summary as a line of JSON, its messages in no language yet."""
        plain = dataclasses.asdict(self) | {"fault": [*map(plain_from_message, self.fault)]}
        return json.dumps(plain) + "\n"


def summary_from_line(line: str) -> Summary:
    """What :meth:`Summary.line` wrote."""
    plain = json.loads(line)
    return Summary(**{**plain, "fault": tuple(map(message_from_plain, plain["fault"]))})
