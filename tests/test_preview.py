"""The preview answers as a good web server does: ranges, fingerprints, types, and nothing that it
should not give.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from support.small_show import BASE_URL, SLUG, named, served

from studio.errors import WorkspaceError
from studio.preview.server import preview_app, serve_preview, state_of
from studio.workspace.layout import Workspace

MEDIA = f"/{SLUG}/{SLUG}.mp3"


def real(show: Workspace, place: str) -> str:
    """The place of a file, by its name without what changes in it with the content."""
    return (
        "/" + named(show.site, place[1:])
        if place.startswith(f"/{SLUG}/") and not place.endswith("/")
        else place
    )


@pytest.fixture(scope="module")
def address(built_show: Workspace) -> Iterator[str]:
    with served(built_show) as address:
        yield address


def ask(
    address: str, place: str, method: str = "GET", **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
    try:
        connection.request(
            method,
            place,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def test_a_player_may_ask_for_any_range_of_an_episode(address: str, built_show: Workspace) -> None:
    media = real(built_show, MEDIA)
    whole = (built_show.site / media[1:]).read_bytes()
    for wanted, (first, last) in {
        "bytes=0-1": (0, 2),
        "bytes=1000-1999": (1000, 2000),
        f"bytes={len(whole) - 5}-": (len(whole) - 5, len(whole)),
        "bytes=-7": (len(whole) - 7, len(whole)),
    }.items():
        answer, body = ask(address, media, Range=wanted)
        assert (answer.status, body) == (206, whole[first:last])
        assert answer.headers["Content-Range"] == f"bytes {first}-{last - 1}/{len(whole)}"
    answer, body = ask(address, media)
    assert (answer.status, answer.headers["Accept-Ranges"], body) == (200, "bytes", whole)
    assert ask(address, media, Range=f"bytes={len(whole)}-")[0].status == 416


def test_head_tells_length_and_type_and_sends_nothing(address: str, built_show: Workspace) -> None:
    media = real(built_show, MEDIA)
    answer, body = ask(address, media, "HEAD")
    assert (answer.status, body) == (200, b"")
    assert int(answer.headers["Content-Length"]) == (built_show.site / media[1:]).stat().st_size
    assert answer.headers["Content-Type"] == "audio/mpeg"


@pytest.mark.parametrize("place", [MEDIA, "/feed.xml", "/", f"/{SLUG}/transcript.vtt"])
def test_what_did_not_change_is_not_sent_again(
    address: str, built_show: Workspace, place: str
) -> None:
    place = real(built_show, place)
    etag = ask(address, place)[0].headers["ETag"]
    answer, body = ask(address, place, If_None_Match=etag)
    assert (answer.status, body) == (304, b"")
    assert ask(address, place, If_None_Match='"another"')[0].status == 200


@pytest.mark.parametrize(
    ("place", "type_"),
    [
        ("/", "text/html; charset=utf-8"),
        (f"/{SLUG}/", "text/html; charset=utf-8"),
        ("/feed.xml", "application/rss+xml; charset=utf-8"),
        (f"/{SLUG}/chapters.json", "application/json+chapters"),
        (f"/{SLUG}/transcript.vtt", "text/vtt; charset=utf-8"),
        (f"/{SLUG}/transcript.srt", "application/x-subrip; charset=utf-8"),
        (f"/{SLUG}/transcript.podcast.json", "application/json"),
        (f"/{SLUG}/transcript.html", "text/html; charset=utf-8"),
        (f"/{SLUG}/transcript.txt", "text/plain; charset=utf-8"),
        ("/assets/site.css", "text/css; charset=utf-8"),
        ("/assets/player.js", "text/javascript; charset=utf-8"),
        ("/assets/icon.svg", "image/svg+xml"),
    ],
)
def test_every_file_has_its_type(
    address: str, built_show: Workspace, place: str, type_: str
) -> None:
    answer, _ = ask(address, real(built_show, place))
    assert (answer.status, answer.headers["Content-Type"]) == (200, type_)


def test_web_players_of_other_sites_may_read_captions_and_chapters(
    address: str, built_show: Workspace
) -> None:
    for place in (
        f"/{SLUG}/transcript.vtt",
        f"/{SLUG}/chapters.json",
        f"/{SLUG}/transcript.podcast.json",
        "/feed.xml",
        MEDIA,
    ):
        assert (
            ask(address, real(built_show, place))[0].headers["Access-Control-Allow-Origin"] == "*"
        )
    assert "Access-Control-Allow-Origin" not in ask(address, "/")[0].headers


def test_feed_and_pages_lead_to_the_preview_and_not_to_the_published_site(
    address: str, built_show: Workspace
) -> None:
    for place in ("/feed.xml", "/", f"/{SLUG}/"):
        body = ask(address, place)[1].decode("utf-8")
        assert BASE_URL not in body
        assert address in body
    assert f'url="{address}{real(built_show, MEDIA)[1:]}"' in ask(address, "/feed.xml")[1].decode(
        "utf-8"
    )


def test_folders_are_reached_with_their_slash_and_nothing_else_is_given(
    address: str, tmp_path: Path
) -> None:
    answer, _ = ask(address, f"/{SLUG}")
    assert (answer.status, answer.headers["Location"]) == (302, f"/{SLUG}/")
    for place in (
        "/nothing",
        "/../show.toml",
        "/%2e%2e/show.toml",
        "/..%2fshow.toml",
        "/.studio-new.feed.xml",
        "/assets/",
    ):
        assert ask(address, place)[0].status == 404, place


def test_a_page_of_another_site_gets_nothing(address: str) -> None:
    """A name that a person points to this machine is not the preview's name."""
    assert ask(address, "/", Host="evil.example")[0].status == 400


