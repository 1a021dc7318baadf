"""The door to Flask: what the page asks and what it is told. Reached from this computer alone, by
who knows the token.
"""

from __future__ import annotations

import contextlib
import functools
import hmac
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request, send_file
from werkzeug.exceptions import HTTPException

from studio.article.names import names_from_article
from studio.doubts.doubt import Doubt, is_settled
from studio.doubts.finder import DoubtFinder
from studio.editor.documents import programme_of
from studio.editor.edit_session import EditConflictError, EditSession
from studio.editor.edits import Request
from studio.editor.patches import as_plain
from studio.editor.proxy_job import ProxyJob
from studio.editor.show_search import Orders, ShowSearch
from studio.editor.waveform import PEAKS_PER_S, peaks_of_recording
from studio.errors import ArticleError, DiskError, StudioError, WorkspaceError
from studio.model.record import json_from_plain, record_from_bytes
from studio.model.transcript import Suggestion, Transcript
from studio.workspace.sources import EpisodeSources

STATIC = Path(__file__).parent / "static"
PAGE = {
    "": ("index.html", "text/html; charset=utf-8"),
    "editor.css": ("editor.css", "text/css; charset=utf-8"),
    "keys.json": ("keys.json", "application/json"),
    "icon.svg": ("icon.svg", "image/svg+xml"),
    **{
        f"{name}.js": (f"{name}.js", "text/javascript; charset=utf-8")
        for name in (
            "main",
            "words",
            "store",
            "sound",
            "text",
            "pass",
            "panels",
            "wave",
            "boundary",
            "corrections",
            "keys",
        )
    },
}
LARGEST_REQUEST_BYTES = 4 << 20

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src "
    "'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_SOUND_TYPES = {
    ".flac": "audio/flac",
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".mp4": "audio/mp4",
    ".aac": "audio/aac",
    ".ogg": "audio/ogg",
    ".oga": "audio/ogg",
    ".opus": "audio/ogg",
    ".webm": "audio/webm",
}


