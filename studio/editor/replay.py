"""Write edits that are only in the journal (after a kill of the editor) to the episode's files
before a command reads these.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from studio.editor.edit_session import EditSession
from studio.editor.file_revisions import NOT_YET, is_ahead, note_of, read_file_revisions
from studio.errors import BusyError, StudioError, WorkspaceError
from studio.file_access import read_file
from studio.messages.message import message
from studio.pipeline.runner import Choice, run_stages
from studio.pipeline.stages import STAGES
from studio.workspace.layout import Workspace
from studio.workspace.run_lock import lock_workspace
from studio.workspace.sources import EpisodeSources, ShowSources

# The page's edits are in the files within a second; otherwise there is a disk problem, which the
# page reports.
_WAIT_S = 10.0
_LOOK_S = 0.1


def episode_with_edits(workspace: Workspace, slug: str) -> EpisodeSources:
    """One episode, after writing every edit to its files.

    :raises WorkspaceError: there is no such episode, or the edits cannot be written to its files.
    :raises BusyError: the editor's page is open, and what was typed does not reach the files.
    """
    write_edits_to_files(ShowSources(workspace).episode(slug))
    return ShowSources(workspace).episode(slug)


def write_all_edits_to_files(workspace: Workspace, slugs: Iterable[str] = ()) -> tuple[str, ...]:
    """The same for several episodes; default: all.

    :returns: the slugs of episodes with changed files.
    """
    show = ShowSources(workspace)
    chosen = [show.episode(slug) for slug in slugs] or show.episodes
    return tuple(sources.slug for sources in chosen if write_edits_to_files(sources))


def write_edits_to_files(sources: EpisodeSources) -> bool:
    """Write edits that only the journal has to the files; returns whether there were any.

    :raises WorkspaceError: they cannot be written; nothing is lost, and the message says why.
    :raises BusyError: the editor's page is open, and what was typed does not reach the files.
    :raises DiskError: a file cannot be written.
    """
    files = sources.files
    if not sources.workspace.has_journal(sources.slug):
        return False
    if not is_ahead(files.journal) or not files.transcript.is_file():
        return False
    try:
        with lock_workspace(
            sources.workspace.state / "editor" / sources.slug, f"read the edits of {sources.slug}"
        ):
            before = _contents(sources)
            if not files.facts.is_file():
                _inspect(sources)
            EditSession(sources)
            return _contents(sources) != before
    except BusyError as error:
        _wait_for_the_page(sources, error)
        return False


def _contents(sources: EpisodeSources) -> list[bytes | None]:
    files = (sources.files.transcript, sources.files.chapters, sources.files.settings)
    return [read_file(path) if path.is_file() else None for path in files]


def _inspect(sources: EpisodeSources) -> None:
    """Edits are on the recording clock; if built files were removed, the recording's length is
    determined first.
    """
    done = run_stages(
        sources.workspace,
        STAGES,
        Choice(slugs=(sources.slug,), stage="inspect"),
        lambda _: None,
        command=f"studio run {sources.slug}",
    )
    for failure in done.failures:
        what = message(
            "has edits that are not in its files yet, and cannot be inspected ({where}: {what})",
            where=failure.where,
            what=failure.what,
        )
        raise WorkspaceError(sources.slug, what, failure.remedy)


def _wait_for_the_page(sources: EpisodeSources, busy: StudioError) -> None:
    """Wait until the page has written all edits to the files."""
    journal = sources.files.journal
    wanted = journal.stat().st_size
    until = time.monotonic() + _WAIT_S
    while time.monotonic() < until:
        written = read_file_revisions(note_of(journal))
        if (
            written is not None
            and written.journal_bytes != NOT_YET
            and written.journal_bytes >= wanted
        ):
            return
        time.sleep(_LOOK_S)
    raise BusyError(
        sources.slug,
        message("has edits that do not reach its files ({what})", what=busy.what),
        message("The editor's page says why; close it, then run this command again."),
    )
