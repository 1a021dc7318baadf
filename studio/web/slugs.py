"""Names that every file system, URL and podcast app accepts: ASCII letters, digits, hyphens,
underscores, full stops.
"""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode does not decompose into a base letter and a mark.
WHOLE_LETTERS = str.maketrans(
    {
        "œ": "oe",
        "Œ": "OE",
        "æ": "ae",
        "Æ": "AE",
        "ß": "ss",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ı": "i",
        "þ": "th",
        "°": "o",
    }
)
SLUG_CHARACTERS = 60


def ascii_name(text: str) -> str:
    """The text in ASCII letters, digits, ``-``, ``_`` and ``.``: without accents, other runs as one
    hyphen. May be empty.
    """
    decomposed = unicodedata.normalize("NFKD", text.translate(WHOLE_LETTERS))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return re.sub(r"-{2,}", "-", re.sub(r"[^A-Za-z0-9_.]+", "-", bare)).strip("-.")


def slug_from_text(text: str) -> str:
    """A short ASCII name in lower case, cut at a word, for folders and addresses; ``untitled`` if
    no letter or digit is left.
    """
    slug = re.sub(r"[-_.]+", "-", ascii_name(text).lower()).strip("-")
    if len(slug) > SLUG_CHARACTERS:
        slug = slug[: SLUG_CHARACTERS + 1].rpartition("-")[0] or slug[:SLUG_CHARACTERS]
    return slug or "untitled"
