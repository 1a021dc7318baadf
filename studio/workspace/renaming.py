"""Change the slug of an episode: its folder is moved, by a command or by hand, and its built files
and corrections follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from studio.errors import StudioError, WorkspaceError
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
from studio.workspace.disk import errors_name_place, put_in_place
from studio.workspace.layout import EpisodeFiles, Workspace
from studio.workspace.recording_clock import RecordingClock
from studio.workspace.run_lock import lock_edit_session, lock_workspace
from studio.workspace.settings import toml_with_former
from studio.workspace.shared_files import update_shared_file

_OWN_FOLDERS = re.compile(r"(?:episodes|transcripts)/([^/]+)/")


def rename_episode(workspace: Workspace, old: str, new: str) -> None:
    """Give an episode another slug. Its guid stays; its page's old address will lead to the new
    one.

    :raises WorkspaceError: there is no such episode, or something has the new name. Nothing was
        changed.
    """
    with lock_workspace(workspace.state, f"studio rename {old} {new}"):
        before, after = workspace.episode(old), workspace.episode(new)
        if old not in workspace.slugs():
            # Killed after its first step, and asked for again.
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
                    message("is there already"),
                    message("Choose another name, or move it away."),
                )
        workspace.load_episode(old)
        # A page that is open would go on writing where the episode was.
        with (
            lock_edit_session(workspace.state, old, f"studio rename {old} {new}"),
            errors_name_place(after.folder),
        ):
            put_in_place(before.folder, after.folder)
            adopt_moved(workspace, new, old=old)


def adopt_moved(workspace: Workspace, slug: str, *, old: str = "") -> str:
    """Let what was made of an episode follow its folder, if that was moved; a sentence that tells
    it, empty where it was not.

    Killed anywhere and called again, it goes on: what tells the old slug is changed last.

    :param old: the slug that it had; found where it is empty.
    :raises WorkspaceError: something is where its texts must go.
    """
    if not old and _is_settled(workspace.episode(slug)):
        return ""
    old = old or former_slug(workspace, slug)
    if not old:
        return ""
    before, after = workspace.episode(old), workspace.episode(slug)
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
    for path in after.build.glob(f"{old}.*"):
        put_in_place(path, path.with_name(slug + path.name.removeprefix(old)))
    if workspace.published_note(old).is_file():
        put_in_place(workspace.published_note(old), workspace.published_note(slug))
    built, _ = read_build_state(after.build_state)
    if built.stages or built.intents:
        write_build_state(after.build_state, _renamed(built, old, slug))
    return message(
        "was {old}: its transcript, your corrections and what was made of it came "
        "along; the old address of its page leads here",
        old=old,
    )


def former_slug(workspace: Workspace, slug: str) -> str:
    """The slug that an episode had before its folder was moved; empty where it was not, or where it
    is a copy of one that is there.
    """
    files = workspace.episode(slug)
    for old in dict.fromkeys((*_slugs_on_record(files), *_slugs_of_orphans(workspace, slug))):
        with suppress(WorkspaceError):  # what is not a slug was never one
            if old != slug and not workspace.episode(old).settings.is_file():
                return old
    return ""


def _is_settled(files: EpisodeFiles) -> bool:
    """Whether texts and record are this slug's."""
    if not files.texts.exists():
        return False
    return build_state_mentions(files.build_state, f'"transcripts/{files.slug}/')


def _slugs_on_record(files: EpisodeFiles) -> Iterator[str]:
    """The slugs under which the episode's stages wrote."""
    built, _ = read_build_state(files.build_state)
    for record in (*built.stages.values(), *built.intents.values()):
        for name in record.outputs:
            if match := _OWN_FOLDERS.match(name):
                yield match[1]


def _slugs_of_orphans(workspace: Workspace, slug: str) -> Iterator[str]:
    """Folders of texts without an episode that were made of this one: by its guid, where a clone
    brought no record.
    """
    if workspace.episode(slug).texts.exists():
        return
    with suppress(StudioError):
        guid = workspace.load_episode(slug).guid
        for path in sorted((workspace.root / "transcripts").glob("*/recording.json")):
            with suppress(StudioError, OSError):
                if record_from_bytes(path.read_bytes(), RecordingClock, path).guid == guid:
                    yield path.parent.name


def _note_former(workspace: Workspace, slug: str, old: str) -> None:
    """Note in episode.toml under which address the page was."""
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
