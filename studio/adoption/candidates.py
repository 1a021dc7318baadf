"""Candidate articles: those of a folder or of a sitemap."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from studio.article.outline import ParsedArticle
from studio.article.read import ARTICLE_FORMATS, parsed_article_from_file
from studio.download.client import Client, DownloadRefusedError
from studio.download.feeds import is_address
from studio.errors import NetworkError, StudioError, WorkspaceError, refuse_special_file
from studio.feed.dates import parse_date
from studio.file_access import read_file
from studio.messages.message import message
from studio.web.slugs import ascii_name
from studio.web.url_parts import split_address
from studio.workspace.digest import digest_from_bytes
from studio.workspace.disk import make_folder, write_file
from studio.workspace.layout import Workspace

_DATE = re.compile(
    rb"(?:article:published_time|datePublished|dc\.date|date)[\"'][^<>]{0,40}?"
    rb"(?:content=|:\s*)[\"']([0-9T:+. Z-]{10,35})[\"']",
    re.IGNORECASE,
)
# A limit of a daily blog over ten years; each page is downloaded and parsed.
_MAX_PAGES = 4_000
# The number of consecutive failures after which the server is considered unavailable.
_MAX_FAILURES = 5
_PLACE = re.compile(r"<loc>\s*([^<\s]+)\s*</loc>")


_SUFFIXES = tuple(suffix for form in ARTICLE_FORMATS for suffix in form.suffixes)


class CandidateArticle(NamedTuple):
    """A found article; ``reading`` is None if it is not an interview, for the given reason."""

    path: Path
    digest: str
    reading: ParsedArticle | None
    fault: str = ""
    date: datetime.datetime | None = None


def find_candidates(source: str, workspace: Workspace) -> list[CandidateArticle]:
    """The articles of a folder, or those of a sitemap, which are downloaded.

    :raises StudioError: the folder or sitemap does not exist.
    """
    path = Path(source)
    if path.is_dir():
        files = sorted(
            one
            for one in path.rglob("*")
            # Opening a pipe blocks until something is written to it.
            if one.suffix.lower() in _SUFFIXES and one.is_file()
        )
    else:
        files = list(_loaded(source, workspace))
    if not files:
        kinds = ", ".join(_SUFFIXES)
        raise WorkspaceError(
            source,
            message("has no article ({kinds})", kinds=kinds),
            message("Name a folder with articles."),
        )
    return [_candidate(file) for file in files]


def _loaded(source: str, workspace: Workspace) -> Iterator[Path]:
    """The pages of a sitemap, each downloaded once.

    :raises StudioError: it has far too many, or their server is unavailable.
    """
    client = Client(source if is_address(source) else "")
    if is_address(source):
        content = client.fetch(source).content
    else:
        refuse_special_file(Path(source))
        try:
            content = read_file(Path(source))
        except OSError as error:
            raise WorkspaceError(
                source,
                message("cannot be read ({reason})", reason=error.strerror),
                message("Name a folder with articles, or a sitemap."),
            ) from None
    urls = addresses_in_sitemap(content, source)
    folder = workspace.state / "articles"
    make_folder(folder)
    failures = 0
    for url in urls:
        parts = split_address(url)
        if parts is None:
            continue
        # The readable part of the URL, and a digest that distinguishes equally shortened ones.
        name = ascii_name(parts.path.strip("/").replace("/", "-"))[-80:] or "page"
        path = folder / f"{name.removesuffix('.html')}-{digest_from_bytes(url.encode())[:8]}.html"
        if not path.is_file():
            try:
                write_file(path, client.fetch(url).content)
            except DownloadRefusedError:
                continue
            except NetworkError:
                failures += 1
                if failures == _MAX_FAILURES:
                    raise
                continue
            failures = 0
        yield path


def addresses_in_sitemap(content: bytes, where: object) -> tuple[str, ...]:
    """The addresses in a sitemap, each once.

    :raises WorkspaceError: there are far too many.
    """
    urls = tuple(dict.fromkeys(_PLACE.findall(content.decode("utf-8", "replace"))))
    if len(urls) > _MAX_PAGES:
        raise WorkspaceError(
            where,
            message("names {count:,} pages, far more than a show has articles", count=len(urls)),
            message("Save it with the addresses of the articles alone, and name that file."),
        )
    return urls


def _candidate(path: Path) -> CandidateArticle:
    try:
        refuse_special_file(path)
        content = read_file(path)
        reading = parsed_article_from_file(path)
    except OSError as error:
        return CandidateArticle(
            path, "", None, message("cannot be read ({reason})", reason=error.strerror)
        )
    except StudioError as error:
        return CandidateArticle(path, "", None, error.what)
    stated = _DATE.search(content)
    date = parse_date(stated[1].decode("ascii", "replace")) if stated else None
    return CandidateArticle(path, digest_from_bytes(content), reading, date=date)
