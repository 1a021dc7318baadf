"""Send a tree of files to the destination: only changed files, in an order in which every file is
there before another one names it.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from studio.errors import PublishError
from studio.file_access import read_text, refuse_link
from studio.messages.message import message, plural_message
from studio.model.record import Record, bytes_from_record, replace_fields
from studio.progress import Progress, no_progress
from studio.publish.destination import Destination
from studio.publish.destination_lock import DestinationLock
from studio.publish.manifest import (
    MANIFEST_PLACE,
    Manifest,
    forget_all_earlier,
    forget_old_publications,
    forget_publications,
    keep_file,
    kept_place,
    read_manifest,
    record_publication,
    whole_manifest,
)
from studio.publish.site_files import PublishedFile, sending_order
from studio.publish.withdrawal import (
    PublicationRequest,
    files_to_delete,
    forgotten_slugs,
    removed_since,
    superseded_since,
)
from studio.temporary_folder import FRESH
from studio.web.addresses import FEED_PLACE
from studio.web.media_types import type_from_place

# The clocks of two machines may differ by this much.
CLOCK_SLACK = datetime.timedelta(minutes=10)
# A file of at least this size that exists at the destination under another name is copied there.
# Sending a smaller one takes no longer than reading it back twice.
COPY_BYTES = 1_000_000


class FileChange(Record, frozen=True):
    """One file that a publication sends or removes, and why."""

    place: str
    action: str
    size_bytes: int = 0


class Plan(Record, frozen=True):
    """The steps of a publication, in order.

    :param sends: the files to send.
    :param gone: files at the destination that this publication does not name: kept for a time, or
        removed.
    :param leaves: those of them that it removes.
    :param again: sound that replaces other sound of a published episode: apps may download it
        again.
    :param kept: the number of files that are there already.
    """

    sends: tuple[FileChange, ...]
    gone: tuple[FileChange, ...]
    kept: int
    leaves: frozenset[str] = frozenset()
    again: tuple[FileChange, ...] = ()


class PublicationOutcome(Record, frozen=True):
    """The result of a publication.

    :param remarks: further sentences for the person who publishes.
    """

    plan: Plan
    manifest: Manifest
    remarks: tuple[str, ...] = ()


class _Journal:
    """The files that an interrupted publication had already sent: one line for each file, stored on
    this machine for one destination and manifest.
    """

    def __init__(self, path: Path, destination: Destination, manifest: Manifest | None) -> None:
        self._path = path
        self._head = f"{destination.name} {manifest.generation if manifest else '-'}"

    def read(self) -> dict[str, str]:
        """The recorded files: SHA-256 by place."""
        try:
            head, *lines = read_text(self._path).split("\n")
        except FileNotFoundError:
            return {}
        # The last line may be incomplete after a kill.
        if head != self._head:
            return {}
        found = (line.partition(" ") for line in lines[:-1])
        return {place: sha256 for sha256, _, place in found}

    @contextmanager
    def writing(self, known: Mapping[str, str]) -> Iterator[_Journal]:
        """Keep the known files and add new ones; deleted when the block ends without an error."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            refuse_link(self._path)
            self._stream = self._path.open("w", encoding="utf-8", newline="\n")
        except OSError as error:
            raise PublishError(
                self._path,
                message("cannot be written ({reason})", reason=error.strerror),
                message("Check the disk, then publish again."),
            ) from error
        with self._stream:
            self._stream.write(
                "".join(
                    [f"{self._head}\n", *(f"{sha256} {place}\n" for place, sha256 in known.items())]
                )
            )
            self._stream.flush()
            yield self
        with suppress(OSError):  # the manifest is newer, so that this file is not read again
            self._path.unlink()

    def add(self, place: str, sha256: str) -> None:
        """Record that a file was put in place."""
        self._stream.write(f"{sha256} {place}\n")
        self._stream.flush()


def plan_publication(destination: Destination, request: PublicationRequest, journal: Path) -> Plan:
    """Plan a publication without writing anything."""
    manifest = read_manifest(destination)
    known = _known(manifest, _Journal(journal, destination, manifest))
    return _plan(request, destination.sizes(), known, manifest, datetime.datetime.now(datetime.UTC))


def fetch_files(
    destination: Destination, earlier: Manifest, journal: Path, folder: Path
) -> dict[str, Path]:
    """Download the files of an earlier publication that are no longer public and that a rollback
    must send.

    :param folder: the folder for the files.
    :raises PublishError: a file is lost.
    """
    there, tree = destination.sizes(), {}
    for number, change in enumerate(
        plan_publication(destination, PublicationRequest(entries=earlier.named), journal).sends
    ):
        sha256 = earlier.files[change.place].sha256
        if kept_place(sha256) not in there:
            raise PublishError(
                f"{destination.name}/{change.place}",
                message("was not kept"),
                message("Build that state again, and publish it."),
            )
        tree[change.place] = folder / str(number)
        destination.fetch(kept_place(sha256), tree[change.place], sha256)
    return tree


def _known(manifest: Manifest | None, journal: _Journal) -> dict[str, str]:
    """The recorded SHA-256 of the files at the destination, by place."""
    return {
        place: entry.sha256 for place, entry in (manifest.files if manifest else {}).items()
    } | journal.read()


