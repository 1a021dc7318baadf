"""What servers may do to whoever asks them: each ends, tells, and nothing of it is taken as whole."""

from __future__ import annotations

import dataclasses
import gzip
import random
import socketserver
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import etree
from support.former_hosts import HOSTS

from studio.download.client import Client, DownloadRefusedError, Limits
from studio.download.feeds import load_pages
from studio.download.file_download import download_sound
from studio.errors import DiskError, NetworkError, StudioError
from studio.feed.imported_feed import episode_from_item
from studio.feed.lenient_parsing import parse_leniently, strict_feed

QUICK = Limits(
    first_pause_s=0.01,
    timeout_s=3.0,
    answer_s=1.0,
    tries=2,
    document_bytes=3_000_000,
    document_s=20.0,
    unstated_bytes=500_000,
)
TEXT = b"WEBVTT\n\n" + b"00:00:00.000 --> 00:00:01.000\nBonjour.\n\n" * 200
NOISE = random.Random(1).randbytes(20_000)
Write = Callable[[bytes], object]


def answer(content: bytes, *headers: bytes) -> Callable[[Write], None]:
    def write(write: Write) -> None:
        lines = [b"HTTP/1.1 200 OK", b"Connection: close", *headers]
        write(b"\r\n".join(lines) + b"\r\n\r\n" + content)

    return write


def raw_deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()


def drip_headers(write: Write) -> None:
    write(b"HTTP/1.1 200 OK\r\n")
    for _ in range(600):
        write(b"X")
        time.sleep(0.1)


def continue_for_ever(write: Write) -> None:
    while True:
        write(b"HTTP/1.1 100 Continue\r\n\r\n")


def redirect_with_endless_body(write: Write) -> None:
    write(b"HTTP/1.1 302 Found\r\nLocation: /plain\r\n\r\n")
    while True:
        write(b"x" * 65_536)


def drip_body(write: Write) -> None:
    write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(600):
        write(b"x")
        time.sleep(0.1)


