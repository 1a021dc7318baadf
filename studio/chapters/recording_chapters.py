"""Chapters on the recording clock, independent of cuts and intro music: for editing, and for
merging versions.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from studio.model.chapters import Chapter, Chapters
from studio.model.clock import Programme, ProgrammeMs, RecordingMs
from studio.model.record import Record, replace_fields, stored_as
from studio.text.list_merge import ItemForm, MergedItems, merge_items


class RecordingChapter(Record, frozen=True):
    """A chapter on the recording clock."""

    start_ms: RecordingMs
    title: str
    question: int | None = None


# A chapter is identified by its question, else by its time, else by its title.
_FORM = ItemForm[RecordingChapter](
    fields=("start_ms", "title", "question"),
    order="start_ms",
    keys=("question", "start_ms", "title"),
    replace=replace_fields,
)


class RecordingChapters(Record, frozen=True):
    """``transcripts/<slug>/chapters.machine.json``: the generated chapters, without edits."""

    chapters: tuple[RecordingChapter, ...] = stored_as("marks", ())
    schema: int = 1


@dataclass(frozen=True)
class ChaptersMerge:
    """The result of merging a user's chapters with the newly generated ones.

    :param carried: the number of chapters that differ from the generated ones.
    :param conflicts: the number of chapters that both changed; the user's are kept.
    """

    chapters: tuple[RecordingChapter, ...]
    carried: int
    conflicts: int


def chapters_on_programme(chapters: Sequence[RecordingChapter], programme: Programme) -> Chapters:
    """Convert chapters to the programme clock, the first one at its start, without those that are
    entirely inside a cut.
    """
    starts: dict[int, RecordingChapter] = {}
    for place, chapter in enumerate(sorted(chapters, key=lambda chapter: chapter.start_ms)):
        starts[0 if place == 0 else programme.programme_from_recording(chapter.start_ms)] = chapter
    moments = [*sorted(starts), programme.duration_ms]
    return Chapters(
        chapters=tuple(
            Chapter(
                start_s=start / 1000,
                end_s=end / 1000,
                title=starts[start].title,
                question=starts[start].question,
            )
            for start, end in itertools.pairwise(moments)
            if start < end
        )
    )


def chapters_on_recording(chapters: Chapters, programme: Programme) -> tuple[RecordingChapter, ...]:
    """Convert chapters to the recording clock."""
    return tuple(
        RecordingChapter(
            start_ms=programme.recording_from_programme(ProgrammeMs(chapter.start_ms)),
            title=chapter.title,
            question=chapter.question,
        )
        for chapter in chapters.chapters
    )


def merge_chapter_items(
    base: Sequence[RecordingChapter],
    mine: Sequence[RecordingChapter],
    theirs: Sequence[RecordingChapter],
) -> MergedItems[RecordingChapter]:
    """Merge two versions of chapters."""
    return merge_items(_FORM, base, mine, theirs)


def merge_chapters(
    base: Sequence[RecordingChapter],
    mine: Sequence[RecordingChapter],
    theirs: Sequence[RecordingChapter],
) -> ChaptersMerge:
    """Apply a user's changes of the previously generated chapters to the newly generated ones. If
    both changed a chapter, the user's is kept.

    :param base: the generated chapters that the user edited.
    """
    merged = merge_chapter_items(base, mine, theirs)
    resolved = [*merged.items, *(clash.mine for clash in merged.clashes if clash.mine is not None)]
    chapters = tuple(sorted(resolved, key=lambda one: one.start_ms))
    return ChaptersMerge(
        chapters, sum(chapter not in theirs for chapter in chapters), len(merged.clashes)
    )
