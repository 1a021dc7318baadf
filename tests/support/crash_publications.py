"""The scenes of the crash campaign that publish and bring back: to a folder, to OpenSSH, to an S3
endpoint, all on this computer.
"""

from __future__ import annotations

import atexit
import functools
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal
from unittest import mock

from studio.errors import StudioError
from studio.model.show import Publishing
from studio.publish.credentials import VARIABLE
from studio.publish.destination import Destination, open_destination
from studio.publish.destination_lock import lock_destination
from studio.publish.manifest import read_manifest
from studio.publish.site_files import entries_from_tree, tree_from_folder
from studio.publish.transfer import finish_publication, publish_tree
from studio.publish.withdrawal import PublicationRequest
from studio.workspace.layout import Workspace
from support.crash_commands import command, contents, succeed
from support.crashing import Scene, void
from support.fake_show import make_show
from support.servers import SftpServer, s3_process, sftp_server

Kind = Literal["folder", "OpenSSH", "S3 endpoint"]
KINDS: tuple[Kind, ...] = ("folder", "OpenSSH", "S3 endpoint")
BUCKET = "podcast"
KEY, SECRET, REGION = "key", "secret", "us-east-1"


# --- where it is published


@functools.cache
def _until_exit() -> ExitStack:
    stack = ExitStack()
    owner = os.getpid()
    # Forked scenes end without this; a second process that does not must not end the servers.
    atexit.register(lambda: stack.close() if os.getpid() == owner else None)
    return stack


@functools.cache
def _ssh() -> SftpServer:
    folder = Path(_until_exit().enter_context(tempfile.TemporaryDirectory()))
    return _until_exit().enter_context(sftp_server(folder / "ssh"))


@functools.cache
def _storage() -> str:
    return _until_exit().enter_context(s3_process(BUCKET))


def _prefix(folder: Path) -> str:
    """Where a storage has what belongs to a folder here."""
    return f"{folder.resolve().as_posix().strip('/')}/"


def _settings(kind: Kind, folder: Path) -> Publishing:
    public = folder / "public"
    if kind == "S3 endpoint":
        to = f"s3://{BUCKET}/{_prefix(folder)}public"
        return Publishing(destination=to, endpoint=_storage(), access_key_id=KEY, region=REGION)
    if kind == "OpenSSH":
        ssh = _ssh()
        to = f"sftp://{ssh.user}@127.0.0.1:{ssh.port}{public.resolve().as_posix()}"
        return Publishing(
            destination=to, key_file=str(ssh.key_file), known_hosts=str(ssh.known_hosts)
        )
    return Publishing(destination=str(public))


@contextmanager
def _secret(kind: Kind) -> Iterator[None]:
    secrets = {VARIABLE: SECRET} if kind == "S3 endpoint" else {}
    with mock.patch.dict(os.environ, secrets):
        yield


@contextmanager
def _opened(kind: Kind, folder: Path) -> Iterator[Destination]:
    with _secret(kind):
        destination = open_destination(_settings(kind, folder), folder)
        try:
            yield destination
        finally:
            destination.close()


def _public(kind: Kind, folder: Path) -> dict[str, bytes]:
    """Every file that visitors can reach, by place."""
    if kind != "S3 endpoint":
        return contents(folder / "public")
    with _opened(kind, folder) as destination:
        return {
            place: destination.read(place) or b""
            for place in destination.sizes()
            if not place.startswith(".studio/")
        }


def _follow(kind: Kind, start: Path, copy: Path) -> None:
    """What the storage has for the prepared folder, for a copy of it as well; and settings that
    name the copy's own place.
    """
    if kind == "S3 endpoint":
        import boto3

        keys = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET}
        client = boto3.client("s3", endpoint_url=_storage(), region_name=REGION, **keys)
        found = client.list_objects_v2(Bucket=BUCKET, Prefix=_prefix(start)).get("Contents", [])
        for name in (one["Key"] for one in found):
            client.copy_object(
                Bucket=BUCKET,
                Key=_prefix(copy) + name.removeprefix(_prefix(start)),
                CopySource={"Bucket": BUCKET, "Key": name},
            )
        client.close()
    if (copy / "ici").is_dir():
        _name_place(kind, copy)


