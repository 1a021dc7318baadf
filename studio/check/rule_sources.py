"""Where the rules are from: who says so, on which pages, and when somebody read them last."""

from __future__ import annotations

from typing import NamedTuple


class Page(NamedTuple):
    """A page of a source.

    :param read: the date, as ISO 8601 writes it; empty where nobody noted it.
    :param excerpt: only passages of it were seen, not the whole.
    """

    url: str
    read: str = ""
    excerpt: bool = False


class Source(NamedTuple):
    """Who says so."""

    name: str
    pages: tuple[Page, ...] = ()


_BBC = "https://www.bbc.co.uk/accessibility/forproducts/guides/subtitles/"
_PSP = "https://github.com/Podcast-Standards-Project/PSP-1-Podcast-RSS-Specification"

SOURCES = {
    "A": Source(
        "Apple Podcasts for Creators",
        (
            Page(
                "https://podcasters.apple.com/support/823-podcast-requirements",
                "2026-11-28",
                excerpt=True,
            ),
            Page(
                "https://podcasters.apple.com/support/896-artwork-requirements",
                "2026-11-28",
                excerpt=True,
            ),
            Page(
                "https://podcasters.apple.com/support/5482-using-chapters-on-apple-podcasts",
                "2026-11-28",
            ),
        ),
    ),
    "PSP": Source(
        "PSP-1 of the Podcast Standards Project; for ai-content its disclosure proposal",
        (
            Page(_PSP, "2026-11-28"),
            Page("https://albertobeta.github.io/ai-disclosure-rss-proposal/", "2026-11-28"),
        ),
    ),
    "NS": Source(
        "the podcast namespace, its pages of tags and examples",
        (Page("https://github.com/Podcastindex-org/podcast-namespace", "2026-11-28"),),
    ),
    "PSC": Source("Podlove Simple Chapters 1.2", (Page("https://podlove.org/simple-chapters/"),)),
    "ID3": Source("the ID3v2 chapter addendum", (Page("https://id3.org/id3v2-chapters-1.0"),)),
    "W3C": Source(
        "WebVTT and WCAG 2.2",
        (Page("https://www.w3.org/TR/webvtt1/"), Page("https://www.w3.org/TR/WCAG22/")),
    ),
    "B": Source(
        "what broadcasters ask of subtitles: the BBC's Subtitle Guidelines, and Netflix's Timed "
        "Text Style Guide, general and French",
        (Page(_BBC, excerpt=True),),
    ),
    "P": Source("this project, stricter than any platform"),
}