def make_app(session: EditSession, token: str, port: int) -> Flask:
    """The application for one episode.

    :param token: what must stand at the start of every address.
    :param port: where it listens: only addresses of this computer with this port are answered.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST_BYTES
    hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}

    listening = ProxyJob(session.sources)
    elsewhere = ShowSearch(session.sources.workspace, session.sources.slug)

    @functools.cache
    def finder() -> DoubtFinder:
        return _finder(session.sources)

    @functools.lru_cache(maxsize=1)
    def listed(transcript: Transcript) -> tuple[Doubt, ...]:
        # A second of work for three hours of words; most answers to a doubt change no word.
        return finder().doubts(transcript)

    @app.before_request
    def admit() -> None:
        # Host: no other name was bent to this address. Origin: no other page sends from the same
        # browser. Token: nobody guessed.
        if request.host not in hosts:
            abort(403)
        given = request.path.split("/")[1]
        if not hmac.compare_digest(given.encode(), token.encode()):
            abort(404)
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            abort(403)
        origin = request.headers.get("Origin")
        if origin is not None and origin not in {f"http://{host}" for host in hosts}:
            abort(403)
        if request.method == "POST" and (origin is None or request.mimetype != "application/json"):
            abort(403)

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers.update(_HEADERS)
        return response

    @app.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> Response:
        return _json({"what": error.name, "remedy": ""}, error.code or 500)

    @app.errorhandler(EditConflictError)
    def conflict(error: EditConflictError) -> Response:
        sides = {name: getattr(error, name) for name in ("mine", "theirs", "merged", "clashes")}
        return _json({**_told(error), **sides, "revision": session.revision}, 409)

    @app.errorhandler(StudioError)
    def trouble(error: StudioError) -> Response:
        return _json(_told(error), 507 if isinstance(error, DiskError) else 422)

    @app.get("/<token>/")
    @app.get("/<token>/<name>")
    def page(token: str, name: str = "") -> Response:  # noqa: ARG001 - checked for every address above
        if name not in PAGE:
            abort(404)
        file, kind = PAGE[name]
        return send_file(STATIC / file, mimetype=kind, max_age=0)

    @app.get("/<token>/api/state")
    def state(token: str) -> Response:  # noqa: ARG001
        return _json(_state(session))

    @app.get("/<token>/api/changes/<int:since>")
    def changes(token: str, since: int) -> Response:  # noqa: ARG001
        return _json(session.changes(since))

    @app.get("/<token>/api/doubts")
    def doubts(token: str) -> Response:  # noqa: ARG001
        return _json(_doubts(session, listed(session.transcript())))

    @app.post("/<token>/api/edits")
    def edits(token: str) -> Response:  # noqa: ARG001
        return _json(
            session.apply(record_from_bytes(request.get_data(), Request, "the page's request"))
        )

    @app.get("/<token>/api/elsewhere")
    def find_elsewhere(token: str) -> Response:  # noqa: ARG001
        return _json(
            as_plain(elsewhere.find(request.args.get("words", ""), exact="exact" in request.args))
        )

    @app.post("/<token>/api/elsewhere")
    def replace_elsewhere(token: str) -> Response:  # noqa: ARG001
        return _json(
            as_plain(
                elsewhere.replace(
                    record_from_bytes(request.get_data(), Orders, "the page's request")
                )
            )
        )

    @app.get("/<token>/api/versions")
    def versions(token: str) -> Response:  # noqa: ARG001
        return _json(session.versions())

    @app.get("/<token>/api/versions/<int:revision>")
    def compare(token: str, revision: int) -> Response:  # noqa: ARG001
        return _json(session.compare(revision))

    @app.get("/<token>/api/peaks")
    def peaks(token: str) -> Response:  # noqa: ARG001
        content = peaks_of_recording(session.sources.recording, session.sources.files.peaks)
        return Response(content, mimetype="application/octet-stream")

    @app.get("/<token>/api/sound")
    def how_far(token: str) -> Response:  # noqa: ARG001
        return _json(as_plain(listening.sound()))

    @app.get("/<token>/sound")
    def sound(token: str) -> Response:  # noqa: ARG001
        path = listening.path()
        if path is None:
            abort(404)
        # Flask answers byte ranges: without them a browser can only hear it from the start.
        return send_file(
            path,
            mimetype=_SOUND_TYPES.get(path.suffix.lower(), "application/octet-stream"),
            conditional=True,
            max_age=0,
        )

    return app


def _json(value: Any, status: int = 200) -> Response:
    return Response(json_from_plain(value, indent=-1), status=status, mimetype="application/json")


def _told(error: StudioError) -> dict[str, str]:
    return {"where": error.where, "what": error.what, "remedy": error.remedy}


def _state(session: EditSession) -> dict[str, Any]:
    sources = session.sources
    lists = session.lists()
    try:
        article = as_plain(sources.article)
    except (ArticleError, WorkspaceError):
        article = None
    try:
        questions = as_plain(sources.alignment().questions)
    except WorkspaceError:
        questions = []
    try:
        programme = as_plain(programme_of(lists, sources))
    except WorkspaceError:
        programme = None
    try:
        machines = as_plain(sources.machine_chapters())
    except WorkspaceError:
        machines = []
    speakers = dict.fromkeys(
        [sources.host, *sources.episode.guests, *(item["speaker"] for item in lists["segments"])]
    )
    return {
        **{
            name: lists[name]
            for name in ("segments", "corrections", "chapters", "cuts", "decisions")
        },
        **{
            name: value
            for name, value in session.changes(session.revision).items()
            if name in {"revision", "undo", "redo"}
        },
        "slug": sources.slug,
        "title": sources.episode.title,
        "notice": sources.episode.notice,
        "language": session.language,
        "duration_ms": session.duration_ms,
        "peaks_per_s": PEAKS_PER_S,
        "article": article,
        "questions": questions,
        "programme": programme,
        "machines_chapters": machines,
        "speakers": [name for name in speakers if name],
    }


def _finder(sources: EpisodeSources) -> DoubtFinder:
    """With as much as is known: an alignment and a hearing may be missing, as after a clone."""
    alignment = voice = None
    with contextlib.suppress(WorkspaceError):
        alignment = sources.alignment()
    with contextlib.suppress(WorkspaceError):
        voice = sources.asr().voice
    suggestions: tuple[Suggestion, ...] = ()
    with contextlib.suppress(WorkspaceError):
        suggestions = sources.machine_transcript().suggestions
    names = (*names_from_article(sources.article), *sources.episode.guests, sources.host)
    return DoubtFinder(sources.article, names, alignment, voice or (), suggestions)


def _doubts(session: EditSession, listed: Sequence[Doubt]) -> dict[str, Any]:
    settled = {item["key"] for item in session.lists()["decisions"]}
    left = [doubt for doubt in listed if not is_settled(doubt, settled)]
    return {"settled": len(settled), "doubts": as_plain(left)}
