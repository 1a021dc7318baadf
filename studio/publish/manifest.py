"""What was published, by whom and when; and what publications before it had, kept beside what is
public, so that it can be brought back.

All of it is at the destination: whichever machine publishes next, or brings back, finds it there.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from contextlib import suppress

from studio.errors import PublishError, WorkspaceError
from studio.model.record import Record, bytes_from_record, record_from_bytes
from studio.publish.destination import Destination
from studio.publish.files import Entry

LEDGER_PLACE = ".studio/published.json"
# One file for each publication, by its name; and what they had that is public no more, by its
# SHA-256.
HISTORY = ".studio/publications/"
KEPT = ".studio/kept/"
# So many publications can be brought back.
GENERATIONS = 5


class Manifest(Record, frozen=True):
    """One publication.

    :param generation: its name; later ones sort after earlier ones.
    :param restores: the generation that it brought back, or empty.
    :param files: what is there, by place.
    """

    generation: str
    published: datetime.datetime
    files: dict[str, Entry]
    restores: str = ""

    @property
    def age(self) -> str:
        """The generation of what is to be seen: that which it brought back, or its own."""
        return self.restores or self.generation


def read_manifest(destination: Destination) -> Manifest | None:
    """What was published last; None where nothing was.

    :raises PublishError: the destination's own note is damaged.
    """
    return _read(destination, LEDGER_PLACE)


def history_place(generation: str) -> str:
    """Where a publication is on record."""
    return f"{HISTORY}{generation}.json"


def kept_place(sha256: str) -> str:
    """Where a file is kept that is public no more."""
    return f"{KEPT}{sha256}"


def whole_manifest(destination: Destination, manifest: Manifest | None) -> Manifest | None:
    """The publication as it was complete: an interrupted one takes out of its predecessor's note
    what it has touched.
    """
    return manifest and (_read(destination, history_place(manifest.generation)) or manifest)


def keep_file(
    destination: Destination, before: Manifest | None, place: str, there: Mapping[str, int]
) -> None:
    """Keep what the last publication had at a place, before something else takes it.

    :param there: the sizes of what is at the destination, its notes included.
    """
    entry = before.files.get(place) if before else None
    if (
        entry is not None
        and there.get(place) == entry.size_bytes
        and kept_place(entry.sha256) not in there
    ):
        destination.keep(place, kept_place(entry.sha256))


def forget_old_publications(destination: Destination) -> None:
    """Let go of all publications but the last ones, and of what only they had."""
    there = destination.sizes()
    generations = sorted(place for place in there if place.startswith(HISTORY))
    remaining = generations[-GENERATIONS:]
    wanted = {
        kept_place(entry.sha256) for place in remaining for entry in _files(destination, place)
    }
    for place in (
        *generations[:-GENERATIONS],
        *(place for place in there if place.startswith(KEPT) and place not in wanted),
    ):
        destination.remove(place)


def earlier_manifest(destination: Destination, live: Manifest) -> Manifest:
    """The publication before the live one.

    :raises PublishError: the destination has kept none.
    """
    for place in sorted(
        (place for place in destination.sizes() if place.startswith(HISTORY)), reverse=True
    ):
        manifest = _read(destination, place)
        if manifest is not None and not manifest.restores and manifest.generation < live.age:
            return manifest
    raise PublishError(
        destination.name,
        "has no earlier publication",
        f"The last {GENERATIONS} are kept, from the second one on.",
    )


def record_publication(destination: Destination, manifest: Manifest) -> None:
    """Put a publication on record, for those that come after it."""
    destination.write(history_place(manifest.generation), bytes_from_record(manifest))
    destination.write(LEDGER_PLACE, bytes_from_record(manifest))


def _files(destination: Destination, place: str) -> Iterable[Entry]:
    with suppress(PublishError):  # a damaged note keeps nothing
        manifest = _read(destination, place)
        return manifest.files.values() if manifest else ()
    return ()


def _read(destination: Destination, place: str) -> Manifest | None:
    content = destination.read(place)
    if content is None:
        return None
    try:
        return record_from_bytes(content, Manifest, f"{destination.name}/{place}")
    except WorkspaceError as error:
        raise PublishError(
            error.where,
            "is damaged",
            "Delete it: everything is then sent anew, and nothing is lost.",
        ) from None