def _plan(
    request: PublicationRequest,
    sizes: Mapping[str, int],
    known: Mapping[str, str],
    manifest: Manifest | None,
    now: datetime.datetime,
) -> Plan:
    entries = request.entries
    differing = [
        place
        for place, entry in entries.items()
        if known.get(place) != entry.sha256 or sizes.get(place) != entry.size_bytes
    ]
    sends = [
        FileChange(
            place=place,
            action="changed" if place in sizes else "new",
            size_bytes=entries[place].size_bytes,
        )
        for place in sending_order(differing)
    ]
    leaves = files_to_delete(request, manifest, sizes, now)
    gone = dict.fromkeys((*(manifest.files if manifest else ()), *sorted(leaves)))
    changes = tuple(
        FileChange(place=place, action="gone")
        for place in gone
        if place not in entries and place in sizes
    )
    again = tuple(_heard_again(sends, entries, manifest))
    return Plan(
        sends=tuple(sends), gone=changes, kept=len(entries) - len(sends), leaves=leaves, again=again
    )


def _heard_again(
    sends: Iterable[FileChange], entries: Mapping[str, PublishedFile], manifest: Manifest | None
) -> Iterator[FileChange]:
    sounds = [change for change in sends if type_from_place(change.place) == "audio/mpeg"]
    if not sounds:
        return
    before = {
        place: entry
        for place, entry in (manifest.files if manifest else {}).items()
        if type_from_place(place) == "audio/mpeg"
    }
    folders = {place.rpartition("/")[0] for place in before}
    known = {entry.sha256 for entry in before.values()}
    for change in sounds:
        is_heard = change.place.rpartition("/")[0] in folders
        if is_heard and entries[change.place].sha256 not in known:
            yield change


def _refuse_wrong_clock(manifest: Manifest | None, now: datetime.datetime) -> None:
    """Refuse to publish at a time before the last publication: pages and feed would have wrong
    dates.

    :raises PublishError: this machine's clock is wrong.
    """
    if manifest is not None and manifest.published > now + CLOCK_SLACK:
        raise PublishError(
            message("this machine's clock"),
            message("says {now:%Y-%m-%d %H:%M} UTC, before the last publication", now=now),
            message("Set the clock right, then publish again."),
        )


def _describe_forgotten(publications: int, slug: str) -> str:
    """Which earlier publications can no longer be restored after an episode was removed."""
    return plural_message(
        "{count} earlier publication had {slug}, and cannot be brought back",
        "{count} earlier publications had {slug}, and cannot be brought back",
        publications,
        slug=slug,
    )


def publish_tree(
    hold: DestinationLock,
    destination: Destination,
    tree: Mapping[str, Path],
    request: PublicationRequest,
    *,
    journal: Path,
    progress: Progress = no_progress,
) -> PublicationOutcome:
    """Publish a tree: send changed files, verify each and put it in place atomically, the feed
    last. Progress counts bytes.

    After any interruption every file that the public feed names is there, and the next run
    continues where this one stopped. The caller holds the workspace, too.

    :param hold: the right to change the destination.
    :param tree: the files, sent if they are not there yet.
    :param journal: a file on this machine that lists the sent files until all are sent.
    :raises PublishError: the destination cannot be reached, refuses or is full.
    """
    # 1. Remove leftovers of interrupted runs, read what is published.
    there, sentences = _tidy(destination)
    manifest = read_manifest(destination)
    now = datetime.datetime.now(datetime.UTC)
    _refuse_wrong_clock(manifest, now)
    notes = _Journal(journal, destination, manifest)
    # 2. Compare with the tree: what is sent, kept and left.
    plan = _plan(request, there, _known(manifest, notes), manifest, now)
    before = whole_manifest(destination, manifest)
    # 3. Send, verify, and record the publication while old files are still there.
    with notes.writing(
        {place: sha256 for place, sha256 in notes.read().items() if place in request.entries}
    ):
        _send(
            hold,
            destination,
            tree,
            request,
            plan,
            manifest=manifest,
            before=before,
            there=there,
            notes=notes,
            progress=progress,
        )
        hold.prove()
        forgotten = forgotten_slugs(request, manifest)
        # Before anything is recorded: a run that is interrupted here starts from the beginning.
        if forgotten and (earlier := forget_publications(destination, request.entries, forgotten)):
            sentences.append(_describe_forgotten(earlier, request.forget))
        fresh = _manifest_before_leaving(request, plan, manifest, now)
        if fresh != manifest:
            record_publication(destination, fresh)
    # Only now does no page or feed name them any more.
    if plan.leaves:
        fresh = _remove(destination, plan, before, fresh, there, forgotten=forgotten)
    if manifest is None or fresh.generation != manifest.generation:
        forget_old_publications(destination)
    return PublicationOutcome(plan=plan, manifest=fresh, remarks=tuple(sentences))


def finish_publication(destination: Destination, manifest: Manifest) -> None:
    """Record that the person who asked for a publication was told that it is done: the next call is
    a new request.

    The caller still holds the destination.
    """
    if not manifest.finished:
        record_publication(destination, replace_fields(manifest, finished=True))


