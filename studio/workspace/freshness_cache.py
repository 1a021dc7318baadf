"""Episodes that were up to date and have not been touched since: they need not be read.

What a touch changes tells it (:mod:`studio.workspace.file_freshness`); an episode is remembered
only when that can be relied on.
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

# Under what the show's own stages are remembered: no slug.
SHOW = ""


class KnownStage(Record, frozen=True):
    """A stage that need not run: ``edited`` if a person's version is kept, for these reasons."""

    name: str
    state: Literal["fresh", "edited"] = "fresh"
    reasons: tuple[str, ...] = ()


class _Sources(Record, frozen=True):
    """What was up to date.

    :param joined: whether the show's stages, as they are on record, had these very files.
    :param changed_sound_bytes: the size of what listeners would load again, because the sound is
        not what was published any more; 0 for nothing.
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
    """What is remembered of a workspace. Losing it costs time and nothing else.

    ``files`` has the stamps that were taken of it.
    """

    def __init__(self, workspace: Workspace, stages: str) -> None:
        """Read it.

        :param stages: what changes when Studio makes something else of the same files.
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
        """The stages of an episode (of the show: :data:`SHOW`) that was up to date, when nothing of
        it has changed since; None otherwise.
        """
        known = self._known.get(slug)
        if known is None:
            return None
        return known.stages if known.stamp == self._stamp(slug).value else None

    def changed_sound_bytes(self, slug: str) -> int | None:
        """The size of what listeners would load again of an episode, 0 for nothing; None where
        something of it may have changed since that was found.
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
        """A person changed the episode since it was looked at."""
        self._known.pop(slug, None)
        self.files.forget(slug)

    def is_joined(self, slug: str) -> bool:
        """Whether the show's stages were up to date with the episode's files when it was learnt."""
        return slug in self._known and self._known[slug].joined

    def learn(
        self,
        slug: str,
        stages: tuple[KnownStage, ...],
        *,
        joined: bool = False,
        changed_sound_bytes: int = 0,
    ) -> None:
        """The episode, or the show, is up to date now.

        :param joined: the show's stages are, with this episode.
        :param changed_sound_bytes: the size of what listeners would load again of it.
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
        """The show's stages are up to date with these unchanged episodes."""
        for slug in slugs:
            if not self.is_joined(slug):
                self._known[slug] = replace_fields(self._known[slug], joined=True)
                self._changed = True

    def remember(self) -> None:
        """Store it; a failing disk is ignored."""
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
        """Of what the show's stages join (every episode's folder has it), and what they make."""
        stamps = [self.files.of_episode(slug) for slug in self._slugs]
        site = self.files.of_site(self._slugs)
        joined = "\n".join((*self._slugs, *(one.value for one in stamps), site.value))
        return Stamp(
            hashlib.sha256(joined.encode()).hexdigest(),
            site.settled and all(one.settled for one in stamps),
        )
