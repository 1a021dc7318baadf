"""Check the elements of the podcast namespace in channel and items against its documentation.

The allowed values are documented at https://github.com/Podcastindex-org/podcast-namespace,
docs/tags/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from studio.check.feed_elements import NAMESPACES, attribute, short_name, text
from studio.check.publication import Publication
from studio.check.rules import Finding, found
from studio.feed.vocabulary import is_role
from studio.messages.message import message
from studio.text.number_parsing import whole_number

# The maximum length of a quoted value.
SHOWN_CHARACTERS = 60
PERSON_CHARACTERS = 128
SOUNDBITE_S, SOUNDBITE_CHARACTERS = (15, 120), 128
# docs/tags/location.md and location/location.md of the namespace: a geo URI (RFC 5870), N, W or R
# (node, way, relation) with a number, ISO 3166-1 alpha-2.
LOCATION_FORMS = {
    "rel": re.compile("subject|creator"),
    "geo": re.compile(r"geo:-?\d+(?:\.\d+)?,-?\d+(?:\.\d+)?(?:,-?\d+(?:\.\d+)?)?(?:;\S+)?"),
    "osm": re.compile(r"[NWR]\d+(?:#\d+)?"),
    "country": re.compile("[A-Za-z]{2}"),
}
# The lists of the namespace: socialprotocols.txt and docs/chatprotocols.txt.
SOCIAL_PROTOCOLS = frozenset(
    {"disabled", "activitypub", "twitter", "lightning", "bluesky", "hive", "matrix", "nostr"}
)
CHAT_PROTOCOLS = frozenset({"irc", "xmpp", "nostr", "matrix"})
# The number of characters that aggregators keep: of an element's text if no attribute is given.
LONGEST = {
    ("podcast:alternateEnclosure", "title"): 32,
    ("podcast:alternateEnclosure", "rel"): 32,
    ("podcast:episode", "display"): 32,
    ("podcast:funding", ""): 128,
    ("podcast:image", "purpose"): 128,
    ("podcast:license", ""): 128,
    ("podcast:location", ""): 128,
    ("podcast:season", "name"): 128,
    ("podcast:trailer", ""): 128,
    ("podcast:txt", ""): 4000,
    ("podcast:txt", "purpose"): 128,
    ("podcast:updateFrequency", ""): 128,
}
# Elements that a parent may only have once (“Count: Single” in the documentation); podcast:chat has
# a separate rule.
SINGLE = (
    "podcast:chapters",
    "podcast:episode",
    "podcast:guid",
    "podcast:license",
    "podcast:locked",
    "podcast:medium",
    "podcast:podroll",
    "podcast:publisher",
    "podcast:season",
    "podcast:updateFrequency",
)
# Elements that are meaningless without these attributes, or without text if none is given. Persons,
# posts, chats, transcripts, chapters, sound bites and remote items have separate rules.
NEEDED = (
    ("podcast:contentLink", "href"),
    ("podcast:episode", ""),
    ("podcast:funding", "url"),
    ("podcast:image", "href"),
    ("podcast:license", ""),
    ("podcast:location", ""),
    ("podcast:season", ""),
    ("podcast:trailer", ""),
    ("podcast:trailer", "pubdate"),
    ("podcast:trailer", "url"),
)
# docs/examples/license/licenses.json of the namespace lists SPDX licences and « all rights reserved
# » (ARR); Creative Commons ones are matched by a pattern.
KNOWN_LICENSE = re.compile(r"cc-by(?:-[a-z]{2})*-\d\.\d(?:-[a-z]{2,3})?|cc0-1\.0|arr|pod-v4v-1\.0")
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# docs/tags/block.md: the format of all entries of serviceslugs.txt.
SERVICE = re.compile(r"[a-z0-9][a-z0-9.-]*")
# RFC 5545, section 3.3.10; UNTIL also as the namespace's own example has it.
_DAY = r"[+-]?\d{0,2}(?:MO|TU|WE|TH|FR|SA|SU)"
_NUMBERS = r"[+-]?\d{1,3}(?:,[+-]?\d{1,3})*"
RULE_PARTS = {
    "FREQ": re.compile("SECONDLY|MINUTELY|HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY"),
    "UNTIL": re.compile(r"\d{4}-?\d{2}-?\d{2}(?:T[\d:.]{6,12}Z?)?"),
    "COUNT": re.compile(r"[1-9]\d*"),
    "INTERVAL": re.compile(r"[1-9]\d*"),
    "BYDAY": re.compile(rf"{_DAY}(?:,{_DAY})*"),
    "WKST": re.compile("MO|TU|WE|TH|FR|SA|SU"),
    **{
        f"BY{what}": re.compile(_NUMBERS)
        for what in (
            "SECOND",
            "MINUTE",
            "HOUR",
            "MONTHDAY",
            "YEARDAY",
            "WEEKNO",
            "MONTH",
            "SETPOS",
        )
    },
}


def check_persons(
    parent: etree._Element, place: str, publication: Publication
) -> Iterator[Finding]:
    """Rules 44 and 45."""
    persons = parent.findall("podcast:person", NAMESPACES)
    roles = [(person.get("role", "host"), person.get("group", "cast")) for person in persons]
    for person, (role, group) in zip(persons, roles, strict=True):
        name = person.text or ""
        if not 0 < len(name) <= PERSON_CHARACTERS:
            yield found(
                "44",
                publication.feed,
                place,
                message("a person's name has {count} characters", count=len(name)),
            )
        elif not is_role(role, group):
            yield found(
                "44",
                publication.feed,
                place,
                message(
                    "the taxonomy has no role “{role}” in a group “{group}” ({name})",
                    role=role,
                    group=group,
                    name=name,
                ),
            )
    if persons and not any("host" in role.lower() for role, _ in roles):
        yield found("45", publication.feed, place, message("it names persons but no host"))


def check_podcast_tags(
    parent: etree._Element, place: str, file: object, *, required: bool
) -> Iterator[Finding]:
    """Rules 56 to 59 and 61 to 67, on the channel or on an item.

    :param required: whether the AI content disclosure is required; not for a show without episodes.
    """
    yield from check_ai_content(parent, place, file, required=required)
    yield from check_locations(parent, place, file)
    yield from check_posts(parent, place, file)
    for path in ("itunes:block", "itunes:complete"):
        value = text(parent, path)
        if value is not None and value != "Yes":
            yield found(
                "59", file, place, message("its {path} is “{value}”", path=path, value=value)
            )
    yield from check_lengths(parent, place, file)
    yield from check_chats(parent, place, file)
    yield from check_frequency(parent, place, file)
    yield from check_license(parent, place, file)
    yield from check_remote_items(parent, place, file)
    yield from check_blocks(parent, place, file)
    yield from check_counts(parent, place, file)


def check_ai_content(
    parent: etree._Element, place: str, file: object, *, required: bool
) -> Iterator[Finding]:
    """Rule 56."""
    ai = [one for one in parent.findall("podcast:txt", NAMESPACES) if is_ai_content_tag(one)]
    if (required and len(ai) != 1) or any(one.text not in {"true", "false"} for one in ai):
        texts = ", ".join(f"“{(one.text or '')[:SHOWN_CHARACTERS]}”" for one in ai) or message(
            "not there"
        )
        yield found(
            "56", file, place, message("its podcast:txt of ai-content is {texts}", texts=texts)
        )


def is_ai_content_tag(element: etree._Element) -> bool:
    """Whether a podcast:txt is the disclosure of AI content."""
    return (element.get("purpose") or "").strip().lower() == "ai-content"


def check_locations(parent: etree._Element, place: str, file: object) -> Iterator[Finding]:
    """Rule 57."""
    for where in parent.findall("podcast:location", NAMESPACES):
        for name, form in LOCATION_FORMS.items():
            value = where.get(name)
            if value is not None and not form.fullmatch(str(value)):
                yield found(
                    "57",
                    file,
                    place,
                    message(
                        "the {name} of a podcast:location is “{value}”", name=name, value=value
                    ),
                )


def check_posts(parent: etree._Element, place: str, file: object) -> Iterator[Finding]:
    """Rule 58."""
    for post in parent.findall("podcast:socialInteract", NAMESPACES):
        protocol = post.get("protocol") or ""
        disabled = protocol == "disabled"
        if (disabled and len(post.attrib) > 1) or not (disabled or (protocol and post.get("uri"))):
            has = ", ".join(map(str, post.keys())) or message("nothing")
            yield found("58", file, place, message("a podcast:socialInteract has {has}", has=has))
        elif protocol not in SOCIAL_PROTOCOLS:
            yield found(
                "58",
                file,
                place,
                message(
                    "the protocol of a podcast:socialInteract is “{protocol}”, not one of {known}",
                    protocol=protocol[:SHOWN_CHARACTERS],
                    known=", ".join(sorted(SOCIAL_PROTOCOLS)),
                ),
            )


def check_lengths(parent: etree._Element, place: str, file: object) -> Iterator[Finding]:
    """Rule 61: aggregators truncate longer values."""
    for (path, name), longest in LONGEST.items():
        for element in parent.findall(path, NAMESPACES):
            value = str(element.get(name) or "") if name else element.text or ""
            if len(value) > longest:
                yield found(
                    "61",
                    file,
                    place,
                    message(
                        "{element} “{value}…” has {count} characters, not {longest} at most",
                        element=f"{path} {name}".strip(),
                        value=value[:40],
                        count=len(value),
                        longest=longest,
                    ),
                )


def check_counts(parent: etree._Element, place: str, file: object) -> Iterator[Finding]:
    """Rule 67."""
    for path in SINGLE:
        count = len(parent.findall(path, NAMESPACES))
        if count > 1:
            yield found(
                "67",
                file,
                place,
                message("it has {count} of {element}", count=count, element=path),
            )
    for path, name in NEEDED:
        for element in parent.findall(path, NAMESPACES):
            if not str((element.get(name) if name else element.text) or "").strip():
                what = f"{path} {name}".strip()
                yield found("67", file, place, message("its {element} is empty", element=what))


def check_chats(parent: etree._Element, place: str, file: object) -> Iterator[Finding]:
    """Rule 62."""
    chats = parent.findall("podcast:chat", NAMESPACES)
    if len(chats) > 1:
        yield found("62", file, place, message("it names {count} chats", count=len(chats)))
    for chat in chats:
        server, protocol = str(chat.get("server") or ""), str(chat.get("protocol") or "")
        if not server.strip() or "/" in server or protocol not in CHAT_PROTOCOLS:
            yield found(
                "62",
                file,
                place,
                message(
                    "the server of its podcast:chat is “{server}”, the protocol “{protocol}”",
                    server=server[:SHOWN_CHARACTERS],
                    protocol=protocol[:SHOWN_CHARACTERS],
                ),
            )


def check_frequency(parent: etree._Element, place: str, file: object) -> Iterator[Finding]:
    """Rule 63."""
    for frequency in parent.findall("podcast:updateFrequency", NAMESPACES):
        rule = str(frequency.get("rrule") or "")
        if rule and not is_recurrence_rule(rule):
            yield found(
                "63",
                file,
                place,
                message("its rule is “{rule}”", rule=rule[:SHOWN_CHARACTERS]),
            )
        elif "UNTIL=" in rule and not is_like_its_start(rule, str(frequency.get("dtstart") or "")):
            yield found(
                "63",
                file,
                place,
                message(
                    "its rule “{rule}” ends with a date and begins with a moment, or the other "
                    "way round: “{start}”",
                    rule=rule[:SHOWN_CHARACTERS],
                    start=str(frequency.get("dtstart"))[:SHOWN_CHARACTERS],
                ),
            )
        elif "COUNT=" in rule and not frequency.get("dtstart"):
            yield found(
                "63",
                file,
                place,
                message(
                    "its rule “{rule}” counts episodes from no date", rule=rule[:SHOWN_CHARACTERS]
                ),
            )


def is_recurrence_rule(rule: str) -> bool:
    """Whether this is a recurrence rule of RFC 5545: each part at most once, FREQ first, and not
    both UNTIL and COUNT.
    """
    parts = [part.partition("=") for part in rule.split(";")]
    names = [name for name, _, _ in parts]
    return (
        len(set(names)) == len(names)
        and "FREQ" in names
        and not {"COUNT", "UNTIL"} <= set(names)
        and all(
            name in RULE_PARTS and RULE_PARTS[name].fullmatch(value) for name, _, value in parts
        )
    )


def is_like_its_start(rule: str, start: str) -> bool:
    """Whether start and end of a rule are both dates or both date-times, as required by
    docs/tags/update-frequency.md; true without a start.
    """
    ends = next(part for part in rule.split(";") if part.startswith("UNTIL="))
    return not start or ("T" in ends.removeprefix("UNTIL=")) == ("T" in start)


def check_license(parent: etree._Element, place: str, file: object) -> Iterator[Finding]:
    """Rule 64."""
    license_name = text(parent, "podcast:license") or ""
    if (
        license_name
        and not attribute(parent, "podcast:license", "url")
        and not KNOWN_LICENSE.fullmatch(license_name.lower())
    ):
        yield found(
            "64",
            file,
            place,
            message(
                "the licence “{name}” has no address where it can be read",
                name=license_name[:SHOWN_CHARACTERS],
            ),
        )


def check_remote_items(parent: etree._Element, place: str, file: object) -> Iterator[Finding]:
    """Rule 65."""
    for holder in ("podcast:podroll", "podcast:publisher"):
        for element in parent.findall(holder, NAMESPACES):
            items = element.findall("podcast:remoteItem", NAMESPACES)
            for one in items:
                guid = str(one.get("feedGuid") or "")
                if not GUID.fullmatch(guid):
                    yield found(
                        "65",
                        file,
                        place,
                        message(
                            "{holder} names a feed by “{guid}”, which is not a podcast:guid",
                            holder=holder,
                            guid=guid[:SHOWN_CHARACTERS],
                        ),
                    )
            if not items or (
                short_name(element) == "podcast:publisher"
                and [one.get("medium") for one in items] != ["publisher"]
            ):
                yield found(
                    "65",
                    file,
                    place,
                    message(
                        "{holder} names {count} feeds, or one of another medium",
                        holder=holder,
                        count=len(items),
                    ),
                )


def check_blocks(parent: etree._Element, place: str, file: object) -> Iterator[Finding]:
    """Rule 66."""
    for block in parent.findall("podcast:block", NAMESPACES):
        service = block.get("id")
        if block.text not in {"yes", "no"} or not (
            service is None or SERVICE.fullmatch(str(service))
        ):
            yield found(
                "66",
                file,
                place,
                message(
                    "its podcast:block says “{value}” to “{service}”",
                    value=(block.text or "")[:SHOWN_CHARACTERS],
                    service=str(service or "")[:SHOWN_CHARACTERS],
                ),
            )


def check_soundbites(
    item: etree._Element, place: str, publication: Publication
) -> Iterator[Finding]:
    """Rules 49a and 49b."""
    lasts = text(item, "itunes:duration") or ""
    for bite in item.findall("podcast:soundbite", NAMESPACES):
        times = bite.get("startTime", ""), bite.get("duration", "")
        if not all(re.fullmatch(r"\d+(?:\.\d+)?", time) for time in times):
            yield found(
                "49a",
                publication.feed,
                place,
                message(
                    "its sound bite has the times “{start}” and “{length}”",
                    start=times[0],
                    length=times[1],
                ),
            )
            continue
        start_s, duration_s = map(float, times)
        # The feed has the episode's duration in whole seconds.
        lasts_s = whole_number(lasts)
        if not duration_s or (lasts_s is not None and start_s + duration_s > lasts_s + 1):
            yield found(
                "49a",
                publication.feed,
                place,
                message(
                    "its sound bite from {start_s:g} s lasts {duration_s:g} s, it {lasts} s",
                    start_s=start_s,
                    duration_s=duration_s,
                    lasts=lasts,
                ),
            )
        title = (bite.text or "").strip()
        if not SOUNDBITE_S[0] <= duration_s <= SOUNDBITE_S[1] or len(title) > SOUNDBITE_CHARACTERS:
            yield found(
                "49b",
                publication.feed,
                place,
                message(
                    "a sound bite lasts {duration_s:.1f} s, its title has {count} characters",
                    duration_s=duration_s,
                    count=len(title),
                ),
            )
