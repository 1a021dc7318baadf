"""A web server on loopback with the feeds of twenty hosts, each shaped as that kind of host's, and
the ways in which they behave: redirects, cookies, gzip, agents that are refused, lines that break.
"""

from __future__ import annotations

import functools
import gzip
import http.server
import io
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from PIL import Image

FRAME = b"\xff\xfb\x90\xc4" + b"\0" * 413  # MPEG-1 layer III, 128 kbps, 44.1 kHz: 26 ms
NAMESPACES = """xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom"
 xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:psc="http://podlove.org/simple-chapters"
 """


def mp3(number: int, frames: int = 40) -> bytes:
    """A small MP3 that differs from others: its number is in its tag."""
    text = f"\0episode {number}".encode()
    body = b"TIT2" + len(text).to_bytes(4, "big") + b"\0\0" + text
    return b"ID3\x03\0\0" + bytes([0, 0, 0, len(body)]) + body + FRAME * frames


class Item(NamedTuple):
    """What differs between hosts; ``extra`` is put in as it is."""

    number: int
    title: str = ""
    guid: str | None = ""
    date: str | None = ""
    url: str = ""
    length: str = ""
    type: str = "audio/mpeg"
    extra: str = ""


DATES = ("Mon, 0{0} Jan 2024 06:00:00 +0100", "Tue, 0{0} Jan 2024 05:00:00 GMT")


def item(one: Item, host: str) -> str:
    title = one.title or f"Épisode {one.number} : les gens d’ici"
    guid = f"{host}-{one.number}" if one.guid == "" else one.guid
    date = f"0{one.number} Jan 2024 06:00:00 +0100" if one.date == "" else one.date
    url = one.url or f"BASE/{host}/{one.number}.mp3"
    length = one.length or str(len(mp3(one.number)))
    parts = [f"<title>{title}</title>"]
    parts += [] if guid is None else [f'<guid isPermaLink="false">{guid}</guid>']
    parts += [] if date is None else [f"<pubDate>{date}</pubDate>"]
    parts += [f'<enclosure url="{url}" length="{length}" type="{one.type}"/>'] if url != "-" else []
    return f"<item>{''.join(parts)}{one.extra}</item>"


def feed(host: str, items: list[Item], extra: str = "", namespaces: str = NAMESPACES) -> str:
    # Whoever writes a feed by hand forgets the cover: one is drawn.
    cover = "" if host == "handmade" else f'<itunes:image href="BASE/{host}/cover.jpg"/>'
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" {namespaces}><channel><title>L’émission de {host}</title>
<link>https://{host}.test/</link><description>Des gens d’ici &amp; d’ailleurs.</description>
<language>fr-FR</language><itunes:author>L’équipe</itunes:author>
<itunes:category text="Society &amp; Culture"><itunes:category text="Documentary"/></itunes:category>
<itunes:owner><itunes:name>L’équipe</itunes:name><itunes:email>nous@{host}.test</itunes:email></itunes:owner>
<itunes:explicit>false</itunes:explicit>{cover}{extra}
{"".join(item(one, host) for one in items)}
</channel></rss>"""


def plain(host: str, count: int = 3, extra: str = "") -> str:
    return feed(host, [Item(number, extra=extra) for number in range(count, 0, -1)])


NOTES = (
    "<description><![CDATA[<p>Premier paragraphe.</p><p>Second, avec un <a href='https://x.test/'>"
    "lien</a>.</p>]]></description><content:encoded><![CDATA[<h2>Notes</h2><p>Riches</p>"
    "<script>alert(1)</script>]]></content:encoded><itunes:duration>00:21:05</itunes:duration>"
)
PSC = (
    '<psc:chapters version="1.2"><psc:chapter start="00:00:00.000" title="Début"/>'
    '<psc:chapter start="00:00:00.500" title="Suite"/></psc:chapters>'
)


def castopod(number: int) -> str:
    return f"""<itunes:season>1</itunes:season><itunes:episode>{number}</itunes:episode>
