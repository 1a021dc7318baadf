"""The length that a WAV's header declares, compared with the size of the file: interrupted
recorders, and files above 4 GB, declare less.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import BinaryIO

from studio.file_access import open_file
from studio.model.record import Record

# Streaming recorders write 0 or the maximum value.
STREAMED_BYTES = 0x7FFF_0000
_RIFFS = frozenset({b"RIFF", b"RF64", b"BW64"})
_HEAD_BYTES = 8
_READ_BYTES = 1 << 20
# Programs write about ten; a file of 10 MB could have a million empty ones.
MAX_CHUNKS = 10_000


# Less than this after the declared end is padding of programs.
MIN_MS = 100


class DeclaredWavLength(Record, frozen=True):
    """The position of a WAV's samples, by header and by file size.

    :param bytes_per_second: bytes per second.
    :param claimed_bytes: declared size of the samples; None if missing.
    :param present_bytes: from the first sample to the end of the file.
    :param sound_follows: whether the data after the declared end is audio: neither a chunk nor
        zeros, nor short padding.
    :param in_pieces: whether a second chunk of samples follows.
    """

    bytes_per_second: int
    claimed_bytes: int | None
    present_bytes: int
    sound_follows: bool
    in_pieces: bool = False

    @property
    def claimed_ms(self) -> int | None:
        """The declared duration."""
        return (
            None
            if self.claimed_bytes is None
            else self.claimed_bytes * 1000 // self.bytes_per_second
        )

    @property
    def present_ms(self) -> int:
        """The actual duration."""
        return self.present_bytes * 1000 // self.bytes_per_second


def read_wav_claim(path: Path) -> DeclaredWavLength | None:
    """Read the header of a WAV (RIFF, or RF64 and BW64 for large files); None for any other file,
    or one without samples.
    """
    try:
        with open_file(path) as file:
            return _claim_of(file, path.stat().st_size)
    except (OSError, struct.error):
        return None  # the decoder reports why it cannot be read


def _claim_of(file: BinaryIO, size: int) -> DeclaredWavLength | None:
    kind = file.read(4)
    if kind not in _RIFFS or file.seek(8) != 8 or file.read(4) != b"WAVE":
        return None
    bytes_per_second = 0
    long_bytes: int | None = None
    while len(head := file.read(_HEAD_BYTES)) == _HEAD_BYTES:
        name, length = struct.unpack("<4sI", head)
        if name == b"data":
            break
        content = file.read(min(length, 16))
        if name == b"fmt " and len(content) == 16:
            (bytes_per_second,) = struct.unpack("<8xI4x", content)
        if name == b"ds64" and len(content) == 16:
            (long_bytes,) = struct.unpack("<8xQ", content)
        file.seek(length + length % 2 - len(content), os.SEEK_CUR)
    else:
        return None
    if not bytes_per_second:
        return None
    start = file.tell()
    claimed: int | None = length
    if long_bytes is not None and kind != b"RIFF":
        claimed = long_bytes
    elif length == 0 or length >= STREAMED_BYTES:
        claimed = None
    follows = (
        claimed is not None
        and (size - start - claimed) * 1000 >= MIN_MS * bytes_per_second
        and not _ends_in_chunks(file, start + claimed, size)
    )
    return DeclaredWavLength(
        bytes_per_second=bytes_per_second,
        claimed_bytes=claimed,
        present_bytes=size - start,
        sound_follows=follows,
        in_pieces=claimed is not None and find_samples(file, start + claimed, size) is not None,
    )


def has_far_too_many_chunks(path: Path) -> bool:
    """Whether a WAV has more chunks than any program writes: all readers walk through them
    repeatedly. Samples outside every chunk do not count.
    """
    try:
        with open_file(path) as file:
            size = path.stat().st_size
            if file.read(4) not in _RIFFS:
                return False
            place = 12
            for _ in range(MAX_CHUNKS):
                file.seek(place)
                name, length = struct.unpack("<4sI", file.read(_HEAD_BYTES))
                if not _is_name(name):
                    return False
                place += _HEAD_BYTES + length + length % 2
            return place < size
    except (OSError, struct.error):
        return False


def find_samples(file: BinaryIO, end: int, size: int) -> int | None:
    """The start of samples in another chunk after the first, or None."""
    place = end + end % 2
    while place + _HEAD_BYTES <= size:
        file.seek(place)
        name, length = struct.unpack("<4sI", file.read(_HEAD_BYTES))
        if name == b"data":
            return place + _HEAD_BYTES
        place += _HEAD_BYTES + length + length % 2
    return None


def _ends_in_chunks(file: BinaryIO, end: int, size: int) -> bool:
    """Whether the samples are followed only by chunks up to the end of the file, or by zeros."""
    # After an odd number of bytes there is a padding byte, which some programs omit.
    return any(_are_chunks(file, place, size) for place in {end + end % 2, end}) or _are_zeros(
        file, end
    )


def _are_chunks(file: BinaryIO, place: int, size: int) -> bool:
    while place + _HEAD_BYTES <= size:
        file.seek(place)
        name, length = struct.unpack("<4sI", file.read(_HEAD_BYTES))
        if not _is_name(name) or place + _HEAD_BYTES + length > size + 1:
            return False
        place += _HEAD_BYTES + length + length % 2
    return True


def _is_name(name: bytes) -> bool:
    """Four printable ASCII characters (Multimedia Programming Interface and Data Specifications
    1.0, 1991).
    """
    return all(0x20 <= letter <= 0x7E for letter in name)


def _are_zeros(file: BinaryIO, place: int) -> bool:
    file.seek(place)
    while content := file.read(_READ_BYTES):
        if content.strip(b"\0"):
            return False
    return True
