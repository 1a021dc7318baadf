"""Records of published audio: written at publication, changed at renewal, compared with later
builds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from studio.errors import WorkspaceError
from studio.file_access import read_file
from studio.messages.message import message
from studio.model.record import bytes_from_record, record_from_bytes, replace_fields
from studio.workspace.digest import digest_from_file
from studio.workspace.disk import copy_file, remove_quietly, write_file
from studio.workspace.layout import Workspace
from studio.workspace.published import (
    Branding,
    PublishedSound,
    branding_of_show,
    read_published,
)
from studio.workspace.sources import EpisodeSources, ShowSources


def new_notes(show: ShowSources) -> dict[str, PublishedSound]:
    """The new records of published episodes whose record is missing or outdated, by slug. Keeps
    copies of jingles and cover.

    :raises DiskError: the disk is full or the folder not writable.
    """
    notes: dict[str, PublishedSound] = {}
    for episode in show.published:
        enclosure = episode.enclosure()
        before = episode.published_sound
        branding = before.branding if before else _kept(show)
        note = PublishedSound(
            media_sha256=enclosure.sha256,
            media_bytes=enclosure.length_bytes,
            branding=branding,
            guid=episode.episode.guid,
        )
        if note != before:
            notes[episode.slug] = note
    return notes


def write_notes(workspace: Workspace, notes: Mapping[str, PublishedSound]) -> None:
    """Store notes, by slug.

    :raises DiskError: the disk is full or the folder not writable.
    """
    for slug, note in notes.items():
        write_file(workspace.published_note(slug), bytes_from_record(note))


def renew_sound(show: ShowSources, slugs: Iterable[str]) -> None:
    """Apply the show's current branding to published episodes at the next build. The published
    audio stays on record, to report what listeners would download again.

    :raises DiskError: the disk is full or the folder not writable.
    """
    for slug in slugs:
        note = show.workspace.published_note(slug)
        try:
            before = record_from_bytes(read_file(note), PublishedSound, note)
        except FileNotFoundError:
            continue
        except WorkspaceError:  # the published audio is unknown
            remove_quietly(note)
            continue
        write_file(note, bytes_from_record(replace_fields(before, branding=_kept(show))))


def changed_sound_bytes(episode: EpisodeSources) -> int:
    """The size of an episode's audio if it differs from the published one, so that listeners would
    download it again; 0 if it is unchanged, or was never published.

    :raises WorkspaceError: the record of the published audio is damaged.
    """
    published = read_published(episode.workspace, episode.slug)
    if published is None or not episode.files.enclosure.is_file():
        return 0
    enclosure = episode.enclosure()
    return 0 if enclosure.sha256 == published.media_sha256 else enclosure.length_bytes


def _kept(show: ShowSources) -> Branding:
    """The show's current branding, with its files stored by content hash."""
    branding = branding_of_show(show.show)
    files = {"cover": show.cover, "opening": show.opening, "closing": show.closing}
    kept = {field: _keep(show.workspace, path) if path else "" for field, path in files.items()}
    return Branding(
        sound=branding.sound,
        title=branding.title,
        author=branding.author,
        base_url=branding.base_url,
        **kept,
    )


def _keep(workspace: Workspace, path: Path) -> str:
    name = f"{digest_from_file(path)}{path.suffix.lower()}"
    if not workspace.published_file(name).is_file():
        copy_file(path, workspace.published_file(name))
    return name


def describe_changed_sound(sizes: dict[str, int]) -> Iterator[str]:
    """A sentence on audio that listeners would download again, or None."""
    if sizes:
        megabytes = sum(sizes.values()) / 1e6
        yield (
            message(
                "published sound changes, and listeners may download it again, "
                "{megabytes:.1f} MB in all: {sizes}",
                megabytes=megabytes,
                sizes=", ".join(sizes),
            )
        )
