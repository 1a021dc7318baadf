"""Text that is valid in XML, and short enough for apps that truncate it."""

from __future__ import annotations

import re

from studio.messages.localised_formats import listed

# Characters that XML 1.0 forbids, and control characters that it discourages, except line ends.
FORBIDDEN = re.compile("[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Spaces at which a line may break. No-break spaces are kept: French typography needs them.
BREAKING_SPACES = re.compile("[ \t\n\r\u2028\u2029]+")


def xml_text(text: str) -> str:
    """The text without characters that XML forbids and without spaces at its ends."""
    return FORBIDDEN.sub("", re.sub("\r\n?|[\x0b\x0c\x85]", "\n", text)).strip()


def single_line(text: str) -> str:
    """The same on one line, with runs of spaces collapsed."""
    return BREAKING_SPACES.sub(" ", xml_text(text)).strip()


def cut_text(text: str, limit_bytes: int) -> str:
    """The text if its UTF-8 fits, else its start, cut at a word and ended with « … »; empty if not
    even that fits.
    """
    content = text.encode("utf-8")
    if len(content) <= limit_bytes:
        return text
    room = limit_bytes - len("…".encode())
    if room <= 0:
        return ""
    start = content[:room].decode("utf-8", errors="ignore")
    words = re.match(r"(.*)\s", start, flags=re.DOTALL)
    whole = (
        start if content[len(start.encode("utf-8")) :][:1].isspace() or words is None else words[1]
    )
    return whole.rstrip(" \t\n\r,;:–—-") + "…"


def names_from_list(names: tuple[str, ...], language: str = "fr") -> str:
    """Names as a language lists them: « A, B et C »."""
    return listed(names, language)
