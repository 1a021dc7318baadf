"""An article from a file: what it is by its name, then its blocks, then one way for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from studio.article.block import Block
from studio.article.encoding import text_from_bytes
from studio.article.illustration import credit_in
from studio.article.markdown import blocks_from_markdown, markdown_from_article
from studio.article.outline import Reading, article_from_blocks, reading_from_blocks
from studio.article.text import blocks_from_text
from studio.article.title import EpisodeKind
from studio.errors import ArticleError
from studio.messages.message import message
from studio.model.article import Article

__all__ = [
    "Reading",
    "article_from_file",
    "article_from_markdown",
    "markdown_from_article",
    "reading_from_file",
]

SUFFIXES = (".txt", ".md", ".docx", ".html", ".htm")

_BROWSER = message("the browser")
_OTHER_PROGRAMS = {
    ".doc": "Word",
    ".rtf": "Word",
    ".odt": "LibreOffice",
    ".pages": "Pages",
    ".pdf": message("the program that made it"),
    ".mht": _BROWSER,
    ".mhtml": _BROWSER,
    ".webarchive": _BROWSER,
}
_LONGEST_LEGEND = 200  # characters
# Far above any article; a page saved in one file carries its pictures, and so does a Word document.
_LARGEST_TEXT_BYTES = 4 * 1024 * 1024
_LARGEST_FILE_BYTES = 64 * 1024 * 1024
# Twice the paragraphs of a book of 300 pages; reading so many takes some seconds.
_MOST_BLOCKS = 10_000


def article_from_file(path: Path) -> Article:
    """Read a published article: plain text, Markdown, Word (.docx) or a page saved from a browser.

    :raises ArticleError: the file is missing, empty, too large, of another kind or damaged, or
        holds no interview; nothing is changed.
    """
    return reading_from_file(path).article


def reading_from_file(
    path: Path, *, guests: Sequence[str] = (), kind: EpisodeKind | None = None
) -> Reading:
    """Read a published article, and what its file tells besides.

    :param guests: who answers, where somebody said it; else whom the article names.
    :param kind: what the episode is, where somebody said it; else what the title says. Only a full
        one must have a question.
    :raises ArticleError: as :func:`article_from_file`.
    """
    suffix = path.suffix.lower()
    content = _read(path, _LARGEST_TEXT_BYTES if suffix in {".txt", ".md"} else _LARGEST_FILE_BYTES)
    blocks = list(_limited(_blocks_of(content, path), path))
    reading = reading_from_blocks(blocks, path, guests=guests, kind=kind)
    link, picture, missing = "", None, ""
    if suffix == ".docx":
        from studio.article.word import picture_of_word

        picture = picture_of_word(content, path)
    elif suffix not in {".txt", ".md"}:
        from studio.article.page import surroundings_of_page

        link, picture, missing = surroundings_of_page(content, path)
    if picture is not None:
        credit = picture.credit or next(
            filter(
                None,
                (credit_in(block.text) for block in blocks if len(block.text) <= _LONGEST_LEGEND),
            ),
            "",
        )
        picture = picture._replace(
            credit=credit, alt=picture.alt or ", ".join(reading.article.guests)
        )
    return reading._replace(link=link, picture=picture, missing_picture=missing)


def _blocks_of(content: bytes, path: Path) -> Iterable[Block]:
    suffix = path.suffix.lower()
    if suffix == ".txt":
        return blocks_from_text(text_from_bytes(content, path))
    if suffix == ".md":
        return blocks_from_markdown(text_from_bytes(content, path))
    if suffix == ".docx":
        from studio.article.word import blocks_from_word

        return blocks_from_word(content, path)
    from studio.article.page import blocks_from_page

    return blocks_from_page(content, path)


def article_from_markdown(text: str, where: object, *, asks: bool = True) -> Article:
    """Read ``article.md``, as Studio wrote it and a person may have changed it.

    :param where: the file, for messages.
    :param asks: there must be a question; a trailer has none.
    :raises ArticleError: there is no title, no question, or a question without an answer.
    """
    return article_from_blocks(_limited(blocks_from_markdown(text), where), where, asks=asks)


def _limited(blocks: Iterable[Block], where: object) -> Iterator[Block]:
    """The same blocks, as long as there are no more than any article has."""
    for number, block in enumerate(blocks, 1):
        if number > _MOST_BLOCKS:
            raise ArticleError(
                where,
                message(
                    "has more than {most_blocks} paragraphs, too many for an article",
                    most_blocks=_MOST_BLOCKS,
                ),
                message("Name the file of the article alone."),
            )
        yield block


def _read(path: Path, largest_bytes: int) -> bytes:
    if path.is_dir():
        raise ArticleError(
            path,
            message("is a folder"),
            message("Name the article's file in it: {suffixes}.", suffixes=", ".join(SUFFIXES)),
        )
    if not path.exists():
        raise ArticleError(
            path,
            message("does not exist"),
            message("Check the name, and put names with spaces in quotation marks."),
        )
    suffix = path.suffix.lower()
    if program := _OTHER_PROGRAMS.get(suffix):
        better = "HTML" if program == _BROWSER else ".docx"
        raise ArticleError(
            path,
            message("is a {suffix} file, which cannot be read", suffix=suffix),
            message(
                "Open it in {program} and save it as {better}.", program=program, better=better
            ),
        )
    if suffix not in SUFFIXES:
        ending = message("ends in {suffix}", suffix=suffix) if suffix else message("has no ending")
        raise ArticleError(
            path,
            message("is no article: its name {ending}", ending=ending),
            message("An article is one of {suffixes}.", suffixes=", ".join(SUFFIXES)),
        )
    try:
        size_bytes = path.stat().st_size
        if size_bytes > largest_bytes:
            raise ArticleError(
                path,
                message(
                    "has {size_bytes} MiB, too much for an article",
                    size_bytes=size_bytes // 1024**2,
                ),
                message(
                    "{largest_bytes} MiB are the most.", largest_bytes=largest_bytes // 1024**2
                ),
            )
        content = path.read_bytes()
    except OSError as error:
        raise ArticleError(
            path,
            message("cannot be read ({reason})", reason=error.strerror),
            message("Check the file and who may read it."),
        ) from None
    if not content.strip():
        raise ArticleError(
            path, message("is empty"), message("Name the file that holds the article.")
        )
    return content
