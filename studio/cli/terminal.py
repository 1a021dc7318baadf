"""The adapter of rich: progress bars, tables, lines. Without a terminal, one plain line per
finished stage and no colours.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from studio.messages.interface import spoken
from studio.messages.message import Message, joined_messages, message
from studio.model.record import json_from_plain, plain_from_record
from studio.pipeline.events import (
    Event,
    Listener,
    Noted,
    RunFinished,
    StageFailed,
    StageFinished,
    StageKept,
    StagePlanned,
    StageProgress,
    StageStarted,
)
from studio.progress import Meter
from studio.progress import Progress as Listening

# The line width without a terminal.
_FILE_WIDTH = 200
_MAX_REASONS = 3
STATES = {
    "fresh": message("fresh"),
    "stale": message("stale"),
    "missing": message("missing"),
    "edited": message("edited"),
    "conflict": message("conflict"),
    "failed": message("failed"),
}
_COLOURS = {
    "fresh": "green",
    "stale": "yellow",
    "missing": "yellow",
    "edited": "cyan",
    "conflict": "red",
    "failed": "red",
}


def console(*, errors: bool = False) -> Console:
    """The console for users."""
    stream = sys.stderr if errors else sys.stdout
    return Console(
        stderr=errors, highlight=False, emoji=False, width=None if stream.isatty() else _FILE_WIDTH
    )


def print_record(record: object) -> None:
    """One line of JSON, for scripts."""
    sys.stdout.buffer.write(json_from_plain(plain_from_record(record), indent=-1))
    sys.stdout.flush()


def print_line(*parts: str, style: str = "") -> None:
    """A line of text, in the user's language."""
    console().print(Text(" ".join(map(spoken, parts)), style=style), soft_wrap=True)


def _print(table: Table) -> None:
    """Print a table; without a terminal, lines have no trailing spaces."""
    screen = console()
    if screen.is_terminal:
        screen.print(table)
        return
    with screen.capture() as captured:
        screen.print(table)
    for line in captured.get().splitlines():
        print_line(line.rstrip())


def print_facts(facts: Sequence[tuple[str, str]]) -> None:
    """Names and values in two columns."""
    grid = Table.grid(padding=(0, 2))
    for name, value in facts:
        grid.add_row(Text(spoken(name), style="bold"), Text(spoken(value)))
    _print(grid)


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; cells with a state have its colour."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for head in heads:
        table.add_column(Text(spoken(head)), no_wrap=True)
    for row in rows:
        table.add_row(*(Text(spoken(cell), style=_COLOURS.get(cell, "")) for cell in row))
    _print(table)


def print_states(
    head: str, names: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]
) -> None:
    """Print the state of each item as a table; if that is wider than the terminal, print the names
    by state.
    """
    described = [(row, *(STATES.get(state, state) for state in states)) for row, states in rows]
    columns = zip((head, *names), *described, strict=True)
    if sum(max(len(spoken(cell)) for cell in column) + 2 for column in columns) <= console().width:
        print_table((head, *names), described)
        return
    for row, states in rows:
        print_line(row, style="bold")
        for state in dict.fromkeys(states):
            inside = [name for name, other in zip(names, states, strict=True) if other == state]
            shown = f"{spoken(STATES.get(state, state)):<9}"
            console().print(Text.assemble("  ", (shown, _COLOURS.get(state, "")), " ".join(inside)))


def joined_reasons(reasons: Sequence[str]) -> Message:
    """The first reasons, and the number of others."""
    shown = joined_messages("; ", reasons[:_MAX_REASONS])
    if len(reasons) <= _MAX_REASONS:
        return shown
    return message("{shown}; and {count} more", shown=shown, count=len(reasons) - _MAX_REASONS)


def describe_state(state: str, reasons: Sequence[str]) -> Message:
    """A state with its reasons."""
    described = STATES[state]
    if not reasons:
        return described
    return message("{state}: {reasons}", state=described, reasons=joined_reasons(reasons))


class _MeterColumn(ProgressColumn):
    """The numbers of a progress bar: share (if known), elapsed and remaining time."""

    def render(self, task: Task) -> Text:
        """One line, by the task's meter."""
        return Text(measured_text(task.fields["meter"]), style="cyan")


