"""Progress reporting, independent of its display; and the part of it that can be shown reliably."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Protocol

# A share that is never exceeded before the work says that it has ended.
MAX_SHARE = 0.99
# Before so much of a piece is done, or this many seconds have passed, its speed says nothing about
# the rest.
MIN_SHARE = 0.02
MIN_S = 1.0
# Of what was expected, so much is said to be left for as long as nothing tells better.
LEFT_OF_GUESS = 1 / 3


class Progress(Protocol):
    """Called now and then by work that may last over a second, with how much is done of how much in
    all (same unit, any unit).
    """

    def __call__(self, done: float, total: float, /) -> None:
        """Report the work done, in any unit, and the total in the same unit."""


def part_of(progress: Progress, total: float, start: float, end: float) -> Progress:
    """Reports of one part of a work, which takes the whole from one share to another.

    :param total: what the whole work has to do, in the unit of the others' reports.
    :param start: how much of the whole is done before, 0 to 1.
    :param end: how much is done after it.
    """

    def report(done: float, of: float, /) -> None:
        progress(total * (start + (end - start) * (done / of if of else 1.0)), total)

    return report


class PreparedWork:
    """A work and what has to be fetched for it first, which has its own pace, as one work: that all
    is fetched is not shown as nearly all done.

    :param progress: hears of both, 0 to 1.
    :param expected_s: how long the work itself will probably last, in seconds.
    :param clock: seconds, ascending.
    """

    def __init__(
        self, progress: Progress, expected_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._progress, self._expected_s, self._clock = progress, expected_s, clock
        self._began = clock()
        self._fetched = 0.0  # the share of the whole that fetching took

    def fetch(self, done: float, total: float, /) -> None:
        """Reports of what is fetched; not one where all is there."""
        passed = self._clock() - self._began
        if not 0 < done <= total or passed <= 0:
            return
        share = passed / (passed * total / done + self._expected_s)
        self._fetched = max(self._fetched, min(MAX_SHARE, share))
        self._progress(self._fetched, 1.0)

    def work(self, done: float, total: float, /) -> None:
        """Progress of the work after the download."""
        share = done / total if total else 1.0
        self._progress(self._fetched + (1 - self._fetched) * share, 1.0)


def no_progress(done: float, total: float, /) -> None:
    """Discard reports of progress."""


class Meter:
    """What is known of a piece of work of which only :class:`Progress` is heard, whatever calls it.

    Work often has several parts that each count from nothing (fetching weights, then listening),
    reports all of a part as done at once (« 1 of 1 »: the weights were there), or nothing for
    minutes. So what is all done is a part that ended, not the work; between two reports, the last
    speed is believed; and nothing is said to be complete before it is.

    :param clock: seconds, ascending.
    :param expected_s: how long the whole work will probably last, for as long as its reports say
        nothing better.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, expected_s: float | None = None
    ) -> None:
        self._clock = clock
        self._expected_s = expected_s
        self._began = self._part_began = self._reported = clock()
        self._done = self._total = 0.0
        # How long the part lasts, in seconds, by what was done of it last; None while nobody can
        # say.
        self._lasts: float | None = None
        # What is shown never falls: where another part or another way to estimate begins further
        # back, it continues from there, and takes what is left of the whole.
        self._shown = self._shown_at_start = self._done_at_start = 0.0
        self._is_new = True

    def __call__(self, done: float, total: float, /) -> None:
        """Record a report of progress."""
        now = self._clock()
        if total != self._total or done < self._done or self._done >= self._total:
            # Another part; the one before lasted until its last report.
            self._part_began = self._reported if done else now
            self._lasts, self._is_new = None, True
        self._done, self._total, self._reported = done, total, now
        passed = now - self._part_began
        if 0 < done < total and passed >= MIN_S and done / total >= MIN_SHARE:
            self._is_new |= self.is_estimate
            self._lasts = passed * total / done

    @property
    def is_estimate(self) -> bool:
        """Whether share and time left follow from how long such work usually lasts."""
        return self._lasts is None and bool(self._expected_s)

    @property
    def elapsed_s(self) -> float:
        """Seconds since the work began."""
        return self._clock() - self._began

    @property
    def share(self) -> float | None:
        """How much is done, 0 to 0.99, never less than it was; None while nobody can say."""
        share = self._share_of_part()
        if share is None:
            return None
        if self._is_new:
            falls = share < self._shown
            self._shown_at_start = self._shown if falls else 0.0
            self._done_at_start = share if falls else 0.0
            self._is_new = False
        forward = (share - self._done_at_start) / (1 - self._done_at_start)
        shown = self._shown_at_start + (1 - self._shown_at_start) * forward
        self._shown = min(MAX_SHARE, max(self._shown, shown))
        return self._shown

    def _share_of_part(self) -> float | None:
        """How much of the part is done, or of the whole as long as its length is expected alone."""
        if self._lasts is None and self._expected_s:
            # A slow machine takes many times as long: then as much as before is left each time one
            # looks, and never nothing.
            passed = self.elapsed_s / self._expected_s
            return min(passed, passed / (passed + LEFT_OF_GUESS * max(1.0, math.sqrt(passed))))
        if not self._total or self._done >= self._total:
            return None
        done_share = self._done / self._total
        if self._lasts is not None:
            # No further than as much again as was done between two reports: work may have stopped.
            ahead = min((self._clock() - self._reported) / self._lasts, done_share)
            done_share += ahead
        return min(MAX_SHARE, done_share)

    @property
    def left_s(self) -> float | None:
        """How long the part still lasts, in seconds; None while nobody can say."""
        share = self._share_of_part()
        if share is None:
            return None
        if self._lasts is None and self._expected_s:
            # What lasts longer than was expected probably continues for longer, too.
            late = max(1.0, math.sqrt(self.elapsed_s / self._expected_s))
            return max(self._expected_s - self.elapsed_s, LEFT_OF_GUESS * self._expected_s * late)
        return None if self._lasts is None else self._lasts * (1 - share)
