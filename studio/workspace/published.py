"""The published audio: a change of the show's jingles, levels or tags is not applied to published
episodes unless requested.
"""

from __future__ import annotations

from studio.errors import WorkspaceError
from studio.file_access import read_file
from studio.messages.message import message
from studio.model.record import Record, record_from_bytes
from studio.model.show import Show, ShowSound
from studio.workspace.layout import Workspace


class Branding(Record, frozen=True):
    """The show's part of an episode's audio: jingles, levels, and the show's data in its tag.

    :param cover: the picture in the tag; a path below ``feed/`` or, for a published episode, below
        Studio's own state, like ``opening`` and ``closing``.
    """

    sound: ShowSound
    cover: str
    title: str
    author: str
    base_url: str
    opening: str = ""
    closing: str = ""


class PublishedSound(Record, frozen=True):
    """The record of an episode's published audio.

    :param media_sha256: hash of the MP3. :param guid: the episode's; empty if written by an earlier
        version.
    """

    media_sha256: str
    media_bytes: int
    branding: Branding
    guid: str = ""


def branding_of_show(show: Show) -> Branding:
    """The show's current branding; paths are names in ``feed/``."""
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
    """The record of an episode's audio as published from this workspace, or None.

    :raises WorkspaceError: the record is damaged, or a file that it refers to is missing.
    """
    note = workspace.published_note(slug)
    try:
        content = read_file(note)
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
