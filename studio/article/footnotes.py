"""The footnotes of a page, from any program: a mark in the text and a note that link to each
other.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

# « 1 », « [1] », « (a) », « * », « ↩ », « ^ »: what leads to a note or back from it.
_MARK = re.compile(r"\W*(?:[0-9]{1,3}|[a-z]{1,2})?\W*", re.IGNORECASE)
_MAX_MARK = 8  # characters
_INLINE = frozenset({"sup", "span", "small", "b", "i", "em", "strong", "font", "a"})
# Maximum number of tags around a link that are examined, and of links back to one mark: no program
# makes more.
_FARTHEST = 8
_MAX_NODES = 32
# Where a note ends: the nearest of these around the link that leads back.
_DECLARED = frozenset("noteref footnote footnotes endnote endnotes backlink".split())
_NOTES = frozenset({"p", "li", "dd", "td", "div", "aside", "section"})


def linked_notes(page: BeautifulSoup) -> frozenset[int]:
    """The ``id()`` of every tag that is a footnote's mark, or contains a footnote.

    A mark is a short link to a place further down from which a short link leads back to it. Neither
    was spoken.
    """
    declared = page.find_all(_is_declared)
    places = _places(page)
    links = [
        (order, link, fragment)
        for order, link in enumerate(page.find_all("a", href=True))
        if (fragment := _fragment(link)) and _is_short(link)
    ]
    to: dict[str, list[tuple[int, Tag]]] = {}
    for order, link, fragment in links:
        to.setdefault(fragment, []).append((order, link))
    found: set[int] = {id(tag) for tag in declared}
    for order, link, fragment in links:
        if fragment not in places:
            continue
        note = places[fragment]
        for name in _own_names(link):
            for later, back in to.get(name, ())[:_FARTHEST]:
                if later > order and _is_at(back, note):
                    found.add(id(_outermost_inline(link)))
                    found.add(id(_note_of(back, note)))
    return frozenset(found)


def _is_declared(tag: Tag) -> bool:
    """Whether a tag declares itself as a mark or a note, as EPUB and ARIA do."""
    kinds = f"{tag.get('epub:type') or ''} {tag.get('role') or ''}".split()
    return any(kind.removeprefix("doc-") in _DECLARED for kind in kinds)


def _places(page: BeautifulSoup) -> dict[str, Tag]:
    """The targets of links, by their id or name."""
    places: dict[str, Tag] = {}
    for tag in page.find_all(True):
        for attribute in ("id", "name"):
            name = tag.get(attribute)
            if isinstance(name, str) and name:
                places.setdefault(name, tag)
    return places


def _fragment(link: Tag) -> str:
    _, sign, fragment = str(link.get("href") or "").partition("#")
    return fragment if sign else ""


def _is_short(link: Tag) -> bool:
    text = _beginning(link)
    return len(text) <= _MAX_MARK and _MARK.fullmatch(text) is not None


def _beginning(tag: Tag) -> str:
    """The first words of a tag, from its first few nodes: BeautifulSoup's own methods visit all
    nodes, which takes minutes on hostile nesting.
    """
    text = ""
    nodes: list[object] = [tag]
    for _ in range(_MAX_NODES):
        if not nodes or len(text) > _MAX_MARK:
            return text
        node = nodes.pop()
        if isinstance(node, str):
            text += node.strip()
        elif hasattr(node, "contents"):
            nodes.extend(reversed(node.contents[:_MAX_NODES]))
    return text if not nodes else " " * (_MAX_MARK + 1)


def _own_names(link: Tag) -> Iterator[str]:
    """The ids under which another link can target this one: its own, and those of elements whose
    only content it is.
    """
    around = itertools.takewhile(lambda tag: tag.name in _INLINE, link.parents)
    for tag in (link, *itertools.islice(around, _FARTHEST)):
        for attribute in ("id", "name"):
            name = tag.get(attribute)
            if isinstance(name, str) and name:
                yield name


def _is_at(back: Tag, note: Tag) -> bool:
    """Whether the link back is at the mark's target: that place, in it, or in its paragraph."""
    if back is note or _is_near(back, note) or _is_near(note, back):
        return True
    block = _block_of(back)
    return block is not None and block is _block_of(note)


def _is_near(tag: Tag, around: Tag) -> bool:
    return any(parent is around for parent in itertools.islice(tag.parents, _FARTHEST))


def _block_of(tag: Tag) -> Tag | None:
    near = itertools.islice(tag.parents, _FARTHEST)
    return next((parent for parent in near if parent.name in _NOTES), None)


def _note_of(back: Tag, note: Tag) -> Tag:
    """The whole note: the target itself if it is a paragraph or more, else the paragraph of the
    link back.
    """
    if note.name in _NOTES and note is not back:
        return note
    return _block_of(back) or back


def _outermost_inline(link: Tag) -> Tag:
    """The mark with its superscript and the brackets around it."""
    tag = link
    while (
        tag.parent is not None
        and tag.parent.name in _INLINE
        and len(_beginning(tag.parent)) <= _MAX_MARK
    ):
        tag = tag.parent
    return tag
