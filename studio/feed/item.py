"""The data of one feed item, collected from the episode's built files."""

from __future__ import annotations

from studio.model.chapters import Chapters
from studio.model.episode import Episode
from studio.model.record import Record
from studio.model.show import DEFAULT_LANGUAGE
from studio.model.sound import Alternate, Enclosure
from studio.model.soundbite import Soundbite


class TranscriptLink(Record, frozen=True):
    """One form of the transcript. ``rel`` is ``captions`` where the text carries times, else
    empty.
    """

    url: str
    type: str
    language: str
    rel: str = ""


class ImportedItem(Record, frozen=True):
    """What an episode was in another host's feed, and stays for its subscribers.

    :param place: its place there, from 0 for the last one.
    :param link: the page that it names; empty for the episode's page of the built site.
    :param explicit: None where it left that to the show.
    :param notes: content:encoded as it was; empty for none.
    :param description: as it was, plain or HTML; empty for none.
    :param xml: the whole item; empty where it is lost.
    """

    place: int
    link: str = ""
    explicit: bool | None = None
    notes: str = ""
    description: str = ""
    xml: bytes = b""


class FeedItem(Record, frozen=True):
    """One episode of the feed.

    :param enclosure: the finished MP3, as it was measured.
    :param enclosure_url: where it will be reached; so for ``page_url``, ``chapters_url``,
        ``image_url`` and ``card_url`` (the share card; empty for none).
    :param introduction: the article's paragraphs before its first question.
    :param quote: the article's pull quote without its « ».
    :param questions: the article's questions in full, in its order; a chapter's ``question`` counts
        them from 1.
    :param former: what an imported episode was before; None for one that was made here.
    :param ai_content: sentences for listeners that say what a machine made (« Transcription
        automatique, non relue. »), or empty; below the description.
    :param image_px: how wide the picture of ``image_url`` is; 0 if not measured.
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
