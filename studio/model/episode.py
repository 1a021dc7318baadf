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
    """A passage of the recording that a person chose as a sound bite. ``title``: what apps call it;
    its words when it is empty.
    """

    start_ms: RecordingMs
    end_ms: RecordingMs
    title: str = ""


class ContentLink(Record, frozen=True):
    """The same episode elsewhere, as its video (podcast:contentLink): ``text`` says where the
    address leads.
    """

    url: str
    text: str


class Microphone(Record, frozen=True):
    """One channel of a recording of several microphones, each its speaker's own.

    :param file: the name of the file that it came from, or which channel it was.
    :param name: who speaks into it; empty: found from its file's name or from the words.
    :param offset_ms: when it began on the recording's clock.
    :param drift_ppm: how much more its own clock counted, in parts per million; taken out already.
    """

    file: str
    name: str = ""
    offset_ms: int = 0
    drift_ppm: float = 0.0


class EpisodeSound(Record, frozen=True):
    """How this episode's sound is made.

    :param trim: leave out the silence at both ends; only when asked.
    :param longest_pause_ms: shorten longer pauses to this; 0 leaves them as they are.
    :param level: bring everybody who speaks to the same loudness.
    :param hum: take out mains hum, where some is found.
    :param denoise: what is done about the noise of the room. *steady*: a filter that follows it
        softens it where it would be heard in pauses; *voice*: a neural network takes it out, as far
        as no word is lost; *off*: nothing. Settings of before have true and false: see
        :attr:`noise_cleaning`.
    :param declip: draw peaks anew that were cut off at full scale while recording.
    :param declick: draw clicks anew.
    :param alternate: a second enclosure beside the MP3; empty for the show's, *off* for none.
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
    """One form of the transcript that came with an imported episode: a file of its folder, with
    what the feed said of it.
    """

    file: str
    type: str
    language: str = ""
    rel: str = ""


class Imported(Record, frozen=True):
    """What an imported episode was at its former host, and stays for its subscribers.

    :param enclosure: the address of its sound there.
    :param sha256: of the sound's bytes as they came; ``length_bytes`` their number.
    :param type: the sound's MIME type.
    :param duration_ms: as in the former feed, or as measured if the feed has none.
    :param place: its place in the former feed, from 0 for the last one: the order of the feed.
    :param link: the page that the feed names for it; empty for its page of the built site.
    :param explicit: what its item says; None where it leaves that to the show.
    :param texts: the transcript in the forms that came with it.
    :param keep_sound: its sound is published as it came; else it is mastered like any recording.
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

    :param number: the episode's number, positive; None where it has none, as a trailer or a bonus.
    :param guid: its identity in every subscriber's app: frozen for life.
    :param title: the title in the feed: no episode number and no show name (they have tags of their
        own).
    :param guests: who answers.
    :param host: who asks; the show's host when it is empty.
    :param picture: the name of a picture in the episode's folder; the show's cover when it is
        empty.
    :param picture_alt: its alternative text.
    :param picture_credit: its credit, shown under it on the page.
    :param author: who wrote the interview; the show's author when it is empty.
    :param recording: the sound file's name in the episode's folder.
    :param tracks: which of its sound tracks are heard, from 1, where it has several; those with
        speech when empty.
    :param microphones: the recording's channels in their order, where each is a speaker's own
        microphone.
    :param published: when it appears in the feed.
    :param notice: a sentence that listeners and readers must see (« voix de synthèse »).
    :param ai_content: what a machine made of it besides the transcript, in a sentence (« Les voix
        sont des voix de synthèse. »), or empty where a machine made nothing else.
    :param display: what listeners see in place of the number (« Hors-série »).
    :param explicit: whether it is not for children; the show's answer when None.
    :param block: directories may not list it.
    :param content_links: where else it can be seen or heard.
    :param funding: what listeners can support by it; the show's stays beside it.
    :param locations: the places that it is about, or where it was recorded.
    :param social_interact: where listeners comment on it.
    :param chat: where they talk about it; the show's when None.
    :param former_slugs: the slugs that it had: the addresses of those pages lead to its page.
    :param persons: guests with their page and picture, and other contributors to this episode only.
    :param soundbites: short passages that represent the episode in apps; None: Studio chooses.
    :param imported: where it came from another host; None for what was made here.
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
        """Whether its sound is published as it came from another host."""
        return self.imported is not None and self.imported.keep_sound

    @property
    def counted(self) -> int | None:
        """The number that listeners see; a trailer has none."""
        return None if self.type == "trailer" else self.number