def _tidy(destination: Destination) -> tuple[dict[str, int], list[str]]:
    """Move Studio's own files out of the served folder and remove temporary files of killed runs.
    Return the sizes of the remaining files by place, and sentences for the person.
    """
    sentences: list[str] = []
    if moved := destination.move_notes():
        sentences.append(
            message(
                "Earlier publications were kept where visitors could read them ({moved} "
                "files): they are in {notes} now",
                moved=moved,
                notes=destination.notes,
            )
        )
    if not destination.keeps:
        forget_all_earlier(destination)
        sentences.append(
            message(
                "Nothing is kept for a rollback: {name} has no folder that is not served; set "
                "`history` in [publish] to one",
                name=destination.name,
            )
        )
    there = destination.sizes()
    unfinished = [place for place in there if place.rpartition("/")[2].startswith(FRESH)]
    for place in unfinished:
        destination.remove(place)
        del there[place]
    return there, sentences


def _send(
    hold: DestinationLock,
    destination: Destination,
    tree: Mapping[str, Path],
    request: PublicationRequest,
    plan: Plan,
    *,
    manifest: Manifest | None,
    before: Manifest | None,
    there: Mapping[str, int],
    notes: _Journal,
    progress: Progress,
) -> None:
    """Put every missing file in place."""
    if lost := [change.place for change in plan.sends if change.place not in tree]:
        raise PublishError(
            f"{destination.name}/{lost[0]}",
            message("has changed meanwhile"),
            message("Do the same again."),
        )
    total, done = sum(change.size_bytes for change in plan.sends), 0
    if manifest is not None and plan.sends:
        # If this is interrupted, the record must not name files that were replaced.
        settled = {
            place: entry
            for place, entry in manifest.files.items()
            if place not in {change.place for change in plan.sends}
        }
        destination.write(
            MANIFEST_PLACE, bytes_from_record(replace_fields(manifest, files=settled))
        )
    # Renamed files are copied on the server where it already has the same content, if that is
    # worth a request.
    elsewhere = {
        entry.sha256: place
        for place, entry in (manifest.files if manifest else {}).items()
        if entry.size_bytes >= COPY_BYTES and there.get(place) == entry.size_bytes
    }
    for change in plan.sends:
        # The feed makes everything else visible, so the lock is verified once more right before
        # it.
        if change.place == FEED_PLACE:
            hold.prove()
        # The former version goes to the history before it is replaced.
        keep_file(destination, before, change.place, there)
        sha256 = request.entries[change.place].sha256
        if not _copied(destination, elsewhere.get(sha256), change.place, sha256):
            destination.put(tree[change.place], change.place, sha256)
        notes.add(change.place, sha256)
        done += change.size_bytes
        progress(done, total)


def _copied(destination: Destination, source: str | None, place: str, sha256: str) -> bool:
    """Copy a file from another place at the destination, as for an episode's sound under a new
    name; return whether that was possible.
    """
    if source is None or source == place:
        return False
    with suppress(PublishError):  # the source has changed, so that the file is sent
        destination.copy(source, place, sha256)
        return True
    return False


def _manifest_before_leaving(
    request: PublicationRequest, plan: Plan, manifest: Manifest | None, now: datetime.datetime
) -> Manifest:
    """The publication as recorded before old files are removed: if the removal is interrupted, the
    next publication repeats it.
    """
    # Files that are to be removed are still there and still recorded.
    stays = {
        change.place: entry
        for change in plan.gone
        if manifest and (entry := manifest.files.get(change.place))
    }
    files = {**stays, **request.entries}
    superseded = superseded_since(request, manifest, stays, plan.leaves & stays.keys(), now)
    departed = removed_since(request, manifest, forgotten_slugs(request, manifest))
    if (
        manifest is not None
        and not plan.sends
        and not request.restores
        and dict(request.entries) == manifest.named
    ):
        # Visitors see the same publication: a rollback goes to the one before it.
        return replace_fields(
            manifest,
            files=files,
            superseded=superseded,
            heard=dict(request.heard),
            departed=departed,
        )
    return Manifest(
        generation=f"{now:%Y%m%dT%H%M%S.%fZ}",
        published=now,
        files=files,
        restores=request.restores,
        superseded=superseded,
        heard=dict(request.heard),
        departed=departed,
        finished=not request.restores,
    )


def _remove(
    destination: Destination,
    plan: Plan,
    before: Manifest | None,
    fresh: Manifest,
    there: Mapping[str, int],
    *,
    forgotten: Collection[str],
) -> Manifest:
    """Remove the files that leave, and record the publication without them."""
    for place in sorted(plan.leaves):
        if place.partition("/")[0] not in forgotten:
            keep_file(destination, before, place, there)
        destination.remove(place)
    remaining = replace_fields(
        fresh,
        files={place: entry for place, entry in fresh.files.items() if place not in plan.leaves},
        superseded={
            place: since for place, since in fresh.superseded.items() if place not in plan.leaves
        },
    )
    record_publication(destination, remaining)
    return remaining
