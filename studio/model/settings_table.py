"""The table of settings: description, example, and the default where it needs an explanation.

Comments in ``show.toml`` and ``episode.toml`` and the tables of docs/settings.md are generated from
it (``.ci/tables``); types and defaults are those of the records.
"""

from __future__ import annotations

from typing import NamedTuple

from studio.model.clock import RecordingMs
from studio.model.episode import ChosenSoundbite, ContentLink, Cut
from studio.model.record import Record
from studio.model.show import (
    Accessibility,
    Chat,
    Funding,
    Location,
    Person,
    Platform,
    Publisher,
    Publishing,
    Recommendation,
    Season,
    SocialInteract,
    Txt,
    UpdateFrequency,
    WordPressSite,
)


class Setting(NamedTuple):
    """One setting.

    :param sentence: its description, which is translated; the comment in the settings file.
    :param more: further explanations for docs/settings.md only, as Markdown.
    :param default: the default in words; empty: the default of the record's field.
    :param example: the commented-out value in a new file, for a setting without a value.
    :param is_channels_alone: for the show: only the feed's channel and the site's home page have
        it, so no episode is packaged again when it changes.
    """

    sentence: str
    more: str = ""
    default: str = ""
    example: Record | int | bool | None = None
    is_channels_alone: bool = False