def _name_place(kind: Kind, folder: Path) -> None:
    """Let the show's settings name where it is published."""
    path = Workspace(folder / "ici").settings
    settings = _settings(kind, folder)
    named = {
        name: value
        for name in (
            "destination",
            "endpoint",
            "region",
            "access_key_id",
            "key_file",
            "known_hosts",
        )
        if (value := getattr(settings, name))
    }
    before = path.read_text(encoding="utf-8").partition("\n[publish]\n")[0]
    lines = [f'{name} = "{value}"' for name, value in named.items()]
    path.write_text(f"{before}\n[publish]\n" + "\n".join(lines) + "\n", encoding="utf-8")


# --- what is published


def _site(folder: Path, words: str) -> None:
    """A site whose media have names that change with them, as Studio's have."""
    shutil.rmtree(folder, ignore_errors=True)
    sound = (words * 50).encode()
    media = f"e/e.{hashlib.sha256(sound).hexdigest()[:8]}.mp3"
    files = {
        media: sound,
        "e/index.html": f"<p>{words}".encode(),
        "index.html": words.encode(),
        "feed.xml": f"<enclosure url='{media}' length='{len(sound)}'/>".encode(),
    }
    for place, content in files.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _publish(kind: Kind, folder: Path, _: Callable[[str], None] = void) -> None:
    try:
        with _opened(kind, folder) as destination:
            tree = tree_from_folder(folder / "site")
            with lock_destination(destination, "here", take_over=True) as lock:
                done = publish_tree(
                    lock,
                    destination,
                    tree,
                    PublicationRequest(entries=entries_from_tree(tree)),
                    journal=folder / "journal",
                )
                finish_publication(destination, done.manifest)
    except StudioError as error:
        print(error)
        raise SystemExit(1) from None


def _prepare(kind: Kind, folder: Path, *earlier: str) -> None:
    for words in earlier:
        _site(folder / "site", words)
        _publish(kind, folder)
    _site(folder / "site", "après !")


def _prepare_rollback(kind: Kind, folder: Path) -> None:
    _prepare(kind, folder, "avant", "ensuite")
    _publish(kind, folder)
    make_show(folder / "ici")
    _name_place(kind, folder)


def _lost(kind: Kind, folder: Path, _: list[str]) -> list[str]:
    """What the public feed names and is not there, whole."""
    public = _public(kind, folder)
    feed = public.get("feed.xml", b"").decode()
    named = re.findall(r"url='([^']*)' length='(\d+)'", feed)
    if not named:
        return ["the feed"]
    return [place for place, length in named if len(public.get(place, b"")) != int(length)] + [
        place for place in ("index.html", "e/index.html") if not public.get(place)
    ]


def _rollback(kind: Kind, folder: Path, _: Callable[[str], None] = void) -> None:
    with _secret(kind):
        command("-C", str(folder / "ici"), "publish", "--rollback")


def _rollback_again(kind: Kind, folder: Path) -> None:
    """As long as the person was not told that it is done."""
    with _opened(kind, folder) as destination:
        live = read_manifest(destination)
    if live is None or not live.restores or not live.finished:
        with _secret(kind):
            succeed("-C", str(folder / "ici"), "publish", "--rollback")


def _publication(kind: Kind) -> Scene:
    return Scene(
        f"publish to {'an' if kind == 'S3 endpoint' else 'a'} {kind}".replace("a Open", "Open"),
        lambda folder: _prepare(kind, folder, "avant"),
        functools.partial(_publish, kind),
        functools.partial(_publish, kind),
        functools.partial(_lost, kind),
        functools.partial(_public, kind),
        follow=functools.partial(_follow, kind),
    )


def _bringing_back(kind: Kind) -> Scene:
    return Scene(
        f"rollback, {kind}",
        functools.partial(_prepare_rollback, kind),
        functools.partial(_rollback, kind),
        functools.partial(_rollback_again, kind),
        functools.partial(_lost, kind),
        functools.partial(_public, kind),
        follow=functools.partial(_follow, kind),
    )


PUBLICATIONS = tuple(scene(kind) for kind in KINDS for scene in (_publication, _bringing_back))
