"""The HTTP headers of each published file: type, cross-origin access, cache lifetime."""

from __future__ import annotations

import functools
import re
from pathlib import PurePosixPath

from studio.captions.formats import CAPTION_FORMATS
from studio.web.places import MOST_PLACES

# The number of hex digits of the SHA-256 in a name that changes with its file: two versions of a
# file collide once in 4 × 10⁹ times.
HASH_DIGITS = 8
_HASH = re.compile(rf"-[0-9a-f]{{{HASH_DIGITS}}}(?=\.[^/]*$)")

# By the end of the file's name, the longest match first.
_TYPES = {
    "chapters.json": "application/json+chapters",
    **{f"transcript{kind.suffix}": kind.type for kind in CAPTION_FORMATS},
    "oembed.json": "application/json+oembed",
    ".xml": "application/rss+xml",
    "sitemap.xml": "application/xml",
    ".json": "application/json",
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".vtt": "text/vtt",
    ".mp3": "audio/mpeg",
    ".opus": "audio/ogg",
    ".m4a": "audio/mp4",
    ".aac": "audio/aac",
    ".ogg": "audio/ogg",
    ".flac": "audio/flac",
    ".wav": "audio/wav",
    ".webm": "video/webm",
    ".mp4": "video/mp4",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
_ENDS = re.compile("|".join(f"{re.escape(end)}$" for end in sorted(_TYPES, key=len, reverse=True)))
# The suffixes of audio files, without the dot.
SOUND_SUFFIXES = tuple(end[1:] for end, kind in _TYPES.items() if kind.startswith("audio/"))
_TEXT = (
    "text/",
    "application/json",
    "application/x-subrip",
    "application/xml",
    "application/rss+xml",
    "application/manifest+json",
)


def plain_place(place: str) -> str:
    """A place without the hash in its name."""
    return _HASH.sub("", place)


@functools.lru_cache(maxsize=MOST_PLACES)
def type_from_place(place: str) -> str:
    """The MIME type of a published file by its place, without a character set."""
    name = PurePosixPath(plain_place(place)).name
    end = _ENDS.search(name)
    return "application/octet-stream" if end is None else _TYPES[end[0]]


def header_from_type(type: str) -> str:  # noqa: A002
    """The Content-Type header: UTF-8 is declared for text, but not for JSON, which is always
    UTF-8.
    """
    readable = type.startswith(_TEXT) and not type.startswith("application/json")
    return f"{type}; charset=utf-8" if readable else type


def is_shared(place: str) -> bool:
    """Whether web players on other sites read the file, so that the server must allow it (CORS):
    texts, chapters, the feed.
    """
    is_page = type_from_place(place) in {"text/html", "text/css", "text/javascript"}
    return not is_page or PurePosixPath(plain_place(place)).name.startswith("transcript.")


def cache_from_place(place: str) -> str:
    """The Cache-Control header: a file whose name changes with its content is cached without limit,
    everything else is revalidated.
    """
    return "public, max-age=31536000, immutable" if _HASH.search(place) else "no-cache"
