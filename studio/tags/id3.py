"""The tag of a finished episode: one table of fields and frames, and ID3v2.3, written before the
audio frames and read back for verification.

Together with :mod:`studio.tags.vorbis` (Ogg) and :mod:`studio.tags.mp4` (MP4), which take their
names from the same table, this is the adapter of mutagen.

Current players support version 2.3 best; in 2.4, long chapter titles hide all chapters in some.
Non-ASCII texts are UTF-16, the only Unicode encoding of 2.3. Audio frames are copied unchanged:
changing a title does not cause another encoding.
"""

from __future__ import annotations

import datetime
import hashlib
import io
import re
import struct
import urllib.parse
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from mutagen import MutagenError
from mutagen.id3 import (
    APIC,
    CHAP,
    COMM,
    CTOC,
    ID3,
    SYLT,
    TALB,
    TCON,
    TDAT,
    TIT2,
    TLAN,
    TLEN,
    TPE1,
    TRCK,
    TYER,
    USLT,
    WXXX,
    CTOCFlags,
    Encoding,
    Frame,
    ID3NoHeaderError,
    PictureType,
)

from studio.errors import DiskError, WorkspaceError
from studio.file_access import open_file
from studio.messages.message import message
from studio.model.record import Record, replace_fields
from studio.model.sound import Enclosure
from studio.sound.frames import ID3V2_HEADER_BYTES, audio_extent
from studio.temporary_folder import own_name

NO_OFFSET = 0xFFFFFFFF
# SYLT's time unit and content type.
MILLISECONDS, TRANSCRIPTION = 2, 2
CONTENTS_ID = "toc"
LANGUAGE = "fra"
UNKNOWN_LANGUAGE = "XXX"
_COPY_BYTES = 1 << 20
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class TagChapter(Record, frozen=True):
    """One chapter in the tag, on the programme clock.

    :param id: short, ASCII, unique in its tag.
    :param url: a page about it; empty for none.
    :param picture_jpeg: shown instead of the cover during the chapter; empty for the cover.
    """

    id: str
    start_ms: int
    end_ms: int
    title: str
    url: str = ""
    picture_jpeg: bytes = b""


class TagSheet(Record, frozen=True):
    """The content of an episode's tag. Empty or None fields get no frame.

    :param artist: the artist as shown beside the title by apps.
    :param album: the show's title.
    :param language: ISO 639-2, three letters.
    :param description: a few sentences, no markup.
    :param lyrics: the transcript as plain text.
    :param lines: the transcript with times: for each line its start on the programme clock,
        ascending, and its text.
    :param link: the episode's page.
    :param cover_jpeg: the cover's bytes.
    :param duration_ms: how long the episode lasts.
    :param chapters: ascending in time.
    """

    title: str
    artist: str = ""
    album: str = ""
    track: int | None = None
    date: datetime.date | None = None
    genre: str = "Podcast"
    language: str = LANGUAGE
    description: str = ""
    lyrics: str = ""
    lines: tuple[tuple[int, str], ...] = ()
    link: str = ""
    cover_jpeg: bytes = b""
    duration_ms: int | None = None
    chapters: tuple[TagChapter, ...] = ()


def write_id3_tags(source: Path, target: Path, sheet: TagSheet) -> None:
    """Copy the audio frames of ``source`` to ``target``, with this tag before and nothing after
    them, and verify by reading it back.

    Control characters are removed from texts, and URLs are written in ASCII.

    :param source: an MP3; an existing tag is dropped.
    :param target: overwritten if it exists: pass a temporary name.
    :raises WorkspaceError:
        two chapters have the same id, they do not ascend, or one has no title.
    :raises DiskError: the target cannot be written, or does not read back identically.
    """
    wanted = writable_sheet(sheet, target)
    extent = audio_extent(source)
    digest = hashlib.sha256()
    try:
        with open_file(source) as sound, target.open("wb") as file:
            file.write(_tag_bytes(wanted))
            sound.seek(extent.start)
            for piece in _pieces(sound, len(extent)):
                file.write(piece)
                digest.update(piece)
    except OSError as error:
        raise DiskError(
            own_name(target),
            message("cannot be written ({reason})", reason=error.strerror),
            message("Make room, or check that the folder may be written to."),
        ) from None
    tag = _read(target)  # only once: mutagen decodes hours of text letter by letter
    if (
        _sheet_from_tag(tag) != wanted
        or _faults_of_chapters(tag)
        or audio_sha256(target) != digest.hexdigest()
    ):
        raise not_read_back(target)


