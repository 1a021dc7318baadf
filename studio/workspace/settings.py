"""The door to tomlkit: settings files as people like to meet them, each setting with a line that
explains it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit
import tomlkit.exceptions
from tomlkit.items import AoT, Item, Table

from studio.errors import WorkspaceError
from studio.messages.interface import spoken
from studio.messages.message import message, table_message
from studio.model.clock import RecordingMs
from studio.model.episode import ChosenSoundbite, ContentLink, Cut, Episode, EpisodeSound
from studio.model.glossary import Glossary
from studio.model.record import Record, record_from_toml, replace_fields
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
    Show,
    SocialInteract,
    Txt,
    UpdateFrequency,
    WordPressSite,
)

# A line for each setting, in the order of the file: what holds values first, tables after.
EPISODE_COMMENTS = {
    "number": "The episode's number, positive; a trailer and a bonus need none.",
    "season": "The season's number, where the show has seasons.",
    "type": "full, trailer or bonus.",
    "title": "The title in the feed, without number and show name: apps show those beside it.",
    "guests": "Who answers, as the transcript names them.",
    "host": "Who asks the questions; empty for the show's host.",
    "author": "Who wrote the interview; empty for the show's author.",
    "picture": "A picture in this folder that apps and pages show for this episode; empty for the "
    "show's cover.",
    "picture_alt": "What the picture shows, for whoever cannot see it.",
    "picture_credit": "Whose picture it is, as the page says it; empty to say nothing.",
    "recording": "The sound file in this folder.",
    "tracks": "Which sound tracks of that file are heard, like [2], where it has several; empty "
    "for those in which somebody speaks.",
    "published": "When the episode appears, like 2026-11-23T08:00:00+01:00: with its time and its "
    "time zone.",
    "notice": "A sentence that listeners and readers must see, on the page and in the notes; empty "
    "for none.",
    "link": "Where the article was published; empty for none.",
    "ai_content": "What a machine made besides the transcript, in a "
    "sentence for listeners (synthetic "
    "voices); empty for nothing.",
    "display": "What listeners see in place of the number, 32 characters at most; empty for the "
    "number.",
    "explicit": "Whether there is language or a subject that is not for children; without it, the "
    "show's answer counts.",
    "block": "Whether directories shall not list this episode.",
    "former_slugs": "The names that this folder had; the addresses of "
    "those pages lead to this one. "
    "`studio rename` writes them.",
    "guid": "The episode's identity in every subscriber's app: never change it.",
    "persons": "A guest with the page and the picture that apps may "
    "show, or somebody else who took "
    "part in this episode alone.",
    "soundbites": "Passages by which apps show what the episode is like, in milliseconds of the "
    "recording; without any, Studio chooses.",
    "content_links": "Where else the episode can be seen or heard, as its video, and what that is.",
    "funding": "What listeners can support by this episode; the show's stays beside it.",
    "locations": 'A place that the episode is about (rel = "subject") or where it was recorded '
    '(rel = "creator").',
    "social_interact": "The post below which listeners comment on this episode; protocol = "
    '"disabled" asks apps to show no comments.',
    "chat": "Where listeners talk about this episode; without it, the show's counts.",
    "sound": "How this episode sounds.",
    "cuts": "A passage that is left out, in milliseconds of the recording, and why.",
    "microphones": "The channels of the recording, each its speaker's own microphone. name: who "
    "speaks into it; empty: Studio finds out. Offset and drift are taken out of the recording "
    "already.",
    "imported": "What it was at its former host. keep_sound = true publishes the sound as it came, "
    "to the byte; false masters it like any recording.",
}
EPISODE_SOUND_COMMENTS = {
    "trim": "Leave out the silence at both ends, if you want that.",
    "longest_pause_ms": "Shorten longer pauses to this, 1000 ms at least; 0 "
    "leaves them as they are.",
    "level": "Bring everybody who speaks to the same loudness.",
    "hum": "Take out mains hum, where some is found.",
    "denoise": "The noise of the room: steady softens it where it would be heard in pauses; voice "
    "lets a neural network take it out, proved by hearing the result; off leaves it.",
    "alternate": "A second enclosure beside the MP3: opus (small) or aac; "
    "off for none, empty for the "
    "show's.",
}
SHOW_COMMENTS = {
    "title": "The name under which apps list the show.",
    "description": "What the show is about, for people who choose what to "
    "hear: at most 4,000 bytes.",
    "base_url": "Where the built site will be reached, with a slash at "
    "its end; the feed is feed.xml "
    "in it. Set it before publishing.",
    "guid": "The show's identity for life: computed once from the feed's first address, never "
    "changed again, even when the address moves.",
    "author": "Who makes the show, as apps print it under the title.",
    "host": "Who asks the questions, as the transcript names them; one episode can name another "
    "host.",
    "language": "The language of the show, as RFC 5646 writes it.",
    "link": "The show's own page; empty for the built site's.",
    "cover": "The cover's file in this folder: a square JPEG, 1400 to 3000 pixels.",
    "copyright": "Who holds the rights; empty to say nothing.",
    "license": "The licence, as SPDX names it (cc-by-4.0); empty for none.",
    "license_url": "Where the licence can be read; not needed for Creative Commons.",
    "explicit": "Whether there is language or a subject that is not for children.",
    "locked": "Whether other platforms must ask the owner before they import the feed.",
    "type": "episodic: the newest first; serial: from the beginning.",
    "location": "The place that the show is about, as people say it; empty for none.",
    "complete": "Whether no episode will follow: apps stop looking for new ones.",
    "block": "Whether no directory shall list the show.",
    "block_platforms": "Directories that shall not list it, by the service slugs of podcast:block; "
    "empty for none.",
    "first_feed_url": "Where the feed was first, once it has moved: guid "
    "follows from that address; empty "
    "as long as it has not.",
    "hosted": "Where the feed is that stays at another host: nothing of it is published from here; "
    "empty for a feed of its own.",
    "new_feed_url": "Where the feed has moved to, for apps that still read "
    "it here; empty as long as it "
    "has not.",
    "guid_given": "The guid came with the feed from another host, which made it otherwise.",
    "page_episodes": "How many episodes a page of the feed has, older ones being on the next pages "
    "(RFC 5005), which not every app follows; 0 for all in one.",
    "hubs": "WebSub hubs that tell apps at once when `studio publish --notify` has published; "
    "empty for none.",
    "owner": "Who answers letters about the show; the address is public. Set it before publishing.",
    "categories": "Apple's categories in order of importance; directories count the first.",
    "persons": "Somebody of the show, with the page and the picture that apps may show beside the "
    "name.",
    "funding": "Where listeners can support the show.",
    "txt": "What a platform asks to read in the feed, for instance the code by which Apple "
    "proves that the show is yours.",
    "platforms": "The show's own page on a platform that lists it: a button on every page.",
    "podroll": "Another show that this one recommends: its podcast:guid, its feed, its title.",
    "publisher": "Who publishes this show and others: the podcast:guid and the address of the "
    "publisher's own feed.",
    "accessibility": "What you say of the site's accessibility, on its page: the state in a "
    "sentence, whom to write to, when you said it.",
    "locations": "A place with its coordinates (geo), its number at OpenStreetMap (osm) and its "
    "country; rel is subject or creator.",
    "seasons": "A season that has a name.",
    "social_interact": "The post below which listeners comment on the show; protocol = "
    '"disabled" asks apps to show no comments.',
    "chat": "Where listeners talk to each other: irc, xmpp, matrix or nostr.",
    "publish": "Where `studio publish` puts the built site: a folder, sftp://user@host/folder or "
    "s3://bucket/folder. docs/publishing.md.",
    "wordpress": "The WordPress site on which `studio announce --wordpress` makes drafts, and who "
    "logs in there.",
    "update_frequency": "How often an episode appears: in words, and as a "
    "rule of RFC 5545 for apps.",
    "sound": "Sound files of this folder before and after each episode, how far they reach under "
    "speech, how loud it is, bit rates.",
    "whisper": "Which ear listens: faster is quick, openai is the reference; larger models hear "
    "better and take longer.",
}

# What stands in the file, taken out, where there is nothing to say yet.
_EXAMPLES: dict[str, Record | int | bool] = {
    "number": 1,
    "season": 1,
    "soundbites": ChosenSoundbite(
        start_ms=RecordingMs(60_000), end_ms=RecordingMs(90_000), title=""
    ),
    "cuts": Cut(start_ms=RecordingMs(0), end_ms=RecordingMs(1500), reason=""),
    "persons": Person(name="", role="Host", group="Cast"),
    "txt": Txt(purpose="applepodcastsverify", text=""),
    "funding": Funding(url="https://", text=""),
    "platforms": Platform(name="Spotify", url="https://open.spotify.com/show/"),
    "podroll": Recommendation(
        guid="917393e3-1b1e-5cef-ace4-edaa54e1f810", feed="https://", title=""
    ),
    "publisher": Publisher(guid="003af0a0-6a45-55cf-b765-68e3d349551a", feed="https://"),
    "locations": Location(name="Marseille", geo="geo:43.2965,5.3698", osm="R76469", country="fr"),
    "seasons": Season(number=1, name=""),
    "social_interact": SocialInteract(
        protocol="activitypub", uri="https://", account="@", account_url="https://", priority=1
    ),
    "accessibility": Accessibility(
        state="Ce site est accessible, sauf …", contact="@", date="1er décembre 2026"
    ),
    "chat": Chat(server="", protocol="matrix", account="", space=""),
    "content_links": ContentLink(url="https://", text="La vidéo"),
    "explicit": False,
    "publish": Publishing(to="sftp://user@example.org/var/www/podcast"),
    "wordpress": WordPressSite(url="https://www.example.org/", user=""),
    "update_frequency": UpdateFrequency(text="Chaque mois", rrule="FREQ=MONTHLY"),
}

# Settings that are lists of tables, and the one of which an empty list says something else than
# none at all.
_LISTS = {
    "soundbites",
    "cuts",
    "persons",
    "funding",
    "platforms",
    "podroll",
    "txt",
    "locations",
    "seasons",
    "social_interact",
    "content_links",
    "microphones",
}
_NONE_IS_A_CHOICE = {"soundbites"}
# Settings that Studio alone writes, where they say something.
_UNSAID = {"imported", "microphones"}

# The first line of each file.
HEADS = {
    "episode": "The episode. One comment line explains each setting; docs/settings.md says more.",
    "glossary": "The show's names (name), what is heard instead (wrong), in how many episodes they "
    "come up (used).",
    "show": "The show. One comment line explains each setting; docs/settings.md says more.",
}


def toml_from_episode(episode: Episode) -> bytes:
    """``episode.toml``. Reading it gives the same episode."""
    return _toml_from_record(episode, EPISODE_COMMENTS, HEADS["episode"])


def toml_from_show(show: Show) -> bytes:
    """``show.toml`` of a show with at least one category. Reading it gives the same show."""
    return _toml_from_record(show, SHOW_COMMENTS, HEADS["show"])


def toml_with_cuts(content: bytes, cuts: Sequence[Cut], where: object) -> bytes:
    """``episode.toml`` with other cuts; everything else in it, comments too, stays as a person
    wrote it.

    :raises WorkspaceError: the file cannot be read.
    """
    document = _parsed(content, where)
    tables = _item(tuple(cuts))
    if tables is None:
        document.pop("cuts", None)
    else:
        document["cuts"] = tables
    return tomlkit.dumps(document).encode()


def toml_with_recording(content: bytes, episode: Episode, where: object) -> bytes:
    """``episode.toml`` with another recording, cuts and sound bites at other times, and other
    files for its microphones; everything else stays as a person wrote it.

    :raises WorkspaceError: the file cannot be read, or has a form in which they cannot be changed.
    """
    document = _parsed(content, where)
    document["recording"] = episode.recording
    placed: dict[str, tuple[Cut | ChosenSoundbite, ...]] = {
        "cuts": episode.cuts,
        "soundbites": episode.soundbites or (),
    }
    for name, marks in placed.items():
        for table, mark in zip(document.get(name, ()), marks, strict=True):
            table["start_ms"], table["end_ms"] = int(mark.start_ms), int(mark.end_ms)
    for table, one in zip(document.get("microphones", ()), episode.microphones, strict=True):
        for field in ("file", "offset_ms", "drift_ppm"):
            if table.get(field) != getattr(one, field):
                table[field] = getattr(one, field)
    written = tomlkit.dumps(document).encode()
    if record_from_toml(written, Episode, where) != episode:
        raise WorkspaceError(
            where,
            message("has a form in which its times cannot be changed"),
            message("Write cuts and soundbites below [[cuts]], [[soundbites]]."),
        )
    return written


def toml_with_former(content: bytes, episode: Episode, where: object) -> bytes:
    """``episode.toml`` with the slugs that the episode had; everything else stays as a person wrote
    it.

    :raises WorkspaceError: the file cannot be read, or has a form in which they cannot be written.
    """
    document = _parsed(content, where)
    document["former_slugs"] = list(episode.former_slugs)
    written = tomlkit.dumps(document).encode()
    if record_from_toml(written, Episode, where) != episode:
        raise WorkspaceError(
            where,
            message("has a form to which nothing can be added"),
            message(
                "Add former_slugs = {former_slugs} yourself.",
                former_slugs=list(episode.former_slugs),
            ),
        )
    return written


def toml_with_article(
    content: bytes, episode: Episode, *, guests: Sequence[str], link: str, where: object
) -> bytes:
    """``episode.toml`` of an episode that gets its article: the guests and the link that it names,
    where the settings name none; everything else stays as a person wrote it.

    :raises WorkspaceError: the file cannot be read, or has a form in which they cannot be written.
    """
    document = _parsed(content, where)
    wanted = episode
    if not episode.guests and guests:
        document["guests"] = list(guests)
        wanted = replace_fields(wanted, guests=tuple(guests))
    if not episode.link and link:
        document["link"] = link
        wanted = replace_fields(wanted, link=link)
    written = tomlkit.dumps(document).encode()
    if record_from_toml(written, Episode, where) != wanted:
        raise WorkspaceError(
            where,
            message("has a form to which nothing can be added"),
            message("Write guests = {guests} yourself.", guests=list(guests)),
        )
    return written


def toml_from_excerpts(excerpts: Sequence[ChosenSoundbite]) -> str:
    """The sound bites as ``episode.toml`` has them."""
    return tomlkit.dumps({"soundbites": _item(tuple(excerpts)) or tomlkit.array()}).strip()


def toml_with_names(content: bytes, glossary: Glossary, where: object) -> bytes:
    """``glossary.toml`` with these names; comments and anything else in it stay as a person wrote
    them.

    :param content: what stands in it now; empty when there is none yet.
    :param glossary: every name that it shall have. One that it has not loses its table, unless
        somebody wrote more there than its fields.
    :raises WorkspaceError: the file cannot be read, or has a form to which nothing can be added.
    """
    document = _parsed(content, where)
    if not content:
        document.add(tomlkit.comment(spoken(table_message(HEADS["glossary"]))))
    tables = document.get("names", [])
    wanted = {one.name for one in glossary.names}
    for place in reversed(range(len(tables))):
        if str(tables[place]["name"]) not in wanted and _is_bare(tables[place]):
            del tables[place]
    if "names" in document and not tables:
        # What is left of an empty list of tables is no list of tables.
        del document["names"]
        tables = []
    known = {str(table["name"]): table for table in tables}
    for one in glossary.names:
        if one.name not in known:
            if "names" not in document:
                document.add("names", tomlkit.aot())
            table = (
                tomlkit.table() if isinstance(document["names"], AoT) else tomlkit.inline_table()
            )
            table.update({"name": one.name, "wrong": list(one.wrong), "used": one.used})
            document["names"].append(table)
            continue
        table = known[one.name]
        spellings = table.setdefault("wrong", [])
        # One by one, so that comments between them stay.
        for wrong in [wrong for wrong in spellings if wrong not in one.wrong]:
            spellings.remove(wrong)
        for wrong in one.wrong:
            if wrong not in spellings:
                spellings.append(wrong)
        if table.get("used", 1) != one.used:
            table["used"] = one.used
    written = tomlkit.dumps(document).encode()
    # Whatever form somebody gave it: nothing is written that would not be read as it was meant.
    if not set(glossary.names) <= set(record_from_toml(written, Glossary, where).names):
        raise WorkspaceError(
            where,
            message("has a form to which no name can be added"),
            message("Write each name below its own [[names]]."),
        )
    return written


def _is_bare(table: Table) -> bool:
    """Whether a name's table holds nothing but its fields."""
    return "#" not in table.as_string() and set(table) <= {"name", "wrong", "used"}


