"""Bring episodes, feed and site up to date, locally or on many workers; or report what that would
do.
"""

from __future__ import annotations

from collections.abc import Callable

from studio.cluster.catalogue_run import CatalogueDone, run_catalogue
from studio.cluster.job import Summary
from studio.editor.file_revisions import AHEAD, slugs_ahead
from studio.editor.run import require_cover, run_with_edits, write_pending_edits
from studio.pipeline import stages
from studio.pipeline.changed_sound import report_changed_sound
from studio.pipeline.events import Event, Listener, Noted, RunFinished, StagePlanned
from studio.pipeline.republication import published_audio_to_rebuild
from studio.pipeline.runner import Choice, plan_run
from studio.pipeline.stage_durations import DurationEstimator
from studio.progress import Progress, no_progress
from studio.workspace.layout import Workspace
from studio.workspace.published_notes import describe_changed_sound
from studio.workspace.show_guid import write_first_guid
from studio.workspace.sources import ShowSources

EVERYTHING = Choice()


def _ignore(_: Event | Summary | str) -> None:
    """A listener for callers that ignore events."""


def run(
    workspace: Workspace,
    choice: Choice = EVERYTHING,
    listen: Listener = _ignore,
    *,
    command: str = "studio run",
    renew_sound: bool = False,
    keeper: DurationEstimator | None = None,
) -> RunFinished:
    """Run every stale stage of the choice, in order. Users' edits are never overwritten. A failing
    episode stops at its failing stage; the others continue.

    :param choice: episodes and stages; default: all.
    :param listen: called with each event.
    :param command: how another command describes this one.
    :param renew_sound: also apply the show's current jingles, levels and tags to published
        episodes.
    :param keeper: records stage durations, if the caller displays estimates.
    :raises BusyError: another command has locked the workspace, or edits of an open page cannot be
        written to the files.
    :raises WorkspaceError: an episode does not exist, the cover cannot be read, or edits cannot be
        written to the files; nothing is lost.
    """
    return run_with_edits(
        workspace, choice, listen, command=command, renew_sound=renew_sound, keeper=keeper
    )


def run_on_workers(
    workspace: Workspace,
    choice: Choice = EVERYTHING,
    listen: Listener = _ignore,
    *,
    address: str = "",
    workers: int = 1,
    command: str = "studio run --all",
    report: Callable[[Summary], None] = _ignore,
    note: Callable[[str], None] = _ignore,
    progress: Progress = no_progress,
) -> CatalogueDone:
    """The same for the whole catalogue, one job per episode, the longest first.

    :param choice: only its stage is used.
    :param address: address of a scheduler; empty: ``workers`` on this machine.
    :param report: called for each finished episode.
    :param note: called with remarks on workers.
    :param progress: called with the seconds of audio done, and the total.
    :raises BusyError: another run has locked the workspace or uses this scheduler for it, or edits
        of an open page cannot be written to the files.
    :raises NetworkError: no scheduler answers, or it is lost.
    :raises WorkspaceError: as :func:`run`.
    """
    if sentence := write_first_guid(workspace, command):
        listen(Noted(episode="show", text=sentence))
    slugs = workspace.slugs()
    if not choice.stage:
        require_cover(workspace, slugs)
    write_pending_edits(workspace, slugs, listen, touched=slugs, command=command)
    done = run_catalogue(
        workspace,
        stages.STAGES,
        choice,
        address=address,
        workers=workers,
        command=command,
        listen=listen,
        report=report,
        note=note,
        progress=progress,
    )
    report_changed_sound(workspace, listen)
    return done


def plan(
    workspace: Workspace, choice: Choice = EVERYTHING, listen: Listener = _ignore
) -> tuple[StagePlanned, ...]:
    """What a run would do, with reasons; nothing is changed.

    :param choice: episodes and stages; default: all.
    :param listen: called with each stage as soon as its state is known, and with remarks if edits
        are not in the files yet, or if listeners would download published audio again.
    :raises WorkspaceError: an episode does not exist.
    """
    for slug in slugs_ahead(workspace, choice.slugs or workspace.slugs()):
        listen(Noted(episode=slug, text=AHEAD))
    planned = []
    for stage in plan_run(workspace, stages.STAGES, choice):
        listen(stage)
        planned.append(stage)
    for sentence in describe_changed_sound(
        published_audio_to_rebuild(ShowSources(workspace), planned)
    ):
        listen(Noted(episode="show", text=sentence))
    return tuple(planned)