def drip_an_error(write: Write) -> None:
    write(b"HTTP/1.1 500 Oh\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(600):
        write(b"x")
        time.sleep(0.1)


def endless_headers(write: Write) -> None:
    write(b"HTTP/1.1 200 OK\r\n")
    while True:
        write(b"X-A: " + b"a" * 60_000 + b"\r\n")


def redirect_to(place: bytes) -> Callable[[Write], None]:
    def write(write: Write) -> None:
        write(b"HTTP/1.1 302 Found\r\nLocation: " + place + b"\r\nContent-Length: 0\r\n\r\n")

    return write


def endless_sound(write: Write) -> None:
    write(b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n\r\nID3\x03")
    while True:
        write(bytes(65_536))


GZIP, DEFLATE = b"Content-Encoding: gzip", b"Content-Encoding: deflate"
WHOLE = {
    "/plain": answer(TEXT),
    "/redirect": redirect_with_endless_body,
    "/members": answer(gzip.compress(TEXT[:4000]) + gzip.compress(TEXT[4000:]), GZIP),
    "/padded": answer(gzip.compress(TEXT) + bytes(512), GZIP),
    "/zlib": answer(zlib.compress(TEXT), DEFLATE),
    "/raw": answer(raw_deflate(TEXT), DEFLATE),
    "/unsaid": answer(gzip.compress(TEXT)),
    # Numbers that are none.
    "/squared": answer(TEXT, "Content-Length: ²".encode("latin-1")),
    "/digits": answer(TEXT, b"Content-Length: " + b"9" * 5000),
}
REFUSED = {
    "/drip": (drip_headers, "cannot be loaded"),
    "/continue": (continue_for_ever, "cannot be loaded"),
    "/cut": (answer(gzip.compress(NOISE)[:9000], GZIP), "breaks off"),
    "/damaged": (answer(b"\x1f\x8b\x08" + NOISE, GZIP), "is damaged"),
    "/bomb": (answer(gzip.compress(bytes(30_000_000)), GZIP), "is too large"),
    "/bombs": (answer(gzip.compress(bytes(100_000)) * 100, GZIP), "is too large"),
}
UNANSWERED = {
    "/drip": drip_headers,
    "/continue": continue_for_ever,
    "/drip-body": drip_body,
    "/drip-error": drip_an_error,
    "/headers": endless_headers,
    "/ftp": redirect_to(b"ftp://127.0.0.1/x"),
    "/inside": redirect_to(b"http://127.0.0.2:9/x"),
    "/unwritten": redirect_to(b"http://[::1"),
}
UNFOLLOWED = {
    "/circle": redirect_to(b"/circle"),
    "/file": redirect_to(b"file:///etc/hostname"),
}
WAYS: dict[str, Callable[[Write], None]] = (
    UNANSWERED
    | UNFOLLOWED
    | WHOLE
    | {path: way for path, (way, _) in REFUSED.items()}
    | {"/endless": endless_sound}
)


@pytest.fixture
def base() -> Iterator[str]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            path = self.rfile.readline().split()[1].decode()
            while self.rfile.readline().strip():
                pass
            try:
                WAYS[path](self.wfile.write)
            except OSError:
                return  # nobody listens any more

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize("path", WHOLE)
def test_whatever_it_is_packed_in_it_is_whole(base: str, path: str) -> None:
    assert Client(base, QUICK).fetch(base + path).content == TEXT


@pytest.mark.parametrize("path", REFUSED)
def test_what_has_no_end_or_no_sense_is_told(base: str, path: str) -> None:
    started = time.monotonic()
    with pytest.raises(NetworkError, match=REFUSED[path][1]):
        Client(base, QUICK).fetch(base + path)
    assert time.monotonic() - started < 60


@pytest.mark.parametrize("path", UNANSWERED)
def test_no_server_holds_who_asks_it(base: str, path: str) -> None:
    """Nor leads them into this machine or its network."""
    limits = dataclasses.replace(QUICK, document_s=1.0)
    with pytest.raises(NetworkError):
        Client(base, limits).ask("GET", base + path, most_bytes=200_000)


@pytest.mark.parametrize("path", UNFOLLOWED)
def test_a_redirect_that_leads_nowhere_is_an_answer_like_others(base: str, path: str) -> None:
    told = Client(base, QUICK).ask("GET", base + path, most_bytes=200_000)
    assert (told.status, told.body) == (302, b"")


def test_an_answer_of_any_status_is_one_and_no_more_of_it_is_read(base: str) -> None:
    WAYS["/large"] = answer(bytes(500_000), b"X: y")
    told = Client(base, QUICK).ask("GET", f"{base}/large", most_bytes=4)
    assert (told.status, told.body, told.headers["X"]) == (200, bytes(4), "y")
    led = Client(base, QUICK, follows=False).ask("GET", f"{base}/file", most_bytes=4)
    assert (led.status, led.headers["Location"]) == (302, "file:///etc/hostname")


def test_a_stream_leaves_no_file_of_its_length(base: str, tmp_path: Path) -> None:
    part = tmp_path / "one.part"
    with pytest.raises(DownloadRefusedError, match="does not end"):
        download_sound(Client(base, QUICK), f"{base}/endless", part)
    assert part.stat().st_size == 0


def test_a_name_that_led_out_does_not_lead_in_a_moment_later() -> None:
    """DNS rebinding: whoever has the name that was typed also says where it leads."""
    client = Client("https://feeds.test/feed.xml")
    client.check_peer("feeds.test", 443, "93.184.215.14")
    with pytest.raises(DownloadRefusedError, match="local network"):
        client.check_peer("feeds.test", 443, "192.168.1.1")
    # One that leads in from the first is what was meant; another port of it is not.
    client = Client("http://nas.test/feed.xml")
    client.check_peer("nas.test", 80, "192.168.1.20")
    with pytest.raises(DownloadRefusedError, match="local network"):
        client.check_peer("nas.test", 8080, "192.168.1.20")


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:10.0.0.1]", "localhost"),
        *("[64:ff9b::7f00:1]", "[2002:7f00:1::]", "169.254.169.254", "100.64.0.1", "0.0.0.1"),
    ],
)
def test_an_address_in_figures_is_refused_before_anybody_is_asked(host: str) -> None:
    """Also where a proxy would be asked, whose own address says nothing of where it leads."""
    with pytest.raises(DownloadRefusedError, match="local network"):
        Client("https://feeds.test/").check(f"http://{host}/x.mp3")


