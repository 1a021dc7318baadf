"""One page with an episode's two texts side by side."""

from __future__ import annotations

from pathlib import Path

from studio.article.names import names_from_article
from studio.editor.replay import episode_with_its_edits
from studio.errors import WorkspaceError
from studio.messages.catalogue import in_language
from studio.messages.message import message
from studio.pipeline.steps.packaging import ORIGINS
from studio.report.page import Report, report_page
from studio.report.sound_pictures import pictures_of_episode
from studio.workspace.disk import write_file
from studio.workspace.layout import Workspace
from studio.workspace.sources import EpisodeSources


def report(workspace: Workspace, slug: str) -> Path:
    """Write the report of an episode beside its sound; where it is.

    Edits that only the editor's journal has are brought to the files first.

    :raises WorkspaceError: the episode does not exist or has not been built.
    :raises DiskError: the report cannot be written.
    """
    sources = episode_with_its_edits(workspace, slug)
    write_file(sources.files.report, report_page(report_of_episode(sources)).encode())
    return sources.files.report


def report_of_episode(sources: EpisodeSources) -> Report:
    """Everything that the report shows.

    :raises WorkspaceError: the episode has not been built.
    """
    files = sources.files
    if not files.mp3.is_file():
        raise WorkspaceError(
            files.mp3,
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
        audio=files.mp3.name,
        transcript_note=in_language(ORIGINS[sources.transcript_origin], sources.show.language),
        pictures=pictures_of_episode(sources),
        voice=() if asr is None else asr.voice,
        removed=() if asr is None else asr.removed,
    )
