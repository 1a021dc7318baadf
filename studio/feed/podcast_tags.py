"""Elements of the podcast namespace that channel and items share, from the settings.

The format of each is documented at https://github.com/Podcastindex-org/podcast-namespace,
docs/tags/.
"""

from __future__ import annotations

from collections.abc import Iterable

from studio.feed.namespace import ElementTag
from studio.messages.message import message
from studio.messages.translations import in_language
from studio.model.episode import Episode
from studio.model.show import Chat, Funding, Location, Show, SocialInteract
from studio.text.plain import cut_text, single_line

# The namespace's limit for short texts; in bytes, to be safe.
TEXT_CHARACTERS = 128
# docs/tags/episode.md, attribute display.
DISPLAY_CHARACTERS = 32
# The frequency of a complete show that has no other text.
COMPLETE = message("Finished series")


def yes_or_no(*, value: bool) -> str:
    """``true`` or ``false``, as in docs/tags/txt.md (ai-content) and Apple's explicit."""
    return "true" if value else "false"


def ai_content_tag(*, made_by_ai: bool) -> ElementTag:
    """The disclosure of machine-made content: synthetic voices, a generated host. A machine
    transcript does not count.
    """
    return ElementTag("podcast:txt", yes_or_no(value=made_by_ai), (("purpose", "ai-content"),))


def has_ai_content(episode: Episode) -> bool:
    """Whether the settings disclose machine-made content of the episode."""
    return bool(single_line(episode.ai_content))


def location_tags(locations: Iterable[Location]) -> list[ElementTag]:
    """All podcast:location."""
    return [
        ElementTag(
            "podcast:location",
            one.name,
            (("rel", one.rel), ("geo", one.geo), ("osm", one.osm), ("country", one.country)),
        )
        for one in locations
        if single_line(one.name)
    ]


def funding_tags(funding: Iterable[Funding]) -> list[ElementTag]:
    """All podcast:funding."""
    return [ElementTag("podcast:funding", one.text, (("url", one.url),)) for one in funding]


def social_interact_tags(posts: Iterable[SocialInteract]) -> list[ElementTag]:
    """All podcast:socialInteract. One that disables comments has no other attributes."""
    return [
        ElementTag(
            "podcast:socialInteract",
            "",
            (("protocol", "disabled"),)
            if one.protocol.strip().lower() == "disabled"
            else (
                ("protocol", one.protocol),
                ("uri", one.uri),
                ("accountId", one.account),
                ("accountUrl", one.account_url),
                ("priority", "" if one.priority is None else str(one.priority)),
            ),
        )
        for one in posts
    ]


def chat_tags(chat: Chat | None) -> list[ElementTag]:
    """podcast:chat, if there is one."""
    if chat is None:
        return []
    attributes = (
        ("server", chat.server),
        ("protocol", chat.protocol),
        ("accountId", chat.account),
        ("space", chat.space),
    )
    return [ElementTag("podcast:chat", "", attributes)]


def image_tag(url: str, text: str, side_px: int = 0) -> ElementTag:
    """podcast:image of a square picture.

    :param side_px: its width; 0 if not measured.
    """
    side = str(side_px) if side_px else ""
    attributes = (
        ("alt", cut_text(single_line(text), TEXT_CHARACTERS)),
        ("aspect-ratio", "1/1"),
        ("width", side),
        ("height", side),
        ("type", "image/png" if url.endswith(".png") else "image/jpeg"),
        ("purpose", "artwork"),
    )
    return ElementTag("podcast:image", "", (("href", url), *attributes))


def remote_item_tag(guid: str, feed: str, *, title: str = "", medium: str = "") -> ElementTag:
    """podcast:remoteItem of a whole feed."""
    return ElementTag(
        "podcast:remoteItem",
        "",
        (("feedGuid", guid), ("feedUrl", feed), ("medium", medium), ("title", title)),
    )


def block_tags(show: Show) -> list[ElementTag]:
    """podcast:block, and itunes:block for directories that do not support it."""
    everywhere = (
        [ElementTag("itunes:block", "Yes"), ElementTag("podcast:block", "yes")]
        if show.block
        else []
    )
    return everywhere + [
        ElementTag("podcast:block", "yes", (("id", slug),)) for slug in show.block_platforms
    ]


def frequency_tags(show: Show) -> list[ElementTag]:
    """podcast:updateFrequency, and itunes:complete for a show that has ended."""
    frequency = show.update_frequency
    ended = [ElementTag("itunes:complete", "Yes")] if show.complete else []
    if frequency is None and not show.complete:
        return ended
    attributes = (
        ("complete", "true" if show.complete else ""),
        ("dtstart", "" if frequency is None else frequency.dtstart),
        ("rrule", "" if frequency is None else frequency.rrule),
    )
    text = in_language(COMPLETE, show.language) if frequency is None else frequency.text
    return [*ended, ElementTag("podcast:updateFrequency", text, attributes)]


def season_tag(show: Show, number: int) -> ElementTag:
    """podcast:season with its name in the show's settings."""
    name = next((one.name for one in show.seasons if one.number == number), "")
    return ElementTag("podcast:season", str(number), (("name", cut_text(name, TEXT_CHARACTERS)),))


def episode_tag(episode: Episode, number: int) -> ElementTag:
    """podcast:episode with the text displayed in place of the number."""
    display = single_line(episode.display)[:DISPLAY_CHARACTERS]
    return ElementTag("podcast:episode", str(number), (("display", display),))
