"""The episodes that may be public now: the built site without those with a future date."""

from __future__ import annotations

import dataclasses
import datetime
import shutil
from pathlib import Path

from studio.pipeline.staged_outputs import StagedOutputs
from studio.pipeline.steps.show_stages import feed, site
from studio.progress import no_progress
from studio.publish.manifest import PublishedSpans
from studio.workspace.build_state import read_build_state
from studio.workspace.digest import Digests
from studio.workspace.layout import Workspace
from studio.workspace.sources import EpisodeSources, ShowSources


@dataclasses.dataclass(frozen=True)
class _PublicWorkspace(Workspace):
    """The same workspace, with feed and site in another folder."""

    @property
    def rss(self) -> Path:
        return self.state / "public" / "feed.xml"

    @property
    def site(self) -> Path:
        return self.state / "public" / "site"

    @property
    def search(self) -> Path:
        return self.state / "public" / "search.json"


class _PublicSources(ShowSources):
    """The show without scheduled episodes."""

    def __init__(self, workspace: Workspace, now: datetime.datetime) -> None:
        super().__init__(workspace)
        self._now = now

    @property
    def published(self) -> tuple[EpisodeSources, ...]:
        return tuple(
            episode for episode in super().published if episode.episode.published <= self._now
        )


def scheduled_episodes(sources: ShowSources, now: datetime.datetime) -> tuple[EpisodeSources, ...]:
    """The built episodes with a future date, the next one first."""
    waiting = (episode for episode in sources.published if episode.episode.published > now)
    return tuple(sorted(waiting, key=lambda episode: episode.episode.published))


def public_sources(sources: ShowSources, now: datetime.datetime) -> ShowSources:
    """The show as it may be published now; ``sources.workspace.site`` is its site.

    If nothing is scheduled, that is the built site. Otherwise feed and pages are built once more
    without the scheduled episodes: no list, search index or sitemap names them, and their files are
    absent. The caller holds the workspace.
    """
    if not scheduled_episodes(sources, now):
        return sources
    public = _PublicSources(_PublicWorkspace(sources.workspace.root), now)
    shutil.rmtree(public.workspace.site.parent, ignore_errors=True)
    for stage in (feed, site):
        staged = StagedOutputs(Digests(sources.workspace.root, sources.workspace.digests).of)
        try:
            stage(public, staged, no_progress)
            for final in staged.files:
                staged.put_in_place(final)
        finally:
            staged.discard()
    return public


def published_spans(sources: ShowSources) -> dict[str, PublishedSpans]:
    """The spans of the recording that each published episode contains, by slug, as built."""
    found: dict[str, PublishedSpans] = {}
    for episode in sources.published:
        record = read_build_state(episode.build_state)[0].stages.get("inspect")
        recording = (record.inputs.get("recording") if record else None) or ""
        kept = tuple((int(span.start_ms), int(span.end_ms)) for span in episode.programme().kept)
        heard = PublishedSpans(recording=recording, kept=kept)
        # Under its former slugs as well: passages withdrawn since must not stay there.
        found |= dict.fromkeys((episode.slug, *episode.episode.former_slugs), heard)
    return found
