"""Change the slug of an episode: its folder is moved, by a command or by hand, and its built files
and corrections follow.
"""

from __future__ import annotations

import itertools
import os
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from studio.errors import StudioError, WorkspaceError
from studio.file_access import read_file
from studio.messages.message import message
from studio.model.episode import Episode
from studio.model.record import record_from_bytes, record_from_toml, replace_fields
from studio.workspace.build_state import (
    BuildState,
    StageRecord,
    build_state_mentions,
    read_build_state,
    write_build_state,
)
from studio.workspace.digest import digest_from_file
from studio.workspace.disk import errors_name_place, put_in_place
from studio.workspace.layout import EpisodeFiles, Workspace
from studio.workspace.published import PublishedSound
from studio.workspace.recording_clock import RecordingClock
from studio.workspace.run_lock import lock_edit_session, lock_workspace
from studio.workspace.settings import toml_with_former
from studio.workspace.shared_files import update_shared_file

_OWN_FOLDERS = re.compile(r"(?:episodes|transcripts)/([^/]+)/")
# The temporary name for texts of episodes that swapped names.
_WAITING = re.compile(r"moved-[0-9]+")


def rename_episode(workspace: Workspace, old: str, new: str) -> None:
    """Give an episode another slug. Its guid is unchanged; its page's old URL will redirect to the
    new one.

    :raises WorkspaceError: there is no such episode, or the new name is taken. Nothing was changed.
    """
    with lock_workspace(workspace.state, f"studio rename {old} {new}"):
        before, after = workspace.episode(old), workspace.episode(new)
        if old not in workspace.slugs():
            # Resumed after being killed after the first step.
            if new in workspace.slugs() and former_slug(workspace, new) == old:
                adopt_moved(workspace, new)
                return
            known = ", ".join(workspace.slugs()) or message("none yet")
            raise WorkspaceError(
                old,
                message("is not an episode of this workspace"),
                message("Its episodes: {known}.", known=known),
            )
        for path in (after.folder, after.texts):
            if path.exists():
                raise WorkspaceError(
                    path,
                    message("already exists"),
                    message("Choose another name, or move it away."),
                )
        workspace.load_episode(old)
        # An open page would continue writing to the old folder.
        with (
            lock_edit_session(workspace.state, old, f"studio rename {old} {new}"),
            errors_name_place(after.folder),
        ):
            put_in_place(before.folder, after.folder)
            adopt_moved(workspace, new, old=old)


def adopt_all_moved(workspace: Workspace, slugs: Collection[str]) -> Iterator[tuple[str, str]]:
    """Move built files and texts of episodes along with their folders, if these were moved, or
    swapped names; yields slug and a sentence for each.

    If killed, the next call resumes it.

    :param slugs: the episodes to look at.
    :raises WorkspaceError: the target of an episode's texts is taken.
    :raises BusyError: the page of one is open, and would keep writing to the old folder.
    """
    _move_back(workspace, slugs)
    for slug in slugs:
        if sentence := adopt_moved(workspace, slug):
            yield slug, sentence


def adopt_moved(workspace: Workspace, slug: str, *, old: str = "") -> str:
    """Move an episode's built files along with its folder, if that was moved; a sentence about it,
    or empty.

    If killed anywhere, the next call resumes it: the record of the old slug is changed last.

    :param old: its former slug; the caller keeps that page closed; found if empty.
    :raises WorkspaceError: the target of its texts is taken.
    :raises BusyError: its page is open, and would keep writing to the old folder.
    """
    if old:
        return _adopt(workspace, slug, old)
    if _is_settled(workspace.episode(slug)):
        return ""
    old = former_slug(workspace, slug)
    if not old:
        return ""
    with lock_edit_session(workspace.state, old, f"studio rename {old} {slug}"):
        return _adopt(workspace, slug, old)


