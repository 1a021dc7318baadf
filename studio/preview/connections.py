"""Which clients may stay connected to a web server of this machine: a client that only connects,
sends half a request or does not read its answer cannot block others.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from typing import Any

# A connection without traffic for this long is closed: a browser opens another one and continues.
SILENCE_S = 30
# A request is whole within this time of its first byte, the first one of the connection. The
# largest one, 4 MB, takes some seconds in a wireless network.
REQUEST_S = 30
# This many at once are answered; a system gives a program 256 files or more (macOS), and each
# connection takes one. A browser opens 6.
MAX_CONNECTIONS = 200
# This many are closed at once when more come: searching all of them for each new one takes longer.
ROOM = 25
_LOOK_S = 1


@dataclasses.dataclass
class _Seen:
    """What was seen of a connection.

    :param activity: waitress's time of the last byte, by which a new one is noticed: that clock
        may be set.
    :param active_s: when it was noticed.
    :param began_s: since when its request has not been whole.
    """

    activity: float
    active_s: float
    began_s: float


class Connections:
    """The connections of a server, looked through again and again by the thread that reads and
    writes them.
    """

    def __init__(self) -> None:
        self._seen: dict[Any, _Seen] = {}
        self._next_look_s = 0.0

    def look_through(self, channels: Sequence[Any]) -> None:
        """Close what has been silent or unfinished for too long, and, where no more find a place,
        who can be spared most.

        :param channels: waitress's ``HTTPChannel`` of each connection.
        """
        now = time.monotonic()
        if now < self._next_look_s and len(channels) < MAX_CONNECTIONS:
            return
        self._next_look_s = now + _LOOK_S
        seen = {channel: self._look(channel, now) for channel in channels}
        # While a thread makes its answer, a connection is busy.
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
    """Whether something came, and was not an incomplete request."""
    return bool(channel.request is None and channel.last_activity != channel.creation_time)


def _is_unfinished(channel: Any) -> bool:
    return not (channel.requests or channel.total_outbufs_len or _has_asked(channel))


def _priority(channel: Any) -> tuple[bool, bool, float]:
    """The order in which connections are given up: first who never asked for anything, then who
    was answered, then who is still reading; each time the one that was quiet the longest.
    """
    return bool(channel.total_outbufs_len), _has_asked(channel), channel.last_activity
