"""The people credited in the feed and on the pages: those of the show and of one episode."""

from __future__ import annotations

from studio.feed.namespace import ElementTag
from studio.feed.vocabulary import english_role, french_role
from studio.messages.message import message
from studio.messages.translations import in_language, known_language
from studio.model.episode import Episode
from studio.model.record import replace_fields
from studio.model.show import Person, Show
from studio.text.plain import single_line


def persons_of_show(show: Show) -> tuple[Person, ...]:
    """The host first, then all others of the settings, including other hosts; each role of a person
    once.
    """
    return _each_once([_known(show.persons, show.host, "Host"), *show.persons])


def persons_of_episode(show: Show, episode: Episode) -> tuple[Person, ...]:
    """All people of one episode, because an item's persons replace the channel's: its hosts,
    guests, other contributors, its article's author, and those of the show.

    If the episode has another host than the show, that one replaces the show's; a second host is
    kept.
    """
    host = episode.host or show.host
    replaced = {host, show.host} if episode.host else {host}
    known = (*episode.persons, *show.persons)
    # Among several tables with the same name, the one with the requested role.
    hosts = [_known(known, host, "Host")] + [
        one for one in show.persons if is_host(one) and one.name not in replaced
    ]
    guests = [_guest(known, name) for name in episode.guests if single_line(name)]
    others = [one for one in episode.persons if one.name not in episode.guests]
    others += [one for one in episode.persons if one.name in episode.guests and not is_host(one)]
    author = [] if not single_line(episode.author) else [_author(known, episode.author)]
    crew = [one for one in show.persons if not is_host(one)]
    return _each_once([*hosts, *guests, *others, *author, *crew])


def person_tag(person: Person) -> ElementTag:
    """podcast:person with the taxonomy's English words: apps treat unknown roles as the host."""
    role, group = english_role(person.role, person.group)
    return ElementTag(
        "podcast:person",
        person.name,
        (
            ("role", role.lower()),
            ("group", group.lower()),
            ("href", person.link),
            ("img", person.image),
        ),
    )


# The taxonomy's roles of interviewers.
HOSTS = frozenset({"Host", "Co-Host", "Guest Host"})

# Labels of the usual roles on pages; the taxonomy's French names use inclusive spelling («
# Présentat·eur·rice »).
LABELS = {
    "Host": message("Hosted by"),
    "Co-Host": message("Hosted by"),
    "Guest Host": message("Hosted by"),
    "Guest": message("With"),
    "Author": message("Text"),
    "Writer": message("Text"),
    "Co-Writer": message("Text"),
    "Audio Engineer": message("Sound"),
    "Audio Editor": message("Sound editing"),
    "Editor": message("Editing"),
    "Producer": message("Production"),
    "Executive Producer": message("Production"),
}


def credit_label(person: Person, language: str) -> str:
    """The label of a role in the language: the usual word, else the taxonomy's, else as written."""
    role, group = english_role(person.role, person.group)
    if role in LABELS:
        return in_language(LABELS[role], language)
    return french_role(role, group) if known_language(language) == "fr" else role or person.role


def is_host(person: Person) -> bool:
    """Whether a person is an interviewer."""
    return english_role(person.role, person.group)[0] in HOSTS


def _known(persons: tuple[Person, ...], name: str, role: str) -> Person:
    """The person of this name in this role, with page and picture if the settings have them."""
    named = [one for one in persons if one.name == name]
    for one in named:
        if english_role(one.role, one.group)[0] == role:
            return one
    return (
        replace_fields(named[0], role=role, group="Cast") if named else Person(name=name, role=role)
    )


def _guest(persons: tuple[Person, ...], name: str) -> Person:
    """A guest. If their table omits the role, its default is Host; it is used nevertheless."""
    named = [one for one in persons if one.name == name]
    others_named = [one for one in named if not is_host(one)]
    if others_named:
        return others_named[0]
    return (
        replace_fields(named[0], role="Guest", group="Cast")
        if named
        else Person(name=name, role="Guest")
    )


def _author(persons: tuple[Person, ...], name: str) -> Person:
    """The author of the article."""
    named = [one for one in persons if one.name == name]
    writing = [one for one in named if english_role(one.role, one.group)[1] == "Writing"]
    if writing:
        return writing[0]
    if named:
        return replace_fields(named[0], role="Author", group="Writing")
    return Person(name=name, role="Author", group="Writing")


def _each_once(persons: list[Person]) -> tuple[Person, ...]:
    """Remove duplicates: each role of a person once, at its first position."""
    found: dict[tuple[str, str, str], Person] = {}
    for one in persons:
        if single_line(one.name):
            found.setdefault((one.name, *english_role(one.role, one.group)), one)
    return tuple(found.values())
