"""The words of an episode that are still doubted: those not yet decided on the editor's page."""

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
    """The finder, with the files that exist: alignment and recognition may be missing, as after a
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
    """What corrections found that was not sure enough; the machine's transcript keeps it, that of
    people has none from the first edit on.
    """
    with contextlib.suppress(WorkspaceError):
        return sources.machine_transcript().suggestions
    return ()


def uncertain_speakers_of_episode(sources: EpisodeSources) -> tuple[UncertainSpeaker, ...]:
    """The stretches with an uncertain speaker; none without the build's files, as after a clone."""
    with contextlib.suppress(WorkspaceError):
        return uncertain_speakers(sources.machine_transcript(), sources.voices())
    return ()


def removed_of_episode(sources: EpisodeSources) -> tuple[RemovedText, ...]:
    """What was removed from the transcription; nothing where there is none, as after a clone."""
    with contextlib.suppress(WorkspaceError):
        return sources.asr().removed
    return ()


def open_doubts(sources: EpisodeSources, *, keep: bool = False) -> tuple[Doubt, ...]:
    """The doubts about words in the episode, the most probable first, without those that a person
    has decided.

    The editor may be open meanwhile: nothing that it writes is written.

    :param keep: whether what is found is kept in the build, for the next time.
    :raises WorkspaceError: there is no transcript, or a file is damaged.
    """
    found = cached_doubts(sources)
    if found is None:
        found = finder_of_episode(sources).doubts(sources.transcript())
        if keep:
            cache_doubts(sources, found)
    return undecided_doubts(sources, found)
