"""The adapter of Flask: the page's requests and responses. Only reachable from this computer, with
the token.
"""

from __future__ import annotations

import functools
from collections.abc import Container, Sequence
from pathlib import Path

from flask import Flask, Response, abort, request, send_file
from werkzeug.exceptions import HTTPException

from studio.captions.caption_preview import preview_captions
from studio.doubts.doubt import Doubt, is_settled, sorted_doubts
from studio.doubts.finder import DoubtFinder
from studio.doubts.removed import removed_doubts
from studio.editor.alternative_wordings import AlternativeWordings, PassageRequest
from studio.editor.cached_samples import CachedSamples
from studio.editor.documents import programme_of
from studio.editor.edit_session import EditConflictError, EditSession, WriteFailure
from studio.editor.edits import Request
from studio.editor.open_doubts import finder_of_episode, removed_of_episode
from studio.editor.open_windows import LeaveRequest, OpenWindows
from studio.editor.page_access import PageAccess
from studio.editor.page_files import PAGE, chosen_language, file_in_language
from studio.editor.proposed_cuts_job import ProposedCutsJob
from studio.editor.proxy_job import ProxyJob
from studio.editor.run_job import RunJob
from studio.editor.show_search import ReplacementRequest, ShowSearch
from studio.editor.text_search import FindOptions
from studio.editor.waveform import PEAKS_PER_S, lanes_of_recording, peaks_of_recording
from studio.errors import ArticleError, DiskError, StudioError, WorkspaceError, error_from_os
from studio.messages.message import Message, message
from studio.messages.translations import in_language
from studio.model.article import Article
from studio.model.clock import Programme, RecordingMs
from studio.model.record import Record, fields_of_record, json_from_plain, record_from_bytes
from studio.model.transcript import Transcript
from studio.preview.local_server import resolve_range, send_part
from studio.proof.remarks import remarks_of_episode
from studio.sound.microphone_preview import numbered
from studio.sound.proxy import browser_format, plays_channels_separately

MAX_REQUEST_BYTES = 4 << 20

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src "
    "'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
)
_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_ENTERED = message(
    '<meta http-equiv="refresh" content="0; url=/"><p><a href="/">Correction</a></p>'
)
_USED = message(
    "<p>This address was used already: take the last one that <code>studio edit</code> shows.</p>"
)
_CLOSED = message("<p>Open the address that <code>studio edit</code> shows.</p>")