def _adopt(workspace: Workspace, slug: str, old: str) -> str:
    before, after = workspace.episode(old), workspace.episode(slug)
    if before.settings.is_file():
        _adopt_built(workspace, slug, old)
        return message(
            "was {old}, which is now another episode: its transcript, your corrections and "
            "built files moved with it",
            old=old,
        )
    _note_former(workspace, slug, old)
    if before.texts.exists():
        if after.texts.exists():
            what = message(
                "is there already, and so is {texts}, which belongs to the moved episode",
                texts=workspace.relative(before.texts),
            )
            raise WorkspaceError(
                after.texts, what, message("Move away the one that is not wanted.")
            )
        put_in_place(before.texts, after.texts)
    if workspace.published_note(old).is_file():
        put_in_place(workspace.published_note(old), workspace.published_note(slug))
    _adopt_built(workspace, slug, old)
    return message(
        "was {old}: its transcript, your corrections and built files moved with it; the old "
        "address of its page redirects here",
        old=old,
    )


def _adopt_built(workspace: Workspace, slug: str, old: str) -> None:
    """Rename built files of an episode, in its own folder, to its current slug."""
    files = workspace.episode(slug)
    for path in files.build.glob(f"{old}.*"):
        put_in_place(path, path.with_name(slug + path.name.removeprefix(old)))
    built, _ = read_build_state(files.build_state)
    if built.stages or built.intents:
        write_build_state(files.build_state, _renamed(built, old, slug))


def former_slug(workspace: Workspace, slug: str) -> str:
    """The slug of an episode before its folder was moved; empty if it was not moved, or if it is a
    copy of an existing one.
    """
    files = workspace.episode(slug)
    for old in dict.fromkeys((*_slugs_on_record(files), *_slugs_of_orphans(workspace, slug))):
        with suppress(WorkspaceError):  # an invalid slug was never used
            if old != slug and (
                not workspace.episode(old).settings.is_file() or _is_at_home(workspace, slug, old)
            ):
                return old
    return ""


def _is_at_home(workspace: Workspace, slug: str, other: str) -> bool:
    """Whether the texts under an episode's slug belong to it, and those under the other slug do
    not.
    """
    guid = _guid_of_texts(workspace.episode(slug).texts)
    return bool(guid) and guid == _guid(workspace, slug) and guid != _guid(workspace, other)


def _move_back(workspace: Workspace, slugs: Collection[str]) -> None:
    """Move the texts of episodes that swapped or cyclically changed their folders' names to the
    present folders. The texts contain their episode's guid: if killed, the next call resumes it.
    """
    guids = {slug: guid for slug in slugs if (guid := _guid(workspace, slug))}
    if not guids:
        return
    count = Counter(guids.values())
    homes = {guid: slug for slug, guid in guids.items() if count[guid] == 1}
    folder = workspace.root / "transcripts"
    # Episodes that were not moved are skipped: a show has thousands.
    others = set(workspace.slugs()).difference(guids)
    moves = {
        old: homes[guid]
        for old in _names_in(folder)
        if old not in others
        if homes.get(guid := _guid_of_texts(folder / old), old) != old
        and _is_of_recording(workspace, folder / old, homes[guid])
    }
    # A move to a free name is reported, and recorded as a former slug.
    if any((folder / new).exists() or _WAITING.fullmatch(old) for old, new in moves.items()):
        with ExitStack() as pages:
            for old, new in moves.items():
                pages.enter_context(
                    lock_edit_session(workspace.state, old, f"studio rename {old} {new}")
                )
            _move_in_turn(folder, moves)
    notes = workspace.state / "published"
    published = {
        old: homes[guid]
        for name in _names_in(notes)
        if name.endswith(".json") and (old := name.removesuffix(".json")) not in others
        if homes.get(guid := _guid_of_note(notes / name), old) != old
        and _guid_of_texts(folder / homes[guid]) == guid
    }
    _move_in_turn(notes, published, suffix=".json")


def _names_in(folder: Path) -> list[str]:
    """The entries of a folder, in order; nothing if it does not exist or cannot be listed: writing
    there reports the error.
    """
    with suppress(OSError):
        return sorted(os.listdir(folder))  # noqa: PTH208 - as text: a show has thousands
    return []


