"""Files that users and several commands write (glossary, settings): read, changed and written by
one of them at a time.
"""

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

# People's saves take no lock: the change is repeated this many times on what they saved, before
# giving up.
_ATTEMPTS = 5


def update_shared_file(workspace: Workspace, path: Path, change: Callable[[bytes], bytes]) -> None:
    """Read a file of the workspace, change it and write it, locked against other commands of
    Studio.

    A person who saves the file at the same moment is not written over: the change is made once
    more, on what they saved.

    :param change: the new content from the old one; empty for a file that is not there. It may be
        called several times.
    :raises BusyError: another command of Studio does not let go of the file.
    :raises ChangedSinceError: a person saves it again and again.
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
    """Change the show's names; comments and anything else in the file stay as a person wrote them.

    :param change: the names that the glossary is to have from those that it has.
    :raises WorkspaceError: it cannot be read: it is left as it is.
    :raises BusyError, ChangedSinceError, DiskError: as :func:`update_shared_file`.
    """
    path = workspace.glossary

    def changed(content: bytes) -> bytes:
        glossary = record_from_toml(content, Glossary, path) if content else Glossary()
        wanted = change(glossary)
        return content if wanted == glossary else toml_with_names(content, wanted, path)

    update_shared_file(workspace, path, changed)


def replace_known_file(path: Path, was: bytes | None, content: bytes) -> None:
    """Write a file in place of what was read from it, and of nothing else.

    :param was: what was read; None for nothing.
    :raises ChangedSinceError: something else is there by now; it stays.
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
