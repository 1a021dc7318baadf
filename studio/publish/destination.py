"""The door to fsspec: a folder, an SFTP server or an S3-compatible storage behind one interface.

A file is sent under a temporary name beside its own, read back and compared, and then renamed
atomically. If anything fails on the way, listeners still get the complete old file or the complete
new one.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import SplitResult

from studio.errors import DestinationSettingsError, PublishError, refuse_special_file
from studio.file_access import open_file
from studio.messages.message import joined_messages, message
from studio.model.show import Publishing
from studio.publish.credentials import VARIABLE, find_credential
from studio.temporary_folder import FRESH, temporary_folder
from studio.web.media_types import cache_from_place, header_from_type, type_from_place
from studio.web.places import OWN, invalid_place_reason
from studio.web.url_parts import split_address

# The prefix of the places of Studio's own files and of files kept for a rollback. They are in a
# separate folder that is not served.
NOTES = f"{OWN}/"
# The suffix that this folder's name adds to the published folder's. Only the publishing account may
# enter it.
NOTES_SUFFIX = ".studio"
_NOTES_MODE = 0o700
_CHUNK_BYTES = 1 << 20
# After this silence, Studio gives up a server.
_TIMEOUT_S = 60
# The time for connecting, authenticating and opening, until the first SFTP request.
_OPENING_S = 3 * _TIMEOUT_S
# The time for a complete answer to one request, even if the server keeps sending a little. At
# 30 kB/s, one part of a file is sent within it.
_REQUEST_S = 600
_PART_BYTES = 16 << 20
# The number of attempts at a request that fails with a temporary error.
_REQUESTS = 2


class Destination:
    """Where a show is published. Places are relative to its root and written with ``/``.

    :param root: the folder that is served.
    :param notes: the folder outside ``root`` for Studio's own files and kept files; empty if there
        can be none: Studio's files are then in ``root``, and nothing is kept.
    :param name: the name in messages; it contains no secret.
    """

    def __init__(
        self, fs: Any, root: str, name: str, *, kind: str, notes: str = "", chosen: bool = False
    ) -> None:
        self._fs = fs
        self._root = root.rstrip("/")
        self._notes = notes.rstrip("/")
        self._chosen = chosen
        self._kind = kind
        self.name = name
        # The folders that are known to be inside the destination.
        self._own: set[str] = set()

    @property
    def keeps(self) -> bool:
        """Whether files that are no longer public can be kept, in a folder that is not served."""
        return bool(self._notes)

    @property
    def notes(self) -> str:
        """The file system's path of Studio's own files and kept files."""
        return self._notes or f"{self._root}/{OWN}"

    def path(self, place: str) -> str:
        """The file system's path of a place."""
        return (
            f"{self.notes}/{place.removeprefix(NOTES)}"
            if place.startswith(NOTES)
            else f"{self._root}/{place}"
        )

    def shown(self, place: str) -> str:
        """A place as messages name it, so that a person can find and delete it."""
        if not place.startswith(NOTES):
            return f"{self.name}/{place}"
        before = {"s3": "s3://", "sftp": "/".join(self.name.split("/")[:3])}.get(self._kind, "")
        return f"{before}{self.path(place)}"

    def sizes(self) -> dict[str, int]:
        """The size in bytes of every file at the destination, by place, without names that no
        publication can have.
        """
        with self._telling(""):
            self._fs.invalidate_cache()
            public = {
                place: size for place, size in self._found(self._root).items() if _is_public(place)
            }
            return public | self._sizes_of_notes()

    def sizes_of_notes(self) -> dict[str, int]:
        """The size in bytes of each of Studio's own files and kept files, by place. This is faster
        than listing the whole destination.
        """
        with self._telling(""):
            self._fs.invalidate_cache()
            return self._sizes_of_notes()

    def _sizes_of_notes(self) -> dict[str, int]:
        return {
            NOTES + name: size
            for notes in self._note_folders()
            for name, size in self._found(notes).items()
        }

    def read(self, place: str) -> bytes | None:
        """A whole file; None if it does not exist."""
        with self._telling(place):
            for path in self._paths(place):
                if self._kind == "folder":
                    refuse_special_file(Path(path))
                with suppress(FileNotFoundError, NotADirectoryError):
                    return bytes(self._fs.cat_file(path))
        return None

    def prepare_notes(self) -> None:
        """Make the folder for Studio's own files and kept files, which only this account may enter.
        If that fails, nothing will be kept.

        :raises PublishError: the folder was chosen in the settings and cannot be made.
        """
        if not self._notes or self._kind == "s3":
            return
        try:
            with self._telling(""):
                if not self._fs.isdir(self._notes):
                    self._fs.makedirs(self._notes.rpartition("/")[0], exist_ok=True)
                    self._make_notes()
        except (PublishError, FileExistsError) as error:
            if self._chosen:
                raise PublishError(
                    self._notes,
                    error.what
                    if isinstance(error, PublishError)
                    else message("is a file or inside one, not a folder"),
                    message("Choose another folder as `history` in [publish]."),
                ) from error
            self._notes = ""

    def move_notes(self) -> int:
        """Move Studio's own files and kept files out of the served folder, where an earlier version
        stored them; return their number.

        :raises PublishError: a link leads to them: what is behind it belongs to somebody else.
        """
        if not self._notes:
            return 0
        inside = f"{self._root}/{OWN}"
        with self._telling(OWN):
            found = sorted(self._found(inside), key=lambda name: ("/" not in name, name))
            if found:
                self._require_own(f"{OWN}/{found[0]}", inside)
            for name in found:
                self._fs.makedirs(f"{self._notes}/{name}".rpartition("/")[0], exist_ok=True)
                if self._fs.exists(f"{self._notes}/{name}"):
                    self._fs.rm_file(f"{inside}/{name}")
                else:
                    self._carry(f"{inside}/{name}", f"{self._notes}/{name}")
            if found and self._kind != "s3":
                with suppress(OSError):
                    self._fs.rm(inside, recursive=True)
        return len(found)

    def put(self, source: Path, place: str, sha256: str) -> None:
        """Send a file under a temporary name, read it back, compare it, and rename it atomically.

        :raises PublishError: a link leads elsewhere, the file cannot be sent, or it arrived
            changed; the earlier file is untouched.
        """
        with self._fresh(place) as fresh:
            self._send(source, fresh, place)
            if (arrived := self._digest(fresh)) != sha256:
                raise PublishError(
                    f"{self.name}/{place}",
                    message(
                        "arrived damaged (SHA-256 {arrived}…, not {sha256}…)",
                        arrived=arrived[:12],
                        sha256=sha256[:12],
                    ),
                    message("Publish again."),
                )

    def write(self, place: str, content: bytes) -> None:
        """Write one of Studio's own small files atomically."""
        with self._fresh(place) as fresh:
            self._fs.pipe_file(self.path(fresh), content)

    def copy(self, place: str, other: str, sha256: str) -> None:
        """Copy a file at the destination to another place atomically; the server does the copy if
        it can.

        :raises PublishError: the file has changed; the earlier file at the other place is
            untouched.
        """
        with self._fresh(other) as fresh:
            with suppress(FileNotFoundError):
                self._fs.rm_file(self.path(fresh))
            self._copy(place, fresh)
            if self._digest(fresh) != sha256:
                raise PublishError(
                    f"{self.name}/{place}",
                    message("has changed since it was published"),
                    message("Publish again."),
                )

    def keep(self, place: str, kept: str) -> None:
        """Keep the file at a place under another name before a new file replaces it.

        The server does the copy if it can. Only an SFTP server without hard links needs the file
        sent again.
        """
        with self._telling(place):
            self._make_folder(kept)
            self._copy(place, kept)

    def fetch(self, place: str, path: Path, sha256: str) -> None:
        """Download a file.

        :param path: the local path; its folder exists.
        :raises PublishError: the file is missing or has changed.
        """
        with self._telling(place):
            self._fs.get_file(
                next((one for one in self._paths(place) if self._fs.exists(one)), self.path(place)),
                str(path),
            )
        with open_file(path) as stream:
            arrived = hashlib.file_digest(stream, "sha256").hexdigest()
        if arrived != sha256:
            raise PublishError(
                f"{self.name}/{place}",
                message("has changed since it was published"),
                message("Build that state again, and publish it."),
            )

    def claim(self, place: str, content: bytes) -> bool:
        """Create a small file unless it exists; return whether it was created. If two callers try
        at once, one succeeds.
        """
        with self._telling(place):
            self._make_folder(place)
            if any(self._fs.exists(path) for path in self._paths(place)):
                return False
            try:
                self._create(place, content)
            except FileExistsError:
                return False
        return self.read(place) == content

    def remove(self, place: str) -> None:
        """Remove a file if it exists, and the folders that become empty."""
        with self._telling(place):
            for path in self._paths(place):
                with suppress(FileNotFoundError):
                    self._fs.rm_file(path)
            if self._kind != "s3" and not place.startswith(NOTES):
                self._remove_empty_folders(place)

    def close(self) -> None:
        """Close the connection."""
        if self._kind == "sftp":
            self._fs.client.close()

    # --- where notes are

    def _note_folders(self) -> tuple[str, ...]:
        """The folders that may contain Studio's own files: an earlier version had them below the
        root. Later folders in the list take precedence.
        """
        inside = f"{self._root}/{OWN}"
        return (inside, self._notes) if self._notes else (inside,)

    def _paths(self, place: str) -> tuple[str, ...]:
        """The possible paths of a place, in order of precedence."""
        if not place.startswith(NOTES):
            return (self.path(place),)
        return tuple(
            f"{notes}/{place.removeprefix(NOTES)}" for notes in reversed(self._note_folders())
        )

    def _found(self, folder: str) -> dict[str, int]:
        """The size of every file below a folder, by its relative path."""
        if self._kind == "folder":
            return dict(_files_below(folder, ""))
        if not self._fs.exists(folder):
            return {}
        start = len(self._fs._strip_protocol(folder).rstrip("/")) + 1
        return {
            path[start:]: facts["size"]
            for path, facts in self._fs.find(folder, detail=True).items()
        }

    # --- operations of each kind of destination

    @contextmanager
    def _fresh(self, place: str) -> Iterator[str]:
        """A temporary place for a new file. At the end of the block the file is renamed to its own
        place atomically; if the block fails, the temporary file is removed.
        """
        fresh = _fresh_place(place)
        try:
            with self._telling(place):
                self._make_folder(place)
                if self._kind != "s3":
                    # The temporary name may be a link that a person made: only the link is removed.
                    with suppress(FileNotFoundError):
                        self._fs.rm_file(self.path(fresh))
                yield fresh
                self._replace(fresh, place)
        except BaseException:
            with suppress(Exception):
                self._fs.rm_file(self.path(fresh))
            raise

    def _make_notes(self) -> None:
        if self._kind == "folder":
            Path(self._notes).mkdir(mode=_NOTES_MODE)
        else:
            self._fs.ftp.mkdir(self._notes, _NOTES_MODE)

    def _make_folder(self, place: str) -> None:
        if self._kind != "s3":
            folder = self.path(place).rpartition("/")[0]
            self._fs.makedirs(folder, exist_ok=True)
            self._require_own(place, folder)

    def _require_own(self, place: str, folder: str) -> None:
        """Refuse a folder that a link in the destination leads to: a person who can make links
        there must not choose where else this account writes. Listed files, and so removed ones,
        are never behind a link.

        :param folder: a folder that may contain the place.
        """
        if self._kind == "s3" or folder in self._own:
            return
        base = self._root
        if self._notes and f"{folder}/".startswith(f"{self._notes}/"):
            base = self._notes
        if not self._resolved(folder).is_relative_to(self._resolved(base or "/")):
            raise PublishError(
                self.shown(place),
                message("is in a folder that a link leads out of the destination"),
                message("Remove that link, or publish to the folder it points to."),
            )
        self._own.add(folder)

    def _resolved(self, folder: str) -> PurePosixPath:
        """The real path of a folder, with all links followed.

        :raises FileNotFoundError: it does not exist.
        """
        if self._kind == "folder":
            return PurePosixPath(Path(folder).resolve(strict=True).as_posix())
        return PurePosixPath(self._fs.ftp.normalize(folder))

    def _remove_empty_folders(self, place: str) -> None:
        """Remove the empty folders of a place, the innermost first."""
        for folder in PurePosixPath(place).parents:
            if str(folder) == ".":
                return
            path = self.path(str(folder))
            try:
                if self._kind == "folder":
                    Path(path).rmdir()
                else:
                    self._fs.ftp.rmdir(path)
            except OSError:  # it is not empty, or may not be removed
                return

    def _send(self, source: Path, fresh: str, place: str) -> None:
        if self._kind == "s3":
            headers = {
                "ContentType": header_from_type(type_from_place(place)),
                "CacheControl": cache_from_place(place),
            }
            self._fs.put_file(str(source), self.path(fresh), chunksize=_PART_BYTES, **headers)
            self._fs.invalidate_cache()
        else:
            self._fs.put_file(str(source), self.path(fresh))

    def _digest(self, place: str) -> str:
        digest = hashlib.sha256()
        with self._fs.open(self.path(place), "rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                digest.update(chunk)
        return digest.hexdigest()

    def _replace(self, fresh: str, place: str) -> None:
        self._move(self.path(fresh), self.path(place))

    def _move(self, path: str, other: str) -> None:
        if self._kind == "folder":
            Path(path).replace(other)
        else:
            self._fs.mv(path, other)

    def _carry(self, path: str, other: str) -> None:
        """Move a file, also to another disk of the destination."""
        try:
            self._move(path, other)
        except FileNotFoundError:
            raise
        except OSError:
            with temporary_folder() as folder:
                copy, fresh = folder / "copy", _fresh_place(other)
                self._fs.get_file(path, str(copy))
                self._fs.put_file(str(copy), fresh)
                self._move(fresh, other)
            self._fs.rm_file(path)

    def _copy(self, place: str, kept: str) -> None:
        if self._kind == "s3":
            self._fs.cp_file(self.path(place), self.path(kept))
            self._fs.invalidate_cache()
            return
        try:
            self._link(self.path(place), self.path(kept))
        except FileExistsError:
            return
        except OSError:  # a disk or a server without hard links
            if self._fs.exists(self.path(kept)):
                return
            with temporary_folder() as folder:
                copy = folder / "copy"
                self._fs.get_file(self.path(place), str(copy))
                fresh = _fresh_place(kept)
                self._send(copy, fresh, kept)
                self._replace(fresh, kept)

    def _link(self, path: str, other: str) -> None:
        """Give a file a second name, which must not exist yet."""
        if self._kind == "folder":
            Path(other).hardlink_to(path)
            return
        import paramiko.sftp

        # An OpenSSH extension for which paramiko has no method.
        self._fs.ftp._request(paramiko.sftp.CMD_EXTENDED, "hardlink@openssh.com", path, other)

    def _create(self, place: str, content: bytes) -> None:
        """Create a file that gets its name once it is complete. A partial lock file, left by a full
        disk or a kill, would lock the destination for ever.

        :raises FileExistsError: the file exists.
        """
        path = self.path(place)
        if self._kind == "s3":
            self._fs.pipe_file(path, content, mode="create")
            return
        fresh = f"{path.rpartition('/')[0]}/{FRESH}{secrets.token_hex(4)}"
        try:
            with self._fs.open(fresh, "wb") as stream:
                stream.write(content)
            try:
                self._link(fresh, path)
            except OSError as error:
                # SFTP has no code for “exists”: OpenSSH answers with a general failure.
                if self._fs.exists(path):
                    raise FileExistsError(place) from error
                self._create_in_place(path, content)
        finally:
            with suppress(Exception):
                self._fs.rm_file(fresh)

    def _create_in_place(self, path: str, content: bytes) -> None:
        """The same on file systems without hard links."""
        begin, mode = (open, "xb") if self._kind == "folder" else (self._fs.ftp.open, "wx")
        stream = begin(path, mode)
        try:
            with stream:
                stream.write(content)
        except BaseException:
            with suppress(Exception):
                self._fs.rm_file(path)
            raise

    @contextmanager
    def _telling(self, place: str) -> Iterator[None]:
        """Turn errors of libraries and the system into a :class:`PublishError` for this place."""
        try:
            yield
        except (PublishError, FileExistsError):
            raise
        except Exception as error:
            where = self.shown(place) if place else self.name
            raise PublishError(where, *_explained(error)) from error


def _files_below(folder: str, before: str) -> Iterator[tuple[str, int]]:
    """The relative path and the size of every file in a folder of this machine, four times as fast
    as fsspec. A link is listed with the size of its target, and not followed to a folder.

    :param before: the relative path of the folder, with a slash at its end.
    """
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files_below(entry.path, f"{before}{entry.name}/")
                continue
            try:
                size = entry.stat().st_size
            except OSError:  # a link to nowhere
                size = entry.stat(follow_symlinks=False).st_size
            yield before + entry.name, size


def _fresh_place(place: str) -> str:
    """The temporary name of a file while it is sent."""
    return str(PurePosixPath(place).with_name(FRESH + PurePosixPath(place).name))


def _explained(error: Exception) -> tuple[str, str]:
    """The description and the remedy for an error of the system or a library. Only known kinds of
    errors are explained: others are bugs.
    """
    import paramiko

    again = message(
        "Publish again: finished uploads are skipped, and visitors never see half a publication."
    )
    if of_server := _explained_server(error):
        return of_server
    match error:
        case (
            paramiko.SSHException()
            | EOFError()
            | socket.gaierror()
            | TimeoutError()
            | ConnectionError()
        ):
            return (
                message(
                    "cannot be reached, or the connection broke ({fault})",
                    fault=str(error) or type(error).__name__,
                ),
                again,
            )
        case PermissionError():
            return (
                message("may not be written by this account"),
                message("Give the account permission, or use another account."),
            )
        case FileNotFoundError() | NotADirectoryError():
            return message("is not there"), message(
                "Make the folder or bucket, or fix `destination` in [publish]."
            )
        case OSError() if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return message("has no space left"), joined_messages(
                " ", (message("Make room there."), again)
            )
        case OSError():
            return message("fails ({error})", error=error), again
    if type(error).__module__.startswith(("botocore", "aiobotocore", "aiohttp")):
        return message("fails ({error})", error=error), joined_messages(
            " ",
            (
                message(
                    "Check destination, endpoint, region, access_key_id and {variable}.",
                    variable=VARIABLE,
                ),
                again,
            ),
        )
    raise error


def _explained_server(error: Exception) -> tuple[str, str] | None:
    """The description and the remedy if an SFTP server is unknown or refuses the login."""
    import paramiko
    import paramiko.hostkeys

    match error:
        case paramiko.AuthenticationException():
            return (
                message("does not accept the key or the password"),
                message(
                    "Give the right one: key_file, the SSH agent, or {variable}.", variable=VARIABLE
                ),
            )
        case paramiko.BadHostKeyException():
            return (
                message("has another key than the one on record"),
                message(
                    "Ask its owner; if the key was changed intentionally, add the new one to "
                    "known_hosts."
                ),
            )
        case paramiko.hostkeys.InvalidHostKey():
            return (
                message("cannot be proved: known_hosts has a line that is not a key"),
                message("Fix that line of known_hosts."),
            )
        case paramiko.SSHException() if "not found in known_hosts" in str(error):
            return (
                message("is a server with an unknown key"),
                message(
                    "Connect once with ssh and compare the key, or name known_hosts in [publish]."
                ),
            )
    return None


def open_destination(settings: Publishing, base: Path) -> Destination:
    """Connect to the show's destination.

    :param base: the folder that a relative path in the settings starts from.
    :raises PublishError: the destination cannot be reached or refuses.
    :raises DestinationSettingsError: the settings name no valid destination, or contain a secret.
    """
    parts = split_address(settings.destination)
    if parts is None:
        what = message(
            "[publish] destination is “{destination}”, which has an invalid host or port",
            destination=settings.destination,
        )
        raise DestinationSettingsError(
            "feed/show.toml",
            what,
            message("Write it like sftp://user@host:22/folder; a port is at most 65535."),
        )
    if parts.password is not None:
        raise DestinationSettingsError(
            "feed/show.toml",
            message("[publish] destination contains a password"),
            message("Take it out, and give it in {variable} or the keyring.", variable=VARIABLE),
        )
    # A password in the address was refused above: show.toml is in git.
    if parts.scheme == "s3":
        return _storage(settings, parts.netloc, parts.path.strip("/"))
    if parts.scheme == "sftp":
        return _server(settings, parts)
    if "://" in settings.destination or not settings.destination:
        raise DestinationSettingsError(
            "feed/show.toml",
            message("[publish] destination is “{destination}”", destination=settings.destination),
            message("Name a folder, sftp://user@host/folder or s3://bucket/folder."),
        )
    from fsspec.implementations.local import LocalFileSystem

    # Path.resolve would fail on a link to itself; that link is reported when it is used.
    folder = Path(os.path.realpath(base / settings.destination))
    keep = Path(os.path.realpath(base / settings.history)).as_posix() if settings.history else ""
    return Destination(
        LocalFileSystem(),
        folder.as_posix(),
        str(folder),
        kind="folder",
        **_notes_of(settings, folder.as_posix(), keep),
    )


def _notes_of(settings: Publishing, root: str, keep: str) -> dict[str, Any]:
    """The folder of Studio's own files and kept files: the chosen one, or one beside the root.

    :raises PublishError: the chosen folder is served.
    """
    root, keep = root.rstrip("/"), keep.rstrip("/")
    if settings.history and f"{keep}/".startswith(f"{root}/"):
        raise PublishError(
            "feed/show.toml",
            message(
                "[publish] history is “{history}”, inside the served folder",
                history=settings.history,
            ),
            message("Name a place outside `destination`."),
        )
    beside = f"{root}{NOTES_SUFFIX}" if "/" in root and root.rpartition("/")[2] else ""
    return {"notes": keep or beside, "chosen": bool(settings.history)}


def _is_public(place: str) -> bool:
    """Whether a file may be part of a publication, or a temporary file of one."""
    folder, _, name = place.rpartition("/")
    return invalid_place_reason("/".join(filter(None, (folder, name.removeprefix(FRESH))))) is None


def _storage(settings: Publishing, bucket: str, folder: str) -> Destination:
    import s3fs

    endpoint = split_address(settings.endpoint)
    if settings.endpoint and (
        endpoint is None or endpoint.scheme not in {"https", "http"} or not endpoint.hostname
    ):
        what = message(
            "[publish] endpoint is “{endpoint}”, which is not an address",
            endpoint=settings.endpoint,
        )
        raise DestinationSettingsError(
            "feed/show.toml", what, message("Write it like https://s3.example.org.")
        )
    secret = find_credential(settings.destination)
    fs = s3fs.S3FileSystem(
        key=settings.access_key_id or None,
        secret=secret if settings.access_key_id else None,
        endpoint_url=settings.endpoint or None,
        client_kwargs={"region_name": settings.region} if settings.region else {},
        config_kwargs={
            "connect_timeout": _TIMEOUT_S,
            "read_timeout": _TIMEOUT_S,
            # By default, s3fs and the library below it each try five times, nested: Studio would
            # wait half an hour for a silent storage.
            "retries": {"total_max_attempts": _REQUESTS, "mode": "standard"},
            "http_session_cls": _session_with_end(),
        },
        skip_instance_cache=True,
        use_listings_cache=False,
    )
    fs.retries = 1
    # The history has to be in S3 as well, because files are copied there within the storage.
    keep = split_address(settings.history)
    if settings.history and (keep is None or keep.scheme != "s3" or not keep.netloc):
        raise PublishError(
            "feed/show.toml",
            message("[publish] history is “{history}”", history=settings.history),
            message("Name s3://bucket/folder, as `destination` does."),
        )
    root, notes = (
        f"{bucket}/{folder}".rstrip("/"),
        f"{keep.netloc}/{keep.path.strip('/')}" if keep is not None and settings.history else "",
    )
    return Destination(
        fs, root, settings.destination.rstrip("/"), kind="s3", **_notes_of(settings, root, notes)
    )


def _session_with_end() -> Any:
    """The HTTP client of s3fs with a total time limit for each request."""
    import s3fs.core

    class SessionWithEnd(s3fs.core.AioConfig().http_session_cls):  # type: ignore[misc]
        """aiohttp limits only the time between two bytes unless it gets a total."""

        _timeout: Any

        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            known: Any = vars(self)["_timeout"]
            self._timeout = type(known)(
                total=_REQUEST_S, sock_connect=known.sock_connect, sock_read=known.sock_read
            )

    return SessionWithEnd


def _expanded(file: str) -> Path:
    """A file that a setting names; a leading ``~`` is the home folder."""
    try:
        return Path(file).expanduser()
    except RuntimeError:  # the home folder of an account that does not exist here
        raise DestinationSettingsError(
            "feed/show.toml",
            message("[publish] names “{file}”, in a home folder that is not there", file=file),
            message("Write the whole path."),
        ) from None


def _ssh_options(settings: Publishing, parts: SplitResult) -> dict[str, Any]:
    """The options of paramiko: port, user, key or password, and time limits."""
    options: dict[str, Any] = {
        "port": parts.port or 22,
        "username": parts.username,
        "timeout": _TIMEOUT_S,
        "banner_timeout": _TIMEOUT_S,
        "auth_timeout": _TIMEOUT_S,
        "channel_timeout": _TIMEOUT_S,
    }
    if settings.key_file:
        options |= {
            "key_filename": str(_expanded(settings.key_file)),
            "look_for_keys": False,
            "allow_agent": False,
        }
    if secret := find_credential(settings.destination):
        options |= {"passphrase" if settings.key_file else "password": secret}
    return {name: value for name, value in options.items() if value is not None}


def _sftp_with_end(transport: Any) -> Any:
    """An SFTP client with a total time limit for each answer, even if the server sends slowly or
    sends unrequested data.
    """
    import paramiko

    class ClientWithEnd(paramiko.SFTPClient):
        """paramiko limits only the time between two bytes."""

        _ends_s = float("inf")

        def _read_response(self, waitfor: Any = None) -> Any:
            self._ends_s = time.monotonic() + _REQUEST_S
            return super()._read_response(waitfor)  # type: ignore[misc]

        def _read_all(self, n: int) -> bytes:
            content = b""
            while len(content) < n:
                if time.monotonic() > self._ends_s:
                    raise TimeoutError(
                        message("no whole answer in {seconds} s", seconds=_REQUEST_S)
                    )
                piece: bytes = self.sock.recv(n - len(content))
                if not piece:
                    raise EOFError
                content += piece
            return content

    return ClientWithEnd.from_transport(transport)


def _server(settings: Publishing, parts: SplitResult) -> Destination:
    import paramiko
    from fsspec.implementations.sftp import SFTPFileSystem

    known_hosts = settings.known_hosts

    class KnownServer(SFTPFileSystem):  # type: ignore[misc]
        """fsspec's class accepts any server key; this one accepts only known keys."""

        cachable = False

        def _connect(self) -> None:
            self.client = paramiko.SSHClient()
            if known_hosts:
                self.client.load_host_keys(str(_expanded(known_hosts)))
            else:
                self.client.load_system_host_keys()
            self.client.set_missing_host_key_policy(paramiko.RejectPolicy())
            # Before SFTP begins, paramiko waits for some answers without a time limit.
            end = threading.Timer(_OPENING_S, self.client.close)
            end.daemon = True
            end.start()
            try:
                self.client.connect(self.host, **self.ssh_kwargs)
                self.ftp = _sftp_with_end(self.client.get_transport())
                # Without it, paramiko waits for a missing answer without a time limit.
                self.ftp.get_channel().settimeout(_TIMEOUT_S)
            except BaseException:
                self.client.close()
                raise
            finally:
                end.cancel()

    try:
        fs = KnownServer(parts.hostname or "", **_ssh_options(settings, parts))
    except Exception as error:
        raise PublishError(settings.destination, *_explained(error)) from error
    # Relative paths would start in the home of the account, which may be what is served.
    if settings.history and not settings.history.startswith("/"):
        raise PublishError(
            "feed/show.toml",
            message("[publish] history is “{history}”", history=settings.history),
            message("Name a folder of that server, from its root: /home/…"),
        )
    root = parts.path or "/"
    return Destination(
        fs,
        root,
        settings.destination.rstrip("/"),
        kind="sftp",
        **_notes_of(settings, root, settings.history),
    )
