"""The number of samples that the headers of AIFF, CAF and W64 declare, compared with the size of
the file.

Like :mod:`studio.sound.wav` for WAV. ffmpeg has an option to read past the declared end of a WAV,
but for these three formats the header's content must be passed as raw-audio options; the same
applies to a WAV with two chunks of samples, of which ffmpeg only reads the last one.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NamedTuple

from studio.file_access import open_file
from studio.model.record import Record
from studio.sound.wav import MIN_MS, find_samples

# Wave64's chunk names are GUIDs: RIFF's four letters, and one of two suffixes.
_W64_RIFF = b"riff" + bytes.fromhex("2e91cf11a5d628db04c10000")
_W64_END = bytes.fromhex("f3acd3118cd100c04f8edb8a")
# AIFF-C's names of uncompressed samples, with ffmpeg's type and byte order.
_AIFC_KINDS = {
    b"NONE": ("s", "be"),
    b"twos": ("s", "be"),
    b"sowt": ("s", "le"),
    b"fl32": ("f", "be"),
    b"FL32": ("f", "be"),
    b"fl64": ("f", "be"),
    b"FL64": ("f", "be"),
}
# WAV's and Wave64's tags of uncompressed samples; GUIDs of WAVE_FORMAT_EXTENSIBLE start with one.
_WAVE_KINDS = {1: "s", 3: "f"}
_EXTENSIBLE = 0xFFFE
_FORMATS = {"s16", "s24", "s32", "f32", "f64"}


class DeclaredSamples(Record, frozen=True):
    """Where the samples of a file are, by its header and by its size.

    :param form: ffmpeg's name of the sample format: ``s16be``.
    :param start_bytes: offset of the first sample.
    :param claimed_bytes: their declared size.
    :param present_bytes: from the first one to the end of the file.
    """

    form: str
    sample_rate_hz: int
    channels: int
    start_bytes: int
    claimed_bytes: int
    present_bytes: int

    @property
    def bytes_per_second(self) -> int:
        """Bytes per second of all channels."""
        return self.sample_rate_hz * self.channels * int(self.form[1:3]) // 8

    @property
    def claimed_ms(self) -> int:
        """The declared duration."""
        return self.claimed_bytes * 1000 // self.bytes_per_second

    @property
    def present_ms(self) -> int:
        """The actual duration."""
        return self.present_bytes * 1000 // self.bytes_per_second

    @property
    def understates(self) -> bool:
        """Whether there is more audio than declared."""
        return self.present_ms >= self.claimed_ms + MIN_MS

    @property
    def arguments(self) -> list[str]:
        """The ffmpeg arguments for reading all samples."""
        shape = ["-ar", str(self.sample_rate_hz), "-ch_layout", f"{self.channels}c"]
        if self.channels <= 2:
            shape[-1] = "mono" if self.channels == 1 else "stereo"
        return ["-f", self.form, *shape, "-skip_initial_bytes", str(self.start_bytes)]


def read_understated(path: Path) -> DeclaredSamples | None:
    """The declared samples of an AIFF, a CAF or a W64 with more audio than declared, or of a WAV
    with two chunks of samples; None for any other file.
    """
    try:
        size = path.stat().st_size
        with open_file(path) as file:
            read = _READERS.get(file.read(4))
            found = None if read is None else read(file, size)
    except (OSError, struct.error, OverflowError, ValueError):
        return None  # the decoder reports why it cannot be read
    return found


class _Form(NamedTuple):
    """A sample format: ffmpeg's type, width and byte order."""

    kind: str
    rate_hz: float
    channels: int


class _Heads(NamedTuple):
    """The chunk headers of a container: name and length.

    :param align: chunks start at multiples of this many bytes.
    :param counted: the part of the header that is included in the length.
    """

    form: str
    align: int
    counted: int = 0


_AIFF_HEADS, _CAF_HEADS, _W64_HEADS = _Heads(">4sI", 2), _Heads(">4sq", 1), _Heads("<4s12xQ", 8, 24)


def _claim(
    form: _Form, size: int, start: int, claimed: int, *, anyway: bool = False
) -> DeclaredSamples | None:
    """The declared samples, if there are more; None for sample formats that ffmpeg lacks.

    :param anyway: whether it is returned even if there are no more samples.
    """
    plausible = 1 <= form.channels <= 64 and 1000 <= form.rate_hz <= 768_000
    if form.kind[:3] not in _FORMATS or not plausible:
        return None
    claim = DeclaredSamples(
        form=form.kind,
        sample_rate_hz=round(form.rate_hz),
        channels=form.channels,
        start_bytes=start,
        claimed_bytes=max(0, claimed),  # a streaming recorder wrote 0 as the total
        present_bytes=size - start,
    )
    return claim if claim.understates or anyway else None


