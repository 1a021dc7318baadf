"""What was written, read again as Studio itself proves it: the tag of an MP3; and the feed of a
whole show, and the search index, at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studio.feed.item import FeedItem
from studio.feed.rss import WrittenItem, feed_from_items, item_from_episode, published_utc
from studio.model.show import Show
from studio.site.listing import Listing
from studio.site.search_index import IndexedSentences, updated_search
from studio.tags import id3
from studio.tags.id3 import TagSheet


def read_id3_tags(path: Path) -> TagSheet:
    """The tag in the file, chapters in the file's order.

    :raises WorkspaceError: the file has no ID3v2.3 tag.
    """
    return id3._sheet_from_tag(id3._read(path))


def chapter_faults(path: Path) -> list[str]:
    """What is wrong with the chapters' frames, one sentence each.

    :raises WorkspaceError: the file has no ID3v2.3 tag.
    """
    return id3._faults_of_chapters(id3._read(path))


def written_item(show: Show, item: FeedItem) -> WrittenItem:
    """The episode in the feed."""
    place = None if item.former is None else item.former.place
    return WrittenItem(
        published_utc(item), item.episode.number or 0, item_from_episode(show, item), place
    )


def search_files(
    episodes: Sequence[Listing], sentences: Sequence[IndexedSentences]
) -> dict[str, bytes]:
    """The index: place relative to the site's root, and content. Episodes are counted as given.

    :param sentences: the :func:`studio.site.search.search_sentences` of each episode, as JSON has
        them.
    """
    slugs = [f"{number}" for number in range(len(episodes))]
    return updated_search(None, slugs, episodes, sentences.__getitem__).written


def feed_from_show(show: Show, items: Sequence[FeedItem], image_url: str) -> bytes:
    """The feed of episodes that were not written yet."""
    return feed_from_items(show, [written_item(show, item) for item in items], image_url)
