#!/usr/bin/env python3
"""Install Studio into a virtual environment, which is made where there is none yet; again, to
upgrade it. Every package is one whose hash is known.

    python3 install.py FOLDER [--editable] [--tests]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
NEEDS_COMPANIONS = (
    "import importlib.metadata as known; "
    "print(any('nvidia' in one for one in known.requires('torch') or ()))"
)


def main() -> None:
    """Make the environment, and install first what Studio needs, then Studio."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--editable", action="store_true", help="Studio as it stands here")
    parser.add_argument("--tests", action="store_true", help="what its tests need besides")
    options = parser.parse_args()
    python = python_of(options.folder)
    if not python.exists():
        print(f"Setting up {options.folder}: some minutes and 3 GB, most of it PyTorch.")
        print("Only the first time.", flush=True)
        venv.create(options.folder, with_pip=True)
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    known = [*pip, "--require-hashes", "--no-deps"]
    subprocess.run([*known, *listed("constraints.txt")], check=True)
    if options.tests:
        subprocess.run([*known, *listed("constraints-test.txt")], check=True)
    install_torch(python, known)
    # Without isolation it is built by the setuptools of constraints.txt.
    itself = [*pip, "--no-deps", "--no-build-isolation"]
    subprocess.run([*itself, *(["--editable"] if options.editable else []), HERE], check=True)


def install_torch(python: Path, known: list[str]) -> None:
    """Take the build of a folder that pip is told of (`--find-links`), as it may be a small one for
    processors alone; where there is none with a known hash, PyPI's, which on Linux has companions
    for NVIDIA's cards.

    Both at once will not do: pip prefers a file whose hash is listed, as PyPI lists all of its own.
    """
    torch = listed("constraints-torch.txt")
    offline = [*known, "--no-index", *torch]
    if subprocess.run(offline, check=False, stderr=subprocess.DEVNULL).returncode:
        subprocess.run([*known, *torch], check=True)
    asked = subprocess.run([python, "-c", NEEDS_COMPANIONS], check=True, capture_output=True)
    if asked.stdout.strip() == b"True":
        subprocess.run([*known, *listed("constraints-cuda.txt")], check=True)


def python_of(folder: Path) -> Path:
    """The interpreter of a virtual environment; Windows has it elsewhere."""
    parts = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return folder.joinpath(*parts)


def listed(name: str) -> list[str]:
    """What tells pip to install one of the lists."""
    return ["--requirement", str(HERE / name)]


if __name__ == "__main__":
    main()
