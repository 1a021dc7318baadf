"""Places: paths of files below a root, written with ``/``. Untrusted ones are validated here before
they become paths.
"""

from __future__ import annotations

import functools
import re

from studio.messages.message import message

# The longest object key in S3, and the longest name in the file systems of Linux, macOS and
# Windows.
PLACE_BYTES = 1024
NAME_BYTES = 255
# Studio's own state and unfinished files: no publication, archive or setting may name one.
OWN = ".studio"

# Device names of Windows, also with an extension: « nul.wav » is the device, too.
# Microsoft, « Naming Files, Paths, and Namespaces »; port numbers may also be ¹, ² and ³.
_DEVICES = {
    *("con", "prn", "aux", "nul", "conin$", "conout$"),
    *(f"{port}{number}" for port in ("com", "lpt") for number in "123456789¹²³"),
}

# Slightly more than a show of 5,000 episodes has: 20 MB.
MOST_PLACES = 100_000

_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


# A command reads the same places in several lists: built, sent and present files.
@functools.lru_cache(maxsize=MOST_PLACES)
def invalid_place_reason(place: str) -> str | None:
    """Why a text from outside (a manifest, a feed, an archive, a setting) must not become a path
    below a root; None if it may.

    The same on every system, so that a place accepted on one machine is safe on another one.
    """
    try:
        encoded = place.encode("utf-8")
    except UnicodeEncodeError:
        return message("is not Unicode text")
    if _CONTROL.search(place):
        return message("has a control character")
    if "\\" in place:
        return message("has a backslash")
    if place.startswith("/"):
        return message("is absolute")
    if len(encoded) > PLACE_BYTES:
        return message("is longer than {place_bytes} bytes", place_bytes=PLACE_BYTES)
    return next(filter(None, map(_invalid_name_reason, place.split("/"))), None)


def is_device_name(name: str) -> bool:
    """Whether this name of a file or folder is a device name on Windows."""
    return name.partition(".")[0].rstrip(" ").lower() in _DEVICES


def _invalid_name_reason(name: str) -> str | None:
    """Why one part of a path is not portable; None if it is."""
    if not name:
        return message("has an empty part")
    # Windows drops full stops and spaces at the end: « .. » and « a. » would become other names.
    if name.rstrip(". ") == "" or name != name.rstrip(" "):
        return (
            message("has a part that leads outside")
            if name.rstrip(" ") in {".", ".."}
            else message("has a part that ends in a space or is empty")
        )
    if _DRIVE.match(name):
        return message("names a drive")
    if is_device_name(name):
        return message("has a name that Windows reserves for a device")
    if len(name.encode("utf-8")) > NAME_BYTES:
        return message("has a part of more than {name_bytes} bytes", name_bytes=NAME_BYTES)
    if name.casefold().startswith(OWN):
        return message("is reserved for Studio ({own})", own=OWN)
    return None
