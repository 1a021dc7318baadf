"""The show's settings, as users write them in ``feed/show.toml``."""

from __future__ import annotations

from typing import Literal

from studio.model.record import Record

# The default language of a show.
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
    """The contact person of the show."""

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
    e.g. ``FREQ=MONTHLY``), ``dtstart`` (ISO 8601) if the rule begins later or has a count.
    """

    text: str
    rrule: str = ""
    dtstart: str = ""


class Recommendation(Record, frozen=True):
    """Another show that this one recommends (podcast:podroll): its podcast:guid; its feed, for apps
    that do not know the guid; its title for listeners.
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
    :param account: its author, ``@show@example.org``; ``account_url``: the author's page.
    :param priority: with several, the smallest is shown first.
    """

    protocol: str
    uri: str = ""
    account: str = ""
    account_url: str = ""
    priority: int | None = None


class Chat(Record, frozen=True):
    """A chat room for listeners (podcast:chat): ``protocol`` is ``irc``, ``xmpp``,
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
    English), ``contact`` an address for people with difficulties, ``date`` its date.
    """

    state: str
    contact: str
    date: str = ""
    state_en: str = ""


class Publishing(Record, frozen=True):
    """Where the built site is published. Passwords and secret keys are never stored in files: they
    come from the environment or the system's keyring.

    :param destination: a folder, ``sftp://user@host:port/folder`` or ``s3://bucket/folder``.
    :param history: where earlier publications are kept for a rollback: a folder beside which
        nothing is served, for SFTP a folder of the same server, for S3 ``s3://bucket/folder``;
        empty for
        ``destination`` with ``.studio`` at its end.
    :param endpoint: the address of an S3-compatible storage; empty for Amazon's.
    :param region: the storage's region, if it requires one.
    :param access_key_id: the storage's access key id, which is not secret.
    :param key_file: a private key for SFTP; empty for those of the SSH agent and ``~/.ssh``.
    :param known_hosts: the file with the SFTP server's key; empty for ``~/.ssh/known_hosts``.
    """

    destination: str
    history: str = ""
    endpoint: str = ""
    region: str = ""
    access_key_id: str = ""
    key_file: str = ""
    known_hosts: str = ""


class WordPressSite(Record, frozen=True):
    """A WordPress site for drafts of posts: its address and user. The application password is never
    stored in a file: it comes from the environment or the system's keyring.
    """

    url: str
    user: str


class ShowSound(Record, frozen=True):
    """The audio settings of all episodes.

    :param opening: an audio file in ``feed/`` that is played before each episode; empty for none.
    :param closing: the same after each episode.
    :param opening_overlap_ms: how much of the opening's end plays under the first words.
    :param closing_overlap_ms: how much of the closing's start plays under the last words.
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
    """The engine and the model for transcription.

    :param engine: one of ``studio.speech.engine_loading.ENGINES``.
    """

    engine: str = "faster"
    model: str = "base"
    device: Literal["auto", "cpu", "cuda"] = "auto"


# Former names of settings of ``show.toml``, by table: they are still read.
FORMER_SETTINGS = {"publish": {"to": "destination", "keep": "history", "key": "access_key_id"}}

# The default number of episodes on a page of the feed.
PAGE_EPISODES = 100


class Show(Record, frozen=True):
    """``show.toml``.

    :param base_url: URL of the published site, ending in a slash; the feed is
        ``<base_url>feed.xml``.
    :param guid: podcast:guid, never changed once written; empty before the feed has an address.
    :param host: who asks the questions, as the transcript names them.
    :param cover: the cover's file name in ``feed/``.
    :param license: the licence's SPDX identifier (``cc-by-4.0``), or the show's own name for it.
    :param license_url: URL of the licence; empty for a Creative Commons licence, whose URL follows
        from its identifier.
    :param txt: texts that platforms require in the feed.
    :param podroll: shows that this one recommends.
    :param publisher: the feed of a publisher of several shows (podcast:publisher).
    :param accessibility: the statement on the page « Accessibilité ».
    :param social_interact: where listeners comment on the show.
    :param chat: a chat room for listeners.
    :param seasons: the seasons that have a name.
    :param complete: no more episodes: apps stop polling the feed.
    :param block: directories must not list the show.
    :param block_platforms: the directories that must not (podcast:block's service slugs).
    :param first_feed_url: the feed's first address, after it has moved: its podcast:guid is derived
        from it.
    :param hosted: address of a feed that stays at another host: Studio only makes the files to add
        there and publishes no feed; empty: Studio publishes the feed.
    :param new_feed_url: new address of the feed, for apps that still use the old one.
    :param hubs: WebSub hubs that are notified of new episodes.
    :param location: the place that the show is about, by name.
    :param locations: the same with coordinates, and further places.
    :param locked: whether other platforms must ask before they import the feed.
    :param guid_given: the guid was imported from another host, so that it does not follow from the
        feed's address.
    :param page_episodes: number of episodes on a page of the feed; 0: all on one page.
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
