"""An MP3's ID3v2.3 tag, parsed byte by byte, independently of the writer, as a strict player
would.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

HEADER_BYTES = 10
ENCODINGS = ("latin-1", "utf-16", "utf-16-be", "utf-8")


class Frame(NamedTuple):
    """One frame: its id and its content."""

    id: str
    body: bytes


class ChapterFrame(NamedTuple):
    """CHAP. ``start_offset`` and ``end_offset`` are FFFFFFFF if the times apply."""

    id: bytes
    start_ms: int
    end_ms: int
    start_offset: int
    end_offset: int
    title: str | None


class ContentsFrame(NamedTuple):
    """CTOC."""

    top_level: bool
    ordered: bool
    children: tuple[bytes, ...]


class Id3Tag(NamedTuple):
    """The tag before the audio. ``version`` is 3 for ID3v2.3, 0 without a tag."""

    version: int
    frames: tuple[Frame, ...]

    @property
    def ids(self) -> set[str]:
        """The ids of all frames."""
        return {frame.id for frame in self.frames}

    @property
    def chapters(self) -> tuple[ChapterFrame, ...]:
        """The chapters in the tag's order."""
        return tuple(chapter_from_body(frame.body) for frame in self.frames if frame.id == "CHAP")

    @property
    def contents(self) -> tuple[ContentsFrame, ...]:
        """The tables of contents."""
        return tuple(contents_from_body(frame.body) for frame in self.frames if frame.id == "CTOC")


def read_tag(content: bytes) -> Id3Tag:
    """Read the tag at the start of a file. A truncated tag is read as far as it goes."""
    if content[:3] != b"ID3" or len(content) < HEADER_BYTES:
        return Id3Tag(0, ())
    size = 0
    for byte in content[6:HEADER_BYTES]:
        size = size << 7 | byte & 0x7F
    return Id3Tag(content[3], tuple(frames_of(content[HEADER_BYTES : HEADER_BYTES + size])))


def frames_of(content: bytes) -> list[Frame]:
    """The consecutive frames, up to the padding."""
    frames = []
    place = 0
    while place + HEADER_BYTES <= len(content) and content[place]:
        (length,) = struct.unpack_from(">I", content, place + 4)
        body = content[place + HEADER_BYTES : place + HEADER_BYTES + length]
        frames.append(Frame(content[place : place + 4].decode("latin-1"), body))
        place += HEADER_BYTES + length
    return frames


def text_from_body(body: bytes) -> str:
    """The text of a frame whose name begins with T."""
    encoding = ENCODINGS[body[0]] if body and body[0] < len(ENCODINGS) else "latin-1"
    return body[1:].decode(encoding, errors="replace").rstrip("\0")


def chapter_from_body(body: bytes) -> ChapterFrame:
    """Read a CHAP frame; missing fields at its end are zero."""
    name, _, rest = body.partition(b"\0")
    start_ms, end_ms, start_offset, end_offset = struct.unpack(">4I", rest[:16].ljust(16, b"\0"))
    titles = [text_from_body(frame.body) for frame in frames_of(rest[16:]) if frame.id == "TIT2"]
    return ChapterFrame(
        name, start_ms, end_ms, start_offset, end_offset, titles[0] if titles else None
    )


def contents_from_body(body: bytes) -> ContentsFrame:
    """Read a CTOC frame."""
    _, _, rest = body.partition(b"\0")
    flags, count = (rest[0], rest[1]) if len(rest) > 1 else (0, 0)
    return ContentsFrame(bool(flags & 2), bool(flags & 1), tuple(rest[2:].split(b"\0")[:count]))
