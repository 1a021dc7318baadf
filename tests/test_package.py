"""What pip installs is all that Studio needs, in the versions that were tried."""

from __future__ import annotations

import contextlib
import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path, PurePath

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from support.rooms import imported_names

ROOT = Path(__file__).parent.parent
LISTS = (
    "constraints.txt",
    "constraints-test.txt",
    "constraints-torch.txt",
    "constraints-cuda.txt",
)
# What PyTorch's build for NVIDIA's cards needs besides.
COMPANION = re.compile(r"triton|nvidia-.*|cuda-.*")
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


def entries(name: str) -> dict[str, str]:
    """Each entry of a requirements file, hashes and all, by the package's name."""
    lines = [
        line
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]
    found = re.split(r"\n(?=\S)", "\n".join(lines))
    return {canonicalize_name(entry.partition("==")[0]): entry for entry in found}


def pins() -> dict[str, str]:
    return {
        name: re.split(r"[\s;\\]", entry.partition("==")[2].strip())[0]
        for one in LISTS
        for name, entry in entries(one).items()
    }


def declared() -> list[Requirement]:
    extras = PROJECT["project"]["optional-dependencies"].values()
    return [
        Requirement(line)
        for line in (
            *PROJECT["project"]["dependencies"],
            *(line for lines in extras for line in lines),
        )
    ]


def test_every_requirement_is_pinned_to_a_version_that_it_allows() -> None:
    for asked in declared():
        pin = pins().get(canonicalize_name(asked.name))
        assert pin is not None, f"{asked.name} is in no constraints file: run `.ci/pin`"
        assert asked.specifier.contains(pin, prereleases=True), f"{asked}, but {pin} is pinned"


def test_every_package_is_pinned_that_a_pinned_one_needs_here() -> None:
    known = pins()
    for name in known:
        with contextlib.suppress(
            importlib.metadata.PackageNotFoundError
        ):  # another system's, another Python's
            for line in importlib.metadata.requires(name) or ():
                asked = Requirement(line)
                if asked.marker is None or asked.marker.evaluate({"extra": ""}):
                    assert canonicalize_name(asked.name) in known, f"{name} needs {asked.name}"


def test_every_pin_runs_on_the_oldest_python() -> None:
    """A distribution may have the first release of a Python for years (3.11.2 in Debian 12)."""
    oldest = PROJECT["project"]["requires-python"].removeprefix(">=") + ".0"
    for name in pins():
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            for asked in importlib.metadata.metadata(name).get_all("Requires-Python") or ():
                assert SpecifierSet(asked).contains(oldest), f"{name} asks for Python {asked}"


def test_every_pin_has_hashes() -> None:
    for name in LISTS:
        assert entries(name)
        for package, entry in entries(name).items():
            assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), package
            assert bool(COMPANION.fullmatch(package)) == (name == "constraints-cuda.txt"), package
    assert list(entries("constraints-torch.txt")) == ["torch"]


def test_what_is_declared_is_used_and_what_is_used_is_declared() -> None:
    runtime = {
        canonicalize_name(Requirement(line).name)
        for line in (
            *PROJECT["project"]["dependencies"],
            *PROJECT["project"]["optional-dependencies"]["cluster"],
        )
    }
    packages = {
        name: {canonicalize_name(one) for one in found}
        for name, found in importlib.metadata.packages_distributions().items()
    }
    used: set[str] = set()
    for module in (ROOT / "studio").rglob("*.py"):
        for name in imported_names(module):
            library = name.partition(".")[0]
            if library != "studio" and library not in sys.stdlib_module_names:
                found = packages[library] & runtime
                assert found, f"{module}: {library} is not in pyproject.toml"
                used |= found
    # pydub imports what Python 3.13 dropped.
    assert runtime - used <= {"audioop-lts"}