# In the order of the file: values first, then tables.
EPISODE_SETTINGS = {
    "number": Setting(
        "The episode's number, positive; a trailer and a bonus need none.",
        example=1,
    ),
    "season": Setting(
        "The season's number, where the show has seasons.",
        example=1,
    ),
    "type": Setting(
        "full, trailer or bonus.",
    ),
    "title": Setting(
        "The title in the feed, without number and show name: apps show those beside it.",
    ),
    "guests": Setting(
        "Who answers, as the transcript names them.",
    ),
    "host": Setting(
        "Who asks the questions; empty for the show's host.",
        default="the show's",
    ),
    "author": Setting(
        "Who wrote the interview; empty for the show's author.",
        default="the show's",
    ),
    "picture": Setting(
        "A picture in this folder that apps and pages show for this episode; empty for the "
        "show's cover.",
        more="In feed, page, share card, tag and clip; fitted like the cover.",
        default="the show's cover",
    ),
    "picture_alt": Setting(
        "Alternative text: what the picture shows, for people who cannot see it.",
    ),
    "picture_credit": Setting(
        "Credit shown with the picture; empty for none.",
    ),
    "recording": Setting(
        "The sound file in this folder.",
    ),
    "tracks": Setting(
        "The sound tracks of that file to use, like [2], if it has several; empty for those with "
        "speech.",
        more="Of two, their mix.",
        default="those in which somebody speaks",
    ),
    "published": Setting(
        "When the episode appears, like 2026-11-23T08:00:00+01:00: with its time and its "
        "time zone.",
    ),
    "notice": Setting(
        "A sentence that listeners and readers must see, on the page and in the notes; "
        "empty for none.",
        more="« Voix de synthèse », for instance.",
    ),
    "link": Setting(
        "Where the article was published; empty for none.",
    ),
    "ai_content": Setting(
        "What a machine made besides the transcript, in a sentence for listeners "
        "(synthetic voices); empty for nothing.",
        more="« Les voix sont des voix de synthèse. » Listeners read it below the description, "
        "joined to what Studio knows of the transcript; with it, podcast:txt says `true` "
        "for `ai-content`, without it `false`.",
    ),
    "display": Setting(
        "What listeners see in place of the number, 32 characters at most; empty for the number.",
        more="« Hors-série », for instance.",
        default="the number",
    ),
    "explicit": Setting(
        "Whether the episode has explicit language or subjects; the show's setting when omitted.",
        default="the show's",
        example=False,
    ),
    "block": Setting(
        "Whether directories must not list this episode.",
    ),
    "former_slugs": Setting(
        "Earlier names of this folder; the addresses of those pages redirect to this one. "
        "Written by `studio rename`.",
    ),
    "guid": Setting(
        "The episode's identity in every subscriber's app: never change it.",
    ),
    "persons": Setting(
        "A guest with the page and the picture that apps may show, or a person who took part "
        "only in this episode.",
        more="`name` as in `guests`, `link`, `image`, `role`, `group`, as for the show.",
        example=Person(name="", role="Host", group="Cast"),
    ),
    "soundbites": Setting(
        "Passages that apps play as a preview of the episode, in milliseconds of the recording; "
        "without any, Studio chooses.",
        more="In the order in which they are shown: `start_ms`, `end_ms`, `title` (at most 128 "
        "characters; else the passage's first words). Feed, page and `studio clip` have "
        "exactly these; `soundbites = []` is none. Studio chooses the pull quote where it "
        "was said, and up to three passages of a guest that are printed word for word. "
        "Apps advise 15 to 120 seconds.",
        default="Studio chooses",
        example=ChosenSoundbite(start_ms=RecordingMs(60_000), end_ms=RecordingMs(90_000), title=""),
    ),
    "content_links": Setting(
        "Where else the episode can be seen or heard, for example its video, and what it is.",
        more="`url`, `text` (« La vidéo »): in the feed, and a link on the page.",
        example=ContentLink(url="https://", text="La vidéo"),
    ),
    "funding": Setting(
        "What listeners can support through this episode; the show's stays beside it.",
        more="`url`, `text`: in the feed, and a link on the page.",
        example=Funding(url="https://", text=""),
    ),
    "locations": Setting(
        'A place that the episode is about (rel = "subject") or where it was recorded (rel '
        '= "creator").',
        more="As for the show.",
        example=Location(name="Marseille", geo="geo:43.2965,5.3698", osm="R76469", country="fr"),
    ),
    "social_interact": Setting(
        'The post below which listeners comment on this episode; protocol = "disabled" '
        "asks apps to show no comments.",
        more="As for the show; a link « Commenter cet épisode » on the page, too.",
        example=SocialInteract(
            protocol="activitypub", uri="https://", account="@", account_url="https://", priority=1
        ),
    ),
    "chat": Setting(
        "Where listeners talk about this episode; without it, the show's counts.",
        more="As for the show.",
        default="the show's",
        example=Chat(server="", protocol="matrix", account="", space=""),
    ),
    "sound": Setting(
        "How this episode sounds.",
        more="The settings below.",
    ),
    "cuts": Setting(
        "A passage that is left out, in milliseconds of the recording, and why.",
        more="`start_ms`, `end_ms`, `reason`. Transcript and corrections keep them; chapters, "
        "captions and sound follow.",
        example=Cut(start_ms=RecordingMs(0), end_ms=RecordingMs(1500), reason=""),
    ),
    "microphones": Setting(
        "The channels of the recording, each its speaker's own microphone. name: who "
        "speaks into it; empty: Studio finds out. Offset and drift are taken out of the "
        "recording already.",
        more="`file`, where it came from; `name` (Studio finds out by the file's name, by who "
        "asks the questions and whose printed answers are heard); `offset_ms` and "
        "`drift_ppm` as they were found. `studio new` writes them.",
        default="one microphone",
    ),
    "imported": Setting(
        "Its data at its former host. keep_sound = true publishes the original sound unchanged; "
        "false masters it like any recording.",
        more="`studio init --from` writes it ([Moving](moving.md)): `enclosure`, the sound's "
        "address there; `sha256`, `length_bytes` and `type` of its bytes; `duration_ms`; "
        "`place`, its place in the former feed, from 0 for the last one; `link`, the page "
        "that the feed names (empty for the built page); `explicit`; `texts`, the "
        "transcripts that came with it; `keep_sound`.",
    ),
}
EPISODE_SOUND_SETTINGS = {
    "trim": Setting(
        "Trim the silence at both ends, if you like.",
    ),
    "longest_pause_ms": Setting(
        "Shorten longer pauses to this, 1000 ms at least; 0 leaves them as they are.",
        more="Chapters and captions follow, as they do after cuts.",
    ),
    "level": Setting(
        "Bring all speakers to the same loudness.",
    ),
    "hum": Setting(
        "Take out mains hum, where some is found.",
    ),
    "denoise": Setting(
        "Room noise: steady reduces it where it would be audible in pauses; voice removes it "
        "with a neural network and verifies that no word is lost; off leaves it.",
        more='`"steady"` (`true` says the same), `"voice"` ([how it is '
        'proved](sound.md#voices-cleaned)), `"off"` (or `false`).',
    ),
    "declip": Setting(
        "Restore peaks that were cut off while recording (studio inspect counts them).",
        more="Needs a recording at 44.1 or 48 kHz, and ten times as long as the rest of mastering "
        "([what it is worth](sound.md#repairs)).",
    ),
    "declick": Setting(
        "Remove clicks and crackle; use it only where they are audible: it also changes other "
        "sound.",
        more="[What it is worth](sound.md#repairs).",
    ),
    "alternate": Setting(
        "A second enclosure beside the MP3: opus (small) or aac; off for none, empty for "
        "the show's.",
        default="the show's",
    ),
}
SHOW_SETTINGS = {
    "title": Setting(
        "The name under which apps list the show.",
    ),
    "description": Setting(
        "What the show is about, for people who choose a podcast: at most 4,000 bytes.",
    ),
    "base_url": Setting(
        "Where the built site will be reached, with a slash at its end; the feed is "
        "feed.xml in it. Set it before publishing.",
    ),
    "guid": Setting(
        "The show's identity for life: computed once from the feed's first address, never "
        "changed again, even when the address moves. Empty until base_url is set; then "
        "`studio run` writes it.",
        is_channels_alone=True,
    ),
    "author": Setting(
        "Who makes the show, as apps print it under the title.",
    ),
    "host": Setting(
        "Who asks the questions, as the transcript names them; one episode can name another host.",
    ),
    "language": Setting(
        "The language of the show, as RFC 5646 writes it.",
        more="`fr`, `fr-CA`, `en-GB`: pages, notes, clips and report are French or English by it.",
    ),
    "link": Setting(
        "The show's own page; empty for the built site's.",
        default="the built site",
    ),
    "cover": Setting(
        "The cover's file in this folder: a square JPEG, 1400 to 3000 pixels.",
        more="Any picture does: it is published as a square JPEG, 1400 to 3000 pixels, RGB, "
        "under 512 kB.",
    ),
    "copyright": Setting(
        "Who holds the rights; empty to say nothing.",
    ),
    "license": Setting(
        "The licence, as SPDX names it (cc-by-4.0); empty for none.",
        more="Or how the show calls its own.",
    ),
    "license_url": Setting(
        "Where the licence can be read; not needed for Creative Commons.",
        default="a Creative Commons licence's own address",
    ),
    "explicit": Setting(
        "Whether the show has explicit language or subjects.",
        example=False,
    ),
    "locked": Setting(
        "Whether other platforms must ask the owner before they import the feed.",
        is_channels_alone=True,
    ),
    "type": Setting(
        "episodic: the newest first; serial: from the beginning.",
        is_channels_alone=True,
    ),
    "location": Setting(
        "The place that the show is about, as people say it; empty for none.",
        is_channels_alone=True,
    ),
    "complete": Setting(
        "Whether no episode will follow: apps stop looking for new ones.",
        more="`itunes:complete`; `podcast:updateFrequency` says so, too.",
        is_channels_alone=True,
    ),
    "block": Setting(
        "Whether directories must not list the show.",
        more="`itunes:block` and `podcast:block`.",
        is_channels_alone=True,
    ),
    "block_platforms": Setting(
        "Directories that must not list it, by the service slugs of podcast:block; empty for none.",
        more="The [service "
        "slugs](https://github.com/Podcastindex-org/podcast-namespace/blob/main/serviceslugs.txt) "
        "of the namespace.",
        is_channels_alone=True,
    ),
    "first_feed_url": Setting(
        "Where the feed was first, once it has moved: guid follows from that address; "
        "empty as long as it has not.",
        is_channels_alone=True,
    ),
    "hosted": Setting(
        "Address of a feed that stays at another host: nothing of it is published from here; "
        "empty if Studio publishes the feed.",
        more="Studio makes what is added there (`studio upload`).",
    ),
    "new_feed_url": Setting(
        "Where the feed has moved to, for apps that still read it here; empty as long as "
        "it has not.",
        is_channels_alone=True,
    ),
    "guid_given": Setting(
        "The guid came with the feed from another host, which made it otherwise.",
        more="It is held against no address.",
        is_channels_alone=True,
    ),
    "page_episodes": Setting(
        "Episodes per page of the feed (RFC 5005: older ones are on further pages, which not "
        "every app reads); 0 for all on one.",
        is_channels_alone=True,
    ),
    "hubs": Setting(
        "WebSub hubs that inform apps at once after `studio publish --notify`; empty for none.",
        is_channels_alone=True,
    ),
    "owner": Setting(
        "The contact person; the e-mail address is published in the feed. Set it before "
        "publishing.",
        more="`name`, `email`.",
        is_channels_alone=True,
    ),
    "categories": Setting(
        "Apple's categories in order of importance; directories count the first.",
        more="`name`, `sub`.",
        is_channels_alone=True,
    ),
    "persons": Setting(
        "A person of the show, with the page and the picture that apps may show beside the name.",
        more="`name`; `role` and `group`, the podcast taxonomy's words or their French names; "
        "`link`, `image`. A second host is one, too.",
        example=Person(name="", role="Host", group="Cast"),
    ),
    "funding": Setting(
        "Where listeners can support the show.",
        more="`url`, `text` (at most 128 characters): in the feed, and a link on the home page.",
        example=Funding(url="https://", text=""),
        is_channels_alone=True,
    ),
    "txt": Setting(
        "What a platform requires in the feed, for instance the code by which Apple verifies that "
        "the show is yours.",
        more='`purpose`, `text`. With `purpose = "applepodcastsverify"` and the code from '
        "Podcasts Connect, Apple verifies that the show is yours.",
        example=Txt(purpose="applepodcastsverify", text=""),
        is_channels_alone=True,
    ),
    "platforms": Setting(
        "The show's own page on a platform that lists it: a button on every page.",
        more="`name`, `url`.",
        example=Platform(name="Spotify", url="https://open.spotify.com/show/"),
    ),
    "podroll": Setting(
        "Another show that this one recommends: its podcast:guid, its feed, its title.",
        more="`guid`, `feed`, `title`.",
        example=Recommendation(
            guid="917393e3-1b1e-5cef-ace4-edaa54e1f810", feed="https://", title=""
        ),
        is_channels_alone=True,
    ),
    "publisher": Setting(
        "Who publishes this show and others: the podcast:guid and the address of the "
        "publisher's own feed.",
        more="`guid`, `feed`.",
        example=Publisher(guid="003af0a0-6a45-55cf-b765-68e3d349551a", feed="https://"),
        is_channels_alone=True,
    ),
    "accessibility": Setting(
        "Your statement on the site's accessibility, on its page: the state in a sentence, a "
        "contact, and the date of the statement.",
        more="`state`, `contact`, `date`, and `state_en`, the sentence in English. It stands on "
        "the page « Accessibilité » beside what was measured; the page claims no law.",
        example=Accessibility(
            state="Ce site est accessible, sauf …", contact="@", date="1er décembre 2026"
        ),
        is_channels_alone=True,
    ),
    "locations": Setting(
        "A place with its coordinates (geo), its number at OpenStreetMap (osm) and its "
        "country; rel is subject or creator.",
        more="Beside `location`, or the same with coordinates. `name`; `rel`, `subject` (what "
        "the show is about; the default) or `creator` (where it is made); `geo`, a geo URI "
        "(`geo:43.2965,5.3698`); `osm`, OpenStreetMap's letter and number (`R76469`); "
        "`country`, two letters.",
        example=Location(name="Marseille", geo="geo:43.2965,5.3698", osm="R76469", country="fr"),
        is_channels_alone=True,
    ),
    "seasons": Setting(
        "A season that has a name.",
        more="`number`, `name`. Apps may show the name in place of the number.",
        example=Season(number=1, name=""),
    ),
    "social_interact": Setting(
        'The post below which listeners comment on the show; protocol = "disabled" asks '
        "apps to show no comments.",
        more="`protocol` (`activitypub`, `bluesky`, …; `disabled` then stands alone), `uri`, "
        "`account`, `account_url`, `priority` (the smallest first).",
        example=SocialInteract(
            protocol="activitypub", uri="https://", account="@", account_url="https://", priority=1
        ),
        is_channels_alone=True,
    ),
    "chat": Setting(
        "Where listeners talk to each other: irc, xmpp, matrix or nostr.",
        more="`server`, `protocol`, `account`, `space` (the room).",
        example=Chat(server="", protocol="matrix", account="", space=""),
        is_channels_alone=True,
    ),
    "publish": Setting(
        "Where `studio publish` puts the built site: a folder, sftp://user@host/folder or "
        "s3://bucket/folder. docs/publishing.md.",
        more="`destination`, `history`, `endpoint`, `region`, `access_key_id`, `key_file`, "
        "`known_hosts`; [Publishing](publishing.md) explains them. Secrets are stored in no file.",
        example=Publishing(destination="sftp://user@example.org/var/www/podcast"),
    ),
    "wordpress": Setting(
        "The WordPress site on which `studio announce --wordpress` makes drafts, and who "
        "logs in there.",
        more="`url`, its address with https, and `user`. The application password is stored in "
        "no file: [Publishing](publishing.md#a-draft-on-wordpress).",
        example=WordPressSite(url="https://www.example.org/", user=""),
    ),
    "update_frequency": Setting(
        "How often an episode appears: in words, and as a rule of RFC 5545 for apps.",
        more="`text` for listeners, on the home page as well, `rrule` (RFC 5545) for apps, "
        "`dtstart` (ISO 8601) where the rule begins later or counts episodes.",
        example=UpdateFrequency(text="Chaque mois", rrule="FREQ=MONTHLY"),
        is_channels_alone=True,
    ),
    "sound": Setting(
        "Sound files of this folder before and after each episode, how far they reach "
        "under speech, how loud it is, bit rates.",
        more="`opening`, a sound file of `feed/` that is heard first (`jingle.flac` is one); "
        "`closing`, one that is heard last; both are empty for none. `opening_overlap_ms` "
        "(0 by default): how much of the opening's end is heard, ducked, under the first "
        "words; `closing_overlap_ms` (0): how much of the closing's beginning under the "
        "last ones; at least a second of each is heard alone "
        "([Sound](sound.md#the-chain)). `loudness`: `podcast` (the default, −16 LUFS in "
        "stereo and −19 in mono), `spotify` (−14 and −17), `ebu-r128` (−23 and −26) or a "
        "number, the LUFS of stereo, mono being 3 LU softer; the true peak is −1 dBTP at "
        "most everywhere. `bitrate_kbps_mono` (96 to 128, 96 by default) and "
        "`bitrate_kbps_stereo` (128 to 192, 128 by default), constant. `alternate`, a "
        "second enclosure beside the MP3 for apps that can choose: `opus` (half the size) "
        "or `aac` (MP4 chapters); empty for none ([Sound](sound.md#the-second-enclosure)).",
    ),
    "whisper": Setting(
        "Speech recognition: the engine faster (the default) or openai (the reference, "
        "slower); larger models are more accurate and take longer.",
        more="`engine`; `model` (`base` by default; `studio models list`); `device` (`auto`, "
        "`cpu`, `cuda`). Another device does not start a new transcription; another engine "
        "or model does.",
    ),
}
