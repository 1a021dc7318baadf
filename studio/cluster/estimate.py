"""The jobs of a run, their order, and their estimated duration by the number of workers."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from contextlib import suppress

from studio.cluster.job import Job
from studio.errors import StudioError
from studio.messages.message import message, plural_message
from studio.pipeline.events import StagePlanned
from studio.pipeline.runner import Choice, plan_run
from studio.pipeline.stage import StageTable
from studio.pipeline.stage_durations import DurationEstimator
from studio.workspace.layout import Workspace
from studio.workspace.sources import EpisodeSources, ShowSources

# For recordings not measured yet: an hour of MP3 at 128 kbps has 58 MB.
_BYTES_A_SECOND = 16_000
# Overhead of a job in seconds: measured between results of 45 and 60 empty jobs with one worker at
# a load of 16 to 19; 0.03 s of it are CPU time.
OVERHEAD_S = 0.2


def stale_jobs(
    workspace: Workspace, table: StageTable, choice: Choice, table_place: str
) -> list[Job]:
    """One job for each episode that is not up to date, the longest first."""
    return jobs_from_plans(
        workspace, table, choice, table_place, plan_run(workspace, table, choice)
    )


def jobs_from_plans(
    workspace: Workspace,
    table: StageTable,
    choice: Choice,
    table_place: str,
    plans: Iterable[StagePlanned],
) -> list[Job]:
    """The same from the plan of a run."""
    keeper = DurationEstimator(workspace)
    stages: dict[str, list[str]] = {}
    for plan in plans:
        if plan.runs and table.is_of_episodes(plan.stage):
            stages.setdefault(plan.episode, []).append(plan.stage)
    show = ShowSources(workspace)
    jobs = []
    for slug, stale in stages.items():
        sound_s = _sound_s(show.episode(slug))
        expected = sum(keeper.pace(stage) for stage in stale) * sound_s
        jobs.append(
            Job(
                root=str(workspace.root),
                slug=slug,
                stage=choice.stage,
                table=table_place,
                sound_s=sound_s,
                expected_s=expected,
            )
        )
    return sorted(jobs, key=lambda job: (-job.expected_s, -job.sound_s, job.slug))


def finished_after_s(lengths_s: Iterable[float], workers: int) -> float:
    """The end of the last job, if free workers take jobs in this order."""
    ends = [0.0] * max(1, workers)
    for length in lengths_s:
        heapq.heappush(ends, heapq.heappop(ends) + length + OVERHEAD_S)
    return max(ends)


def describe_plan(jobs: Sequence[Job], workers: Sequence[int]) -> list[str]:
    """The number of episodes and hours, and the duration for each number of workers."""
    hours = sum(job.sound_s for job in jobs) / 3600
    lines: list[str] = [
        message(
            "{episodes}, {hours:.1f} hours of sound, the longest first.",
            episodes=plural_message("{count} episode", "{count} episodes", len(jobs)),
            hours=hours,
        )
    ]
    for count in workers:
        lasts = finished_after_s([job.expected_s for job in jobs], count)
        lines.append(
            message(
                "With {workers}: about {time}.",
                workers=plural_message("{count} worker", "{count} workers", count),
                time=_describe_seconds(lasts),
            )
        )
    return lines


def _describe_seconds(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _sound_s(sources: EpisodeSources) -> float:
    with suppress(StudioError):
        return sources.facts().duration_ms / 1000
    with suppress(StudioError, OSError):
        imported = sources.episode.imported
        if imported is not None and imported.duration_ms:
            return imported.duration_ms / 1000
        return sources.recording.stat().st_size / _BYTES_A_SECOND
    return 0.0
