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
    """The parts of a URL (RFC 3986); None if it is invalid: brackets without an IPv6 address, an
    invalid port.

    ``urlsplit`` raises for the former, but for the latter only on access.
    """
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts


def join_address(base: str, text: str) -> str:
    """The absolute URL of a link on a page or in a feed; the link itself if it or the page's URL is
    invalid.
    """
    try:
        return urljoin(base, text)
    except ValueError:
        return text


def is_whole(text: str) -> bool:
    """Whether it is a complete web address, such as https://exemple.fr/podcast/."""
    parts = split_address(text)
    return parts is not None and parts.scheme in {"http", "https"} and bool(parts.hostname)


def ascii_address(text: str) -> str:
    """Convert an IRI to a URI (RFC 3987, 3.1): non-ASCII letters are percent-encoded as UTF-8, in
    the host name by IDNA. Hosts and users write file names unencoded.
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
        with suppress(UnicodeError):  # an invalid IDNA name is kept, and will not resolve
            there = f"{user}{at}{parts.hostname.encode('idna').decode()}{port}"
    path, query, fragment = (
        _NO_ADDRESS.sub(lambda found: quote(found[0], errors="replace"), one)
        for one in (parts.path, parts.query, parts.fragment)
    )
    return urlunsplit((parts.scheme, there, path, query, fragment))
