"""Check the cover against Apple's requirements."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from studio.artwork.cover import read_picture
from studio.check.feed import Feed
from studio.check.feed_elements import attribute
from studio.check.publication import Publication
from studio.check.rules import Finding, found
from studio.errors import WorkspaceError
from studio.file_access import read_file
from studio.messages.message import message

MIN_PX, MAX_PX = 1400, 3000
MAX_BYTES = 512_000
FORMATS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}


def check_artwork(feed: Feed | None, publication: Publication) -> Iterator[Finding]:
    """Rules 20 and 21."""
    cover = publication.cover
    try:
        content = read_file(cover)
        picture = read_picture(content, cover)
    except FileNotFoundError:
        yield found("47", cover, "", message("the file is missing"))
        return
    except WorkspaceError as error:
        yield found("20b", cover, "", error.what)
        return
    if picture.width != picture.height or not MIN_PX <= picture.width <= MAX_PX:
        yield found(
            "20a",
            cover,
            "",
            message("it has {width} × {height} pixels", width=picture.width, height=picture.height),
        )
    if FORMATS.get(cover.suffix.lower()) != picture.format:
        yield found(
            "20b",
            cover,
            "",
            message(
                "it is a {format} and its name ends in “{suffix}”",
                format=picture.format,
                suffix=cover.suffix,
            ),
        )
    if picture.mode != "RGB":
        yield found("20c", cover, "", message("its colours are {mode}", mode=picture.mode))
    if len(content) >= MAX_BYTES:
        yield found("21a", cover, "", message("it has {size:.0f} kB", size=len(content) / 1000))
    # Apps cache a cover by its URL: a new picture needs a new name (rule 21b).
    url = None if feed is None else attribute(feed.channel, "itunes:image", "href")
    fingerprint = hashlib.sha256(content).hexdigest()[:8]
    if url is not None and fingerprint not in url.rpartition("/")[2]:
        yield found(
            "21b",
            publication.feed,
            "itunes:image",
            message(
                "{url} does not carry the picture's fingerprint {fingerprint}",
                url=url,
                fingerprint=fingerprint,
            ),
        )
