"""Build chapters from the questions that were found, and validate hand-edited files."""

from __future__ import annotations

from studio.chapters.short_titles import short_title
from studio.errors import WorkspaceError
from studio.messages.message import message
from studio.model.alignment import Alignment, Question
from studio.model.chapters import Chapter, Chapters
from studio.model.clock import Programme, ProgrammeMs
from studio.model.record import replace_fields

OPENING_TITLE = "Introduction"
# Two questions closer together than this share one chapter: players show whole seconds.
MIN_DURATION_MS = 1000


def chapters_from_alignment(
    alignment: Alignment, programme: Programme, *, opening_title: str = OPENING_TITLE
) -> Chapters:
    """One chapter per spoken question, in the order of the recording, on the programme clock.

    The part before the first question is a chapter of its own, titled ``opening_title``. A question
    that is absent, or whose whole exchange is cut, has no chapter; if only the question is cut, its
    chapter starts at the edit point. If several questions have the same time, the first one in the
    article gives the title. Each chapter ends where the next one starts, the last one with the
    programme.
    """
    starts: list[tuple[ProgrammeMs, Question | None]] = [(ProgrammeMs(0), None)]
    for start_ms, question in sorted(
        _heard_starts(alignment, programme), key=lambda found: (found[0], found[1].number)
    ):
        if start_ms - starts[-1][0] >= MIN_DURATION_MS:
            starts.append((start_ms, question))
        elif starts[-1][1] is None:
            starts[-1] = (starts[-1][0], question)
    ends = [start_ms for start_ms, _ in starts[1:]] + [programme.duration_ms]
    return Chapters(
        chapters=tuple(
            Chapter(
                start_s=start_ms / 1000,
                title=opening_title if question is None else short_title(question.text),
                end_s=end_ms / 1000,
                question=None if question is None else question.number,
            )
            for (start_ms, question), end_ms in zip(starts, ends, strict=True)
        )
    )


def _heard_starts(alignment: Alignment, programme: Programme) -> list[tuple[ProgrammeMs, Question]]:
    found = []
    for question in alignment.questions:
        if question.status == "absent" or question.start_ms is None:
            continue
        start_ms = programme.programme_from_recording(question.start_ms)
        end_ms = (
            programme.duration_ms
            if question.end_ms is None
            else programme.programme_from_recording(question.end_ms)
        )
        if start_ms < end_ms:
            found.append((start_ms, question))
    return found


def closed_chapters(chapters: Chapters, duration_ms: ProgrammeMs) -> Chapters:
    """Fill in missing ends: a chapter ends where the next one starts, the last one with the
    episode.
    """
    following = [chapter.start_s for chapter in chapters.chapters[1:]] + [duration_ms / 1000]
    return replace_fields(
        chapters,
        chapters=tuple(
            replace_fields(chapter, end_s=end_s) if chapter.end_s is None else chapter
            for chapter, end_s in zip(chapters.chapters, following, strict=True)
        ),
    )


def complete_chapters(chapters: Chapters, duration_ms: ProgrammeMs) -> Chapters:
    """Normalise foreign chapters: starting at 0, strictly ascending, inside the episode, with
    ends.
    """
    kept: list[Chapter] = []
    for chapter in chapters.chapters:
        after = kept[-1].start_ms if kept else -1
        if after < chapter.start_ms < duration_ms and chapter.title.strip():
            kept.append(replace_fields(chapter, end_s=None))
    if not kept:
        return Chapters()
    if kept[0].start_ms > 0:
        kept.insert(0, Chapter(start_s=0.0, title=OPENING_TITLE))
    return closed_chapters(Chapters(chapters=tuple(kept)), duration_ms)


def require_valid_chapters(chapters: Chapters, duration_ms: ProgrammeMs, where: object) -> None:
    """Refuse edited chapters that cannot be published.

    :param duration_ms: the programme's length.
    :param where: the file, for the message.
    :raises WorkspaceError: the first error, with its position in the file.
    """
    if not chapters.chapters:
        raise WorkspaceError(
            where,
            message("has no chapter"),
            message(
                "Write at least one that starts at 0, or delete the file and run `studio run`."
            ),
        )
    previous: Chapter | None = None
    for place, chapter in enumerate(chapters.chapters):
        _check_chapter(chapter, previous, duration_ms, f"{where}, chapters[{place}]")
        previous = chapter
    _check_ends(chapters, duration_ms, where)


def _check_chapter(
    chapter: Chapter, previous: Chapter | None, duration_ms: ProgrammeMs, spot: str
) -> None:
    """Check one chapter's title, and that it starts after the preceding chapter."""
    if not chapter.title.strip() or not chapter.title.isprintable():
        raise WorkspaceError(
            f"{spot}.title",
            message("is empty, or has more than one line"),
            message("Write a short title."),
        )
    if previous is None and chapter.start_ms != 0:
        raise WorkspaceError(
            f"{spot}.startTime",
            message("is {start_s:g}: the first chapter starts at 0", start_s=chapter.start_s),
            message("Write 0."),
        )
    if previous is not None and chapter.start_ms <= previous.start_ms:
        raise WorkspaceError(
            f"{spot}.startTime",
            message(
                "is {start_s:g}, not after {before:g} before it",
                start_s=chapter.start_s,
                before=previous.start_s,
            ),
            message("Put the chapters in order of time."),
        )
    if chapter.start_ms >= duration_ms:
        raise WorkspaceError(
            f"{spot}.startTime",
            message(
                "is {start_s:g}, but the episode ends at {end:g}",
                start_s=chapter.start_s,
                end=duration_ms / 1000,
            ),
            message("Write an earlier time."),
        )


def _check_ends(chapters: Chapters, duration_ms: ProgrammeMs, where: object) -> None:
    """Check that each chapter ends where the next one starts."""
    closed = closed_chapters(chapters, duration_ms).chapters
    ends = [chapter.start_ms for chapter in closed[1:]] + [duration_ms]
    for place, (chapter, end_ms) in enumerate(zip(closed, ends, strict=True)):
        if chapter.end_ms != end_ms:
            raise WorkspaceError(
                message("{where}, chapters[{place}].endTime", where=where, place=place),
                message(
                    "is {end_s:g}, but what follows starts at {end_ms:g}",
                    end_s=chapter.end_s,
                    end_ms=end_ms / 1000,
                ),
                message("Write {end_ms:g}, or leave endTime out.", end_ms=end_ms / 1000),
            )
