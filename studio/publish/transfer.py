"""From a tree of files to the destination: only what changed, in an order in which nothing is named
before it is there.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from studio.errors import PublishError
from studio.model.record import Record, bytes_from_record, replace_fields
from studio.progress import Progress, no_progress
from studio.publish.destination import FRESH, Destination
from studio.publish.destination_lock import lock_destination
from studio.publish.files import FEED_PLACE, Entry, entries_from_tree, sending_order
from studio.publish.manifest import (
    LEDGER_PLACE,
    Manifest,
    earlier_manifest,
    forget_old_publications,
    keep_file,
    kept_place,
    read_manifest,
    record_publication,
    whole_manifest,
)

# Clocks of two machines differ by less.
CLOCK_SLACK = datetime.timedelta(minutes=10)


class Change(Record, frozen=True):
    """One file that a publication sends or removes, and why."""

    place: str
    action: str
    size_bytes: int = 0


class Plan(Record, frozen=True):
    """What a publication would do, in order.

    :param sends: the files that are sent.
    :param gone: files of the last publication that this one has not: left there unless they are to
        be pruned.
    :param kept: how many files are there already.
    """

    sends: tuple[Change, ...]
    gone: tuple[Change, ...]
    kept: int


class _Journal:
    """What an interrupted publication had already put in place: a line a file, on this machine, for
    one destination and ledger.
    """

    def __init__(self, path: Path, destination: Destination, manifest: Manifest | None) -> None:
        self._path = path
        self._head = f"{destination.name} {manifest.generation if manifest else '-'}"

    def read(self) -> dict[str, str]:
        """SHA-256 by place."""
        try:
            head, *lines = self._path.read_text(encoding="utf-8").split("\n")
        except FileNotFoundError:
            return {}
        # The last line may be half: what a killed run was writing.
        if head != self._head:
            return {}
        found = (line.partition(" ") for line in lines[:-1])
        return {place: sha256 for sha256, _, place in found}

    @contextmanager
    def writing(self, known: Mapping[str, str]) -> Iterator[_Journal]:
        """Keep what is known and add to it; forgotten when the block ends well."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = self._path.open("w", encoding="utf-8", newline="\n")
        except OSError as error:
            raise PublishError(
                self._path,
                f"cannot be written ({error.strerror})",
                "Check the disk, then publish again.",
            ) from error
        with self._stream:
            self._stream.write(
                "".join(
                    [f"{self._head}\n", *(f"{sha256} {place}\n" for place, sha256 in known.items())]
                )
            )
            self._stream.flush()
            yield self
        with suppress(OSError):  # the ledger knows more: it is not read again
            self._path.unlink()

    def add(self, place: str, sha256: str) -> None:
        """A file was put in place."""
        self._stream.write(f"{sha256} {place}\n")
        self._stream.flush()


def plan_publication(destination: Destination, entries: Mapping[str, Entry], journal: Path) -> Plan:
    """What a publication of these files would do now. Nothing is written."""
    manifest = read_manifest(destination)
    return _plan(
        entries,
        destination.sizes(),
        _known(manifest, _Journal(journal, destination, manifest)),
        manifest,
    )


def find_earlier(destination: Destination) -> Manifest:
    """The publication before the live one.

    :raises PublishError: nothing was published yet, or nothing earlier is kept.
    """
    live = read_manifest(destination)
    if live is None:
        raise PublishError(
            destination.name, "has no publication yet", "Publish first: `studio publish`."
        )
    return earlier_manifest(destination, live)


def fetch_files(
    destination: Destination, earlier: Manifest, journal: Path, folder: Path
) -> dict[str, Path]:
    """Bring here what an earlier publication had and is public no more: what bringing it back must
    send.

    :param folder: where to put the files.
    :raises PublishError: a file is lost.
    """
    there, tree = destination.sizes(), {}
    for number, change in enumerate(plan_publication(destination, earlier.files, journal).sends):
        sha256 = earlier.files[change.place].sha256
        if kept_place(sha256) not in there:
            raise PublishError(
                f"{destination.name}/{change.place}",
                "was not kept",
                "Build that state again, and publish it.",
            )
        tree[change.place] = folder / str(number)
        destination.fetch(kept_place(sha256), tree[change.place], sha256)
    return tree


def _known(manifest: Manifest | None, journal: _Journal) -> dict[str, str]:
    """The SHA-256 of what is there, by place, as far as it is on record."""
    return {
        place: entry.sha256 for place, entry in (manifest.files if manifest else {}).items()
    } | journal.read()


