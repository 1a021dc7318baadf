"""Short titles: Apple and others cut a chapter's title at about forty characters; better we cut it
at a word.
"""

from __future__ import annotations

import re
import unicodedata

from studio.text.typography import leans_on_next

TITLE_CHARACTERS = 40

_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
_ELLIPSIS = "…"


def short_title(question: str, limit: int = TITLE_CHARACTERS) -> str:
    """A question as a title of at most ``limit`` characters.

    One that fits stays whole. One that fits without its question mark loses only that. Any other is
    cut at a word, never after one that leans on the next (an article, a preposition), and ends with
    « … ». Emoji and tags are left out. Empty only for a question without a word.
    """
    text = plain_title(question)
    if len(text) <= limit:
        return text
    bare = text.rstrip("?!. ")
    if bare and len(bare) <= limit:
        return bare
    words = bare.split(" ")
    kept = _words_that_fit(words, limit - len(_ELLIPSIS))
    if not kept:
        return words[0][: limit - len(_ELLIPSIS)] + _ELLIPSIS
    while len(kept) > 1 and (leans_on_next(kept[-1]) or not any(map(str.isalnum, kept[-1]))):
        kept.pop()
    return " ".join(kept).rstrip(".,;:?!–—-«( ") + _ELLIPSIS


def plain_title(text: str) -> str:
    """The text on one line without emoji, tags, control characters and leading dashes; plain
    spaces.
    """
    text = _TAG.sub("", text)
    text = "".join(" " if sign.isspace() else "" if _is_ornament(sign) else sign for sign in text)
    return " ".join(text.split()).lstrip("–—-•* ")


def _is_ornament(sign: str) -> bool:
    """Emoji and what joins and colours them; control characters. « ° », « + » and « © » are signs
    of writing.
    """
    category = unicodedata.category(sign)
    emoji = category in {"So", "Sk"} and sign not in "°©®™`^¨´¯¸"
    return emoji or category in {"Cc", "Cf", "Co", "Cn", "Cs"} or sign in "\ufe0e\ufe0f\u20e3"


def _words_that_fit(words: list[str], limit: int) -> list[str]:
    kept: list[str] = []
    length = -1
    for word in words:
        length += 1 + len(word)
        if length > limit:
            break
        kept.append(word)
    return kept
