"""Ctrl-C and termination signals: converted to an exception in the main thread, so that everything
is cleaned up.

Windows has Ctrl-C and Ctrl-Break, but no SIGHUP, and SIGTERM kills a program at once.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

# The signals that this system has.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
# Users press Ctrl-C twice: within this time, a second one must not interrupt the clean-up, which
# takes less.
_DEAF_S = 3.0


class Interruption(KeyboardInterrupt):
    """A signal requested termination. A subclass of KeyboardInterrupt."""


class SignalHandler:
    """Stores the first signal, 0 if there is none."""

    def __init__(self) -> None:
        self.number = 0
        self._since_s = 0.0

    def receive(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - as the system calls it
        """Raise :class:`Interruption` in the main thread."""
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
    """The exit code for a signal, as in shells: 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP."""
    return 128 + number
