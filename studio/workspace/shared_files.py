"""Locked updates of files that users and several commands write (glossary, settings)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from studio.file_access import read_file
from studio.model.glossary import Glossary
from studio.model.record import record_from_toml
from studio.workspace.digest import digest_from_bytes
from studio.workspace.disk import (
    ChangedSinceError,
    clear_leftovers,
    copy_rights,
    discard_replaced,
    fresh_path,
    make_folder,
    put_in_place_of,
    remove_quietly,
    write_fresh,
)
from studio.workspace.layout import Workspace
from studio.workspace.run_lock import hold_file
from studio.workspace.settings import toml_with_names

# Users' saves take no lock: the change is retried this many times on the saved version.
_ATTEMPTS = 5


def update_shared_file(workspace: Workspace, path: Path, change: Callable[[bytes], bytes]) -> None:
    """Read a file of the workspace, change it and write it, locked against other commands of
    Studio.

    A concurrent save by a user is not overwritten: the change is retried on the saved version.

    :param change: returns the new content for the old one (empty for a missing file). It may be
        called several times.
    :raises BusyError: another command of Studio does not release the file.
    :raises ChangedSinceError: the file is saved repeatedly.
    :raises DiskError: it cannot be read or written.
    """
    make_folder(path.parent)
    with hold_file(workspace.state, workspace.relative(path)):
        clear_leftovers(path)
        for left in reversed(range(_ATTEMPTS)):
            content = read_file(path) if path.is_file() else None
            wanted = change(content or b"")
            if wanted == (content or b""):
                return
            try:
                replace_known_file(path, content, wanted)
            except ChangedSinceError:
                if not left:
                    raise
            else:
                return


def update_glossary(workspace: Workspace, change: Callable[[Glossary], Glossary]) -> None:
    """Change the show's names; comments and everything else in the file are preserved.

    :param change: returns the new glossary for the current one.
    :raises WorkspaceError: it cannot be read; it is unchanged.
    :raises BusyError, ChangedSinceError, DiskError: as :func:`update_shared_file`.
    """
    path = workspace.glossary

    def changed(content: bytes) -> bytes:
        glossary = record_from_toml(content, Glossary, path) if content else Glossary()
        wanted = change(glossary)
        return content if wanted == glossary else toml_with_names(content, wanted, path)

    update_shared_file(workspace, path, changed)


def replace_known_file(path: Path, was: bytes | None, content: bytes) -> None:
    """Replace a file only if it still has the content that was read.

    :param was: the content that was read; None if missing.
    :raises ChangedSinceError: it has another content by now, which is kept.
    :raises DiskError: it cannot be written.
    """
    fresh = fresh_path(path)
    write_fresh(fresh, content)
    try:
        copy_rights(path, fresh)
        replaced = put_in_place_of(
            fresh, path, None if was is None else digest_from_bytes(was), digest_from_bytes(content)
        )
    finally:
        remove_quietly(fresh)
    if replaced is not None:
        discard_replaced(replaced)
