"""Character clean-up of an article: invisible characters are removed, the author's own are kept.

Inside Studio a text is one line of Unicode in normal form C whose only space is U+0020. French
wants a no-break space before « ? », « ! », « ; » and « : », but two texts can only be compared when
both have the same one, so pages set it again when they are made. Apostrophes, quotation marks and
dashes stay what the author chose.
"""

from __future__ import annotations

import functools
import re
import unicodedata

# What marks a question; keyboards give some of them a variation selector.
QUESTION_EMOJI = "💬💭🗨🗯❓❔"
_JOINER = "\u200d"
_EMOJI_STYLE = "\ufe0f"
_WORD = re.compile(r"[^\W_]")


def clean_text(text: str) -> str:
    """One line of the author's characters: NFC, single ordinary spaces, nothing invisible. Cleaning
    twice changes nothing.

    Left out: soft hyphens, zero-width and direction characters, byte order marks, control
    characters, private use (icon fonts) and whatever XML could not carry. The joiner inside a
    compound emoji stays.
    """
    # A text has few different characters; one by one, its own would take seconds a megabyte.
    unseen = [one for one in set(text) if one != _JOINER and not _is_seen(one)]
    seen = text.translate(dict.fromkeys(map(ord, unseen))) if unseen else text
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
    """Whether there is a letter or a digit in it: « * * * » and « — » only part what stands around
    them.
    """
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
