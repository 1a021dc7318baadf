"""Rewrite an MP4's chapter titles: one title per chunk.

ffmpeg puts all titles into one chunk, which ISO/IEC 14496-12 (8.7.4, sample to chunk) allows. Some
readers (music-metadata until 11, in web players) assume as many chunks as titles, and throw.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

_HEADER = struct.Struct(">I4s")
_CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}
# The block size for moving data if the file grows.
_BLOCK_BYTES = 1 << 20

# An atom's name and content.
Atom = tuple[bytes, bytes]


def separate_chapter_titles(path: Path) -> None:
    """Give each chapter title of an MP4 a chunk of its own. Otherwise only the following offsets
    change; a file without such titles is unchanged.

    :param path: an MP4 whose ``moov`` is before its ``mdat``, as ffmpeg's ``+faststart`` writes it.
    """
    with path.open("r+b") as file:
        start, end = _find_moov(file)
        file.seek(start)
        old = file.read(end - start)
        separated = _rewritten(old, _with_separate_titles)
        grown = len(separated) - len(old)
        if not grown:
            return
        new = _rewritten(separated, lambda atoms: [_moved(atom, grown) for atom in atoms])
        _make_room(file, end, grown)
        file.seek(start)
        file.write(new)


def _find_moov(file: BinaryIO) -> tuple[int, int]:
    """Start and end of the file's ``moov``; None if audio comes before it."""
    place = 0
    while len(header := file.read(_HEADER.size)) == _HEADER.size:
        size, name = _HEADER.unpack(header)
        if name == b"moov":
            return place, place + size
        if name == b"mdat" or size < _HEADER.size:
            break
        place += size
        file.seek(place)
    return place, place


def _rewritten(content: bytes, change: Callable[[list[Atom]], list[Atom]]) -> bytes:
    """Atoms, with ``change`` applied to each sample table's."""
    written = []
    for name, body in _atoms(content):
        rewritten = body
        if name in _CONTAINERS:
            rewritten = _rewritten(body, change)
        if name == b"stbl":
            rewritten = b"".join(_atom(*one) for one in change(list(_atoms(rewritten))))
        written.append(_atom(name, rewritten))
    return b"".join(written)


def _with_separate_titles(atoms: list[Atom]) -> list[Atom]:
    tables = dict(atoms)
    if (
        not {b"stsd", b"stsz", b"stsc", b"stco"} <= tables.keys()
        or tables[b"stsd"][12:16] != b"text"
    ):
        return atoms
    offsets = list(
        _sample_offsets(
            _sizes(tables[b"stsz"]), _numbers(tables[b"stsc"]), _numbers(tables[b"stco"])
        )
    )
    separate = {
        b"stsc": bytes(4) + struct.pack(">4I", 1, 1, 1, 1),
        b"stco": bytes(4) + struct.pack(f">I{len(offsets)}I", len(offsets), *offsets),
    }
    return [(name, separate.get(name, body)) for name, body in atoms]


def _sample_offsets(
    sizes: Sequence[int], runs: Sequence[int], chunks: Sequence[int]
) -> Iterator[int]:
    """The file offset of each sample.

    :param runs: first chunk (from 1), samples in each chunk, description; three numbers a run.
    :param chunks: the offset of each chunk.
    """
    counts = [0] * len(chunks)
    for first, count in zip(runs[::3], runs[1::3], strict=True):
        counts[first - 1 :] = [count] * (len(chunks) - first + 1)
    sample = iter(sizes)
    for offset, count in zip(chunks, counts, strict=True):
        place = offset
        for _, size in zip(range(count), sample, strict=False):
            yield place
            place += size


def _moved(atom: Atom, by: int) -> Atom:
    """A table of offsets into moved data, adjusted."""
    name, body = atom
    if name not in {b"stco", b"co64"}:
        return atom
    form = "I" if name == b"stco" else "Q"
    count = int.from_bytes(body[4:8], "big")
    offsets = struct.unpack(f">{count}{form}", body[8:])
    return name, body[:8] + struct.pack(f">{count}{form}", *(offset + by for offset in offsets))


def _sizes(body: bytes) -> Sequence[int]:
    """The size of each sample: one for all, or a table."""
    size, count = struct.unpack(">2I", body[4:12])
    return [size] * count if size else struct.unpack(f">{count}I", body[12:])


def _numbers(body: bytes) -> Sequence[int]:
    """A table's numbers, after its version and count."""
    return struct.unpack(f">{(len(body) - 8) // 4}I", body[8:])


def _atoms(content: bytes) -> Iterator[Atom]:
    place = 0
    while place + _HEADER.size <= len(content):
        size, name = _HEADER.unpack_from(content, place)
        if size < _HEADER.size:
            return
        yield name, content[place + _HEADER.size : place + size]
        place += size


def _atom(name: bytes, body: bytes) -> bytes:
    return _HEADER.pack(_HEADER.size + len(body), name) + body


def _make_room(file: BinaryIO, at: int, count: int) -> None:
    """Shift everything from an offset on towards the end, the last block first."""
    place = file.seek(0, 2)
    while place > at:
        begins = max(at, place - _BLOCK_BYTES)
        file.seek(begins)
        block = file.read(place - begins)
        file.seek(begins + count)
        file.write(block)
        place = begins
