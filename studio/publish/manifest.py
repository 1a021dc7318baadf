"""What was published, by whom and when, and the files of earlier publications for a rollback.

All of it is stored at the destination, outside the served folder, so that any machine that
publishes or rolls back next finds it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress

from studio.errors import PublishError, WorkspaceError
from studio.messages.message import message
from studio.model.record import Record, bytes_from_record, record_from_bytes, replace_fields
from studio.publish.destination import NOTES, Destination
from studio.publish.site_files import PublishedFile
from studio.web.places import invalid_place_reason

MANIFEST_PLACE = f"{NOTES}published.json"
# One file for each publication, by its name, and their files that are no longer public, by SHA-256.
HISTORY = f"{NOTES}publications/"
KEPT = f"{NOTES}kept/"
# The number of publications that can be restored.
GENERATIONS = 5

_GENERATION = re.compile(r"[0-9]{8}T[0-9]{6}\.[0-9]{6}Z")
# Clocks may be wrong, but dates computed from a published one must stay valid, too.
_LAST_YEAR = 9000
_SHA256 = re.compile(r"[0-9a-f]{64}")


class PublishedSpans(Record, frozen=True):
    """The parts of a recording that listeners hear in an episode: the recording's SHA-256, starts
    and ends in ms on its clock.
    """

    recording: str
    kept: tuple[tuple[int, int], ...]

    def covers(self, other: PublishedSpans) -> bool:
        """Whether these spans contain all spans of the other."""
        return self.recording == other.recording and all(
            any(start <= first and last <= end for start, end in self.kept)
            for first, last in other.kept
        )


class Manifest(Record, frozen=True):
    """One publication.

    :param generation: its name; later ones sort after earlier ones.
    :param restores: the generation that it restored, or empty.
    :param files: the files at the destination, by place.
    :param superseded: for each old file still at the destination, since when the publication no
        longer names it.
    :param heard: the audible spans of each episode, by its slug.
    :param departed: the spans of episodes that were published before and are not any more, unless a
        person has asked to forget them.
    :param finished: whether the person who asked for it was told that it is done; False only during
        a rollback.
    """

    generation: str
    published: datetime.datetime
    files: dict[str, PublishedFile]
    restores: str = ""
    superseded: Mapping[str, datetime.datetime] = {}
    heard: Mapping[str, PublishedSpans] = {}
    departed: Mapping[str, PublishedSpans] = {}
    finished: bool = True

    @property
    def age(self) -> str:
        """The generation that visitors see: the restored one, or its own."""
        return self.restores or self.generation

    @property
    def named(self) -> dict[str, PublishedFile]:
        """The files of this publication, without those that remain from earlier ones."""
        return {place: entry for place, entry in self.files.items() if place not in self.superseded}


def read_manifest(destination: Destination) -> Manifest | None:
    """The last publication; None if there is none.

    :raises PublishError: the manifest at the destination is damaged or has impossible values.
    """
    return _read(destination, MANIFEST_PLACE)


def history_place(generation: str) -> str:
    """The place of a publication's record."""
    return f"{HISTORY}{generation}.json"


def kept_place(sha256: str) -> str:
    """The place of a kept file that is no longer public."""
    return f"{KEPT}{sha256}"


def whole_manifest(destination: Destination, manifest: Manifest | None) -> Manifest | None:
    """The complete publication: an interrupted one removes the files it touches from its
    predecessor's manifest.
    """
    return manifest and (_read(destination, history_place(manifest.generation)) or manifest)


def keep_file(
    destination: Destination, before: Manifest | None, place: str, there: Mapping[str, int]
) -> None:
    """Copy the last publication's file at a place to the folder that is not served, before another
    file replaces it.

    :param there: the sizes of all files at the destination, Studio's own included.
    """
    entry = before.files.get(place) if before and destination.keeps else None
    if (
        entry is not None
        and there.get(place) == entry.size_bytes
        and kept_place(entry.sha256) not in there
    ):
        destination.keep(place, kept_place(entry.sha256))


def forget_old_publications(destination: Destination) -> None:
    """Remove all publications except the last ones, and the files that only they contain."""
    there = destination.sizes_of_notes()
    remaining = _generations(there)[-GENERATIONS:]
    wanted = {
        kept_place(entry.sha256) for place in remaining for entry in _files(destination, place)
    }
    _keep_only(destination, there, remaining, wanted)


