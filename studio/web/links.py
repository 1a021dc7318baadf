"""Validate URLs in settings: which may be opened by a listener's app or browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from studio.model.record import Record

# Web, mail, and the schemes by which podcast apps open a show.
WEB_SCHEMES = frozenset({"http", "https", "mailto"})
APP_SCHEMES = frozenset(
    {
        "feed",
        "itpc",
        "pcast",
        "podcast",
        "podcasts",
        "antennapod-subscribe",
        "castamatic",
        "castbox",
        "castro",
        "deezer",
        "downcast",
        "overcast",
        "pktc",
        "podcastaddict",
        "podcastguru",
        "podverse",
        "spotify",
    }
)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
# Characters that browsers remove from a URL: leading spaces and control characters, tabs and line
# breaks anywhere (WHATWG URL).
_BEFORE = "".join(map(chr, range(0x21)))
_INSIDE = re.compile(r"[\t\n\r]")
_ENDS_ADDRESS = re.compile(r"[\s\x00-\x20<>\"]")
_SERVER = re.compile(r"//[^/?#]")
# Fields of settings with URLs that apps open: these, and all whose names say so.
_FIELDS = {"link", "image", "feed", "hosted", "hubs"}
_ADDRESS = re.compile(r"(?:^|_)ur[il]$")


def may_be_followed(address: str) -> bool:
    """Whether opening it runs no code and opens no file: it has a known scheme, or none at all."""
    scheme = _SCHEME.match(_INSIDE.sub("", address.lstrip(_BEFORE)))
    return scheme is None or scheme[1].lower() in WEB_SCHEMES | APP_SCHEMES


def may_be_linked(address: str) -> bool:
    """Whether a page or a note may link to it: it is safe to open, and has no character that ends a
    URL, such as a space.
    """
    return may_be_followed(address) and _ENDS_ADDRESS.search(address) is None


def is_whole_address(address: str) -> bool:
    """Whether it is an absolute URL, as a feed requires: a known scheme, a host for web URLs, and
    no character that ends a URL.
    """
    if not may_be_linked(address):
        return False
    scheme, colon, rest = address.partition(":")
    on_web = scheme.lower() in {"http", "https"}
    return bool(colon and rest) and (not on_web or _SERVER.match(rest) is not None)


def forbidden_links(settings: Record) -> Iterator[tuple[str, str]]:
    """Every unsafe URL in settings, with its position
    (``funding[1].url``).
    """
    for name in settings.__struct_fields__:
        yield from _forbidden(name, name, getattr(settings, name))


def _forbidden(place: str, field: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if (field in _FIELDS or _ADDRESS.search(field)) and not may_be_followed(value):
            yield place, value
    elif isinstance(value, Record):
        for name in value.__struct_fields__:
            yield from _forbidden(f"{place}.{name}", name, getattr(value, name))
    elif isinstance(value, tuple):
        for number, one in enumerate(value, 1):
            yield from _forbidden(f"{place}[{number}]", field, one)
