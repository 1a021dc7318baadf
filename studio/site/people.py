"""All people of a show's episodes, once each, with their roles and episodes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

from studio.model.show import Person
from studio.site.listing import Listing


@dataclasses.dataclass
class PersonEntry:
    """One person.

    :param labels: their roles, in the show's language, each once.
    :param episodes: their episodes, the newest first.
    :param is_guest: whether they were a guest in one.
    :param face_place: their picture, or empty.
    """

    person: Person
    labels: list[str] = dataclasses.field(default_factory=list)
    episodes: list[Listing] = dataclasses.field(default_factory=list)
    is_guest: bool = False
    face_place: str = ""

    @property
    def initials(self) -> str:
        """The initials of first and last name, shown if there is no picture."""
        words = [word for word in self.person.name.split() if word[0].isalpha()]
        return "".join(word[0].upper() for word in words[:1] + words[1:][-1:])


def people_from_listings(episodes: Iterable[Listing]) -> list[PersonEntry]:
    """The guests, the latest first, then everybody else.

    :param episodes: the newest first.
    """
    found: dict[str, PersonEntry] = {}
    for episode in episodes:
        for label, person in _named(episode):
            one = found.setdefault(person.name, PersonEntry(person))
            if person.link and not one.person.link:
                one.person = person
            if label and label not in one.labels:
                one.labels.append(label)
            # One by one, because a person may be named twice in an episode.
            if one.episodes[-1:] != [episode]:
                one.episodes.append(episode)
            if person.name in episode.guests:
                one.is_guest = True
                # The picture of an episode with a single guest shows that guest.
                if not one.face_place and len(episode.guests) == 1:
                    one.face_place = episode.picture_place
    return sorted(found.values(), key=lambda one: not one.is_guest)


def _named(episode: Listing) -> Iterator[tuple[str, Person]]:
    """The people of an episode with their roles; only its guests if listed by an earlier
    version.
    """
    for credit in episode.credits:
        yield credit.label, credit.person
    if not episode.credits:
        for name in episode.guests:
            yield "", Person(name=name, role="Guest")
