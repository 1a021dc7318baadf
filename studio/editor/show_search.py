"""Find and replace in the other episodes of the show, each through its own journal."""

from __future__ import annotations

import contextlib
import threading
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from studio.editor.edit_session import EditSession
from studio.editor.edits import ReplaceSpots, Request, Spot
from studio.editor.text_search import (
    FindOptions,
    HitPart,
    find_text,
    loose_text,
    may_contain,
)
from studio.errors import BusyError, StudioError
from studio.messages.message import joined_messages, message
from studio.model.record import Record
from studio.model.transcript import Segment
from studio.pipeline.runner import Choice, plan_run
from studio.pipeline.stages import STAGES
from studio.workspace.freshness_cache import FreshnessCache
from studio.workspace.layout import Workspace
from studio.workspace.run_lock import edit_session_folder, lock_edit_session
from studio.workspace.sources import EpisodeSources, ShowSources

# The number of context words before and after a hit, and of displayed hits per episode.
CONTEXT_WORDS = 5
MAX_HITS = 200

# Why an episode is skipped: it is being edited in another window, its transcript has a conflict, or
# it cannot be read or written.
Reason = Literal["", "busy", "conflict", "trouble"]


class Hit(Record, frozen=True):
    """One occurrence with its context.

    :param was: what was found.
    :param spots: its parts in one or several passages, to be replaced.
    """

    was: str
    start_ms: int
    before: str
    after: str
    spots: tuple[Spot, ...]


class EpisodeHits(Record, frozen=True):
    """The hits of one episode. :param count: number of hits, including those not shown.
    :param reason: why nothing can be replaced there; ``detail``: details.
    """

    slug: str
    title: str
    hits: tuple[Hit, ...]
    count: int
    reason: Reason = ""
    detail: str = ""


class EpisodeReplacement(Record, frozen=True):
    """The replacements in one episode."""

    slug: str
    spots: tuple[Spot, ...]


class ReplacementRequest(Record, frozen=True):
    """A search request of the page."""

    text: str
    episodes: tuple[EpisodeReplacement, ...]


class ReplacementOutcome(Record, frozen=True):
    """The result for one episode: ``count`` hits were replaced, or it was skipped for a reason."""

    slug: str
    title: str
    count: int
    reason: Reason = ""
    detail: str = ""


