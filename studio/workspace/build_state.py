"""``build-state.json``: the inputs and outputs of the last run of each stage.

Until version 0.2.0 the file was ``lock.json``. If only that file exists, or an older version has
written it since, it is read instead. It is not changed: an older version still uses it, and treats
files written since as edited and keeps them. Records of renamed stages are read under their current
names.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from studio.errors import WorkspaceError
from studio.file_access import read_file
from studio.messages.message import message
from studio.model.record import Record, bytes_from_record, record_from_bytes, replace_fields
from studio.workspace.disk import write_file

EDITED = "edited"
_FORMER_NAME = "lock.json"
_FORMER_STAGES = {
    "excerpt": "soundbites",
    "attribute": "turns",
    "present": "package",
    "separate": "overlaps",
    "arrange": "programme",
    "enclose": "enclosure",
}


class StageRecord(Record, frozen=True):
    """One stage's last run.

    :param version: the stage's own version.
    :param inputs: SHA-256 of each used file and text, by name; None for a missing file.
    :param origins: SHA-256 of the source of a text, for texts that are slow to compute.
    :param parameters: each used setting, as a plain value.
    :param outputs: SHA-256 of each written file, by path in the workspace. A user's version that
        was kept for these inputs has ``EDITED`` if the file was generated before, None if its
        origin is unknown.
    """

    version: int
    inputs: dict[str, str | None]
    parameters: dict[str, Any]
    origins: dict[str, str]
    outputs: dict[str, str | None]


class BuildState(Record, frozen=True):
    """The last run of every stage of an episode, or of the show.

    :param stages: the last run of each stage, by name.
    :param intents: the outputs that a stage was about to put in place: they identify generated
        files of a killed run that has no record.
    :param former: the SHA-256 of the ``lock.json`` that it was read from, or empty.
    """

    stages: dict[str, StageRecord]
    intents: dict[str, StageRecord]
    schema: int = 1
    former: str = ""

    def with_intent(self, stage: str, record: StageRecord) -> BuildState:
        """The state with the intent of a stage."""
        return replace_fields(self, intents={**self.intents, stage: record})

    def with_record(self, stage: str, record: StageRecord) -> BuildState:
        """The state with the record of a stage's run, and without its intent."""
        intents = {name: intent for name, intent in self.intents.items() if name != stage}
        return replace_fields(self, stages={**self.stages, stage: record}, intents=intents)


def read_build_state(path: Path) -> tuple[BuildState, str]:
    """The build state, and a remark if it is damaged: then nothing is known, and editable files
    count as edited.
    """
    state, note = _read(path)
    former = _former_content(path)
    if former is None or hashlib.sha256(former).hexdigest() == state.former:
        return state, note
    return _from_former(former, path.with_name(_FORMER_NAME))


def _read(path: Path) -> tuple[BuildState, str]:
    nothing = BuildState(stages={}, intents={})
    try:
        return _with_todays_names(record_from_bytes(read_file(path), BuildState, path)), ""
    except FileNotFoundError:
        return nothing, ""
    except (OSError, WorkspaceError):
        return nothing, _damaged(path)


def _damaged(path: Path) -> str:
    return message(
        "{name} is damaged and counts as missing: stages run again, and files that differ from "
        "their output are kept as your versions",
        name=path.name,
    )


def _former_content(path: Path) -> bytes | None:
    """The content of the ``lock.json`` beside the build state, or None."""
    with suppress(OSError):
        return read_file(path.with_name(_FORMER_NAME))
    return None


def _from_former(content: bytes, path: Path) -> tuple[BuildState, str]:
    digest = hashlib.sha256(content).hexdigest()
    try:
        former = _with_todays_names(record_from_bytes(content, BuildState, path))
    except WorkspaceError:
        return BuildState(stages={}, intents={}, former=digest), _damaged(path)
    return replace_fields(former, former=digest), ""


def _with_todays_names(state: BuildState) -> BuildState:
    return replace_fields(state, stages=_renamed(state.stages), intents=_renamed(state.intents))


def _renamed(records: dict[str, StageRecord]) -> dict[str, StageRecord]:
    # A former name beside the current one was written later, by an older version since the
    # migration.
    in_order = sorted(records.items(), key=lambda item: item[0] in _FORMER_STAGES)
    return {stage_name(stage): record for stage, record in in_order}


def build_state_mentions(path: Path, text: str) -> bool:
    """Whether a text occurs in the build state, without parsing it (there may be thousands); also
    true if nothing was built yet. False if it is unreadable.
    """
    try:
        contents = [read_file(path)]
    except FileNotFoundError:
        contents = []
    except OSError:
        return False
    if (former := _former_content(path)) is not None:
        contents.append(former)
    return not contents or any(text.encode() in content for content in contents)


def stage_name(name: str) -> str:
    """The current name of a stage that is given by its current or a former name."""
    return _FORMER_STAGES.get(name, name)


def migrate_build_state(path: Path) -> Literal["", "file", "stages"]:
    """Convert a build state of an earlier version to the current format.

    :returns: what changed: the file's name (formerly ``lock.json``), stage names, or nothing.
    :raises DiskError: the disk is full or the folder not writable.
    """
    state, _ = read_build_state(path)
    if _former_content(path) is not None and _read(path)[0].former != state.former:
        write_build_state(path, state)
        return "file"
    if _has_former_stages(path):
        write_build_state(path, state)
        return "stages"
    return ""


def _has_former_stages(path: Path) -> bool:
    with suppress(OSError, WorkspaceError):
        state = record_from_bytes(read_file(path), BuildState, path)
        return not _FORMER_STAGES.keys().isdisjoint((*state.stages, *state.intents))
    return False


def write_build_state(path: Path, state: BuildState) -> None:
    """Write the build state.

    :raises DiskError: the disk is full or the folder not writable.
    """
    write_file(path, bytes_from_record(state))
