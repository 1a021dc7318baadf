"""An episode to edit: `atelier`, a fictional interview read by synthetic voices, with the
transcript that a machine made of it.
"""

from __future__ import annotations

import contextlib
import functools
import os
import queue
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from studio.editor.edits import Edit, Request
from studio.model.record import bytes_from_record
from studio.model.transcript import Transcript
from studio.sound.recording import inspect_recording
from studio.workspace.disk import write_file
from studio.workspace.layout import EpisodeFiles, Workspace
from studio.workspace.sources import EpisodeSources, ShowSources
from support.fake_show import make_show

PARTS = Path(__file__).parent.parent / "editing"
SLUG = "101-claire-fontanel"
HOST, GUEST = "Camille", "Claire Fontanel"


def make_episode(root: Path) -> Workspace:
    """A workspace whose one episode was transcribed, aligned and given chapters."""
    workspace = make_show(root)
    files = workspace.episode(SLUG)
    files.folder.mkdir(parents=True)
    files.texts.mkdir(parents=True)
    shutil.copy(PARTS / "article.md", files.article)
    shutil.copy(PARTS / "recording.opus", files.folder / "recording.opus")
    for path in (files.transcript, files.alignment, files.chapters):
        shutil.copy(PARTS / path.name, path)
    files.settings.write_text(
        f'# Ours.\nnumber = 101\nguid = "{SLUG}"\ntitle = "Claire Fontanel, '
        f'l’atelier"\nguests = ["{GUEST}"]\nhost = "{HOST}"\n'
        'recording = "recording.opus"\npublished = '
        "2026-01-02T03:04:05+01:00\n\n[sound]\ntrim = true # silence at both ends\n",
        encoding="utf-8",
    )
    write_file(files.facts, _facts())
    return workspace


def copy_episode(workspace: Workspace, slug: str) -> EpisodeFiles:
    """The same episode once more, under another name."""
    mine, other = workspace.episode(SLUG), workspace.episode(slug)
    shutil.copytree(mine.folder, other.folder)
    shutil.copytree(mine.texts, other.texts, ignore=shutil.ignore_patterns(".journal"))
    text = other.settings.read_text(encoding="utf-8")
    number = slug.partition("-")[0].lstrip("0")
    other.settings.write_text(
        text.replace("number = 101", f"number = {number}").replace(SLUG, slug), encoding="utf-8"
    )
    return other


@functools.cache
def _facts() -> bytes:
    return bytes_from_record(inspect_recording(PARTS / "recording.opus"))


def sources_of(workspace: Workspace) -> EpisodeSources:
    """Read anew, as another process would."""
    return ShowSources(Workspace(workspace.root)).episode(SLUG)


def files_of(workspace: Workspace) -> EpisodeFiles:
    return workspace.episode(SLUG)


def transcript_on_disk(workspace: Workspace) -> Transcript:
    return sources_of(workspace).transcript()


def asked(*edits: Edit, client: str = "page", since: int = 1, name: str | None = None) -> Request:
    """What a page sends; each call is another request unless it is named."""
    asked.number = getattr(asked, "number", 0) + 1  # type: ignore[attr-defined]
    return Request(client=client, id=name or f"{client}-{asked.number}", since=since, edits=edits)  # type: ignore[attr-defined]


_ways_in: dict[str, queue.SimpleQueue[str]] = {}


def _follow(stream: IO[str], ways_in: queue.SimpleQueue[str]) -> None:
    with contextlib.suppress(ValueError):  # closed when the process ended
        for line in stream:
            if found := re.search(r"http://\S+/enter/\S+", line):
                ways_in.put(found[0])


def way_in(address: str) -> str:
    """What opens the page at this address, once."""
    return _ways_in[address].get(timeout=30)


@contextlib.contextmanager
def served(
    workspace: Workspace,
    *options: str,
    browser: dict[str, str] | None = None,
    slug: str = SLUG,
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """``studio edit`` in a process of its own, with the page's address; :func:`way_in` is what it
    printed last.
    """
    command = [
        sys.executable,
        "-m",
        "studio",
        "-C",
        str(workspace.root),
        "edit",
        slug,
        *(() if browser else ("--no-browser",)),
        *options,
    ]
    # The page speaks as its commands do; tests find what is on it by its French names.
    environment = {**os.environ, "LANGUAGE": "fr", "PYTHONUNBUFFERED": "1", **(browser or {})}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"(http://[^/]+/)enter/\S+", line)
            assert found, f"{line}{process.stderr.read() if process.stderr else ''}"
            _ways_in[found[1]] = queue.SimpleQueue()
            _ways_in[found[1]].put(found[0])
            threading.Thread(
                target=_follow, args=(process.stdout, _ways_in[found[1]]), daemon=True
            ).start()
            yield found[1], process
        finally:
            process.kill()
