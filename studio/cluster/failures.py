"""Determine the cause of a failed job: its file, or the machine.

A file that crashes its reader kills the child process, and the worker reports it. A killed worker
reports nothing, and jobs that it had not started are lost with it: these are reassigned without
counting as failures.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import NamedTuple

from studio.cluster.job import Summary

# The number of attempts for a file that crashes its reader.
TRIES = 2
# The number of consecutive jobs that crash on a worker, or find no workspace, before it is retired.
IN_A_ROW = 2
# The number of workers lost during a job before it is reported as failed. If computers are switched
# off during half of the jobs, this happens to 1 in 1,000 by chance; without a limit, a file that
# crashes the computer would take down all of them repeatedly.
LOST_TRIES = 10


class FailureDecision(NamedTuple):
    """The decision after a job's failure.

    :param again: whether it is retried; else it is reported.
    :param retire: the machine to retire; empty for none.
    """

    again: bool
    retire: str = ""


class FailureCounts:
    """The failures so far in one run of a catalogue, by job and machine."""

    def __init__(self) -> None:
        self._failed: defaultdict[str, list[str]] = defaultdict(list)
        self._in_a_row: defaultdict[str, set[str]] = defaultdict(set)
        self._lost: Counter[str] = Counter()

    def decide_after_answer(self, summary: Summary, machines: Collection[str]) -> FailureDecision:
        """Decide after a worker reported a failure.

        :param machines: the current machines.
        """
        if not (summary.died or summary.machine_failed):
            self._in_a_row.pop(summary.machine, None)
            return FailureDecision(again=False)
        failed = self._failed[summary.slug]
        failed.append(summary.machine)
        # Dask may assign it to the same worker again if the others are busy.
        if len(failed) >= TRIES if summary.died else {*machines} <= {*failed}:
            self._exonerate_machines(summary.slug)
            return FailureDecision(again=False)
        return FailureDecision(again=True, retire=self._failing(summary.machine, summary.slug))

    def decide_after_loss(self, slug: str, machine: str, begun: int) -> FailureDecision:
        """Decide after the loss of a job's worker.

        :param begun: how often it was running on a worker that was lost.
        """
        if not begun:
            return FailureDecision(again=True)
        self._lost[slug] += begun
        if self._lost[slug] >= LOST_TRIES:
            self._exonerate_machines(slug)
            return FailureDecision(again=False)
        return FailureDecision(again=True, retire=self._failing(machine, slug))

    def lost(self, slug: str) -> int:
        """How often a worker was lost while running the job."""
        return self._lost[slug]

    def where_failed(self, slug: str) -> frozenset[str]:
        """The machines on which the job failed: it should be retried on others."""
        return frozenset(self._failed.get(slug, ()))

    def _failing(self, machine: str, slug: str) -> str:
        jobs = self._in_a_row[machine]
        jobs.add(slug)
        return machine if len(jobs) >= IN_A_ROW else ""

    def _exonerate_machines(self, slug: str) -> None:
        """The job failed on every machine: its file is the cause."""
        for jobs in self._in_a_row.values():
            jobs.discard(slug)
