"""A web server for the built site, on this machine only unless configured otherwise.

Pages and feed have the URLs at which they will be published. The server replaces these by its own
address, so that links, share cards and subscriptions work before anything is published.
"""

from __future__ import annotations

import contextlib
import hashlib
import socket
from collections.abc import Iterator
from pathlib import Path

import flask
from flask import Flask, Response
from werkzeug.security import safe_join

from studio.errors import WorkspaceError
from studio.file_access import read_file
from studio.messages.message import message
from studio.preview.local_server import LocalServer, resolve_range, send_part
from studio.web.media_types import header_from_type, is_shared, type_from_place

LOOPBACK = "127.0.0.1"
# Prefixes of files that are being written, or are Studio's own.
_HIDDEN = "."
_STATE_PLACE = "_preview/state"
# A page checks every second whether the site was rebuilt, and reloads.
_RELOAD = b"""<script>
(() => {
  let shown;
  setInterval(async () => {
    const answer = await fetch("/_preview/state").catch(() => null);
    if (!answer || !answer.ok) return;
    const state = await answer.text();
    if (shown !== undefined && shown !== state) location.reload();
    shown = state;
  }, 1000);
})();
</script>
"""
_REWRITTEN = {
    "text/html",
    "application/rss+xml",
    "application/xml",
    "application/json",
    "application/json+oembed",
}


def preview_app(
    site: Path, base_url: str, hosts: tuple[str, ...] = (LOOPBACK, "localhost")
) -> Flask:
    """The web application.

    :param site: the built site.
    :param base_url: the URL of the published site: replaced in pages and feed by the address of the
        request.
    :param hosts: allowed host names; requests with another one, from pages of other sites, are
        refused.
    """
    app = flask.Flask("studio.preview", static_folder=None)
    app.config["TRUSTED_HOSTS"] = list(hosts)
    published_at = (base_url.rstrip("/") + "/").encode()

    @app.get(f"/{_STATE_PLACE}")
    def state() -> Response:
        answer = flask.make_response(state_of(site))
        answer.headers["Cache-Control"] = "no-store"
        answer.content_type = "text/plain; charset=utf-8"
        return answer

    @app.get("/", defaults={"place": ""})
    @app.get("/<path:place>")
    def file(place: str) -> Response:
        if any(part.startswith(_HIDDEN) for part in place.split("/")):
            flask.abort(404)
        if place and not place.endswith("/") and _is_folder(site, place):
            return flask.make_response(flask.redirect(f"/{place}/"))
        wanted = f"{place}index.html" if not place or place.endswith("/") else place
        return _answer(site, wanted, published_at)

    return app


def _answer(site: Path, place: str, published_at: bytes) -> Response:
    """The response for one file: whole, the requested byte range, or 304."""
    type_ = type_from_place(place)
    if type_ in _REWRITTEN:
        # Its length changes: rebuilt in memory, with an ETag of the bytes actually sent.
        content = read_file(_inside(site, place)).replace(
            published_at, flask.request.host_url.encode()
        )
        if type_ == "text/html":
            content = content.replace(b"</body>", _RELOAD + b"</body>")
        answer = flask.make_response(content)
        answer.set_etag(hashlib.sha256(content).hexdigest()[:32])
        answer.headers["Cache-Control"] = "no-cache"
        resolve_range(flask.request.environ, len(content))
        answer.make_conditional(flask.request, accept_ranges=True, complete_length=len(content))
    else:
        path = _inside(site, place)
        resolve_range(flask.request.environ, path.stat().st_size)
        answer = flask.send_file(path, conditional=True, etag=True, max_age=0)
        send_part(answer, path, flask.request.environ)
    answer.content_type = header_from_type(type_)
    if is_shared(place):
        answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _inside(site: Path, place: str) -> Path:
    """A file of the site. Links to files outside are not followed: these would not be published,
    and may be private.
    """
    root = site.resolve()
    joined = safe_join(str(root), place)
    try:
        path = None if joined is None else Path(joined).resolve(strict=True)
    except (OSError, RuntimeError, ValueError):  # missing, a cycle of links, an invalid name
        path = None
    if path is None or not path.is_relative_to(root) or not path.is_file():
        flask.abort(404)
    return path


def _is_folder(site: Path, place: str) -> bool:
    root = site.resolve()
    try:
        path = (root / place).resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        return False
    return path.is_relative_to(root) and path.is_dir()


def state_of(site: Path) -> str:
    """A version string that changes whenever a file of the site does."""
    state = hashlib.sha256()
    for path in sorted(site.rglob("*")):
        with contextlib.suppress(OSError):  # a build is running
            facts = path.stat()
            if path.is_file() and not path.name.startswith(_HIDDEN):
                state.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return state.hexdigest()


def network_address() -> str:
    """The address of this machine in the local network, for access from a phone.

    :raises WorkspaceError: it is in no network.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(
                ("192.0.2.1", 9)
            )  # sends nothing: the system only selects the outgoing interface
        except OSError:
            raise WorkspaceError(
                "--lan",
                message("this computer is not connected to a network"),
                message("Connect it to one, or leave --lan out."),
            ) from None
        return str(probe.getsockname()[0])


@contextlib.contextmanager
def serve_preview(site: Path, base_url: str, *, port: int, lan: bool = False) -> Iterator[Preview]:
    """Create a listening server; :meth:`Preview.run` serves until it is closed.

    :param port: 0: any free port.
    :param lan: also serve other machines of the local network.
    :raises WorkspaceError: the port is taken, or there is no network.
    """
    host = network_address() if lan else LOOPBACK
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise WorkspaceError(
            message("port {port}", port=port),
            message("cannot be opened ({reason})", reason=error.strerror),
            message("Name another one with --port."),
        ) from None
    app = preview_app(site, base_url, (LOOPBACK, "localhost", host))
    server = LocalServer(app, [listening])
    try:
        yield Preview(server, f"http://{host}:{listening.getsockname()[1]}/")
    finally:
        server.close()


class Preview:
    """A listening server. ``address`` ends with a slash."""

    def __init__(self, server: LocalServer, address: str) -> None:
        self._server = server
        self.address = address

    def run(self) -> None:
        """Answer, until :meth:`end` is called or the process interrupted."""
        self._server.run()

    def end(self) -> None:
        """Let :meth:`run` return; called from another thread."""
        self._server.end()
