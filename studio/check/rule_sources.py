"""The sources of the rules: author, pages, and the date when they were last read."""

from __future__ import annotations

from typing import NamedTuple


class Page(NamedTuple):
    """A page of a source.

    :param read: the date in ISO 8601; empty if it was not noted.
    :param excerpt: whether only parts of it were read.
    """

    url: str
    read: str = ""
    excerpt: bool = False


class RuleSource(NamedTuple):
    """The publisher of a rule."""

    name: str
    pages: tuple[Page, ...] = ()


_CHAPTERS = "https://support.spotifyforpodcasters.com/hc/articles/360043932711"
_BBC = "https://www.bbc.co.uk/accessibility/forproducts/guides/subtitles/"
_MEETING = "https://podstandards.org/2025/05/21/psp-members-meeting-london-podcast-show/"
_NAMESPACE = "https://github.com/Podcastindex-org/podcast-namespace"
_NETFLIX = "https://partnerhelp.netflixstudios.com/hc/articles/215758617"
_PSP = "https://github.com/Podcast-Standards-Project/PSP-1-Podcast-RSS-Specification"

SOURCES = {
    "A": RuleSource(
        "Apple Podcasts for Creators",
        (
            Page(
                "https://podcasters.apple.com/support/823-podcast-requirements",
                "2026-11-30",
                excerpt=True,
            ),
            Page(
                "https://podcasters.apple.com/support/896-artwork-requirements",
                "2026-11-30",
                excerpt=True,
            ),
            Page(
                "https://podcasters.apple.com/support/5316-transcripts-on-apple-podcasts",
                "2026-11-29",
                excerpt=True,
            ),
            Page(
                "https://podcasters.apple.com/support/5482-using-chapters-on-apple-podcasts",
                "2026-11-30",
                excerpt=True,
            ),
        ),
    ),
    "SP": RuleSource(
        "Spotify for Creators: creating and managing chapters",
        (Page(_CHAPTERS, "2026-11-29", excerpt=True),),
    ),
    "PSP": RuleSource(
        "PSP-1 of the Podcast Standards Project, what its members were told of Apple's servers; "
        "for ai-content its disclosure proposal",
        (
            Page(_PSP, "2026-11-30"),
            Page(_MEETING, "2026-11-29", excerpt=True),
            Page("https://github.com/albertobeta/ai-disclosure-rss-proposal", "2026-11-29"),
        ),
    ),
    "NS": RuleSource(
        "the podcast namespace: its examples; its page of each tag that the feed has; its lists of "
        "protocols",
        (
            Page(_NAMESPACE, "2026-11-29"),
            Page(f"{_NAMESPACE}/tree/main/docs/tags", "2026-11-30"),
            Page(f"{_NAMESPACE}/blob/main/socialprotocols.txt", "2026-11-30"),
            Page(f"{_NAMESPACE}/blob/main/docs/chatprotocols.txt", "2026-11-30"),
        ),
    ),
    "PSC": RuleSource(
        "Podlove Simple Chapters 1.2",
        (Page("https://podlove.org/simple-chapters/", "2026-11-29", excerpt=True),),
    ),
    "ID3": RuleSource(
        "the ID3v2 chapter addendum",
        (Page("https://id3.org/id3v2-chapters-1.0", "2026-11-29", excerpt=True),),
    ),
    "W3C": RuleSource(
        "WebVTT and WCAG 2.2",
        (Page("https://www.w3.org/TR/webvtt1/"), Page("https://www.w3.org/TR/WCAG22/")),
    ),
    "B": RuleSource(
        "what broadcasters ask of subtitles: the BBC's Subtitle Guidelines, and Netflix's Timed "
        "Text Style Guide, general and French",
        (Page(_BBC, excerpt=True), Page(_NETFLIX, "2026-11-29", excerpt=True)),
    ),
    "P": RuleSource("this project, stricter than any platform"),
}
