"""The platforms: their rules with source pages, and what they do not take from a feed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from studio.check.rules import RULES, Finding, Severity
from studio.messages.message import message
from studio.model.record import replace_fields


class PlatformRules(NamedTuple):
    """One platform.

    :param name: its common name.
    :param sources: the source pages of its rules.
    :param read: the date on which they were read.
    :param excerpts: pages of which only excerpts were read.
    :param rules: its rules.
    :param severities: rules with another severity than the default.
    :param notes: facts that cannot be checked in files: manual steps, and its use of a feed.
    """

    name: str
    sources: tuple[str, ...]
    read: str
    rules: frozenset[str]
    severities: dict[str, Severity]
    notes: tuple[str, ...]
    excerpts: frozenset[str] = frozenset()


def _of_source(source: str) -> frozenset[str]:
    return frozenset(rule.id for rule in RULES.values() if rule.source == source)


# Rules for a feed that any of them can parse.
_READABLE = frozenset({"1", "2", "5", "47", "50a"})
_EPISODE = frozenset({"14a", "14b", "14c", "14d", "15a", "16", "17a", "17b"})

_APPLE_REQUIREMENTS = "https://podcasters.apple.com/support/823-podcast-requirements"
_APPLE_ARTWORK = "https://podcasters.apple.com/support/896-artwork-requirements"
_APPLE_CHAPTERS = "https://podcasters.apple.com/support/5482-using-chapters-on-apple-podcasts"
_SPOTIFY_CHAPTERS = "https://support.spotifyforpodcasters.com/hc/articles/360043932711"
_SPOTIFY = "https://support.spotify.com/podcasters/article/podcast-specification-doc/"

PLATFORMS = {
    "apple": PlatformRules(
        name="Apple Podcasts",
        sources=(
            _APPLE_REQUIREMENTS,
            _APPLE_ARTWORK,
            _APPLE_CHAPTERS,
        ),
        read="2026-11-29",
        excerpts=frozenset({_APPLE_REQUIREMENTS, _APPLE_ARTWORK, _APPLE_CHAPTERS}),
        rules=_READABLE
        | _of_source("A")
        | {"19c", "22a", "22b", "28", "30a", "31", "32c", "42", "43", "56"},
        severities={"22c": "I"},
        notes=(
            message(
                "It shows the feed's transcript once Podcasts Connect is set to take it; "
                "of the forms it takes the VTT, with its speakers."
            ),
            message(
                "It takes chapters from the description, podcast:chapters or the file, at "
                "least three, the first at 0; where there are none it makes its own."
            ),
            message("HLS video is a hosting provider's to deliver: Studio builds none."),
        ),
    ),
    "spotify": PlatformRules(
        name="Spotify",
        sources=(_SPOTIFY, _SPOTIFY_CHAPTERS),
        read="2026-11-29",
        excerpts=frozenset({_SPOTIFY}),
        rules=_READABLE
        | _EPISODE
        | {"3", "10a", "10b", "10c", "10d", "10e", "10f", "10g", "13b", "17c", "17f", "20a", "20b"}
        | {"29", "31", "32a", "32b", "32c", "33b", "34", "37a"},
        severities={"13b": "E"},
        notes=(
            message("It sends a code to the feed's itunes:owner address when a show is claimed."),
            message("It takes no transcript from a feed: upload transcript.vtt by hand."),
            message(
                "It reads chapters from the lines “00:00 Title” of the description, or from the "
                "feed's simple chapters; it advises titles of less than 40 characters."
            ),
            message("Video is uploaded there: Studio builds none for a feed."),
        ),
    ),
    "youtube": PlatformRules(
        name="YouTube",
        sources=("https://help.simplecast.com/en/articles/8638533-youtube-distribution",),
        read="2026-11-28",
        rules=_READABLE
        | _EPISODE
        | {"3", "10a", "10b", "10e", "13b", "17e", "20a", "20b", "31", "32a"},
        severities={"13b": "E", "17e": "I"},
        notes=(
            message("It sends a code to the feed's itunes:owner address when a feed is connected."),
            message(
                "It makes a still video of each episode once: a title, notes or sound that "
                "change afterwards are changed there by hand."
            ),
            message(
                "It takes neither captions nor chapters from the feed's files; lines "
                "“00:00 Title” of the description make chapters. Upload transcript.srt by "
                "hand."
            ),
            message(
                "Advertisements are not allowed in episodes that it hosts, except in the "
                "host's own words."
            ),
        ),
    ),
    "psp1": PlatformRules(
        name="PSP-1, the Podcast RSS Standard",
        sources=("https://github.com/Podcast-Standards-Project/PSP-1-Podcast-RSS-Specification",),
        read="2026-11-29",
        rules=_READABLE
        | _EPISODE
        | _of_source("PSP")
        | {"3", "10a", "10b", "10c", "10d", "10e", "10f", "10g", "12", "17c", "17d", "17e", "17f"}
        | {"42", "56"},
        severities={"10h": "E", "11b": "W", "11c": "W"},
        notes=(
            message(
                "A server answers HEAD and byte ranges, and sends an ETag or "
                "Last-Modified: `studio check ADDRESS` asks it."
            ),
            message(
                "ai-content: https://github.com/albertobeta/ai-disclosure-rss-proposal – true "
                "where a machine speaks or performs, false where it is only a production tool."
            ),
        ),
    ),
    "antennapod": PlatformRules(
        name="AntennaPod",
        sources=(
            "https://github.com/AntennaPod/AntennaPod/tree/develop/parser/feed/src/main/java/de/"
            "danoeh/antennapod/parser/feed/namespace",
        ),
        read="2026-11-28",
        rules=_READABLE
        | _EPISODE
        | {
            "3",
            "7d",
            "10a",
            "10e",
            "14e",
            "17c",
            "23a",
            "24",
            "26",
            "28",
            "29",
            "30a",
            "30b",
            "32c",
        }
        | {"42", "43", "58"},
        severities={"24": "E", "29": "W"},
        notes=(
            message(
                "It shows the JSON transcript first, otherwise the SRT; chapters by "
                "podcast:chapters, by simple chapters or by the file, their times in whole "
                "seconds."
            ),
            message("It joins the podcast:funding of items to the show's."),
            message("It knows no alternateEnclosure, person, location or season name."),
        ),
    ),
}


def findings_of_platform(
    findings: Iterable[Finding], platform: PlatformRules
) -> tuple[Finding, ...]:
    """The findings that concern one platform, with its severities."""
    return tuple(
        replace_fields(one, severity=platform.severities.get(one.rule, one.severity))
        for one in findings
        if one.rule in platform.rules
    )
