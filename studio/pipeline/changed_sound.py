"""Report the sound that listeners would download again after a run."""

from __future__ import annotations

from studio.pipeline.events import Listener, Noted
from studio.workspace.freshness_cache import FreshnessCache
from studio.workspace.layout import Workspace
from studio.workspace.published_notes import changed_sound_bytes, describe_changed_sound
from studio.workspace.sources import ShowSources


def report_changed_sound(
    workspace: Workspace, listen: Listener, cache: FreshnessCache | None = None
) -> None:
    """Report published episodes whose sound differs from that of the listeners.

    :param cache: the cached state of the workspace, as the run left it.
    """
    sizes = {}
    # Read again: the run has changed the build states.
    show = ShowSources(workspace)
    for slug in workspace.slugs():
        known = None if cache is None else cache.changed_sound_bytes(slug)
        sizes[slug] = changed_sound_bytes(show.episode(slug)) if known is None else known
    changed = {slug: size for slug, size in sizes.items() if size}
    for sentence in describe_changed_sound(changed):
        listen(Noted(episode="show", text=sentence))