def not_read_back(target: Path) -> DiskError:
    """The error for a tag that does not read back identically."""
    return DiskError(
        target,
        message("does not read back as it was written"),
        message("Check the disk, then run the same command again."),
    )


def not_written(target: Path, error: Exception) -> DiskError:
    """The error for a file that mutagen could not write."""
    return DiskError(
        target,
        message("cannot be written ({error})", error=error),
        message("Make room, or check that the folder may be written to."),
    )


def _sheet_from_tag(tag: ID3) -> TagSheet:
    fields = {
        field.name: field.value(frames)
        for field in FIELDS
        if (frames := _frames_of(tag, *field.frame_ids))
    }
    chapters = tuple(
        TagChapter(
            id=frame.element_id,
            start_ms=frame.start_time,
            end_ms=frame.end_time,
            title=_first(_frames_of(frame.sub_frames, "TIT2")),
            url=_url(_frames_of(frame.sub_frames, "WXXX")),
            picture_jpeg=_picture(_frames_of(frame.sub_frames, "APIC")),
        )
        for frame in _frames_of(tag, "CHAP")
    )
    return TagSheet(**{"title": "", "genre": "", "language": "", **fields}, chapters=chapters)


def _faults_of_chapters(tag: ID3) -> list[str]:
    """The errors in the chapters' frames, one sentence each.

    Players need them in order of time, each with a title and without byte offsets, and one ordered
    top-level table of contents that lists all.
    """
    chapters = _frames_of(tag, "CHAP")
    tables = _frames_of(tag, "CTOC")
    faults: list[str] = []
    if [frame.start_time for frame in chapters] != sorted(frame.start_time for frame in chapters):
        faults.append(message("the chapters are not in order of time"))
    faults += [
        message("the chapter {element_id} has no title", element_id=frame.element_id)
        for frame in chapters
        if not _first(_frames_of(frame.sub_frames, "TIT2"))
    ]
    faults += [
        message("the chapter {element_id} has byte offsets", element_id=frame.element_id)
        for frame in chapters
        if (frame.start_offset, frame.end_offset) != (NO_OFFSET, NO_OFFSET)
    ]
    if bool(chapters) != (len(tables) == 1):
        faults.append(message("there are {count} tables of contents", count=len(tables)))
    for table in tables:
        if table.flags != CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED:
            faults.append(message("the table of contents is not top-level and ordered"))
        if table.child_element_ids != [frame.element_id for frame in chapters]:
            faults.append(
                message("the table of contents does not name the chapters in their order")
            )
    return faults


def audio_sha256(path: Path) -> str:
    """The hash of the audio frames alone, unaffected by tags."""
    extent = audio_extent(path)
    digest = hashlib.sha256()
    with open_file(path) as file:
        file.seek(extent.start)
        for piece in _pieces(file, len(extent)):
            digest.update(piece)
    return digest.hexdigest()


def enclosure_from_mp3(path: Path, *, file: str, duration_ms: int) -> Enclosure:
    """The properties of the MP3 for the feed.

    :param path: the current path of the finished MP3.
    :param file: its final name.
    :param duration_ms: how long the episode lasts.
    """
    with open_file(path) as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    return Enclosure(
        file=file,
        type="audio/mpeg",
        length_bytes=path.stat().st_size,
        duration_ms=duration_ms,
        sha256=sha256,
        audio_sha256=audio_sha256(path),
    )


