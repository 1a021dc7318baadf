"""The sound that listeners have: a change of the show's jingles, levels or tags does not reach
published episodes unasked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from studio.errors import WorkspaceError
from studio.messages.message import message
from studio.model.record import Record, bytes_from_record, record_from_bytes
from studio.model.show import Show, ShowSound
from studio.workspace.digest import digest_from_file
from studio.workspace.disk import copy_file, remove_quietly, write_file
from studio.workspace.layout import Workspace

if TYPE_CHECKING:
    from studio.workspace.sources import EpisodeSources, ShowSources


class Branding(Record, frozen=True):
    """What the show gives to the sound of an episode: jingles, levels, and what its tag says of the
    show.

    :param cover: the picture in the tag; a path below ``feed/`` or, for a published episode, below
        Studio's own notes, as ``opening`` and ``closing`` are.
    """

    sound: ShowSound
    cover: str
    title: str
    author: str
    base_url: str
    opening: str = ""
    closing: str = ""


class PublishedSound(Record, frozen=True):
    """The sound of an episode as it was published.

    :param media_sha256: the MP3's.
    """

    media_sha256: str
    media_bytes: int
    branding: Branding


def branding_of_show(show: Show) -> Branding:
    """What the show gives now; paths are names in ``feed/``."""
    return Branding(
        sound=show.sound,
        cover=show.cover,
        title=show.title,
        author=show.author,
        base_url=show.base_url,
        opening=show.sound.opening,
        closing=show.sound.closing,
    )


def read_published(workspace: Workspace, slug: str) -> PublishedSound | None:
    """The sound of an episode as it was published from this workspace; None where it was not.

    :raises WorkspaceError: the note is damaged, or what it names is lost.
    """
    note = workspace.published_note(slug)
    try:
        content = note.read_bytes()
    except FileNotFoundError:
        return None
    published = record_from_bytes(content, PublishedSound, note)
    for name in filter(
        None, (published.branding.cover, published.branding.opening, published.branding.closing)
    ):
        if not workspace.published_file(name).is_file():
            what = message(
                "names {name}, with which {slug} was published, and it is gone",
                name=name,
                slug=slug,
            )
            raise WorkspaceError(
                note,
                what,
                message(
                    "Put it back, or `studio run {slug} --renew-sound`: it then gets the "
                    "show's present sound.",
                    slug=slug,
                ),
            )
    return published


def note_published(show: ShowSources) -> None:
    """Note with what each published episode was made, once its feed is public. Its jingles and its
    cover are kept as they are.

    :raises DiskError: the disk is full or the folder not writable.
    """
    workspace = show.workspace
    for episode in show.published:
        enclosure = episode.enclosure()
        before = read_published(workspace, episode.slug)
        branding = before.branding if before else _kept(show)
        note = PublishedSound(
            media_sha256=enclosure.sha256, media_bytes=enclosure.length_bytes, branding=branding
        )
        if note != before:
            write_file(workspace.published_note(episode.slug), bytes_from_record(note))


def renew_sound(workspace: Workspace, slugs: Iterable[str]) -> None:
    """Let published episodes have the show's present sound when they are built next."""
    for slug in slugs:
        remove_quietly(workspace.published_note(slug))


def heard_again(episodes: Iterable[EpisodeSources]) -> dict[str, int]:
    """The published episodes whose sound is not what was published any more, with the size in bytes
    of what listeners would load again.
    """
    found = {}
    for episode in episodes:
        published = read_published(episode.workspace, episode.slug)
        if published is not None and episode.files.enclosure.is_file():
            enclosure = episode.enclosure()
            if enclosure.sha256 != published.media_sha256:
                found[episode.slug] = enclosure.length_bytes
    return found


def _kept(show: ShowSources) -> Branding:
    """What the show gives now, its files kept under names of their content."""
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


def told_again(sizes: dict[str, int]) -> Iterator[str]:
    """A sentence on what listeners would load again; none where that is nothing."""
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
