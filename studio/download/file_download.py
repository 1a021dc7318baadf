"""Large files: interrupted downloads are resumed, and complete ones verified."""

from __future__ import annotations

import hashlib
import http.client
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from studio.download.client import (
    Client,
    DownloadRefusedError,
    OutOfRangeError,
    lower_headers,
    unreachable,
)
from studio.errors import NetworkError, StudioError, error_from_os
from studio.file_access import open_file, read_file, refuse_link
from studio.messages.message import message
from studio.model.record import Record, bytes_from_record, record_from_bytes
from studio.text.number_parsing import whole_number

_CHUNK_BYTES = 1 << 18
# The first bytes of audio and video files, by the resulting suffix.
_MAGIC = (
    (b"ID3", 0, ".mp3"),
    (b"ftyp", 4, ".m4a"),
    (b"OggS", 0, ".ogg"),
    (b"fLaC", 0, ".flac"),
    (b"RIFF", 0, ".wav"),
    (b"\x1aE\xdf\xa3", 0, ".webm"),
)


class ServedVersion(Record, frozen=True):
    """The version of a partly downloaded file: its validators, and its whole length (0:
    unknown).
    """

    url: str
    tag: str
    length_bytes: int


class DownloadedFile(Record, frozen=True):
    """A complete file.

    :param suffix: the suffix by its first bytes; empty if unknown.
    :param modified: the server's Last-Modified header, or empty.
    """

    length_bytes: int
    sha256: str
    suffix: str
    type: str = ""
    modified: str = ""


def sound_suffix(head: bytes) -> str:
    """The suffix of an audio file by its first bytes; empty for anything else."""
    for magic, place, suffix in _MAGIC:
        if head[place : place + len(magic)] == magic:
            return suffix
    # An MPEG audio frame's sync: eleven bits, with valid layer and version.
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return ".aac" if head[1] & 0x06 == 0 else ".mp3"
    return ""