def _aiff(file: BinaryIO, size: int) -> DeclaredSamples | None:
    """Audio Interchange File Format, 1989, and its extension AIFF-C, 1991."""
    file.seek(8)
    compressed = file.read(4) == b"AIFC"
    form: _Form | None = None
    while len(head := file.read(8)) == 8:
        name, length = struct.unpack(">4sI", head)
        place = file.tell()
        if name == b"COMM":
            channels, _, bits, exponent, mantissa = struct.unpack(">hIhHQ", file.read(18))
            kind, order = _AIFC_KINDS.get(file.read(4) if compressed else b"NONE", ("", ""))
            form = _Form(
                f"{kind}{(bits + 7) // 8 * 8}{order}",
                mantissa * 2.0 ** ((exponent & 0x7FFF) - 16383 - 63),
                channels,
            )
        if name == b"SSND":
            (offset,) = struct.unpack(">I4x", file.read(8))
            start, claimed = place + 8 + offset, length - 8 - offset
            if form is None or _are_chunks(file, max(start, place + length), size, _AIFF_HEADS):
                return None
            return _claim(form, size, start, claimed)
        file.seek(place + length + length % 2)
    return None


def _caf(file: BinaryIO, size: int) -> DeclaredSamples | None:
    """Core Audio Format 1.0."""
    file.seek(8)
    form: _Form | None = None
    while len(head := file.read(12)) == 12:
        name, length = struct.unpack(">4sq", head)
        place = file.tell()
        if length < 0:  # −1 means samples to the end of the file: ffmpeg accepts it
            return None
        if name == b"desc":
            rate_hz, codec, flags, _, _, channels, bits = struct.unpack(">d4sIIIII", file.read(32))
            kind, order = "f" if flags & 1 else "s", "le" if flags & 2 else "be"
            form = _Form(f"{kind}{bits}{order}" if codec == b"lpcm" else "", rate_hz, channels)
        if name == b"data":
            if form is None:
                return None
            if _are_chunks(file, max(place + 4, place + length), size, _CAF_HEADS):
                return None
            return _claim(form, size, place + 4, length - 4)
        file.seek(place + length)
    return None


def _w64(file: BinaryIO, size: int) -> DeclaredSamples | None:
    """Sony's Wave64: RIFF with longer names and sizes, each chunk's size with its head."""
    file.seek(0)
    if file.read(16) != _W64_RIFF:
        return None
    file.seek(40)
    form: _Form | None = None
    while len(head := file.read(24)) == 24:
        name, end, length = struct.unpack("<4s12sQ", head)
        place = file.tell()
        if end != _W64_END or length < 24:
            return None
        if name == b"fmt ":
            tag, channels, rate_hz, _, bits = struct.unpack("<HHI6sH", file.read(16))
            if tag == _EXTENSIBLE:
                (tag,) = struct.unpack("<8xH", file.read(10))
            form = _Form(f"{_WAVE_KINDS.get(tag, '')}{bits}le", rate_hz, channels)
        if name == b"data":
            follows = place - 24 + _aligned(length, 8)
            if form is None or _are_chunks(file, follows, size, _W64_HEADS):
                return None
            return _claim(form, size, place, length - 24)
        file.seek(place - 24 + _aligned(length, 8))
    return None


def _wav(file: BinaryIO, size: int) -> DeclaredSamples | None:
    """A WAV with more samples in a second chunk, from paused recorders: read across that chunk's
    header, which is at most 1 ms of noise. None if the second chunk starts in the middle of a
    sample.
    """
    file.seek(12)
    form: _Form | None = None
    frame_bytes = 0
    while len(head := file.read(8)) == 8:
        name, length = struct.unpack("<4sI", head)
        place = file.tell()
        if name == b"fmt ":
            tag, channels, rate_hz, frame_bytes, bits = struct.unpack("<HHI4xHH", file.read(16))
            if tag == _EXTENSIBLE:
                (tag,) = struct.unpack("<8xH", file.read(10))
            form = _Form(f"{_WAVE_KINDS.get(tag, '')}{bits}le", rate_hz, channels)
        if name == b"data":
            second = find_samples(file, place + length, size)
            if form is None or second is None or (second - place) % (frame_bytes or 1):
                return None
            return _claim(form, size, place, length, anyway=True)
        file.seek(place + length + length % 2)
    return None


def _are_chunks(file: BinaryIO, place: int, size: int, heads: _Heads) -> bool:
    """Whether only chunks (with padding) or zeros follow up to the end of the file."""
    start = place = _aligned(place, heads.align)
    head_bytes = struct.calcsize(heads.form)
    while place + head_bytes <= size:
        file.seek(place)
        name, length = struct.unpack(heads.form, file.read(head_bytes))
        length -= heads.counted
        if not all(0x20 <= letter <= 0x7E for letter in name) or not 0 <= length <= size - place:
            return _are_zeros(file, start)
        place = _aligned(place + head_bytes + length, heads.align)
    return True


def _aligned(place: int, align: int) -> int:
    return -(-place // align) * align


def _are_zeros(file: BinaryIO, place: int) -> bool:
    file.seek(place)
    while content := file.read(1 << 20):
        if content.strip(b"\0"):
            return False
    return True


_READERS: dict[bytes, Callable[[BinaryIO, int], DeclaredSamples | None]] = {
    b"FORM": _aiff,
    b"caff": _caf,
    b"riff": _w64,
    b"RIFF": _wav,
}
