"""Short titles: no specification limits a chapter's title, but apps show one or two lines; Studio
cuts at a word boundary before they cut within one.
"""

from __future__ import annotations

import re
import unicodedata

from studio.model.article import Article
from studio.model.chapters import Chapters
from studio.text.typography import leans_on_next

# Two lines of a chapter list on a telephone 360 px wide, in the 16 px that AntennaPod and the pages
# use (some 32 characters a line beside the time); no platform documents a limit of its own.
CHAPTER_TITLE_CHARACTERS = 60

_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
_ELLIPSIS = "…"


def short_title(question: str, limit: int = CHAPTER_TITLE_CHARACTERS) -> str:
    """A question as a title of at most ``limit`` characters.

    One that fits stays whole. Any other is cut at a word, never after one that leans on the next
    (an article, a preposition), and ends with « … », a question with « … ? ». Emoji and tags are
    left out. Empty only for a question without a word.
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
    """The chapters' titles where there is room: the whole question that one is cut from, unless a
    person gave it another one.
    """
    questions = {exchange.number: exchange.question for exchange in article.exchanges}
    wholes = [questions.get(one.question or 0, one.title) for one in chapters.chapters]
    return tuple(
        whole if _is_cut_from(one.title, single_line_title(whole)) else one.title
        for one, whole in zip(chapters.chapters, wholes, strict=True)
    )


def _is_cut_from(title: str, question: str) -> bool:
    """Whether Studio made a title of a question, by whatever limit it had then."""
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
