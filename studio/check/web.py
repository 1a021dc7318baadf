"""Check a published feed: its content, and its server's responses."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from studio.check.feed import Feed, check_feed, place_of, read_feed
from studio.check.feed_elements import attribute, text
from studio.check.publication import Publication
from studio.check.rules import Finding, found
from studio.download.client import Client, Limits
from studio.errors import NetworkError, PublishError
from studio.messages.message import message
from studio.model.record import replace_fields
from studio.progress import Progress, no_progress
from studio.web.addresses import COMPLETE_FEED_PLACE
from studio.web.places import OWN

# Only the newest episodes are requested; `studio check` without an address checks all built files.
EPISODES = 10
# Apps do not wait longer for a feed.
_LIMITS = Limits(answer_s=60.0, document_s=120.0)
_MAX_BYTES = 100_000_000


class ServerResponse(NamedTuple):
    """A server's response. ``status`` is 0 if there was none."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


def check_address(url: str, progress: Progress = no_progress) -> tuple[Finding, ...]:
    """Check a feed at a URL: the feed's own rules, and its server's responses.

    :raises PublishError: there is no answer.
    """
    client = Client(url, _LIMITS)
    answer = _ask(client, url, "GET")
    if answer.status != 200:
        raise _no_feed(url, answer)
    # Paths do not keep “//”: findings get the address at the end.
    place = Path(url.rpartition("/")[2] or "feed.xml")
    feed, findings = read_feed(answer.body, place)
    if feed is not None:
        publication = Publication(
            base_url=url.rpartition("/")[0] + "/",
            show_title=text(feed.channel, "title") or "",
            feed=place,
            cover=place,
            episodes=(),
        )
        # The show's guid is derived from its first URL, which is unknown here.
        findings += [finding for finding in check_feed(feed, publication) if finding.rule != "12"]
        findings += check_server(client, feed, answer, place, progress)
    findings += check_notes(client, url.rpartition("/")[0], place)
    return tuple(replace_fields(finding, file=url) for finding in findings)


def fetch_feed(url: str, *, beside_only: bool = False) -> bytes:
    """The feed at a URL; for a paged feed, the complete one if available beside it.

    :param beside_only: require the complete one.

    :raises PublishError: there is no response, or it is not a feed.
    """
    client = Client(url, _LIMITS)
    whole = _ask(client, f"{url.rpartition('/')[0]}/{COMPLETE_FEED_PLACE}", "GET")
    if whole.status == 200 and read_feed(whole.body, url)[0] is not None:
        return whole.body
    if beside_only:
        raise _no_feed(url, whole)
    answer = _ask(client, url, "GET")
    if answer.status != 200:
        raise _no_feed(url, answer)
    if read_feed(answer.body, url)[0] is None:
        raise PublishError(
            url, message("is not a feed"), message("Give the address at which apps load the feed.")
        )
    return answer.body


def _no_feed(url: str, answer: ServerResponse) -> PublishError:
    return PublishError(
        url,
        message("answers {status}", status=answer.status or message("nothing")),
        message("Check the address, and that its server runs."),
    )


def check_server(
    client: Client,
    feed: Feed,
    answer: ServerResponse,
    file: object,
    progress: Progress = no_progress,
) -> Iterator[Finding]:
    """Rules 3, 7b and 7c, and 14d for the server's file."""
    if not ({"etag", "last-modified"} & set(answer.headers)):
        yield found("7b", file, "", message("it has neither ETag nor Last-Modified"))
    picture = attribute(feed.channel, "itunes:image", "href")
    if picture:
        yield from _check_ranges(client, picture, file, "itunes:image")
    items = feed.items[:EPISODES]
    for number, item in enumerate(items, start=1):
        progress(number - 1, len(items))
        place = place_of(item, number)
        url = attribute(item, "enclosure", "url")
        if url:
            yield from _check_ranges(
                client, url, file, place, attribute(item, "enclosure", "length")
            )
        links = [*item.iter("{*}transcript"), *item.iterfind("{*}chapters[@url]")]
        for link in (str(link.get("url")) for link in links):
            head = _ask(client, link, "HEAD", {"Origin": "https://player.example"})
            if head.status != 200:
                yield found(
                    "3",
                    file,
                    place,
                    message(
                        "{link} answers {status}",
                        link=link,
                        status=head.status or message("nothing"),
                    ),
                )
            elif head.headers.get("access-control-allow-origin") not in {
                "*",
                "https://player.example",
            }:
                yield found(
                    "7c",
                    file,
                    place,
                    message("{link} has no Access-Control-Allow-Origin", link=link),
                )


def check_notes(client: Client, base: str, file: object) -> Iterator[Finding]:
    """Rule 52: files stored for a rollback, inside the served folder or beside it, must not be
    accessible.

    :param base: the URL of the served folder, without a final slash.
    """
    for notes in (f"{base}/{OWN}/", f"{base}{OWN}/"):
        # Some servers answer every request with a page.
        answers_all = (
            _ask(client, f"{notes.rstrip('/')}-{secrets.token_hex(8)}/", "GET").status == 200
        )
        for url in (f"{notes}published.json", notes):
            answer = _ask(client, url, "GET")
            if answer.status == 200 and (not answers_all or b'"generation"' in answer.body):
                yield found("52", file, "", message("{url} answers", url=url))
                break


def _check_ranges(
    client: Client, url: str, file: object, place: str, announced: str | None = None
) -> Iterator[Finding]:
    head = _ask(client, url, "HEAD")
    if head.status != 200:
        yield found(
            "3",
            file,
            place,
            message(
                "{url} answers {status} to HEAD", url=url, status=head.status or message("nothing")
            ),
        )
        return
    length = head.headers.get("content-length")
    if announced is not None and length != announced:
        yield found(
            "14d",
            file,
            place,
            message(
                "its length is {announced}, the server says {length}",
                announced=announced,
                length=length,
            ),
        )
    part = _ask(client, url, "GET", {"Range": "bytes=0-1"})
    if part.status != 206 or len(part.body) != 2:
        yield found(
            "3",
            file,
            place,
            message(
                "{url} answers {status} to a request for two bytes",
                url=url,
                status=part.status or message("nothing"),
            ),
        )


def _ask(
    client: Client, url: str, method: str, headers: Mapping[str, str] | None = None
) -> ServerResponse:
    # Servers that ignore ranges send everything: reading two more bytes than requested reveals
    # them.
    most_bytes = 4 if headers and "Range" in headers else _MAX_BYTES
    try:
        answer = client.ask(method, url, headers, most_bytes=0 if method == "HEAD" else most_bytes)
    except NetworkError:
        return ServerResponse(0, {})
    return ServerResponse(
        answer.status,
        {name.lower(): value for name, value in answer.headers.items()},
        answer.body,
    )