def make_app(session: EditSession, entrance: PageAccess, ports: Sequence[int]) -> Flask:
    """The application for one episode.

    :param entrance: checks access.
    :param ports: ports on which it listens, the page's own first: only requests to this computer
        with these ports are answered. Pages of earlier starts may still be open at the others, or
        have unsent edits in the browser's storage.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    former = [f"http://127.0.0.1:{port}" for port in ports[1:]]
    _admit_own_requests(app, entrance, ports)
    _add_headers(app, ports[0], former)
    _answer_errors(app, session)
    _serve_page(app, entrance)
    _serve_edits(app, session, former)
    _serve_doubts(app, session)
    _serve_show_search(app, session)
    _serve_sound(app, session)
    _serve_run(app, session)
    return app


def _admit_own_requests(app: Flask, entrance: PageAccess, ports: Sequence[int]) -> None:
    """Refuse every request that does not come from the editor's own page, opened by the user who
    started it.
    """
    hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost") for port in ports}

    @app.before_request
    def admit() -> None:
        # Host: against DNS rebinding. Origin: against requests of other pages. Cookie:
        # authentication.
        if request.host not in hosts:
            abort(403)
        if request.endpoint == "enter":
            return
        if not entrance.admits(request.cookies.get(entrance.cookie, "")):
            abort(401)
        # Only the page that collects unsent edits of an earlier port is embedded in another one: of
        # this computer, which is one “site” for browsers.
        sites = {
            "same-origin",
            "none",
            *(("same-site",) if request.endpoint == "page" and request.path == "/adopt" else ()),
        }
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in sites:
            abort(403)
        origin = request.headers.get("Origin")
        if origin is not None and origin not in {f"http://{host}" for host in hosts}:
            abort(403)
        if request.method == "POST" and (origin is None or request.mimetype != "application/json"):
            abort(403)


def _add_headers(app: Flask, port: int, former: Sequence[str]) -> None:
    """Add security headers: what the page may load, and who may embed it.

    :param former: the addresses of earlier starts.
    """
    policy = "; ".join(
        (
            _POLICY,
            f"frame-src {' '.join(former)}" if former else "frame-src 'none'",
            "frame-ancestors 'none'",
        )
    )
    # Embedded by the page itself, invisibly, from an earlier port.
    framed_policy = f"{_POLICY}; frame-ancestors http://127.0.0.1:{port} http://localhost:{port}"

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers.update(_HEADERS)
        response.headers["Content-Security-Policy"] = (
            framed_policy if request.path == "/adopt" else policy
        )
        return response


def _answer_errors(app: Flask, session: EditSession) -> None:
    """Convert errors to responses that the page can display."""

    @app.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> Response:
        if error.code == 401 and request.path == "/":
            return _plain_page(_CLOSED, 401)
        return _json({"what": error.name, "remedy": ""}, error.code or 500)

    @app.errorhandler(EditConflictError)
    def conflict(error: EditConflictError) -> Response:
        answer = {
            **_described_error(error),
            "mine": error.mine,
            "theirs": error.theirs,
            "merged": error.merged,
            "clashes": [{"mine": clash.mine, "theirs": clash.theirs} for clash in error.clashes],
            "revision": session.revision,
        }
        return _json(answer, 409)

    @app.errorhandler(StudioError)
    def trouble(error: StudioError) -> Response:
        return _json(_described_error(error), 507 if isinstance(error, DiskError) else 422)

    @app.errorhandler(OSError)
    def system_trouble(error: OSError) -> Response:
        # The recording was moved, or the network drive is disconnected.
        return trouble(error_from_os(error, session.sources.workspace.root))


def _serve_page(app: Flask, entrance: PageAccess) -> None:
    """The page itself, its files, and the login address."""

    @app.get("/enter/<code>")
    def enter(code: str) -> Response:
        secret = entrance.exchange(code)
        if secret is None:
            return _plain_page(_USED, 403)
        # A page instead of a redirect: after a link from another site, browsers do not send a
        # SameSite=Strict cookie; from this page they do.
        answer = _plain_page(_ENTERED)
        answer.set_cookie(entrance.cookie, secret, httponly=True, samesite="Strict")
        return answer

    @app.get("/")
    @app.get("/<name>")
    def page(name: str = "") -> Response:
        if name not in PAGE:
            abort(404)
        file, kind = PAGE[name]
        return Response(file_in_language(file, _language()), mimetype=kind)


def _serve_edits(app: Flask, session: EditSession, former: Sequence[str]) -> None:
    """The current transcript, edits, and earlier versions.

    :param former: the addresses of earlier starts, where a page may have left unsent edits.
    """
    windows = OpenWindows()

    @app.get("/api/state")
    def state() -> Response:
        return _json({**_state(session), "former": former})

    @app.get("/api/changes/<int:since>")
    def changes(since: int) -> Response:
        others = windows.others(request.args.get("client", ""))
        return _json({**_in_words(session.changes(since)), "others": others})

    @app.post("/api/left")
    def left() -> Response:
        requested = record_from_bytes(request.get_data(), LeaveRequest, "the page's request")
        windows.leave(requested.client)
        return _json({})

    @app.post("/api/edits")
    def edits() -> Response:
        requested = record_from_bytes(request.get_data(), Request, "the page's request")
        return _json(_in_words(session.apply(requested)))

    @app.get("/api/captions/<int:moment>")
    def captions(moment: int) -> Response:
        documents = session.documents()
        programme = programme_of(documents, session.sources)
        return _json(preview_captions(documents.transcript, programme, RecordingMs(moment)))

    @app.get("/api/versions")
    def versions() -> Response:
        return _json(session.versions())

    @app.get("/api/versions/<int:revision>")
    def compare(revision: int) -> Response:
        return _json(session.compare(revision))


def _serve_doubts(app: Flask, session: EditSession) -> None:
    """What to review: doubtful words, other wordings, proposed cuts."""
    samples = CachedSamples(session.sources)
    wordings = AlternativeWordings(session.sources, samples)
    proposals = ProposedCutsJob(session.sources, samples)

    @functools.cache
    def finder() -> DoubtFinder:
        return finder_of_episode(session.sources)

    @functools.lru_cache(maxsize=1)
    def listed(transcript: Transcript) -> tuple[Doubt, ...]:
        # This takes a second for three hours of words; most decisions on doubts change no word.
        doubts = (
            *finder().doubts(transcript),
            *removed_doubts(removed_of_episode(session.sources), transcript),
        )
        return tuple(sorted_doubts(doubts))

    @app.get("/api/doubts")
    def doubts() -> Response:
        transcript = session.transcript()
        # A proof's answer may be imported while the page is open: remarks are read again.
        remarks = remarks_of_episode(session.sources, transcript)
        return _json(_doubts(session, [*remarks, *listed(transcript)]))

    @app.post("/api/alternatives")
    def alternatives() -> Response:
        requested = record_from_bytes(request.get_data(), PassageRequest, "the page's request")
        found = wordings.alternatives(session.transcript(), requested)
        return _json({"alternatives": found})

    @app.post("/api/alternatives/prepare")
    def prepare_alternatives() -> Response:
        wordings.prepare()
        return _json({})

    @app.get("/api/proposed_cuts")
    def proposed() -> Response:
        return _json(_in_words(proposals.search()))

    @app.post("/api/proposed_cuts")
    def propose() -> Response:
        return _json(_in_words(proposals.start(session.transcript())))


def _serve_show_search(app: Flask, session: EditSession) -> None:
    """Find and replace in the show's other episodes."""
    elsewhere = ShowSearch(session.sources.workspace, session.sources.slug)

    @app.get("/api/elsewhere")
    def find_elsewhere() -> Response:
        words = request.args.get("words", "")
        return _json([_in_words(one) for one in elsewhere.find(words, _find_options(request.args))])

    @app.post("/api/elsewhere")
    def replace_elsewhere() -> Response:
        orders = record_from_bytes(request.get_data(), ReplacementRequest, "the page's request")
        return _json([_in_words(one) for one in elsewhere.replace(orders)])


