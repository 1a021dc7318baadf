"""The door to waitress: the editor's page on this computer, and on no other."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from studio.editor.app import make_app
from studio.editor.edit_session import EditSession
from studio.errors import WorkspaceError
from studio.model.record import Record, bytes_from_record, record_from_bytes
from studio.workspace.disk import write_file

HOST = "127.0.0.1"
_THREADS = 8
_LARGEST_ANSWER_BYTES = 16 << 20


class Address(Record, frozen=True):
    """Where the page of an episode was last: a tab that is still open finds it there again."""

    port: int
    token: str


def serve_editor(session: EditSession, note: Path, port: int, ready: Callable[[str], None]) -> None:
    """Serve the page until the process is interrupted.

    :param note: where the address is kept, readable by this user alone.
    :param port: where to listen; 0 for the port of last time, or a free one.
    :param ready: is told the address once it answers.
    :raises WorkspaceError: the port is taken.
    """
    from waitress.server import create_server

    last = _last_address(note)
    token = secrets.token_urlsafe(24) if last is None else last.token
    listening = _listening(port or (0 if last is None else last.port), required=bool(port))
    port = int(listening.getsockname()[1])
    write_file(note, bytes_from_record(Address(port=port, token=token)))
    with suppress(OSError):
        os.chmod(note, 0o600)  # noqa: PTH101 - the same on every system that has it
    server = create_server(
        make_app(session, token, port),
        sockets=[listening],
        threads=_THREADS,
        ident="Studio",
        clear_untrusted_proxy_headers=True,
        # Three hours of words stay in memory on their way to the page; they would go by a file on
        # the disk.
        outbuf_overflow=_LARGEST_ANSWER_BYTES,
    )
    ready(f"http://{HOST}:{port}/{token}/")
    try:
        with session.writing_behind():
            server.run()
    finally:
        server.close()


def _last_address(note: Path) -> Address | None:
    try:
        return record_from_bytes(note.read_bytes(), Address, note)
    except (OSError, WorkspaceError):
        return None


def _listening(port: int, *, required: bool) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # elsewhere this would let two programs share the port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError:
        if required:
            listening.close()
            raise WorkspaceError(
                f"port {port}",
                "is taken by another program",
                "Choose another --port, or leave it out.",
            ) from None
        listening.bind((HOST, 0))
    return listening
