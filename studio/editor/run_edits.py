"""What people changed since the last run comes to the files before a run reads these."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence

from studio.editor.edited_captions import take_in_captions
from studio.editor.replay import bring_edits_to_files
from studio.messages.message import message
from studio.pipeline.events import Listener, Noted
from studio.workspace.layout import Workspace
from studio.workspace.renaming import adopt_all_moved
from studio.workspace.run_lock import lock_workspace
from studio.workspace.sources import ShowSources


def take_in_edits(
    workspace: Workspace,
    slugs: Sequence[str],
    listen: Listener,
    *,
    touched: Container[str],
    changed: Callable[[str], None] = lambda _: None,
    command: str,
) -> None:
    """Let texts follow folders that were moved by hand; then bring to the files what only the
    editor's journal had, and captions that were edited by hand.

    :param touched: the episodes of which something may have changed since the last run.
    :param changed: told of each episode of which a file changes.
    :param command: what to tell another command about this one.
    :raises BusyError: another command holds the workspace, or an open page's edits do not reach the
        files.
    :raises WorkspaceError: they cannot be brought there; nothing is lost.
    """
    with lock_workspace(workspace.state, command):
        for slug, sentence in adopt_all_moved(
            workspace, [slug for slug in workspace.slugs() if slug in touched]
        ):
            listen(Noted(episode=slug, text=sentence))
            changed(slug)
    show = ShowSources(workspace)
    for slug in slugs:
        sources = show.episode(slug)
        if bring_edits_to_files(sources):
            text = message("edits that only the editor's journal had were brought to the files")
            listen(Noted(episode=slug, text=text))
            changed(slug)
            sources = ShowSources(workspace).episode(slug)
        elif slug not in touched:
            continue
        if taken := take_in_captions(sources):
            listen(Noted(episode=slug, text=taken))
            changed(slug)
