"""The house keeps its shape: imports go one way, each foreign library has one door."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import studio

ROOT = Path(studio.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))

# A room may import rooms of a lower level, never of its own or a higher one.
LEVELS = {
    "errors": 0,
    "log": 0,
    "progress": 0,
    "templates": 0,
    "model": 1,
    "language": 1,
    "text": 1,
    "match": 2,
    "web": 2,
    "artwork": 2,
    "article": 3,
    "speech": 3,
    "alignment": 3,
    "chapters": 3,
    "sound": 3,
    "captions": 3,
    "transcript_formats": 3,
    "feed": 3,
    "site": 3,
    "preview": 3,
    "publish": 3,
    "adoption": 3,
    "clip": 4,
    "download": 4,
    "doubts": 4,
    "tags": 4,
    "workspace": 5,
    "pipeline": 6,
    "cluster": 7,
    "report": 7,
    "check": 7,
    "editor": 7,
    "cli": 8,
}

# The only modules that may import a foreign library.
DOORS = {
    "msgspec": {"model/record.py", "model/chapters.py"},
    "feedgen": {"feed/rss.py", "feed/namespace.py"},
    "mutagen": {"tags/id3.py", "tags/vorbis.py", "tags/mp4.py"},
    "pydub": {"sound/jingle.py"},
    "imageio_ffmpeg": {"sound/ffmpeg.py"},
    "subprocess": {"sound/ffmpeg.py", "speech/weights.py", "cluster/hands.py"},
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
    "simplemma": {"language/dictionary.py"},
    "spellchecker": {"language/dictionary.py"},
    "phonemizer": {"language/sounds.py"},
    "espeakng_loader": {"language/sounds.py"},
    "num2words": {"language/numbers.py"},
    "docx": {"article/word.py", "transcript_formats/document.py"},
    "bs4": {"article/page.py", "article/illustration.py"},
    "tomlkit": {"workspace/settings.py"},
    "filelock": {"workspace/run_lock.py"},
    "platformdirs": {"speech/weights.py"},
    "huggingface_hub": {"speech/hub.py"},
    "jinja2": {"templates.py"},
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
    "psutil": {"cluster/hands.py"},  # comes with distributed
}


def imported_names(module: Path) -> Iterator[str]:
    """Every module that this one imports, at its top or inside functions."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import"
            yield str(node.module)
            if node.module == "studio":
                yield from (f"studio.{alias.name}" for alias in node.names)


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


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_each_library_has_one_door(module: Path) -> None:
    place = module.relative_to(ROOT).as_posix()
    for name in imported_names(module):
        library = name.split(".")[0]
        assert library not in DOORS or place in DOORS[library], (
            f"{place} imports {library}, whose door is {DOORS[library]}"
        )
        assert library != "click" or place.startswith("cli/"), f"{place} imports click"