def test_pages_without_an_end_are_told(base: str) -> None:
    text = HOSTS["simplecast"]()
    pages = iter(range(1000))

    def next_one(write: Write) -> None:
        link = f'<atom:link rel="next" href="{base}/page?{next(pages)}"/>{" " * 400_000}'
        answer(text.replace("<item>", f"{link}<item>", 1).encode())(write)

    class Pages(dict[str, Callable[[Write], None]]):
        def __missing__(self, path: str) -> Callable[[Write], None]:
            return next_one

    WAYS.update({f"/page?{n}": next_one for n in range(20)} | {"/page": next_one})
    with pytest.raises(StudioError, match="endless pages"):
        load_pages(f"{base}/page", Client(base, QUICK))


SHOW = HOSTS["simplecast"]()
HEAD, REST = SHOW.split("<item>", 1)
FIRST, SECOND = REST.split("<item>", 1)


def read(text: str) -> int:
    return len(parse_leniently(text.encode(), "https://x.test/feed.xml").items)


@pytest.mark.parametrize(
    "text",
    [
        f"{SHOW}{'<!-- a -->' * 40}",
        f"{HEAD}{'<![CDATA[' * 30_000}]]><item>{REST}",
        f"{HEAD}<!-- <item> --><item>{REST}",
        SHOW.replace("</rss>", "</rss \n >\n<!-- made by\n hand -->\n\n"),
    ],
)
def test_marks_in_masses_take_no_time_and_no_episode(text: str) -> None:
    started = time.process_time()
    assert read(text) == 3
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"{SHOW}{'<!-- a -->' * 40}x", "is truncated"),
        (f"{HEAD}{'<![CDATA[' * 30_000}<item>{REST}", "is truncated|can be read"),
        (f"{HEAD}{'<a>' * 5000}{'</a>' * 5000}<item>{REST}", "only 0 of 3 episodes"),
        (f"{HEAD}<item>{FIRST}{'<a>' * 5000}<item>{SECOND}", "only 1 of 3 episodes"),
        (f"{HEAD}<item>{FIRST}<b>{'x' * 11_000_000}</b><item>{SECOND}", "only 1 of 3 episodes"),
    ],
    ids=["comments", "cdata", "nested", "nested later", "long text"],
)
def test_episodes_that_nobody_can_read_are_an_error(text: str, what: str) -> None:
    started = time.process_time()
    with pytest.raises(StudioError, match=what):
        read(text)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "broken",
    [
        "<googleplay:author>Ada</googleplay:author>",
        '<title foo:bar="1">Ada</title>',
        '<p:a:b xmlns:p="https://a.test/">Ada</p:a:b>',
        '<category text="a"x="b"/>',
        '<t xmlns="http://a.tést/">Ada</t>',
        "<enclosure url='https://a.test/a.mp3' length='²' type='audio/mpeg'/>",
        f"<enclosure url='https://a.test/a.mp3' length='{'9' * 5000}' type='audio/mpeg'/>",
        f'<podcast:soundbite startTime="{"9" * 400}" duration="30.0">a</podcast:soundbite>',
    ],
)
def test_what_no_xml_may_have_is_read_and_written_as_xml(broken: str) -> None:
    """Prefixes that nobody declared, numbers that are none: feeds of hosts have them."""
    text = f"<rss><channel><title>T</title><item><guid>g</guid>{broken}</item></channel></rss>"
    found = parse_leniently(text.encode(), "https://a.test/feed.xml")
    former = episode_from_item(found.items[0])

    assert former.enclosure is None or former.enclosure.length_bytes == 0
    assert former.soundbites == ()
    for xml in (strict_feed(found), former.xml):
        assert etree.fromstring(xml).findtext(".//guid") == "g"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")
