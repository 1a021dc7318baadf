"""How long work tells how far it is, without knowing who listens."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called now and then by work that may last over a second, with how much is done of how much in
    all (same unit, any unit).
    """

    def __call__(self, done: float, total: float, /) -> None:
        """Take note."""


def no_progress(done: float, total: float, /) -> None:
    """Nobody listens."""
