"""Who is at fault when a job fails: its file, or the machine that had it.

A file that kills its reader kills the child process, and the worker answers. A worker that is
killed answers nothing, and takes with it jobs that it had not begun: those come again at no cost.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import NamedTuple

from studio.cluster.job import Summary

# A file that kills its reader costs this many tries.
TRIES = 2
# This many jobs in a row may die on a worker, or find no workspace, before it is retired.
IN_A_ROW = 2
# This many workers may die during a job before it is reported as failed. Where computers are
# switched off during half of the jobs, this happens to 1 of 1,000 by chance; a file that takes the
# whole computer with it would otherwise end them all, again and again.
LOST_TRIES = 10


class FailureDecision(NamedTuple):
    """What follows from a job's failure.

    :param again: it is given out once more; else it is reported.
    :param retire: the machine that gets no more jobs; empty for none.
    """

    again: bool
    retire: str = ""


class FailureCounts:
    """What failed where so far, in one run of a catalogue."""

    def __init__(self) -> None:
        self._failed: defaultdict[str, list[str]] = defaultdict(list)
        self._in_a_row: defaultdict[str, set[str]] = defaultdict(set)
        self._lost: Counter[str] = Counter()

    def decide_after_answer(self, summary: Summary, machines: Collection[str]) -> FailureDecision:
        """After an answer from a job's worker.

        :param machines: those that are there now.
        """
        if not (summary.died or summary.machine_failed):
            self._in_a_row.pop(summary.machine, None)
            return FailureDecision(again=False)
        failed = self._failed[summary.slug]
        failed.append(summary.machine)
        # Dask may give it to the same worker again, when that one is idle and others are not.
        if len(failed) >= TRIES if summary.died else {*machines} <= {*failed}:
            self._exonerate_machines(summary.slug)
            return FailureDecision(again=False)
        return FailureDecision(again=True, retire=self._failing(summary.machine, summary.slug))

    def decide_after_loss(self, slug: str, machine: str, begun: int) -> FailureDecision:
        """After the loss of a job's worker.

        :param begun: how often it was in a worker's hand that is gone now.
        """
        if not begun:
            return FailureDecision(again=True)
        self._lost[slug] += begun
        if self._lost[slug] >= LOST_TRIES:
            self._exonerate_machines(slug)
            return FailureDecision(again=False)
        return FailureDecision(again=True, retire=self._failing(machine, slug))

    def lost(self, slug: str) -> int:
        """How often a worker was gone with the job in its hand."""
        return self._lost[slug]

    def where_failed(self, slug: str) -> frozenset[str]:
        """The machines on which the job failed: its next try is better made elsewhere."""
        return frozenset(self._failed.get(slug, ()))

    def _failing(self, machine: str, slug: str) -> str:
        jobs = self._in_a_row[machine]
        jobs.add(slug)
        return machine if len(jobs) >= IN_A_ROW else ""

    def _exonerate_machines(self, slug: str) -> None:
        """The job failed wherever it was tried: that is its own fault."""
        for jobs in self._in_a_row.values():
            jobs.discard(slug)
