"""Extensions of feedgen: the podcast namespace and simple chapters, and corrections of feedgen's
own output.

feedgen supports Apple's namespace but refuses the values ``true`` and ``false`` that Apple
requires, and it adds the current time. The extension runs last, so it can correct the whole
channel.
"""

from __future__ import annotations

from typing import NamedTuple

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

from studio.text.plain import single_line

NAMESPACES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "atom": "http://www.w3.org/2005/Atom",
    "psc": "http://podlove.org/simple-chapters",
    "fh": "http://purl.org/syndication/history/1.0",
}


class ElementTag(NamedTuple):
    """One element. ``name`` has its prefix; attributes without a value are omitted."""

    name: str
    text: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple[ElementTag, ...] = ()


def add_tag(parent: etree._Element, tag: ElementTag) -> None:
    """Append the element and its children to its parent, with texts on one line and without
    characters that XML forbids.
    """
    prefix, _, name = tag.name.partition(":")
    attributes = {key: single_line(value) for key, value in tag.attributes if value}
    element = etree.SubElement(
        parent, f"{{{NAMESPACES[prefix]}}}{name}", attributes, nsmap={prefix: NAMESPACES[prefix]}
    )
    element.text = single_line(tag.text) or None
    for child in tag.children:
        add_tag(element, child)


class ChannelTags(BaseExtension):  # type: ignore[misc]
    """The channel's elements that feedgen lacks."""

    def __init__(self) -> None:
        self.tags: list[ElementTag] = []
        # The description as HTML; empty: keep feedgen's.
        self.description_html = ""

    def extend_ns(self) -> dict[str, str]:
        """Prefixes for the root element."""
        return {prefix: NAMESPACES[prefix] for prefix in ("podcast", "psc")}

    def extend_rss(self, root: etree._Element) -> etree._Element:
        """Add our elements; remove the build time if no episode has a date."""
        channel = root[0]
        stamp = channel.find("lastBuildDate")
        if stamp is not None and channel.find("pubDate") is None:
            channel.remove(stamp)
        description = channel.find("description")
        if description is not None and self.description_html:
            description.text = etree.CDATA(self.description_html)
        for tag in self.tags:
            add_tag(channel, tag)
        return root


class ItemTags(BaseEntryExtension):  # type: ignore[misc]
    """An item's elements that feedgen lacks."""

    def __init__(self) -> None:
        self.tags: list[ElementTag] = []

    def extend_rss(self, item: etree._Element) -> etree._Element:
        """Add our elements."""
        for tag in self.tags:
            add_tag(item, tag)
        return item
