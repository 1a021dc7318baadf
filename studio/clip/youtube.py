"""Title and description of a video for YouTube, with chapters.

YouTube shows chapters if a description has at least three times in ascending order, the first of
them 0:00, at least ten seconds apart (support.google.com/youtube/answer/9884579).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studio.clip.scene import SceneChapter
from studio.messages.message import message
from studio.messages.translations import in_language
from studio.text.plain import cut_text
from studio.text.typography import set_text, stamp_from_ms

# The API's limits (developers.google.com/youtube/v3/docs/videos, snippet): neither may contain < or
# >.
VIDEO_TITLE_CHARACTERS = 100
VIDEO_DESCRIPTION_BYTES = 5000
# Lengths to which chapter titles are cut if not all fit, tried in this order; shorter ones are
# useless.
TITLE_BYTES = (60, 45, 30, 20)
_ANGLES = str.maketrans("<>", "‹›")


def title_for_youtube(title: str, language: str) -> str:
    """The title, cut at a word to YouTube's limit."""
    sentence = set_text(title, language).translate(_ANGLES)
    if len(sentence) <= VIDEO_TITLE_CHARACTERS:
        return sentence
    return sentence[: VIDEO_TITLE_CHARACTERS - 1].rpartition(" ")[0].rstrip(" ,;:–") + "…"


def description_for_youtube(
    *,
    introduction: Sequence[str],
    chapters: Sequence[SceneChapter],
    page: str,
    notice: str,
    language: str,
) -> str:
    """The description: introduction, link to article and transcript, chapters, notice; with as many
    paragraphs of the introduction as fit.

    It has all chapters or none: if there are very many, titles are cut, with a note; if even these
    do not fit, it refers to the page.

    :param introduction: the article's introduction.
    :param page: the URL of the episode's page.
    """
    read = message("Article, transcript and subscription: {address}", address=page)
    paragraphs = [set_text(text, language).translate(_ANGLES) for text in introduction]
    for times in _chapter_lists(chapters, language):
        said = [in_language(read, language), times, set_text(notice, language)]
        needed = [part.translate(_ANGLES) for part in said if part]
        left = len(paragraphs)
        while left and len(_joined([*paragraphs[:left], *needed])) > VIDEO_DESCRIPTION_BYTES:
            left -= 1
        text = _joined([*paragraphs[:left], *needed])
        if len(text) <= VIDEO_DESCRIPTION_BYTES:
            break
    return text.decode()


def _chapter_lists(chapters: Sequence[SceneChapter], language: str) -> Iterator[str]:
    """The list of chapters in decreasing length; finally a reference to the page."""

    def lines(bytes_of_title: int) -> str:
        return "\n".join(
            f"{stamp_from_ms(one.start_ms)} {cut_text(one.title, bytes_of_title)}"
            for one in chapters
        )

    yield lines(VIDEO_DESCRIPTION_BYTES)
    sentence = in_language(
        message("Chapter titles are shortened here; the page has them."), language
    )
    for most in TITLE_BYTES:
        yield f"{lines(most)}\n\n{sentence}"
    sentence = message("There are more chapters than fit here; the page has them.")
    yield in_language(sentence, language)


def _joined(parts: Sequence[str]) -> bytes:
    return ("\n\n".join(parts) + "\n").encode()
