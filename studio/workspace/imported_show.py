"""Import a show from another host: its settings from its feed, in a new workspace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from studio.artwork.cover import make_cover
from studio.artwork.fitting import fitted_picture
from studio.download.client import Client
from studio.download.feeds import is_address, load_pages
from studio.errors import StudioError, WorkspaceError
from studio.feed.guid import guid_from_url
from studio.feed.imported_feed import (
    FeedEpisode,
    FeedShow,
    episode_from_item,
    plain_title,
    show_from_channel,
)
from studio.feed.lenient_parsing import LenientFeed, joined_feed, parse_leniently, strict_feed
from studio.file_access import read_file
from studio.messages.message import message
from studio.model.record import Record, bytes_from_record, record_from_bytes, replace_fields
from studio.model.show import Category, Owner, Show
from studio.web.addresses import placeholder_base_url
from studio.web.slugs import slug_from_text
from studio.workspace.disk import errors_name_place, make_folder, new_folder, write_file
from studio.workspace.init import GITIGNORE
from studio.workspace.layout import Workspace
from studio.workspace.settings import toml_from_show

# The category if the former host had no Apple category.
_CATEGORY = Category(name="Society & Culture")


class ImportNote(Record, frozen=True):
    """``.studio/import/import.json``: the source of the show.

    :param source: the feed's address, or the path of its file.
    """

    source: str


class LoadedFeed(NamedTuple):
    """A parsed feed of another host.

    :param address: its URL for apps; empty if neither the user nor the feed gives it.
    :param remarks: repairs and irregularities, a sentence each.
    :param paged: number of episodes on its first page; 0 if it has a single page.
    """

    source: str
    address: str
    parsed: LenientFeed
    show: FeedShow
    episodes: tuple[FeedEpisode, ...]
    remarks: tuple[str, ...]
    paged: int


def load_feed(source: str, client: Client) -> LoadedFeed:
    """Load a feed with all its pages.

    :raises StudioError: it cannot be loaded, or is not a podcast feed.
    """
    pages = [parse_leniently(content, url) for url, content in load_pages(source, client)]
    parsed = joined_feed(pages)
    show = show_from_channel(parsed)
    address = source if is_address(source) else show.itself
    if not show.title:
        raise WorkspaceError(
            source,
            message("does not name a show: it has no title"),
            message("Give a podcast's feed."),
        )
    remarks: list[str] = [message("repaired: {one}", one=one) for one in parsed.repaired]
    remarks += [
        message("Apple has no category “{name}”: left out", name=name)
        for name in show.unknown_categories
    ]
    remarks += [
        message("{name} of the show is left out: Studio has no setting for it", name=name)
        for name in show.left_out
    ]
    if show.moved and show.moved != address:
        remarks.append(
            message(
                "the feed has moved to {address}: new episodes are there",
                address=show.moved,
            )
        )
    episodes = _distinct_episodes([episode_from_item(item) for item in parsed.items], remarks)
    if not any(one.enclosure for one in episodes):
        raise WorkspaceError(
            source,
            message("announces no sound: it is not a podcast's feed"),
            message("Give a podcast's feed."),
        )
    return LoadedFeed(
        source=source,
        address=address,
        parsed=parsed,
        show=show,
        episodes=tuple(episodes),
        remarks=tuple(remarks),
        paged=len(pages[0].items) if len(pages) > 1 else 0,
    )


def _distinct_episodes(episodes: list[FeedEpisode], remarks: list[str]) -> list[FeedEpisode]:
    """The episodes with unique guids: of those that share one, apps only show the first."""
    apart: list[FeedEpisode] = []
    seen: dict[str, FeedEpisode] = {}
    for one in episodes:
        if one.guid in seen:
            other = seen[one.guid]
            if one.enclosure == other.enclosure:
                remarks.append(message("“{title}” is there twice: taken once", title=one.title))
                continue
            # Apps never showed it under the shared guid; its audio identifies it.
            guid = one.enclosure.url if one.enclosure else f"{one.guid}#{len(apart)}"
            if guid in seen:
                guid = f"{guid}#{len(apart)}"
            remarks.append(
                message(
                    "“{title}” has the guid of “{other}”: it gets {guid}",
                    title=one.title,
                    other=other.title,
                    guid=guid,
                )
            )
            one = one._replace(guid=guid)  # noqa: PLW2901 - the same episode
        seen[one.guid] = one
        apart.append(one)
    return apart


def open_import(
    root: Path,
    former: LoadedFeed,
    client: Client,
    *,
    base_url: str = "",
    hosted: bool = False,
    report: Callable[[str], None] = lambda _: None,
) -> Workspace:
    """The workspace for the imported show: a new one, or one with an interrupted import.

    :param root: a new or empty folder, or one with an import of the same feed.
    :param base_url: URL of the published site.
    :param hosted: the feed stays at its host.
    :raises WorkspaceError: the folder has other content.
    """
    root = root.absolute()
    workspace = Workspace(root)
    note = import_folder(workspace) / "import.json"
    if note.is_file():
        known = record_from_bytes(read_file(note), ImportNote, note)
        if known.source != former.source:
            raise WorkspaceError(
                root,
                message("has the import of {source}", source=known.source),
                message("Choose a new folder for another feed."),
            )
        return workspace
    with errors_name_place(root):
        if root.exists() and (not root.is_dir() or any(root.iterdir())):
            raise WorkspaceError(root, message("is not empty"), message("Choose a new folder."))
        if root.exists():
            root.rmdir()
    with new_folder(root) as folder:
        _fill(Workspace(folder), former, client, base_url, report, hosted=hosted)
    return workspace


def import_folder(workspace: Workspace) -> Path:
    """The folder for an import's downloads and state."""
    return workspace.state / "import"


