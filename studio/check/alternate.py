"""The second enclosure: its declaration, content and loudness agree with the MP3."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from lxml import etree

from studio.check.audio_file import DURATION_TOLERANCE_MS
from studio.check.feed_elements import NAMESPACES
from studio.check.publication import Publication, PublishedEpisode
from studio.check.rules import Finding, found
from studio.errors import StudioError
from studio.file_access import read_file
from studio.messages.message import message
from studio.model.loudness_targets import TOLERANCE_LU, LoudnessTarget
from studio.model.record import Record
from studio.model.sound import Loudness
from studio.sound.ffmpeg import read_header
from studio.sound.loudness import measure_file
from studio.web.places import invalid_place_reason
from studio.web.url_parts import split_address

DECODED_HZ = 48_000
ELEMENT = "podcast:alternateEnclosure"


class MeasuredAlternate(Record, frozen=True):
    """The measurements of one decoded second enclosure."""

    channels: int
    decoded_ms: int
    loudness: Loudness


def measure_alternate(path: Path) -> MeasuredAlternate:
    """Measure a complete audio file.

    :raises StudioError: it cannot be decoded.
    """
    channels = min(2, read_header(path).channels)
    loudness, samples = measure_file(
        path, sample_rate_hz=DECODED_HZ, channels=channels, report=lambda _: None
    )
    return MeasuredAlternate(
        channels=channels, decoded_ms=round(samples * 1000 / DECODED_HZ), loudness=loudness
    )


def check_alternates(
    item: etree._Element | None,
    episode: PublishedEpisode,
    publication: Publication,
    duration_ms: int | None,
    *,
    hear: bool,
) -> Iterator[Finding]:
    """Rules 51a to 51d.

    :param duration_ms: the decoded length of the MP3; None if it was not decoded.
    :param hear: whether to decode and measure as well.
    """
    place = message("{element} of {slug}", element=ELEMENT, slug=episode.slug)
    for element in [] if item is None else item.findall(ELEMENT, NAMESPACES):
        uris = [str(source.get("uri")) for source in element.findall("podcast:source", NAMESPACES)]
        path = next(
            (path for uri in uris if (path := _file_of(uri, episode, publication)) is not None),
            None,
        )
        if path is None or not element.get("type"):
            yield found(
                "51a",
                publication.feed,
                place,
                message(
                    "it has the type “{type}” and no file beside the MP3",
                    type=element.get("type"),
                ),
            )
            continue
        if not path.is_file():
            yield found("51a", path, "", message("the file is missing"))
            continue
        yield from _check_file(element, path, place, publication)
        if hear:
            yield from _check_sound(path, episode.loudness or publication.loudness, duration_ms)


def _file_of(uri: str, episode: PublishedEpisode, publication: Publication) -> Path | None:
    """The local file for this address, if it is beside the MP3."""
    parts = split_address(uri)
    place = PurePosixPath(parts.path if parts else "")
    beside = (
        parts is not None
        and uri.startswith(publication.base_url)
        and place.parent.name == episode.slug
        and invalid_place_reason(place.name) is None
    )
    return episode.media.with_name(place.name) if beside else None


def _check_file(
    element: etree._Element, path: Path, place: str, publication: Publication
) -> Iterator[Finding]:
    content = read_file(path)
    if element.get("length") != str(len(content)):
        yield found(
            "51a",
            publication.feed,
            place,
            message(
                "its length is {length}, the file has {count} bytes",
                length=element.get("length"),
                count=len(content),
            ),
        )
    # Subresource Integrity (W3C): algorithm, hyphen, base64 of the digest.
    integrity = element.find("podcast:integrity", NAMESPACES)
    said = (
        ("", "") if integrity is None else (integrity.get("type", ""), integrity.get("value", ""))
    )
    wanted = "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode("ascii")
    if said != ("sri", wanted):
        yield found(
            "51b",
            publication.feed,
            place,
            message(
                "its integrity is “{kind}” “{value}”, the file's {wanted}",
                kind=said[0],
                value=said[1],
                wanted=wanted,
            ),
        )


def _check_sound(path: Path, target: LoudnessTarget, duration_ms: int | None) -> Iterator[Finding]:
    try:
        heard = measure_alternate(path)
    except StudioError as error:
        yield found("51c", path, "", error.what)
        return
    if duration_ms is not None and abs(heard.decoded_ms - duration_ms) > DURATION_TOLERANCE_MS:
        yield found(
            "51c",
            path,
            "",
            message(
                "decoded it lasts {decoded_ms} ms, the MP3 {duration_ms} ms",
                decoded_ms=heard.decoded_ms,
                duration_ms=duration_ms,
            ),
        )
    target_lufs, measured = target.lufs(heard.channels), heard.loudness
    if (
        measured.integrated_lufs is None
        or abs(measured.integrated_lufs - target_lufs) > TOLERANCE_LU
    ):
        shown = (
            "silence"
            if measured.integrated_lufs is None
            else f"{measured.integrated_lufs:.1f} LUFS"
        )
        yield found(
            "51d",
            path,
            "",
            message(
                "it has {shown} instead of {target_lufs:.0f} LUFS",
                shown=shown,
                target_lufs=target_lufs,
            ),
        )
    if measured.true_peak_dbtp > target.ceiling_dbtp:
        yield found(
            "51d",
            path,
            "",
            message(
                "its true peak is {true_peak_dbtp:.1f} dBTP", true_peak_dbtp=measured.true_peak_dbtp
            ),
        )