class Field(NamedTuple):
    """The mapping of one field of the sheet to frames and back, and its names in the other
    containers.

    :param comment: its name as a Vorbis comment; empty if it has none.
    :param atom: its name as an MP4 atom; empty if it has none.
    :param parse: parses its value from the text of comment or atom.
    :param large: whether it comes after the chapters: on slow connections, players should receive
        the picture last.
    """

    name: str
    frame_ids: tuple[str, ...]
    frames: Callable[[Any, TagSheet], list[Frame]]
    value: Callable[[list[Any]], Any]
    comment: str = ""
    atom: str = ""
    parse: Callable[[str], Any] = str
    large: bool = False


def _encoding(text: str) -> int:
    return Encoding.LATIN1 if text.isascii() else Encoding.UTF16


def _first(frames: list[Any]) -> str:
    """The text of the first frame."""
    return str(frames[0].text[0]) if frames and frames[0].text else ""


def _url(frames: list[Any]) -> str:
    return str(frames[0].url) if frames else ""


def _picture(frames: list[Any]) -> bytes:
    return bytes(frames[0].data) if frames else b""


def text_field(name: str, kind: type[Frame], comment: str, atom: str) -> Field:
    """A field of a single line of text in every container."""
    return Field(
        name,
        (kind.__name__,),
        lambda text, _: [kind(encoding=_encoding(text), text=[text])],
        _first,
        comment,
        atom,
    )


def _date_frames(date: datetime.date, _: TagSheet) -> list[Frame]:
    return [
        TYER(encoding=Encoding.LATIN1, text=[f"{date:%Y}"]),
        TDAT(encoding=Encoding.LATIN1, text=[f"{date:%d%m}"]),
    ]


def _date_from_frames(frames: list[Any]) -> datetime.date | None:
    year, day_month = (str(frame.text[0]) for frame in frames) if len(frames) == 2 else ("", "")
    try:
        return datetime.date(int(year), int(day_month[2:]), int(day_month[:2]))
    except ValueError:
        return None


def _comment_frames(text: str, sheet: TagSheet) -> list[Frame]:
    return [
        COMM(
            encoding=_encoding(text), lang=sheet.language or UNKNOWN_LANGUAGE, desc="", text=[text]
        )
    ]


def _lyrics_frames(text: str, sheet: TagSheet) -> list[Frame]:
    return [
        USLT(encoding=_encoding(text), lang=sheet.language or UNKNOWN_LANGUAGE, desc="", text=text)
    ]


def _line_frames(lines: tuple[tuple[int, str], ...], sheet: TagSheet) -> list[Frame]:
    encoding = max((_encoding(text) for _, text in lines), default=Encoding.LATIN1)
    timed = [(text, start_ms) for start_ms, text in lines]
    return [
        SYLT(
            encoding=encoding,
            lang=sheet.language or UNKNOWN_LANGUAGE,
            format=MILLISECONDS,
            type=TRANSCRIPTION,
            desc="",
            text=timed,
        )
    ]


def _cover_frames(picture: bytes, _: TagSheet) -> list[Frame]:
    return [_jpeg_frame(picture, PictureType.COVER_FRONT)]


def _jpeg_frame(picture: bytes, kind: int) -> Frame:
    return APIC(encoding=Encoding.LATIN1, mime="image/jpeg", type=kind, desc="", data=picture)


def _link_frames(url: str, _: TagSheet | None = None) -> list[Frame]:
    return [WXXX(encoding=Encoding.LATIN1, desc="", url=url)]


