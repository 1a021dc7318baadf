"""Whether article and recording belong together: a mismatched episode must not be published."""

from __future__ import annotations

from collections.abc import Iterator

from studio.check.publication import PublishedEpisode
from studio.check.rules import Finding, found
from studio.errors import WorkspaceError
from studio.file_access import read_file
from studio.messages.message import message
from studio.model.alignment import Alignment
from studio.model.record import record_from_bytes


def check_article_match(episode: PublishedEpisode) -> Iterator[Finding]:
    """Rule 55."""
    if episode.alignment is None or not episode.alignment.is_file():
        return
    try:
        alignment = record_from_bytes(read_file(episode.alignment), Alignment, episode.alignment)
    except WorkspaceError as error:
        yield found("55", episode.alignment, "", error.what)
        return
    if alignment.is_mismatched:
        yield found(
            "55",
            episode.alignment,
            "pair",
            message("almost nothing of the article was found in the recording"),
        )
