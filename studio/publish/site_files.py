"""The files to publish, with their places, and the order in which they are sent."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from studio.file_access import open_file
from studio.model.record import Record
from studio.web.addresses import FEED_PLACE
from studio.web.media_types import type_from_place


class PublishedFile(Record, frozen=True):
    """A published file's size and SHA-256."""

    size_bytes: int
    sha256: str


def entry_from_file(path: Path) -> PublishedFile:
    """A file's size and SHA-256."""
    with open_file(path) as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return PublishedFile(size_bytes=stream.tell(), sha256=digest)


def tree_from_folder(folder: Path) -> dict[str, Path]:
    """Every file of a built site by its place, without files that are still being written."""
    return {place: Path(f"{folder}/{place}") for place in sorted(_places_in(str(folder), ""))}


def _places_in(folder: str, before: str) -> Iterator[str]:
    """As text: a show has tens of thousands of files. Folders behind links are left out.

    :param before: the place of the folder, with a slash at its end.
    """
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _places_in(entry.path, f"{before}{entry.name}/")
            elif entry.is_file():
                yield before + entry.name


def sending_order(places: Iterable[str]) -> list[str]:
    """Sound, pictures and texts first, then the pages that show them, and last the feed that
    announces them.
    """

    def rank(place: str) -> tuple[int, str]:
        if place == FEED_PLACE:
            return 3, place
        if type_from_place(place) == "application/rss+xml":
            return 2, place
        is_page = (
            type_from_place(place) == "text/html" or "/" not in place or place.startswith("search/")
        )
        return int(is_page and type_from_place(place) != "image/jpeg"), place

    return sorted(places, key=rank)


def entries_from_tree(
    tree: Mapping[str, Path], known: Mapping[str, str] = {}
) -> dict[str, PublishedFile]:
    """The size and SHA-256 of every file.

    :param known: the SHA-256 of files that were found unchanged just now, by place: they are not
        read again. If one changes all the same, what arrives is another file, and is refused.
    """
    return {
        place: (
            PublishedFile(size_bytes=path.stat().st_size, sha256=known[place])
            if place in known
            else entry_from_file(path)
        )
        for place, path in tree.items()
    }