def test_what_the_disk_refuses_is_told_with_its_file(base: str, tmp_path: Path) -> None:
    part = tmp_path / "1.part"
    part.symlink_to("/dev/full")
    with pytest.raises(DiskError) as error:
        download_sound(Client(base, QUICK), f"{base}/plain", part)
    assert str(error.value.where) == str(part)


# --- remedies, each followed to the letter

MP3 = b"ID3\x03" + bytes(2000)


def first_broken(*ways: Callable[[Write], None]) -> Callable[[Write], None]:
    """One answer after the other; the last one stays."""
    left = list(ways)

    def write(write: Write) -> None:
        way = left.pop(0) if len(left) > 1 else left[0]
        way(write)

    return write


def refused_with(remedy: str, call: Callable[[], object]) -> None:
    with pytest.raises(StudioError) as refused:
        call()
    assert remedy in str(refused.value.remedy)


@pytest.mark.parametrize(
    ("remedy", "wrong", "right"),
    [
        ("Ask the feed's publisher; only https:// and http://", "ftp://127.0.0.1/feed", "/plain"),
        ("Check the address: this is not a feed, picture or transcript.", "/bomb", "/plain"),
        ("download the file yourself and put it into the episode.", "http://10.0.0.1/x", "/plain"),
        ("Check the connection, then run the same command again.", "/drip", "/plain"),
    ],
)
def test_another_address_is_given(base: str, remedy: str, wrong: str, right: str) -> None:
    limits = dataclasses.replace(QUICK, answer_s=0.2, tries=1)
    client = Client("https://feeds.test/" if "//10." in wrong else base, limits)
    refused_with(remedy, lambda: client.fetch(wrong if "//" in wrong else base + wrong))
    assert Client(base, QUICK).fetch(base + right).content == TEXT


@pytest.mark.parametrize(
    "broken",
    [
        answer(b"\x1f\x8b\x08" + NOISE, GZIP),
        answer(TEXT[:100], f"Content-Length: {len(TEXT)}".encode()),
    ],
)
def test_the_same_command_is_run_again(base: str, broken: Callable[[Write], None]) -> None:
    WAYS["/once"] = first_broken(broken, answer(TEXT))
    client = Client(base, dataclasses.replace(QUICK, tries=1))
    refused_with("Run the same command again.", lambda: client.fetch(f"{base}/once"))
    assert client.fetch(f"{base}/once").content == TEXT


@pytest.mark.parametrize(
    ("remedy", "way"),
    [
        ("Open the address in a browser; ask the host", answer(MP3, b"Content-Type: text/html")),
        ("Open the address in a browser; ask the host", answer(b"Bonjour" * 20)),
        ("It is a stream, not an episode: leave it out, or put the file in", endless_sound),
        ("If that is intended, download it yourself", answer(b"", b"Content-Length: 9999999999")),
    ],
)
def test_another_file_is_got_from_the_host(
    base: str, tmp_path: Path, remedy: str, way: Callable[[Write], None]
) -> None:
    WAYS["/host"] = way
    client, part = Client(base, QUICK), tmp_path / "one.part"
    refused_with(remedy, lambda: download_sound(client, f"{base}/host", part))
    WAYS["/host"] = answer(MP3)
    assert download_sound(client, f"{base}/host", part).suffix == ".mp3"


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (401, "It asks for a password: download the file in a browser, or ask the host for it."),
        (403, "It refuses this program: download the file in a browser, or ask the host for it."),
        (404, "It is not there: look the address up at the host."),
        (410, "It was removed there: ask the host for a copy."),
        (429, "It limits the number of requests: run the same command again in an hour."),
    ],
)
def test_what_a_host_refuses_is_had_once_it_gives_it(
    base: str, tmp_path: Path, status: int, remedy: str
) -> None:
    def refuse(write: Write) -> None:
        write(f"HTTP/1.1 {status} No\r\nConnection: close\r\n\r\n".encode())

    WAYS["/refused"] = refuse
    client, part = Client(base, dataclasses.replace(QUICK, tries=1)), tmp_path / "one.part"
    refused_with(remedy, lambda: download_sound(client, f"{base}/refused", part))
    WAYS["/refused"] = answer(MP3)
    assert download_sound(client, f"{base}/refused", part).suffix == ".mp3"


