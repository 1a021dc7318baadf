"""A cache of each episode's findings, valid as long as neither its files nor its feed item change,
so that audio is only decoded and measured once.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from lxml import etree

from studio.check.publication import Publication, PublishedEpisode
from studio.check.rules import RULES, Finding, Severity
from studio.messages.message import message_from_plain, plain_from_message
from studio.model.record import Record
from studio.workspace.digest import digest_from_bytes, digest_from_plain
from studio.workspace.episode_cache import EpisodeCache
from studio.workspace.file_freshness import FileFreshness
from studio.workspace.layout import Workspace


class _CachedFinding(Record, frozen=True):
    """A finding as stored in JSON: messages with their values, for any language."""

    rule: str
    severity: Severity
    file: Any
    place: Any
    what: Any
    remedy: Any


class _EpisodeFindings(Record, frozen=True):
    findings: tuple[_CachedFinding, ...]


class CachedFindings:
    """The findings for the episodes of a publication."""

    def __init__(
        self, workspace: Workspace, publication: Publication, files: FileFreshness | None = None
    ) -> None:
        """Read the stored findings.

        :param files: the stamps of the workspace, if they were just taken.
        """
        self._cache = EpisodeCache(workspace, "checked", _EpisodeFindings, files)
        # Inputs of an episode's rules besides its files.
        shared = dataclasses.replace(publication, episodes=(), whole=True)
        self._shared = digest_from_plain([repr(shared), repr(RULES)])

    def get(
        self, episode: PublishedEpisode, item: etree._Element | None
    ) -> tuple[Finding, ...] | None:
        """The cached findings of an episode; None if something has changed."""
        written = b"" if item is None else etree.tostring(item)
        captions = {form.suffix: str(path) for form, path in episode.captions.items()}
        own = repr(dataclasses.replace(episode, captions={}))
        key = digest_from_plain([self._shared, own, captions, digest_from_bytes(written)])
        kept = self._cache.get(episode.slug, key)
        if kept is None:
            return None
        return tuple(
            Finding(
                rule=one.rule,
                severity=one.severity,
                file=message_from_plain(one.file),
                place=message_from_plain(one.place),
                what=message_from_plain(one.what),
                remedy=message_from_plain(one.remedy),
            )
            for one in kept.findings
        )

    def keep(self, episode: PublishedEpisode, findings: tuple[Finding, ...]) -> None:
        """Store the findings of an episode."""
        plain = tuple(
            _CachedFinding(
                rule=one.rule,
                severity=one.severity,
                file=plain_from_message(one.file),
                place=plain_from_message(one.place),
                what=plain_from_message(one.what),
                remedy=plain_from_message(one.remedy),
            )
            for one in findings
        )
        self._cache.keep(episode.slug, _EpisodeFindings(findings=plain))

    def remember(self) -> None:
        """Write the findings to the file."""
        self._cache.remember()
