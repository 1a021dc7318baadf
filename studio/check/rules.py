"""The rules, each with its number in docs/rules.md, severity, source and remedy."""

from __future__ import annotations

from typing import Literal, NamedTuple

from studio.messages.message import table_message
from studio.model.record import Record, replace_fields

Severity = Literal["E", "W", "I"]


class Rule(NamedTuple):
    """One rule.

    :param severity: E: an error, which prevents publishing. W: a warning. I: information.
    :param what: the requirement.
    :param source: A: Apple Podcasts for Creators. SP: Spotify for Creators. PSP: PSP-1 of the
        Podcast Standards Project. NS: the podcast namespace. PSC: Podlove Simple Chapters 1.2. ID3:
        the ID3v2 chapter addendum. W3C: WebVTT and WCAG. B: broadcasters' requirements for
        subtitles. P: this project, stricter than any platform.
    :param remedy: what to do if it is broken.
    """

    id: str
    severity: Severity
    what: str
    source: str
    remedy: str


class Finding(Record, frozen=True):
    """One violation of a rule: file, position, error, remedy."""

    rule: str
    severity: Severity
    file: str
    place: str
    what: str
    remedy: str

    @property
    def is_change(self) -> bool:
        """Whether it reports a change since publication, which may be intended."""
        return self.rule.startswith("48")


# Rules that also apply to an episode with audio and texts from another host.
_NEVER_GIVEN = {"14b", "14d", "15a", "16", "47"}


def severity_of_imported(finding: Finding) -> Finding:
    """The severity of a finding on an imported episode: only findings that prevent playback are
    errors, not how another host made it.
    """
    if finding.rule in _NEVER_GIVEN or finding.severity == "I":
        return finding
    return replace_fields(finding, severity="I")


# The next run detects changes in built files, and rebuilds them with all dependents.
BUILD = "Build it again: `studio run`."
SETTINGS = "Fix feed/show.toml, then `studio run`."
EPISODE = "Fix the episode's episode.toml, then `studio run`."
EITHER = "Fix it in feed/show.toml or the episode's episode.toml, then `studio run`."
SOUNDBITES = "Choose passages in the episode's episode.toml (soundbites), then `studio run`."
CHAPTERS = "Fix the episode's chapters.json, then `studio run`."
FAST = (
    "Leave it where people speak that fast: captions omit no word. If the file was changed, "
    "rebuild it: `studio run`."
)
SERVER = "Configure its web server; see docs/publishing.md."
PUBLISHED = "Restore it; if the change is intended, `studio publish --accept-changes`."
GONE = (
    "Put its folder back into `episodes/`; to withdraw it, `studio publish --forget` and its "
    "slug: with `--accept-changes` its page and its sound stay at their addresses."
)
COVER = (
    "Put a square JPEG of 3000 × 3000 pixels and at most 512 kB into feed/, name it in "
    "feed/show.toml (cover), then `studio run`."
)