def test_an_open_page_learns_that_something_was_built(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text("<html><body>un</body></html>", encoding="utf-8")
    client = preview_app(tmp_path, BASE_URL).test_client()
    assert b"location.reload()" in client.get("/").data
    before = client.get("/_preview/state").data
    assert client.get("/_preview/state").data == before == state_of(tmp_path).encode()
    page.write_text("<html><body>deux !</body></html>", encoding="utf-8")
    assert client.get("/_preview/state").data != before


def test_a_port_that_is_taken_is_told(built_show: Workspace) -> None:
    with serve_preview(built_show.site, BASE_URL, port=0) as first:
        port = urlsplit(first.address).port
        assert port is not None
        with (
            pytest.raises(WorkspaceError, match="--port"),
            serve_preview(built_show.site, BASE_URL, port=port),
        ):
            pass


def test_only_who_asks_for_it_is_reached_from_elsewhere(built_show: Workspace) -> None:
    with serve_preview(built_show.site, BASE_URL, port=0) as preview:
        assert urlsplit(preview.address).hostname == "127.0.0.1"


@pytest.mark.skipif(os.name != "posix", reason="asks the system for its network as Linux has it")
def test_a_telephone_is_told_this_machines_address_in_the_network(built_show: Workspace) -> None:
    try:
        with serve_preview(built_show.site, BASE_URL, port=0, lan=True) as preview:
            assert urlsplit(preview.address).hostname not in {"127.0.0.1", "localhost"}
    except WorkspaceError as error:
        assert "not connected to a network" in str(error)  # a machine without one says so


@pytest.mark.parametrize(
    ("wanted", "status", "part"),
    [
        ("bytes=abc", 200, slice(0, None)),
        ("bytes=5-2", 200, slice(0, None)),
        ("bytes=", 200, slice(0, None)),
        ("bytes", 200, slice(0, None)),
        ("bytes=--5", 200, slice(0, None)),
        ("bytes=1-2-3", 200, slice(0, None)),
        ("bytes=0x1-2", 200, slice(0, None)),
        ("bytes=²-³", 200, slice(0, None)),
        ("lines=1-2", 200, slice(0, None)),
        ("bytes=0-1,5-6", 200, slice(0, None)),  # several at once are answered with the whole
        ("BYTES=0-1", 206, slice(0, 2)),
        ("bytes= 0-1", 206, slice(0, 2)),
        ("bytes=-999999999", 206, slice(0, None)),  # more of the end than there is
        (f"bytes=0-{'9' * 5000}", 206, slice(0, None)),
        (f"bytes={'9' * 5000}-", 416, slice(0, 0)),
        ("bytes=-0", 416, slice(0, 0)),
    ],
)
@pytest.mark.parametrize("place", [MEDIA, "/feed.xml"])
def test_odd_ranges_are_answered_as_rfc_9110_says(
    address: str, built_show: Workspace, *, place: str, wanted: str, status: int, part: slice
) -> None:
    place = real(built_show, place)
    whole = ask(address, place)[1]
    answer, body = ask(address, place, Range=wanted.encode("latin-1", "replace").decode("latin-1"))
    assert answer.status == status
    if status == 416:
        assert answer.headers["Content-Range"] == f"bytes */{len(whole)}"
    else:
        assert body == whole[part]


def test_head_knows_no_range(address: str, built_show: Workspace) -> None:
    assert ask(address, real(built_show, MEDIA), "HEAD", Range="bytes=0-1")[0].status == 200


@pytest.mark.skipif(os.name != "posix", reason="makes symbolic links")
def test_a_link_that_leads_out_of_the_site_leads_nowhere(tmp_path: Path) -> None:
    site, secret = tmp_path / "site", tmp_path / "secret"
    (site / "ici").mkdir(parents=True)
    secret.mkdir()
    for name in ("index.html", "voix.mp3", "clés.txt"):
        (secret / name).write_bytes(b"secret")
        (site / "ici" / name).write_bytes(b"public")
        (site / name).symlink_to(secret / name)
    (site / "là").symlink_to(secret)
    (site / "même").symlink_to(site / "ici")
    (site / "rond").symlink_to(site / "rond")
    client = preview_app(site, BASE_URL).test_client()
    for place in (
        "/index.html",
        "/",
        "/voix.mp3",
        "/clés.txt",
        "/là",
        "/là/",
        "/là/index.html",
        "/là/voix.mp3",
        "/rond",
    ):
        assert client.get(place, buffered=True).status_code == 404, place
    assert client.get("/même/voix.mp3", buffered=True).data == b"public"


def where_of(address: str) -> tuple[str, int]:
    return str(urlsplit(address).hostname), int(urlsplit(address).port or 0)


def crowd(held: contextlib.ExitStack, address: str, count: int, said: bytes) -> list[socket.socket]:
    """So many connections on which nothing more is said than this."""
    connections = []
    for _ in range(count):
        connection = socket.create_connection(where_of(address), timeout=20)
        connections.append(held.enter_context(connection))
        connection.sendall(said)
    return connections


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nX: "], ids=["silent", "half a request"])
def test_who_only_connects_blocks_nobody(address: str, said: bytes) -> None:
    with contextlib.ExitStack() as held:
        crowd(held, address, 100, said)
        crowd(held, address, 500, said)
        began = time.monotonic()
        assert ask(address, "/")[0].status == 200
        assert time.monotonic() - began < 10


def test_a_full_house_keeps_who_asked_for_something(
    built_show: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.preview.connections.MAX_CONNECTIONS", 20)
    monkeypatch.setattr("studio.preview.connections.ROOM", 5)
    with served(built_show) as address, contextlib.ExitStack() as held:
        mine = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
        mine.connect()
        held.callback(mine.close)
        mine.request("GET", "/")
        mine.getresponse().read()
        kept = mine.sock
        for _ in range(5):
            crowd(held, address, 20, b"GET / HTTP/1.1\r\nX: ")
            mine.request("GET", "/")
            assert mine.getresponse().read()
        assert mine.sock is kept


@pytest.mark.parametrize("limit", ["SILENCE_S", "REQUEST_S"])
def test_who_says_nothing_or_half_is_shown_out(
    built_show: Workspace, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    """A byte now and then makes no whole request."""
    monkeypatch.setattr(f"studio.preview.connections.{limit}", 1)
    with served(built_show) as address, contextlib.ExitStack() as held:
        [slow] = crowd(held, address, 1, b"GET / HTTP/1.1\r\nX: ")
        slow.settimeout(0.2)
        ended = time.monotonic() + 20
        closed = False
        while not closed and time.monotonic() < ended:
            try:
                if limit == "REQUEST_S":
                    slow.sendall(b"a")
                closed = slow.recv(1) == b""
            except TimeoutError:
                continue
            except OSError:
                closed = True
        assert closed


def test_who_reads_slowly_blocks_nobody(tmp_path: Path) -> None:
    """As players do that were paused: each asks for the rest of a long file and reads no further."""
    with (tmp_path / "long.mp3").open("wb") as stream:
        stream.truncate(200 << 20)
        stream.seek(1_000)
        stream.write(b"here")
    (tmp_path / "index.html").write_text("<p>Ici</p>", encoding="utf-8")
    with serve_preview(tmp_path, BASE_URL, port=0) as preview, contextlib.ExitStack() as held:
        answering = threading.Thread(target=preview.run)
        answering.start()
        held.callback(answering.join)
        held.callback(preview.end)
        asking = b"GET /long.mp3 HTTP/1.1\r\nHost: 127.0.0.1\r\nRange: bytes=1000-\r\n\r\n"
        readers = crowd(held, preview.address, 20, asking)
        answer = b""
        while b"\r\n\r\nhere" not in answer:
            answer += readers[0].recv(1_000)
        assert answer.startswith(b"HTTP/1.1 206 ")
        assert f"\r\nContent-Length: {(200 << 20) - 1_000}\r\n".encode() in answer
        assert ask(preview.address, "/")[0].status == 200
        whole = ask(preview.address, "/long.mp3", Range="bytes=1000-1003")
        assert whole[1] == b"here"
