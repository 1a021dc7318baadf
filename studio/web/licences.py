"""The show's licence: its URL and its usual name."""

from __future__ import annotations

import re

_COMMONS = re.compile(r"cc-(by(?:-nc)?(?:-nd|-sa)?)-(\d\.\d)(?:-([a-z]{2,3}))?", re.IGNORECASE)
_COMMONS_SITE = "https://creativecommons.org"


def licence_address(identifier: str) -> str:
    """The address of a Creative Commons licence by its SPDX identifier (``cc-by-4.0``); empty for
    any other.
    """
    if identifier.lower() == "cc0-1.0":
        return f"{_COMMONS_SITE}/publicdomain/zero/1.0/"
    match = _COMMONS.fullmatch(identifier)
    if match is None:
        return ""
    terms, version, country = match.groups()
    return f"{_COMMONS_SITE}/licenses/{terms.lower()}/{version}/" + (
        f"{country.lower()}/" if country else ""
    )


def licence_name(identifier: str) -> str:
    """The usual name: « CC BY-SA 4.0 » of ``cc-by-sa-4.0``; other licences unchanged."""
    if not licence_address(identifier):
        return identifier
    if identifier.lower() == "cc0-1.0":
        return "CC0 1.0"
    terms, version, country = _COMMONS.fullmatch(identifier).groups()  # type: ignore[union-attr]
    return " ".join(filter(None, ("CC", terms.upper(), version, (country or "").upper())))