# By subject, in the order of docs/rules.md.
SECTIONS = {
    "Container": (
        Rule(
            "1",
            "E",
            "The feed is well-formed RSS 2.0 in UTF-8 and begins with its XML declaration.",
            "A",
            BUILD,
        ),
        Rule(
            "2",
            "E",
            "The namespaces itunes, content, podcast, atom and psc are declared to the letter.",
            "A",
            BUILD,
        ),
        Rule(
            "3",
            "E",
            "Sound, pictures and texts are there, and answer HEAD and byte ranges.",
            "A",
            SERVER,
        ),
        Rule(
            "4",
            "E",
            "Addresses of ours carry only ASCII letters, digits, “-”, “_” and “.”.",
            "A",
            EITHER,
        ),
        Rule("5", "E", "Dates are as RFC 2822 writes them, with a 24 hour clock.", "A", BUILD),
        Rule(
            "6",
            "W",
            "Values carry no spaces at their ends and are at most 255 characters long.",
            "PSP",
            EITHER,
        ),
        Rule("7", "W", "Every address of ours begins with https://.", "NS", EITHER),
        Rule(
            "7d",
            "E",
            "An address that listeners follow begins with https, http, mailto or the "
            "name of a podcast app.",
            "P",
            EITHER,
        ),
        Rule(
            "7b",
            "W",
            "The feed has an ETag or a Last-Modified: apps then load it only when it changed.",
            "PSP",
            SERVER,
        ),
        Rule(
            "7c",
            "W",
            "Web players of other sites may read transcripts and chapters (CORS).",
            "NS",
            SERVER,
        ),
        Rule(
            "8",
            "W",
            "HTML stands in CDATA and uses only p, ol, ul, li, a, b, i, strong and em.",
            "A",
            BUILD,
        ),
    ),
    "Channel": (
        Rule(
            "10a",
            "E",
            "The channel has a title.",
            "A",
            "Write the show's name: `title` in feed/show.toml, then `studio run`.",
        ),
        Rule(
            "10b",
            "E",
            "The channel has a description of at most 4,000 bytes.",
            "A",
            "Write what the show is about, in at most 4,000 bytes: `description` in "
            "feed/show.toml, then `studio run`.",
        ),
        Rule(
            "10c",
            "E",
            "The channel has a link.",
            "A",
            "Write the address of the show's page: `link` in feed/show.toml, then `studio run`.",
        ),
        Rule(
            "10d",
            "E",
            "The channel has a language as RFC 5646 writes it.",
            "A",
            "Write the language of the show, like fr or en-GB: `language` in "
            "feed/show.toml, then `studio run`.",
        ),
        Rule(
            "10e",
            "E",
            "The channel has an itunes:image.",
            "A",
            "Name the cover: `cover` in feed/show.toml, then `studio run`.",
        ),
        Rule(
            "10f",
            "E",
            "The channel's categories are Apple's.",
            "A",
            "Choose one of Apple's categories, as podcasts.apple.com spells it: `[[categories]]` "
            "in feed/show.toml, then `studio run`.",
        ),
        Rule("10g", "E", "The channel's itunes:explicit is true or false.", "A", BUILD),
        Rule(
            "10h",
            "E",
            "The channel names its own address in an atom:link with rel self and type "
            "application/rss+xml.",
            "PSP",
            BUILD,
        ),
        Rule(
            "11a",
            "W",
            "The channel has an itunes:author.",
            "PSP",
            "Write who makes the show: `author` in feed/show.toml, then `studio run`.",
        ),
        Rule(
            "11b",
            "W",
            "The channel has a podcast:guid.",
            "PSP",
            "Write the show's identity: `guid` in feed/show.toml, then `studio run`.",
        ),
        Rule(
            "11c",
            "W",
            "The channel has a podcast:locked of yes or no.",
            "PSP",
            "Say whether other platforms must ask before they import the feed: `locked` "
            "in feed/show.toml, then `studio run`.",
        ),
        Rule(
            "11d",
            "W",
            "The copyright names who holds the rights, without the word, the sign © and a year.",
            "PSP",
            "Write only who holds the rights: `copyright` in feed/show.toml, then `studio run`.",
        ),
        Rule(
            "12",
            "E",
            "podcast:guid is the UUIDv5 of the feed's address, of the first one where it "
            "has moved.",
            "NS",
            "Not published yet: set guid in feed/show.toml to the one that the message "
            "gives. Moved: keep guid, and set first_feed_url.",
        ),
        Rule(
            "13a",
            "I",
            "The channel's itunes:type is episodic or serial, where it stands.",
            "A",
            "Write episodic or serial: `type` in feed/show.toml, then `studio run`.",
        ),
        Rule(
            "13b",
            "I",
            "The channel has an itunes:owner with an address, by which other directories "
            "let its owner claim it.",
            "P",
            "Add the contact address: `[owner] email` in feed/show.toml, then `studio run`.",
        ),
        Rule(
            "13c",
            "E",
            "An itunes:new-feed-url is a whole https address: it takes every subscriber there.",
            "A",
            "Write the complete https address that the feed has moved to: `new_feed_url` in "
            "feed/show.toml, then `studio run`.",
        ),
    ),
    "Item": (
        Rule(
            "14a",
            "E",
            "Every item has a title.",
            "A",
            "Write the episode's title: `title` in its episode.toml, then `studio run`.",
        ),
        Rule("14b", "E", "Every item has an enclosure with url, length and type.", "A", BUILD),
        Rule(
            "14c",
            "E",
            "Every item has a guid.",
            "A",
            "Put the episode's identity back: `guid` in its episode.toml, then `studio run`.",
        ),
        Rule("14d", "E", "An enclosure's length is the file's size in bytes.", "A", BUILD),
        Rule(
            "14e",
            "W",
            "Titles and the author's name have no “<” before a letter: apps take it for HTML.",
            "P",
            "Write “Valider” or ‹Valider› in place of <Valider>: `title` in episode.toml, `title` "
            "and `author` in feed/show.toml, then `studio run`.",
        ),
        Rule(
            "15a",
            "E",
            "No two items share a guid.",
            "A",
            "Give one of the two episodes another identity: `guid` in its episode.toml, then "
            "`studio run`.",
        ),
        Rule("15b", "E", "A guid says isPermaLink false unless it is an address.", "PSP", BUILD),
        Rule("16", "E", "No two items share an enclosure.", "A", BUILD),
        Rule("17a", "W", "Every item has a pubDate.", "A", EPISODE),
        Rule("17b", "W", "Every item has a description of at most 4,000 bytes.", "A", BUILD),
        Rule("17c", "W", "Every item has an itunes:duration in whole seconds.", "A", BUILD),
        Rule("17d", "W", "Every item has a link.", "A", BUILD),
        Rule("17e", "W", "Every item has an itunes:image.", "A", BUILD),
        Rule("17f", "W", "Every item has an itunes:explicit of true or false.", "A", BUILD),
        Rule("17g", "W", "Every item has a podcast:transcript.", "PSP", BUILD),
        Rule(
            "18",
            "W",
            "A title repeats neither the episode's number nor the show's name.",
            "A",
            "Write the title without the number and the show's name: `title` in the "
            "episode's episode.toml, then `studio run`.",
        ),
        Rule(
            "19a",
            "I",
            "itunes:episode and itunes:season are positive whole numbers.",
            "A",
            "Write whole numbers from 1 on: `number` and `season` in the episode's "
            "episode.toml, then `studio run`.",
        ),
        Rule(
            "19b",
            "I",
            "itunes:episodeType is full, trailer or bonus.",
            "A",
            "Write full, trailer or bonus: `type` in the episode's episode.toml, then "
            "`studio run`.",
        ),
        Rule(
            "19c",
            "W",
            "Each full episode of a serial show has an itunes:episode.",
            "PSP",
            "Write its number: `number` in the episode's episode.toml, then `studio run`.",
        ),
    ),
    "Artwork": (
        Rule("20a", "E", "The cover is square, 1400 to 3000 pixels wide.", "A", COVER),
        Rule("20b", "E", "The cover is a JPEG or a PNG and its name says which.", "A", COVER),
        Rule("20c", "E", "The cover's colours are RGB without transparency.", "A", COVER),
        Rule("21a", "W", "The cover is smaller than 512 kB.", "P", COVER),
        Rule("21b", "W", "The cover's address changes with the picture.", "A", BUILD),
    ),
    "Podcasting 2.0 and files": (
        Rule("42", "W", "podcast:transcript has a type that apps know.", "NS", BUILD),
        Rule("43", "W", "podcast:chapters has the type application/json+chapters.", "NS", BUILD),
        Rule(
            "44",
            "W",
            "A podcast:person has a name of at most 128 characters, a role and a group "
            "of the taxonomy.",
            "NS",
            EITHER,
        ),
        Rule(
            "45",
            "W",
            "An item that names persons names a host again: they replace the channel's.",
            "NS",
            BUILD,
        ),
        Rule("46", "I", "podcast:medium is podcast, where it stands.", "NS", BUILD),
        Rule(
            "47",
            "E",
            "Every file of an episode is there, and every episode is in the feed.",
            "P",
            "Build the missing files: `studio run`.",
        ),
        Rule(
            "49a", "E", "A podcast:soundbite starts and ends within the episode.", "NS", SOUNDBITES
        ),
        Rule(
            "49b",
            "I",
            "A podcast:soundbite lasts 15 to 120 seconds, and its title has at most 128 "
            "characters.",
            "NS",
            SOUNDBITES,
        ),
        Rule(
            "50a",
            "E",
            "The show's address is none that is kept for examples.",
            "P",
            "Write where the site will be reached: `base_url` in feed/show.toml, then "
            "`studio run`.",
        ),
        Rule(
            "50b",
            "E",
            "The owner's e-mail address is none that is kept for examples.",
            "P",
            "Write a contact address that is read: `[owner] email` in feed/show.toml, then "
            "`studio run`.",
        ),
        Rule(
            "50c",
            "W",
            "The channel's description says more than its title.",
            "P",
            "Write what the show is about, in a sentence or two: `description` in "
            "feed/show.toml, then `studio run`.",
        ),
        Rule(
            "51a",
            "E",
            "A podcast:alternateEnclosure has a type and a source, and its length is the "
            "file's size.",
            "NS",
            BUILD,
        ),
        Rule(
            "51b",
            "E",
            "The integrity of a podcast:alternateEnclosure is the file's SHA-384.",
            "NS",
            BUILD,
        ),
        Rule("51c", "E", "A second enclosure lasts as long as the MP3, to 0.1 s.", "P", BUILD),
        Rule(
            "51d",
            "E",
            "A second enclosure, decoded, is as loud as the MP3 must be, and its true "
            "peak is no higher.",
            "P",
            BUILD,
        ),
        Rule(
            "56",
            "E",
            "A podcast:txt with the purpose ai-content says true or false, on the channel and on "
            "every item.",
            "NS",
            BUILD,
        ),
        Rule(
            "57",
            "W",
            "A podcast:location has a geo URI, a number of OpenStreetMap and a country as the "
            "namespace writes them, where it has any.",
            "NS",
            SETTINGS,
        ),
        Rule(
            "58",
            "W",
            "A podcast:socialInteract has a protocol of the namespace's list and the post's "
            "address, or is disabled and says nothing else.",
            "NS",
            SETTINGS,
        ),
        Rule(
            "59",
            "E",
            "itunes:block and itunes:complete say Yes, where they stand.",
            "A",
            SETTINGS,
        ),
        Rule(
            "61",
            "W",
            "Texts of the podcast namespace have at most 128 characters; 32 what stands in "
            "place of an episode's number, and the title of a second enclosure.",
            "NS",
            EITHER,
        ),
        Rule(
            "62",
            "W",
            "There is one podcast:chat at most, with the name of its server and a protocol of "
            "the namespace's list.",
            "NS",
            EITHER,
        ),
        Rule(
            "63",
            "W",
            "A podcast:updateFrequency has a rule of RFC 5545; with COUNT it also has dtstart; "
            "with UNTIL its dtstart is in the same format.",
            "NS",
            "Fix `[update_frequency]` in feed/show.toml, then `studio run`.",
        ),
        Rule(
            "64",
            "W",
            "A podcast:license is one of the namespace's list, or has an address.",
            "NS",
            "Write where the licence can be read: `license_url` in feed/show.toml, then "
            "`studio run`.",
        ),
        Rule(
            "65",
            "W",
            "podcast:podroll and podcast:publisher name feeds by their podcast:guid, and a "
            "publisher only one.",
            "NS",
            SETTINGS,
        ),
        Rule(
            "66",
            "W",
            "A podcast:block says yes or no, to everybody or to a service by its slug.",
            "NS",
            "Fix `block_platforms` in feed/show.toml, then `studio run`.",
        ),
        Rule(
            "67",
            "W",
            "Elements of the podcast namespace of which there may be one are there once, and "
            "have the text and the attributes without which they say nothing.",
            "NS",
            EITHER,
        ),
    ),
    "Withdrawn means gone": (
        Rule(
            "52",
            "E",
            "What Studio notes and keeps at the destination is not served.",
            "P",
            "Publish again: it is kept outside the served folder; if that folder is served as "
            "well, set another one as `history` in [publish].",
        ),
    ),
    "Against what was published last": (
        Rule("48a", "E", "An episode that was published keeps its guid.", "A", PUBLISHED),
        Rule("48b", "E", "An episode that was published stays in the feed.", "P", GONE),
        Rule(
            "48c",
            "E",
            "The sound of an episode that was published does not shrink by more than a tenth.",
            "P",
            PUBLISHED,
        ),
        Rule("48d", "E", "An episode that was published keeps its date.", "P", PUBLISHED),
        Rule("48e", "E", "A show that was published keeps its podcast:guid.", "NS", PUBLISHED),
    ),
    "Transcripts": (
        Rule("22a", "E", "The VTT transcript is strict WebVTT, its times in order.", "W3C", BUILD),
        Rule(
            "22b", "W", "No line of the VTT transcript is longer than 65 characters.", "NS", BUILD
        ),
        Rule(
            "22c",
            "W",
            "The VTT transcript names who speaks.",
            "A",
            "Name the speakers: `studio edit` and the slug, then `studio run`.",
        ),
        Rule(
            "22d",
            "I",
            "The transcript has words.",
            "P",
            "If there is speech, `studio edit` and the slug show the missing words.",
        ),
        Rule(
            "23a",
            "E",
            "The SRT transcript is numbered from 1, its times in order, with comma milliseconds.",
            "NS",
            BUILD,
        ),
        Rule(
            "23b",
            "E",
            "A cue of the SRT transcript has at most two lines of 32 characters.",
            "NS",
            BUILD,
        ),
        Rule(
            "24",
            "E",
            "The JSON transcript has version 1.0.0 and segments of speaker, startTime, "
            "endTime and body.",
            "NS",
            BUILD,
        ),
        Rule("25", "W", "The HTML transcript has cite, time and p.", "NS", BUILD),
        Rule("25b", "E", "The text transcript is UTF-8 and not empty.", "NS", BUILD),
        Rule(
            "26",
            "W",
            "VTT, SRT, JSON and HTML transcripts are all announced: each app reads another.",
            "P",
            BUILD,
        ),
        Rule(
            "60a",
            "W",
            "95 % of the captions are read at 20 characters a second at most.",
            "B",
            FAST,
        ),
        Rule(
            "60b",
            "W",
            "A caption stands for five sixths of a second at least.",
            "B",
            FAST,
        ),
        Rule(
            "60c",
            "W",
            "A caption has at most two lines of 42 characters.",
            "B",
            BUILD,
        ),
        Rule(
            "60d",
            "I",
            "Very few caption lines end on an article, a preposition or a conjunction.",
            "B",
            BUILD,
        ),
        Rule(
            "60e",
            "I",
            "Very few captions are a single word of a sentence.",
            "B",
            BUILD,
        ),
        Rule(
            "60f",
            "I",
            "Where captions name who speaks, all of them do.",
            "B",
            BUILD,
        ),
    ),
    "Chapters: four carriers, one source": (
        Rule("28", "E", "The JSON chapters have version 1.2, times and titles.", "NS", CHAPTERS),
        Rule("29", "E", "The feed's simple chapters are the JSON chapters to 1 ms.", "PSC", BUILD),
        Rule(
            "30a",
            "E",
            "The MP3's chapters are the JSON chapters to 1 ms, in order of time.",
            "ID3",
            BUILD,
        ),
        Rule(
            "30b",
            "E",
            "The MP3 has one top-level, ordered table of contents that names every chapter.",
            "ID3",
            BUILD,
        ),
        Rule(
            "31",
            "E",
            "The description has a line “00:00 Title” for each of the JSON chapters.",
            "P",
            BUILD,
        ),
        Rule("32a", "E", "The first chapter is at 0.", "A", CHAPTERS),
        Rule(
            "32b",
            "I",
            "There are at least three chapters, but for a trailer and a bonus of less "
            "than ten minutes.",
            "A",
            CHAPTERS,
        ),
        Rule("32c", "E", "Chapters ascend.", "NS", CHAPTERS),
        Rule("32d", "E", "The last chapter ends with the episode.", "P", CHAPTERS),
        Rule("33a", "W", "A chapter's title has at most 60 characters.", "P", CHAPTERS),
        Rule("33b", "W", "A chapter's title has no emoji and no HTML.", "SP", CHAPTERS),
        Rule(
            "34",
            "I",
            "A chapter lasts at least 30 s, but for introduction, end, trailer and short bonus.",
            "SP",
            CHAPTERS,
        ),
    ),
    "Sound": (
        Rule(
            "36a",
            "E",
            "The decoded MP3 has the show's loudness ± 0.3 LU: −16 LUFS in stereo, −19 "
            "in mono, or its setting.",
            "P",
            BUILD,
        ),
        Rule("36b", "E", "The decoded MP3's true peak is at most −1 dBTP.", "P", BUILD),
        Rule("37a", "E", "The MP3 has one constant bit rate, and 44.1 or 48 kHz.", "P", BUILD),
        Rule("37b", "E", "The MP3 has no Xing or Info frame.", "P", BUILD),
        Rule("37c", "E", "The MP3 has 96 to 128 kbps in mono, 128 to 192 in stereo.", "P", BUILD),
        Rule("38", "E", "Tag, feed and decoder agree on the duration.", "P", BUILD),
        Rule(
            "39",
            "E",
            "The MP3 has an ID3v2.3 tag with title, artist, album, number, date, genre, "
            "language, cover, notes, lyrics and page.",
            "P",
            BUILD,
        ),
        Rule(
            "40",
            "I",
            "The noise floor is below −50 dB.",
            "P",
            "Record in a quieter room; do not turn `denoise` off in episode.toml.",
        ),
    ),
    "Page": (
        Rule(
            "41",
            "E",
            "The episode's page has the transcript or a link to it.",
            "W3C",
            BUILD,
        ),
        Rule(
            "55",
            "E",
            "The article's names and subject are heard in the recording.",
            "P",
            "Put the right article.md or the right recording into the episode's folder, "
            "then `studio run`.",
        ),
    ),
}
RULES = {rule.id: rule for rules in SECTIONS.values() for rule in rules}


def found(rule: str, file: object, place: str, what: str) -> Finding:
    """Create a finding.

    :param place: position in the file: an element, a line, a chapter; empty for the whole file.
    :param what: what is wrong, as one sentence without a final full stop.
    """
    broken = RULES[rule]
    return Finding(
        rule=rule,
        severity=broken.severity,
        file=str(file),
        place=place,
        what=what,
        remedy=table_message(broken.remedy),
    )