class _MeterBar(BarColumn):
    """A progress bar, which is indeterminate while the share is unknown."""

    def render(self, task: Task) -> ProgressBar:
        """The bar at the share of the task's meter."""
        share = task.fields["meter"].share
        task.total, task.completed = (None, 0) if share is None else (1.0, share)
        return super().render(task)


def measured_text(meter: Meter) -> str:
    """« 42 % 0:31, 0:43 left »; only the elapsed time while nothing else is known."""
    share, left_s = meter.share, meter.left_s
    known = "" if share is None else f"{share * 100:3.0f} %  "
    rest = "" if left_s is None else message(", {time} left", time=_minutes(left_s))
    if left_s is not None and meter.is_estimate:
        rest = message(", about {time} left", time=_minutes(left_s))
    return f"{known}{_minutes(meter.elapsed_s)}{spoken(rest)}"


def _minutes(seconds: float) -> str:
    whole = round(seconds)
    return (
        f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
        if whole >= 3600
        else f"{whole // 60}:{whole % 60:02}"
    )


def _bars() -> Progress:
    columns = (TextColumn("{task.description}", markup=False), _MeterBar(), _MeterColumn())
    screen = console(errors=True)
    return Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal)


@contextmanager
def one_bar(title: str) -> Iterator[Listening]:
    """A progress bar with the time left, for one piece of work."""
    with _bars() as bars:
        meter = Meter()
        bars.add_task(spoken(title), total=None, meter=meter)
        yield meter


@contextmanager
def lines_of_json() -> Iterator[Listener]:
    """Print every event as a line of JSON."""
    yield print_record


@contextmanager
def progress_for_people(
    expect_s: Callable[[str, str], float | None] = lambda *_: None,
) -> Iterator[Listener]:
    """Show a bar for the current stage, and a line for each finished one.

    :param expect_s: estimates the duration of a stage in seconds.
    """
    with _bars() as bars:
        yield _ProgressPrinter(bars, expect_s)


class _ProgressPrinter:
    """Shows a run's progress."""

    def __init__(self, bars: Progress, expect_s: Callable[[str, str], float | None]) -> None:
        self._bars = bars
        self._expect_s = expect_s
        self._task: TaskID | None = None
        self._meter = Meter()
        self._reasons: tuple[str, ...] = ()

    def __call__(self, event: Event) -> None:
        match event:
            case StageStarted():
                self._reasons = event.reasons
                self._meter = Meter(expected_s=self._expect_s(event.episode, event.stage))
                self._task = self._bars.add_task(
                    f"{event.episode}  {event.stage}", total=None, meter=self._meter
                )
            case StageProgress():
                self._meter(event.done, event.total)
            case StageFinished():
                self._close()
                self._say(
                    "✓",
                    "green",
                    event.episode,
                    event.stage,
                    f"{event.seconds:6.1f} s  {spoken(joined_reasons(self._reasons))}",
                )
            case StageKept():
                self._say(
                    "=",
                    "cyan",
                    event.episode,
                    event.stage,
                    message("kept: {reasons}", reasons=joined_reasons(event.reasons)),
                )
            case StageFailed():
                self._close()
                self._say("✗", "red", event.episode, event.stage, event.what)
            case Noted():
                self._say("!", "yellow", event.episode, "", event.text)
            case StagePlanned():
                sign, style = (
                    ("→", "yellow")
                    if event.runs
                    else ("✗", "red")
                    if event.state in {"conflict", "failed"}
                    else ("=", "")
                )
                self._say(
                    sign,
                    style,
                    event.episode,
                    event.stage,
                    describe_state(event.state, event.reasons),
                )
            case RunFinished():
                pass

    def _close(self) -> None:
        if self._task is not None:
            self._bars.remove_task(self._task)
            self._task = None

    def _say(self, sign: str, style: str, episode: str, stage: str, text: str) -> None:
        line = Text.assemble((sign, style), f" {episode}  {stage:<10}  {spoken(text)}")
        # Through the bars' own console while they are shown, so that lines stay above them.
        target = (
            self._bars.console
            if not self._bars.disable and self._bars.console.is_terminal and sys.stdout.isatty()
            else console()
        )
        target.print(line, soft_wrap=True)
