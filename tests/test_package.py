"""What pip installs is all that Studio needs."""

from __future__ import annotations

import tomllib
from pathlib import Path, PurePath

ROOT = Path(__file__).parent.parent


def test_every_file_beside_the_code_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = [pattern.removeprefix("**/") for pattern in project["tool"]["setuptools"]["package-data"]["studio"]]
    beside = [path for path in (ROOT / "studio").rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}]
    assert beside
    for path in beside:
        assert any(PurePath(path.name).match(pattern) for pattern in patterns), path.relative_to(ROOT)