def download_sound(
    client: Client,
    url: str,
    part: Path,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> DownloadedFile:
    """Download an audio file into ``part``; if a part of the same file exists, resume it.

    :param part: the partly downloaded file; ``<part>.json`` has its version.
    :param progress: of the present bytes and the whole length (0: unknown).
    :raises NetworkError: it is incomplete; the part is kept for the next run.
    :raises Refused: it is not audio, or larger than any episode.
    :raises DiskError: the disk is full or the folder not writable.
    """
    for attempt in range(1, client.limits.tries + 1):
        try:
            return _load(client, url, part, progress)
        except OSError as error:  # connection errors have become NetworkErrors
            raise error_from_os(error, part) from error
        except DownloadRefusedError:
            raise
        except NetworkError:
            if attempt == client.limits.tries:
                raise
            time.sleep(client.limits.first_pause_s * attempt)
    raise AssertionError("every try ends in a file or an error")


def _load(
    client: Client, url: str, part: Path, progress: Callable[[int, int], None]
) -> DownloadedFile:
    note = part.with_name(f"{part.name}.json")
    version, there = _known(note, url), part.stat().st_size if part.exists() else 0
    if version is None:
        there = 0
    if version is not None and there and there == version.length_bytes:
        return _verified(url, part, version, {})
    headers = {"Accept-Encoding": "identity"}
    if version is not None and there:
        headers |= {"Range": f"bytes={there}-", "If-Range": version.tag}
    with _opened(client, url, headers, note) as answer:
        answered = lower_headers(answer)
        there = _continues_at(url, answer.status, answered, there, note)
        length = _length(answered, there, partial=answer.status == http.client.PARTIAL_CONTENT)
        _refuse_unlikely(client, url, answered, length)
        tag = answered.get("etag", "")
        # A weak ETag does not guarantee identical bytes: a part cannot be resumed.
        tag = "" if tag.startswith("W/") else tag or answered.get("last-modified", "")
        if tag:
            note.write_bytes(
                bytes_from_record(ServedVersion(url=url, tag=tag, length_bytes=length))
            )
        else:
            note.unlink(missing_ok=True)
        size = _stream(client, url, answer, part, there=there, length=length, progress=progress)
    if length and size != length:
        raise NetworkError(
            url,
            message("was interrupted after {size:,} of {length:,} bytes", size=size, length=length),
            message("Run the same command again."),
        )
    return _verified(url, part, ServedVersion(url=url, tag=tag, length_bytes=size), answered)


@contextmanager
def _opened(client: Client, url: str, headers: dict[str, str], note: Path) -> Iterator[Any]:
    """The response; if its server has nothing after the present part, the next attempt restarts."""
    try:
        with client.opened(url, headers) as answer:
            yield answer
    except OutOfRangeError as refused:
        if "Range" not in headers:
            raise
        note.unlink(missing_ok=True)
        raise _another_part(url) from refused


def _continues_at(url: str, status: int, answered: dict[str, str], there: int, note: Path) -> int:
    """The file offset of the response: a server may send more than was requested."""
    if status != http.client.PARTIAL_CONTENT:
        return 0
    first_byte = answered.get("content-range", "").removeprefix("bytes").strip().partition("-")[0]
    start = whole_number(first_byte)
    if start is not None and start > there:
        note.unlink(missing_ok=True)
        raise _another_part(url)
    return there if start is None else start


def _another_part(url: str) -> NetworkError:
    return NetworkError(
        url,
        message("cannot be resumed where it broke off"),
        message("Run the same command again: it is loaded from its beginning."),
    )


def _stream(
    client: Client,
    url: str,
    answer: Any,
    part: Path,
    *,
    there: int,
    length: int,
    progress: Callable[[int, int], None],
) -> int:
    """Append the response to the part; returns its new size."""
    started, received, most = time.monotonic(), 0, length or client.limits.unstated_bytes
    refuse_link(part)
    with part.open("r+b" if there else "wb") as file:
        file.seek(there)
        file.truncate()
        while True:
            try:
                chunk = answer.read1(_CHUNK_BYTES)
            except (OSError, http.client.HTTPException) as error:
                raise unreachable(url, error) from None
            if not chunk:
                return there + received
            file.write(chunk)
            received += len(chunk)
            progress(there + received, length)
            if there + received > most:
                file.truncate(0)  # it is useless, and there may be many
                raise DownloadRefusedError(
                    url,
                    message(
                        "does not end: {there:,} bytes came, and there are more",
                        there=there + received,
                    ),
                    message(
                        "It is a stream, not an episode: leave it out, or put the file in yourself."
                    ),
                )
            lasted = time.monotonic() - started
            if lasted > client.limits.slow_s and received / lasted < client.limits.slowest_bytes_s:
                raise NetworkError(
                    url,
                    message("is sent at only {came:.0f} bytes a second", came=received / lasted),
                    message("Run the same command again later: it resumes where it stopped."),
                )


def _verified(
    url: str, part: Path, version: ServedVersion, headers: dict[str, str]
) -> DownloadedFile:
    """The file, if it starts like an audio file."""
    with open_file(part) as file:
        head = file.read(64)
        file.seek(0)
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    suffix = sound_suffix(head)
    if not suffix:
        part.unlink()
        raise DownloadRefusedError(
            url,
            message("is not audio: it begins with {head!r}", head=head[:24]),
            message("Open the address in a browser; ask the host for the file."),
        )
    return DownloadedFile(
        length_bytes=version.length_bytes,
        sha256=sha256,
        suffix=suffix,
        type=headers.get("content-type", "").partition(";")[0].strip().lower(),
        modified=headers.get("last-modified", ""),
    )


def _known(note: Path, url: str) -> ServedVersion | None:
    try:
        version = record_from_bytes(read_file(note), ServedVersion, note)
    except (OSError, StudioError):  # an unreadable version file is ignored
        return None
    return version if version.url == url and version.tag else None


def _length(headers: dict[str, str], there: int, *, partial: bool) -> int:
    """The length of the whole file; 0 if the server does not state it."""
    if partial:
        total = whole_number(headers.get("content-range", "").rpartition("/")[2])
        if total is not None:
            return total
    stated = whole_number(headers.get("content-length", ""))
    return 0 if stated is None else there + stated


def _refuse_unlikely(client: Client, url: str, headers: dict[str, str], length: int) -> None:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in {"text/html", "application/xhtml+xml"}:
        raise DownloadRefusedError(
            url,
            message("is a web page, not audio"),
            message("Open the address in a browser; ask the host for the file."),
        )
    if length > client.limits.sound_bytes:
        raise DownloadRefusedError(
            url,
            message("has {length:,} bytes, more than an episode", length=length),
            message("If that is intended, download it yourself and put it into the episode."),
        )
