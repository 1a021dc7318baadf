"""The image that an article was published with."""

from __future__ import annotations

import base64
import binascii
import re
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from studio.file_access import read_file

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

# Smaller ones are icons and buttons.
_MIN_BYTES = 2048
_MAX_BYTES = 32 * 1024 * 1024
_CREDIT = re.compile(
    r"(?:©|\(c\)|\bcrédits?(?:\s+photos?)?\s*:?|\bphotos?\s*:)\s*(?P<credit>[^.©|]{2,100})",
    re.IGNORECASE,
)
_SITES_OWN = re.compile(r"logo|icon|avatar|banner|pixel|sprite|emoji", re.IGNORECASE)


class Illustration(NamedTuple):
    """A picture: its bytes, its alternative text and its credit. ``name`` is for messages."""

    content: bytes
    name: str
    alt: str = ""
    credit: str = ""


def credit_in(text: str) -> str:
    """A picture's credit in a legend (« © Sillage Data », « Crédit photo : DR »)."""
    match = _CREDIT.search(text)
    return match["credit"].strip(" .") if match else ""


def missing_picture(page: BeautifulSoup) -> str:
    """The file name of the article's first picture, for a page saved without it; empty if there is
    none.
    """
    sources = (str(image.get("src") or "") for image in _pictures(page))
    return next(
        (
            Path(_split(source).path).name
            for source in sources
            if source and not source.startswith("data:")
        ),
        "",
    )


def _split(source: str) -> urllib.parse.SplitResult:
    """The parts of a picture's address; none where it has none (brackets without IPv6 in them)."""
    try:
        return urllib.parse.urlsplit(source)
    except ValueError:
        return urllib.parse.urlsplit("")


def _pictures(page: BeautifulSoup) -> Iterator[Tag]:
    """The pictures that may be the article's, in order."""
    for image in page.find_all("img"):
        names = f"{image.get('src')} {image.get('class')} {image.get('id')}"
        is_around = (
            image.find_parent(["nav", "header", "footer", "aside", "form"]) is not None
            and image.find_parent("article") is None
        )
        if not is_around and not _SITES_OWN.search(names):
            yield image


def picture_of_page(page: BeautifulSoup, path: Path) -> Illustration | None:
    """The article's first picture that was saved with the page, in it or in a file beside it."""
    for image in _pictures(page):
        content = _content_of(str(image.get("src") or image.get("data-src") or ""), path)
        if content is not None and len(content) >= _MIN_BYTES:
            legend = _legend_of(image)
            return Illustration(
                content,
                str(image.get("src"))[:80],
                alt=str(image.get("alt") or ""),
                credit=credit_in(legend),
            )
    return None


def _legend_of(image: Tag) -> str:
    figure = image.find_parent("figure")
    legend = figure.find("figcaption") if figure is not None else None
    return legend.get_text(" ", strip=True) if legend is not None else ""


def _content_of(source: str, path: Path) -> bytes | None:
    """The picture's bytes from the page itself, or from a file in the page's folder. Nothing is
    downloaded.
    """
    if source.startswith("data:image/"):
        head, _, data = source.partition(",")
        try:
            return base64.b64decode(data, validate=False) if head.endswith(";base64") else None
        except (binascii.Error, ValueError):
            return None
    parts = _split(source)
    if not parts.path:
        return None
    relative = urllib.parse.unquote(parts.path).lstrip("/")
    name = Path(relative).name
    places = [
        path.parent / f"{path.stem}_files" / name,
        path.parent / f"{path.stem}_fichiers" / name,
        path.parent / name,
    ]
    if not parts.scheme and not parts.netloc:
        places.insert(0, path.parent / relative)
    folder = path.parent.resolve()
    for place in places:
        found = place.resolve()
        if found.is_relative_to(folder) and found.is_file() and found.stat().st_size <= _MAX_BYTES:
            return read_file(found)
    return None
