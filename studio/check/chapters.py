"""Check the chapters in their four formats: the JSON file, the feed's simple chapters, the MP3's
frames, the description's lines.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from studio.chapters.short_titles import CHAPTER_TITLE_CHARACTERS
from studio.check.feed_elements import NAMESPACES, text
from studio.check.id3_parser import Id3Tag, read_tag
from studio.check.publication import Publication, PublishedEpisode
from studio.check.rules import Finding, found
from studio.file_access import open_file, read_file
from studio.messages.message import message
from studio.model.chapters import FEWEST_CHAPTERS
from studio.model.record import plain_from_json, wrong_keys

MIN_DURATION_MS = 30_000
FEWEST = 3
# A shorter bonus needs no chapters.
SHORT_BONUS_MS = 600_000
END_TOLERANCE_MS = 100
NO_OFFSET = 0xFFFFFFFF
LINE = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):([0-5]\d) (.+)")
PSC_TIME = re.compile(r"(\d{2}):([0-5]\d):([0-5]\d)\.(\d{3})")


class FoundChapter(NamedTuple):
    """One chapter in one of the formats."""

    start_ms: int
    title: str


class ChapterSource(NamedTuple):
    """The chapters of the JSON file, the reference for the other formats.

    :param end_ms: end of the last one.
    :param questions: indices (from 0) of those that start with a question of the article.
    """

    chapters: list[FoundChapter]
    end_ms: int | None
    questions: frozenset[int]


def check_chapters(
    item: etree._Element | None,
    episode: PublishedEpisode,
    publication: Publication,
    duration_ms: int | None,
) -> Iterator[Finding]:
    """Rules 28 to 34.

    :param item: the episode's item, None if the feed has none.
    :param duration_ms: duration of the MP3, None if it cannot be read.
    """
    if not episode.chapters.is_file():
        return
    findings, source = read_json_chapters(episode)
    yield from findings
    if source is None:
        return
    # The JSON file is the reference; ID3 frames, simple chapters and lines of the notes are
    # compared with it.
    last_ms = source.end_ms if duration_ms is None else duration_ms
    whole = is_divided(item, last_ms)
    chapters = source.chapters
    if whole and len(chapters) < FEWEST:
        yield found("32b", episode.chapters, "", message("there are {count}", count=len(chapters)))
    if not chapters:
        return
    yield from check_chapter_list(source, episode, duration_ms, whole=whole)
    if episode.media.is_file():
        with open_file(episode.media) as file:
            yield from check_frames(read_tag(file.read(1 << 24)), chapters, episode)
    if item is not None:
        yield from check_simple_chapters(item, chapters, episode, publication)
        yield from check_lines(item, chapters, episode, publication)


def is_divided(item: etree._Element | None, lasts_ms: int | None) -> bool:
    """Whether chapters are expected: in an episode, and in a long bonus."""
    kind = None if item is None else text(item, "itunes:episodeType")
    return kind != "trailer" and not (
        kind == "bonus" and lasts_ms is not None and lasts_ms < SHORT_BONUS_MS
    )


def read_json_chapters(episode: PublishedEpisode) -> tuple[list[Finding], ChapterSource | None]:
    """Rule 28: parse the file's chapters, or report why they cannot be read."""
    path = episode.chapters
    try:
        document = plain_from_json(read_file(path))
    except ValueError as error:
        return [found("28", path, "", message("it is not JSON ({error})", error=error))], None
    version = document.get("version") if isinstance(document, dict) else None
    listed = document.get("chapters") if isinstance(document, dict) else None
    if not re.fullmatch(r"1\.2(\.\d+)?", str(version)) or not isinstance(listed, list):
        return [
            found(
                "28",
                path,
                "version",
                message(
                    "its version is {version!r}, not 1.2.0, or it has no list of chapters",
                    version=version,
                ),
            )
        ], None
    for number, chapter in enumerate(listed, start=1):
        wrong = wrong_keys(chapter, {"startTime": (int, float), "title": str})
        if wrong or not chapter["title"].strip():
            return [
                found(
                    "28",
                    path,
                    message("chapter {number}", number=number),
                    message("it has no {missing}", missing=" and no ".join(wrong) or "title"),
                )
            ], None
    chapters = [
        FoundChapter(round(chapter["startTime"] * 1000), chapter["title"]) for chapter in listed
    ]
    end = listed[-1].get("endTime") if listed else None
    questions = frozenset(
        place for place, chapter in enumerate(listed) if isinstance(chapter.get("question"), int)
    )
    return [], ChapterSource(
        chapters, round(end * 1000) if isinstance(end, int | float) else None, questions
    )


