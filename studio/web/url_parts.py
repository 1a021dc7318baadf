"""Split a possibly malformed web address into its parts."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit


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


def is_whole(text: str) -> bool:
    """Whether it is an address of the web with all that leads there, such as https://exemple.fr/podcast/."""
    parts = split_address(text)
    return parts is not None and parts.scheme in {"http", "https"} and bool(parts.hostname)
