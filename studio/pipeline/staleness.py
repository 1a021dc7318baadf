"""The state of a stage, with reasons: decided by content, never by dates."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from pathlib import Path
from typing import Any, Literal

from studio.messages.message import message
from studio.model.record import json_from_plain, plain_from_json, plain_from_record, replace_fields
from studio.pipeline.stage import Stage, StageInput
from studio.workspace.build_state import BuildState, StageRecord
from studio.workspace.digest import Digests, digest_from_plain
from studio.workspace.sources import ShowSources, Sources

State = Literal["missing", "fresh", "stale", "edited", "conflict"]

_VALUE_LENGTH = 60


@dataclasses.dataclass(frozen=True)
class StageUse:
    """What a stage would use if it ran now.

    :param files: the path of each file input by name.
    :param inputs: the fingerprint of each file and text by name; None where there is no such file.
    :param parameters: the settings in clear.
    :param origins: the fingerprint of what slow texts are worked out from.
    :param needed: the file of an earlier stage in which a text is found, by the text's name.
    """

    files: dict[str, Path]
    inputs: dict[str, str | None]
    parameters: dict[str, Any]
    origins: dict[str, str]
    needed: dict[str, Path]

    @property
    def absent(self) -> tuple[Path, ...]:
        """The files that should be there and are not."""
        return tuple(path for name, path in self.files.items() if self.inputs[name] is None)


@dataclasses.dataclass(frozen=True)
class StageStatus:
    """The state of a stage.

    :param reasons: one short phrase each; none when it is fresh.
    :param used: what the stage would use if it ran now.
    :param user_edited: the outputs that a user wrote last, with their fingerprints.
    """

    state: State
    reasons: tuple[str, ...]
    used: StageUse
    user_edited: dict[Path, str]


def read_stage_use(
    stage: Stage[Any], sources: Sources, record: StageRecord | None, digests: Digests
) -> StageUse:
    """Read everything that the stage uses.

    :raises StudioError: a person's file is missing or cannot be understood.
    """
    used = StageUse({}, {}, {}, {}, {})
    for stage_input in stage.inputs:
        if stage_input.kind == "text" and stage_input.needs is not None:
            used.needed[stage_input.name] = stage_input.needs(sources)
        if stage_input.kind == "setting":
            # As it will be read back: a tuple is a list then.
            used.parameters[stage_input.name] = plain_from_json(
                json_from_plain(plain_from_record(stage_input.read(sources)))
            )
        elif stage_input.kind == "file":
            for name, path in stage_input.files(sources).items():
                if path is not None:
                    used.files[name] = path
                used.inputs[name] = None if path is None else digests.of(path)
        elif stage_input.kind == "episodes" and isinstance(sources, ShowSources):
            _read_episodes(stage_input, sources, record, digests, used)
        elif stage_input.origin is None:
            used.inputs[stage_input.name] = _digest(stage_input.read(sources))
        else:
            # Expensive texts have a cheap origin (e.g. the article's file): while that is
            # unchanged, the recorded digest of the text still holds.
            origin = used.origins[stage_input.name] = _digest(stage_input.origin(sources))
            known = (
                record is not None
                and record.version == stage.version
                and record.origins.get(stage_input.name) == origin
            )
            used.inputs[stage_input.name] = (
                record.inputs[stage_input.name]
                if record is not None and known
                else _digest(stage_input.read(sources))
            )
    return used


def _read_episodes(
    stage_input: StageInput[Any],
    show: ShowSources,
    record: StageRecord | None,
    digests: Digests,
    used: StageUse,
) -> None:
    """Look at the files of each published episode; of one that is untouched, at what is on
    record.
    """
    known = {} if record is None else record.inputs
    for episode in show.published:
        name = f"{stage_input.name}/{episode.slug}"
        if episode.slug in show.untouched and name in known:
            used.inputs[name] = known[name]
            continue
        files: list[Path] = stage_input.read(episode)
        used.needed[name] = files[0]
        used.inputs[name] = digest_from_plain([[path.name, digests.of(path)] for path in files])


def unchanged_outputs(names: Iterable[str], sources: Sources) -> set[str]:
    """The outputs of the show that are files of unchanged episodes."""
    if not isinstance(sources, ShowSources) or not sources.untouched:
        return set()
    site = f"{sources.workspace.relative(sources.workspace.site)}/"
    return {
        name
        for name in names
        if name.startswith(site) and name[len(site) :].partition("/")[0] in sources.untouched
    }


def _untouched_outputs(names: Iterable[str], sources: Sources) -> set[str]:
    """The outputs of the show that need not be looked at."""
    untouched = unchanged_outputs(names, sources)
    if not isinstance(sources, ShowSources) or not sources.is_site_untouched:
        return untouched
    site = f"{sources.workspace.relative(sources.workspace.site)}/"
    slugs = {episode.slug for episode in sources.episodes}
    return untouched | {
        name
        for name in names
        if name.startswith(site) and name[len(site) :].partition("/")[0] not in slugs
    }


def with_narrowed_inputs(
    built: BuildState, stages: Sequence[Stage[Any]], sources: Sources, digests: Digests
) -> BuildState:
    """The build state of an earlier version, with the values that stages use now in place of the
    files that contain them.

    Called before anything runs: while such a file is the recorded one, the value in it is what the
    stage used.
    """
    for stage in stages:
        record = built.stages.get(stage.name)
        for stage_input in stage.inputs:
            if (
                record is None
                or stage_input.needs is None
                or stage_input.former not in record.inputs
                or stage_input.name in record.inputs
            ):
                continue
            before = record.inputs[stage_input.former]
            used = before is not None and digests.of(stage_input.needs(sources)) == before
            inputs = {
                stage_input.name if name == stage_input.former else name: digest
                for name, digest in record.inputs.items()
            }
            if used:
                inputs[stage_input.name] = _digest(stage_input.read(sources))
            record = replace_fields(record, inputs=inputs)
            built = replace_fields(built, stages={**built.stages, stage.name: record})
    return built


def _digest(value: Any) -> str:
    return digest_from_plain(plain_from_record(value))


def user_edited_outputs(
    stage: Stage[Any], sources: Sources, built: BuildState, digests: Digests
) -> dict[Path, str]:
    """The editable outputs that a person wrote last, with their fingerprints.

    Those are the ones that are neither what the stage is on record to have written nor what it was
    about to write when it was killed.
    """
    records = [
        record
        for record in (built.stages.get(stage.name), built.intents.get(stage.name))
        if record is not None
    ]
    found = {}
    for output in stage.outputs:
        path = output.find(sources)
        name = sources.workspace.relative(path)
        digest = digests.of(path) if output.editable else None
        if digest is not None and all(record.outputs.get(name) != digest for record in records):
            found[path] = digest
    return found


def _status_of_edited(
    record: StageRecord | None,
    used: StageUse,
    coming: Sequence[str],
    user_edited: dict[Path, str],
) -> StageStatus:
    """The state of a stage with outputs that a person changed.

    :param coming: the inputs that earlier stages will rebuild.
    """
    names = _listed(path.name for path in user_edited)
    if record is None:
        reason = message("{names} is not on record as Studio's", names=names)
        return StageStatus("edited", (reason,), used, user_edited)
    edited = message("{names} was edited by hand", names=names)
    if changes := tuple(_changes(record, used, coming)):
        return StageStatus("conflict", (edited, *changes), used, user_edited)
    later = (message("conflict if it changes: {name}", name=name) for name in coming)
    return StageStatus("edited", (edited, *later), used, user_edited)


def stage_status(
    stage: Stage[Any],
    sources: Sources,
    built: BuildState,
    digests: Digests,
    *,
    rebuilt: Set[Path] = frozenset(),
) -> StageStatus:
    """The stage's state.

    :param rebuilt: files that earlier stages will have rebuilt by then, in a plan.
    :raises StudioError: a person's file is missing or cannot be understood.
    """
    record = built.stages.get(stage.name)
    used = read_stage_use(stage, sources, record, digests)
    user_edited = user_edited_outputs(stage, sources, built, digests)
    # A file that will be rebuilt may come out the same; its absence now is not a change in itself.
    read = {**used.files, **used.needed}
    coming = [name for name, path in read.items() if path in rebuilt]
    ahead = (message("after {coming}", coming=_listed(coming)),) if coming else ()
    if user_edited:
        return _status_of_edited(record, used, coming, user_edited)
    if record is None:
        return StageStatus("missing", (message("never ran"),), used, user_edited)
    gone = _gone(stage, sources, built, digests)
    renewed = stage.renewed(sources, record.version)
    version = (
        (
            message(
                "Studio makes it differently now (version {before} → {now})",
                before=record.version,
                now=stage.version,
            ),
        )
        if renewed
        else ()
    )
    # Everything that is said to the user as the reason, in this order.
    reasons = (*gone, *_changes(record, used, coming), *version, *ahead)
    if not reasons:
        return StageStatus("fresh", (), used, user_edited)
    outputs = [output.find(sources) for output in stage.outputs]
    return StageStatus(
        "missing" if outputs and not any(path.exists() for path in outputs) else "stale",
        reasons,
        used,
        user_edited,
    )


def _gone(
    stage: Stage[Any], sources: Sources, built: BuildState, digests: Digests
) -> Iterator[str]:
    recorded = built.stages[stage.name].outputs
    intended = built.intents[stage.name].outputs if stage.name in built.intents else {}
    declared = (sources.workspace.relative(output.find(sources)) for output in stage.outputs)
    untouched = _untouched_outputs(recorded, sources)
    for name in dict.fromkeys((*recorded, *declared)):
        if name in untouched:
            continue
        now = digests.of(sources.workspace.root / name)
        if now is None:
            yield message("{name} is gone", name=name)
        elif recorded.get(name) == now:
            continue
        elif intended.get(name) == now:
            yield message("{name} was written by a run that was cut short", name=name)
        elif name not in recorded:
            yield message("{name} is not on record", name=name)
        else:
            yield message("{name} has changed since it was made", name=name)


def _changes(record: StageRecord, used: StageUse, coming: Collection[str]) -> Iterator[str]:
    for name in dict.fromkeys((*record.inputs, *used.inputs)):
        if name in coming:
            continue
        if name not in used.inputs:
            yield message("{name} is no longer used", name=name)
        elif name not in record.inputs:
            yield message("{name} is new", name=name)
        elif record.inputs[name] != used.inputs[name]:
            if used.inputs[name] is None:
                yield message("{name} is gone", name=name)
            elif record.inputs[name] is None:
                yield message("{name} is new", name=name)
            else:
                yield message("{name} changed", name=name)
    yield from _value_changes("", record.parameters, used.parameters)


_NOTHING = object()


def _value_changes(name: str, old: Any, new: Any) -> Iterator[str]:
    """The differences of two plain values, descending through dicts."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            yield from _value_changes(
                f"{name}.{key}" if name else str(key),
                old.get(key, _NOTHING),
                new.get(key, _NOTHING),
            )
    elif old != new and not (old is _NOTHING and _is_unset(new)):
        yield f"{name}: {_shown(old)} → {_shown(new)}"


def _is_unset(value: Any) -> bool:
    """Whether a setting has no effect: it did not exist when something was built, and has not been
    set since.
    """
    return value is None or value is False or value in ("", [], {})


def _shown(value: Any) -> str:
    if value is _NOTHING:
        return "–"
    text = str(value) if isinstance(value, (str, int, float)) and value != "" else repr(value)
    return text if len(text) <= _VALUE_LENGTH else text[: _VALUE_LENGTH - 1] + "…"


def _listed(names: Any) -> str:
    return ", ".join(names)
