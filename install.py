#!/usr/bin/env python3
"""Install Studio into a virtual environment, which is created if needed; run it again to upgrade.
Only packages with a known hash are installed.

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
    """Create the environment, and install first Studio's dependencies, then Studio."""
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
    print("1 of 3: libraries", flush=True)
    subprocess.run([*known, *listed("constraints.txt")], check=True)
    if options.tests:
        subprocess.run([*known, *listed("constraints-test.txt")], check=True)
    print("2 of 3: PyTorch, the largest", flush=True)
    install_torch(python, known)
    print("3 of 3: Studio", flush=True)
    # Without build isolation, the setuptools of constraints.txt builds it.
    itself = [*pip, "--no-deps", "--no-build-isolation"]
    subprocess.run([*itself, *(["--editable"] if options.editable else []), HERE], check=True)


def install_torch(python: Path, known: list[str]) -> None:
    """Use the build in a folder given to pip (`--find-links`), which may be a small CPU-only one;
    if it has none with a known hash, use PyPI's, which on Linux also needs NVIDIA's CUDA packages.

    Both at once do not work: pip prefers a file with a listed hash, and PyPI lists all of its own.
    """
    torch = listed("constraints-torch.txt")
    offline = [*known, "--no-index", *torch]
    if subprocess.run(offline, check=False, stderr=subprocess.DEVNULL).returncode:
        subprocess.run([*known, *torch], check=True)
    asked = subprocess.run([python, "-c", NEEDS_COMPANIONS], check=True, capture_output=True)
    if asked.stdout.strip() == b"True":
        subprocess.run([*known, *listed("constraints-cuda.txt")], check=True)


def python_of(folder: Path) -> Path:
    """The interpreter of a virtual environment; its place differs on Windows."""
    parts = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return folder.joinpath(*parts)


def listed(name: str) -> list[str]:
    """The arguments with which pip installs one of the lists."""
    return ["--requirement", str(HERE / name)]


if __name__ == "__main__":
    main()