def check_chapter_list(
    source: ChapterSource, episode: PublishedEpisode, duration_ms: int | None, *, whole: bool
) -> Iterator[Finding]:
    """Rules 32, 33 and 34 on the JSON file. A greeting before the first question and thanks after
    the last one may be short.

    :param whole: whether short chapters are reported in this episode.
    """
    path, (chapters, end_ms, _) = episode.chapters, source
    if chapters[0].start_ms != 0:
        yield found(
            "32a",
            path,
            message("chapter 1"),
            message("it is at {start_ms} ms", start_ms=chapters[0].start_ms),
        )
    if duration_ms is not None and (end_ms is None or abs(end_ms - duration_ms) > END_TOLERANCE_MS):
        yield found(
            "32d",
            path,
            message("chapter {count}", count=len(chapters)),
            message(
                "it ends at {end_ms} ms, the MP3 at {duration_ms} ms",
                end_ms=end_ms,
                duration_ms=duration_ms,
            ),
        )
    yield from _check_each(
        path, source, duration_ms if end_ms is None else end_ms, may_be_short=not whole
    )


def _check_each(
    path: Path, source: ChapterSource, last_ms: int | None, *, may_be_short: bool
) -> Iterator[Finding]:
    """Each chapter's length and title.

    :param last_ms: where the last one ends.
    """
    chapters = source.chapters
    # A chapter ends where the next one starts; if the end of the last is unknown, it is considered
    # long enough.
    ends = [
        *(chapter.start_ms for chapter in chapters[1:]),
        chapters[-1].start_ms + MIN_DURATION_MS if last_ms is None else last_ms,
    ]
    for number, (chapter, end) in enumerate(zip(chapters, ends, strict=True), start=1):
        place = message("chapter {number} ({title})", number=number, title=chapter.title)
        if end <= chapter.start_ms:
            yield found("32c", path, place, message("it ends before it starts"))
        elif (
            not may_be_short
            and end - chapter.start_ms < MIN_DURATION_MS
            and (1 < number < len(chapters) or number - 1 in source.questions)
        ):
            yield found(
                "34",
                path,
                place,
                message(
                    "it lasts {start_ms:.1f} s, less than {shortest_ms} s",
                    start_ms=(end - chapter.start_ms) / 1000,
                    shortest_ms=MIN_DURATION_MS // 1000,
                ),
            )
        if len(chapter.title) > CHAPTER_TITLE_CHARACTERS:
            yield found(
                "33a",
                path,
                place,
                message(
                    "its title has {count} characters, more than {title_characters}",
                    count=len(chapter.title),
                    title_characters=CHAPTER_TITLE_CHARACTERS,
                ),
            )
        if any(is_emoji(character) for character in chapter.title) or re.search(
            r"</?[A-Za-z][^>]*>|&[a-z]+;|&#\d+;", chapter.title
        ):
            yield found("33b", path, place, message("its title has an emoji or HTML"))


def may_be_missing(chapters: list[FoundChapter]) -> bool:
    """Whether other formats may omit the chapters: a single chapter is useless."""
    return len(chapters) < FEWEST_CHAPTERS


def is_emoji(character: str) -> bool:
    """Whether a character is an emoji, or turns the preceding one into an emoji."""
    return (
        unicodedata.category(character) == "So" and ord(character) > 0x2100
    ) or character in "\ufe0f\u200d\u20e3"


