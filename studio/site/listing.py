"""An episode's entry in the show's own pages."""

from __future__ import annotations

import datetime

from studio.model.record import Record
from studio.model.show import Person


class Credit(Record, frozen=True):
    """A person who made an episode, and what they did, in the show's language."""

    label: str
    person: Person
    is_host: bool = False


class AccessibilityMetrics(Record, frozen=True):
    """What was measured of an episode for those who read or do not hear it.

    :param caption_cps: the captions' characters a second, which 95 % of them do not exceed.
    :param caption_shortest_ms: the duration of the shortest caption.
    :param covered: the share of the time with speech that has words, 0 to 1; None where the
        recording was not transcribed here.
    :param reviewed: whether a person corrected the transcript.
    """

    caption_cps: float
    caption_shortest_ms: int
    covered: float | None = None
    reviewed: bool = False


class Listing(Record, frozen=True):
    """What the show's own pages show of an episode.

    :param place: its page's folder.
    :param label: what it is (« Épisode 2 »).
    :param transcript_place: the transcript in JSON.
    :param audio_place: the MP3; empty where an earlier Studio listed it.
    :param picture_place: its small picture; the cover where it has none.
    :param summary: what it is about, in two lines; empty where an earlier Studio listed it.
    :param guests: who answers.
    :param season: its season's number and name, « Saison 2 : Les débuts »; empty for none.
    :param credits: everybody who made it; none where an earlier Studio listed it.
    :param access: what was measured for those who read it; None where an earlier Studio built it.
    :param former_place: an imported episode's place in the former feed, from 0 for the last one.
    """

    place: str
    label: str
    number: int | None
    title: str
    published: datetime.datetime
    duration_ms: int
    quote: str | None = None
    notice: str = ""
    transcript_place: str = ""
    audio_place: str = ""
    picture_place: str = ""
    summary: str = ""
    guests: tuple[str, ...] = ()
    season: str = ""
    credits: tuple[Credit, ...] = ()
    access: AccessibilityMetrics | None = None
    former_place: int | None = None


class ListingHtml(Record, frozen=True):
    """One episode in other pages, as HTML: its card on the home page, its row on the page on
    accessibility, the links to it from the page after it (``earlier``) and before it (``later``).
    """

    card: str
    row: str
    earlier: str
    later: str
