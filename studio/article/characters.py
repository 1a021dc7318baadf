"""Character clean-up of an article: invisible characters are removed, the author's own are kept.

Inside Studio a text is one line of Unicode in normal form C with U+0020 as its only space. French
requires a no-break space before « ? », « ! », « ; » and « : », but two texts can only be compared
with the same spaces, so pages insert it again. The author's apostrophes, quotation marks and dashes
stay.
"""

from __future__ import annotations

import functools
import re
import unicodedata

# Emoji that mark a question; keyboards add a variation selector to some of them.
QUESTION_EMOJI = "💬💭🗨🗯❓❔"
# Letters of mathematics, with which posts show bold and italics: « 𝗕𝗼𝗻𝗷𝗼𝘂𝗿 ».
_MATHEMATICAL = {
    code: plain
    for code in range(0x1D400, 0x1D800)
    if (plain := unicodedata.normalize("NFKC", chr(code))) != chr(code)
}
_JOINER = "\u200d"
_EMOJI_STYLE = "\ufe0f"
_WORD = re.compile(r"[^\W_]")


def clean_text(text: str) -> str:
    """One line of the author's characters: NFC, single ordinary spaces, nothing invisible. Cleaning
    twice changes nothing.

    Left out: soft hyphens, zero-width and direction characters, byte order marks, control
    characters, private use (icon fonts) and whatever XML could not carry. The joiner inside a
    compound emoji stays. Mathematical letters become ordinary ones.
    """
    # A text has few different characters; each occurrence would take seconds per megabyte.
    unseen = [one for one in set(text) if one != _JOINER and not _is_seen(one)]
    seen = text.translate(dict.fromkeys(map(ord, unseen))) if unseen else text
    if any("\U0001d400" <= one < "\U0001d800" for one in set(seen)):
        seen = seen.translate(_MATHEMATICAL)
    if _JOINER not in seen:
        return " ".join(unicodedata.normalize("NFC", seen).split())
    kept: list[str] = []
    for index, character in enumerate(seen):
        if character == _JOINER and not (
            kept and _is_pictorial(kept[-1]) and _is_pictorial(seen[index + 1 : index + 2])
        ):
            continue
        kept.append(character)
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


def has_words(text: str) -> bool:
    """Whether the text contains a letter or a digit: « * * * » and « — » are only separators."""
    return _WORD.search(text) is not None


@functools.lru_cache(maxsize=4096)  # a show has thousands of articles, and few different characters
def _is_seen(character: str) -> bool:
    if character.isspace():
        return True
    if ord(character) & 0xFFFE == 0xFFFE or "\ufdd0" <= character <= "\ufdef":
        return False
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co"}


def _is_pictorial(character: str) -> bool:
    return character == _EMOJI_STYLE or (
        character != "" and unicodedata.category(character) in {"So", "Sk"}
    )