class ShowSearch:
    """Search in the other episodes of the show.

    :param slug: the episode to leave out, which is searched on its own page.
    """

    def __init__(self, workspace: Workspace, slug: str) -> None:
        self._workspace, self._slug = workspace, slug
        self._mutex = threading.Lock()
        self._texts: dict[Path, tuple[tuple[int, int], str]] = {}
        self._cache: FreshnessCache | None = None

    def find(self, words: str, options: FindOptions) -> tuple[EpisodeHits, ...]:
        """All other episodes with hits, in order of slug."""
        with self._mutex:
            self._cache = FreshnessCache(self._workspace, STAGES.signature)
            return tuple(
                found
                for sources in self._others()
                if (found := self._found(sources, words, options)) is not None
            )

    def replace(self, orders: ReplacementRequest) -> tuple[ReplacementOutcome, ...]:
        """Replace, episode by episode; one undo step in each. Episodes that cannot be written are
        reported and left unchanged.
        """
        with self._mutex:
            others = {sources.slug: sources for sources in self._others()}
            self._cache = None  # the search may have been long ago
            return tuple(
                self._replaced(others[order.slug], order, orders.text)
                for order in orders.episodes
                if order.slug in others
            )

    def _others(self) -> Iterator[EpisodeSources]:
        for sources in ShowSources(self._workspace).episodes:
            if sources.slug != self._slug and sources.files.transcript.is_file():
                yield sources

    def _found(
        self, sources: EpisodeSources, words: str, options: FindOptions
    ) -> EpisodeHits | None:
        title = sources.slug
        try:
            if not may_contain(self._read(sources), words):
                return None
            title = sources.episode.title
            segments = sources.transcript().segments
        except StudioError as error:
            return EpisodeHits(
                slug=sources.slug,
                title=title,
                hits=(),
                count=0,
                reason="trouble",
                detail=message("{where}: {what}", where=error.where, what=error.what),
            )
        places = find_text(segments, words, options)
        if not places:
            return None
        hits = tuple(_hit(segments, pieces) for pieces in places[:MAX_HITS])
        reason, detail = self._standing(sources)
        return EpisodeHits(
            slug=sources.slug,
            title=title,
            hits=hits,
            count=len(places),
            reason=reason,
            detail=detail,
        )

    def _read(self, sources: EpisodeSources) -> str:
        """The normalised words for a first check, cached while the file is unchanged."""
        path = sources.files.transcript
        found = path.stat()
        key = (found.st_mtime_ns, found.st_size)
        known = self._texts.get(path)
        if known is None or known[0] != key:
            known = self._texts[path] = key, loose_text(sources.transcript().segments)
        return known[1]

    def _standing(self, sources: EpisodeSources) -> tuple[Reason, str]:
        """Whether it can be edited now."""
        try:
            if edit_session_folder(
                self._workspace.state, sources.slug
            ).is_dir():  # else it was never edited
                with self._held(sources):
                    pass
        except BusyError as error:
            return "busy", error.what
        if self._cache is not None and self._cache.stages_of(sources.slug) is not None:
            return "", ""  # nothing is stale, so there is no conflict
        plan = plan_run(self._workspace, STAGES, Choice(slugs=(sources.slug,), stage="chapter"))
        conflicts = [
            message(
                "{stage}: {reasons}", stage=step.stage, reasons=joined_messages("; ", step.reasons)
            )
            for step in plan
            if step.state == "conflict"
        ]
        return ("conflict", joined_messages(", ", conflicts)) if conflicts else ("", "")

    def _held(self, sources: EpisodeSources) -> contextlib.AbstractContextManager[None]:
        return lock_edit_session(
            self._workspace.state, sources.slug, f"find and replace from {self._slug}"
        )

    def _replaced(
        self, sources: EpisodeSources, order: EpisodeReplacement, text: str
    ) -> ReplacementOutcome:
        title = sources.slug
        try:
            title = sources.episode.title
            reason, detail = self._standing(sources)
            if reason:
                return ReplacementOutcome(
                    slug=sources.slug, title=title, count=0, reason=reason, detail=detail
                )
            with self._held(sources):
                session = EditSession(sources)
                edit = ReplaceSpots(spots=order.spots, text=text)
                session.apply(
                    Request(
                        client=f"from {self._slug}",
                        id=uuid.uuid4().hex,
                        since=session.revision,
                        edits=(edit,),
                    )
                )
        except BusyError as error:
            return ReplacementOutcome(
                slug=sources.slug, title=title, count=0, reason="busy", detail=error.what
            )
        except StudioError as error:
            return ReplacementOutcome(
                slug=sources.slug,
                title=title,
                count=0,
                reason="trouble",
                detail=message("{where}: {what}", where=error.where, what=error.what),
            )
        return ReplacementOutcome(slug=sources.slug, title=title, count=len(order.spots))


def _hit(segments: Sequence[Segment], pieces: tuple[HitPart, ...]) -> Hit:
    def text(place: int, start: int, end: int) -> str:
        words = segments[place].words[max(0, start) : max(0, end)]
        return " ".join(word.text for word in words)

    def words(piece: HitPart) -> str:
        return text(piece.place, piece.first, piece.first + piece.count)

    first, last = pieces[0], pieces[-1]
    before = text(first.place, first.first - CONTEXT_WORDS, first.first)
    after = text(last.place, last.first + last.count, last.first + last.count + CONTEXT_WORDS)
    ending = words(last)
    return Hit(
        was=" ".join(words(one)[one.kept_start : len(words(one)) - one.kept_end] for one in pieces),
        start_ms=segments[first.place].words[first.first].start_ms,
        before=f"{before} {words(first)[: first.kept_start]}".lstrip(),
        after=f"{ending[len(ending) - last.kept_end :]} {after}".rstrip(),
        spots=tuple(
            Spot(
                segment=segments[one.place].id,
                first=one.first,
                was=words(one),
                # A hit across a boundary is written before it.
                text="" if one is not first else None,
                kept_start=one.kept_start,
                kept_end=one.kept_end,
            )
            for one in pieces
        ),
    )
