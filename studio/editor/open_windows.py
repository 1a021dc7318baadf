"""The number of open windows, by the time of each one's last request."""

from __future__ import annotations

import threading
import time

from studio.model.record import Record

# A page polls every two seconds (store.js) and reports when it is closed; one that misses three
# polls has crashed or is suspended.
GONE_AFTER_S = 7.0
# The maximum number of windows that are remembered.
_MOST = 100


class LeaveRequest(Record, frozen=True):
    """A page was closed; with its id."""

    client: str


class OpenWindows:
    """The windows of one episode, safe to call from several threads."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._seen: dict[str, float] = {}

    def others(self, client: str, now_s: float | None = None) -> int:
        """The number of other windows that have polled recently.

        :param client: the page's id; empty for none.
        :param now_s: time on a monotonic clock; None for now.
        """
        moment = time.monotonic() if now_s is None else now_s
        with self._mutex:
            if client and (client in self._seen or len(self._seen) < _MOST):
                self._seen[client] = moment
            self._seen = {
                name: seen for name, seen in self._seen.items() if moment - seen < GONE_AFTER_S
            }
            return len(self._seen.keys() - {client})

    def leave(self, client: str) -> None:
        """A window was closed or reloaded: it does not count until its next request."""
        with self._mutex:
            self._seen.pop(client, None)