<podcast:person role="host" group="cast" href="https://castopod.test/@ada">Ada</podcast:person>
<podcast:person role="guest">Grace</podcast:person><podcast:soundbite startTime="0.1" duration="0.5">Un
 extrait</podcast:soundbite><podcast:transcript url="BASE/castopod/{number}.srt" type="application/srt" language="fr" rel="captions"/>
<podcast:chapters url="BASE/castopod/{number}.json" type="application/json+chapters"/>
<podcast:value type="lightning" method="keysend"><podcast:valueRecipient name="Nous" type="node" address="02d5" split="100"/></podcast:value>"""


SRT = "1\n00:00:00,000 --> 00:00:00,900\nBonjour à tous.\n"
VTT = "WEBVTT\n\n00:00:00.000 --> 00:00:00.900\n<v Ada>Bonjour à tous.\n"
CHAPTERS = '{"version": "1.2.0", "chapters": [{"startTime": 0, "title": "Début"}, {"startTime": 0.6, "title": "Fin"}]}'
WILD_DATES = (
    "Mon, 01 Jan 2024 06:00:00 CET",
    "2024-01-02T06:00:00+01:00",
    "3 janvier 2024 06:00:00 +0100",
    "2024-01-04 05:00:00",
    "Sun, 05 Jan 2024 06:00 +0100",  # not a Sunday
)


def _handmade() -> str:
    wild = [
        Item(
            number,
            title=f"<b>Q&A n°{number}</b>&nbsp;: l&eacute;gumes"
            if number % 2
            else f"<![CDATA[<i>Été</i> {number} &amp;amp; hiver]]>",
            guid=None,
            date=WILD_DATES[number - 1],
            url=f"/handmade/son {number}.mp3",
            length="12",
        )
        for number in range(5, 0, -1)
    ]
    return feed("handmade", wild)


def _acast() -> str:
    return feed(
        "acast",
        [
            Item(
                number,
                url=f"BASE/acast/cookie/{number}.mp3",
                extra=NOTES + f"<acast:episodeId>{number}</acast:episodeId>",
            )
            for number in (3, 2, 1)
        ],
        namespaces=NAMESPACES + ' xmlns:acast="https://schema.acast.com/1.0/"',
    )


HOSTS: dict[str, Callable[[], str]] = {
    "ausha": lambda: feed(
        "ausha",
        [Item(n, url=f"BASE/ausha/redirect/{n}.mp3?t=16{n}", extra=NOTES) for n in (3, 2, 1)],
        extra="<podcast:locked>yes</podcast:locked><podcast:guid>9b024349-ccf0-5f69-a609-6b82873eab3c</podcast:guid>",
    ),
    "acast": _acast,
    "podigee": lambda: feed(
        "podigee",
        [
            Item(
                n,
                extra=NOTES
                + PSC
                + f'<podcast:transcript url="BASE/podigee/{n}.vtt" type="text/vtt"/>',
            )
            for n in (3, 2, 1)
        ],
    ),
    "anchor": lambda: feed(
        "anchor",
        [
            Item(
                n,
                url=f"BASE/anchor/play/{n}/https%3A%2F%2Fcdn.test%2F{n}.m4a",
                type="audio/x-m4a",
                date=f"Wed, 0{n} Jan 2024 05:00:00 GMT",
            )
            for n in (3, 2, 1)
        ],
    ),
    "podlove": lambda: feed(
        "podlove",
        [Item(n, guid=f"podlove-2024-01-0{n}t06:00:00+00:00-{n}", extra=PSC) for n in (4, 3)],
        extra='<atom:link rel="next" href="BASE/podlove/feed.xml?paged=2"/>',
    ),
    "castopod": lambda: feed("castopod", [Item(n, extra=castopod(n)) for n in (3, 2, 1)]),
    "powerpress": lambda: feed(
        "powerpress",
        [
            Item(4, title="Un billet sans son", url="-"),
            *(
                Item(
                    n,
                    guid=f"https://powerpress.test/?p={n}",
                    url=f"BASE/powerpress/{n}.mp3?_=1",
                    extra="<itunes:explicit>clean</itunes:explicit>" + NOTES,
                )
                for n in (3, 2, 1)
            ),
        ],
        namespaces=NAMESPACES + ' xmlns:rawvoice="http://www.rawvoice.com/rawvoiceRssModule/"',
    ),
    "buzzsprout": lambda: feed(
        "buzzsprout",
        [
            Item(
                n,
                guid=f"Buzzsprout-{n}",
                extra=f'<podcast:transcript url="BASE/buzzsprout/{n}.srt" type="application/x-subrip"/><podcast:transcript url="BASE/buzzsprout/{n}.vtt" type="text/vtt"/>',
            )
            for n in (3, 2, 1)
        ],
    ),
    "libsyn": lambda: plain("libsyn"),  # answers 403 to agents that it does not know
    "soundcloud": lambda: feed(
        "soundcloud",
        [Item(n, guid=f"tag:soundcloud,2010:tracks/{n}", length="0") for n in (3, 2, 1)],
    ),
    "simplecast": lambda: feed(
        "simplecast", [Item(n, date=f"0{n} Jan 2024 09:30:15 -0500") for n in (3, 2, 1)]
    ),
    "transistor": lambda: feed(
        "transistor",
        [
            Item(
                n,
                extra=f"<itunes:episode>{n}</itunes:episode><itunes:episodeType>{'trailer' if n == 1 else 'full'}</itunes:episodeType>",
            )
            for n in (3, 2, 1)
        ],
    ),
    "megaphone": lambda: plain("megaphone"),  # answers 429 first
    "radiofrance": lambda: feed(
        "radiofrance",
        [Item(n, extra="<itunes:duration>00:00:01</itunes:duration>") for n in (3, 2, 1)],
        namespaces=NAMESPACES.replace("dtds/podcast-1.0.dtd", "DTDs/Podcast-1.0.dtd"),
    ),
    "feedburner": lambda: plain("feedburner").replace(
        ' xmlns:podcast="https://podcastindex.org/namespace/1.0"',
        ' xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" xmlns:podcast="https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"',
    ),
    "handmade": _handmade,
    "audiomeans": lambda: feed(
        "audiomeans",
        [
            Item(4, guid="same", url="BASE/audiomeans/3.mp3", length=str(len(mp3(3)))),
            Item(3, guid="same"),
            Item(2, guid="other", url="BASE/audiomeans/1.mp3", length=str(len(mp3(1)))),
            Item(1),
            Item(1),
        ],
    ),
    "serial": lambda: feed(
        "serial", [Item(n) for n in (1, 2, 3)], extra="<itunes:type>serial</itunes:type>"
    ),
    "sameday": lambda: feed(
        "sameday", [Item(n, date="Mon, 01 Jan 2024 06:00:00 +0100") for n in (2, 3, 1)]
    ),
    "latin": lambda: plain("latin"),  # says UTF-8, and is Windows-1252
}


class Seen(NamedTuple):
    """What was asked for: path, range and agent."""

    path: str
    range: str
    agent: str


class Hosts:
    """What the server was asked, and how it is to behave next."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.broken: set[str] = set()  # paths that break off in the middle, once
        self.feeds: dict[str, bytes] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.dead: set[str] = set()
        # Paths whose rest is answered wrongly: "nothing" there (416), or the "whole" as a part.
        self.resumed: dict[str, str] = {}
        self.most_at_once = 0
        self.base = ""
        self._at_once = 0
        self._lock = threading.Lock()

    @contextmanager
    def counted(self) -> Iterator[None]:
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            yield
        finally:
            with self._lock:
                self._at_once -= 1

    def feed(self, host: str) -> bytes:
        if host in self.feeds:
            return self.feeds[host]
        text = HOSTS[host]().replace("BASE", self.base)
        return text.encode("cp1252") if host == "latin" else text.encode()


