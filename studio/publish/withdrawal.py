"""What leaves the destination, and when: old versions after a time, what was withdrawn at once."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping

from studio.model.record import Record
from studio.publish.manifest import Manifest, PublishedSpans
from studio.publish.site_files import PublishedFile
from studio.web.media_types import type_from_place

# How long an old version stays under its old name: apps ask for a feed every few hours, the slowest
# once a week, and what they have put on their list of downloads is to be had for as long as a
# holiday lasts.
STAYS = datetime.timedelta(days=30)
# Since when something is superseded that must leave with the next chance.
LONG_AGO = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


class PublicationRequest(Record, frozen=True):
    """What a publication shall have, and what shall leave with it.

    :param entries: all files that will be public.
    :param heard: what each of its episodes lets listeners hear, by slug; an episode without is
        judged by its files.
    :param prune: remove all that it does not name.
    :param forget: the slug of an episode of which nothing shall be left but what it names; empty
        for none.
    :param restores: the generation that it brings back; empty for none.
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
    """Which files that are there the publication removes when it is done."""
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
    """Under which slugs an episode was published of which nothing shall be left: its own, and those
    that it had before.
    """
    if not request.forget:
        return frozenset()
    heard = {**manifest.departed, **manifest.heard} if manifest else {}
    own = heard.get(request.forget)
    # One that lets hear the same stretches of the same recording is the same episode.
    same = {
        slug
        for slug, other in heard.items()
        if own is not None and own.recording and other == own and slug not in request.heard
    }
    return frozenset({request.forget, *same})


def heard_again_of(earlier: Manifest, live: Manifest | None) -> tuple[str, ...]:
    """The episodes of which an earlier publication lets hear what was taken out since, by slug:
    a passage, or all of it.
    """
    if live is None:
        return ()
    return tuple(
        slug
        for slug, heard in sorted(earlier.heard.items())
        if (slug in live.heard and not live.heard[slug].covers(heard))
        or (slug in live.departed and slug not in live.heard)
    )


def departed_since(
    request: PublicationRequest, manifest: Manifest | None, forgotten: Collection[str]
) -> dict[str, PublishedSpans]:
    """What episodes that were published before, and are not any more, let listeners hear: under
    which other slugs they were is known by it when they are forgotten later.
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
    """Since when the publication names files no more that are still there: it lets go of old
    versions some time after that.
    """
    known = manifest.superseded if manifest else {}
    folders = {_folder(place) for place in request.entries}
    # What an episode had that is not published any more, its page included, stays: somebody must
    # say that it shall leave.
    since = {
        place: known.get(place, now)
        for place in gone
        if _folder(place) in folders or place in known
    }
    return since | dict.fromkeys(leaving, LONG_AGO)


def _is_of_whole_show(place: str) -> bool:
    """Whether a file is of the whole show and has words of every episode: pages of the feed, the
    search index.
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
    """The published episodes of which something was to be heard that is to be heard no more."""
    for slug, heard in request.heard.items():
        before = manifest.heard.get(slug) if manifest else None
        if before is not None:
            if not heard.covers(before):
                yield slug
        elif manifest is not None and not _sounds(manifest.files, slug) <= _sounds(
            request.entries, slug
        ):
            # Nobody knows what was heard there: better an old address that answers nothing than a
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