def _chapter_frames(sheet: TagSheet) -> Iterator[Frame]:
    if sheet.chapters:
        ids = [chapter.id for chapter in sheet.chapters]
        yield CTOC(
            element_id=CONTENTS_ID,
            flags=CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED,
            child_element_ids=ids,
            sub_frames=[],
        )
    for chapter in sheet.chapters:
        parts: list[Frame] = [TIT2(encoding=_encoding(chapter.title), text=[chapter.title])]
        if chapter.url:
            parts += _link_frames(chapter.url)
        if chapter.picture_jpeg:
            parts.append(_jpeg_frame(chapter.picture_jpeg, PictureType.OTHER))
        yield CHAP(
            element_id=chapter.id,
            start_time=chapter.start_ms,
            end_time=chapter.end_ms,
            start_offset=NO_OFFSET,
            end_offset=NO_OFFSET,
            sub_frames=parts,
        )


FIELDS: tuple[Field, ...] = (
    text_field("title", TIT2, "TITLE", "©nam"),
    text_field("artist", TPE1, "ARTIST", "©ART"),
    text_field("album", TALB, "ALBUM", "©alb"),
    Field(
        "track",
        ("TRCK",),
        lambda number, _: [TRCK(encoding=Encoding.LATIN1, text=[str(number)])],
        lambda frames: int(_first(frames).split("/")[0]),
        "TRACKNUMBER",
        "trkn",
        int,
    ),
    Field(
        "date",
        ("TYER", "TDAT"),
        _date_frames,
        _date_from_frames,
        "DATE",
        "©day",
        datetime.date.fromisoformat,
    ),
    text_field("genre", TCON, "GENRE", "©gen"),
    text_field("language", TLAN, "LANGUAGE", "----:com.apple.iTunes:LANGUAGE"),
    Field(
        "duration_ms",
        ("TLEN",),
        lambda duration_ms, _: [TLEN(encoding=Encoding.LATIN1, text=[str(duration_ms)])],
        lambda frames: int(_first(frames)),
    ),
    Field("link", ("WXXX",), _link_frames, _url, "URL", "----:com.apple.iTunes:WWW"),
    Field("description", ("COMM",), _comment_frames, _first, "DESCRIPTION", "ldes"),
    Field(
        "lyrics",
        ("USLT",),
        _lyrics_frames,
        lambda frames: str(frames[0].text),
        "LYRICS",
        "©lyr",
        large=True,
    ),
    Field(
        "lines",
        ("SYLT",),
        _line_frames,
        lambda frames: tuple((start_ms, text) for text, start_ms in frames[0].text),
        large=True,
    ),
    Field(
        "cover_jpeg",
        ("APIC",),
        _cover_frames,
        _picture,
        "METADATA_BLOCK_PICTURE",
        "covr",
        large=True,
    ),
)
"""Every field, in the order in which its frames stand in the tag."""


def _frame_order() -> list[str]:
    small = [frame for field in FIELDS if not field.large for frame in field.frame_ids]
    large = [frame for field in FIELDS if field.large for frame in field.frame_ids]
    return [*small, "CTOC", "CHAP", *large]


def _tag_bytes(sheet: TagSheet) -> bytes:
    """The whole tag. mutagen orders chapter frames by size; players show them in file order, so
    they are sorted by time.
    """
    tag = ID3()
    for field in FIELDS:
        if value := getattr(sheet, field.name):
            for frame in field.frames(value, sheet):
                tag.add(frame)
    for frame in _chapter_frames(sheet):
        tag.add(frame)
    buffer = io.BytesIO()
    tag.save(buffer, v1=0, v2_version=3, padding=lambda _: 0)
    content = buffer.getvalue()
    order = _frame_order()
    frames = sorted(_frames_in(content), key=lambda frame: _place(frame, order))
    return content[:ID3V2_HEADER_BYTES] + b"".join(frames)


def _frames_in(tag: bytes) -> list[bytes]:
    """The frames of an ID3v2.3 tag, each with its ten-byte header."""
    frames = []
    place = ID3V2_HEADER_BYTES
    while place < len(tag):
        (length,) = struct.unpack_from(">I", tag, place + 4)
        end = place + ID3V2_HEADER_BYTES + length
        frames.append(tag[place:end])
        place = end
    return frames


