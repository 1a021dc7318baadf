"""What is shown of work is true, whatever its reports are like."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.progress import Progress

from studio.cli.terminal import _MeterBar, _MeterColumn, measured_text
from studio.progress import MAX_SHARE, Meter, PreparedWork, part_of


class Clock:
    """Seconds that a test lets pass."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_part_that_was_done_at_once_says_nothing_of_the_rest() -> None:
    """The weights were there: « 1 of 1 », and then a minute of listening begins."""
    clock = Clock()
    meter = Meter(clock)
    meter(1, 1)
    clock.now = 5
    assert (meter.share, meter.left_s) == (None, None)
    assert measured_text(meter) == "0:05"
    meter(0, 60_000)
    clock.now = 15
    meter(20_000, 60_000)
    assert meter.share == pytest.approx(1 / 3)
    assert meter.left_s == pytest.approx(20, abs=1)
    clock.now = 20
    assert measured_text(meter) == " 50 %  0:20, 0:15 left"
    meter(60_000, 60_000)
    assert meter.share is None


@pytest.mark.parametrize("fetching_s", [2, 60, 600])
def test_what_was_fetched_first_is_not_the_work(fetching_s: int) -> None:
    """Weights come at their own pace; then a minute of listening begins, and moves."""
    clock = Clock()
    meter = Meter(clock, expected_s=60)
    prepared = PreparedWork(meter, expected_s=60, clock=clock)
    shown = []
    for done in range(1, 101):
        clock.now = fetching_s * done / 100
        prepared.fetch(done, 100)
        shown.append(meter.share or 0.0)
    assert shown[-1] == pytest.approx(fetching_s / (fetching_s + 60), abs=0.03)
    assert meter.left_s == pytest.approx(60, rel=0.1)
    for done in range(1, 60):
        clock.now = fetching_s + done
        prepared.work(done, 60)
        shown.append(meter.share or 0.0)
    assert shown == sorted(shown)
    assert len(set(shown)) > 0.9 * len(shown)


def test_time_passes_between_reports_but_not_for_ever() -> None:
    clock = Clock()
    meter = Meter(clock)
    meter(0, 100)
    clock.now = 10
    meter(10, 100)
    clock.now = 1000
    assert meter.share == pytest.approx(0.2)


@given(
    st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 1000), st.floats(0, 100)), max_size=30),
    st.sampled_from([None, 1.0, 40.0]),
)
def test_nothing_is_complete_before_it_is_and_no_share_falls(
    reports: list[tuple[float, float, float]], expected_s: float | None
) -> None:
    clock = Clock()
    meter = Meter(clock, expected_s)
    before = 0.0
    for done, total, seconds in reports:
        meter(done, total)
        clock.now += seconds
        share, left_s = meter.share, meter.left_s
        assert share is None or before <= share <= MAX_SHARE
        before = share or before
        assert left_s is None or left_s > 0
        assert "100 %" not in measured_text(meter)


def test_what_is_expected_is_shown_until_something_is_reported() -> None:
    clock = Clock()
    meter = Meter(clock, expected_s=40)
    clock.now = 1
    assert measured_text(meter) == "  2 %  0:01, about 0:39 left"
    clock.now = 400
    assert meter.share is not None
    assert meter.share < MAX_SHARE
    assert meter.left_s is not None
    assert meter.left_s > 10
    meter(30, 60)
    assert not meter.is_estimate
    assert meter.left_s == pytest.approx(400)


def test_what_lasts_longer_than_expected_goes_on_for_longer() -> None:
    """And moves for as long as it lasts."""
    clock = Clock()
    meter = Meter(clock, expected_s=4)
    shown = []
    for seconds in (4, 8, 16, 32, 64):
        clock.now = seconds
        shown.append((meter.share or 0.0, meter.left_s or 0.0))
    assert shown == sorted(shown)
    assert len(set(shown)) == len(shown)
    assert shown[-1][1] > 4


def test_the_first_report_does_not_take_back_what_was_shown() -> None:
    """Nor does the share stand still until the work has come so far; the time left is told."""
    clock = Clock()
    meter = Meter(clock, expected_s=60)
    clock.now = 60
    guessed = meter.share
    assert guessed == pytest.approx(0.75)
    meter(20, 100)
    assert meter.share == guessed
    assert meter.left_s == pytest.approx(240)
    clock.now = 120
    meter(60, 100)
    assert meter.share == pytest.approx(0.875)
    assert meter.left_s == pytest.approx(80)


def test_parts_of_a_work_are_one_work() -> None:
    told: list[tuple[float, float]] = []
    first, second = (
        part_of(lambda done, total: told.append((done, total)), 200, *ends)
        for ends in ((0.0, 0.75), (0.75, 1.0))
    )
    first(1, 2)
    first(2, 2)
    second(1, 2)
    second(0, 0)
    assert told == [(75, 200), (150, 200), (175, 200), (200, 200)]


def test_a_bar_shows_it() -> None:
    clock = Clock()
    meter = Meter(clock)
    screen = Console(file=io.StringIO(), force_terminal=True, width=100)
    with Progress(_MeterBar(), _MeterColumn(), console=screen) as bars:
        bars.add_task("transcribe", total=None, meter=meter)
        meter(1, 1)
        clock.now = 3
        bars.refresh()
    shown = screen.file.getvalue()  # type: ignore[attr-defined]
    assert "0:03" in shown
    assert "100" not in shown
