"""``lock.json``: what each stage read and wrote when it last ran."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from studio.errors import WorkspaceError
from studio.messages.message import message
from studio.model.record import Record, bytes_from_record, record_from_bytes, replace_fields
from studio.workspace.disk import write_file

EDITED = "edited"


class StageRecord(Record, frozen=True):
    """One stage's last run.

    :param version: the stage's own version.
    :param inputs: SHA-256 of each file and text that it used, by name; None for a file that was not
        there.
    :param origins: SHA-256 of what a text was worked out from, for texts that are slow to work out.
    :param parameters: each setting that it used, in clear.
    :param outputs: SHA-256 of each file that it wrote, by path in the workspace. A person's version
        that stands for these inputs has none: ``EDITED`` when it was the machine's before, None
        when nobody knows where it came from.
    """

    version: int
    inputs: dict[str, str | None]
    parameters: dict[str, Any]
    origins: dict[str, str]
    outputs: dict[str, str | None]


class BuildState(Record, frozen=True):
    """A lock file.

    :param stages: the last run of each stage, by its name.
    :param intents: what a stage was about to put in place when it wrote this: a run killed in
        between leaves files that are the machine's, though no run of the stage is on record.
    """

    stages: dict[str, StageRecord]
    intents: dict[str, StageRecord]
    schema: int = 1

    def with_intent(self, stage: str, record: StageRecord) -> BuildState:
        """The same with the intent of a stage noted."""
        return replace_fields(self, intents={**self.intents, stage: record})

    def with_record(self, stage: str, record: StageRecord) -> BuildState:
        """The same with a stage's run on record, its intent fulfilled."""
        intents = {name: intent for name, intent in self.intents.items() if name != stage}
        return replace_fields(self, stages={**self.stages, stage: record}, intents=intents)


def read_build_state(path: Path) -> tuple[BuildState, str]:
    """The lock file, and a note when it is damaged: then nothing is known, and what people may have
    edited counts as edited.
    """
    try:
        return record_from_bytes(path.read_bytes(), BuildState, path), ""
    except FileNotFoundError:
        return BuildState(stages={}, intents={}), ""
    except (OSError, WorkspaceError):
        return (
            BuildState(stages={}, intents={}),
            message(
                "{name} is damaged and counts as missing: stages run again, and what they "
                "did not just write is kept as yours",
                name=path.name,
            ),
        )


def write_build_state(path: Path, lock: BuildState) -> None:
    """Write the lock file.

    :raises DiskError: the disk is full or the folder not writable.
    """
    write_file(path, bytes_from_record(lock))
