"""The scenes of the crash campaign: commands of Studio on small workspaces, without Whisper."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import fake_show
from crashing import Scene, void
from editing_desk import SLUG, make_episode, sources_of
from fake_show import add_episode, make_show, run_show
from made_sounds import speechlike, write_wav

from studio import log
from studio.cli import main
from studio.editor import edit_session as desks
from studio.editor.app import make_app
from studio.editor.edit_session import EditSession
from studio.editor.entrance import Entrance
from studio.errors import StudioError
from studio.model.show import Publishing
from studio.pipeline.events import Event, StageFailed
from studio.pipeline.runner import Choice
from studio.publish.destination import open_destination
from studio.publish.destination_lock import lock_destination
from studio.publish.files import entries_from_tree, tree_from_folder
from studio.publish.transfer import finish_publication, publish_tree
from studio.publish.withdrawal import Wish
from studio.workspace.disk import FRESH
from studio.workspace.layout import Workspace

MINE = f"my words{fake_show.END}"
# Studio's own notes: locks, fingerprints of files with their times, the journal with the moments of
# edits, the log of every command.
_NOTES = {
    "build-state.json",
    "digests.json",
    "run.lock",
    "holder.json",
    "edits.jsonl",
    "written.json",
    log.FILE,
}


def command(*words: str) -> None:
    """A command as it is typed; SystemExit tells how it ended."""
    main(list(words), prog_name="studio")


def succeed(*words: str) -> None:
    """A command that must end well."""
    try:
        command(*words)
    except SystemExit as end:
        assert not end.code, (words, end.code)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but Studio's own notes; what is by chance in a new episode is left out of it."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in _NOTES and path.suffix != ".lock":
            content = re.sub(rb'(?m)^guid = "[0-9a-f-]{36}"', b"guid", path.read_bytes())
            found[path.relative_to(folder).as_posix()] = content
    return found


def nothing_lost(_: Path, __: list[str]) -> list[str]:
    """People have nothing there yet."""
    return []


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

    return Scene(name, prepare, act, mend, lost, end, _unended)


def _unended(folder: Path) -> list[str]:
    """Every built file whose last line is missing."""
    built = re.compile(r"^episodes/[^/]+/build/|^feed/(?:feed\.xml|site/)|^transcripts/")
    found = {
        name: content
        for name, content in contents(folder / "ici").items()
        if built.search(name) and FRESH not in name
    }
    return [name for name, content in found.items() if not content.endswith(fake_show.END.encode())]


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


def _edit(folder: Path, tell: Callable[[str], None]) -> None:
    """A client types, and asks again as the page does when it is told that the disk took
    nothing.
    """
    desks._REST_S = 0.001
    desk = EditSession(sources_of(Workspace(folder / "ici")))
    entrance = Entrance(8123)
    page = make_app(desk, entrance, (8123,)).test_client(use_cookies=False)
    page.environ_base["HTTP_COOKIE"] = f"{entrance.cookie}={entrance.exchange(entrance.code)}"
    headers = {"Host": "127.0.0.1:8123", "Origin": "http://127.0.0.1:8123"}
    try:
        with desk.writing_behind():
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
                    if page.post("/api/edits", json=body, headers=headers).status_code == 200:
                        tell(str(number))
                        break
    except StudioError as error:
        print(error)
        raise SystemExit(1) from None


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


# --- captions that somebody corrected, publish


def _site(folder: Path, words: str) -> None:
    for place, text in {
        "e/e.mp3": words * 50,
        "e/index.html": f"<p>{words}",
        "index.html": words,
    }.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "feed.xml").write_text(
        f"<enclosure url='e/e.mp3' length='{len(words) * 50}'/>", encoding="utf-8"
    )


def _publish(folder: Path, _: Callable[[str], None] = void) -> None:
    destination = open_destination(Publishing(to=str(folder / "public")), folder)
    try:
        tree = tree_from_folder(folder / "site")
        with lock_destination(destination, "here", take_over=True) as lock:
            done = publish_tree(
                lock,
                destination,
                tree,
                Wish(entries=entries_from_tree(tree)),
                journal=folder / "journal",
            )
            finish_publication(destination, done.manifest)
    except StudioError as error:
        print(error)
        raise SystemExit(1) from None
    finally:
        destination.close()


def _prepare_publish(folder: Path) -> None:
    _site(folder / "site", "avant")
    _publish(folder)
    _site(folder / "site", "après !")


def _publish_lost(folder: Path, _: list[str]) -> list[str]:
    public = folder / "public"
    whole = [
        (public / place).is_file() and (public / place).stat().st_size > 0
        for place in ("feed.xml", "e/e.mp3", "e/index.html")
    ]
    return [] if all(whole) else ["a published file"]


def _publish_end(folder: Path) -> object:
    return {
        name: text
        for name, text in contents(folder / "public").items()
        if not name.startswith(".studio/")
    }


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
        "import",
        _prepare_import,
        lambda folder, _: command(*_import_words(folder)),
        lambda folder: succeed(*_import_words(folder)),
        _import_lost,
        _import_end,
    ),
    Scene("publish to a folder", _prepare_publish, _publish, _publish, _publish_lost, _publish_end),
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
