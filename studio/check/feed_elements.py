"""Names and texts of a feed's elements."""

from __future__ import annotations

import functools

from lxml import etree

# Repeated here instead of imported from the feed's writer, so that an error there is found.
NAMESPACES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "atom": "http://www.w3.org/2005/Atom",
    "psc": "http://podlove.org/simple-chapters",
}


def text(parent: etree._Element, path: str) -> str | None:
    """The text of an element; None without such an element."""
    return parent.findtext(path, None, NAMESPACES)


def attribute(parent: etree._Element, path: str, name: str) -> str | None:
    """An attribute of an element; None without such an element or attribute."""
    element = parent.find(path, NAMESPACES)
    return None if element is None else element.get(name)


def short_name(element: etree._Element) -> str:
    """The element's name with the usual prefix."""
    return _short_name(str(element.tag))


@functools.cache
def _short_name(tag: str) -> str:
    name = etree.QName(tag)
    prefix = next((prefix for prefix, uri in NAMESPACES.items() if uri == name.namespace), "")
    return f"{prefix}:{name.localname}" if prefix else name.localname
