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
        """The stamp of the show stages' outputs, without the parts of these episodes."""
        facts: list[_Facts] = []
        _add_folder(facts, self._workspace.site, without=frozenset(slugs))
        _add_files(facts, (self._workspace.rss, self._workspace.feed, self._workspace.search))
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
        with os.scandir(folder) as entries:
            found = sorted(entries, key=_NAME)
    except OSError:
        return
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in without:
                _add_folder(facts, entry.path, linked=linked)
        elif linked and entry.inode() in linked:
            facts.append((entry.path, 0, 0, 0, entry.inode()))
        else:
            with suppress(OSError):
                facts.append(_facts_of(entry.path, entry.stat()))
