"""Episodes that were up to date and have not been touched since: they need not be read.

A file that was touched has another size, time stamp, change time or inode. Change times are the
system's own: a copy that keeps its time stamp has a new one. An episode is remembered only when the
youngest of its files is older than a tick of any file system's clock, so that no later change can
have the same stamp.
"""

from __future__ import annotations

import hashlib
import operator
import os
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Literal

import studio
from studio.errors import DiskError, StudioError
from studio.model.record import Record, bytes_from_record, record_from_bytes, replace_fields
from studio.workspace.disk import write_file
from studio.workspace.layout import Workspace

# FAT, the coarsest, keeps times to two seconds.
_SETTLED_NS = 2_000_000_000


_NAME = operator.attrgetter("name")
# Under what the show's own stages are remembered: no slug.
SHOW = ""


class KnownStage(Record, frozen=True):
    """A stage that need not run: ``edited`` where a person's version stands, for these reasons."""

    name: str
    state: Literal["fresh", "edited"] = "fresh"
    reasons: tuple[str, ...] = ()


class _Sources(Record, frozen=True):
    """``joined``: whether the show's stages, as they are on record, had these very files."""

    stamp: str
    stages: tuple[KnownStage, ...]
    joined: bool = False


class _Known(Record, frozen=True):
    show: str
    sources: dict[str, _Sources]


class FreshnessCache:
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
        self._slugs = workspace.slugs()
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
        if slug not in self._stamps:  # looked at once a run
            self._stamps[slug] = self._stamp(slug)
        return known.stages if known.stamp == self._stamps[slug][0] else None

    def forget(self, slug: str) -> None:
        """Somebody changed the episode since it was looked at."""
        self._known.pop(slug, None)
        self._stamps.pop(slug, None)

    def is_joined(self, slug: str) -> bool:
        """Whether the show's stages were up to date with the episode's files when it was learnt."""
        return slug in self._known and self._known[slug].joined

    def learn(self, slug: str, stages: tuple[KnownStage, ...], *, joined: bool = False) -> None:
        """The episode, or the show, is up to date now.

        :param joined: the show's stages are, with this episode.
        """
        stamp, settled = self._stamps[slug] = self._stamp(slug)
        found = _Sources(stamp=stamp, stages=stages, joined=joined)
        if settled and self._settled and self._known.get(slug) != found:
            self._known[slug] = found
            self._changed = True

    def learn_joined(self, slugs: Iterable[str]) -> None:
        """The show's stages are up to date with these episodes, of which nothing has changed."""
        for slug in slugs:
            if not self.is_joined(slug):
                self._known[slug] = replace_fields(self._known[slug], joined=True)
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
        facts: list[_Facts] = []
        _add_folder(facts, files.folder)
        linked = {one[4] for one in facts}
        _add_folder(facts, files.texts)
        _add_folder(facts, self._workspace.site / slug, linked=linked)
        _add_files(facts, (self._workspace.published_note(slug),))
        return _stamp_of(facts)

    def _stamp_of_site(self) -> tuple[str, bool]:
        """Of what the show's stages join (every episode's folder has it), and what they make."""
        slugs = self._slugs
        stamps = [self._stamps.get(slug) or self._stamp(slug) for slug in slugs]
        facts: list[_Facts] = []
        _add_folder(facts, self._workspace.site, without=frozenset(slugs))
        _add_files(facts, (self._workspace.rss, self._workspace.feed, self._workspace.search))
        stamp, settled = _stamp_of(facts)
        joined = "\n".join((*slugs, *(one for one, _ in stamps), stamp))
        return (
            hashlib.sha256(joined.encode()).hexdigest(),
            settled and all(old for _, old in stamps),
        )

    def _stamp_of_show(self, stages: str) -> tuple[str, bool]:
        workspace = self._workspace
        facts: list[_Facts] = []
        with suppress(OSError), os.scandir(workspace.feed) as entries:
            for entry in sorted(entries, key=_NAME):
                if not entry.is_dir(follow_symlinks=False) and Path(entry.path) != workspace.rss:
                    with suppress(OSError):
                        facts.append(_facts_of(entry.path, entry.stat()))
        stamp, settled = _stamp_of(facts)
        whole = hashlib.sha256(f"{studio.__version__}\n{stages}\n{stamp}".encode()).hexdigest()
        return whole, settled


# A file by its path, with what a touch changes: size, both times in ns, inode.
_Facts = tuple[str, int, int, int, int]


def _stamp_of(facts: list[_Facts]) -> tuple[str, bool]:
    """The stamps of files as one, and whether all of them are old enough to be relied on."""
    youngest = max((max(one[2], one[3]) for one in facts), default=0)
    whole = hashlib.sha256(repr(facts).encode("utf-8", "surrogateescape"))
    return whole.hexdigest(), time.time_ns() - youngest > _SETTLED_NS


def _facts_of(path: str, found: os.stat_result) -> _Facts:
    return (path, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def _add_files(facts: list[_Facts], paths: Iterable[Path]) -> None:
    for path in paths:
        with suppress(OSError):
            facts.append(_facts_of(str(path), path.stat()))


def _add_folder(
    facts: list[_Facts],
    folder: Path | str,
    *,
    without: Collection[str] = (),
    linked: Collection[int] = (),
) -> None:
    """Add every file below a folder, in order of name.

    :param without: names of folders in it that are left out.
    :param linked: inodes that are among the facts already: of another name of such a file, the
        name is enough.
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
