"""Several commands and a person at one file: nobody's change is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.edit_session import asked, copy_episode, make_episode
from support.fake_show import make_show

from studio.editor.edit_session import EditSession
from studio.editor.edits import AddGlossaryName
from studio.errors import BusyError, WorkspaceError
from studio.workspace import shared_files
from studio.workspace.disk import ChangedSinceError
from studio.workspace.layout import Workspace
from studio.workspace.run_lock import hold_file
from studio.workspace.shared_files import replace_known_file, update_glossary, update_shared_file
from studio.workspace.sources import ShowSources


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_show(tmp_path / "ici")


def names_of(workspace: Workspace) -> list[str]:
    return sorted(one.name for one in workspace.load_glossary().names)


def test_six_commands_at_once_add_six_names(workspace: Workspace) -> None:
    workspace.glossary.write_text('# les noms\n[[names]]\nname = "Medinsoft"\n', encoding="utf-8")
    command = [sys.executable, "-m", "studio", "-C", str(workspace.root), "glossary", "add"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    running = [
        subprocess.Popen([*command, f"Nom {n}"], stdout=subprocess.DEVNULL, env=environment)
        for n in range(6)
    ]
    assert [process.wait() for process in running] == [0] * 6
    assert names_of(workspace) == ["Medinsoft", *(f"Nom {n}" for n in range(6))]
    assert workspace.glossary.read_text(encoding="utf-8").startswith("# les noms\n")
    assert [path.name for path in workspace.feed.iterdir() if path.name.startswith(".")] == []


def test_editors_of_several_episodes_teach_the_show_at_once(tmp_path: Path) -> None:
    workspace = make_episode(tmp_path / "ici")
    slugs = [copy_episode(workspace, f"10{n}-autre").slug for n in range(2, 6)]
    desks = [EditSession(ShowSources(workspace).episode(slug)) for slug in slugs]
    ready = threading.Barrier(len(desks))

    def teach(number: int) -> None:
        ready.wait()
        for turn in range(3):
            desk = desks[number]
            desk.apply(
                asked(AddGlossaryName(heard="", name=f"Nom {number}{turn}"), since=desk.revision)
            )

    with ThreadPoolExecutor(len(desks)) as threads:
        list(threads.map(teach, range(len(desks))))
    assert names_of(workspace) == sorted(
        f"Nom {number}{turn}" for number in range(4) for turn in range(3)
    )


def test_the_change_is_made_anew_on_what_a_person_saved(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workspace.glossary
    path.write_text('[[names]]\nname = "Un"\n', encoding="utf-8")
    write = shared_files.replace_known_file

    def saved_first(place: Path, was: bytes | None, content: bytes) -> None:
        monkeypatch.setattr(shared_files, "replace_known_file", write)
        path.write_text('[[names]]\nname = "Deux" # à la main\n', encoding="utf-8")
        write(place, was, content)

    monkeypatch.setattr(shared_files, "replace_known_file", saved_first)
    from studio.model.glossary import GlossaryName, merge_names

    update_glossary(workspace, lambda glossary: merge_names(glossary, [GlossaryName(name="Trois")]))
    assert names_of(workspace) == ["Deux", "Trois"]
    assert "# à la main" in path.read_text(encoding="utf-8")


def test_who_saves_again_and_again_is_not_written_over(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workspace.feed / "notes.txt"
    saved = 0

    def change(content: bytes) -> bytes:
        nonlocal saved
        saved += 1
        path.write_text(f"{saved}", encoding="utf-8")
        return content + b"+"

    with pytest.raises(ChangedSinceError):
        update_shared_file(workspace, path, change)
    assert path.read_text(encoding="utf-8") == str(saved)


def test_a_file_that_another_command_holds_is_told(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.workspace.run_lock._WAIT_S", 0.05)
    with (
        hold_file(workspace.state, "feed/glossary.toml"),
        pytest.raises(BusyError, match=r"feed/glossary\.toml"),
    ):
        update_glossary(workspace, lambda glossary: glossary)


def test_a_glossary_that_cannot_be_read_is_left_alone(workspace: Workspace) -> None:
    workspace.glossary.write_text("[[names]\n", encoding="utf-8")
    with pytest.raises(WorkspaceError, match=r"glossary\.toml"):
        update_glossary(workspace, lambda glossary: glossary)
    assert workspace.glossary.read_text(encoding="utf-8") == "[[names]\n"


def test_a_known_file_is_replaced_and_no_other(workspace: Workspace) -> None:
    path = workspace.feed / "notes.txt"
    replace_known_file(path, None, b"one")
    replace_known_file(path, b"one", b"two")
    with pytest.raises(ChangedSinceError):
        replace_known_file(path, b"one", b"three")
    assert path.read_bytes() == b"two"
