"""The show's settings, as users write them in ``feed/show.toml``."""

from __future__ import annotations

from typing import Literal

from studio.model.record import Record

# The language of a show that names none.
DEFAULT_LANGUAGE = "fr"


class Category(Record, frozen=True):
    """One of Apple's categories, with its subcategory or none."""

    name: str
    sub: str = ""


class Person(Record, frozen=True):
    """A person of the show. ``role`` and ``group`` are the taxonomy's English words, e.g. Host in
    Cast.
    """

    name: str
    role: str = "Host"
    group: str = "Cast"
    link: str = ""
    image: str = ""


class Owner(Record, frozen=True):
    """Who answers letters about the show."""

    name: str
    email: str


class Funding(Record, frozen=True):
    """Where listeners can support the show."""

    url: str
    text: str


class Txt(Record, frozen=True):
    """A text that a platform requires in the feed (podcast:txt), such as a code that proves
    ownership. ``purpose`` is defined by the platform.
    """

    purpose: str
    text: str


class UpdateFrequency(Record, frozen=True):
    """How often an episode appears: ``text`` for listeners, ``rrule`` for their apps (RFC 5545,
    e.g. ``FREQ=MONTHLY``), ``dtstart`` (ISO 8601) where the rule begins later or counts episodes.
    """

    text: str
    rrule: str = ""
    dtstart: str = ""


class Recommendation(Record, frozen=True):
    """Another show that this one recommends (podcast:podroll): its podcast:guid, its feed for
    apps that do not know it, its title for people.
    """

    guid: str
    feed: str = ""
    title: str = ""


class Publisher(Record, frozen=True):
    """Who publishes this show and others (podcast:publisher): the podcast:guid and the address of
    the publisher's own feed.
    """

    guid: str
    feed: str = ""


class Location(Record, frozen=True):
    """A place (podcast:location).

    :param name: as people say it.
    :param rel: ``subject``: the show or the episode is about it; ``creator``: it is made there.
    :param geo: a geo URI (RFC 5870), ``geo:43.2965,5.3698``.
    :param osm: OpenStreetMap's type and number, ``R76469``.
    :param country: ISO 3166-1 alpha-2, ``fr``.
    """

    name: str
    rel: Literal["subject", "creator"] = "subject"
    geo: str = ""
    osm: str = ""
    country: str = ""


class SocialInteract(Record, frozen=True):
    """The post below which listeners comment (podcast:socialInteract).

    :param protocol: ``activitypub``, ``bluesky``, …; ``disabled`` asks apps to show no comments.
    :param uri: the post.
    :param account: who wrote it, ``@show@example.org``; ``account_url`` is their page.
    :param priority: the smallest is shown first, where there are several.
    """

    protocol: str
    uri: str = ""
    account: str = ""
    account_url: str = ""
    priority: int | None = None


class Chat(Record, frozen=True):
    """Where listeners talk to each other (podcast:chat): ``protocol`` is ``irc``, ``xmpp``,
    ``matrix`` or ``nostr``, ``space`` the room.
    """

    server: str
    protocol: str
    account: str = ""
    space: str = ""


class Season(Record, frozen=True):
    """A season that has a name."""

    number: int
    name: str


class Platform(Record, frozen=True):
    """The show's own page on a platform that lists it (Apple Podcasts, Spotify, Deezer)."""

    name: str
    url: str


class Accessibility(Record, frozen=True):
    """The owner's accessibility statement: ``state`` in a sentence (``state_en`` the same in
    English), ``contact`` an address for people who meet a difficulty, ``date`` its date.
    """

    state: str
    contact: str
    date: str = ""
    state_en: str = ""


class Publishing(Record, frozen=True):
    """Where the built site goes. Passwords and secret keys are in no file: they come from the
    environment or the system's keyring.

    :param destination: a folder, ``sftp://user@host:port/folder`` or ``s3://bucket/folder``.
    :param history: where earlier publications are kept for a rollback: a folder beside which
        nothing is served, for SFTP a folder of the same server, for S3 ``s3://bucket/folder``;
        empty for
        ``destination`` with ``.studio`` at its end.
    :param endpoint: the address of an S3-compatible storage; empty for Amazon's.
    :param region: the storage's region, where it asks for one.
    :param access_key_id: the storage's access key id, which is not secret.
    :param key_file: a private key for SFTP; empty for those of the SSH agent and ``~/.ssh``.
    :param known_hosts: the file that knows the SFTP server's key; empty for ``~/.ssh/known_hosts``.
    """

    destination: str
    history: str = ""
    endpoint: str = ""
    region: str = ""
    access_key_id: str = ""
    key_file: str = ""
    known_hosts: str = ""


class WordPressSite(Record, frozen=True):
    """Where drafts of posts are made: the site's address, and who logs in. The application password
    is in no file: it comes from the environment or the system's keyring.
    """

    url: str
    user: str


