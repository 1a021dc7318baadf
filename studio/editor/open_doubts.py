"""The doubts of an episode that are not yet decided in the editor."""

from __future__ import annotations

import contextlib

from studio.article.names import names_from_article
from studio.doubts.doubt import Doubt
from studio.doubts.finder import DoubtFinder
from studio.doubts.uncertain_speakers import UncertainSpeaker, uncertain_speakers
from studio.editor.cached_doubts import cache_doubts, cached_doubts, undecided_doubts
from studio.errors import WorkspaceError
from studio.model.transcript import RemovedText, Suggestion
from studio.workspace.sources import EpisodeSources


def finder_of_episode(sources: EpisodeSources) -> DoubtFinder:
    """The doubt finder with the existing files: alignment and ASR result may be missing, as after a
    clone.
    """
    alignment = voice = None
    with contextlib.suppress(WorkspaceError):
        alignment = sources.alignment()
    with contextlib.suppress(WorkspaceError):
        voice = sources.asr().voice
    names = (*names_from_article(sources.article), *sources.episode.guests, sources.host)
    return DoubtFinder(
        sources.article,
        names,
        alignment,
        voice or (),
        suggestions=suggestions_of_episode(sources),
        uncertain_speakers=uncertain_speakers_of_episode(sources),
    )


def suggestions_of_episode(sources: EpisodeSources) -> tuple[Suggestion, ...]:
    """Uncertain corrections; from the machine's transcript, since an edited one does not have
    them.
    """
    with contextlib.suppress(WorkspaceError):
        return sources.machine_transcript().suggestions
    return ()


def uncertain_speakers_of_episode(sources: EpisodeSources) -> tuple[UncertainSpeaker, ...]:
    """The spans with an uncertain speaker; none without built files, as after a clone."""
    with contextlib.suppress(WorkspaceError):
        return uncertain_speakers(sources.machine_transcript(), sources.voices())
    return ()


def removed_of_episode(sources: EpisodeSources) -> tuple[RemovedText, ...]:
    """Texts removed from the transcription; none without built files, as after a clone."""
    with contextlib.suppress(WorkspaceError):
        return sources.asr().removed
    return ()


def open_doubts(sources: EpisodeSources, *, keep: bool = False) -> tuple[Doubt, ...]:
    """The doubts about words in the episode, the most probable first, without decided ones.

    Read-only for the editor's files, so that the editor may be open.

    :param keep: whether to cache the result.
    :raises WorkspaceError: there is no transcript, or a file is damaged.
    """
    found = cached_doubts(sources)
    if found is None:
        found = finder_of_episode(sources).doubts(sources.transcript())
        if keep:
            cache_doubts(sources, found)
    return undecided_doubts(sources, found)
