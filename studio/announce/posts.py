"""Posts for social networks, within each network's length limit, cut between sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from studio.announce.sourced_lines import Material, SourcedLine
from studio.model.record import Record

# Every URL counts as this many characters on Mastodon, regardless of its length
# (docs.joinmastodon.org/user/posting, "Links are counted as 23 characters").
MASTODON_LINK_CHARACTERS = 23
_LINK = re.compile(r"https?://\S+")


class Network(NamedTuple):
    """One network.

    :param most: the longest post, in characters as counted by ``length``.
    :param seen: the characters shown before the post is expanded; 0: all.
    """

    name: str
    most: int
    seen: int
    length: Callable[[str], int]


class Post(Record, frozen=True):
    """One text for one network.

    :param lines: its sentences with their sources, in order.
    :param length: as the network counts it; ``most`` is its limit.
    :param seen: the characters shown before it is expanded; 0: all.
    """

    network: str
    text: str
    lines: tuple[SourcedLine, ...]
    length: int
    most: int
    seen: int = 0


def plain_length(text: str) -> int:
    """Characters as LinkedIn counts them: UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def mastodon_length(text: str) -> int:
    """Characters as Mastodon counts them: a URL counts as 23."""
    return grapheme_length(_LINK.sub("x" * MASTODON_LINK_CHARACTERS, text))


def grapheme_length(text: str) -> int:
    """Graphemes, as Bluesky counts: combining marks belong to their letter."""
    return sum(not unicodedata.combining(sign) for sign in unicodedata.normalize("NFC", text))


# LinkedIn allows 3,000 characters and truncates a post after about 210; Mastodon allows 500 by
# default; Bluesky 300 graphemes (app.bsky.feed.post, maxGraphemes).
NETWORKS = {
    "linkedin": Network("LinkedIn", 3000, 210, plain_length),
    "mastodon": Network("Mastodon", 500, 0, mastodon_length),
    "bluesky": Network("Bluesky", 300, 0, grapheme_length),
}


def posts_from_material(material: Material, page: str) -> tuple[Post, ...]:
    """A post for each network.

    :param page: the URL of the episode's page; the link points to the time of the post's first
        sentence, if it is spoken.
    """
    return tuple(post_for_network(network, material, page) for network in NETWORKS.values())


def post_for_network(network: Network, material: Material, page: str) -> Post:
    """The post with as many whole sentences as fit: first the best quotation, then its speaker, the
    notice, the introduction, the questions.
    """
    spoken = (*([material.quote] if material.quote else []), *material.spoken)
    # « Entretien. » alone is meaningless.
    introduction = [line for line in material.introduction if len(line.text.split()) > 1]
    # 1. The first line that fits together with all required ones.
    for hook in (*spoken, *introduction, material.title):
        link = timestamped_address(page, hook.start_ms)
        needed = _each_once([hook, material.title, *([material.notice] if material.notice else [])])
        if network.length(_text(needed, link)) <= network.most:
            break
    else:
        # Not even the title fits: only the link.
        needed, link = [], page
    # 2. Further lines in order, until one does not fit; none is cut or skipped.
    lines = list(needed)
    for line in (*introduction, *material.questions):
        longer = _each_once([*lines, line])
        if network.length(_text(longer, link)) > network.most:
            break
        lines = longer
    text = _text(lines, link)
    return Post(
        network=network.name,
        text=text,
        lines=tuple(lines),
        length=network.length(text),
        most=network.most,
        seen=network.seen,
    )


def timestamped_address(page: str, start_ms: int | None) -> str:
    """The URL of the episode's page, at a time if one is given."""
    return page if start_ms is None else f"{page}#t={start_ms // 1000}"


def _text(lines: Sequence[SourcedLine], link: str) -> str:
    return "\n\n".join([*(line.text for line in lines), link])


def _each_once(lines: Iterable[SourcedLine]) -> list[SourcedLine]:
    found: dict[str, SourcedLine] = {}
    for line in lines:
        found.setdefault(line.text, line)
    return list(found.values())
