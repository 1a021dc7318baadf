"""Which episodes were found up to date and have not been touched since: they need not be read.

A file that was touched has another size, time stamp, change time or inode. Change times are the
system's own: a copy that keeps its time stamp has a new one. An episode is remembered only when the
youngest of its files is older than a tick of any file system's clock, so that no later change can
have the same stamp.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal

import studio
from studio.errors import DiskError, StudioError
from studio.model.record import Record, bytes_from_record, record_from_bytes
from studio.workspace.disk import write_file
from studio.workspace.layout import Workspace

# FAT, the coarsest, keeps times to two seconds.
_SETTLED_NS = 2_000_000_000


# Under what the show's own stages are remembered: no slug.
SHOW = ""


class KnownStage(Record, frozen=True):
    """A stage that need not run: ``edited`` where a person's version stands, for these reasons."""

    name: str
    state: Literal["fresh", "edited"] = "fresh"
    reasons: tuple[str, ...] = ()


class _Sources(Record, frozen=True):
    stamp: str
    stages: tuple[KnownStage, ...]


class _Known(Record, frozen=True):
    show: str
    sources: dict[str, _Sources]


class Unchanged:
    """What is remembered of a workspace. Losing it costs time and nothing else."""

    def __init__(self, workspace: Workspace, stages: str) -> None:
        """Read it.

        :param stages: what changes when Studio makes something else of the same files.
        """
        self._workspace = workspace
        self._path = workspace.state / "unchanged.json"
        self._show, self._settled = self._stamp_of_show(stages)
        self._known: dict[str, _Sources] = {}
        self._stamps: dict[str, tuple[str, bool]] = {}
        self._changed = False
        with suppress(OSError, StudioError):
            known = record_from_bytes(self._path.read_bytes(), _Known, self._path)
            if known.show == self._show:
                self._known = dict(known.sources)

    def stages_of(self, slug: str) -> tuple[KnownStage, ...] | None:
        """The stages of an episode (of the show: :data:`SHOW`) that was up to date, when nothing of
        it has changed since; None otherwise.
        """
        known = self._known.get(slug)
        if known is None:
            return None
        stamp = self._stamps[slug] = self._stamp(slug)
        return known.stages if known.stamp == stamp[0] else None

    def learn(self, slug: str, stages: tuple[KnownStage, ...]) -> None:
        """The episode, or the show, is up to date now."""
        stamp, settled = self._stamps[slug] = self._stamp(slug)
        found = _Sources(stamp=stamp, stages=stages)
        if settled and self._settled and self._known.get(slug) != found:
            self._known[slug] = found
            self._changed = True

    def remember(self) -> None:
        """Write it down; a disk that does not take it is no reason to stop."""
        if self._changed:
            with suppress(DiskError):
                write_file(
                    self._path,
                    bytes_from_record(_Known(show=self._show, sources=self._known)),
                )

    def _stamp(self, slug: str) -> tuple[str, bool]:
        if slug == SHOW:
            return self._stamp_of_site()
        files = self._workspace.episode(slug)
        note = self._workspace.published_note(slug)
        return _digest((files.folder, files.texts), (note,))

    def _stamp_of_site(self) -> tuple[str, bool]:
        """Of what the show's stages join (every episode's folder has it), and what they make."""
        slugs = self._workspace.slugs()
        stamps = [self._stamps.get(slug) or self._stamp(slug) for slug in slugs]
        feed, rss = self._workspace.feed, self._workspace.rss
        stamp, settled = _digest((self._workspace.site,), (rss, feed))
        joined = "\n".join((*slugs, *(one for one, _ in stamps), stamp))
        return (
            hashlib.sha256(joined.encode()).hexdigest(),
            settled and all(old for _, old in stamps),
        )

    def _stamp_of_show(self, stages: str) -> tuple[str, bool]:
        workspace = self._workspace
        people = [
            entry
            for entry in _entries(workspace.feed, deep=False)
            if Path(entry[0]) != workspace.rss and Path(entry[0]) != workspace.site
        ]
        stamp, settled = _digested(iter(people))
        whole = hashlib.sha256(f"{studio.__version__}\n{stages}\n{stamp}".encode()).hexdigest()
        return whole, settled


def _digest(folders: tuple[Path, ...], files: tuple[Path, ...]) -> tuple[str, bool]:
    def entries() -> Iterator[tuple[str, os.stat_result]]:
        for folder in folders:
            yield from _entries(folder, deep=True)
        for path in files:
            with suppress(OSError):
                yield str(path), path.stat()

    return _digested(entries())


def _digested(entries: Iterator[tuple[str, os.stat_result]]) -> tuple[str, bool]:
    """The stamps of files as one, and whether all of them are old enough to be relied on."""
    digest, youngest = hashlib.sha256(), 0
    for name, facts in entries:
        told = (facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino)
        digest.update(f"{name}\0{told}\n".encode())
        youngest = max(youngest, facts.st_mtime_ns, facts.st_ctime_ns)
    return digest.hexdigest(), time.time_ns() - youngest > _SETTLED_NS


def _entries(folder: Path | str, *, deep: bool) -> Iterator[tuple[str, os.stat_result]]:
    """Every file below a folder, in order of name, with its facts."""
    try:
        found = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            if deep:
                yield from _entries(entry.path, deep=True)
        else:
            with suppress(OSError):
                yield entry.path, entry.stat()
