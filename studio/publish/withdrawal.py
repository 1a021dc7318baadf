"""Which files leave the destination, and when: old versions later, withdrawn ones immediately."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping

from studio.model.record import Record
from studio.publish.manifest import Manifest, PublishedSpans
from studio.publish.site_files import PublishedFile
from studio.web.media_types import type_from_place

# How long an old version stays under its old name. Apps request a feed every few hours, the slowest
# once a week; a download that an app has queued stays available for the length of a holiday.
STAYS = datetime.timedelta(days=30)
# A date that marks a superseded file for removal by the next publication.
LONG_AGO = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


class PublicationRequest(Record, frozen=True):
    """The files a publication must contain, and those it must remove.

    :param entries: all files that will be public.
    :param heard: the audible spans of each episode, by slug; an episode that has none here is
        compared by its files.
    :param prune: remove every file that ``entries`` does not name.
    :param forget: the slug of an episode to remove, except for the files in ``entries``; empty for
        none.
    :param restores: the generation to restore; empty for none.
    """

    entries: Mapping[str, PublishedFile]
    heard: Mapping[str, PublishedSpans] = {}
    prune: bool = False
    forget: str = ""
    restores: str = ""


def files_to_delete(
    request: PublicationRequest,
    manifest: Manifest | None,
    there: Iterable[str],
    now: datetime.datetime,
) -> frozenset[str]:
    """Which files at the destination the publication removes at its end."""
    named = request.entries.keys()
    before = manifest.files if manifest else {}
    gone = {place for place in there if place in before and place not in named}
    if request.prune:
        leaving = gone
    else:
        hidden = {*_withdrawn(request, manifest), *forgotten_slugs(request, manifest)}
        leaving = {
            place
            for place in gone
            if _folder(place) in hidden
            or (hidden and _is_of_whole_show(place))
            or _is_over(place, manifest, now)
        }
    forgotten = forgotten_slugs(request, manifest)
    return frozenset(
        leaving
        | {place for place in there if place.partition("/")[0] in forgotten and place not in named}
    )


def forgotten_slugs(request: PublicationRequest, manifest: Manifest | None) -> frozenset[str]:
    """The present and earlier slugs of the episode to forget."""
    if not request.forget:
        return frozenset()
    heard = {**manifest.departed, **manifest.heard} if manifest else {}
    own = heard.get(request.forget)
    # The same spans of the same recording mean the same episode.
    same = {
        slug
        for slug, other in heard.items()
        if own is not None and own.recording and other == own and slug not in request.heard
    }
    return frozenset({request.forget, *same})


def restored_passages(earlier: Manifest, live: Manifest | None) -> tuple[str, ...]:
    """The slugs of episodes in an earlier publication that contain sound withdrawn since: a passage
    or the whole episode.
    """
    if live is None:
        return ()
    return tuple(
        slug
        for slug, heard in sorted(earlier.heard.items())
        if (slug in live.heard and not live.heard[slug].covers(heard))
        or (slug in live.departed and slug not in live.heard)
    )


def removed_since(
    request: PublicationRequest, manifest: Manifest | None, forgotten: Collection[str]
) -> dict[str, PublishedSpans]:
    """The audible spans of episodes that were published and are not any more. They identify the
    episodes' other slugs if the episodes are forgotten later.
    """
    known = {**manifest.departed, **manifest.heard} if manifest else {}
    return {
        slug: heard
        for slug, heard in known.items()
        if slug not in request.heard and slug not in forgotten
    }


def superseded_since(
    request: PublicationRequest,
    manifest: Manifest | None,
    gone: Iterable[str],
    leaving: Iterable[str],
    now: datetime.datetime,
) -> dict[str, datetime.datetime]:
    """Since when each remaining file has been superseded: old versions are removed some time
    later.
    """
    known = manifest.superseded if manifest else {}
    folders = {_folder(place) for place in request.entries}
    # The files of an episode that is not published any more, its page included, stay until a person
    # asks for their removal.
    since = {
        place: known.get(place, now)
        for place in gone
        if _folder(place) in folders or place in known
    }
    return since | dict.fromkeys(leaving, LONG_AGO)


def _is_of_whole_show(place: str) -> bool:
    """Whether a file belongs to the whole show and contains text of every episode: the feed's pages
    and the search index.
    """
    return _folder(place) == "search" or (
        "/" not in place and not type_from_place(place).startswith("image/")
    )


def _is_over(place: str, manifest: Manifest | None, now: datetime.datetime) -> bool:
    return (
        manifest is not None
        and place in manifest.superseded
        and manifest.superseded[place] + STAYS <= now
    )


def _withdrawn(request: PublicationRequest, manifest: Manifest | None) -> Iterator[str]:
    """The published episodes that lose sound with this publication."""
    for slug, heard in request.heard.items():
        before = manifest.heard.get(slug) if manifest else None
        if before is not None:
            if not heard.covers(before):
                yield slug
        elif manifest is not None and not _sounds(manifest.files, slug) <= _sounds(
            request.entries, slug
        ):
            # The earlier spans are unknown. A dead old address does less harm than the sound of a
            # passage that was cut out.
            yield slug


def _sounds(files: Mapping[str, PublishedFile], slug: str) -> set[str]:
    """The SHA-256 of an episode's sound files."""
    return {
        entry.sha256
        for place, entry in files.items()
        if _folder(place) == slug and type_from_place(place).startswith("audio/")
    }


def _folder(place: str) -> str:
    return place.rpartition("/")[0]
