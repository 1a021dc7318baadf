"""The server of the editor's page, restricted to this computer."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from studio.editor.app import make_app
from studio.editor.edit_session import EditSession
from studio.editor.page_access import PageAccess
from studio.errors import WorkspaceError
from studio.file_access import read_file
from studio.messages.message import message
from studio.model.record import Record, bytes_from_record, record_from_bytes
from studio.preview.local_server import LocalServer
from studio.workspace.disk import remove_quietly, write_file

HOST = "127.0.0.1"
# Open pages poll every two seconds (store.js): during this time they can learn why the server ends.
_LAST_WORDS_S = 5.0
# A page of an earlier start may still have unsent edits; the server also listens on this many
# earlier ports.
_MAX_FORMER = 3


class Address(Record, frozen=True):
    """The last address of an episode's page, so that open tabs can reconnect.

    :param former: earlier ports, the last one first.
    """

    port: int
    former: tuple[int, ...] = ()


def serve_editor(
    session: EditSession,
    folder: Path,
    port: int,
    ready: Callable[[str, Path], None],
    again: Callable[[str], None],
) -> None:
    """Serve the page until the process is interrupted.

    :param folder: folder for the server's files; secret ones are only readable by this user.
    :param port: 0: the last port, or a free one.
    :param ready: called with the one-time address of the page, and a file that redirects a browser
        to it: command-line arguments are visible to all users of the computer.
    :param again: called with the next address after one was used, for another browser.
    :raises WorkspaceError: the port is taken, or a bug ended the server.
    """
    note = folder / "address.json"
    last = _last_address(note)
    listening = _listening(port or (0 if last is None else last.port), required=bool(port))
    port = int(listening.getsockname()[1])
    former = _former(last, port)
    write_file(note, bytes_from_record(Address(port=port, former=former)))
    others = {
        other: found for other in former[:_MAX_FORMER] if (found := _bound(other)) is not None
    }
    entrance = PageAccess(port, lambda code: again(_address(port, code)))
    server = LocalServer(
        make_app(session, entrance, (port, *others)), [listening, *others.values()]
    )
    leading = folder / "open.html"
    write_file(leading, _leading_page(_address(port, entrance.code)), private=True)
    ready(_address(port, entrance.code), leading)

    def end_soon() -> None:
        timer = threading.Timer(_LAST_WORDS_S, server.end)
        timer.daemon = True
        timer.start()

    try:
        with session.background_writer(end_soon):
            server.run()
    finally:
        server.close()
        remove_quietly(leading)


def _address(port: int, code: str) -> str:
    return f"http://{HOST}:{port}/enter/{code}"


def _leading_page(address: str) -> bytes:
    return (
        '<!DOCTYPE html><meta charset="utf-8"><title>Studio</title><meta '
        f'http-equiv="refresh" content="0; url={address}">'
    ).encode()


def _last_address(note: Path) -> Address | None:
    try:
        return record_from_bytes(read_file(note), Address, note)
    except (OSError, WorkspaceError):
        return None


def _former(last: Address | None, port: int) -> tuple[int, ...]:
    known: Sequence[int] = () if last is None else (last.port, *last.former)
    return tuple(dict.fromkeys(other for other in known if other != port))[:_MAX_FORMER]


def _bound(port: int) -> socket.socket | None:
    """A socket bound to this port; None if it is in use."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # on Windows this would let two programs share the port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError:
        listening.close()
        return None
    return listening


def _listening(port: int, *, required: bool) -> socket.socket:
    found = _bound(port)
    if found is None and required:
        raise WorkspaceError(
            f"port {port}",
            message("is taken by another program"),
            message("Choose another --port, or leave it out."),
        )
    found = found or _bound(0)
    if found is None:
        raise WorkspaceError(
            "studio edit",
            message("finds no free port on this computer"),
            message("Close other programs, then run it again."),
        )
    return found
