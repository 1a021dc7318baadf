"""Connection limits of the local web server: a client that only connects, sends half a request or
does not read its response cannot block others.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from typing import Any

# A connection idle for this long is closed; browsers reconnect.
SILENCE_S = 30
# A request must be complete within this time of its first byte (the first request, of the
# connection). The largest one, 4 MB, takes some seconds in a wireless network.
REQUEST_S = 30
# The maximum number of connections; each takes a file descriptor, of which a process has at least
# 256 (macOS). A browser opens 6.
MAX_CONNECTIONS = 200
# This many are closed at once if there are more: searching all of them for each new one takes
# longer.
ROOM = 25
_LOOK_S = 1


@dataclasses.dataclass
class _Seen:
    """The state of a connection.

    :param activity: waitress's time of the last byte, only compared for equality: that clock may be
        adjusted.
    :param active_s: when activity was last noticed.
    :param began_s: since when its request has been incomplete.
    """

    activity: float
    active_s: float
    began_s: float


class Connections:
    """The connections of a server, checked periodically by its I/O thread."""

    def __init__(self) -> None:
        self._seen: dict[Any, _Seen] = {}
        self._next_look_s = 0.0

    def look_through(self, channels: Sequence[Any]) -> None:
        """Close connections that have been idle or incomplete for too long, and, above the limit,
        those of lowest priority.

        :param channels: waitress's ``HTTPChannel`` of each connection.
        """
        now = time.monotonic()
        if now < self._next_look_s and len(channels) < MAX_CONNECTIONS:
            return
        self._next_look_s = now + _LOOK_S
        seen = {channel: self._look(channel, now) for channel in channels}
        # While a thread computes its response, a connection is busy.
        idle = {one: facts for one, facts in seen.items() if not one.requests}
        for channel, facts in idle.items():
            if now - facts.active_s > SILENCE_S or now - facts.began_s > REQUEST_S:
                channel.handle_close()
        left = [channel for channel in seen if channel.connected]
        if len(left) >= MAX_CONNECTIONS:
            spared = sorted((one for one in left if one in idle), key=_priority)
            for channel in spared[: len(left) - MAX_CONNECTIONS + ROOM]:
                channel.handle_close()
        self._seen = {one: facts for one, facts in seen.items() if one.connected}

    def _look(self, channel: Any, now: float) -> _Seen:
        before = self._seen.get(channel)
        if before is None:
            return _Seen(activity=channel.last_activity, active_s=now, began_s=now)
        if channel.last_activity != before.activity:
            before.activity, before.active_s = channel.last_activity, now
        if not _is_unfinished(channel):
            before.began_s = now
        return before


def _has_asked(channel: Any) -> bool:
    """Whether a complete request was received."""
    return bool(channel.request is None and channel.last_activity != channel.creation_time)


def _is_unfinished(channel: Any) -> bool:
    return not (channel.requests or channel.total_outbufs_len or _has_asked(channel))


def _priority(channel: Any) -> tuple[bool, bool, float]:
    """The order of closing: first connections without a request, then answered ones, then those
    still reading; the longest idle first.
    """
    return bool(channel.total_outbufs_len), _has_asked(channel), channel.last_activity
