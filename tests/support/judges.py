"""Independent programs that check Studio's output in tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

NODE = Path(__file__).parent.parent / "judges"


def need(program: str) -> str:
    """The program's path. Where it is missing, the test is skipped; in CI, where all must be there,
    it fails.
    """
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
    answer = subprocess.run(
        [node, str(NODE / script)],
        input=question.encode("utf-8"),
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert answer.returncode == 0, answer.stderr.decode("utf-8")
    return answer.stdout.decode("utf-8")


def ask_w3c(*files: str | Path) -> str:
    """What the W3C's checker finds in pages, or after ``--css`` in style sheets; empty where all is
    well.
    """
    java, jar = need("java"), NODE / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    if not jar.is_file():
        missing("npm's vnu-jar")
    command = [java, "-Xss2m", "-jar", str(jar), "--stdout", *map(str, files)]
    answer = subprocess.run(command, capture_output=True, check=False, timeout=300)
    return answer.stdout.decode("utf-8") + (
        "" if answer.returncode == 0 else f"exit code {answer.returncode}"
    )


def ask_html_validate(pages: Iterable[Path], folder: Path) -> str:
    """What html-validate finds in pages; empty where all is well. How long a title is belongs to
    people.
    """
    node, program = (
        need("node"),
        NODE / "node_modules" / "html-validate" / "bin" / "html-validate.mjs",
    )
    if not program.is_file():
        missing("npm's html-validate")
    rules = folder / "rules.json"
    rules.write_text(
        '{"root": true, "extends": ["html-validate:recommended"], "rules": {"long-title": "off"}}',
        encoding="utf-8",
    )
    command = [node, str(program), "--config", str(rules), *map(str, pages)]
    answer = subprocess.run(command, capture_output=True, check=False, timeout=120, cwd=folder)
    return (
        ""
        if answer.returncode == 0
        else answer.stdout.decode("utf-8") or f"exit code {answer.returncode}"
    )


def title_in_chromium(address: str, folder: Path, *options: str) -> Any:
    """What a page wrote into its title, as JSON, once its scripts had run."""
    profile = f"--user-data-dir={folder / 'profile'}"
    always = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        profile,
        "--virtual-time-budget=8000",
        "--dump-dom",
    ]
    answer = subprocess.run(
        [need("chromium"), *always, *options, address], capture_output=True, check=True, timeout=120
    )
    title = BeautifulSoup(answer.stdout.decode("utf-8"), "lxml").title
    return json.loads("null" if title is None else title.get_text())


def ask_axe(page: Path, folder: Path, *options: str) -> tuple[int, list[Any]]:
    """How many of axe's rules a page keeps, and the barriers that it finds. The page is changed on
    the way.
    """
    axe = NODE / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.is_file():
        missing("npm's axe-core")
    probe = """
        addEventListener("load", async () => {
          const { violations, passes } = await axe.run();
          const barriers = violations.map((one) => [one.id, one.nodes.map((node) => node.html)]);
          document.title = JSON.stringify([passes.length, barriers]);
        });"""
    text = page.read_text(encoding="utf-8").replace("<details>", "<details open>")
    page.write_text(
        text.replace(
            "</body>", f'<script src="{axe.as_uri()}"></script><script>{probe}</script></body>'
        ),
        encoding="utf-8",
    )
    passed, barriers = title_in_chromium(page.as_uri(), folder, *options)
    return passed, barriers