def _serve_sound(app: Flask, session: EditSession) -> None:
    """The recording, its microphones, and the drawings of both."""
    proxy = ProxyJob(session.sources)

    @app.get("/api/peaks")
    def peaks() -> Response:
        content = peaks_of_recording(
            session.sources.audio_file, session.sources.mix(), session.sources.files.peaks
        )
        return Response(content, mimetype="application/octet-stream")

    @app.get("/api/microphones")
    def microphones() -> Response:
        return _json(_microphones(session))

    @app.get("/api/lanes")
    def lanes() -> Response:
        sources = session.sources
        count = len(sources.episode.microphones)
        if not count:
            abort(404)
        content = lanes_of_recording(sources.recording, count, sources.files.lanes)
        return Response(content, mimetype="application/octet-stream")

    @app.get("/api/sound")
    def how_far() -> Response:
        return _json(_in_words(proxy.sound()))

    @app.get("/sound")
    def sound() -> Response:
        path = proxy.path()
        if path is None:
            abort(404)
        return _sound(path)

    @app.get("/microphones")
    def channels() -> Response:
        if not session.sources.episode.microphones:
            abort(404)
        return _sound(session.sources.recording)


def _serve_run(app: Flask, session: EditSession) -> None:
    """Run the stages with the edits."""
    job = RunJob(session.sources.workspace, session.sources.slug)

    @app.get("/api/run")
    def how_far_the_run_is() -> Response:
        return _json(_in_words(job.run()))

    @app.post("/api/run")
    def run() -> Response:
        return _json(_in_words(job.start()))