def forget_publications(
    destination: Destination, entries: Mapping[str, PublishedFile], slugs: Collection[str]
) -> int:
    """Remove every publication that has other files of an episode than the present one, and the
    files that only those contain; return their number.

    :param entries: the files published now.
    :param slugs: the episode's slugs.

    Files that name the episode (that day's feed, pages and search index) are removed as well.
    """
    there = destination.sizes_of_notes()
    now = _of_episode(entries, slugs)
    remaining, wanted, gone = [], {kept_place(entry.sha256) for entry in entries.values()}, 0
    for place in _generations(there):
        # A manifest that cannot be read may have contained the episode.
        with suppress(PublishError):
            manifest = _read(destination, place)
            if manifest is not None and _of_episode(manifest.files, slugs).items() <= now.items():
                remaining.append(place)
                wanted |= {kept_place(entry.sha256) for entry in manifest.files.values()}
                continue
        gone += 1
    _keep_only(destination, there, remaining, wanted)
    return gone


def forget_all_earlier(destination: Destination) -> None:
    """Remove every earlier publication, where visitors could read the kept files."""
    _keep_only(destination, destination.sizes_of_notes(), (), ())


def find_earlier(destination: Destination) -> Manifest:
    """The publication before the live one, or the one of a rollback that was interrupted at its
    end.

    :raises PublishError: nothing was published yet, no earlier publication is kept, or its record
        is damaged.
    """
    live = read_manifest(destination)
    if live is None:
        raise PublishError(
            destination.name,
            message("has no publication yet"),
            message("Publish first: `studio publish`."),
        )
    # An interrupted rollback is repeated before another one may start.
    if not live.finished:
        return replace_fields(
            live,
            generation=live.restores,
            restores="",
            files=live.named,
            superseded={},
            finished=True,
        )
    # Newest first. Records of rollbacks are skipped: two rollbacks in a row would otherwise only
    # swap two publications.
    for place in reversed(_generations(destination.sizes_of_notes())):
        manifest = _read(destination, place)
        if manifest is not None and not manifest.restores and manifest.generation < live.age:
            return manifest
    remedy = message(
        "The last {generations} are kept, from the second one on.", generations=GENERATIONS
    )
    if not destination.keeps:
        remedy = message(
            "Nothing is kept where it would be served: name a place for it as `history` in "
            "[publish]."
        )
    raise PublishError(destination.name, message("has no earlier publication"), remedy)


def record_publication(destination: Destination, manifest: Manifest) -> None:
    """Record a publication, for those that come after it."""
    if destination.keeps:
        destination.write(history_place(manifest.generation), bytes_from_record(manifest))
    destination.write(MANIFEST_PLACE, bytes_from_record(manifest))


def _generations(there: Iterable[str]) -> list[str]:
    """The places of the recorded publications, the oldest first."""
    return sorted(place for place in there if place.startswith(HISTORY))


def _keep_only(
    destination: Destination, there: Iterable[str], remaining: Iterable[str], wanted: Iterable[str]
) -> None:
    """Remove all other publications and kept files. Manifests are removed first, so that none of
    them names a file that is gone.
    """
    keep = {*remaining, *wanted}
    for place in (*_generations(there), *(place for place in there if place.startswith(KEPT))):
        if place not in keep:
            destination.remove(place)


def _of_episode(
    files: Mapping[str, PublishedFile], slugs: Collection[str]
) -> dict[str, PublishedFile]:
    return {place: entry for place, entry in files.items() if place.partition("/")[0] in slugs}


def _files(destination: Destination, place: str) -> Iterable[PublishedFile]:
    with suppress(PublishError):  # a damaged manifest keeps no file
        manifest = _read(destination, place)
        return manifest.files.values() if manifest else ()
    return ()


def _read(destination: Destination, place: str) -> Manifest | None:
    content = destination.read(place)
    if content is None:
        return None
    where = destination.shown(place)
    remedy = message("Delete it: everything is then uploaded again, and nothing is lost.")
    try:
        manifest = record_from_bytes(content, Manifest, where)
    except WorkspaceError as error:
        raise PublishError(error.where, message("is damaged"), remedy) from None
    # A person who can write to the destination must not choose what is written elsewhere.
    for fault in _faults(manifest):
        raise PublishError(where, fault, remedy)
    return manifest


def _faults(manifest: Manifest) -> Iterator[str]:
    """The impossible values of a manifest."""
    for place in (*manifest.files, *manifest.superseded):
        if fault := invalid_place_reason(place):
            yield message("names a file that {fault}: {place!r}", fault=fault, place=place[:80])
    for moment in (manifest.published, *manifest.superseded.values()):
        if moment.tzinfo is None or moment.year > _LAST_YEAR:
            yield message("names an invalid date and time: {moment}", moment=moment.isoformat())
    for entry in manifest.files.values():
        if not _SHA256.fullmatch(entry.sha256):
            yield message("names an invalid SHA-256: {sha256!r}", sha256=entry.sha256[:80])
    for generation in filter(None, (manifest.generation, manifest.restores)):
        if not _GENERATION.fullmatch(generation):
            yield message(
                "names an invalid publication: {generation!r}", generation=generation[:80]
            )
