"""The identity of a show that was made without an address."""

from __future__ import annotations

from studio.errors import WorkspaceError
from studio.feed.guid import guid_from_url
from studio.file_access import read_file
from studio.messages.message import message
from studio.web.addresses import feed_address, is_placeholder
from studio.web.url_parts import is_whole
from studio.workspace.disk import write_file
from studio.workspace.layout import Workspace
from studio.workspace.run_lock import lock_workspace
from studio.workspace.settings import toml_with_guid


def write_first_guid(workspace: Workspace, command: str) -> str:
    """Give a show without a guid that of its feed's address, as soon as it has one. A guid that is
    there, and that of a show that was published, is never changed.

    :param command: how another command describes this one.
    :return: a sentence about it; empty where nothing was done.
    :raises BusyError: another command holds the workspace.
    :raises DiskError: the settings cannot be written.
    """
    if not _missing_guid(workspace):
        return ""
    with lock_workspace(workspace.state, command):
        # Another command, or a person, may have written it before the lock was taken.
        guid = _missing_guid(workspace)
        if not guid:
            return ""
        content = read_file(workspace.settings)
        write_file(workspace.settings, toml_with_guid(content, guid, workspace.settings))
    return message(
        "{settings}: the show's identity (guid) is set for life, from its address {address}",
        settings=workspace.relative(workspace.settings),
        address=workspace.load_show().base_url,
    )


def _missing_guid(workspace: Workspace) -> str:
    """The guid that the show should get; empty where it has one, or none can be given yet."""
    try:
        show = workspace.load_show()
    except WorkspaceError:
        return ""  # whoever needs the settings says what is wrong with them
    is_real = is_whole(show.base_url) and show.base_url.isascii()
    if show.guid or show.guid_given or not is_real or is_placeholder(show.base_url):
        return ""
    if any(workspace.published_note(slug).is_file() for slug in workspace.slugs()):
        return ""
    return guid_from_url(show.first_feed_url or feed_address(show.base_url))