def _place(frame: bytes, order: list[str]) -> tuple[int, bytes]:
    """A frame's sort key: chapters by their start."""
    name, body = frame[:4].decode("ascii"), frame[ID3V2_HEADER_BYTES:]
    return order.index(name), body[body.index(0) + 1 :][:4] if name == "CHAP" else b""


def _read(path: Path) -> ID3:
    try:
        tag = ID3(path, translate=False, load_v1=False)
    except (ID3NoHeaderError, MutagenError) as error:
        raise WorkspaceError(
            path,
            message("has no readable ID3 tag ({error})", error=error),
            message("Delete it and run `studio run`."),
        ) from None
    if tag.version[:2] != (2, 3):
        raise WorkspaceError(
            path,
            message("has a tag of ID3v2.{version}, not 2.3", version=tag.version[1]),
            message("Delete it and run `studio run`."),
        )
    return tag


def _frames_of(tag: Any, *frame_ids: str) -> list[Any]:
    """All frames with these ids, in file order."""
    return [frame for frame_id in frame_ids for frame in tag.getall(frame_id)]


def writable_sheet(sheet: TagSheet, target: Path, *, most_chapters: int | None = None) -> TagSheet:
    """The sheet without characters that no container can store.

    :param target: the file to name in an error.
    :param most_chapters: the maximum number that the container can store; None: unlimited.
    :raises WorkspaceError: two chapters have the same id, they do not ascend, one has no title, or
        there are too many.
    """
    if most_chapters is not None and len(sheet.chapters) > most_chapters:
        raise WorkspaceError(
            target,
            message("would get {count} chapters", count=len(sheet.chapters)),
            message("Make {most_chapters} at most.", most_chapters=most_chapters),
        )
    fields = {field.name: getattr(sheet, field.name) for field in FIELDS}
    texts: dict[str, Any] = {
        name: _CONTROLS.sub("", value) for name, value in fields.items() if isinstance(value, str)
    }
    texts["lines"] = tuple(
        (start_ms, text) for start_ms, line in sheet.lines if (text := _CONTROLS.sub("", line))
    )
    chapters = tuple(
        replace_fields(chapter, title=_CONTROLS.sub("", chapter.title), url=_ascii_url(chapter.url))
        for chapter in sheet.chapters
    )
    wanted = replace_fields(sheet, **{**texts, "link": _ascii_url(sheet.link)}, chapters=chapters)
    starts = [chapter.start_ms for chapter in wanted.chapters]
    if starts != sorted(set(starts)) or len({chapter.id for chapter in wanted.chapters}) < len(
        starts
    ):
        raise WorkspaceError(
            target,
            message("would get chapters that do not ascend, or two with one id"),
            message("Fix the episode's chapters.json."),
        )
    if not all(chapter.title.strip() for chapter in wanted.chapters):
        raise WorkspaceError(
            target,
            message("would get a chapter without a title"),
            message("Fix the episode's chapters.json."),
        )
    return wanted


def without_fields(sheet: TagSheet, fields: Iterable[Field]) -> TagSheet:
    """The sheet without fields that a container does not support."""
    empty = TagSheet(title="")
    return replace_fields(sheet, **{field.name: getattr(empty, field.name) for field in fields})


def _ascii_url(url: str) -> str:
    """The URL with non-ASCII characters percent-encoded."""
    return "".join(
        character if character.isascii() else urllib.parse.quote(character) for character in url
    )


def _pieces(file: IO[bytes], length: int) -> Iterator[bytes]:
    """The next ``length`` bytes, a megabyte at a time."""
    while length > 0 and (piece := file.read(min(length, _COPY_BYTES))):
        length -= len(piece)
        yield piece
