"""The report of an episode (both texts side by side) and of the whole catalogue."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from studio.article.names import names_from_article
from studio.editor.open_doubts import suggestions_of_episode, uncertain_speakers_of_episode
from studio.editor.replay import episode_with_edits
from studio.errors import StudioError, WorkspaceError
from studio.messages.message import message
from studio.messages.translations import in_language
from studio.pipeline.steps.packaging import ORIGINS
from studio.progress import Progress, no_progress
from studio.report.catalogue_page import CatalogueRow, catalogue_page, row_of
from studio.report.page import Report, report_page
from studio.report.sound_pictures import pictures_of_episode
from studio.workspace.disk import write_file
from studio.workspace.episode_cache import EpisodeCache
from studio.workspace.layout import Workspace
from studio.workspace.sources import EpisodeSources, ShowSources


def report(workspace: Workspace, slug: str) -> Path:
    """Write the report of an episode beside its audio file; return its path.

    Edits that only the editor's journal has are brought to the files first.

    :raises WorkspaceError: the episode does not exist or has not been built.
    :raises DiskError: the report cannot be written.
    """
    sources = episode_with_edits(workspace, slug)
    write_file(sources.files.report, report_page(report_of_episode(sources)).encode())
    return sources.files.report


def catalogue_report(workspace: Workspace, progress: Progress = no_progress) -> Path:
    """Write the page of the whole catalogue, one row per episode, the newest first; return its
    path.

    :raises WorkspaceError: the show's settings cannot be read.
    :raises DiskError: the page cannot be written.
    """
    show = ShowSources(workspace)
    cache = EpisodeCache(workspace, "catalogue", CatalogueRow)
    rows = []
    for done, sources in enumerate(show.episodes):
        progress(done, len(show.episodes))
        with suppress(StudioError):  # `studio status` reports unreadable settings
            row = cache.get(sources.slug)
            if row is None:
                row = row_of(sources)
                cache.keep(sources.slug, row)
            rows.append(row)
    cache.remember()
    rows.sort(key=lambda row: row.published, reverse=True)
    path = workspace.state / "catalogue.html"
    write_file(path, catalogue_page(show.show.title, show.show.language, rows).encode())
    return path


def report_of_episode(sources: EpisodeSources) -> Report:
    """The content of an episode's report.

    :raises WorkspaceError: the episode has not been built.
    """
    files = sources.files
    if not sources.media.is_file():
        raise WorkspaceError(
            sources.media,
            message("has not been built yet"),
            message("Run `studio run {slug}`.", slug=sources.slug),
        )
    try:
        asr = sources.asr()
    except WorkspaceError:
        asr = None  # as after a clone
    return Report(
        show_title=sources.show.title,
        language=sources.show.language,
        episode=sources.episode,
        article=sources.article,
        transcript=sources.transcript(),
        alignment=sources.alignment(),
        programme=sources.programme(),
        names=names_from_article(sources.article),
        audio=os.path.relpath(sources.media, files.build),
        transcript_note=in_language(ORIGINS[sources.transcript_origin], sources.show.language),
        pictures=pictures_of_episode(sources),
        voice=() if asr is None else asr.voice,
        removed=() if asr is None else asr.removed,
        suggestions=suggestions_of_episode(sources),
        uncertain_speakers=uncertain_speakers_of_episode(sources),
    )
