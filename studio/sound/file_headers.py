"""Compare the sizes declared in headers with the file size: an interrupted copy declares more.

ffmpeg does not report a missing end of CAF, W64, DSF and WMA; for an MP4 with a truncated index,
its message is misleading.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from studio.file_access import open_file

_LARGEST = 1 << 62  # larger values indicate a damaged header


def missing_share(path: Path) -> float:
    """The missing share of a file's audio, by its header; 0 if unknown, or for other formats."""
    try:
        size = path.stat().st_size
        with open_file(path) as file:
            read = _READERS.get(file.read(4))
            sound = None if read is None else read(file)
    except (OSError, struct.error, OverflowError, ValueError):
        return 0.0  # the decoder reports why it cannot be read
    if sound is None:
        return 0.0
    start, length = sound
    if not (0 < length < _LARGEST and 0 <= start < size):
        return 0.0
    return max(0.0, 1 - (size - start) / length)


def is_index_cut(path: Path) -> bool:
    """Whether an MP4 or QuickTime file ends inside its « moov » box, without which it cannot be
    read (ISO/IEC 14496-12).
    """
    try:
        size = path.stat().st_size
        with open_file(path) as file:
            place = 0
            while len(head := file.read(8)) == 8:
                length, name = struct.unpack(">I4s", head)
                if length == 1:
                    (length,) = struct.unpack(">Q", file.read(8))
                if name == b"moov":
                    return bool(place + length > size)
                if length < 8 or not (place or name == b"ftyp"):
                    return False
                place += length
                file.seek(place)
    except (OSError, struct.error, OverflowError):
        pass
    return False


def _caf(file: BinaryIO) -> tuple[int, int] | None:
    """Core Audio Format 1.0: start and size of its audio; −1 means up to the end of the file."""
    file.seek(8)
    while len(head := file.read(12)) == 12:
        name, length = struct.unpack(">4sq", head)
        if name == b"data" or length < 0:
            return file.tell(), length
        file.seek(length, 1)
    return None


def _w64(file: BinaryIO) -> tuple[int, int] | None:
    """Sony's Wave64: the size of a chunk includes its 24-byte header."""
    file.seek(40)
    while len(head := file.read(24)) == 24:
        name, length = struct.unpack("<4s12xQ", head)
        if length < 24:
            return None
        if name == b"data":
            return file.tell(), length - 24
        file.seek((length - 24 + 7) // 8 * 8, 1)
    return None


def _dsf(file: BinaryIO) -> tuple[int, int] | None:
    """DSD Stream File 1.01: a 28-byte header, the format, then the audio."""
    file.seek(28)
    name, length = struct.unpack("<4sQ", file.read(12))
    if name != b"fmt ":
        return None
    file.seek(28 + length)
    name, length = struct.unpack("<4sQ", file.read(12))
    return (file.tell(), length - 12) if name == b"data" else None


_ASF_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")


def _asf(file: BinaryIO) -> tuple[int, int] | None:
    """Advanced Systems Format (WMA): the size of the whole file is in its properties, the first
    object of its header; 0 for live streams.
    """
    file.seek(30)
    properties = file.read(48)
    if not properties.startswith(_ASF_PROPERTIES):
        return None
    (size,) = struct.unpack("<40xQ", properties)
    return 0, size


_READERS: dict[bytes, Callable[[BinaryIO], tuple[int, int] | None]] = {
    b"caff": _caf,
    b"riff": _w64,
    b"DSD ": _dsf,
    b"0&\xb2u": _asf,
}
