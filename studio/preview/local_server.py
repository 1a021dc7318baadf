"""The adapter of waitress: a local web server that idle connections cannot block."""

from __future__ import annotations

import re
import socket
from collections.abc import MutableMapping, Sequence
from pathlib import Path
from typing import Any

import waitress.server
from waitress import wasyncore
from waitress.channel import HTTPChannel
from werkzeug.wrappers import Response

from studio.file_access import open_file
from studio.preview.connections import MAX_CONNECTIONS, ROOM, Connections

_THREADS = 8
_NEVER_S = 10 * 365 * 24 * 3600
# Responses up to this size (the words of three hours) are buffered in memory, larger ones in a
# temporary file.
_MAX_ANSWER_BYTES = 16 << 20

# A byte range by RFC 9110 (section 14.1.2): first and last, first alone, or the length of a suffix.
_RANGE = re.compile(r"bytes=[ \t]*(?:([0-9]+)-([0-9]*)|-([0-9]+))[ \t]*", re.IGNORECASE)
# More digits than a length has; Python refuses to parse thousands of them.
_DIGITS = 18


class LocalServer:
    """A listening server; :meth:`run` serves until :meth:`end` is called or the process is
    interrupted.

    :param application: a WSGI application.
    :param listening: the bound socket.
    """

    def __init__(self, application: Any, listening: Sequence[socket.socket]) -> None:
        self._server: Any = waitress.server.create_server(
            application,
            sockets=list(listening),
            threads=_THREADS,
            ident="Studio",
            channel_timeout=_NEVER_S,  # :class:`Connections` limits connections
            connection_limit=2 * MAX_CONNECTIONS,
            asyncore_use_poll=True,
            clear_untrusted_proxy_headers=True,
            outbuf_overflow=_MAX_ANSWER_BYTES,
        )
        several = getattr(self._server, "map", None)
        self._map: dict[int, Any] = self._server._map if several is None else several
        self._connections = Connections()
        self._ended = False

    def run(self) -> None:
        """Serve until :meth:`end` is called or the process is interrupted."""
        while not self._ended:
            before = len(self._map)
            wasyncore.loop(
                timeout=self._server.adj.asyncore_loop_timeout,
                use_poll=True,
                map=self._map,
                count=1,
            )
            if len(self._map) > before:
                self._let_in_more()
            # After reading pending input: after the computer slept, clients are not idle.
            channels = [one for one in self._map.values() if isinstance(one, HTTPChannel)]
            self._connections.look_through(channels)

    def _let_in_more(self) -> None:
        """Accept several waiting connections at once: the loop accepts one at a time and scans all
        each time.
        """
        for door in [one for one in self._map.values() if one.accepting]:
            for _ in range(ROOM):
                before = len(self._map)
                door.handle_accept()
                if len(self._map) == before:
                    break

    def end(self) -> None:
        """Make :meth:`run` return; called from another thread."""
        self._ended = True
        for channel in list(self._map.values()):
            if pull := getattr(channel, "pull_trigger", None):
                pull()
                break

    def close(self) -> None:
        """Stop accepting, and close keep-alive connections."""
        self._server.task_dispatcher.shutdown()
        for channel in list(self._map.values()):
            if isinstance(channel, HTTPChannel):
                channel.handle_close()  # with the file that it was sending
        wasyncore.close_all(self._map)


def send_part(answer: Response, path: Path, environ: MutableMapping[str, Any]) -> None:
    """Let the server's loop send the range of a file (206), as it does for a whole one: a worker
    thread would be blocked for as long as a client reads slowly, such as a paused player.

    :param answer: werkzeug's response for this file.
    """
    wrapper = environ.get("wsgi.file_wrapper")
    part = answer.content_range
    if answer.status_code != 206 or wrapper is None or part.start is None:
        return
    answer.close()
    stream = open_file(path)
    stream.seek(part.start)
    # No longer than Content-Length.
    answer.response = wrapper(stream)


def resolve_range(environ: MutableMapping[str, Any], length: int) -> None:
    """Keep the ``Range`` header of a request if RFC 9110 lets a server satisfy it, else remove it.

    Malformed or multiple ranges, other units and other methods than GET are ignored (section 14.2):
    the whole file is sent. A suffix may be longer than the file (14.1.2). A range that starts after
    the end is kept, and answered with 416.

    :param length: length of the whole file, in bytes.
    """
    requested = environ.get("HTTP_RANGE")
    if requested is None:
        return
    found = _RANGE.fullmatch(requested)
    if found is None or environ.get("REQUEST_METHOD") != "GET":
        del environ["HTTP_RANGE"]
        return
    first, last, end = (_number(digits) for digits in found.groups())
    if end is not None:
        environ["HTTP_RANGE"] = f"bytes=-{min(end, length)}"
    elif first is not None and last is not None and last < first:
        del environ["HTTP_RANGE"]
    else:
        environ["HTTP_RANGE"] = f"bytes={first}-{'' if last is None else last}"


def _number(digits: str | None) -> int | None:
    if not digits:
        return None
    return int(digits) if len(digits) <= _DIGITS else 10**_DIGITS
