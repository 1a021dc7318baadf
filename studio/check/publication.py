"""What is about to be published, as files on this disk."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from studio.model.captions import CaptionFormat
from studio.model.loudness import PRESETS, LoudnessTarget


@dataclasses.dataclass(frozen=True)
class PublishedEpisode:
    """One episode's files.

    :param captions: the transcript in each of its forms.
    :param page: the episode's page in the built site.
    :param alignment: where article and recording were laid side by side; None where that is not
        known.
    """

    slug: str
    media: Path
    chapters: Path
    captions: dict[CaptionFormat, Path]
    page: Path
    alignment: Path | None = None


@dataclasses.dataclass(frozen=True)
class Publication:
    """The show's files. ``base_url``, ``show_title``, ``loudness`` and ``first_feed_url`` are as
    the show's settings have them.
    """

    base_url: str
    show_title: str
    feed: Path
    cover: Path
    episodes: tuple[PublishedEpisode, ...]
    loudness: LoudnessTarget = PRESETS["podcast"]
    first_feed_url: str = ""
