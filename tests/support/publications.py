"""Small sites and where they are published."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from studio.model.show import Publishing
from studio.publish.credentials import VARIABLE
from studio.publish.destination import Destination, open_destination
from studio.publish.destination_lock import lock_destination
from studio.publish.manifest import (
    find_earlier,
)
from studio.publish.site_files import entries_from_tree, tree_from_folder
from studio.publish.transfer import (
    Plan,
    PublicationOutcome,
    fetch_files,
    finish_publication,
    publish_tree,
)
from studio.publish.withdrawal import PublicationRequest
from support.servers import SftpServer, s3_server, sftp_server

BASE = "https://podcast.example.org/"


def write_site(folder: Path, **episodes: str) -> dict[str, Path]:
    """A site of episodes (slug, words) whose feed names every file with its length."""
    items = []
    for slug, words in episodes.items():
        texts = {
            f"{slug}/{slug}.mp3": words * 100,
            f"{slug}/transcript.vtt": f"WEBVTT\n\n{words}",
            f"{slug}/index.html": f"<p>{words}",
        }
        for place, text in texts.items():
            path = folder / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        items.append(
            f'<enclosure url="{BASE}{slug}/{slug}.mp3"/><transcript '
            f'url="{BASE}{slug}/transcript.vtt"/>'
        )
    (folder / "index.html").write_text(" ".join(episodes), encoding="utf-8")
    (folder / "feed.xml").write_text("".join(items), encoding="utf-8")
    return tree_from_folder(folder)


def is_true(destination: Destination) -> bool:
    """Whether everything that the public feed names is there, whole."""
    feed = (destination.read("feed.xml") or b"").decode("utf-8")
    sizes = destination.sizes()
    return all(sizes.get(place, 0) > 0 for place in re.findall(rf'url="{BASE}([^"]*)"', feed))


def published(
    destination: Destination,
    tree: dict[str, Path],
    folder: Path,
    *,
    take_over: bool = False,
    **wanted: Any,
) -> PublicationOutcome:
    with lock_destination(destination, "here", take_over=take_over) as hold:
        return publish_tree(
            hold,
            destination,
            tree,
            PublicationRequest(entries=entries_from_tree(tree), **wanted),
            journal=folder / "journal",
        )


def publish(destination: Destination, tree: dict[str, Path], folder: Path, **options: Any) -> Plan:
    return published(destination, tree, folder, **options).plan


def shown(destination: Destination) -> dict[str, bytes]:
    """What visitors can reach."""
    return {
        place: destination.read(place) or b""
        for place in destination.sizes()
        if not place.startswith(".studio/")
    }


def contents(tree: dict[str, Path]) -> dict[str, bytes]:
    return {place: path.read_bytes() for place, path in tree.items()}


@pytest.fixture(name="places", scope="module")
def places_fixture(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str, str], Publishing]]:
    """Settings for a fresh place of each kind. A server starts when a test asks for its kind."""
    root = tmp_path_factory.mktemp("servers")
    with ExitStack() as servers:

        @functools.cache
        def ssh_server() -> SftpServer:
            return servers.enter_context(sftp_server(root / "ssh"))

        @functools.cache
        def storage() -> str:
            return servers.enter_context(s3_server("podcast"))

        def settings(kind: str, name: str) -> Publishing:
            if kind == "folder":
                return Publishing(destination=str(root / "folders" / name))
            if kind == "s3":
                return Publishing(
                    destination=f"s3://podcast/{name}",
                    endpoint=storage(),
                    access_key_id="key",
                    region="us-east-1",
                )
            ssh = ssh_server()
            to = f"sftp://{ssh.user}@127.0.0.1:{ssh.port}{root.as_posix()}/sftp/{name}"
            return Publishing(
                destination=to, key_file=str(ssh.key_file), known_hosts=str(ssh.known_hosts)
            )

        yield settings


# The servers of SFTP and S3 are other people's.
@pytest.fixture(
    name="settings",
    params=["folder", *(pytest.param(kind, marks=pytest.mark.judge) for kind in ("sftp", "s3"))],
)
def settings_fixture(
    request: pytest.FixtureRequest,
    places: Callable[[str, str], Publishing],
    monkeypatch: pytest.MonkeyPatch,
) -> Publishing:
    if request.param == "s3":
        monkeypatch.setenv(VARIABLE, "secret")
    return places(request.param, re.sub(r"\W+", "-", request.node.name))


@pytest.fixture(name="destination")
def destination_fixture(settings: Publishing, tmp_path: Path) -> Iterator[Destination]:
    opened = open_destination(settings, tmp_path)
    yield opened
    opened.close()


def cut_at(
    destination: Destination, step: int, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> Callable[[], bool]:
    """Let the n-th call that reaches the destination and all after it fail; whether it came to
    that.
    """
    left = step
    fs = destination._fs

    def failing(function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **options: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise error
            return function(*arguments, **options)

        return called

    for name in (
        "exists",
        "find",
        "cat_file",
        "put_file",
        "pipe_file",
        "rm_file",
        "makedirs",
        "open",
        "mv",
        "get_file",
    ):
        monkeypatch.setattr(fs, name, failing(getattr(fs, name)))
    monkeypatch.setattr(Destination, "_replace", failing(Destination._replace))
    monkeypatch.setattr(Destination, "_create", failing(Destination._create))
    monkeypatch.setattr(Destination, "_copy", failing(Destination._copy))
    return lambda: left < 0


def bring_back(destination: Destination, machine: Path) -> None:
    """As a machine does that never published: it has nothing but the destination."""
    earlier = find_earlier(destination)
    folder = machine / "fetched"
    folder.mkdir(parents=True)
    tree = fetch_files(destination, earlier, machine / "journal", folder)
    request = PublicationRequest(
        entries=earlier.named, heard=earlier.heard, restores=earlier.generation, prune=True
    )
    with lock_destination(destination, "there", take_over=True) as hold:
        done = publish_tree(hold, destination, tree, request, journal=machine / "journal")
        finish_publication(destination, done.manifest)
