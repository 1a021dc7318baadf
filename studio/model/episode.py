"""One episode's settings, as users write them in ``episodes/<slug>/episode.toml``."""

from __future__ import annotations

import datetime
from typing import Literal

from studio.model.clock import RecordingMs
from studio.model.record import Record
from studio.model.show import Chat, Funding, Location, Person, SocialInteract


class Cut(Record, frozen=True):
    """A passage of the recording that is left out of the episode, and why."""

    start_ms: RecordingMs
    end_ms: RecordingMs
    reason: str = ""


class ChosenSoundbite(Record, frozen=True):
    """A passage of the recording that a user chose as a sound bite. ``title``: displayed by apps;
    the spoken words if empty.
    """

    start_ms: RecordingMs
    end_ms: RecordingMs
    title: str = ""


class ContentLink(Record, frozen=True):
    """The same episode elsewhere, as its video (podcast:contentLink): ``text`` describes the
    link.
    """

    url: str
    text: str


class Microphone(Record, frozen=True):
    """One channel of a recording of several microphones, one for each speaker.

    :param file: the name of its original file, or the original channel.
    :param name: its speaker; empty: derived from the file's name or from the words.
    :param offset_ms: its start on the recording clock.
    :param drift_ppm: drift of its own clock in parts per million, already corrected.
    """

    file: str
    name: str = ""
    offset_ms: int = 0
    drift_ppm: float = 0.0


class EpisodeSound(Record, frozen=True):
    """The audio settings of this episode.

    :param trim: remove the silence at both ends.
    :param longest_pause_ms: shorten longer pauses to this; 0 leaves them as they are.
    :param level: bring all speakers to the same loudness.
    :param hum: remove mains hum if some is found.
    :param denoise: reduction of background noise. *steady*: an adaptive filter reduces it where it
        would be audible in pauses; *voice*: a neural network removes it, as far as no word is lost;
        *off*: none. Earlier settings have true and false: see :attr:`noise_cleaning`.
    :param declip: reconstruct peaks that were clipped while recording.
    :param declick: reconstruct the audio at clicks.
    :param alternate: format of a second enclosure beside the MP3; empty: as the show's; *off*:
        none.
    """

    trim: bool = False
    longest_pause_ms: int = 0
    level: bool = True
    hum: bool = True
    denoise: Literal["off", "steady", "voice"] | bool = "steady"
    declip: bool = False
    declick: bool = False
    alternate: Literal["", "opus", "aac", "off"] = ""

    @property
    def noise_cleaning(self) -> Literal["off", "steady", "voice"]:
        """How noise is reduced; *true* and *false* are earlier names of *steady* and *off*."""
        if isinstance(self.denoise, bool):
            return "steady" if self.denoise else "off"
        return self.denoise


class ImportedText(Record, frozen=True):
    """One format of an imported episode's transcript: a file in its folder, with its attributes in
    the feed.
    """

    file: str
    type: str
    language: str = ""
    rel: str = ""


class Imported(Record, frozen=True):
    """The properties of an imported episode at its former host, which subscribers keep seeing.

    :param enclosure: the URL of its audio there.
    :param sha256: hash of the downloaded audio file; ``length_bytes``: its size.
    :param type: the MIME type of the audio.
    :param duration_ms: as in the former feed, or as measured if the feed has none.
    :param place: its position in the former feed, from 0 (the top).
    :param link: its page by the feed; empty for its page of the built site.
    :param explicit: the value of its item; None if the show's applies.
    :param texts: the transcript in the formats that the former host had.
    :param keep_sound: its audio is published unchanged; else it is mastered like any recording.
    """

    enclosure: str
    sha256: str
    length_bytes: int
    type: str
    duration_ms: int
    place: int
    link: str = ""
    explicit: bool | None = None
    texts: tuple[ImportedText, ...] = ()
    keep_sound: bool = True


class Episode(Record, frozen=True):
    """``episode.toml``.

    :param number: the episode's number, positive; None without one, as for a trailer or a bonus.
    :param guid: its identity in every subscriber's app: never changes.
    :param title: the title in the feed: no episode number and no show name (they have tags of their
        own).
    :param guests: who answers.
    :param host: who asks; empty: the show's host.
    :param picture: file name of a picture in the episode's folder; empty: the show's cover.
    :param picture_alt: its alternative text.
    :param picture_credit: its credit, shown under it on the page.
    :param author: who wrote the interview; empty: the show's author.
    :param recording: the audio file's name in the episode's folder.
    :param tracks: which of its audio tracks are used, counted from 1; empty: those with speech.
    :param microphones: the recording's channels in order, if each is the microphone of one speaker.
    :param published: when it appears in the feed.
    :param notice: a sentence that is shown to listeners and readers (« voix de synthèse »).
    :param ai_content: what else than the transcript was generated by a machine, in a sentence («
        Les voix sont des voix de synthèse. »); empty: nothing.
    :param display: displayed in place of the number (« Hors-série »).
    :param explicit: whether it is unsuitable for children; None: as the show.
    :param block: directories must not list it.
    :param content_links: where else it is published.
    :param funding: where listeners can support it, in addition to the show's.
    :param locations: the places that it is about, or in which it was recorded.
    :param social_interact: where listeners comment on it.
    :param chat: where they discuss it; None: the show's.
    :param former_slugs: its earlier slugs: pages at those addresses redirect to its page.
    :param persons: guests with their page and picture, and other contributors to this episode only.
    :param soundbites: short passages that represent the episode in apps; None: Studio chooses.
    :param imported: its properties at another host; None if it was made with Studio.
    """

    guid: str
    title: str
    guests: tuple[str, ...]
    recording: str
    published: datetime.datetime
    number: int | None = None
    host: str = ""
    author: str = ""
    picture: str = ""
    picture_alt: str = ""
    picture_credit: str = ""
    season: int | None = None
    type: Literal["full", "trailer", "bonus"] = "full"
    notice: str = ""
    link: str = ""
    ai_content: str = ""
    display: str = ""
    explicit: bool | None = None
    block: bool = False
    former_slugs: tuple[str, ...] = ()
    persons: tuple[Person, ...] = ()
    content_links: tuple[ContentLink, ...] = ()
    funding: tuple[Funding, ...] = ()
    locations: tuple[Location, ...] = ()
    social_interact: tuple[SocialInteract, ...] = ()
    chat: Chat | None = None
    tracks: tuple[int, ...] = ()
    microphones: tuple[Microphone, ...] = ()
    soundbites: tuple[ChosenSoundbite, ...] | None = None
    cuts: tuple[Cut, ...] = ()
    sound: EpisodeSound = EpisodeSound()
    imported: Imported | None = None

    @property
    def has_imported_sound(self) -> bool:
        """Whether its audio is published as it was at the former host."""
        return self.imported is not None and self.imported.keep_sound

    @property
    def counted(self) -> int | None:
        """The displayed number; a trailer has none."""
        return None if self.type == "trailer" else self.number
