"""The scripts of the pages: modules that import one way, checked by TypeScript and eslint, and tested
by node on what pages and server share.
"""

from __future__ import annotations

import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from support.judges import NODE, missing, need

import studio
from studio.captions.caption_preview import PreviewedCue
from studio.chapters.recording_chapters import RecordingChapter
from studio.doubts.doubt import Doubt
from studio.editor.edit_session import Changes
from studio.editor.edits import Decision, Draft, GlossaryEdit, Spot
from studio.editor.page_files import STATIC, TEMPLATES, file_in_language
from studio.editor.run_job import EpisodeRun
from studio.editor.text_search import FindOptions, HitPart
from studio.editor.versions import RevisionDifference, RevisionSummary
from studio.messages.translations import script_in_language
from studio.model.episode import Cut
from studio.model.margin_note import MarginNote, NoteAnswer
from studio.model.record import Record
from studio.model.transcript import Correction, Segment, Word

ROOT = Path(__file__).parent.parent
STUDIO = Path(studio.__file__).parent
EDITOR, SITE = STATIC, STUDIO / "site" / "assets"
# What `make bundle` writes is others' work.
SCRIPTS = sorted(path for path in STUDIO.rglob("*.js") if path.name != "prosemirror.js")
# They stand in a page that loads nothing, or run where not every browser takes modules
# (CONTRIBUTING.md).
CLASSIC = {"report.js", "proof.js", "embed.js", "sw.js"}
PAGES = {
    "main.js": TEMPLATES / "editor.html",
    "leftover_frame.js": EDITOR / "leftover_frame.html",
    "player.js": STUDIO / "site" / "templates" / "episode.html",
    "search.js": STUDIO / "site" / "templates" / "home.html",
    "offline.js": STUDIO / "site" / "templates" / "base.html",
}
IMPORT = re.compile(r'^import .*"\./([\w]+\.js)";$', re.MULTILINE)


def imports_of(script: Path) -> list[str]:
    return IMPORT.findall(script.read_text(encoding="utf-8"))


def reached_from(script: Path) -> set[str]:
    """The modules that a script needs, itself left out."""
    found: set[str] = set()
    left = imports_of(script)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += imports_of(script.with_name(name))
    return found


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_script_is_checked_and_says_its_idea(script: Path) -> None:
    first, second, *_ = script.read_text(encoding="utf-8").splitlines()
    assert first == "// @ts-check"
    assert second.startswith("// ")


def test_scripts_are_modules_but_for_those_that_cannot_be() -> None:
    modules = {path.name for path in (*EDITOR.glob("*.js"), *SITE.glob("*.js"))}
    assert {path.name for path in SCRIPTS} - modules == CLASSIC
    for page in PAGES.values():
        html = page.read_text(encoding="utf-8")
        assert not re.search(r'<script(?! type="(module|application/ld\+json)")', html), page.name


@pytest.mark.parametrize("folder", [EDITOR, SITE], ids=["editor", "site"])
def test_modules_import_one_way(folder: Path) -> None:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " → ".join((*path, name))
        if name not in done:
            for other in imports_of(folder / name):
                visit(other, (*path, name))
            done.add(name)

    for script in folder.glob("*.js"):
        visit(script.name, ())


@pytest.mark.parametrize(
    ("folder", "entries"),
    [
        (EDITOR, {"main.js", "leftover_frame.js", "opening.js"}),
        (SITE, {"player.js", "search.js", "offline.js"}),
    ],
    ids=["editor", "site"],
)
def test_every_module_is_needed_by_a_page(folder: Path, entries: set[str]) -> None:
    needed = entries.union(*(reached_from(folder / name) for name in entries))
    assert needed == {script.name for script in folder.glob("*.js")}


@pytest.mark.parametrize("entry", ["main.js", "player.js", "search.js"])
def test_a_page_asks_for_its_modules_at_once(entry: str) -> None:
    page = PAGES[entry].read_text(encoding="utf-8")
    (script,) = [path for path in SCRIPTS if path.name == entry and path.parent in {EDITOR, SITE}][
        -1:
    ]
    if script.parent == EDITOR:
        asked = re.findall(r'<link rel="modulepreload" href="(\w+\.js)">', page)
    else:
        loops = re.findall(r"\{% for module in \((.*)\) %\}\n *<link rel=\"modulepreload\"", page)
        asked = [f"{name}.js" for loop in loops for name in re.findall(r'"(\w+)"', loop)]
    # The home page has the player of the latest episode, too.
    others = [SITE / "player.js"] if entry == "search.js" else []
    assert sorted(asked) == sorted(reached_from(script).union(*map(reached_from, others)))


class _Ids(HTMLParser):
    """Which elements have an id."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if name := dict(attrs).get("id"):
            self.tags[name] = tag


def test_the_page_has_each_id_that_scripts_know() -> None:
    known = dict(
        re.findall(
            r'^  "?([\w-]+)"?: HTML(\w*)Element;$',
            (EDITOR / "page_ids.d.ts").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    )
    tags = _Ids(file_in_language("editor.html", "fr").decode()).tags
    assert known.keys() == tags.keys()
    for name, kind in known.items():
        assert not kind or kind.lower() == tags[name], name


RECORDS: tuple[type[Record], ...] = (
    Word,
    Segment,
    Correction,
    RecordingChapter,
    Cut,
    Decision,
    EpisodeRun,
    GlossaryEdit,
    Draft,
    NoteAnswer,
    MarginNote,
    PreviewedCue,
    Doubt,
    Spot,
    HitPart,
    FindOptions,
    Changes,
    RevisionSummary,
    RevisionDifference,
)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_scripts_know_the_fields_of_records(record: type[Record]) -> None:
    types = (EDITOR / "types.d.ts").read_text(encoding="utf-8")
    (body,) = re.findall(rf"^export interface {record.__name__} \{{\n(.*?)^\}}", types, re.M | re.S)
    named = re.findall(r"^  (\w+)\??:", body, re.MULTILINE)
    # How many other windows are open is added on the way.
    assert [name for name in named if name != "others"] == list(record.__struct_encode_fields__)


def _run(*command: str | Path, folder: Path = ROOT) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=300,
        encoding="utf-8",
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def _tool(name: str, program: str) -> Path:
    need("node")
    path = NODE / "node_modules" / name / "bin" / program
    if not path.is_file():
        missing(f"npm's {name}")
    return path


@pytest.mark.judge
@pytest.mark.parametrize("project", ["tsconfig.json", "tsconfig.worker.json"])
def test_typescript_finds_nothing(project: str) -> None:
    program = _tool("typescript", "tsc")
    if not (ROOT / "bundle" / "node_modules" / "prosemirror-view").is_dir():
        missing("what `make bundle` installs")
    assert _run("node", program, "--project", NODE / project, "--pretty", "false") == ""


@pytest.mark.judge
def test_eslint_finds_nothing() -> None:
    program = _tool("eslint", "eslint.js")
    rules = NODE / "eslint.config.mjs"
    places = ("studio", "bundle/make.mjs", "tests/judges", "tests/scripts")
    assert _run("node", program, "--config", rules, "--max-warnings", "0", *places) == ""


@pytest.mark.judge
def test_functions_of_the_pages_do_what_the_vectors_say() -> None:
    tests = sorted((ROOT / "tests" / "scripts").glob("*.test.mjs"))
    assert _run(need("node"), "--test", *tests) == ""


def test_the_language_of_a_page_reaches_every_module_that_speaks() -> None:
    for script in SCRIPTS:
        assert '_("' not in script_in_language(script.read_text(encoding="utf-8"), "fr")
