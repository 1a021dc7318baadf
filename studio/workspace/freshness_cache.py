"""A cache of episodes that were up to date and are untouched since, so that they need not be read.

It is based on file stamps (:mod:`studio.workspace.file_freshness`); an episode is only stored if
its stamp is reliable.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from typing import Literal

import studio
from studio.errors import DiskError, StudioError
from studio.file_access import read_file
from studio.model.record import Record, bytes_from_record, record_from_bytes, replace_fields
from studio.workspace.disk import write_file
from studio.workspace.file_freshness import FileFreshness, Stamp
from studio.workspace.layout import Workspace

# The key of the show's own stages: not a slug.
SHOW = ""


class KnownStage(Record, frozen=True):
    """A stage that need not run: ``edited`` if a user's version is kept, for these reasons."""

    name: str
    state: Literal["fresh", "edited"] = "fresh"
    reasons: tuple[str, ...] = ()


class _Sources(Record, frozen=True):
    """The state of up-to-date sources. :param joined: whether the recorded run of the show's stages
    used exactly these files.
    :param changed_sound_bytes: size of published audio that has changed, so that listeners would
        download it again; 0 for none.
    """

    stamp: str
    stages: tuple[KnownStage, ...]
    joined: bool = False
    changed_sound_bytes: int = 0


class _Known(Record, frozen=True):
    """What is kept.

    :param site: the stamp of what the show's stages made beside the episodes' folders.
    """

    show: str
    sources: dict[str, _Sources]
    site: str = ""


class FreshnessCache:
    """The freshness cache of a workspace. It can always be recomputed.

    ``files`` has the stamps of the workspace.
    """

    def __init__(self, workspace: Workspace, stages: str) -> None:
        """Read the cache. :param stages: versions of the stages, which change if the same files
        give other results.
        """
        self._workspace = workspace
        self._path = workspace.state / "unchanged.json"
        self.files = FileFreshness(workspace)
        show, self._settled = self.files.of_show()
        made = f"{studio.__version__}\n{stages}\n{show}"
        self._show = hashlib.sha256(made.encode()).hexdigest()
        self._known: dict[str, _Sources] = {}
        self._site = ""
        self._changed = False
        self._slugs = workspace.slugs()
        with suppress(OSError, StudioError):
            known = record_from_bytes(read_file(self._path), _Known, self._path)
            if known.show == self._show:
                self._known, self._site = dict(known.sources), known.site

    def stages_of(self, slug: str) -> tuple[KnownStage, ...] | None:
        """The stages of an episode (or :data:`SHOW`) that was up to date, if it is unchanged since,
        else None.
        """
        known = self._known.get(slug)
        if known is None:
            return None
        return known.stages if known.stamp == self._stamp(slug).value else None

    def changed_sound_bytes(self, slug: str) -> int | None:
        """The size of changed published audio of an episode, 0 for none; None if the episode may
        have changed since.
        """
        if self.stages_of(slug) is None:
            return None
        return self._known[slug].changed_sound_bytes

    def stages_again(self, slug: str) -> tuple[KnownStage, ...] | None:
        """The same of what is there now, whenever it was looked at before."""
        self.files.forget(slug)
        return self.stages_of(slug)

    def is_untouched(self, slug: str) -> bool:
        """Whether nothing of an episode changed since the show's stages joined it."""
        return self.stages_of(slug) is not None and self.is_joined(slug)

    def forget(self, slug: str) -> None:
        """Forget an episode that was changed."""
        self._known.pop(slug, None)
        self.files.forget(slug)

    def is_joined(self, slug: str) -> bool:
        """Whether the show's stages were up to date with the episode's files when it was stored."""
        return slug in self._known and self._known[slug].joined

    def learn(
        self,
        slug: str,
        stages: tuple[KnownStage, ...],
        *,
        joined: bool = False,
        changed_sound_bytes: int = 0,
    ) -> None:
        """Store that the episode, or the show, is up to date.

        :param joined: whether the show's stages are up to date with this episode.
        :param changed_sound_bytes: size of its changed published audio.
        """
        self.files.forget(slug)
        stamp, settled = self._stamp(slug)
        found = _Sources(
            stamp=stamp, stages=stages, joined=joined, changed_sound_bytes=changed_sound_bytes
        )
        if settled and self._settled and self._known.get(slug) != found:
            self._known[slug] = found
            self._changed = True

    @property
    def is_site_untouched(self) -> bool:
        """Whether nothing changed since of what the show's stages made beside the episodes'
        folders.
        """
        return self._site == self.files.of_site(self._slugs).value

    def learn_site(self) -> None:
        """What the show's stages make is up to date now."""
        stamp, settled = self.files.of_site(self._slugs)
        if settled and self._settled and stamp != self._site:
            self._site, self._changed = stamp, True

    def learn_joined(self, slugs: Iterable[str]) -> None:
        """Store that the show's stages are up to date with these unchanged episodes."""
        for slug in slugs:
            if not self.is_joined(slug):
                self._known[slug] = replace_fields(self._known[slug], joined=True)
                self._changed = True

    def remember(self) -> None:
        """Write the cache; disk errors are ignored."""
        if self._changed:
            with suppress(DiskError):
                write_file(
                    self._path,
                    bytes_from_record(
                        _Known(show=self._show, sources=self._known, site=self._site)
                    ),
                )

    def _stamp(self, slug: str) -> Stamp:
        return self.files.of_episode(slug) if slug != SHOW else self._stamp_of_site()

    def _stamp_of_site(self) -> Stamp:
        """The stamp of the inputs (in every episode's folder) and the outputs of the show's
        stages.
        """
        stamps = [self.files.of_episode(slug) for slug in self._slugs]
        site = self.files.of_site(self._slugs)
        joined = "\n".join((*self._slugs, *(one.value for one in stamps), site.value))
        return Stamp(
            hashlib.sha256(joined.encode()).hexdigest(),
            site.settled and all(one.settled for one in stamps),
        )
