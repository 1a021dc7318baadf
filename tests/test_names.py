"""Modules are called by the words of docs/glossary.md, one name for one thing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_each_word_of_a_modules_name_is_in_the_glossary(module: Path) -> None:
    name = module.parent.name if module.stem == "__init__" else module.stem.rstrip("_")
    known = english_words() | {"studio"}
    unknown = [word for word in name.split("_") if not is_known(word, known)]
    assert not unknown, f"docs/glossary.md does not have {', '.join(unknown)}"
