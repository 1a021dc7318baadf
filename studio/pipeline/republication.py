"""Published audio that a run would rebuild, reported before listeners download it."""

from __future__ import annotations

from collections.abc import Iterable

from studio.pipeline.events import StagePlanned
from studio.workspace.published import read_published
from studio.workspace.sources import ShowSources

# The stages that write a new audio file for listeners.
SOUND_STAGES = frozenset({"master", "tag"})


def published_audio_to_rebuild(show: ShowSources, plans: Iterable[StagePlanned]) -> dict[str, int]:
    """The published episodes that would get new sound in a run, with the size in bytes of the
    published sound.
    """
    slugs = {plan.episode for plan in plans if plan.runs and plan.stage in SOUND_STAGES}
    notes = {slug: read_published(show.workspace, slug) for slug in sorted(slugs)}
    return {slug: note.media_bytes for slug, note in notes.items() if note is not None}
