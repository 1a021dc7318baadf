"""Progress reporting, independent of its display, and reliable estimates for display."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Protocol

# The maximum share displayed before the work has ended.
MAX_SHARE = 0.99
# The share of a part, or the seconds, after which its speed is reliable enough to estimate the
# rest.
MIN_SHARE = 0.02
MIN_S = 1.0
# The share of the expected duration that is displayed as left while there is no better estimate.
LEFT_OF_GUESS = 1 / 3


class Progress(Protocol):
    """A callback of work that may last over a second: the amount done and the total, in the same
    unit.
    """

    def __call__(self, done: float, total: float, /) -> None:
        """Report the work done, in any unit, and the total in the same unit."""


def part_of(progress: Progress, total: float, start: float, end: float) -> Progress:
    """A callback for one part of the work, mapped to a range of the whole.

    :param total: the total of the whole work, in the unit of the other reports.
    :param start: the share of the whole before this part, 0 to 1.
    :param end: the share of the whole after it.
    """

    def report(done: float, of: float, /) -> None:
        progress(total * (start + (end - start) * (done / of if of else 1.0)), total)

    return report


class PreparedWork:
    """Work with downloads before it, as one piece: the end of the downloads is not displayed as
    nearly done.

    :param progress: receives the progress of both, 0 to 1.
    :param expected_s: expected duration of the work itself, in seconds.
    :param clock: seconds, ascending.
    """

    def __init__(
        self, progress: Progress, expected_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._progress, self._expected_s, self._clock = progress, expected_s, clock
        self._began = clock()
        self._fetched = 0.0  # the share of the whole that downloads took

    def fetch(self, done: float, total: float, /) -> None:
        """Progress of the downloads; never called if everything is already stored."""
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
    """Estimates share and remaining time of work that only reports :class:`Progress`.

    Work often has several parts that each count from 0 (downloading weights, then transcribing),
    reports a part as complete at once (“1 of 1”: weights already stored), or nothing for minutes.
    So a report of 100 % means the end of a part, not of the work; between two reports, the last
    speed is assumed; and nothing is displayed as complete before it is.

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
        # The estimated duration of the part in seconds, by its last report; None if unknown.
        self._lasts: float | None = None
        # The displayed share never decreases: another part or method of estimation that starts
        # lower is mapped to the rest of the whole.
        self._shown = self._shown_at_start = self._done_at_start = 0.0
        self._is_new = True

    def __call__(self, done: float, total: float, /) -> None:
        """Record a report of progress."""
        now = self._clock()
        if total != self._total or done < self._done or self._done >= self._total:
            # Another part; the previous one ended with its last report.
            self._part_began = self._reported if done else now
            self._lasts, self._is_new = None, True
        self._done, self._total, self._reported = done, total, now
        passed = now - self._part_began
        if 0 < done < total and passed >= MIN_S and done / total >= MIN_SHARE:
            self._is_new |= self.is_estimate
            self._lasts = passed * total / done

    @property
    def is_estimate(self) -> bool:
        """Whether share and remaining time are only based on the usual duration of such work."""
        return self._lasts is None and bool(self._expected_s)

    @property
    def elapsed_s(self) -> float:
        """Seconds since the work began."""
        return self._clock() - self._began

    @property
    def share(self) -> float | None:
        """The share done, 0 to 0.99, never decreasing; None if unknown."""
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
        """The share of the part; of the whole while only its expected duration is known."""
        if self._lasts is None and self._expected_s:
            # A slow machine may take many times as long: then the share approaches its limit
            # asymptotically.
            passed = self.elapsed_s / self._expected_s
            return min(passed, passed / (passed + LEFT_OF_GUESS * max(1.0, math.sqrt(passed))))
        if not self._total or self._done >= self._total:
            return None
        done_share = self._done / self._total
        if self._lasts is not None:
            # At most as much again as was done between two reports: work may have stalled.
            ahead = min((self._clock() - self._reported) / self._lasts, done_share)
            done_share += ahead
        return min(MAX_SHARE, done_share)

    @property
    def left_s(self) -> float | None:
        """The estimated remaining time of the part in seconds; None if unknown."""
        share = self._share_of_part()
        if share is None:
            return None
        if self._lasts is None and self._expected_s:
            # Work that takes longer than expected probably continues to do so.
            late = max(1.0, math.sqrt(self.elapsed_s / self._expected_s))
            return max(self._expected_s - self.elapsed_s, LEFT_OF_GUESS * self._expected_s * late)
        return None if self._lasts is None else self._lasts * (1 - share)
