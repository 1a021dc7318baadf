"""The scenes of the crash campaign: commands of Studio on small workspaces, without Whisper."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from studio.editor import edit_session as desks
from studio.editor.app import make_app
from studio.editor.edit_session import EditSession
from studio.editor.page_access import PageAccess
from studio.editor.server import serve_editor
from studio.errors import StudioError
from studio.pipeline.events import Event, StageFailed
from studio.pipeline.runner import Choice
from studio.workspace.layout import Workspace
from studio.workspace.run_lock import lock_workspace
from support import fake_show
from support.crash_commands import command, contents, succeed, unended_files
from support.crash_moves import RENAME, REPLACE
from support.crash_publications import PUBLICATIONS
from support.crashing import Scene, void
from support.edit_session import SLUG, make_episode, sources_of
from support.fake_show import add_episode, make_show, run_show
from support.made_sounds import speechlike, write_wav

MINE = f"my words{fake_show.END}"

# --- run


def run_scene(
    name: str, change: Callable[[Workspace], None], *, force: str = "", kept: str = ""
) -> Scene:
    """A run of stages that take no time."""

    def prepare(folder: Path) -> None:
        workspace = make_show(folder / "ici")
        add_episode(workspace)
        change(workspace)

    def run(folder: Path) -> list[Event]:
        forced = force and not _versions(folder) > 1
        return run_show(
            Workspace(folder / "ici"), Choice(stage=force, force=True) if forced else Choice()
        )

    def act(folder: Path, _: Callable[[str], None]) -> None:
        if any(isinstance(event, StageFailed) for event in run(folder)):
            raise SystemExit(1)

    def mend(folder: Path) -> None:
        for _ in range(2 if force else 1):
            failed = [event for event in run(folder) if isinstance(event, StageFailed)]
            assert not failed, failed

    def lost(folder: Path, _: list[str]) -> list[str]:
        texts = Workspace(folder / "ici").episode("001-ada").texts
        words = {path.read_text(encoding="utf-8") for path in texts.glob("*transcript*.json")}
        return [] if not kept or kept in words else ["a person's transcript"]

    def end(folder: Path) -> object:
        found = contents(folder / "ici")
        return {name: content for name, content in found.items() if "journal" not in name}

    return Scene(name, prepare, act, mend, lost, end, unended_files)


def _versions(folder: Path) -> int:
    return len(list(Workspace(folder / "ici").episode("001-ada").texts.glob("transcript*.json")))


def _another_recording(workspace: Workspace) -> None:
    run_show(workspace)
    (workspace.episode("001-ada").folder / "son.wav").write_text("another sound", encoding="utf-8")


def _edited(workspace: Workspace) -> None:
    run_show(workspace)
    workspace.episode("001-ada").transcript.write_text(MINE, encoding="utf-8")


# --- init, new, glossary, import


def _init_lost(folder: Path, _: list[str]) -> list[str]:
    return (
        []
        if (folder / "notes.txt").read_text(encoding="utf-8") == "à garder"
        else ["notes beside the workspace"]
    )


def _init(folder: Path, _: Callable[[str], None] = void) -> None:
    command("init", str(folder / "ici"), "--title", "3 questions à…", "--host", "Camille")


def _init_again(folder: Path) -> None:
    if not (folder / "ici" / "feed" / "show.toml").is_file():
        succeed("init", str(folder / "ici"), "--title", "3 questions à…", "--host", "Camille")


ARTICLE = (
    "# Episode 7 – 3 questions à Ada Lovelace\n\n## Quand ?\n\nEn 1843.\n\n## Où ?\n\nÀ "
    "Londres.\n\n## Et puis ?\n\nVoilà.\n"
)


def _prepare_new(folder: Path) -> None:
    make_show(folder / "ici")
    (folder / "article.md").write_text(ARTICLE, encoding="utf-8")
    write_wav(folder / "son.wav", speechlike(3.0, rate_hz=16_000, seed=1), rate_hz=16_000)


def _new_words(folder: Path) -> tuple[str, ...]:
    published = "2026-01-15T06:00:00+01:00"
    files = ("--article", str(folder / "article.md"), "--recording", str(folder / "son.wav"))
    return ("-C", str(folder / "ici"), "new", *files, "--published", published)


def _new_lost(folder: Path, _: list[str]) -> list[str]:
    found = Workspace(folder / "ici").slugs()
    whole = all((folder / "ici" / "episodes" / slug / "article.md").is_file() for slug in found)
    gone = [name for name in ("article.md", "son.wav") if not (folder / name).is_file()]
    return [*gone, *([] if whole else ["half an episode"])]


def _new_again(folder: Path) -> None:
    if not Workspace(folder / "ici").slugs():
        succeed(*_new_words(folder))


GLOSSARY = '# les noms\n[[names]]\nname = "Medinsoft" # le cluster\n'


def _prepare_glossary(folder: Path) -> None:
    make_show(folder / "ici").glossary.write_text(GLOSSARY, encoding="utf-8")


def _glossary_lost(folder: Path, _: list[str]) -> list[str]:
    return (
        []
        if Workspace(folder / "ici")
        .glossary.read_text(encoding="utf-8")
        .startswith(GLOSSARY.rstrip())
        else ["a name"]
    )


def _prepare_import(folder: Path) -> None:
    workspace = make_episode(folder / "ici")
    lines = [f"{one.speaker} : {one.text}" for one in sources_of(workspace).transcript().segments]
    (folder / "corrected.txt").write_text(
        "\n\n".join(lines).replace("amartique", "à Martigues"), encoding="utf-8"
    )
    EditSession(sources_of(workspace))
    shutil.copy(workspace.episode(SLUG).transcript, folder / "before.json")


def _import_words(folder: Path) -> tuple[str, ...]:
    return ("-C", str(folder / "ici"), "import", SLUG, str(folder / "corrected.txt"))


def _import_lost(folder: Path, _: list[str]) -> list[str]:
    now = Workspace(folder / "ici").episode(SLUG).transcript
    is_old = now.is_file() and now.read_bytes() == (folder / "before.json").read_bytes()
    is_new = now.is_file() and "Martigues" in now.read_text(encoding="utf-8")
    return [] if is_old or is_new else ["the transcript"]


def _import_end(folder: Path) -> object:
    return [
        (one.speaker, one.text)
        for one in sources_of(Workspace(folder / "ici")).transcript().segments
    ]


# --- edit


EDITS = 9


def _prepare_edit(folder: Path) -> None:
    EditSession(sources_of(make_episode(folder / "ici")))


def _type(
    desk: EditSession, post: Callable[[dict[str, object]], int], tell: Callable[[str], None]
) -> None:
    """A client types, and asks again as the page does when it is told that the disk took
    nothing.

    :param post: sends a request of the page, and returns the status of the answer.
    """
    for number in range(EDITS):
        segment = desk.transcript().segments[number % 3]
        edit = {
            "kind": "text",
            "segment": segment.id,
            "was": segment.text,
            "text": f"Texte {number}",
        }
        body = {"client": "c", "id": str(number), "since": 1, "edits": [edit]}
        for _ in range(3):
            if post(body) == 200:
                tell(str(number))
                break


def _edit(folder: Path, tell: Callable[[str], None]) -> None:
    """Without a line between client and server: every run takes the same steps."""
    desks._REST_S = 0.001
    desk = EditSession(sources_of(Workspace(folder / "ici")))
    entrance = PageAccess(8123)
    page = make_app(desk, entrance, (8123,)).test_client(use_cookies=False)
    page.environ_base["HTTP_COOKIE"] = f"{entrance.cookie}={entrance.exchange(entrance.code)}"
    headers = {"Host": "127.0.0.1:8123", "Origin": "http://127.0.0.1:8123"}

    def post(body: dict[str, object]) -> int:
        return page.post("/api/edits", json=body, headers=headers).status_code

    try:
        with desk.background_writer():
            _type(desk, post, tell)
    except StudioError as error:
        print(error)
        raise SystemExit(1) from None


def _edit_served(folder: Path, tell: Callable[[str], None]) -> None:
    """The server as `studio edit` starts it, and a client that types over its port and ends it as
    Ctrl-C does.
    """
    desks._REST_S = 0.001
    # A shell starts background jobs with SIGINT ignored; then nothing would end the server.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    desk = EditSession(sources_of(Workspace(folder / "ici")))
    clients: list[threading.Thread] = []

    def ready(address: str, _: Path) -> None:
        clients.append(threading.Thread(target=type_there, args=(address,), daemon=True))
        clients[0].start()

    def type_there(address: str) -> None:
        host = address.removeprefix("http://").partition("/")[0]
        line = http.client.HTTPConnection(host, timeout=10)
        try:
            line.request("GET", "/enter/" + address.rpartition("/")[2])
            answer = line.getresponse()
            answer.read()
            cookie = (answer.headers["Set-Cookie"] or "").partition(";")[0]
            headers = {"Origin": f"http://{host}", "Cookie": cookie}

            def post(body: dict[str, object]) -> int:
                content = json.dumps(body)
                line.request(
                    "POST", "/api/edits", content, headers | {"Content-Type": "application/json"}
                )
                answer = line.getresponse()
                answer.read()
                return answer.status

            _type(desk, post, tell)
        except (OSError, http.client.HTTPException) as error:  # the server has ended
            print(f"the client was cut off: {error!r}")
        finally:
            line.close()
            os.kill(os.getpid(), signal.SIGINT)

    # A shell starts what runs in the background with SIGINT ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with _held(folder) as state, contextlib.suppress(KeyboardInterrupt):
            serve_editor(desk, state, 0, ready, void)
    except StudioError as error:
        print(error)
        raise SystemExit(1) from None
    finally:
        for client in clients:
            client.join(timeout=5)
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[Path]:
    """As `studio edit` holds the episode; with the folder of its notes."""
    state = Workspace(folder / "ici").state / "editor" / SLUG
    with lock_workspace(state, f"studio edit {SLUG}"):
        yield state


def _edit_served_again(folder: Path) -> None:
    with _held(folder):
        _edit_again(folder)


def _edit_again(folder: Path) -> None:
    command_desk = EditSession(sources_of(Workspace(folder / "ici")))
    assert command_desk.transcript() == sources_of(Workspace(folder / "ici")).transcript()


def _edit_lost(folder: Path, told: list[str]) -> list[str]:
    """Every text that was acknowledged, or a later one of the same passage: in the journal, from
    which the next start has it.
    """
    copy = folder / "copy"
    shutil.copytree(folder / "ici", copy)
    try:
        texts = [one.text for one in EditSession(sources_of(Workspace(copy))).transcript().segments]
    except StudioError as error:
        return [f"everything: {error}"]
    finally:
        shutil.rmtree(copy)
    last = {int(number) % 3: int(number) for number in told}
    return [
        f"edit {number}" for place, number in last.items() if not _is_at_least(texts[place], number)
    ]


def _is_at_least(text: str, number: int) -> bool:
    found = re.fullmatch(r"Texte (\d+)", text)
    return found is not None and int(found[1]) >= number


def _same_as_journal(folder: Path) -> object:
    workspace = Workspace(folder / "ici")
    return EditSession(sources_of(workspace)).transcript() == sources_of(workspace).transcript()


SCENES = (
    run_scene("run", lambda _: None),
    run_scene("run, another recording", _another_recording),
    run_scene("run over an edit", _edited, kept=MINE),
    run_scene("run --force over an edit", _edited, force="correct", kept=MINE),
    Scene(
        "glossary add",
        _prepare_glossary,
        lambda folder, _: command(
            "-C", str(folder / "ici"), "glossary", "add", "Martigues", "amartique"
        ),
        lambda folder: succeed(
            "-C", str(folder / "ici"), "glossary", "add", "Martigues", "amartique"
        ),
        _glossary_lost,
        lambda folder: contents(folder / "ici"),
    ),
    Scene("edit", _prepare_edit, _edit, _edit_again, _edit_lost, _same_as_journal),
    Scene(
        "edit, served",
        _prepare_edit,
        _edit_served,
        _edit_served_again,
        _edit_lost,
        _same_as_journal,
    ),
    Scene(
        "import",
        _prepare_import,
        lambda folder, _: command(*_import_words(folder)),
        lambda folder: succeed(*_import_words(folder)),
        _import_lost,
        _import_end,
    ),
    *PUBLICATIONS,
    RENAME,
    REPLACE,
    Scene(
        "new",
        _prepare_new,
        lambda folder, _: command(*_new_words(folder)),
        _new_again,
        _new_lost,
        lambda folder: contents(folder / "ici"),
    ),
    Scene(
        "init",
        lambda folder: void((folder / "notes.txt").write_text("à garder", encoding="utf-8")),
        _init,
        _init_again,
        _init_lost,
        contents,
    ),
)
