"""What is about to be published, as files on this disk."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from studio.model.captions import CaptionFormat
from studio.model.loudness import PRESETS, LoudnessTarget


@dataclasses.dataclass(frozen=True)
class PublishedEpisode:
    """One episode's files.

    :param media: the MP3; the names of all files are those under which they are published.
    :param captions: the transcript in each of its forms.
    :param page: the episode's page in the built site.
    :param loudness: how loud it was made; None: as the show has it.
    :param given: whether its sound is published as it came from another host: rules on how Studio
        makes sound and texts are then to know, and no fault.
    :param alignment: where article and recording were laid side by side; None where that is not
        known.
    """

    slug: str
    media: Path
    chapters: Path
    captions: dict[CaptionFormat, Path]
    page: Path
    loudness: LoudnessTarget | None = None
    alignment: Path | None = None
    given: bool = False

    def place(self, path: Path) -> str:
        """Where one of its files is published."""
        return f"{self.slug}/{path.name}"


@dataclasses.dataclass(frozen=True)
class Publication:
    """The show's files. ``base_url``, ``show_title``, ``loudness`` and ``first_feed_url`` are as
    the show's settings have them.

    :param episodes: those that are to be checked.
    :param guid_given: the show's guid came from another host: it follows from no address.
    :param whole: whether these are all episodes of the show: then the feed may name no others.
    """

    base_url: str
    show_title: str
    feed: Path
    cover: Path
    episodes: tuple[PublishedEpisode, ...]
    loudness: LoudnessTarget = PRESETS["podcast"]
    first_feed_url: str = ""
    whole: bool = True
    guid_given: bool = False
