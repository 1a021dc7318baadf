"""The place of each published file under the site's root, and its URL.

Places are relative to the root of the built site and written with ``/``. ``address(base_url,
place)`` returns the URL of one. Places are ASCII, so that servers and apps agree on their spelling.
"""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath

from studio.captions.formats import CAPTION_FORMATS, CaptionFormat
from studio.model.record import Record
from studio.web.media_types import HASH_DIGITS as _HASH_DIGITS
from studio.web.slugs import ascii_name

FEED_PLACE = "feed.xml"
# For a show with many pages of its feed: the complete feed.
COMPLETE_FEED_PLACE = "feed-all.xml"


def feed_page_place(number: int) -> str:
    """The feed's page of this number, from 1; apps subscribe to the first one."""
    return FEED_PLACE if number == 1 else f"feed-{number}.xml"


# The placeholder address of a site without one: reserved by RFC 2606.
_PLACEHOLDER = "https://example.org/"


def placeholder_base_url(name: str) -> str:
    """The placeholder address of a site without one."""
    return f"{_PLACEHOLDER}{name}/"


def is_placeholder(base_url: str) -> bool:
    """Whether a site has no address yet."""
    return base_url.startswith(_PLACEHOLDER)


# The folders of the site that do not belong to episodes.
SITE_FOLDERS = frozenset({"assets", "search", "personnes", "accessibilite"})


def page_place(slug: str) -> str:
    """The folder of an episode's page."""
    return f"{slug}/"


class EpisodePlaces(Record, frozen=True):
    """The places of an episode's files. Each name changes with the file's content, so an old
    address never returns a new file.

    :param captions: the transcript's formats, by suffix.
    :param alternate: the second enclosure; empty without one.
    """

    media: str
    chapters: str
    captions: dict[str, str]
    alternate: str = ""


def media_place(slug: str, sha256: str, suffix: str = ".mp3") -> str:
    """The episode's audio file; ``suffix`` with its dot, for audio from another host."""
    return f"{slug}/{slug}-{sha256[:_HASH_DIGITS]}{suffix}"


def alternate_place(slug: str, suffix: str, sha256: str) -> str:
    """The episode's second enclosure; ``suffix`` with its dot."""
    return f"{slug}/{slug}-{sha256[:_HASH_DIGITS]}{suffix}"


def chapters_place(slug: str, sha256: str) -> str:
    """The episode's JSON chapters."""
    return f"{slug}/chapters-{sha256[:_HASH_DIGITS]}.json"


def captions_place(slug: str, kind: CaptionFormat, sha256: str) -> str:
    """The episode's transcript in one format."""
    return f"{slug}/transcript-{sha256[:_HASH_DIGITS]}{kind.suffix}"


def unversioned_places(slug: str) -> EpisodePlaces:
    """The places of an episode's files in earlier versions of Studio."""
    captions = {kind.suffix: f"{slug}/transcript{kind.suffix}" for kind in CAPTION_FORMATS}
    return EpisodePlaces(
        media=f"{slug}/{slug}.mp3", chapters=f"{slug}/chapters.json", captions=captions
    )


def cover_place(name: str, content: bytes) -> str:
    """The cover under a name that changes with the picture: apps cache a picture by its address.

    :param name: the cover's file name in ``feed/``.
    :param content: the picture's bytes.
    """
    path = PurePosixPath(name)
    suffix = path.suffix.lower().replace(".jpeg", ".jpg")  # Apple requires .jpg or .png
    digest = hashlib.sha256(content).hexdigest()[:_HASH_DIGITS]
    return f"{ascii_name(path.stem) or 'cover'}-{digest}{suffix}"


def page_cover_place(cover: str) -> str:
    """The smaller cover that pages show; ``cover`` is the large one's place."""
    return f"{PurePosixPath(cover).stem}-page.jpg"


def card_place(folder: str, content: bytes) -> str:
    """A share card in a folder (empty for the show's own), under a name that changes with the
    picture, as for covers.
    """
    return f"{folder}card-{hashlib.sha256(content).hexdigest()[:_HASH_DIGITS]}.jpg"


def picture_place(folder: str, content: bytes) -> str:
    """An episode's own picture in its folder, under a name that changes with it, as for covers."""
    return f"{folder}picture-{hashlib.sha256(content).hexdigest()[:8]}.jpg"


def address(base_url: str, place: str) -> str:
    """The address of a place, whether ``base_url`` ends with a slash or not."""
    return f"{base_url.rstrip('/')}/{place}"


def feed_address(base_url: str) -> str:
    """The feed's address, to which apps subscribe."""
    return address(base_url, FEED_PLACE)
