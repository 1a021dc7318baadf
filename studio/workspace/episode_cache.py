"""A cache of values computed from an episode's files, valid as long as these are untouched: a show
has thousands of episodes, most of them unchanged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Generic, NamedTuple

import studio
from studio.errors import DiskError, StudioError
from studio.file_access import read_file
from studio.model.episode import Episode
from studio.model.record import (
    R,
    Record,
    bytes_from_record,
    plain_from_record,
    record_from_bytes,
    record_from_plain,
)
from studio.workspace.disk import write_file
from studio.workspace.file_freshness import FileFreshness
from studio.workspace.layout import Workspace


class _Kept(Record, frozen=True):
    """A value with the stamp of its source files, and its other dependencies."""

    stamp: str
    key: str
    value: dict[str, object]


class _Values(Record, frozen=True):
    show: str
    episodes: Mapping[str, _Kept]


class _Recent(NamedTuple):
    """The stamp of an episode's files before a value was computed."""

    stamp: str
    key: str


def settings_cache(workspace: Workspace, files: FileFreshness) -> EpisodeCache[Episode]:
    """The settings of episodes: what a person writes takes ten times as long to read.

    :param files: the stamps of the workspace.
    """
    return EpisodeCache(workspace, "settings", Episode, files)


class EpisodeCache(Generic[R]):
    """One cached value per episode. It can always be recomputed.

    Values depend on the episode's files, on those of the show, on Studio's version, and on a given
    key.
    """

    def __init__(
        self,
        workspace: Workspace,
        name: str,
        kind: type[R],
        files: FileFreshness | None = None,
    ) -> None:
        """Read the cache.

        :param name: name of the cache file.
        :param files: the stamps of the workspace, if they were just taken.
        """
        self._path = workspace.state / f"{name}.json"
        self._kind = kind
        self._files = files or FileFreshness(workspace)
        show, self._settled = self._files.of_show()
        self._show = hashlib.sha256(f"{studio.__version__}\n{show}".encode()).hexdigest()
        self._kept: dict[str, _Kept] = {}
        self._recent: dict[str, _Recent] = {}
        self._changed = False
        with suppress(OSError, StudioError):
            values = record_from_bytes(read_file(self._path), _Values, self._path)
            if values.show == self._show:
                self._kept = dict(values.episodes)

    def get(self, slug: str, key: str = "") -> R | None:
        """The value if no dependency has changed since, else None."""
        stamp, settled = self._files.of_episode(slug)
        kept = self._kept.get(slug)
        if kept is not None and (kept.stamp, kept.key) == (stamp, key):
            with suppress(StudioError):
                return record_from_plain(kept.value, self._kind, self._path)
        if settled and self._settled:
            self._recent[slug] = _Recent(stamp, key)
        return None

    def keep(self, slug: str, value: R) -> None:
        """Store a value computed after :meth:`get` returned None, for the files as of then."""
        recent = self._recent.pop(slug, None)
        if recent is not None:
            plain = plain_from_record(value)
            self._kept[slug] = _Kept(stamp=recent.stamp, key=recent.key, value=plain)
            self._changed = True

    def remember(self) -> None:
        """Write the cache; disk errors are ignored."""
        if self._changed:
            with suppress(DiskError):
                write_file(
                    self._path, bytes_from_record(_Values(show=self._show, episodes=self._kept))
                )
