"""What the editor's page has of libraries that others wrote is what `make bundle` makes of the
versions that bundle/package-lock.json holds.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from support.judges import missing, need

BUNDLE = Path(__file__).parent.parent / "bundle"
STATIC = Path(__file__).parent.parent / "studio" / "editor" / "static"
FILES = ("prosemirror.js", "prosemirror.LICENSE.txt", "prosemirror.d.ts")


def test_the_bundle_names_the_versions_of_the_lock_and_has_their_licences() -> None:
    packages = json.loads((BUNDLE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    inside = {
        path.removeprefix("node_modules/"): entry
        for path, entry in packages.items()
        if path and not entry.get("dev")
    }
    versions = sorted(f"{name} {entry['version']}" for name, entry in inside.items())
    code, licences = ((STATIC / name).read_text(encoding="utf-8") for name in FILES[:2])
    assert code.splitlines()[0] == (
        f"// {', '.join(versions)}: MIT, see prosemirror.LICENSE.txt. Written by `make bundle`."
    )
    assert {entry["license"] for entry in inside.values()} == {"MIT"}
    for version in versions:
        assert f"{version}\n\nCopyright" in licences
    wanted = json.loads((BUNDLE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert {name: inside[name]["version"] for name in wanted} == wanted


def test_nothing_is_loaded_from_elsewhere() -> None:
    for path in (*STATIC.glob("*.js"), *STATIC.glob("*.html"), *STATIC.glob("*.css")):
        text = path.read_text(encoding="utf-8")
        for sign in ("import(", "from ", "src=", "href=", "url("):
            for quote in ('"', "'", ""):
                assert f"{sign}{quote}http" not in text, path.name


@pytest.mark.judge
def test_the_bundle_is_what_its_sources_give(tmp_path: Path) -> None:
    if not (BUNDLE / "node_modules" / "esbuild").is_dir():
        missing("what `make bundle` installs")
    subprocess.run([need("node"), BUNDLE / "make.mjs", tmp_path], check=True, timeout=120)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (STATIC / name).read_bytes(), name
