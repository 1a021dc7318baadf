"""What was written, read again as Studio itself proves it: the tag of an MP3; and the feed of a
whole show at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studio.feed.item import FeedItem
from studio.feed.rss import feed_from_items, written_item
from studio.model.show import Show
from studio.tags import id3
from studio.tags.id3 import TagSheet


def read_id3_tags(path: Path) -> TagSheet:
    """The tag as it stands in the file, chapters in the order in which they stand there.

    :raises WorkspaceError: the file has no ID3v2.3 tag.
    """
    return id3._sheet_from_tag(id3._read(path))


def chapter_faults(path: Path) -> list[str]:
    """What is wrong with the chapters' frames, one sentence each.

    :raises WorkspaceError: the file has no ID3v2.3 tag.
    """
    return id3._faults_of_chapters(id3._read(path))


def feed_from_show(show: Show, items: Sequence[FeedItem], image_url: str) -> bytes:
    """The feed of episodes that were not written yet."""
    return feed_from_items(show, [written_item(show, item) for item in items], image_url)
