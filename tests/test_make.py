"""`make check` leaves out what needs more than this package, or takes long; `make test` nothing."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
MARKERS = [
    line.partition(":")[0]
    for line in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "pytest"
    ]["ini_options"]["markers"]
]
# Who calls one of these, or takes the fixture, runs a program that nobody here wrote.
OTHERS_PROGRAMS = {"chromium", "sync_playwright", "sftp_server", "s3_server", "need", "missing"} | {
    node.name
    for node in ast.parse((ROOT / "tests/support/judges.py").read_text(encoding="utf-8")).body
    if isinstance(node, ast.FunctionDef)
}


def recipe(target: str) -> list[str]:
    """The commands of a target of the Makefile."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", text, re.MULTILINE)
    assert found is not None, target
    return [line.strip() for line in found[1].splitlines()]


def test_a_check_leaves_out_every_marker_and_a_test_none() -> None:
    (check,), (test,) = recipe("check"), recipe("test")
    assert check == "$(MAKE) --jobs=3 lint types quick-tests"
    assert test == "$(MAKE) --jobs=3 lint types all-tests"
    (quick,), (whole,) = recipe("quick-tests"), recipe("all-tests")
    quickly = whole.replace("$(TESTERS)", "$(QUICK_TESTERS)")
    assert quick == f'{quickly} -m "{" and ".join(f"not {marker}" for marker in MARKERS)}"'
    assert " -m" not in whole


def markers_of(function: ast.FunctionDef) -> set[str]:
    return {marker for one in function.decorator_list for marker in marks_in(one)}


def marks_in(node: ast.AST) -> set[str]:
    """The markers named in an expression, but for those of single parameters."""
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "parametrize":
        return set()
    return {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)} & set(MARKERS)


def callers_of_others(module: ast.Module) -> set[str]:
    """The functions of a module that run what nobody here wrote, also through others of it."""
    functions = {one.name: one for one in module.body if isinstance(one, ast.FunctionDef)}
    used = {name: names_in(one) for name, one in functions.items()}
    found: set[str] = set()
    others = set(OTHERS_PROGRAMS)
    while more := {name for name in used if not used[name].isdisjoint(others)} - found:
        found |= more
        others |= more
    return found


def names_in(function: ast.FunctionDef) -> set[str]:
    """What a function uses: variables, functions, fixtures."""
    names = {argument.arg for argument in function.args.args}
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif (
            isinstance(node, ast.Call)
            and getattr(node.func, "attr", "") == "usefixtures"
            and isinstance(node.args[0], ast.Constant)
        ):
            names.add(str(node.args[0].value))
    return names


def unmarked(text: str) -> set[str]:
    """The tests of a module that run what nobody here wrote, and do not say so."""
    module = ast.parse(text)
    whole = {
        marker
        for node in module.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "pytestmark"
        for marker in marks_in(node.value)
    }
    callers = callers_of_others(module)
    return {
        one.name
        for one in module.body
        if isinstance(one, ast.FunctionDef)
        and one.name.startswith("test_")
        and one.name in callers
        and not whole | markers_of(one)
    }


def test_who_runs_a_program_that_nobody_here_wrote_says_so() -> None:
    texts = {
        path.name: path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob("test_*.py")
    }
    wrong = {
        name: tests
        for name, text in texts.items()
        if any(program in text for program in OTHERS_PROGRAMS) and (tests := unmarked(text))
    }
    assert not wrong, "mark them `judge`"


def test_who_does_not_say_so_is_noticed() -> None:
    told = (
        "@pytest.fixture\ndef page():\n    with sync_playwright() as one:\n        yield one\n"
        "def test_a(page): ...\n"
        "@pytest.mark.judge\ndef test_b(page): ...\n"
        "def test_c(): ask_w3c('x')\n"
        "@pytest.mark.usefixtures('page')\ndef test_d(): ...\n"
        "def test_e(other): ...\n"
    )
    assert unmarked(told) == {"test_a", "test_c", "test_d"}
    assert unmarked("pytestmark = pytest.mark.judge\n" + told) == set()
