"""The tag of an M4A: MP4 atoms under the names in the table of :mod:`studio.tags.id3`, and chapters
in both of MP4's formats.

ffmpeg writes the chapters as a text track (QuickTime, Apple) and as a list (Nero, most others), and
copies the audio unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mutagen import MutagenError
from mutagen.mp4 import MP4, AtomDataType, MP4Cover, MP4FreeForm, MP4Tags

from studio.errors import WorkspaceError
from studio.messages.message import message
from studio.model.record import replace_fields
from studio.sound.ffmpeg import Child, input_arguments, url_from_path, write_error
from studio.tags.id3 import (
    FIELDS,
    Field,
    TagChapter,
    TagSheet,
    not_read_back,
    not_written,
    without_fields,
    writable_sheet,
)
from studio.tags.mp4_chunks import separate_chapter_titles

# The list has one byte for the number of chapters, and one for the length of a title.
MAX_CHAPTERS, TITLE_BYTES = 255, 255
_PODCAST = "pcst"
# Atoms without text.
_TRACK, _COVER, _FREE_FORM = "trkn", "covr", "----"


def write_mp4_tags(source: Path, target: Path, sheet: TagSheet) -> None:
    """Copy an M4A, with its chapters and tag replaced by these, and verify by reading them back.
    The audio is copied unchanged.

    :param target: overwritten if it exists: pass a temporary name.
    :raises WorkspaceError: the chapters cannot be stored.
    :raises DiskError: the target cannot be written, or does not read back identically.
    """
    wanted = writable_sheet(sheet, target, most_chapters=MAX_CHAPTERS)
    copy = [
        "-map",
        "0:a",
        "-c",
        "copy",
        "-map_metadata",
        "1",
        "-map_chapters",
        "1",
        "-movflags",
        "+faststart",
        "-bitexact",
        "-f",
        "ipod",
    ]
    inputs = [*input_arguments(source), "-f", "ffmetadata", "-i", "pipe:0"]
    with Child([*inputs, *copy, "-y", url_from_path(target)], fed=True) as child:
        child.write("\n".join([";FFMETADATA1", *_chapter_lines(wanted)]).encode())
        succeeded, log = child.finish()
    if not succeeded:
        raise write_error(target, log)
    try:
        separate_chapter_titles(target)
        atoms: Any = MP4Tags()
        for field in FIELDS:
            if field.atom and (value := getattr(wanted, field.name)):
                atoms[field.atom] = _atom(field, value)
        atoms[_PODCAST] = True
        atoms.save(target, padding=lambda _: 0)
    except (OSError, MutagenError) as error:
        raise not_written(target, error) from None
    if read_mp4_tags(target) != mp4_sheet(wanted):
        raise not_read_back(target)


def read_mp4_tags(path: Path) -> TagSheet:
    """Read the tag and the list of chapters of the file. Ends of chapters are not stored: each
    lasts to the next one.

    :raises WorkspaceError: it is not an MP4.
    """
    try:
        file = MP4(path)
    except MutagenError as error:
        raise WorkspaceError(
            path,
            message("is not a readable MP4 file ({error})", error=error),
            message("Delete it and run `studio run`."),
        ) from None
    atoms: Any = file.tags or {}
    found: dict[str, Any] = {
        field.name: _value(field, atoms[field.atom][0]) for field in FIELDS if field.atom in atoms
    }
    chapters = tuple(
        TagChapter(
            id="",
            start_ms=round(chapter.start * 1000),
            end_ms=round(chapter.start * 1000),
            title=chapter.title,
        )
        for chapter in file.chapters or ()
    )
    return TagSheet(**{"title": "", "genre": "", "language": "", **found}, chapters=chapters)


def mp4_sheet(sheet: TagSheet) -> TagSheet:
    """The part of a sheet that an M4A can store: no timed lines; only starts and titles of
    chapters.
    """
    chapters = (
        replace_fields(
            chapter,
            id="",
            end_ms=chapter.start_ms,
            url="",
            picture_jpeg=b"",
            title=_chapter_title(chapter.title),
        )
        for chapter in sheet.chapters
    )
    kept = without_fields(sheet, (field for field in FIELDS if not field.atom))
    return replace_fields(kept, chapters=tuple(chapters))


def _chapter_lines(sheet: TagSheet) -> Iterator[str]:
    """The chapters in ffmpeg's metadata format."""
    for chapter in sheet.chapters:
        yield from (
            "[CHAPTER]",
            "TIMEBASE=1/1000",
            f"START={chapter.start_ms}",
            f"END={chapter.end_ms}",
        )
        yield "title=" + re.sub(r"([=;#\\])", r"\\\1", _chapter_title(chapter.title))


def _chapter_title(title: str) -> str:
    """The title on one line, shortened to the list's limit.

    ffmpeg joins lines after a backslash, even an escaped one; a space after it avoids that.
    """
    line = re.sub(r"[\r\n]", " ", title).encode()[: TITLE_BYTES - 1].decode("utf-8", "ignore")
    return f"{line} " if line.endswith("\\") else line


def _atom(field: Field, value: Any) -> list[Any]:
    if field.atom == _TRACK:
        return [(value, 0)]
    if field.atom == _COVER:
        return [MP4Cover(value, MP4Cover.FORMAT_JPEG)]
    text = str(value)
    if field.atom.startswith(_FREE_FORM):
        return [MP4FreeForm(text.encode(), AtomDataType.UTF8)]
    return [text]


def _value(field: Field, value: Any) -> Any:
    if field.atom == _TRACK:
        return int(value[0])
    if field.atom == _COVER:
        return bytes(value)
    return field.parse(value.decode() if isinstance(value, bytes) else str(value))
