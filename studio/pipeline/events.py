"""Progress events of a run: the command line shows them, ``--json`` prints one per line."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Literal

from studio.errors import ErrorKind
from studio.model.record import Record
from studio.pipeline.staleness import State


class StagePlanned(Record, frozen=True, tag_field="event", tag="planned"):
    """A stage's state before the run; ``runs``: whether a run would run it. ``failed``: its state
    cannot be determined.

    :param remedy: what to do if a run stops at it; else empty.
    """

    episode: str
    stage: str
    state: State | Literal["failed"]
    runs: bool
    reasons: tuple[str, ...]
    remedy: str = ""


class StageStarted(Record, frozen=True, tag_field="event", tag="started"):
    """A stage runs, for these reasons."""

    episode: str
    stage: str
    reasons: tuple[str, ...]


class StageProgress(Record, frozen=True, tag_field="event", tag="progress"):
    """Progress of a stage."""

    episode: str
    stage: str
    done: float
    total: float


class StageFinished(Record, frozen=True, tag_field="event", tag="finished"):
    """A stage's files are in place. ``changed`` are those with new content."""

    episode: str
    stage: str
    seconds: float
    changed: tuple[str, ...]


class StageKept(Record, frozen=True, tag_field="event", tag="kept"):
    """A stage did not run, because a user edited its output."""

    episode: str
    stage: str
    reasons: tuple[str, ...]


class StageFailed(Record, frozen=True, tag_field="event", tag="failed"):
    """An error stopped this episode (or the show) at this stage; nothing of the stage was changed.

    :param kind: the class of the error, as :data:`studio.errors.EXIT_CODES` names it.
    """

    episode: str
    stage: str
    where: str
    what: str
    remedy: str
    kind: ErrorKind = "input"


class Noted(Record, frozen=True, tag_field="event", tag="noted"):
    """A remark for the user."""

    episode: str
    text: str


class RunFinished(Record, frozen=True, tag_field="event", tag="done"):
    """The whole run. ``ran`` counts stages."""

    ran: int
    failures: tuple[StageFailed, ...]


Event = (
    StagePlanned
    | StageStarted
    | StageProgress
    | StageFinished
    | StageKept
    | StageFailed
    | Noted
    | RunFinished
)
Listener = Callable[[Event], None]

_logger = logging.getLogger(__name__)


def logged(listen: Listener) -> Listener:
    """Wrap the listener with a log line for each stage that begins, ends or fails; without the
    reasons, which quote texts.
    """

    def log_event(event: Event) -> None:
        match event:
            case StageStarted():
                _logger.info("%s %s started", event.episode, event.stage)
            case StageFinished():
                _logger.info("%s %s finished in %.1f s", event.episode, event.stage, event.seconds)
            case StageFailed():
                _logger.error(
                    "%s %s %s %s: %s",
                    event.kind,
                    event.episode,
                    event.stage,
                    event.where,
                    event.what,
                )
        listen(event)

    return log_event
