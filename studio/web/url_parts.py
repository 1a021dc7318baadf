"""Split a possibly malformed web address into its parts."""

from __future__ import annotations

import functools
import re
from contextlib import suppress
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

# All ASCII characters allowed in an address, including the percent signs of escapes.
_NO_ADDRESS = re.compile(r"[^\x21-\x7e]+")


@functools.lru_cache(maxsize=1024)
def split_address(text: str) -> SplitResult | None:
    """The parts of an address (RFC 3986); None where it has none: brackets that enclose no IPv6
    address, a port that is no port.

    ``urlsplit`` raises for the first, and only when it is asked for the second.
    """
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts


def join_address(base: str, text: str) -> str:
    """The address to which a link on a page or in a feed leads; the link itself where it or the
    page has none.
    """
    try:
        return urljoin(base, text)
    except ValueError:
        return text


def is_whole(text: str) -> bool:
    """Whether it is an address of the web with all that leads there, such as https://exemple.fr/podcast/."""
    parts = split_address(text)
    return parts is not None and parts.scheme in {"http", "https"} and bool(parts.hostname)


def ascii_address(text: str) -> str:
    """An address as servers are asked for it (RFC 3987, 3.1): letters that ASCII lacks are escaped
    as UTF-8, in the server's name by IDNA. Hosts and people write file names as they are.
    """
    if text.isascii() and " " not in text:
        return text
    parts = split_address(text)
    if parts is None or parts.hostname is None:
        return text
    there = parts.netloc
    if not there.isascii():
        user, at, _ = there.rpartition("@")
        port = "" if parts.port is None else f":{parts.port}"
        with suppress(UnicodeError):  # a name that IDNA does not know stays, and is not found
            there = f"{user}{at}{parts.hostname.encode('idna').decode()}{port}"
    path, query, fragment = (
        _NO_ADDRESS.sub(lambda found: quote(found[0], errors="replace"), one)
        for one in (parts.path, parts.query, parts.fragment)
    )
    return urlunsplit((parts.scheme, there, path, query, fragment))