def _plan(
    entries: Mapping[str, Entry],
    sizes: Mapping[str, int],
    known: Mapping[str, str],
    manifest: Manifest | None,
) -> Plan:
    sends = []
    for place in sending_order(entries):
        entry = entries[place]
        if place not in sizes:
            sends.append(Change(place=place, action="new", size_bytes=entry.size_bytes))
        elif known.get(place) != entry.sha256 or sizes[place] != entry.size_bytes:
            sends.append(Change(place=place, action="changed", size_bytes=entry.size_bytes))
    gone = [
        Change(place=place, action="gone")
        for place in (manifest.files if manifest else {})
        if place not in entries and place in sizes
    ]
    return Plan(sends=tuple(sends), gone=tuple(gone), kept=len(entries) - len(sends))


def publish_tree(
    destination: Destination,
    tree: Mapping[str, Path],
    *,
    workspace: str,
    journal: Path,
    entries: Mapping[str, Entry] | None = None,
    prune: bool = False,
    take_over: bool = False,
    restores: str = "",
    progress: Progress = no_progress,
) -> tuple[Plan, Manifest]:
    """Bring a tree to the destination: what changed, each file whole, verified and in one step, the
    feed last. Progress counts bytes.

    Interrupted anywhere, what the public feed names is there, and the next run goes on where this
    one stopped. The caller holds the workspace.

    :param tree: the files that are sent where they are not there yet.
    :param journal: where on this machine is noted what was sent, until all is.
    :param entries: all files that will be public, where the tree has only some of them.
    :param restores: the generation that this publication brings back.
    :raises PublishError: the destination cannot be reached, refuses, is full or held by another
        publication.
    """
    with lock_destination(destination, workspace, take_over=take_over) as hold:
        manifest = read_manifest(destination)
        now = datetime.datetime.now(datetime.UTC)
        if manifest is not None and manifest.published > now + CLOCK_SLACK:
            raise PublishError(
                "this machine's clock",
                f"says {now:%Y-%m-%d %H:%M} UTC, before the last publication",
                "Set the clock right, then publish again.",
            )
        if entries is None:
            entries = entries_from_tree(tree)
        notes = _Journal(journal, destination, manifest)
        known = _known(manifest, notes)
        there = destination.sizes()
        plan = _plan(entries, there, known, manifest)
        before = whole_manifest(destination, manifest)
        if lost := [change.place for change in plan.sends if change.place not in tree]:
            raise PublishError(
                f"{destination.name}/{lost[0]}", "has changed meanwhile", "Do the same again."
            )
        total = sum(change.size_bytes for change in plan.sends)
        done = 0
        with notes.writing(
            {place: sha256 for place, sha256 in notes.read().items() if place in entries}
        ):
            if manifest is not None and plan.sends:
                # Should this be interrupted, nobody must take what was on record for what is there.
                settled = {
                    place: entry
                    for place, entry in manifest.files.items()
                    if place not in {change.place for change in plan.sends}
                }
                destination.write(
                    LEDGER_PLACE, bytes_from_record(replace_fields(manifest, files=settled))
                )
            for change in plan.sends:
                if change.place == FEED_PLACE:
                    hold.prove()
                keep_file(destination, before, change.place, there)
                destination.put(tree[change.place], change.place, entries[change.place].sha256)
                notes.add(change.place, entries[change.place].sha256)
                done += change.size_bytes
                progress(done, total)
            hold.prove()
            stays = (
                {}
                if prune
                else {
                    change.place: (manifest.files if manifest else {})[change.place]
                    for change in plan.gone
                }
            )
            fresh = Manifest(
                generation=f"{now:%Y%m%dT%H%M%S.%fZ}",
                published=now,
                files={**stays, **entries},
                restores=restores,
            )
            if plan.sends or manifest is None or restores or (prune and plan.gone):
                record_publication(destination, fresh)
            else:
                fresh = manifest
        # Only now, when no page and no feed names them any more.
        if prune:
            leftovers = [
                place for place in destination.sizes() if place.rpartition("/")[2].startswith(FRESH)
            ]
            for change in plan.gone:
                keep_file(destination, before, change.place, there)
            for place in (*(change.place for change in plan.gone), *leftovers):
                destination.remove(place)
        if fresh is not manifest:
            forget_old_publications(destination)
        return plan, fresh