class ShowSound(Record, frozen=True):
    """How every episode sounds.

    :param opening: a sound file in ``feed/`` that is heard before each episode; empty for none.
    :param closing: one that is heard after each.
    :param opening_overlap_ms: how much of the opening's end is heard under the first words.
    :param closing_overlap_ms: how much of the closing's beginning is heard under the last ones.
    :param loudness: a preset of :mod:`studio.model.loudness_targets`, or the LUFS of a stereo
        episode.
    :param bitrate_kbps_mono: constant bit rate of mono episodes, 96 to 128.
    :param bitrate_kbps_stereo: constant bit rate of stereo episodes, 128 to 192.
    :param alternate: a second enclosure beside the MP3, for apps that can choose; empty for none.
    """

    opening: str = ""
    closing: str = ""
    opening_overlap_ms: int = 0
    closing_overlap_ms: int = 0
    loudness: str | float = "podcast"
    bitrate_kbps_mono: int = 96
    bitrate_kbps_stereo: int = 128
    alternate: Literal["", "opus", "aac"] = ""


class Whisper(Record, frozen=True):
    """Which engine transcribes, with which model.

    :param engine: one of ``studio.speech.engine_loading.ENGINES``.
    """

    engine: str = "faster"
    model: str = "base"
    device: Literal["auto", "cpu", "cuda"] = "auto"


# Names that settings of ``show.toml`` had before, by table: they are still read.
FORMER_SETTINGS = {"publish": {"to": "destination", "keep": "history", "key": "access_key_id"}}

# The default number of episodes on a page of the feed.
PAGE_EPISODES = 100


class Show(Record, frozen=True):
    """``show.toml``.

    :param base_url: where the built site will be reached, ending in a slash; the feed is
        ``<base_url>feed.xml``.
    :param guid: podcast:guid, written once for life; empty before the feed has an address.
    :param host: who asks the questions, as the transcript names them.
    :param cover: the cover's file name in ``feed/``.
    :param license: the licence's SPDX identifier (``cc-by-4.0``), or how the show calls its own.
    :param license_url: where the licence can be read; empty for a Creative Commons one, whose
        address follows from its identifier.
    :param txt: what platforms ask to read in the feed.
    :param podroll: shows that this one recommends.
    :param publisher: the feed of a publisher of several shows (podcast:publisher).
    :param accessibility: what the owner says of it, on the page « Accessibilité ».
    :param social_interact: where listeners comment on the show.
    :param chat: where they talk to each other.
    :param seasons: the names of seasons that have one.
    :param complete: no episode will follow: apps stop looking for new ones.
    :param block: no directory may list the show.
    :param block_platforms: the directories that may not (podcast:block's service slugs).
    :param first_feed_url: where the feed was first, once it has moved: its podcast:guid follows
        from that address for life.
    :param hosted: where the feed is that stays at another host: Studio only makes what is added
        there, and publishes no feed; empty for a feed of its own.
    :param new_feed_url: where the feed has moved to, for apps that still read it here.
    :param hubs: WebSub hubs that pass on the news of a new episode.
    :param location: the place that the show is about, as people say it.
    :param locations: the same with coordinates, and further places.
    :param locked: whether other platforms must ask before they import the feed.
    :param guid_given: the guid came with the feed from another host, which made it otherwise: it is
        compared with no address.
    :param page_episodes: how many episodes a page of the feed has; 0 for all in one.
    """

    title: str
    description: str
    base_url: str
    guid: str
    author: str
    categories: tuple[Category, ...]
    host: str
    owner: Owner
    language: str = DEFAULT_LANGUAGE
    link: str = ""
    cover: str = "cover.jpg"
    copyright: str = ""
    license: str = ""
    license_url: str = ""
    explicit: bool = False
    locked: bool = True
    type: Literal["episodic", "serial"] = "episodic"
    location: str = ""
    complete: bool = False
    block: bool = False
    block_platforms: tuple[str, ...] = ()
    locations: tuple[Location, ...] = ()
    seasons: tuple[Season, ...] = ()
    social_interact: tuple[SocialInteract, ...] = ()
    chat: Chat | None = None
    publisher: Publisher | None = None
    accessibility: Accessibility | None = None
    persons: tuple[Person, ...] = ()
    funding: tuple[Funding, ...] = ()
    txt: tuple[Txt, ...] = ()
    platforms: tuple[Platform, ...] = ()
    hubs: tuple[str, ...] = ()
    podroll: tuple[Recommendation, ...] = ()
    first_feed_url: str = ""
    hosted: str = ""
    new_feed_url: str = ""
    guid_given: bool = False
    page_episodes: int = PAGE_EPISODES
    publish: Publishing | None = None
    wordpress: WordPressSite | None = None
    update_frequency: UpdateFrequency | None = None
    sound: ShowSound = ShowSound()
    whisper: Whisper = Whisper()
