"""Which rooms Studio has, and what a module imports."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

# A room may import rooms of a lower level, never of its own or a higher one.
LEVELS = {
    "messages": -1,
    "cores": 0,
    "errors": 0,
    "file_access": 1,
    "log": 2,
    "progress": 0,
    "temporary_folder": 0,
    "templates": 0,
    "model": 1,
    "language": 1,
    "text": 1,
    "alignment": 2,
    "transcript": 2,
    "captions": 2,
    "artwork": 2,
    "article": 3,
    "speech": 3,
    "corrections": 3,
    "speakers": 3,
    "announce": 3,
    "chapters": 3,
    "sound": 3,
    "web": 3,
    "feed": 4,
    "site": 4,
    "preview": 4,
    "clip": 4,
    "doubts": 4,
    "tags": 4,
    "download": 5,
    "publish": 6,
    "wordpress": 6,
    "workspace": 6,
    "adoption": 7,
    "replacement": 7,
    "transcript_formats": 7,
    "proof": 7,
    "pipeline": 8,
    "cluster": 9,
    "report": 9,
    "check": 9,
    "editor": 9,
    "api": 10,
    "cli": 11,
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
