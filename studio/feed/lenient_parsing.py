"""Parse real-world feeds: broken XML, variants of namespaces, several pages.

Repairs are reported; whatever would lose an episode is an error.
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote

from lxml import etree

from studio.errors import WorkspaceError
from studio.feed.namespace import NAMESPACES
from studio.messages.message import message
from studio.web.url_parts import join_address

_XML_ENTITIES = {"amp", "lt", "gt", "quot", "apos"}
_CDATA = "<![CDATA[", "]]>"
_COMMENT = "<!--", "-->"
_ITEM = re.compile(r"<item[\s>]")
_LAST_TAG = re.compile(r"</rss\s{0,20}>$")
_REFERENCE = re.compile(r"&(?:([A-Za-z][A-Za-z0-9]*);|(?!#\d+;|#[xX][0-9A-Fa-f]+;))")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DECLARATION = re.compile(rb"<\?xml[^>]*?encoding=[\"']([A-Za-z0-9._-]+)[\"'][^>]*\?>")
# Namespaces in XML 1.0, NCName: no colon, and no digit, dot or hyphen first.
_OF_URIS = ":/?#[]@!$&'()*+,;=%"  # RFC 3986, reserved
_BEGINS_NAME = re.compile(r"[^\W\d]")
# Alternative URIs of the same namespaces.
_OTHER_SPELLINGS = {
    "podcast": ("podcast-namespace", "podcastindex.org/namespace", "podlove.org/simple-podcast"),
    "itunes": ("podcast-1.0.dtd",),
    "content": ("rss/1.0/modules/content",),
    "atom": ("www.w3.org/2005/atom",),
    "psc": ("podlove.org/simple-chapters",),
    "fh": ("purl.org/syndication/history",),
}


class LenientFeed(NamedTuple):
    """A parsed feed: its channel, its items in order, and the repairs."""

    channel: etree._Element
    items: tuple[etree._Element, ...]
    repaired: tuple[str, ...]
    base: str


def parse_leniently(content: bytes, url: str) -> LenientFeed:
    """Parse a feed whose XML may be broken. The result has canonical namespaces and absolute URLs.

    :param url: its URL, the base of relative URLs.
    :raises WorkspaceError: it is not an RSS feed, is truncated, declares entities, or has
        unreadable items.
    """
    text, repaired = _decoded(content)
    if "<!ENTITY" in text[:10_000]:
        raise WorkspaceError(
            url,
            message("declares XML entities, a known way to attack programs"),
            message("Ask the host for another."),
        )
    text, remarks = _repaired_text(text)
    repaired += remarks
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, strip_cdata=False, recover=True
    )
    root = _root_of_feed(text, parser, url)
    errors = [one for one in parser.error_log if one.level >= etree.ErrorLevels.ERROR]
    if errors:
        repaired.append(
            message(
                "{count} errors in its XML (line {line}: {message})",
                count=len(errors),
                line=errors[0].line,
                message=errors[0].message,
            )
        )
    _rename(root)
    channel = root.find("channel")
    if channel is None:
        raise WorkspaceError(
            url, message("has no channel"), message("Give the address of the show's feed.")
        )
    # In RSS 1.0, items are siblings of the channel.
    items = (*channel.findall("item"), *root.findall("item"))
    if errors and (written := _count_items(text)) > len(items):
        raise WorkspaceError(
            url,
            message(
                "only {count} of {written} episodes can be read: line {line}: {message}",
                count=len(items),
                written=written,
                line=errors[0].line,
                message=errors[0].message,
            ),
            message("Ask the host to fix its XML, or save the feed and fix it there."),
        )
    base = _base_of(channel, url)
    for item in items:
        _complete_addresses(item, base)
    for child in channel:
        if child.tag != "item":
            _complete_addresses(child, base)
    return LenientFeed(channel, items, tuple(repaired), base)


def _root_of_feed(text: str, parser: etree.XMLParser, url: str) -> etree._Element:
    """The root element, after verifying that this is a complete RSS feed.

    :raises WorkspaceError: it is not.
    """
    root = etree.fromstring(text.encode(), parser) if text else None
    name = "" if root is None else _split_name(str(root.tag))[1]
    if root is None or name.lower() != "rss":
        found = f"<{name}>" if name else "nothing"
        raise WorkspaceError(
            url,
            message("is not an RSS feed: it begins with {found}", found=found),
            message("Give the address at which podcast apps load the feed."),
        )
    if not _ends(text):
        raise WorkspaceError(
            url,
            message("is truncated, so episodes are missing"),
            message("Load it again; if it stays so, ask the host."),
        )
    return root


def next_page(feed: LenientFeed) -> str:
    """The URL of the feed's next page (RFC 5005), or empty."""
    links = feed.channel.findall("atom:link", NAMESPACES)
    return next((str(one.get("href")) for one in links if one.get("rel") == "next"), "")


