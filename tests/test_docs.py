"""The documents keep their word: commands that can be typed, files and places that exist, the house
as it is.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from support.rooms import LEVELS

from studio.cli import main
from studio.pipeline.stages import STAGES

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted(
    [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/*.md"),
        ROOT / "episodes" / "README.md",
        ROOT / "transcripts" / "README.md",
    ],
    key=lambda path: path.relative_to(ROOT).as_posix(),
)
ARCHITECTURE = ROOT / "docs" / "architecture.md"
documents = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix()
)


def text_of(document: Path) -> str:
    return document.read_text(encoding="utf-8")


@pytest.mark.parametrize("program", [".ci/tables", "docs/draw_rooms.py"])
def test_what_a_program_writes_is_as_it_writes_it(program: str) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / program, "--check"],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr


def fenced_lines(text: str) -> Iterator[str]:
    for block in re.findall(r"^```.*?\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield from block.splitlines()


def commands_in(text: str) -> Iterator[tuple[str, bool]]:
    """Everything that a reader is told to type to Studio, and whether it must be whole, as lines of
    code blocks must.
    """
    yield from (
        (line.strip(), True) for line in fenced_lines(text) if line.strip().startswith("studio ")
    )
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from ((line, False) for line in re.findall(r"`(studio [^`]+)`", prose))


def try_to_type(line: str, whole: bool = True) -> None:
    """Let click parse the command, and do nothing.

    :raises click.ClickException: a command or option that does not exist, a value that is none,
        something missing.
    """
    words = [word.strip("[]") for word in shlex.split(line, comments=True)[1:]]
    whole = whole and "…" not in words
    words = ["status" if word == "COMMAND" else word for word in words if word != "…"]
    if words[:1] == ["-C"]:
        del words[:2]
    command: click.Command = main
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name = words.pop(0)
        found = command.get_command(click.Context(command), name)
        if found is None:
            raise click.UsageError(f"{name} is no command")
        command = found
    if not words:
        return  # only named
    try:
        command.make_context(command.name, words)
    except (click.MissingParameter, click.BadOptionUsage):
        if whole:
            raise
    except click.BadParameter as error:
        if error.param is None or not isinstance(
            error.param.type, click.Path
        ):  # the reader's files are not here
            raise
    except click.exceptions.Exit:
        pass  # --help


@documents
def test_every_command_can_be_typed(document: Path) -> None:
    for line, whole in commands_in(text_of(document)):
        try:
            try_to_type(line, whole)
        except click.ClickException as error:
            pytest.fail(f"{line}: {error.format_message()}")


def test_what_cannot_be_typed_is_noticed() -> None:
    text = "```\nstudio run --fast   # comment\n```\n\nNow `studio fly` or `studio check --json x`."
    commands = [
        ("studio run --fast   # comment", True),
        ("studio fly", False),
        ("studio check --json x", False),
    ]
    assert list(commands_in(text)) == commands
    for line, whole in commands[:2]:
        with pytest.raises(click.ClickException):
            try_to_type(line, whole)
    for line in (
        "studio new --article a.txt",
        "studio models melt base",
        "studio preview --port high",
        "studio -C DIR fly",
    ):
        with pytest.raises(click.ClickException):
            try_to_type(line)
    for line in (
        "studio check --json x",
        "studio new --article a.txt …",
        "studio models verify [NAME]",
        "studio -C DIR COMMAND …",
        "studio run --help",
    ):
        try_to_type(line)
    try_to_type("studio new --recording", whole=False)


def anchors_of(text: str) -> set[str]:
    """The places in a document that links can name, as Git's hosts make them of headings."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@documents
def test_every_link_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(document)):
        if re.match(r"https://", target):
            continue
        place, _, anchor = target.partition("#")
        linked = (document.parent / place).resolve() if place else document
        assert linked.is_relative_to(ROOT), target
        assert linked.exists(), target
        assert not anchor or anchor in anchors_of(text_of(linked)), target


@documents
def test_every_file_of_ours_that_is_named_exists(document: Path) -> None:
    text = text_of(document)
    named = re.findall(r"(?<![\w/.<>-])((?:docs|tests|bench|\.ci)/[\w./-]*\w)", text)
    named += re.findall(r"`([\w/]+\.py)`", text)
    for name in named:
        assert (ROOT / name).exists() or (ROOT / "studio" / name).exists(), name


@documents
def test_nothing_is_said_of_one_machine(document: Path) -> None:
    text = text_of(document)
    assert not re.findall(r"(?<![\w.~:])/(?:home|root|work|tmp|mnt|opt|Users)/\S*", text)
    assert not re.findall(r"\b(?:10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+)\b", text)
    for host in re.findall(r"https?://([^/\s)`\"]+)", text):
        assert not re.search(r"pypi|npm|registry|index|mirror|proxy|artifact", host), host


def test_the_readme_begins_with_two_commands_that_exist() -> None:
    makefile = text_of(ROOT / "Makefile")
    first = text_of(ROOT / "README.md").split("\n\n")[1].splitlines()
    commands = [line.split("#")[0].strip() for line in first[1:-1]]
    assert commands == ["make demo", "make test"]
    for document in DOCUMENTS:
        for target in re.findall(r"`make (\w+)", text_of(document)):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), (
                f"{document.name}: make {target}"
            )


def test_pictures_are_small_enough_to_be_looked_at() -> None:
    for picture in (ROOT / "docs" / "images").iterdir():
        assert picture.stat().st_size < 300_000, picture.name
        shown = [
            document for document in DOCUMENTS if f"images/{picture.name}" in text_of(document)
        ]
        assert shown, f"no document shows {picture.name}"


def table_after(text: str, head: str) -> list[list[str]]:
    """The cells of the first table whose first column has that head."""
    rows = text.partition(f"\n| {head} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_the_architecture_has_every_stage_in_order_and_what_people_may_edit() -> None:
    rows = table_after(text_of(ARCHITECTURE), "stage")
    assert [re.findall(r"`(\w+)`", row[0])[0] for row in rows] == list(STAGES.names)
    editable = {
        stage.name for stage in STAGES.episode if any(output.editable for output in stage.outputs)
    }
    assert {re.findall(r"`(\w+)`", row[0])[0] for row in rows if row[3] == "yes"} == editable


def test_the_architecture_has_every_room() -> None:
    rooms = {path.parent.name for path in (ROOT / "studio").glob("*/__init__.py")}
    assert {
        row[0].strip("`").rstrip("/") for row in table_after(text_of(ARCHITECTURE), "room")
    } == rooms
    assert rooms <= set(LEVELS)
    drawing = text_of(ROOT / "docs" / "images" / "architecture.svg")
    for name in (*rooms, *STAGES.names):
        assert re.search(rf">\s*{name}\s*<", drawing), f"the drawing lacks {name}"


def test_the_changelog_has_a_place_for_what_comes() -> None:
    headings = re.findall(r"^## (.+)$", text_of(ROOT / "CHANGELOG.md"), re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    assert all(
        re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}", heading) for heading in headings[1:]
    )
