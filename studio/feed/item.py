"""The data of one feed item, collected from the episode's built files."""

from __future__ import annotations

from studio.model.chapters import Chapters
from studio.model.episode import Episode
from studio.model.record import Record
from studio.model.show import DEFAULT_LANGUAGE
from studio.model.sound import Alternate, Enclosure
from studio.model.soundbite import Soundbite


class TranscriptLink(Record, frozen=True):
    """One format of the transcript. ``rel`` is ``captions`` if the text has times, else empty."""

    url: str
    type: str
    language: str
    rel: str = ""


class ImportedItem(Record, frozen=True):
    """The properties of an imported episode in the former feed, which subscribers keep seeing.

    :param place: its position there, from 0 (the top).
    :param link: its page there; empty for its page of the built site.
    :param explicit: None if the show's applies.
    :param notes: content:encoded, unchanged; empty for none.
    :param description: unchanged, plain or HTML; empty for none.
    :param xml: the whole item; empty if it is lost.
    """

    place: int
    link: str = ""
    explicit: bool | None = None
    notes: str = ""
    description: str = ""
    xml: bytes = b""


class FeedItem(Record, frozen=True):
    """One episode of the feed.

    :param enclosure: the measured properties of the finished MP3.
    :param enclosure_url: its URL; likewise ``page_url``, ``chapters_url``, ``image_url`` and
        ``card_url`` (the share card; empty for none).
    :param introduction: the article's paragraphs before its first question.
    :param quote: the article's pull quote without its « ».
    :param questions: the article's questions in full, in its order; ``question`` of a chapter is
        their number, from 1.
    :param former: the former item of an imported episode; None for others.
    :param ai_content: sentences for listeners on machine-made content (« Transcription
        automatique, non relue. »), or empty; below the description.
    :param image_px: the width of the picture of ``image_url``; 0 if not measured.
    :param language: the show's.
    """

    episode: Episode
    enclosure: Enclosure
    enclosure_url: str
    page_url: str
    chapters: Chapters
    chapters_url: str
    transcripts: tuple[TranscriptLink, ...]
    image_url: str
    introduction: tuple[str, ...] = ()
    quote: str | None = None
    questions: tuple[str, ...] = ()
    ai_content: str = ""
    card_url: str = ""
    soundbites: tuple[Soundbite, ...] = ()
    alternate: Alternate | None = None
    alternate_url: str = ""
    image_px: int = 0
    former: ImportedItem | None = None
    language: str = DEFAULT_LANGUAGE
