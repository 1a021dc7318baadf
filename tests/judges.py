"""Programs that nobody here wrote, and that the tests ask for their opinion."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

NODE = Path(__file__).parent / "judges"


def need(program: str) -> str:
    """The program's path. Where it is missing, the test is skipped; in CI, where all must be there, it fails."""
    path = shutil.which(program)
    if path is None:
        missing(program)
    assert path is not None
    return path


def missing(program: str) -> None:
    """Skip the test that needs the program, or fail it in CI."""
    message = f"{program} is not installed: run `make judges`"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def ask_node(script: str, question: str, package: str) -> str:
    """What a script of ``tests/judges`` answers on its standard output.

    :param package: the npm package that the script uses.
    """
    node = need("node")
    if not (NODE / "node_modules" / package).is_dir():
        missing(f"npm's {package}")
    answer = subprocess.run([node, str(NODE / script)], input=question.encode("utf-8"), capture_output=True, check=False, timeout=120)
    assert answer.returncode == 0, answer.stderr.decode("utf-8")
    return answer.stdout.decode("utf-8")
