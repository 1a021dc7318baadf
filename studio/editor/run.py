"""A run including users' edits: shared by command line, Python and the editor's page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from studio.editor.edited_captions import import_edited_captions
from studio.editor.replay import write_edits_to_files
from studio.errors import StudioError
from studio.messages.message import message
from studio.pipeline import stages
from studio.pipeline.changed_sound import report_changed_sound
from studio.pipeline.events import Event, Listener, Noted, RunFinished, StageFinished
from studio.pipeline.runner import Choice, run_stages
from studio.pipeline.stage_durations import DurationEstimator
from studio.workspace.freshness_cache import FreshnessCache
from studio.workspace.layout import Workspace
from studio.workspace.published_notes import renew_sound as renew_published_sound
from studio.workspace.renaming import adopt_all_moved
from studio.workspace.run_lock import lock_workspace
from studio.workspace.show_guid import write_first_guid
from studio.workspace.sources import ShowSources


def run_with_edits(
    workspace: Workspace,
    choice: Choice,
    listen: Listener,
    *,
    command: str,
    renew_sound: bool = False,
    keeper: DurationEstimator | None = None,
) -> RunFinished:
    """Write users' edits to the files, run stale stages, and report what listeners would download
    again. Parameters and errors are those of :func:`studio.api.run.run`.
    """
    if sentence := write_first_guid(workspace, command):
        listen(Noted(episode="show", text=sentence))
    show, cache = ShowSources(workspace), FreshnessCache(workspace, stages.STAGES.signature)
    slugs = choice.slugs or workspace.slugs()
    touched = {slug for slug in slugs if choice.stage or cache.stages_of(slug) is None}
    if not choice.stage:
        require_cover(workspace, sorted(touched))
    if renew_sound:
        renew_published_sound(show, slugs)
        touched, cache = set(slugs), FreshnessCache(workspace, stages.STAGES.signature)
    write_pending_edits(
        workspace, slugs, listen, touched=touched, changed=cache.forget, command=command
    )
    learning = keeper or DurationEstimator(workspace)

    def listen_and_learn(event: Event) -> None:
        listen(event)
        if isinstance(event, StageFinished):
            learning.learn(event.episode, event.stage, event.seconds)

    done = run_stages(
        workspace, stages.STAGES, choice, listen_and_learn, command=command, cache=cache
    )
    report_changed_sound(workspace, listen, cache)
    return done


def require_cover(workspace: Workspace, slugs: Iterable[str]) -> None:
    """Check the cover first: an unreadable one would otherwise stop the run only after hours of
    transcribing. Episodes with invalid settings are reported by their own stages.

    :param slugs: the episodes of the run.
    :raises WorkspaceError: the cover is missing, or not a picture.
    """
    slugs = tuple(slugs)
    try:
        for slug in slugs:
            workspace.load_episode(slug)
    except StudioError:
        return
    if any(not workspace.episode(slug).asr.is_file() for slug in slugs):
        _ = ShowSources(workspace).picture


def write_pending_edits(
    workspace: Workspace,
    slugs: Sequence[str],
    listen: Listener,
    *,
    touched: Collection[str],
    changed: Callable[[str], None] = lambda _: None,
    command: str,
) -> None:
    """Move texts along with manually moved folders; then write edits that are only in the journal,
    and manually edited captions, to the files.

    :param touched: the episodes that may have changed since the last run.
    :param changed: called for each episode with a changed file.
    :param command: name of this command in messages of other commands.
    :raises BusyError: another command has locked the workspace, or edits of an open page cannot be
        written to the files.
    :raises WorkspaceError: they cannot be written; nothing is lost.
    """
    with lock_workspace(workspace.state, command):
        for slug, sentence in adopt_all_moved(
            workspace, [slug for slug in sorted(touched) if workspace.has_episode(slug)]
        ):
            listen(Noted(episode=slug, text=sentence))
            changed(slug)
    show = ShowSources(workspace)
    for slug in slugs:
        if slug not in touched and not workspace.has_journal(slug):
            continue
        sources = show.episode(slug)
        if write_edits_to_files(sources):
            text = message("edits from the editor's journal were written to the files")
            listen(Noted(episode=slug, text=text))
            changed(slug)
            sources = ShowSources(workspace).episode(slug)
        elif slug not in touched:
            continue
        if taken := import_edited_captions(sources):
            listen(Noted(episode=slug, text=taken))
            changed(slug)
