"""Ctrl-C and termination signals: each becomes one exception in the main thread, so that everything
is cleaned up.

Windows knows Ctrl-C and Ctrl-Break; there is no SIGHUP, and SIGTERM ends a program at once.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

# Those of them that this system has.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
# People press Ctrl-C twice: within this time of the first, another one must not break off the
# cleaning up, which takes less.
_DEAF_S = 3.0


class Interruption(KeyboardInterrupt):
    """A signal asked the program to end. What catches Ctrl-C catches it."""


class SignalHandler:
    """The first signal that arrived, 0 as long as there is none."""

    def __init__(self) -> None:
        self.number = 0
        self._since_s = 0.0

    def receive(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - as the system calls it
        """Raise :class:`Interruption` where the main thread is."""
        now_s = time.monotonic()
        if self.number and now_s - self._since_s < _DEAF_S:
            return
        self.number = self.number or number
        self._since_s = now_s
        raise Interruption


@contextmanager
def raised_signals() -> Iterator[SignalHandler]:
    """Let signals raise :class:`Interruption` while the block runs; a signal that was ignored at
    the start (nohup) stays ignored.
    """
    signals = SignalHandler()
    if threading.current_thread() is not threading.main_thread():
        yield signals
        return
    before: dict[int, Callable[..., Any] | int | None] = {}
    for name in _NAMES:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) not in {signal.SIG_IGN, None}:
            before[number] = signal.signal(number, signals.receive)
    try:
        yield signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def exit_code_of(number: int) -> int:
    """As shells count the end by a signal: 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP."""
    return 128 + number