def _fill(
    made: Workspace,
    former: LoadedFeed,
    client: Client,
    base_url: str,
    report: Callable[[str], None],
    *,
    hosted: bool,
) -> None:
    for part in (made.feed, made.root / "episodes", made.root / "transcripts"):
        make_folder(part)
    make_folder(import_folder(made))
    cover, content = _cover(former.show, client, report)
    write_file(made.show_file(cover), content)
    write_file(made.gitignore, GITIGNORE)
    write_file(import_folder(made) / "feed.xml", strict_feed(former.parsed))
    write_file(
        import_folder(made) / "import.json", bytes_from_record(ImportNote(source=former.source))
    )
    show = show_from_feed(former, base_url, cover)
    if hosted:
        show = replace_fields(show, hosted=former.address)
    write_file(made.settings, toml_from_show(show))


def _cover(show: FeedShow, client: Client, report: Callable[[str], None]) -> tuple[str, bytes]:
    """The cover's name and its downloaded bytes, or a drawn cover."""
    if show.image:
        try:
            content = client.fetch(show.image).content
            fitted_picture(content, show.image)
        except StudioError as error:
            report(
                message(
                    "no cover: {where} {what}; one was drawn", where=error.where, what=error.what
                )
            )
        else:
            return f"cover{picture_suffix(content)}", content
    return "cover.jpg", make_cover(show.title, show.author or show.title)


def picture_suffix(content: bytes) -> str:
    """The suffix of a picture by its first bytes."""
    if content.startswith(b"\x89PNG"):
        return ".png"
    return ".webp" if content[8:12] == b"WEBP" else ".jpg"


def show_from_feed(former: LoadedFeed, base_url: str, cover: str) -> Show:
    """The show's settings, as in the former feed."""
    show = former.show
    base = (
        base_url.rstrip("/") + "/" if base_url else placeholder_base_url(slug_from_text(show.title))
    )
    computed = guid_from_url(former.address) if former.address else ""
    hosts = [person.name for person in show.persons if "host" in person.role.lower()]
    author = show.author or show.owner.name or show.title
    return Show(
        title=show.title,
        description=show.description or f"{show.title}.",
        base_url=base,
        guid=show.guid or computed or guid_from_url(f"{base}feed.xml"),
        guid_given=bool(show.guid) and show.guid != computed,
        first_feed_url=former.address,
        author=author,
        host=hosts[0] if hosts else author,
        categories=show.categories or (_CATEGORY,),
        owner=Owner(name=show.owner.name or author, email=show.owner.email),
        language=show.language or "fr",
        link=show.link,
        cover=cover,
        copyright=show.copyright,
        license=show.license,
        license_url=show.license_url,
        explicit=show.explicit,
        locked=show.locked,
        type=show.type,
        location=show.location,
        locations=show.locations,
        block=show.block,
        block_platforms=show.block_platforms,
        complete=show.complete,
        seasons=show.seasons,
        publisher=show.publisher,
        chat=show.chat,
        social_interact=show.social_interact,
        persons=show.persons,
        funding=show.funding,
        txt=show.txt,
        podroll=show.podroll,
        update_frequency=show.update_frequency,
        # Apps without support for paged feeds would lose episodes: an unpaged feed stays unpaged.
        page_episodes=former.paged,
    )


def named(episode: FeedEpisode) -> str:
    """The name of an episode in messages."""
    return f"“{plain_title(episode.title) or episode.guid}”"
