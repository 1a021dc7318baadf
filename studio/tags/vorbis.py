"""The tag of an Ogg Opus: Vorbis comments, chapters included, under the names in the table of
:mod:`studio.tags.id3`.
"""

from __future__ import annotations

import base64
import re
import shutil
from pathlib import Path
from typing import Any

from mutagen import MutagenError
from mutagen.flac import Picture
from mutagen.id3 import PictureType
from mutagen.oggopus import OggOpus

from studio.artwork.cover import read_picture
from studio.errors import WorkspaceError
from studio.messages.message import message
from studio.model.record import replace_fields
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
from studio.text.typography import timestamp_from_ms

# The most chapters that three digits can number.
MAX_CHAPTERS = 1000
_PICTURE = "METADATA_BLOCK_PICTURE"


def write_vorbis_tags(source: Path, target: Path, sheet: TagSheet) -> None:
    """Copy an Ogg Opus, with its tag replaced by this one, and verify by reading it back. The audio
    is copied unchanged.

    :param target: overwritten if it exists: pass a temporary name.
    :raises WorkspaceError: the chapters cannot be stored.
    :raises DiskError: the target cannot be written, or does not read back identically.
    """
    wanted = writable_sheet(sheet, target, most_chapters=MAX_CHAPTERS)
    try:
        shutil.copyfile(source, target)
        file = OggOpus(target)
        file.delete()
        for field in FIELDS:
            if field.comment and (value := getattr(wanted, field.name)):
                file[field.comment] = [_text(field, value)]
        for number, chapter in enumerate(wanted.chapters):
            file[f"CHAPTER{number:03}"] = [timestamp_from_ms(chapter.start_ms)]
            file[f"CHAPTER{number:03}NAME"] = [chapter.title]
            if chapter.url:
                file[f"CHAPTER{number:03}URL"] = [chapter.url]
        file.save(padding=lambda _: 0)
    except (OSError, MutagenError) as error:
        raise not_written(target, error) from None
    if read_vorbis_tags(target) != vorbis_sheet(wanted):
        raise not_read_back(target)


def read_vorbis_tags(path: Path) -> TagSheet:
    """Read the tag of the file. Ends of chapters are not stored: each lasts to the next one.

    :raises WorkspaceError: it is not an Ogg Opus file.
    """
    try:
        file = OggOpus(path)
    except MutagenError as error:
        raise WorkspaceError(
            path,
            message("is not a readable Ogg Opus file ({error})", error=error),
            message("Delete it and run `studio run`."),
        ) from None
    found: dict[str, Any] = {
        field.name: _value(field, file[field.comment][0])
        for field in FIELDS
        if field.comment and field.comment in file
    }
    chapters = []
    for number in range(MAX_CHAPTERS):
        key = f"CHAPTER{number:03}"
        if key not in file:
            break
        url = file[f"{key}URL"][0] if f"{key}URL" in file else ""
        start_ms = _ms(file[key][0])
        chapters.append(
            TagChapter(
                id="", start_ms=start_ms, end_ms=start_ms, title=file[f"{key}NAME"][0], url=url
            )
        )
    return TagSheet(**{"title": "", "genre": "", "language": "", **found}, chapters=tuple(chapters))


def vorbis_sheet(sheet: TagSheet) -> TagSheet:
    """The part of a sheet that Vorbis comments can store: no timed lines; only starts, titles and
    links of chapters.
    """
    chapters = (
        replace_fields(chapter, id="", end_ms=chapter.start_ms, picture_jpeg=b"")
        for chapter in sheet.chapters
    )
    kept = without_fields(sheet, (field for field in FIELDS if not field.comment))
    return replace_fields(kept, chapters=tuple(chapters))


def _text(field: Field, value: Any) -> str:
    if field.comment != _PICTURE:
        return str(value)
    picture = Picture()
    picture.type, picture.mime, picture.data = PictureType.COVER_FRONT, "image/jpeg", value
    # Players select pictures by size, and some ignore one of 0 × 0 pixels. JPEG: 8 bits per
    # channel.
    facts = read_picture(value, "cover")
    picture.width, picture.height, picture.depth = facts.width, facts.height, 24
    return base64.b64encode(picture.write()).decode("ascii")


def _value(field: Field, text: str) -> Any:
    if field.comment == _PICTURE:
        return bytes(Picture(base64.b64decode(text)).data)
    return field.parse(text)


def _ms(stamp: str) -> int:
    hours, minutes, seconds, milliseconds = map(int, re.split("[:.]", stamp))
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds
