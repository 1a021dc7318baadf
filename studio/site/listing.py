"""An episode's entry in the show's own pages."""

from __future__ import annotations

import datetime

from studio.model.record import Record
from studio.model.show import Person


class Credit(Record, frozen=True):
    """A person who contributed to an episode, with the role in the show's language."""

    label: str
    person: Person
    is_host: bool = False


class AccessibilityMetrics(Record, frozen=True):
    """Accessibility measurements of an episode.

    :param caption_cps: 95th percentile of the captions' characters per second.
    :param caption_shortest_ms: the duration of the shortest caption.
    :param covered: the share of speech time with words, 0 to 1; None if the recording was not
        transcribed here.
    :param reviewed: whether the transcript was corrected by a person.
    """

    caption_cps: float
    caption_shortest_ms: int
    covered: float | None = None
    reviewed: bool = False


class Listing(Record, frozen=True):
    """The data of an episode on the show's own pages.

    :param place: its page's folder.
    :param label: its label (« Épisode 2 »).
    :param transcript_place: the transcript in JSON.
    :param audio_place: the MP3; empty if listed by an earlier version.
    :param picture_place: its small picture, or the cover.
    :param summary: summary of two lines; empty if listed by an earlier version.
    :param guests: who answers.
    :param season: its season's number and name, « Saison 2 : Les débuts »; empty for none.
    :param credits: all contributors; empty if listed by an earlier version.
    :param access: accessibility measurements; None if built by an earlier version.
    :param former_place: an imported episode's position in the former feed, from 0 (the top).
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
    accessibility, the links to it from the next page (``earlier``) and from the preceding one
    (``later``).
    """

    card: str
    row: str
    earlier: str
    later: str