def test_what_cannot_be_resumed_is_loaded_from_its_beginning(base: str, tmp_path: Path) -> None:
    def cut(write: Write) -> None:
        write(b'HTTP/1.1 200 OK\r\nETag: "a"\r\nContent-Length: 2004\r\n\r\n' + MP3[:900])

    def elsewhere(write: Write) -> None:
        write(b"HTTP/1.1 206 P\r\nContent-Range: bytes 950-2003/2004\r\n\r\n" + MP3[950:])

    WAYS["/parts"] = first_broken(cut, elsewhere, answer(MP3))
    client, part = Client(base, dataclasses.replace(QUICK, tries=1)), tmp_path / "one.part"
    for remedy in ("Run the same command again.", "it is loaded from its beginning."):
        refused_with(remedy, lambda: download_sound(client, f"{base}/parts", part))
    download_sound(client, f"{base}/parts", part)
    assert part.read_bytes() == MP3


def test_a_feed_without_its_links_and_with_its_xml_in_order_is_read(
    base: str, tmp_path: Path
) -> None:
    loop = SHOW.replace("<item>", f'<atom:link rel="next" href="{base}/loop"/><item>', 1)
    WAYS["/loop"] = answer(loop.encode())
    client, saved = Client(base, QUICK), tmp_path / "feed.xml"
    refused_with("save the feed as a file without its", lambda: load_pages(f"{base}/loop", client))
    refused_with("Name the file, or the address", lambda: load_pages(str(saved), client))
    saved.write_text(SHOW, encoding="utf-8")
    (page,) = load_pages(str(saved), client)
    assert page[1].decode() == SHOW
    refused_with("save the feed and fix it there.", lambda: read(f"{HEAD}{'<a>' * 5000}{REST}"))
    assert read(SHOW) == 3


def test_what_came_slowly_is_resumed_later(base: str, tmp_path: Path) -> None:
    asked: list[str] = []

    def slow(write: Write) -> None:
        write(b'HTTP/1.1 200 OK\r\nETag: "a"\r\nContent-Length: 2004\r\n\r\n' + MP3[:900])
        for byte in MP3[900:960]:
            time.sleep(0.02)
            write(bytes([byte]))

    def rest(write: Write) -> None:
        there = part.stat().st_size
        asked.append(str(there))
        told = f"HTTP/1.1 206 P\r\nContent-Range: bytes {there}-2003/2004\r\n\r\n"
        write(told.encode() + MP3[there:])

    WAYS["/slow"] = first_broken(slow, rest)
    limits = dataclasses.replace(QUICK, tries=1, slow_s=0.1, slowest_bytes_s=1e9)
    part = tmp_path / "one.part"
    refused_with(
        "it resumes where it stopped.",
        lambda: download_sound(Client(base, limits), f"{base}/slow", part),
    )
    download_sound(Client(base, QUICK), f"{base}/slow", part)
    assert part.read_bytes() == MP3
    assert int(asked[0]) >= 900
