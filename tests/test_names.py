"""Modules are called by the words of docs/glossary.md; one name for one thing."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import studio

ROOT = Path(studio.__file__).parent
GLOSSARY = Path(__file__).parent.parent / "docs" / "glossary.md"
MODULES = sorted(path for path in ROOT.rglob("*.py") if path.stem != "__main__")


def english_words() -> set[str]:
    """The words of the English column."""
    rows = GLOSSARY.read_text(encoding="utf-8").splitlines()
    cells = [row.split("|")[1] for row in rows if row.startswith("| ")]
    return {word.lower() for cell in cells for word in re.findall(r"[A-Za-z0-9]+", cell)}


def is_known(word: str, known: set[str]) -> bool:
    return not {word, word.removesuffix("s"), word.removesuffix("es"), f"{word}s"}.isdisjoint(known)


def test_each_word_of_a_modules_name_is_in_the_glossary() -> None:
    known = english_words() | {"studio"}
    unknown = [
        f"docs/glossary.md does not have “{word}” of {module.relative_to(ROOT)}"
        for module in MODULES
        for name in [module.parent.name if module.stem == "__init__" else module.stem.rstrip("_")]
        for word in name.split("_")
        if not is_known(word, known)
    ]
    assert not unknown


def test_a_public_class_is_one_idea() -> None:
    """One name for one thing: whoever searches for a class finds the one that is meant."""
    places: dict[str, list[str]] = {}
    for module in MODULES:
        for node in ast.parse(module.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(module.relative_to(ROOT).as_posix())
    assert not {name: found for name, found in places.items() if len(found) > 1}


# Every module of a command has these names, and what Python starts has the other.
COMMANDS = {"command", "list_command", "main"}


def test_a_public_function_is_one_idea() -> None:
    places: dict[str, set[str]] = {}
    for module in MODULES:
        for node in ast.parse(module.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                places.setdefault(node.name, set()).add(module.relative_to(ROOT).as_posix())
    assert not {
        name: found for name, found in places.items() if len(found) > 1 and name not in COMMANDS
    }
