"""The lists of an episode as its files hold them."""

from __future__ import annotations

from studio.chapters.recording_chapters import (
    RecordingChapter,
    chapters_on_programme,
    chapters_on_recording,
)
from studio.editor.patches import NOT_TEXT, Lists, as_plain
from studio.model.chapters import Chapters
from studio.model.clock import Programme
from studio.model.episode import Cut
from studio.model.record import record_from_plain
from studio.model.transcript import Transcript
from studio.pipeline.programme import overlaps_ms, programme_from_facts
from studio.workspace.sources import EpisodeSources


def transcript_of(lists: Lists, language: str) -> Transcript:
    """The transcript that these lists hold."""
    plain = {
        "language": language,
        "segments": lists["segments"],
        "corrections": lists["corrections"],
    }
    return record_from_plain(plain, Transcript, "the editor's transcript")


def cuts_of(lists: Lists) -> tuple[Cut, ...]:
    """The passages that are left out."""
    return record_from_plain(lists["cuts"], tuple[Cut, ...], "the editor's cuts")


def programme_of(lists: Lists, sources: EpisodeSources) -> Programme:
    """What is heard with these cuts.

    :raises WorkspaceError: a cut is no stretch of the recording, or nothing is left.
    """
    files = sources.files
    arranged = sources.programme() if files.programme.is_file() else None
    # How long the jingles last is known since they were last arranged.
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
        cuts=cuts_of(lists),
        opening_ms=opening_ms,
        closing_ms=closing_ms,
        opening_overlap_ms=opening_overlap_ms,
        closing_overlap_ms=closing_overlap_ms,
        where=files.settings,
    )


def chapters_of(lists: Lists, sources: EpisodeSources) -> Chapters:
    """The chapters on the programme's clock. One whose passage was cut out whole is left out."""
    marks = record_from_plain(
        lists["chapters"], tuple[RecordingChapter, ...], "the editor's chapters"
    )
    return chapters_on_programme(marks, programme_of(lists, sources))


def read_documents(sources: EpisodeSources, current: Lists | None) -> tuple[Lists, str]:
    """What the files hold now, and the language of the transcript.

    :param current: the lists as the editor last had them: chapters that say the same stay what they
        were, and decisions and lessons are nobody else's.
    :raises WorkspaceError: a file is missing or damaged.
    """
    files = sources.files
    transcript = sources.transcript()
    plain = as_plain(transcript)
    lists: Lists = {
        "segments": list(plain["segments"]),
        "corrections": list(plain["corrections"]),
        "cuts": [as_plain(cut) for cut in sources.workspace.load_episode(sources.slug).cuts],
        "chapters": [],
        **{name: [] if current is None else current[name] for name in NOT_TEXT},
    }
    if files.chapters.is_file():
        chapters = sources.chapters()
        if (
            current is not None
            and chapters_of({**current, "cuts": lists["cuts"]}, sources) == chapters
        ):
            lists["chapters"] = current["chapters"]
        else:
            programme = (
                sources.programme() if files.programme.is_file() else programme_of(lists, sources)
            )
            lists["chapters"] = [
                as_plain(mark) for mark in chapters_on_recording(chapters, programme)
            ]
    return lists, transcript.language
