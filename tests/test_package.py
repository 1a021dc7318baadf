"""What pip installs is all that Studio needs, in the versions that were tried."""

from __future__ import annotations

import tomllib
from pathlib import Path, PurePath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_every_file_beside_the_code_is_installed() -> None:
    patterns = [
        pattern.removeprefix("**/")
        for pattern in PROJECT["tool"]["setuptools"]["package-data"]["studio"]
    ]
    beside = [
        path
        for path in (ROOT / "studio").rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    ]
    assert beside
    for path in beside:
        assert any(PurePath(path.name).match(pattern) for pattern in patterns), path.relative_to(
            ROOT
        )


def test_every_requirement_is_pinned_to_a_version_that_it_allows() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    extras = PROJECT["project"]["optional-dependencies"].values()
    for line in (
        *PROJECT["project"]["dependencies"],
        *(line for lines in extras for line in lines),
    ):
        asked = Requirement(line)
        if asked.marker is None or asked.marker.evaluate():
            pin = pins.get(canonicalize_name(asked.name))
            assert pin is not None, (
                f"{asked.name} is not in constraints.txt: run `.venv/bin/python .ci/pin`"
            )
            assert asked.specifier.contains(pin, prereleases=True), (
                f"{line}, but constraints.txt has {pin}"
            )
