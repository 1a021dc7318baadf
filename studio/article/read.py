"""Read an article: detect the format, parse to blocks, build the article."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from studio.article.block import ArticleBlock
from studio.article.encoding import text_from_bytes
from studio.article.illustration import Illustration, credit_in
from studio.article.markdown import (
    blocks_from_markdown,
    has_headings,
    is_other_markup,
    markdown_from_article,
    markdown_from_other_markup,
    without_dialects,
)
from studio.article.outline import ParsedArticle, article_from_blocks, parsed_article_from_blocks
from studio.article.plain_text import blocks_from_text, without_page_edges
from studio.article.text_tables import text_from_tables
from studio.article.title import EpisodeKind, names_alone
from studio.errors import ArticleError, refuse_special_file
from studio.file_access import read_file
from studio.messages.message import message
from studio.model.article import Article

__all__ = [
    "ParsedArticle",
    "article_from_file",
    "article_from_markdown",
    "markdown_from_article",
    "parsed_article_from_file",
]

_BROWSER = message("the browser")
_MAIL_PROGRAM = message("the mail program")
_AS_DOCUMENT, _AS_PAGE, _AS_TEXT = ".docx", "HTML", ".txt"
_OTHER_PROGRAMS = {
    ".doc": "Word",
    ".dot": "Word",
    ".wps": "Word",
    ".rtf": "Word",
    ".odt": "LibreOffice",
    ".pages": "Pages",
    ".pdf": message("the program that made it"),
    ".mht": _BROWSER,
    ".mhtml": _BROWSER,
    ".webarchive": _BROWSER,
    ".gdoc": "Google Docs",
    ".eml": _MAIL_PROGRAM,
    ".msg": _MAIL_PROGRAM,
}
_BETTER: dict[str, str] = {_BROWSER: _AS_PAGE, _MAIL_PROGRAM: _AS_TEXT}
# The first bytes of files that may have another extension than their own.
_DISGUISED = (
    (b"%PDF-", ".pdf"),
    (b"{\\rtf", ".rtf"),
    (b"bplist00", ".webarchive"),
    (b"PK\3\4", ".docx"),
)
_MIME_HEAD = re.compile(rb"\A(?:[\w-]+:.*\r?\n(?:[ \t].*\r?\n)*)*?MIME-Version:", re.IGNORECASE)
_MAX_MIME_HEAD = 8000  # bytes
_MAX_LEGEND = 200  # characters
_HEAD_CHARACTERS = 2000  # in which the fields of an article are, before its first question
_LINK_FIELD = re.compile(
    r"(?:^(?:canonical(?:_?url)?|url|lien|link|permalink)\s*[:=]\s*[\"']?|\A\s*)"
    r"(?P<link>https?://[^\s\"']+)",
    re.IGNORECASE | re.MULTILINE,
)
_AUTHOR_FIELD = re.compile(
    r"^(?:#\+|:)?(?:authors?|auteure?s?|autrices?)[ \t]*[:=][ \t]*"
    r"(?:\n[ \t]*-[ \t]*)?(?:name[ \t]*:[ \t]*)?[\[\"']{0,2}(?P<name>[^\n\"'\]]{3,80})",
    re.IGNORECASE | re.MULTILINE,
)
# « :Auteur: X » of reStructuredText
_FIELD_LIST = re.compile(
    r"^:(?:auteure?|autrice|author|date|version|statut|status|tags):[ \t].*$",
    re.MULTILINE | re.IGNORECASE,
)
# Far above any article; a page saved as one file includes its pictures, and so does a Word
# document. The source of a page in a text file, as editors of sites copy it; forums write « [b] ».
_FORUM_TAG = re.compile(r"\[(?P<tag>/?[biu])\]", re.IGNORECASE)
# « Maud&nbsp;Le&nbsp;Bihan », « l&#8217;eau »: what the source of a page has of French.
_ENTITY = re.compile(
    r"&(?:nbsp|[lr]s?aquo|[lr][sd]quo|hellip|[mn]dash|euro|oelig|[A-Za-z](?:acute|grave|circ|cedil|uml)"
    r"|#[0-9]{2,5}|#x[0-9A-Fa-f]{2,4});"
)
_END_TAG = re.compile(r"</(?:p|div|h[1-6]|b|strong|i|em|u|li|blockquote)\s*>", re.IGNORECASE)
_END_OF_PARAGRAPH = re.compile(r"</(?:p|div)\s*>", re.IGNORECASE)
_FEWEST_END_TAGS = 2
_MAX_TEXT_BYTES = 4 * 1024 * 1024
_MAX_FILE_BYTES = 64 * 1024 * 1024
# Twice the paragraphs of a book of 300 pages; reading this many takes some seconds.
_MAX_BLOCKS = 10_000


class Surroundings(NamedTuple):
    """What a file contains besides its text.

    :param link: the URL of the published article; empty if unknown.
    :param picture: the article's picture.
    :param missing: the URL of a picture that is not in the file.
    :param author: the author of the article; empty if unknown.
    """

    link: str = ""
    picture: Illustration | None = None
    missing: str = ""
    author: str = ""


class ArticleFormat(NamedTuple):
    """One format in which articles can be read.

    :param suffixes: its file extensions, in lower case.
    :param blocks: reads its paragraphs; the path is for errors.
    :param largest_bytes: larger files are refused with a remedy.
    :param surroundings: what else the file contains.
    """

    suffixes: tuple[str, ...]
    blocks: Callable[[bytes, Path], Iterable[ArticleBlock]]
    largest_bytes: int
    surroundings: Callable[[bytes, Path], Surroundings] = lambda *_: Surroundings()


def _text_blocks(content: bytes, path: Path) -> Iterable[ArticleBlock]:
    text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text_from_bytes(content, path))
    if has_headings(text):
        return blocks_from_markdown(without_dialects(text))
    if is_other_markup(text):
        return blocks_from_markdown(without_dialects(markdown_from_other_markup(text)))
    text = text_from_tables(without_page_edges(_FIELD_LIST.sub("", text)))
    tagged = _FORUM_TAG.sub(r"<\g<tag>>", text)
    if len(_END_TAG.findall(tagged)) < _FEWEST_END_TAGS:
        return blocks_from_text(text)
    if _END_OF_PARAGRAPH.search(tagged) is None:
        tagged = "".join(f"<p>{line}</p>" for line in tagged.splitlines())
    return _page_blocks(tagged.encode(), path)


def _word_blocks(content: bytes, path: Path) -> Iterable[ArticleBlock]:
    # python-docx takes a third of a second to load: only Word files pay for it.
    from studio.article.word import blocks_from_word

    return blocks_from_word(content, path)


def _word_surroundings(content: bytes, path: Path) -> Surroundings:
    from studio.article.word import picture_of_word

    return Surroundings(picture=picture_of_word(content, path))


def _page_blocks(content: bytes, path: Path) -> Iterable[ArticleBlock]:
    from studio.article.web_page import blocks_from_page

    return blocks_from_page(content, path)


def _page_surroundings(content: bytes, path: Path) -> Surroundings:
    from studio.article.web_page import surroundings_of_page

    return Surroundings(*surroundings_of_page(content, path))


def _head_surroundings(content: bytes, path: Path) -> Surroundings:
    """Metadata of the first lines, as notebooks and the sources of sites have it: « author: … »."""
    head = text_from_bytes(content, path)[:_HEAD_CHARACTERS]
    link, author = _LINK_FIELD.search(head), _AUTHOR_FIELD.search(head)
    names = names_alone(author["name"].strip()) if author else ()
    return Surroundings(
        link=link["link"] if link else "", author=names[0] if len(names) == 1 else ""
    )


ARTICLE_FORMATS: tuple[ArticleFormat, ...] = (
    ArticleFormat(
        (".txt",),
        _text_blocks,
        _MAX_TEXT_BYTES,
        _head_surroundings,
    ),
    ArticleFormat(
        (".md", ".markdown"),
        lambda content, path: blocks_from_markdown(
            without_dialects(text_from_tables(text_from_bytes(content, path)))
        ),
        _MAX_TEXT_BYTES,
        _head_surroundings,
    ),
    ArticleFormat(
        (".docx", ".docm", ".dotx", ".dotm"), _word_blocks, _MAX_FILE_BYTES, _word_surroundings
    ),
    ArticleFormat((".html", ".htm"), _page_blocks, _MAX_FILE_BYTES, _page_surroundings),
)


def article_from_file(path: Path) -> Article:
    """Read a published article: plain text, Markdown, Word (.docx) or a page saved from a browser.

    :raises ArticleError: the file is missing, empty, too large, of another kind or damaged, or
        holds no interview; nothing is changed.
    """
    return parsed_article_from_file(path).article


def parsed_article_from_file(
    path: Path, *, guests: Sequence[str] = (), kind: EpisodeKind | None = None
) -> ParsedArticle:
    """Read a published article, and what else its file contains.

    :param guests: who answers; empty to take the names from the article.
    :param kind: the kind of episode; None to take it from the title. Only a full one must have a
        question.
    :raises ArticleError: as :func:`article_from_file`.
    """
    form = _format_of(path)
    content = _read(path, form.largest_bytes)
    blocks = list(_limited(form.blocks(content, path), path))
    reading = parsed_article_from_blocks(blocks, path, guests=guests, kind=kind)
    link, picture, missing, author = form.surroundings(content, path)
    if picture is not None:
        credit = picture.credit or next(
            filter(
                None,
                (credit_in(block.text) for block in blocks if len(block.text) <= _MAX_LEGEND),
            ),
            "",
        )
        picture = picture._replace(
            credit=credit, alt=picture.alt or ", ".join(reading.article.guests)
        )
    return reading._replace(
        link=link,
        picture=picture,
        missing_picture=missing,
        author=reading.author or ("" if author in reading.article.guests else author),
    )


def article_from_markdown(text: str, where: object, *, asks: bool = True) -> Article:
    """Read ``article.md``, as written by Studio and possibly edited by a user.

    :param where: the file, for messages.
    :param asks: there must be a question; a trailer has none.
    :raises ArticleError: there is no title, no question, or a question without an answer.
    """
    return article_from_blocks(_limited(blocks_from_markdown(text), where), where, asks=asks)


def _limited(blocks: Iterable[ArticleBlock], where: object) -> Iterator[ArticleBlock]:
    """The blocks, up to the maximum number of an article."""
    for number, block in enumerate(blocks, 1):
        if number > _MAX_BLOCKS:
            raise ArticleError(
                where,
                message(
                    "has more than {most_blocks} paragraphs, too many for an article",
                    most_blocks=_MAX_BLOCKS,
                ),
                message("Name the file of the article alone."),
            )
        yield block


def _format_of(path: Path) -> ArticleFormat:
    known = ", ".join(suffix for one in ARTICLE_FORMATS for suffix in one.suffixes)
    if path.is_dir():
        raise ArticleError(
            path,
            message("is a folder"),
            message("Name the article's file in it: {known}.", known=known),
        )
    if not path.exists():
        raise ArticleError(
            path,
            message("does not exist"),
            message("Check the name, and put names with spaces in quotation marks."),
        )
    suffix = path.suffix.lower()
    for form in ARTICLE_FORMATS:
        if suffix in form.suffixes:
            return form
    if suffix in _OTHER_PROGRAMS:
        raise _of_another_program(path, suffix)
    raise ArticleError(
        path,
        message("is not an article: its name ends in {suffix}", suffix=suffix)
        if suffix
        else message("is not an article: its name has no file extension"),
        message("An article is one of {known}.", known=known),
    )


def _of_another_program(path: Path, suffix: str) -> ArticleError:
    program = _OTHER_PROGRAMS[suffix]
    return ArticleError(
        path,
        message("is a {suffix} file, which cannot be read", suffix=suffix),
        message(
            "Open it in {program} and save it as {better}.",
            program=program,
            better=_BETTER.get(program, _AS_DOCUMENT),
        ),
    )


def _check_ending(content: bytes, path: Path) -> None:
    """Refuse a file of another type with the extension of a text or a page.

    :raises ArticleError: it is; the remedy is that of the other kind.
    """
    if path.suffix.lower() in ARTICLE_FORMATS[2].suffixes:
        return
    own = next((suffix for start, suffix in _DISGUISED if content.startswith(start)), None)
    if own == ".docx":
        raise ArticleError(
            path,
            message("is not a text file: it contains a packed document"),
            message("Give it the ending of its kind, such as {better}.", better=_AS_DOCUMENT),
        )
    if own is None and _MIME_HEAD.match(content[:_MAX_MIME_HEAD]):
        own = ".mht" if path.suffix.lower().startswith(".htm") else ".eml"
    if own is not None:
        raise _of_another_program(path, own)


def _read(path: Path, largest_bytes: int) -> bytes:
    refuse_special_file(path)
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
        content = read_file(path)
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
    _check_ending(content, path)
    return content
