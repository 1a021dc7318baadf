"""Check the finished MP3 as decoded by a player: its frames, its tag, and its audio."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from lxml import etree

from studio.check.captions import is_wordless
from studio.check.feed_elements import text
from studio.check.id3_parser import Frame, Id3Tag, read_tag, text_from_body
from studio.check.publication import Publication, PublishedEpisode
from studio.check.rules import Finding, found
from studio.file_access import open_file
from studio.messages.message import message
from studio.model.loudness_targets import TOLERANCE_LU
from studio.model.record import Record
from studio.model.sound import Loudness
from studio.sound.frames import FrameFacts, walk_frames
from studio.sound.loudness import measure_file
from studio.sound.recording import read_samples
from studio.text.number_parsing import whole_number

BITRATES_KBPS = {1: (96, 128), 2: (128, 192)}
RATES_HZ = {44_100, 48_000}
DURATION_TOLERANCE_MS = 100
# The feed has whole seconds.
FEED_TOLERANCE_MS = 500 + DURATION_TOLERANCE_MS
NOISE_FLOOR_DB = -50.0
FRAMES = ("TIT2", "TPE1", "TALB", "TRCK", "TYER", "TDAT", "TCON", "TLAN", "COMM", "USLT", "WXXX")
FRONT_COVER = b"image/jpeg\0\x03"
TAG_BYTES = 1 << 24

WINDOW_MS = 50
QUIETEST_SHARE = 0.05
NOISE_RATE_HZ = 16_000


class MeasuredSound(Record, frozen=True):
    """The measurements of one MP3.

    :param decoded_ms: the decoded length.
    :param noise_floor_db: the 5th percentile of the level of 50 ms windows, in dBFS.
    """

    frames: FrameFacts
    loudness: Loudness
    decoded_ms: int
    noise_floor_db: float


def measure_sound(path: Path) -> MeasuredSound:
    """Measure an MP3, decoded from its first frame to its last.

    :raises StudioError: it is not an MP3 file, or cannot be decoded.
    """
    frames = walk_frames(path)
    loudness, samples = measure_file(
        path, sample_rate_hz=frames.sample_rate_hz, channels=frames.channels, report=lambda _: None
    )
    return MeasuredSound(
        frames=frames,
        loudness=loudness,
        decoded_ms=round(samples * 1000 / frames.sample_rate_hz),
        noise_floor_db=noise_floor_db(path),
    )


def noise_floor_db(path: Path) -> float:
    """The 5th percentile of the level, in dBFS."""
    samples = read_samples(path, sample_rate_hz=NOISE_RATE_HZ)
    length = NOISE_RATE_HZ * WINDOW_MS // 1000
    windows = samples[: len(samples) // length * length].reshape(-1, length)
    if not len(windows):
        return -math.inf
    power = float(np.quantile(np.mean(np.square(windows), axis=1), QUIETEST_SHARE))
    return 10 * math.log10(power) if power > 0 else -math.inf


def check_sound(
    measured: MeasuredSound,
    item: etree._Element | None,
    episode: PublishedEpisode,
    publication: Publication,
) -> Iterator[Finding]:
    """Rules 36 to 40."""
    path = episode.media
    yield from _check_loudness(measured.loudness, measured.frames.channels, episode, publication)
    yield from _check_encoding(measured.frames, path)
    with open_file(path) as file:
        tag = read_tag(file.read(TAG_BYTES))
    yield from check_durations(measured, tag, item, episode, publication)
    numbered = item is None or text(item, "itunes:episode") is not None
    yield from check_tag(tag, path, numbered=numbered, worded=not is_wordless(episode))
    if measured.noise_floor_db >= NOISE_FLOOR_DB:
        yield found(
            "40",
            path,
            "",
            message(
                "its noise floor is at {noise_floor_db:.0f} dB",
                noise_floor_db=measured.noise_floor_db,
            ),
        )


def _check_loudness(
    loudness: Loudness, channels: int, episode: PublishedEpisode, publication: Publication
) -> Iterator[Finding]:
    """Rules 36a and 36b."""
    path = episode.media
    target = episode.loudness or publication.loudness
    target_lufs = target.lufs(channels)
    if (
        loudness.integrated_lufs is None
        or round(abs(loudness.integrated_lufs - target_lufs), 1) > TOLERANCE_LU
    ):
        measured = (
            "silence"
            if loudness.integrated_lufs is None
            else f"{loudness.integrated_lufs:.1f} LUFS"
        )
        yield found(
            "36a",
            path,
            "",
            message(
                "it has {measured} instead of {target_lufs:g} LUFS",
                measured=measured,
                target_lufs=target_lufs,
            ),
        )
    if loudness.true_peak_dbtp > target.ceiling_dbtp:
        yield found(
            "36b",
            path,
            "",
            message(
                "its true peak is {true_peak_dbtp:.1f} dBTP", true_peak_dbtp=loudness.true_peak_dbtp
            ),
        )


def _check_encoding(frames: FrameFacts, path: Path) -> Iterator[Finding]:
    """Rules 37a to 37c."""
    if not frames.constant or frames.sample_rate_hz not in RATES_HZ:
        yield found(
            "37a",
            path,
            "",
            message(
                "its frames have {constant} bit rate at {sample_rate_hz} Hz",
                constant="one" if frames.constant else "no constant",
                sample_rate_hz=frames.sample_rate_hz,
            ),
        )
    if frames.xing:
        yield found("37b", path, "", message("its first frame is a Xing or Info header"))
    lowest, highest = BITRATES_KBPS[frames.channels]
    if not lowest <= frames.bitrate_kbps <= highest:
        yield found(
            "37c",
            path,
            "",
            message(
                "it has {bitrate_kbps} kbps with {channels} channel(s)",
                bitrate_kbps=frames.bitrate_kbps,
                channels=frames.channels,
            ),
        )


def check_durations(
    measured: MeasuredSound,
    tag: Id3Tag,
    item: etree._Element | None,
    episode: PublishedEpisode,
    publication: Publication,
) -> Iterator[Finding]:
    """Rule 38."""
    path, decoded_ms = episode.media, measured.decoded_ms
    # Four statements of the length: MP3 frames, last chapter, TLEN, feed; each is compared with
    # the decoded samples.
    if abs(measured.frames.duration_ms - decoded_ms) > DURATION_TOLERANCE_MS:
        yield found(
            "38",
            path,
            "",
            message(
                "its frames last {duration_ms} ms, decoded it lasts {decoded_ms} ms",
                duration_ms=measured.frames.duration_ms,
                decoded_ms=decoded_ms,
            ),
        )
    if tag.chapters and abs(tag.chapters[-1].end_ms - decoded_ms) > DURATION_TOLERANCE_MS:
        yield found(
            "38",
            path,
            "CHAP",
            message(
                "its last chapter ends at {end_ms} ms, decoded it lasts {decoded_ms} ms",
                end_ms=tag.chapters[-1].end_ms,
                decoded_ms=decoded_ms,
            ),
        )
    for length in (text_from_body(frame.body) for frame in tag.frames if frame.id == "TLEN"):
        said_ms = whole_number(length)
        if said_ms is None or abs(said_ms - decoded_ms) > DURATION_TOLERANCE_MS:
            yield found(
                "38",
                path,
                "TLEN",
                message(
                    "it says {length} ms, decoded it lasts {decoded_ms} ms",
                    length=length,
                    decoded_ms=decoded_ms,
                ),
            )
    # itunes:duration is in whole seconds, hence the larger tolerance.
    announced = None if item is None else text(item, "itunes:duration")
    lasts_s = whole_number(announced or "")
    if lasts_s is not None and abs(lasts_s * 1000 - decoded_ms) > FEED_TOLERANCE_MS:
        yield found(
            "38",
            publication.feed,
            message("itunes:duration of {slug}", slug=episode.slug),
            message(
                "it is {announced} s, decoded the MP3 lasts {decoded_ms} ms",
                announced=announced,
                decoded_ms=decoded_ms,
            ),
        )


def check_tag(tag: Id3Tag, path: Path, *, numbered: bool, worded: bool) -> Iterator[Finding]:
    """Rule 39.

    :param numbered: whether the feed has a number, so that the tag needs it; a trailer has none.
    :param worded: whether there is speech, so that the tag needs lyrics.
    """
    if tag.version != 3:
        yield found(
            "39",
            path,
            "ID3",
            message("it has no tag")
            if tag.version == 0
            else message("its tag is ID3v2.{version}", version=tag.version),
        )
        return
    may_miss = {*(() if numbered else ("TRCK",)), *(() if worded else ("USLT",))}
    missing = [name for name in FRAMES if name not in tag.ids and name not in may_miss]
    if missing:
        yield found(
            "39", path, "ID3", message("its tag has no {missing}", missing=", ".join(missing))
        )
    covers = [frame for frame in tag.frames if frame.id == "APIC"]
    if len(covers) != 1 or not is_front_cover(covers[0]):
        yield found(
            "39",
            path,
            "APIC",
            message(
                "it has {count} pictures, and must have one: a JPEG as front cover",
                count=len(covers),
            ),
        )


def is_front_cover(frame: Frame) -> bool:
    """Whether an APIC frame contains a JPEG marked as the front cover."""
    return frame.body[1:].startswith(FRONT_COVER) and b"\xff\xd8\xff" in frame.body[:100]