def _language() -> str:
    """The language of the requesting page."""
    return chosen_language(request.cookies)


def _plain_page(sentence: Message, status: int = 200) -> Response:
    language = _language()
    head = f'<!DOCTYPE html><html lang="{language}"><meta charset="utf-8"><title>Studio</title>'
    return Response(head + in_language(sentence, language), status, mimetype="text/html")


def _sound(path: Path) -> Response:
    resolve_range(request.environ, path.stat().st_size)
    form = browser_format(path)
    # Flask supports byte ranges, which browsers need for seeking.
    answer = send_file(
        path,
        mimetype="application/octet-stream" if form is None else form.type,
        conditional=True,
        max_age=0,
    )
    send_part(answer, path, request.environ)
    return answer


def _microphones(session: EditSession) -> dict[str, object]:
    """The speaker of each microphone, and whether a browser can play it separately."""
    sources = session.sources
    found = sources.episode.microphones
    return {
        "names": numbered([one.name or Path(one.file).stem for one in found]),
        "plays": bool(found) and plays_channels_separately(sources.recording, session.duration_ms),
    }


def _find_options(wanted: Container[str]) -> FindOptions:
    return FindOptions(
        exact="exact" in wanted, accents="accents" in wanted, parts="parts" in wanted
    )


def _in_words(record: Record) -> dict[str, object]:
    """The fields of a record, with messages in the requested language."""
    return {name: _value_in_words(value) for name, value in fields_of_record(record).items()}


def _value_in_words(value: object) -> object:
    match value:
        case str():
            return in_language(value, _language())
        case WriteFailure():
            return _in_words(value)
        case tuple():
            return [
                _value_in_words(one) if isinstance(one, str | WriteFailure) else one
                for one in value
            ]
    return value


def _json(value: object, status: int = 200) -> Response:
    return Response(json_from_plain(value, indent=-1), status=status, mimetype="application/json")


def _described_error(error: StudioError) -> dict[str, str]:
    described = {"where": error.where, "what": error.what, "remedy": error.remedy}
    return {name: in_language(text, _language()) for name, text in described.items()}


def _state(session: EditSession) -> dict[str, object]:
    sources = session.sources
    documents, changes = session.documents(), session.changes(session.revision)
    article: Article | None
    programme: Programme | None
    # Only the transcript is necessary: each of the others may be missing or damaged, and the page
    # opens without it.
    try:
        article = sources.article
    except (ArticleError, WorkspaceError):
        article = None
    try:
        questions = sources.alignment().questions
    except WorkspaceError:
        questions = ()
    try:
        programme = programme_of(documents, sources)
    except WorkspaceError:
        programme = None
    try:
        machines = sources.machine_chapters()
    except WorkspaceError:
        machines = ()
    speakers = dict.fromkeys(
        [sources.host, *sources.episode.guests, *(item.speaker for item in documents.segments)]
    )
    return {
        "segments": documents.segments,
        "corrections": documents.corrections,
        "chapters": documents.chapters,
        "cuts": documents.cuts,
        "decisions": documents.decisions,
        "drafts": documents.drafts,
        "notes": documents.notes,
        "revision": changes.revision,
        "versions": changes.versions,
        "undo": changes.undo,
        "redo": changes.redo,
        "slug": sources.slug,
        "title": sources.episode.title,
        "notice": sources.episode.notice,
        "language": documents.language,
        "duration_ms": session.duration_ms,
        "recording": session.clock.sha256,
        "replaced": session.clock.is_later,
        "peaks_per_s": PEAKS_PER_S,
        "article": article,
        "questions": questions,
        "programme": programme,
        "machines_chapters": machines,
        "speakers": [name for name in speakers if name],
    }


def _doubts(session: EditSession, listed: Sequence[Doubt]) -> dict[str, object]:
    settled = {decision.key for decision in session.documents().decisions}
    left = [doubt for doubt in listed if not is_settled(doubt, settled)]
    return {"settled": len(settled), "doubts": left}
