"""What a remedy is followed with: something that is refused, and the same as the remedy says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from studio.cli import main
from studio.errors import StudioError
from studio.workspace.layout import Workspace


class Followed(NamedTuple):
    """One remedy.

    :param remedy: its words, as they are printed.
    :param wrong: what is refused with it; it gets a folder of its own.
    :param right: the same, as the remedy says.
    """

    remedy: str
    wrong: Callable[[Path], object]
    right: Callable[[Path], object]


def of_value(remedy: str, call: Callable[..., object], wrong: object, right: object) -> Followed:
    return Followed(remedy, lambda _: call(wrong), lambda _: call(right))


def require_that_it_helps(one: Followed, folder: Path) -> None:
    """Do what is wrong, read the remedy, and do what is right."""
    for name in ("wrong", "right"):
        (folder / name).mkdir()
    with pytest.raises(StudioError) as refused:
        one.wrong(folder / "wrong")
    assert one.remedy in str(refused.value.remedy)
    one.right(folder / "right")


def run_studio(show: Workspace, *words: str) -> tuple[int, str]:
    """A command's exit code, and what it prints, in one line."""
    result = CliRunner().invoke(main, ["-C", str(show.root), *words], catch_exceptions=False)
    return result.exit_code, " ".join(result.output.split())


def refused(show: Workspace, remedy: str, *words: str) -> None:
    """The command fails and prints this remedy."""
    code, told = run_studio(show, *words)
    assert code not in {0, 70}, told
    assert remedy.replace("`studio", f"`studio -C {show.root}") in told, told


def done(show: Workspace, *words: str) -> None:
    """The command succeeds."""
    code, told = run_studio(show, *words)
    assert code == 0, told