def check_frames(
    tag: Id3Tag, chapters: list[FoundChapter], episode: PublishedEpisode
) -> Iterator[Finding]:
    """Rules 30a and 30b."""
    path, frames = episode.media, tag.chapters
    if may_be_missing(chapters) and not frames and not tag.contents:
        return
    if [FoundChapter(one.start_ms, one.title or "") for one in frames] != chapters:
        yield found(
            "30a",
            path,
            "CHAP",
            difference([FoundChapter(one.start_ms, one.title or "") for one in frames], chapters),
        )
    # Byte offsets become invalid when files are tagged again; in the addendum, 0xFFFFFFFF means
    # “use the times”.
    ids = [one.id for one in frames]
    wrong = [
        one
        for one in frames
        if (one.start_offset, one.end_offset) != (NO_OFFSET, NO_OFFSET)
        or one.end_ms <= one.start_ms
    ]
    if wrong or len(set(ids)) < len(ids):
        yield found(
            "30a",
            path,
            "CHAP",
            message("a chapter has byte offsets, ends before it starts, or has the id of another"),
        )
    contents = tag.contents
    if (
        len(contents) != 1
        or not contents[0].top_level
        or not contents[0].ordered
        or list(contents[0].children) != ids
    ):
        yield found(
            "30b",
            path,
            "CTOC",
            message(
                "there are {count}, or it is not top-level and ordered, or misses a chapter",
                count=len(contents),
            ),
        )


def check_simple_chapters(
    item: etree._Element,
    chapters: list[FoundChapter],
    episode: PublishedEpisode,
    publication: Publication,
) -> Iterator[Finding]:
    """Rule 29."""
    simple = []
    for chapter in item.findall("psc:chapters/psc:chapter", NAMESPACES):
        time = PSC_TIME.fullmatch(chapter.get("start") or "")
        hours, minutes, seconds, milliseconds = map(int, time.groups()) if time else (0, 0, 0, -1)
        simple.append(
            FoundChapter(
                ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds,
                chapter.get("title") or "",
            )
        )
    if simple != chapters and (simple or not may_be_missing(chapters)):
        yield found(
            "29",
            publication.feed,
            message("psc:chapters of {slug}", slug=episode.slug),
            difference(simple, chapters),
        )


def check_lines(
    item: etree._Element,
    chapters: list[FoundChapter],
    episode: PublishedEpisode,
    publication: Publication,
) -> Iterator[Finding]:
    """Rule 31. Lines have whole seconds, rounded down."""
    lines = [
        match
        for line in (text(item, "description") or "").splitlines()
        if (match := LINE.fullmatch(line.strip()))
    ]
    found_chapters = [
        FoundChapter(((int(line[1] or 0) * 60 + int(line[2])) * 60 + int(line[3])) * 1000, line[4])
        for line in lines
    ]
    whole = [FoundChapter(chapter.start_ms // 1000 * 1000, chapter.title) for chapter in chapters]
    if found_chapters != whole and (found_chapters or not may_be_missing(chapters)):
        yield found(
            "31",
            publication.feed,
            message("description of {slug}", slug=episode.slug),
            difference(found_chapters, whole),
        )


def difference(carried: list[FoundChapter], source: list[FoundChapter]) -> str:
    """The first difference from chapters.json, as a sentence."""
    if len(carried) != len(source):
        return message(
            "there are {count} chapters, chapters.json has {count2}",
            count=len(carried),
            count2=len(source),
        )
    number, (one, other) = next(
        (n, pair)
        for n, pair in enumerate(zip(carried, source, strict=True), start=1)
        if pair[0] != pair[1]
    )
    return message(
        "chapter {number} is “{title}” at {start_ms} ms, in chapters.json “{title2}” "
        "at {start_ms2} ms",
        number=number,
        title=one.title,
        start_ms=one.start_ms,
        title2=other.title,
        start_ms2=other.start_ms,
    )
