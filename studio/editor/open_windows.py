"""How many windows have the page open, by when each asked last."""

from __future__ import annotations

import threading
import time

from studio.model.record import Record

# A page asks every two seconds (store.js) and says when it is left; one that did not ask three
# times is gone without a word, or asleep.
GONE_AFTER_S = 7.0
# Names of windows that are remembered: more than anybody opens.
_MOST = 100


class LeaveRequest(Record, frozen=True):
    """A page that is left, by its own name."""

    client: str


class OpenWindows:
    """The windows of one episode, safe to call from several threads."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._seen: dict[str, float] = {}

    def others(self, client: str, now_s: float | None = None) -> int:
        """How many windows beside this one have asked lately.

        :param client: the page's own name; empty for none.
        :param now_s: the time on a clock that only goes forward; None for now.
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
