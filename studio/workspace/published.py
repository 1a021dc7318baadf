"""The published audio: a change of the show's jingles, levels or tags does not reach published
episodes unasked.
"""

from __future__ import annotations

from studio.errors import WorkspaceError
from studio.file_access import read_file
from studio.messages.message import message
from studio.model.record import Record, record_from_bytes
from studio.model.show import Show, ShowSound
from studio.workspace.layout import Workspace


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
    :param guid: the episode's; empty in a note of an earlier Studio.
    """

    media_sha256: str
    media_bytes: int
    branding: Branding
    guid: str = ""


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