def joined_feed(pages: Sequence[LenientFeed]) -> LenientFeed:
    """Join several pages: the first page's channel with the items of all pages, without
    duplicates.
    """
    items, seen = [], set()
    for page in pages:
        for item in page.items:
            key = identity_of(item)
            if page is not pages[0] and key in seen:
                continue
            seen.add(key)
            items.append(item)
    repaired = tuple(dict.fromkeys(remarks for page in pages for remarks in page.repaired))
    return LenientFeed(pages[0].channel, tuple(items), repaired, pages[0].base)


def identity_of(item: etree._Element) -> str:
    """The identity of an episode for apps: its guid, else the URL of its enclosure or its page."""
    enclosure = item.find("enclosure")
    for found in (
        item.findtext("guid"),
        None if enclosure is None else enclosure.get("url"),
        item.findtext("link"),
        item.findtext("title"),
    ):
        if found and found.strip():
            return " ".join(found.split())
    return ""


def strict_feed(feed: LenientFeed) -> bytes:
    """The feed as well-formed XML in which every item has its identity as guid. Of items with the
    same one, only the first is kept, as apps do.
    """
    root = etree.Element("rss", {"version": "2.0"}, nsmap=dict(NAMESPACES))
    channel = etree.SubElement(root, "channel")
    for child in feed.channel:
        if child.tag != "item":
            channel.append(plain_copy(child))
    seen = set()
    for item in feed.items:
        if (identity := identity_of(item)) in seen:
            continue
        seen.add(identity)
        copied = plain_copy(item)
        guid = copied.find("guid")
        if guid is None:
            guid = etree.SubElement(copied, "guid", {"isPermaLink": "false"})
        guid.text = identity
        channel.append(copied)
    etree.cleanup_namespaces(root, keep_ns_prefixes=list(NAMESPACES))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def plain_copy(element: etree._Element) -> etree._Element:
    """An independent copy, without attributes and namespace URIs that are invalid in XML (from
    broken feeds).
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, strip_cdata=False, recover=True
    )
    copied = etree.fromstring(etree.tostring(element, with_tail=False), parser)
    etree.cleanup_namespaces(copied)
    return copied


def _decoded(content: bytes) -> tuple[str, list[str]]:
    """Decode the text, regardless of the declared encoding."""
    content = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return re.sub(r"^\s*<\?xml[^>]*\?>", "", content.decode("utf-16", "replace")), []
    declared = _DECLARATION.match(content)
    encoding = declared[1].decode("ascii").lower() if declared else "utf-8"
    body = re.sub(rb"^<\?xml[^>]*\?>", b"", content)
    for name in (encoding, "utf-8", "cp1252"):
        try:
            text = body.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        return text, [] if name == encoding else [
            message("it says {encoding}, and is {name}", encoding=encoding, name=name)
        ]
    return body.decode("utf-8", "replace"), [
        message("bytes that are not valid {encoding}", encoding=encoding)
    ]


def _split_at(text: str, start: str, end: str) -> list[str]:
    """Split into text outside and inside of such pairs, alternately; outside first and last. A
    regular expression would be quadratic if an end is missing.
    """
    parts, at = [], 0
    while (first := text.find(start, at)) >= 0 and (last := text.find(end, first)) >= 0:
        parts += [text[at:first], text[first : last + len(end)]]
        at = last + len(end)
    return [*parts, text[at:]]


def _ends(text: str) -> bool:
    """Whether it ends with the end tag of the feed, ignoring comments."""
    end = len(text)
    while True:
        while end and text[end - 1].isspace():
            end -= 1
        opened = text.rfind(_COMMENT[0], 0, end) if text.endswith(_COMMENT[1], 0, end) else -1
        if opened < 0:
            return _LAST_TAG.search(text[max(0, end - 50) : end]) is not None
        end = opened


def _count_items(text: str) -> int:
    """The number of items in the source, outside comments and CDATA."""
    shown = "".join(_split_at(text, *_CDATA)[::2])
    return sum(len(_ITEM.findall(part)) for part in _split_at(shown, *_COMMENT)[::2])


def _repaired_text(text: str) -> tuple[str, list[str]]:
    """Repair the text: decode HTML entities, escape lone ampersands, remove characters that are
    invalid in XML.
    """
    bare = _NOT_IN_XML.sub("", text)
    remarks: list[str] = [message("characters that no XML may have")] if bare != text else []
    counted = 0

    def mend(found: re.Match[str]) -> str:
        nonlocal counted
        name = found[1]
        if name in _XML_ENTITIES:
            return found[0]
        counted += 1
        if name is None:
            return "&amp;"
        character = html.entities.html5.get(f"{name};")
        return f"&amp;{name};" if character is None else character

    parts = _split_at(bare, *_CDATA)
    parts[::2] = [_REFERENCE.sub(mend, part) for part in parts[::2]]
    if counted:
        remarks.append(
            message("{counted} ampersands and entities that XML does not know", counted=counted)
        )
    return "".join(parts), remarks


def _rename(root: etree._Element) -> None:
    """Give each element of a known vocabulary its canonical namespace, even if undeclared, and a
    generated one to other undeclared prefixes, which are invalid in XML.
    """
    for element in root.iter(etree.Element):
        name = str(element.tag)
        usual = _usual_name(name)
        if usual != name:
            element.tag = usual
        for name in [str(one) for one in element.attrib if ":" in str(one).rpartition("}")[2]]:
            element.set(_usual_name(name), element.attrib.pop(name))


def _usual_name(name: str) -> str:
    """The canonical name of an element or attribute (``{uri}local``, ``prefix:local``)."""
    uri, local = _split_name(name)
    local = local.replace(":", "-")
    if not _BEGINS_NAME.match(local):
        local = f"_{local}"
    if not name.startswith("{"):
        uri = NAMESPACES.get(uri) or (f"urn:undeclared:{uri}" if uri else "")
    for prefix, spellings in _OTHER_SPELLINGS.items():
        if any(one in uri.lower() for one in spellings):
            uri = NAMESPACES[prefix]
            break
    return f"{{{quote(uri, safe=_OF_URIS)}}}{local}" if uri else local


def _split_name(name: str) -> tuple[str, str]:
    """The URI (else the prefix) and the local part of a name."""
    if name.startswith("{"):
        uri, _, local = name[1:].partition("}")
        return uri, local
    prefix, _, local = name.rpartition(":")
    return prefix, local


def _base_of(channel: etree._Element, url: str) -> str:
    """The base of relative URLs."""
    links = channel.findall("atom:link", NAMESPACES)
    itself = [str(one.get("href")) for one in links if one.get("rel") == "self"]
    for found in (url, *itself, channel.findtext("link") or ""):
        if found.startswith(("http://", "https://")):
            return found.strip()
    return ""


def _complete_addresses(parent: etree._Element, base: str) -> None:
    for element in parent.iter(etree.Element):
        for name in ("url", "href", "uri", "img"):
            value = element.get(name)
            if value is not None:
                element.set(name, _complete(value, base))


def _complete(url: str, base: str) -> str:
    url = url.strip()
    if url.startswith("//") and not base:
        return f"https:{url}"
    # Spaces are frequent in hand-written URLs; browsers and apps use %20.
    return join_address(base, url).replace(" ", "%20") if url else url


def iter_texts(parent: etree._Element, *paths: str) -> Iterator[str]:
    """The non-empty texts of the elements at these paths."""
    for path in paths:
        for element in parent.findall(path, NAMESPACES):
            text = "".join(map(str, element.itertext())).strip()
            if text:
                yield text
