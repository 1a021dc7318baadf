"""``studio run`` for the open episode, started on its page: it runs in the editor's process, even
if the page is closed.
"""

from __future__ import annotations

import threading
from typing import Literal

from studio.editor.edit_session import WriteFailure
from studio.editor.job_failures import error_of_job
from studio.editor.run import run_with_edits
from studio.messages.message import joined_messages, message
from studio.model.record import Record, replace_fields
from studio.pipeline.events import (
    Event,
    Noted,
    StageFinished,
    StageKept,
    StageProgress,
    StageStarted,
)
from studio.pipeline.runner import Choice
from studio.pipeline.stage_durations import DurationEstimator
from studio.progress import Meter
from studio.workspace.layout import Workspace


class EpisodeRun(Record, frozen=True):
    """The state of the run. :param stage: the current stage, or the last one.
    :param share: progress of that stage, 0 to 1; None if unknown.
    :param ran: number of stages that ran.
    :param notes: remarks, a sentence each.
    :param troubles: why it failed.
    """

    state: Literal["none", "running", "done", "failed"] = "none"
    stage: str = ""
    share: float | None = None
    ran: int = 0
    notes: tuple[str, ...] = ()
    troubles: tuple[WriteFailure, ...] = ()


class RunJob:
    """The run of one episode and of the show's own stages. Safe to call from several threads.

    Ending the editor kills it like any run: unfinished stages are repeated by the next run.
    """

    def __init__(self, workspace: Workspace, slug: str) -> None:
        self._workspace = workspace
        self._slug = slug
        self._mutex = threading.Lock()
        self._meter = Meter()
        self._run = EpisodeRun()

    def run(self) -> EpisodeRun:
        """The run's current state and progress."""
        with self._mutex:
            run = self._run
            return replace_fields(run, share=self._meter.share) if run.state == "running" else run

    def start(self) -> EpisodeRun:
        """Start a run of the episode, unless one is in progress."""
        with self._mutex:
            if self._run.state != "running":
                self._meter = Meter()
                self._run = EpisodeRun(state="running")
                threading.Thread(target=self._follow, name="run", daemon=True).start()
            return self._run

    def _follow(self) -> None:
        try:
            troubles = self._bring_up_to_date()
        except Exception as error:  # any failure is reported
            failure = error_of_job(error, self._workspace.root)
            troubles = (
                WriteFailure(where=failure.where, what=failure.what, remedy=failure.remedy),
            )
        state: Literal["done", "failed"] = "failed" if troubles else "done"
        with self._mutex:
            self._run = replace_fields(self._run, state=state, troubles=troubles)

    def _bring_up_to_date(self) -> tuple[WriteFailure, ...]:
        """Run stale stages, and report failures."""
        # Read again: settings may have been changed since the page was opened.
        workspace = Workspace(self._workspace.root)
        keeper = DurationEstimator(workspace)

        def listen(event: Event) -> None:
            with self._mutex:
                self._take(event, keeper)

        done = run_with_edits(
            workspace,
            Choice(slugs=(self._slug,)),
            listen,
            command=f"studio run {self._slug}",
            keeper=keeper,
        )
        # A missing cover stops an episode and the show: it is reported once.
        return tuple(
            dict.fromkeys(
                WriteFailure(where=failure.where, what=failure.what, remedy=failure.remedy)
                for failure in done.failures
            )
        )

    def _take(self, event: Event, keeper: DurationEstimator) -> None:
        """Follow the events of the run."""
        run = self._run
        match event:
            case StageStarted():
                self._meter = Meter(expected_s=keeper.expect_s(event.episode, event.stage))
                self._run = replace_fields(run, stage=event.stage)
            case StageProgress():
                self._meter(event.done, event.total)
            case StageFinished():
                self._run = replace_fields(run, ran=run.ran + 1)
            case StageKept():
                kept = message(
                    "{stage}: kept: {reasons}",
                    stage=event.stage,
                    reasons=joined_messages("; ", event.reasons),
                )
                self._run = replace_fields(run, notes=(*run.notes, kept))
            case Noted():
                self._run = replace_fields(run, notes=(*run.notes, event.text))
