"""The scenes of the crash campaign in which an episode's name or recording changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from studio.errors import StudioError
from studio.pipeline.events import StageFailed
from studio.replacement.replacement import replace_recording
from studio.workspace.layout import Workspace
from support import fake_show
from support.crash_commands import command, contents, succeed, unended_files
from support.crashing import Scene
from support.small_show import SLUG
from support.two_recordings import (
    ahead,
    better,
    is_moved,
    make_marked_show,
    old_sound,
    people,
)

# --- rename

OLD, NEW = "001-ada", "001-lovelace"
MINE = f"my words{fake_show.END}"


def _prepare_rename(folder: Path) -> None:
    workspace = fake_show.make_show(folder / "ici")
    fake_show.add_episode(workspace, OLD)
    fake_show.run_show(workspace)
    workspace.episode(OLD).transcript.write_text(MINE, encoding="utf-8")
    fake_show.run_show(workspace)


def _rename(folder: Path, _: Callable[[str], None]) -> None:
    command("-C", str(folder / "ici"), "rename", OLD, NEW)


def _rename_again(folder: Path) -> None:
    workspace = Workspace(folder / "ici")
    if workspace.episode(OLD).settings.is_file():
        succeed("-C", str(folder / "ici"), "rename", OLD, NEW)
    # A run finishes what was begun.
    failed = [one for one in fake_show.run_show(workspace) if isinstance(one, StageFailed)]
    assert not failed, failed


def _rename_lost(folder: Path, _: list[str]) -> list[str]:
    workspace = Workspace(folder / "ici")
    found = [workspace.episode(slug) for slug in (OLD, NEW)]
    episodes = [one for one in found if one.settings.is_file() and one.article.is_file()]
    texts = [
        one.transcript.read_text(encoding="utf-8") for one in found if one.transcript.is_file()
    ]
    return [*([] if len(episodes) == 1 else ["the episode"]), *([] if MINE in texts else [MINE])]


RENAME = Scene(
    "rename",
    _prepare_rename,
    _rename,
    _rename_again,
    _rename_lost,
    lambda folder: contents(folder / "ici"),
    unended_files,
)


# --- replace


def _prepare_replace(folder: Path) -> None:
    make_marked_show(folder / "ici")
    better(folder, ahead(), old_sound())


def _new(folder: Path) -> Path:
    return folder / "better.wav"


def _replace(folder: Path, _: Callable[[str], None]) -> None:
    command("-C", str(folder / "ici"), "replace", SLUG, "--recording", str(_new(folder)))


def _replace_again(folder: Path) -> None:
    workspace = Workspace(folder / "ici")
    try:
        replace_recording(workspace, SLUG, _new(folder))
    except StudioError as error:
        assert "is the recording that" in str(error), error  # it was done
    assert is_moved(workspace)


def _replace_lost(folder: Path, _: list[str]) -> list[str]:
    """The recording, the new one, and the marks, on the clock of the one that episode.toml
    names.
    """
    workspace = Workspace(folder / "ici")
    episode = workspace.load_episode(SLUG)
    recording = workspace.episode(SLUG).recording(episode.recording)
    stays = recording.name == "recording.wav"
    return [
        *([] if recording.is_file() and recording.stat().st_size else ["the recording"]),
        *([] if _new(folder).is_file() else ["the new recording"]),
        *(["the marks"] if stays == is_moved(workspace) else []),
    ]


def _replace_end(folder: Path) -> object:
    """But for the old recording, which nothing names, where it could not be removed."""
    found = people(Workspace(folder / "ici"))
    return {name: content for name, content in found.items() if name != "recording.wav"}


REPLACE = Scene("replace", _prepare_replace, _replace, _replace_again, _replace_lost, _replace_end)
