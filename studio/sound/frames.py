"""Parse an MP3's frames between its tags, and check that they are complete, of constant bit rate,
and without Xing header.
"""

from __future__ import annotations

import math
import mmap
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from studio.errors import WorkspaceError
from studio.file_access import open_file
from studio.messages.message import message
from studio.model.record import Record

ID3V2_HEADER_BYTES = 10
ID3V1_BYTES = 128
HEADER_BYTES = 4
# The position of gains in an MPEG 1 frame (ISO 11172-3, 2.4.1.7): after the common bits, each part
# has 59 bits, of which 21 precede the gain.
SIDE_INFO_BITS = {1: 18, 2: 20}
GRANULE_BITS = 59
GAIN_BITS = 21
GAIN_STEP_DB = 20 * math.log10(2) / 4
GRANULE_SAMPLES = 576
# The minimum number of consecutive frames, up to the declared end of a tag, that count as audio.
HIDDEN_FRAMES = 8
_SYNC = b"\xff"  # the first byte of a frame
# The possible starts of a layer III frame header: sync and version, bit rate and sample rate. As a
# pattern it is fast even in tags full of similar bytes.
_FRAME = re.compile(
    b"\xff[\xe2\xe3\xf2\xf3\xfa\xfb]["
    + re.escape(bytes(high << 4 | low for high in range(1, 15) for low in range(12)))
    + b"]"
)
_RATES_HZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_BITRATES_KBPS = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


class FrameFacts(Record, frozen=True):
    """Facts from walking over all frames of an MP3.

    :param bitrate_kbps: bit rate of the first frame.
    :param constant: whether every frame has the first one's bit rate, sample rate and channels.
    :param xing: whether the first frame is a Xing or Info header instead of audio.
    :param stray_bytes: number of bytes between and after frames.
    """

    frames: int
    samples_per_frame: int
    bitrate_kbps: int
    sample_rate_hz: int
    channels: int
    constant: bool
    xing: bool
    stray_bytes: int

    @property
    def duration_ms(self) -> int:
        """The decoded duration without regard to headers: every frame counts."""
        return round(self.frames * self.samples_per_frame * 1000 / self.sample_rate_hz)


class _Frame(Record, frozen=True):
    """One frame's header."""

    samples: int
    bitrate_kbps: int
    sample_rate_hz: int
    channels: int
    length: int


def audio_extent(path: Path) -> range:
    """The byte range of the file without ID3 tags at its start and end."""
    size = path.stat().st_size
    with open_file(path) as file:
        head = file.read(ID3V2_HEADER_BYTES)
        start = 0
        if len(head) == ID3V2_HEADER_BYTES and head[:3] == b"ID3":
            size_7bit = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
            footer = ID3V2_HEADER_BYTES if head[5] & 0x10 else 0
            start = ID3V2_HEADER_BYTES + size_7bit + footer
        stop = size
        if size - start >= ID3V1_BYTES:
            file.seek(size - ID3V1_BYTES)
            if file.read(3) == b"TAG":
                stop -= ID3V1_BYTES
    return range(min(start, stop), stop)


def sound_in_tag(path: Path) -> int | None:
    """The start of audio that is inside the declared size of a damaged ID3 tag; None for other tags
    or files.
    """
    with open_file(path) as file:
        if file.read(3) != b"ID3":
            return None
    end = audio_extent(path).start
    with open_file(path) as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        match = _FRAME.search(content, ID3V2_HEADER_BYTES, end)
        while match is not None:
            start = place = match.start()
            frames = 0
            while place < end and (
                frame := _frame_from_header(content[place : place + HEADER_BYTES])
            ):
                place, frames = place + frame.length, frames + 1
            if place >= end and frames >= HIDDEN_FRAMES:
                return start
            match = _FRAME.search(content, max(start + 1, place - HEADER_BYTES), end)
    return None


