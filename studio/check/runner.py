"""Run all rules on one publication."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from lxml import etree

from studio.check.alternate import check_alternates
from studio.check.article_match import check_article_match
from studio.check.artwork import check_artwork
from studio.check.audio_file import check_sound, measure_sound
from studio.check.cached_findings import CachedFindings
from studio.check.captions import check_captions
from studio.check.chapters import check_chapters
from studio.check.continuity import check_continuity
from studio.check.episode_page import check_page
from studio.check.feed import check_feed, check_files, read_feed
from studio.check.publication import Publication, PublishedEpisode
from studio.check.rules import Finding, found, severity_of_imported
from studio.errors import StudioError
from studio.file_access import read_file
from studio.messages.message import message
from studio.progress import Progress, no_progress


def check_publication(
    publication: Publication,
    progress: Progress = no_progress,
    *,
    published: bytes | None = None,
    proved: Collection[str] = (),
    withdrawn: str = "",
    cached: CachedFindings | None = None,
    recheck: Collection[str] = (),
) -> tuple[Finding, ...]:
    """Check every rule of docs/rules.md on the built files.

    :param published: the public feed, for the continuity rules; None if there is none.
    :param withdrawn: slug of an episode that is removed from the feed on purpose; empty for none.
    :param proved: slugs of episodes whose audio was verified before and is unchanged: it is not
        measured again.
    :param cached: cache of the findings of unchanged episodes, which is updated.
    :param recheck: slugs of episodes to check regardless of the cache.

    Every MP3 is decoded and measured, a second or two for each; ``progress`` counts episodes.
    Malformed files give findings, never errors.
    """
    findings: list[Finding] = []
    feed = None
    if publication.feed.is_file():
        feed, findings = read_feed(read_file(publication.feed), publication.feed)
    else:
        findings.append(found("47", publication.feed, "", message("the file is missing")))
    if publication.hosted:
        findings = []  # its feed is the host's responsibility
    elif feed is not None:
        findings += check_feed(feed, publication)
        if published is not None:
            findings += check_continuity(feed, published, publication, withdrawn)
    if not publication.hosted:
        findings += check_files(feed, publication)
        findings += check_artwork(feed, publication)
    for done, episode in enumerate(publication.episodes):
        progress(done, len(publication.episodes))
        item = None if feed is None else feed.item_of(publication, episode)
        known = None if cached is None else cached.get(episode, item)
        if known is None or episode.slug in recheck:
            is_measured = episode.slug not in proved
            known = tuple(_check_any(item, episode, publication, is_measured=is_measured))
            if cached is not None and (is_measured or episode.has_imported_sound):
                cached.keep(episode, known)
        findings += known
    if cached is not None:
        cached.remember()
    return tuple(findings)


def _check_any(
    item: etree._Element | None,
    episode: PublishedEpisode,
    publication: Publication,
    *,
    is_measured: bool,
) -> Iterator[Finding]:
    """The rules of one episode that do not depend on the origin of its audio; otherwise like
    :func:`_check_episode`.
    """
    if episode.has_imported_sound:
        found_here = _check_texts(item, episode, publication, None)
        yield from map(severity_of_imported, found_here)
    else:
        yield from _check_episode(item, episode, publication, is_measured=is_measured)


def _check_episode(
    item: etree._Element | None,
    episode: PublishedEpisode,
    publication: Publication,
    *,
    is_measured: bool,
) -> Iterator[Finding]:
    """The rules of one episode whose audio was made by Studio.

    :param item: the episode's item, None if the feed has none.
    :param is_measured: whether its audio is decoded and measured, too.
    """
    duration_ms = None
    if episode.media.is_file() and is_measured:
        try:
            measured = measure_sound(episode.media)
        except StudioError as error:
            yield found("37a", episode.media, "", error.what)
        else:
            duration_ms = measured.decoded_ms
            yield from check_sound(measured, item, episode, publication)
    yield from check_alternates(item, episode, publication, duration_ms, hear=is_measured)
    yield from _check_texts(item, episode, publication, duration_ms)


def _check_texts(
    item: etree._Element | None,
    episode: PublishedEpisode,
    publication: Publication,
    duration_ms: int | None,
) -> Iterator[Finding]:
    """The rules of one episode's chapters, captions, page and article.

    :param duration_ms: duration of its audio; None if not measured.
    """
    yield from check_chapters(item, episode, publication, duration_ms)
    yield from check_captions(episode)
    yield from check_page(episode)
    yield from check_article_match(episode)
