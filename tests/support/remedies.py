"""What a remedy is followed with: something that is refused, and the same as the remedy says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from studio.errors import StudioError


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
