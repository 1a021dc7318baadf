"""File metadata that changes with each write: size, timestamps, inode. One stamp covers an
episode's folders, its published pages and the record of its published audio.

Change times (ctime) are set by the system, so a copy with a preserved mtime has a new one. A stamp
is only reliable if the newest file is older than the clock resolution of any file system, so that a
later change cannot have the same one.
"""

from __future__ import annotations

import hashlib
import marshal
import operator
import os
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from studio.workspace.layout import Workspace

# FAT has the coarsest resolution: two seconds.
_SETTLED_NS = 2_000_000_000

_NAME = operator.attrgetter("name")
# Below an open folder the system need not look up the whole path of each file: that takes a quarter
# of the time. Windows has no such thing.
_BY_DESCRIPTOR = os.scandir in os.supports_fd


class Stamp(NamedTuple):
    """The stamp of files, and whether all of them are old enough for it to be reliable."""

    value: str
    settled: bool


class FileFreshness:
    """The stamps of a workspace; each episode is read once."""

    def __init__(self, workspace: Workspace) -> None:
        """Stamps are read on first use."""
        self._workspace = workspace
        self._stamps: dict[str, Stamp] = {}
        # Prefixes of a slug: its folder, its texts, its pages; the record of its published audio.
        any_slug = workspace.episode("0")
        self._places = tuple(
            str(path)[: -len(path.name)]
            for path in (
                any_slug.folder,
                any_slug.texts,
                workspace.site / "0",
                workspace.published_note("0"),
            )
        )

    def of_episode(self, slug: str) -> Stamp:
        """The stamp of all files of an episode, cached until :meth:`forget`."""
        if slug not in self._stamps:
            self._stamps[slug] = self._look_at(slug)
        return self._stamps[slug]

    def forget(self, slug: str) -> None:
        """Forget the stamp of an episode that was changed."""
        self._stamps.pop(slug, None)

    def _look_at(self, slug: str) -> Stamp:
        # As strings: a show has thousands of episodes, and joining strings takes half the time.
        own, texts, site, note = (f"{place}{slug}" for place in self._places)
        facts: list[_Facts] = []
        _add_folder(facts, own)
        linked = {one[4] for one in facts}
        _add_folder(facts, texts)
        _add_folder(facts, site, linked=linked)
        _add_files(facts, (f"{note}.json",))
        return _stamp_of(facts)

    def of_site(self, slugs: Collection[str]) -> Stamp:
        """The stamp of the show stages' outputs, without the parts of these episodes, and of their
        record.
        """
        facts: list[_Facts] = []
        _add_folder(facts, self._workspace.site, without=frozenset(slugs))
        own = self._workspace
        _add_files(facts, (own.rss, own.feed, own.search, own.build_state))
        return _stamp_of(facts)

    def of_show(self) -> Stamp:
        """The stamp of the show's files: settings, glossary, cover, jingles."""
        facts: list[_Facts] = []
        with suppress(OSError), os.scandir(self._workspace.feed) as entries:
            for entry in sorted(entries, key=_NAME):
                is_built = Path(entry.path) == self._workspace.rss
                if not entry.is_dir(follow_symlinks=False) and not is_built:
                    with suppress(OSError):
                        facts.append(_facts_of(entry.path, entry.stat()))
        return _stamp_of(facts)


# A file's path, size, both times in ns, and inode.
_Facts = tuple[str, int, int, int, int]


def _stamp_of(facts: list[_Facts]) -> Stamp:
    """Combine the stamps of files."""
    youngest = max((max(one[2], one[3]) for one in facts), default=0)
    # Format 2 of marshal has no references between values, so that equal facts give equal bytes.
    whole = hashlib.sha256(marshal.dumps(facts, 2))
    return Stamp(whole.hexdigest(), time.time_ns() - youngest > _SETTLED_NS)


def _facts_of(path: str, found: os.stat_result) -> _Facts:
    return (path, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def _add_files(facts: list[_Facts], paths: Iterable[Path | str]) -> None:
    for path in paths:
        with suppress(OSError):
            facts.append(_facts_of(str(path), os.stat(path)))  # noqa: PTH116 - as text, it is fast


def _add_folder(
    facts: list[_Facts],
    folder: Path | str,
    *,
    without: Collection[str] = (),
    linked: Collection[int] = (),
) -> None:
    """Add all files below a folder, in order of name.

    :param without: names of folders in it to skip.
    :param linked: inodes that are already included: for hard links to them, the name is enough.
    """
    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY) if _BY_DESCRIPTOR else None
    except OSError:
        return
    try:
        with os.scandir(folder if opened is None else opened) as entries:
            found = sorted(entries, key=_NAME)
        for entry in found:
            path = f"{folder}{os.sep}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in without:
                    _add_folder(facts, path, linked=linked)
            elif linked and entry.inode() in linked:
                facts.append((path, 0, 0, 0, entry.inode()))
            else:
                try:
                    one = entry.stat()
                except OSError:
                    continue
                facts.append((path, one.st_size, one.st_mtime_ns, one.st_ctime_ns, one.st_ino))
    except OSError:
        return
    finally:
        if opened is not None:
            os.close(opened)