def _sound(path: str) -> bytes | None:
    name = (
        path.partition("?")[0]
        .rpartition("/")[2]
        .replace("son%20", "")
        .replace("%C3%A9t%C3%A9%20", "")
    )
    digits = name.removesuffix(".mp3").removesuffix(".m4a").rpartition("%2F")[2]
    if not digits.isdigit():
        return None
    if name.endswith(".m4a"):
        return b"\0\0\0\x20ftypM4A " + mp3(int(digits))
    return mp3(int(digits))


@functools.cache
def _cover() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (1400, 1400), "navy").save(picture, "JPEG")
    return picture.getvalue()


@contextmanager
def former_hosts() -> Iterator[Hosts]:
    hosts = Hosts()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            with hosts.counted():
                hosts.seen.append(
                    Seen(self.path, self.headers.get("Range", ""), self.headers["User-Agent"])
                )
                self._answer()

        def _answer(self) -> None:
            _, host, *rest = self.path.split("/")
            if self.path in hosts.dead:
                return self._send(404, b"gone")
            if rest == ["cover.jpg"]:
                return self._send(200, _cover(), "image/jpeg")
            if self.path in hosts.files:
                kind, content = hosts.files[self.path]
                return self._send(200, content, kind)
            if rest and rest[0].startswith("feed.xml"):
                return self._feed(host)
            if host == "libsyn" and "Mozilla" not in self.headers["User-Agent"]:
                return self._send(403, b"")
            if host == "megaphone" and not any(one.path == self.path for one in hosts.seen[:-1]):
                return self._send(429, b"", more={"Retry-After": "0"})
            if rest[0] == "redirect":
                return self._send(302, b"", more={"Location": f"/{host}/{rest[-1]}"})
            if rest[0] == "cookie" and "session=1" not in self.headers.get("Cookie", ""):
                return self._send(
                    302, b"", more={"Location": self.path, "Set-Cookie": "session=1; Path=/"}
                )
            if host == "endless":
                return self._endless()
            for ending, kind, text in (
                (".srt", "application/x-subrip", SRT),
                (".vtt", "text/vtt", VTT),
                (".json", "application/json", CHAPTERS),
            ):
                if self.path.endswith(ending):
                    return self._send(200, text.encode(), kind)
            sound = _sound(self.path)
            return self._send(404, b"") if sound is None else self._ranged(sound)

        def _feed(self, host: str) -> None:
            content = hosts.feed(host)
            if host == "podlove" and "paged=2" in self.path:
                content = (
                    feed("podlove", [Item(n) for n in (2, 1)]).replace("BASE", hosts.base).encode()
                )
            if host == "acast":
                return self._send(
                    200, gzip.compress(content), "application/rss+xml", {"Content-Encoding": "gzip"}
                )
            return self._send(200, content, "application/rss+xml")

        def _ranged(self, content: bytes) -> None:
            start = 0
            asked = self.headers.get("Range", "")
            if asked and self.headers.get("If-Range") in {None, '"v1"'}:
                start = int(asked.removeprefix("bytes=").rstrip("-"))
            more = {"ETag": '"v1"', "Accept-Ranges": "bytes"}
            if start and hosts.resumed.get(self.path) == "nothing":
                return self._send(416, b"")
            if start and hosts.resumed.get(self.path) == "whole":
                more["Content-Range"] = f"bytes 0-{len(content) - 1}/{len(content)}"
                return self._send(206, content, "audio/mpeg", more)
            if start:
                more["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            return self._send(206 if start else 200, content[start:], "audio/mpeg", more)

        def _endless(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "audio/mpeg")
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            until = time.monotonic() + 20
            while time.monotonic() < until:
                try:
                    self.wfile.write(FRAME * 500)
                except OSError:
                    return

        def _send(
            self,
            status: int,
            content: bytes,
            kind: str = "text/plain",
            more: dict[str, str] | None = None,
        ) -> None:
            self.send_response(status)
            for name, value in {
                "Content-Type": kind,
                "Content-Length": str(len(content)),
                **(more or {}),
            }.items():
                self.send_header(name, value)
            self.end_headers()
            if self.path in hosts.broken:
                hosts.broken.discard(self.path)
                self.wfile.write(content[: len(content) // 2])
                self.close_connection = True
                return
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hosts.base = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield hosts
        finally:
            server.shutdown()
            thread.join()
