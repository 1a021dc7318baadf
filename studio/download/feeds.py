"""Read a whole feed, with all its pages, from an address or a file."""

from __future__ import annotations

from pathlib import Path

from studio.download.client import Client
from studio.errors import WorkspaceError, refuse_special_file
from studio.feed.lenient_parsing import next_page, parse_leniently
from studio.file_access import read_file
from studio.messages.message import message

# A feed of 3,000 episodes in pages of 10 has 300; more indicate a cycle.
_PAGES = 500


def is_address(source: str) -> bool:
    """Whether this is an address rather than a file."""
    return "://" in source


def load_pages(source: str, client: Client) -> tuple[tuple[str, bytes], ...]:
    """The feed's pages with their addresses, from the first one on (RFC 5005).

    :param source: an address, or the path of a file, which may link to further pages on the web.
    :raises StudioError: a page cannot be loaded; then nothing is returned.
    """
    if is_address(source):
        first = client.fetch(source)
        page, content = first.url, first.content
    else:
        path = Path(source)
        refuse_special_file(path)
        try:
            page, content = str(path), read_file(path)
        except OSError as error:
            raise WorkspaceError(
                path,
                message("cannot be read ({reason})", reason=error.strerror),
                message("Name the file, or the address at which podcast apps load the feed."),
            ) from None
    pages, seen = [(page, content)], {page, source}
    while following := next_page(parse_leniently(content, page)):
        if following in seen or len(pages) >= _PAGES:
            raise WorkspaceError(
                following,
                message("is a page of the feed that links back to an earlier one"),
                message("Ask the host, or save the feed as a file without its rel=next links."),
            )
        seen.add(following)
        page, content = following, client.fetch(following).content
        pages.append((page, content))
        if sum(len(one) for _, one in pages) > client.limits.document_bytes:
            raise WorkspaceError(
                following,
                message("is page {count} of a feed with endless pages", count=len(pages)),
                message("Ask the host, or save the feed as a file without its rel=next links."),
            )
    return tuple(pages)
