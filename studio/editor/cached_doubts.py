"""A cache of the doubts found by the last run, so that `studio status` shows them without loading
dictionaries and phonemes.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import studio
from studio.doubts.doubt import Doubt, is_settled
from studio.editor.journal import decided_keys
from studio.errors import DiskError, WorkspaceError
from studio.file_access import read_file
from studio.model.clock import RecordingMs
from studio.model.record import Record, bytes_from_record, record_from_bytes
from studio.workspace.digest import digest_from_file, digest_from_plain
from studio.workspace.disk import write_file
from studio.workspace.sources import EpisodeSources


class _CachedDoubts(Record, frozen=True):
    """The doubts, and the digest of their sources."""

    found_in: str
    doubts: tuple[Doubt, ...]


def cached_doubts(sources: EpisodeSources) -> tuple[Doubt, ...] | None:
    """All doubts of the transcript, decided or not; None if there is no cache, or if the sources
    have changed.
    """
    path = sources.files.doubts
    with suppress(OSError, WorkspaceError):
        kept = record_from_bytes(read_file(path), _CachedDoubts, path)
        if kept.found_in == _digest_of_sources(sources):
            return kept.doubts
    return None


def undecided_doubts(sources: EpisodeSources, doubts: Sequence[Doubt]) -> tuple[Doubt, ...]:
    """The doubts about words in the episode, without decided ones.

    :raises WorkspaceError: a file is missing or damaged.
    """
    decided = decided_keys(sources.files.journal)
    programme = sources.programme()
    return tuple(
        doubt
        for doubt in doubts
        if programme.contains(RecordingMs((doubt.start_ms + doubt.end_ms) // 2))
        and not is_settled(doubt, decided)
    )


def cache_doubts(sources: EpisodeSources, doubts: Sequence[Doubt]) -> None:
    """Store the doubts, for commands that write to the workspace; disk errors are ignored."""
    kept = _CachedDoubts(found_in=_digest_of_sources(sources), doubts=tuple(doubts))
    with suppress(DiskError):
        write_file(sources.files.doubts, bytes_from_record(kept))


def _digest_of_sources(sources: EpisodeSources) -> str:
    """The digest of everything that doubts depend on: this program, the texts, the speakers."""
    files = sources.files
    read = (
        files.article,
        files.former_notes,
        files.former_description,
        files.transcript,
        files.machine_transcript,
        files.alignment,
        files.asr,
        files.voices,
    )
    return digest_from_plain(
        [
            studio.__version__,
            # Parsing of questions depends on the type of the episode; its title is not in the
            # article, but in an article made of show notes.
            sources.episode.type,
            None if files.article.is_file() else sources.episode.title,
            sources.host,
            list(sources.episode.guests),
            [digest_from_file(path) if path.is_file() else None for path in read],
        ]
    )
