"""Recognise a silent file without decoding: hours of silence take few bytes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from studio.sound.ffmpeg import Child, Header, input_arguments

# Shorter files are decoded quickly.
_MIN_MS = 30 * 60 * 1000
# Encoders write silence as a few identical packets. Audio with so few distinct packets (20 to 100
# ms each) contains no speech.
_MAX_PACKETS = 8
_READ_BYTES = 1 << 16
_CLOCK = re.compile(rb"#tb (\d+): (\d+)/(\d+)")


class _Packet(NamedTuple):
    """One packet of a track: its duration in ticks, the length of a tick, and its checksum."""

    track: bytes
    tick_ms: float
    duration: int
    size_bytes: int
    checksum: bytes


def is_constant(path: Path, header: Header) -> bool:
    """Whether each track only has a few distinct packets, or (FLAC) constant ones. For a
    conversation, only the first packets are read; for hours of silence all, within seconds.
    """
    if header.duration_ms is not None and header.duration_ms < _MIN_MS:
        return False
    # A FLAC packet that is not constant has at least one bit per sample (RFC 9639, section 9.2.5);
    # its clock ticks once per sample.
    constant = all(track.codec == "flac" for track in header.tracks) and header.alone
    known: set[tuple[bytes, int, bytes]] = set()
    lasting_ms: dict[bytes, float] = defaultdict(float)
    for packet in _packets(path):
        lasting_ms[packet.track] += packet.duration * packet.tick_ms
        if constant and packet.size_bytes * 8 < packet.duration:
            continue
        known.add((packet.track, packet.size_bytes, packet.checksum))
        if len(known) > _MAX_PACKETS * len(header.tracks):
            return False
    return max(lasting_ms.values(), default=0.0) >= _MIN_MS


def _packets(path: Path) -> Iterator[_Packet]:
    """The packets of the audio tracks, in file order."""
    arguments = ["-map", "0:a", "-c", "copy", "-f", "framecrc", "pipe:1"]
    rest, tick_ms = b"", dict[bytes, float]()
    with Child([*input_arguments(path), *arguments]) as child:
        while content := child.read(_READ_BYTES):
            *lines, rest = (rest + content).split(b"\n")
            for line in lines:
                if clock := _CLOCK.match(line):
                    tick_ms[clock[1]] = 1000 * int(clock[2]) / int(clock[3])
                elif not line.startswith(b"#"):
                    track, _, _, duration, size, checksum, *_ = line.split(b",")
                    yield _Packet(track, tick_ms[track], int(duration), int(size), checksum)
