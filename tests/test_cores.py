"""How many threads: as many as cores are given to the process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import studio
from studio.cores import usable_cores


@pytest.fixture
def one_core() -> Iterator[None]:
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("the system keeps no process on some cores")
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    yield
    os.sched_setaffinity(0, before)


@pytest.mark.usefixtures("one_core")
def test_a_process_that_is_kept_on_one_core_has_one() -> None:
    assert usable_cores() == 1


def test_without_limits_all_cores_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 12)
    assert usable_cores() == 12
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert usable_cores() == 1


def test_nothing_else_counts_cores() -> None:
    """The machine's number is wrong for a process that may use some of them."""
    root = Path(studio.__file__).parent
    counting = [
        path.relative_to(root).as_posix()
        for path in sorted(root.rglob("*.py"))
        if "cpu_count" in path.read_text(encoding="utf-8")
    ]
    assert counting == ["cores.py"]
