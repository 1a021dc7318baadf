"""Read the documents of an episode from its files."""

from __future__ import annotations

from studio.chapters.recording_chapters import chapters_on_programme, chapters_on_recording
from studio.editor.patches import NOT_IN_FILES, Documents, with_lists_of
from studio.model.chapters import Chapters
from studio.model.clock import Programme
from studio.model.programme import overlaps_ms, programme_from_facts
from studio.model.record import replace_fields
from studio.workspace.sources import EpisodeSources


def programme_of(documents: Documents, sources: EpisodeSources) -> Programme:
    """The programme with these cuts.

    :raises WorkspaceError: a cut is not a part of the recording, or nothing is left.
    """
    files = sources.files
    arranged = sources.programme() if files.programme.is_file() else None
    # The durations of the jingles are those of the last run.
    opening_ms, closing_ms = (
        (
            arranged.opening_ms + arranged.opening_overlap_ms,
            arranged.closing_ms + arranged.closing_overlap_ms,
        )
        if arranged
        else (0, 0)
    )
    opening_overlap_ms, closing_overlap_ms = overlaps_ms(
        sources.branding.sound, opening_ms, closing_ms, sources.show_sources.workspace.settings
    )
    return programme_from_facts(
        sources.facts(),
        sound=sources.episode.sound,
        cuts=documents.cuts,
        opening_ms=opening_ms,
        closing_ms=closing_ms,
        opening_overlap_ms=opening_overlap_ms,
        closing_overlap_ms=closing_overlap_ms,
        where=files.settings,
    )


def chapters_of(documents: Documents, sources: EpisodeSources) -> Chapters:
    """The chapters on the programme's clock. Those that are entirely inside a cut are omitted."""
    return chapters_on_programme(documents.chapters, programme_of(documents, sources))


def read_documents(sources: EpisodeSources, current: Documents | None) -> Documents:
    """The current content of the files.

    :param current: the editor's current documents: equal chapters stay the same objects, and
        decisions and added names are taken from it.
    :raises WorkspaceError: a file is missing or damaged.
    """
    files = sources.files
    transcript = sources.transcript()
    documents = Documents(
        language=transcript.language,
        segments=transcript.segments,
        corrections=transcript.corrections,
        cuts=sources.workspace.load_episode(sources.slug).cuts,
        notes=sources.margin_notes(),
    )
    if current is not None:
        documents = with_lists_of(documents, current, NOT_IN_FILES)
    if not files.chapters.is_file():
        return documents
    chapters = sources.chapters()
    if current is not None:
        known = replace_fields(documents, chapters=current.chapters)
        if chapters_of(known, sources) == chapters:
            return known
    programme = (
        sources.programme() if files.programme.is_file() else programme_of(documents, sources)
    )
    return replace_fields(documents, chapters=chapters_on_recording(chapters, programme))
