"""A new workspace: a show without episodes, ready for its first one."""

from __future__ import annotations

from pathlib import Path

from studio.artwork.cover import make_cover
from studio.errors import WorkspaceError
from studio.feed.guid import guid_from_url
from studio.messages.message import message
from studio.model.show import Category, Owner, Show
from studio.model.turns import ends_sentence
from studio.sound.jingle import make_jingle
from studio.web.addresses import feed_address, placeholder_base_url
from studio.web.slugs import slug_from_text
from studio.web.url_parts import is_whole
from studio.workspace.disk import errors_name_place, make_folder, new_folder, write_file
from studio.workspace.layout import Workspace
from studio.workspace.settings import toml_from_show

JINGLE = "jingle.flac"
GITIGNORE = b"""# what Studio builds; people's files beside it are kept
/.studio/
/episodes/*/build/
/feed/feed.xml
/feed/site/
/transcripts/*/.journal/
# what guests were shown and answered stays on this machine
/transcripts/*/proofs/
.studio-new.*
"""


def _check_options(title: str, url: str) -> None:
    """Check the show's name and URL.

    :raises WorkspaceError: either is invalid.
    """
    if not title.strip():
        raise WorkspaceError("--title", message("is empty"), message("Give the show its name."))
    if url and not is_whole(url):
        raise WorkspaceError(
            "--url",
            message("is “{url}”, which is not a complete address", url=url),
            message("Write it like https://exemple.fr/podcast/."),
        )


def init_workspace(
    root: Path,
    *,
    title: str,
    url: str = "",
    host: str = "",
    author: str = "",
    description: str = "",
    email: str = "",
) -> Workspace:
    """Make a workspace with its show's settings, a cover and a jingle.

    :param root: a folder that does not exist or is empty.
    :param url: URL of the site; empty: a placeholder, to be replaced before publishing.
    :param host: who asks the questions; empty: the author.
    :param author: who makes the show; empty: its title.
    :param description: what it is about; empty: its title.
    :param email: the contact address for platforms; empty for none.
    :raises WorkspaceError: the folder is not empty, the title is empty, or the URL is invalid.
    :raises DiskError: it cannot be written.
    """
    _check_options(title, url)
    root = root.absolute()
    with errors_name_place(root):
        if root.exists() and (not root.is_dir() or any(root.iterdir())):
            raise WorkspaceError(root, message("is not empty"), message("Choose a new folder."))
    base_url = url.rstrip("/") + "/" if url else placeholder_base_url(slug_from_text(title))
    show = Show(
        title=title.strip(),
        description=description.strip() or _sentence_from(title.strip()),
        base_url=base_url,
        guid=guid_from_url(feed_address(base_url)) if url else "",
        author=author or title.strip(),
        host=host or author or title.strip(),
        categories=(Category(name="Society & Culture"),),
        owner=Owner(name=author or title.strip(), email=email.strip()),
        cover="cover.jpg",
    )
    if not root.exists():
        with new_folder(root) as folder:
            _fill(folder, show)
        return Workspace(root)
    # An empty folder is filled rather than replaced: a terminal may be in it.
    inside = root / "workspace"
    with new_folder(inside) as folder:
        _fill(folder, show)
    with errors_name_place(root):
        for made in sorted(
            inside.iterdir(), key=lambda path: path.name == "feed"
        ):  # last the file that makes it a workspace
            made.rename(root / made.name)
        inside.rmdir()
    return Workspace(root)


def _sentence_from(title: str) -> str:
    """A title as a sentence; « 3 questions à… » already ends with a mark."""
    return title if ends_sentence(title) else f"{title}."


def _fill(folder: Path, show: Show) -> None:
    made = Workspace(folder)
    for part in (made.feed, folder / "episodes", folder / "transcripts"):
        make_folder(part)
    write_file(made.show_file(show.cover), make_cover(show.title, show.author))
    make_jingle(made.show_file(JINGLE))
    write_file(made.gitignore, GITIGNORE)
    write_file(made.settings, toml_from_show(show))