def _move_in_turn(folder: Path, moves: Mapping[str, str], suffix: str = "") -> None:
    """Rename each as soon as its new name is free; in a cycle, one gets a temporary name first.

    :raises WorkspaceError: a required name is taken by something that does not move.
    """

    def place(name: str) -> Path:
        return folder / f"{name}{suffix}"

    left = dict(moves)
    while left:
        if free := next((old for old, new in left.items() if not place(new).exists()), None):
            put_in_place(place(free), place(left.pop(free)))
            continue
        if taken := next((new for new in left.values() if new not in left), None):
            raise WorkspaceError(
                place(taken),
                message("already exists, and so do the files of the episode of this name"),
                message("Move away the one that is not wanted."),
            )
        old = next(iter(left))
        waiting = next(
            name for number in itertools.count(1) if not place(name := f"moved-{number}").exists()
        )
        put_in_place(place(old), place(waiting))
        left[waiting] = left.pop(old)


def _guid(workspace: Workspace, slug: str) -> str:
    """An episode's guid; empty if it cannot be read."""
    with suppress(StudioError, OSError):
        return workspace.load_episode(slug).guid
    return ""


def _guid_of_texts(texts: Path) -> str:
    """The guid of the episode that texts belong to; empty if unknown."""
    path = texts / "recording.json"
    with suppress(StudioError, OSError):
        return record_from_bytes(read_file(path), RecordingClock, path).guid
    return ""


def _guid_of_note(path: Path) -> str:
    with suppress(StudioError, OSError):
        return record_from_bytes(read_file(path), PublishedSound, path).guid
    return ""


def _is_of_recording(workspace: Workspace, texts: Path, slug: str) -> bool:
    """Whether texts belong to the clock of an episode's recording: swapping two guids is not a
    move.
    """
    path = texts / "recording.json"
    with suppress(StudioError, OSError):
        clock = record_from_bytes(read_file(path), RecordingClock, path)
        recording = workspace.episode(slug).recording(workspace.load_episode(slug).recording)
        return clock.sha256 == digest_from_file(recording)
    return False


def _is_settled(files: EpisodeFiles) -> bool:
    """Whether texts and record already belong to this slug."""
    if not files.texts.exists():
        return False
    return build_state_mentions(files.build_state, f'"transcripts/{files.slug}/')


def _slugs_on_record(files: EpisodeFiles) -> Iterator[str]:
    """The slugs in the episode's build state."""
    built, _ = read_build_state(files.build_state)
    for record in (*built.stages.values(), *built.intents.values()):
        for name in record.outputs:
            if match := _OWN_FOLDERS.match(name):
                yield match[1]


def _slugs_of_orphans(workspace: Workspace, slug: str) -> Iterator[str]:
    """Folders of texts without an episode that belong to this one: by guid, if a clone has no build
    state.
    """
    if workspace.episode(slug).texts.exists():
        return
    with suppress(StudioError):
        guid = workspace.load_episode(slug).guid
        for path in sorted((workspace.root / "transcripts").glob("*/recording.json")):
            with suppress(StudioError, OSError):
                if record_from_bytes(read_file(path), RecordingClock, path).guid == guid:
                    yield path.parent.name


def _note_former(workspace: Workspace, slug: str, old: str) -> None:
    """Record the former slug in episode.toml."""
    settings = workspace.episode(slug).settings

    def noted(content: bytes) -> bytes:
        episode = record_from_toml(content, Episode, settings)
        former = tuple(dict.fromkeys(one for one in (*episode.former_slugs, old) if one != slug))
        if former == episode.former_slugs:
            return content
        return toml_with_former(content, replace_fields(episode, former_slugs=former), settings)

    update_shared_file(workspace, settings, noted)


def _renamed(built: BuildState, old: str, slug: str) -> BuildState:
    def record(one: StageRecord) -> StageRecord:
        return replace_fields(
            one, outputs={_path(name, old, slug): digest for name, digest in one.outputs.items()}
        )

    return replace_fields(
        built,
        stages={name: record(one) for name, one in built.stages.items()},
        intents={name: record(one) for name, one in built.intents.items()},
    )


def _path(name: str, old: str, slug: str) -> str:
    name = re.sub(rf"^(episodes|transcripts)/{re.escape(old)}/", rf"\1/{slug}/", name)
    return re.sub(rf"^(episodes/[^/]+/build)/{re.escape(old)}\.", rf"\1/{slug}.", name)
