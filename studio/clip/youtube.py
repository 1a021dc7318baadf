"""What is typed beside a video at YouTube: title and description with chapters.

YouTube makes chapters of a description whose first time is 0:00 and that has three or more of them,
in order, ten seconds or longer (support.google.com/youtube/answer/9884579).
"""

from __future__ import annotations

from collections.abc import Sequence

from studio.clip.scene import SceneChapter
from studio.messages.catalogue import in_language
from studio.messages.message import message
from studio.text.typography import set_text, stamp_from_ms

# The API's limits (developers.google.com/youtube/v3/docs/videos, snippet): neither may have < or >.
TITLE_CHARACTERS = 100
DESCRIPTION_BYTES = 5000
_ANGLES = str.maketrans("<>", "‹›")


def title_for_youtube(title: str, language: str) -> str:
    """The title, cut at a word where it is longer than YouTube takes."""
    told = set_text(title, language).translate(_ANGLES)
    if len(told) <= TITLE_CHARACTERS:
        return told
    return told[: TITLE_CHARACTERS - 1].rpartition(" ")[0].rstrip(" ,;:–") + "…"


def description_for_youtube(
    *,
    introduction: Sequence[str],
    chapters: Sequence[SceneChapter],
    page: str,
    notice: str,
    language: str,
) -> str:
    """The description: what the episode is about, where article and transcript are, the chapters,
    what must be known. Of the introduction, as many paragraphs as there is room for.

    :param introduction: the article's.
    :param page: the address of the episode's page.
    """
    read = message("Article, transcript and subscription: {address}", address=page)
    times = "\n".join(f"{stamp_from_ms(one.start_ms)} {one.title}" for one in chapters)
    said = [in_language(read, language), times, set_text(notice, language)]
    needed = [part.translate(_ANGLES) for part in said if part]
    paragraphs = [set_text(text, language).translate(_ANGLES) for text in introduction]
    while paragraphs and len(_joined([*paragraphs, *needed])) > DESCRIPTION_BYTES:
        paragraphs.pop()
    return _joined([*paragraphs, *needed]).decode()


def _joined(parts: Sequence[str]) -> bytes:
    return ("\n\n".join(parts) + "\n").encode()
