"""Whether an episode's public files were built before a change of their inputs."""

from __future__ import annotations

from studio.errors import StudioError
from studio.messages.message import message
from studio.pipeline.stages import STAGES
from studio.pipeline.staleness import stage_status
from studio.workspace.build_state import read_build_state
from studio.workspace.digest import Digests
from studio.workspace.sources import EpisodeSources


def changes_since_built(sources: EpisodeSources) -> tuple[str, ...]:
    """What changed since the episode's pages were built, a short phrase each; empty if nothing did,
    or if the build is not on record.
    """
    stage = next(stage for stage in STAGES.episode if stage.name == "package")
    built, _ = read_build_state(sources.build_state)
    if stage.name not in built.stages:
        return ()
    workspace = sources.workspace
    try:
        status = stage_status(stage, sources, built, Digests(workspace.root, workspace.digests))
    except StudioError as error:
        return (message("{where} {what}", where=error.where, what=error.what),)
    return () if status.state == "fresh" else status.reasons