def _toml_from_record(record: Record, comments: Mapping[str, str], head: str) -> bytes:
    lines = [f"# {spoken(table_message(head))}", ""]
    for name, comment in comments.items():
        value = getattr(record, name)
        if value in (None, ()) and name in _UNSAID:
            continue
        item = (
            _explained(value, EPISODE_SOUND_COMMENTS)
            if isinstance(value, EpisodeSound)
            else _item(value)
        )
        if item is None and (name not in _EXAMPLES or (value == () and name in _NONE_IS_A_CHOICE)):
            item = tomlkit.array()
        if isinstance(item, (Table, AoT)) or isinstance(_EXAMPLES.get(name), Record):
            lines.append("")
        lines.append(f"# {spoken(table_message(comment))}")
        if item is not None:
            lines.append(tomlkit.dumps({name: item}).strip("\n"))
        else:
            lines += [f"# {line}" for line in _example(name, several=name in _LISTS)]
    return ("\n".join(lines) + "\n").encode()


def _item(value: Any) -> Item | None:
    """The value as TOML; None when there is nothing to write."""
    if value is None or value == ():
        return None
    if isinstance(value, Record):
        return _table(value)
    if isinstance(value, tuple) and isinstance(value[0], Record):
        tables = tomlkit.aot()
        for record in value:
            tables.append(_table(record))
        return tables
    if isinstance(value, str) and "\n" in value:
        return tomlkit.string(value, multiline=True)
    item: Item = tomlkit.item(list(value) if isinstance(value, tuple) else value)
    return item


def _table(record: Record) -> Table:
    table = tomlkit.table()
    for name in record.__struct_fields__:
        item = _item(getattr(record, name))
        if item is not None:
            table.add(name, item)
    return table


def _explained(record: Record, comments: Mapping[str, str]) -> Table:
    """The record as a table, a line above each field."""
    table = tomlkit.table()
    for name in record.__struct_fields__:
        table.add(tomlkit.comment(spoken(table_message(comments[name]))))
        table.add(name, _item(getattr(record, name)))
    return table


def _example(name: str, *, several: bool) -> list[str]:
    example = _EXAMPLES[name]
    if not isinstance(example, Record):
        return [f"{name} = {str(example).lower()}"]
    header = f"[[{name}]]" if several else f"[{name}]"
    return [header, *tomlkit.dumps(_table(example)).splitlines()]


def _parsed(content: bytes, where: object) -> tomlkit.TOMLDocument:
    """A settings file with its comments.

    :raises WorkspaceError: it cannot be read.
    """
    try:
        return tomlkit.parse(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomlkit.exceptions.TOMLKitError) as error:
        raise WorkspaceError(
            where,
            message("cannot be read ({error})", error=error),
            message("Mend that line; docs/settings.md explains every setting."),
        ) from None
