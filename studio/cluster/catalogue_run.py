"""Bring a whole catalogue up to date with many workers, and report on it."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from studio.cluster.claim import claim_workspace, exclusive_client
from studio.cluster.estimate import stale_jobs
from studio.cluster.job import Job, Summary
from studio.cluster.scheduler import connected, do_jobs
from studio.pipeline.events import Listener
from studio.pipeline.runner import Choice, run_show_stages
from studio.pipeline.stage import StageTable
from studio.progress import Progress
from studio.workspace.layout import Workspace
from studio.workspace.run_lock import lock_workspace

STAGES_PLACE = "studio.pipeline.stages:STAGES"


class CatalogueDone(NamedTuple):
    """The result: the last summary of each episode, and whether feed and site failed."""

    summaries: tuple[Summary, ...]
    jobs: int
    seconds: float
    machines: int
    show_failed: bool

    @property
    def failures(self) -> list[Summary]:
        """The episodes that are not up to date."""
        return [one for one in self.summaries if one.fault or one.died]


def run_catalogue(
    workspace: Workspace,
    table: StageTable,
    choice: Choice,
    *,
    address: str,
    workers: int,
    command: str,
    listen: Listener,
    report: Callable[[Summary], None],
    note: Callable[[str], None],
    progress: Progress,
    table_place: str = STAGES_PLACE,
) -> CatalogueDone:
    """Bring every stale episode up to date, one job each, then feed and site on this machine.

    :param address: address of a scheduler; empty for ``workers`` on this machine.
    :param report: called for each finished episode.
    :param progress: called with the seconds of audio done, and the total.
    :raises BusyError: another run has locked the workspace, or uses this scheduler for it.
    :raises NetworkError: no scheduler answers, or it is lost.
    """
    started = time.monotonic()
    with lock_workspace(workspace.state, command):
        jobs = stale_jobs(workspace, table, choice, table_place)
        summaries, machines = _done(
            workspace, jobs, address, workers, command, report, note, progress
        )
        show_failed = False
        if not choice.stage:
            show_failed = bool(run_show_stages(workspace, table, listen))
    return CatalogueDone(
        tuple(summaries), len(jobs), time.monotonic() - started, machines, show_failed
    )


def _who(command: str) -> str:
    return f"`{command}` (process {os.getpid()} on {platform.node()})"


def _done(  # noqa: PLR0917 - one call, one place
    workspace: Workspace,
    jobs: Sequence[Job],
    address: str,
    workers: int,
    command: str,
    report: Callable[[Summary], None],
    note: Callable[[str], None],
    progress: Progress,
) -> tuple[list[Summary], int]:
    if not jobs:
        return [], 0
    lengths = {job.slug: job.sound_s or 1.0 for job in jobs}
    total, finished = sum(lengths.values()), 0.0
    progress(0, total)
    root, who = str(workspace.root), _who(command)

    def count(summary: Summary) -> None:
        nonlocal finished
        finished += lengths[summary.slug]
        report(summary)
        progress(finished, total)

    with (
        connected(address, min(workers, len(jobs))) as client,
        exclusive_client(client, root, who),
    ):
        summaries = do_jobs(
            client,
            jobs,
            count,
            note,
            address=address,
            claim=lambda found: claim_workspace(found, root, who),
        )
    return summaries, len({one.machine for one in summaries})