def walk_frames(path: Path) -> FrameFacts:
    """Read the header of every frame.

    :raises WorkspaceError: there is no MPEG layer III frame at the start of the audio.
    """
    extent = audio_extent(path)
    if not extent:
        raise WorkspaceError(
            path, message("contains no sound"), message("Delete it and run `studio run`.")
        )
    kinds: set[tuple[int, int, int]] = set()
    frames = sound_bytes = 0
    first: _Frame | None = None
    xing = False
    with open_file(path) as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for place, frame in _frames(content, extent):
            # Only a frame at the very start counts as the first; it may hold the encoder's header
            # (Xing, Info, VBRI) instead of sound.
            if first is None:
                if place != extent.start:
                    break
                first = frame
                xing = any(
                    mark in content[place : place + frame.length]
                    for mark in (b"Xing", b"Info", b"VBRI")
                )
            kinds.add((frame.bitrate_kbps, frame.sample_rate_hz, frame.channels))
            frames += 1
            sound_bytes += frame.length
    if first is None:
        raise WorkspaceError(
            path, message("is not an MP3 file"), message("Delete it and run `studio run`.")
        )
    return FrameFacts(
        frames=frames,
        samples_per_frame=first.samples,
        bitrate_kbps=first.bitrate_kbps,
        sample_rate_hz=first.sample_rate_hz,
        channels=first.channels,
        constant=len(kinds) == 1,
        xing=xing,
        stray_bytes=len(extent) - sound_bytes,
    )


class Frames(NamedTuple):
    """Consecutive frames, unchanged. ``first`` is the index of the first one in the file."""

    first: int
    frames: int
    content: bytes


def read_frames(path: Path, wanted: Sequence[range]) -> list[Frames]:
    """The bytes of these frames; data after the last frame is skipped.

    :param wanted: ascending, without overlap.
    """
    extent = audio_extent(path)
    found: list[Frames] = []
    with open_file(path) as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        places = [place for place, _ in _frames(content, extent)]
        places.append(extent.stop)
        for frames in wanted:
            first, last = min(frames.start, len(places) - 1), min(frames.stop, len(places) - 1)
            found.append(Frames(first, last - first, content[places[first] : places[last]]))
    return found


def reduce_granule_gain(path: Path, steps: Mapping[int, int]) -> int:
    """Attenuate single granules (half a frame, 12 ms at 48 kHz) of a constant MP3 in place, without
    encoding again.

    Decoders overlap granules with a sine window, so the level changes smoothly, as with a limiter.
    Returns the number of granules of the file.

    :param path: an MP3 of MPEG 1 frames without checksum, as written by LAME.
    :param steps: attenuation in steps of 1.5 dB by granule index; missing granules are ignored.
    """
    extent = audio_extent(path)
    number = -1
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as content:
        for number, (place, frame) in enumerate(_frames(content, extent)):
            for half in (0, 1):
                wanted = steps.get(2 * number + half, 0)
                for channel in range(frame.channels if wanted else 0):
                    _lower(content, place, half * frame.channels + channel, frame.channels, wanted)
    return 2 * (number + 1)


def _lower(content: mmap.mmap, place: int, part: int, channels: int, steps: int) -> None:
    """Subtract from the global gain of one granule's channel: eight bits at any bit offset."""
    bit = SIDE_INFO_BITS[channels] + part * GRANULE_BITS + GAIN_BITS
    start, shift = place + HEADER_BYTES + bit // 8, 8 - bit % 8
    pair = int.from_bytes(content[start : start + 2], "big")
    gain = max(0, (pair >> shift & 0xFF) - steps)
    content[start : start + 2] = (pair & ~(0xFF << shift) | gain << shift).to_bytes(2, "big")


def _frames(content: mmap.mmap, extent: range) -> Iterator[tuple[int, _Frame]]:
    """Every complete frame and its offset."""
    place = extent.start
    while place < extent.stop:
        frame = _frame_from_header(content[place : place + HEADER_BYTES])
        if frame is None or place + frame.length > extent.stop:
            place = content.find(_SYNC, place + 1, extent.stop)
            if place < 0:
                return
            continue
        yield place, frame
        place += frame.length


def _frame_from_header(header: bytes) -> _Frame | None:
    """Parse four bytes; None if they are not a layer III frame header."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return None
    version = header[1] >> 3 & 3
    bitrate, rate, padding = header[2] >> 4, header[2] >> 2 & 3, header[2] >> 1 & 1
    if version == 1 or rate == 3 or bitrate in (0, 15):
        return None
    bitrate_kbps = _BITRATES_KBPS[1 if version == 3 else 2][bitrate]
    rate_hz = _RATES_HZ[version][rate]
    samples = 1152 if version == 3 else 576
    return _Frame(
        samples=samples,
        bitrate_kbps=bitrate_kbps,
        sample_rate_hz=rate_hz,
        channels=1 if header[3] >> 6 == 3 else 2,
        length=samples // 8 * bitrate_kbps * 1000 // rate_hz + padding,
    )
