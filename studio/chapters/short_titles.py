"""Short titles: no specification limits a chapter's title, but apps show one or two lines; Studio
shortens titles at a word boundary before apps truncate them inside a word.
"""

from __future__ import annotations

import re
import unicodedata

from studio.model.article import Article
from studio.model.chapters import Chapters
from studio.text.typography import leans_on_next

# Two lines of a chapter list on a telephone 360 px wide, in the 16 px that AntennaPod and the pages
# use (some 32 characters a line beside the time); no platform documents a limit.
CHAPTER_TITLE_CHARACTERS = 60

_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
_ELLIPSIS = "…"


def short_title(question: str, limit: int = CHAPTER_TITLE_CHARACTERS) -> str:
    """A question as a title of at most ``limit`` characters.

    A question that fits is unchanged. A longer one is cut at a word, never after an article or a
    preposition, and ends with « … », or « … ? » for a question. Emoji and tags are removed. Empty
    only if the question has no word.
    """
    text = single_line_title(question)
    if len(text) <= limit:
        return text
    ending = _ELLIPSIS + (" ?" if text.endswith("?") else "")
    words = text.rstrip("?!. ").split(" ")
    kept = _words_that_fit(words, limit - len(ending))
    if not kept:
        return words[0][: limit - len(ending)] + ending
    while len(kept) > 1 and (leans_on_next(kept[-1]) or not any(map(str.isalnum, kept[-1]))):
        kept.pop()
    return " ".join(kept).rstrip(".,;:?!–—-«( ") + ending


def full_titles(chapters: Chapters, article: Article) -> tuple[str, ...]:
    """The chapters' unabridged titles: the full question if the title was cut from it, else the
    title that a user gave.
    """
    questions = {exchange.number: exchange.question for exchange in article.exchanges}
    wholes = [questions.get(one.question or 0, one.title) for one in chapters.chapters]
    return tuple(
        whole if _is_cut_from(one.title, single_line_title(whole)) else one.title
        for one, whole in zip(chapters.chapters, wholes, strict=True)
    )


def _is_cut_from(title: str, question: str) -> bool:
    """Whether Studio made the title from the question, with any former limit."""
    bare = title.rstrip(f"{_ELLIPSIS}?! \u00a0\u202f")
    if _ELLIPSIS in title:
        return question.startswith(bare)
    return bare == question.rstrip("?! \u00a0\u202f")


def single_line_title(text: str) -> str:
    """The text on one line without emoji, tags, control characters and leading dashes; plain
    spaces.
    """
    text = _TAG.sub("", text)
    text = "".join(" " if sign.isspace() else "" if _is_ornament(sign) else sign for sign in text)
    return " ".join(text.split()).lstrip("–—-•* ")


def _is_ornament(sign: str) -> bool:
    """Whether a character is an emoji, an emoji joiner or modifier, or a control character; « ° »,
    « + » and « © » are not.
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
