"""Estimated duration of a stage, from earlier runs on this computer: for the first seconds, before
it reports progress.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from studio.errors import StudioError
from studio.file_access import read_file
from studio.model.record import Record, bytes_from_record, record_from_bytes
from studio.workspace.disk import write_file
from studio.workspace.layout import Workspace
from studio.workspace.sources import ShowSources

# Seconds per second of recording, measured with the `base` model on two cores; each computer learns
# its own. Other stages take a negligible time, or one that does not depend on the recording.
TYPICAL = {
    "inspect": 0.02,
    "transcribe": 0.3,
    "diarise": 0.1,
    "correct": 0.05,
    "master": 0.15,
}
# The weight of the last run in the estimate.
NEWEST = 0.5
# Minimum duration of a run: a shorter one measures the start-up rather than the pace.
MIN_S = 2.0


class StageRates(Record, frozen=True):
    """``pace.json``: seconds a second of recording, by stage."""

    seconds_a_second: dict[str, float]


class DurationEstimator:
    """Estimates durations and learns from runs. Errors here never stop a run: only the display
    depends on it.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._show = ShowSources(workspace)
        self._path: Path = workspace.state / "pace.json"
        self._known = dict(TYPICAL)
        with suppress(StudioError, OSError):
            self._known |= record_from_bytes(
                read_file(self._path), StageRates, self._path
            ).seconds_a_second

    def expect_s(self, slug: str, stage: str) -> float | None:
        """The estimated duration of a stage of an episode, in seconds; None if unknown."""
        recorded_s = self._recorded_s(slug)
        return (
            None
            if recorded_s is None or stage not in self._known
            else recorded_s * self._known[stage]
        )

    def pace(self, stage: str) -> float:
        """Seconds that a stage takes per second of recording; 0 if unknown."""
        return self._known.get(stage, 0.0)

    def learn(self, slug: str, stage: str, seconds: float) -> None:
        """Record the duration of a stage."""
        recorded_s = self._recorded_s(slug)
        if stage not in TYPICAL or not recorded_s or seconds < MIN_S:
            return
        self._known[stage] += NEWEST * (seconds / recorded_s - self._known[stage])
        with suppress(StudioError):
            write_file(self._path, bytes_from_record(StageRates(seconds_a_second=self._known)))

    def _recorded_s(self, slug: str) -> float | None:
        if not self._show.workspace.has_episode(slug):
            return None  # the show itself
        try:
            return self._show.episode(slug).facts().duration_ms / 1000
        except StudioError:
            return None
