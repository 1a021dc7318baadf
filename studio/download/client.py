"""The HTTP client: allowed addresses, redirects, cookies, user agents and retries.

A feed contains addresses chosen by others. None of them may access files of this machine or
machines of its network (SSRF): the peer address of each connection is checked, so that a name that
resolves to the local network is refused, even after DNS rebinding. A server that the user typed may
be anywhere.
"""

from __future__ import annotations

import dataclasses
import email.message
import email.utils
import http.client
import http.cookiejar
import ipaddress
import socket
import threading
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from typing import Any

import studio
from studio.errors import NetworkError
from studio.messages.message import message
from studio.text.number_parsing import whole_number
from studio.web.url_parts import ascii_address, split_address

AGENT = f"Studio/{studio.__version__} (podcast import)"
# Some hosts answer 403 to unknown user agents, but not to browsers.
KNOWN_AGENT = f"Mozilla/5.0 (compatible; Studio/{studio.__version__})"
_PORTS = {"http": 80, "https": 443}
_CHUNK_BYTES = 1 << 16


@dataclasses.dataclass(frozen=True)
class Limits:
    """Limits of requests, sizes and times.

    :param at_once: concurrent downloads from one host (browsers: six).
    :param timeout_s: maximum time without a byte.
    :param answer_s: maximum time until the headers are complete.
    :param tries: attempts of a request that fails for a transient reason.
    :param first_pause_s: pause before the second attempt; doubled before each further one.
    :param longest_pause_s: maximum that a server may request (Retry-After); more counts as refused.
    :param slowest_bytes_s: below this mean rate over ``slow_s``, a download is aborted: it would
        take days.
    :param document_bytes: maximum size of a feed, a picture, a transcript, uncompressed.
    :param document_s: maximum time for a document.
    :param sound_bytes: maximum size of an enclosure with a stated length: 24 hours at 320 kbps are
        3.5 GB.
    :param unstated_bytes: maximum size of one without.
    """

    at_once: int = 2
    timeout_s: float = 30.0
    answer_s: float = 120.0
    tries: int = 4
    first_pause_s: float = 1.0
    longest_pause_s: float = 120.0
    slowest_bytes_s: float = 1000.0
    slow_s: float = 60.0
    document_bytes: int = 100_000_000
    document_s: float = 300.0
    sound_bytes: int = 4_000_000_000
    unstated_bytes: int = 1_000_000_000


@dataclasses.dataclass(frozen=True)
class Fetched:
    """A complete document. ``url`` is its final address."""

    url: str
    content: bytes
    headers: Mapping[str, str]


@dataclasses.dataclass(frozen=True)
class Response:
    """A server's response with any status; ``body`` may be truncated."""

    status: int
    headers: email.message.Message
    body: bytes


class DownloadRefusedError(NetworkError):
    """An address that must not be requested, or a server that refuses: retrying does not help."""


class OutOfRangeError(DownloadRefusedError):
    """The server has nothing from the requested offset on (416)."""


class Client:
    """Requests from web servers, restricted to allowed addresses.

    :param typed: the address that the user typed: its server may be in the local network.
    :param follows: whether to follow redirects; else they are returned as responses.
    """

    def __init__(self, typed: str = "", limits: Limits = Limits(), *, follows: bool = True) -> None:
        self.limits = limits
        self._trusted = {_origin(proxy) for proxy in urllib.request.getproxies().values()}
        self._typed = _origin(typed) if typed else None
        self._typed_is_inside: bool | None = None  # unknown before the first connection
        self._opening = threading.local()
        self._jar = http.cookiejar.CookieJar()
        self._slots: dict[str, threading.Semaphore] = {}
        self._slots_lock = threading.Lock()
        self._known_agent: set[str] = set()
        self._opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(),
            urllib.request.UnknownHandler(),
            _GuardedHTTP(self),
            _GuardedHTTPS(self),
            urllib.request.HTTPDefaultErrorHandler(),
            *((_Redirects(self),) if follows else ()),
            urllib.request.HTTPErrorProcessor(),
            urllib.request.HTTPCookieProcessor(self._jar),
        ):
            self._opener.add_handler(handler)

    def check(self, url: str) -> str:
        """The address, if it may be requested.

        :raises Refused: it is not a web address.
        """
        parts = split_address(url)
        if parts is None or parts.scheme not in _PORTS or not parts.hostname:
            raise DownloadRefusedError(
                url[:200] or "''",
                message("is not a web address, so it was not requested"),
                message("Ask the feed's publisher; only https:// and http:// are followed."),
            )
        # With a proxy, the peer is the proxy; numeric addresses are checked even so.
        if literal := _address_in_figures(parts.hostname):
            self.check_peer(parts.hostname, _origin(url)[1], literal)
        return url

    def check_peer(self, host: str, port: int, peer: str) -> None:
        """Check that a connection leads out of the local network.

        :raises Refused: it leads to this machine or the local network.
        """
        origin = (host.lower(), port)
        if origin in self._trusted:
            return
        inside = not _leads_out(peer)
        if origin == self._typed:
            # A typed name may only resolve to the same kind of network as at first: a public one
            # must not lead into the local network later (DNS rebinding).
            if self._typed_is_inside is None:
                self._typed_is_inside = inside
            inside = inside and not self._typed_is_inside
        if inside:
            raise DownloadRefusedError(
                f"{host}:{port}",
                message(
                    "leads into the local network ({peer}), so it was not requested", peer=peer
                ),
                message(
                    "If that is intended, download the file yourself and put it into the episode."
                ),
            )

    def resolved(self, host: str, port: int) -> list[Any]:
        """The addresses to which a name resolves; empty for a trusted server, or one that the user
        typed, for which only the connection is checked.
        """
        if (host.lower(), port) in self._trusted or (host.lower(), port) == self._typed:
            return []
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)

    @contextmanager
    def opened(self, url: str, headers: Mapping[str, str] | None = None) -> Iterator[Any]:
        """The response to a GET, with limited concurrency per host.

        :raises Refused: the address must not be requested, or the server refuses.
        :raises NetworkError: it cannot be reached after all attempts.
        """
        with self._slot(url):
            answer = self._ask(url, headers or {})
            try:
                yield answer
            finally:
                answer.close()

    def ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        body: bytes | None = None,
        most_bytes: int,
    ) -> Response:
        """Send one request, and return a response of any status.

        :param most_bytes: how much of the response's body is read.
        :raises Refused: the address must not be asked.
        :raises NetworkError: it cannot be reached, or its response takes too long.
        """
        request = urllib.request.Request(  # noqa: S310 - checked here
            self.check(ascii_address(url)),
            data=body,
            headers={"User-Agent": AGENT, **(headers or {})},
        )
        request.method = method
        try:
            try:
                answer = self._answered(request)
            except urllib.error.HTTPError as error:
                answer = error
            with closing(answer):
                content = self._beginning(answer, most_bytes)
                return Response(answer.getcode(), answer.headers, content)
        except urllib.error.URLError as error:
            raise unreachable(url, error.reason) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise unreachable(url, error) from None

    def _beginning(self, answer: Any, most_bytes: int) -> bytes:
        content = bytearray()
        until = time.monotonic() + self.limits.document_s
        while len(content) < most_bytes and (
            chunk := answer.read1(min(_CHUNK_BYTES, most_bytes - len(content)))
        ):
            content += chunk
            if time.monotonic() > until:
                raise TimeoutError(f"no end in {self.limits.document_s:.0f} s")
        return bytes(content)

    def fetch(self, url: str) -> Fetched:
        """A complete document, uncompressed.

        :raises NetworkError: as :meth:`opened`; or it exceeds the limits of size or time.
        """
        with self.opened(url, {"Accept-Encoding": "gzip, deflate"}) as answer:
            # The limit applies to uncompressed bytes: a small response may expand to gigabytes.
            unpacker = _Unpacker(answer.headers.get("Content-Encoding", "").lower())
            content = bytearray()
            until = time.monotonic() + self.limits.document_s
            try:
                while chunk := answer.read1(_CHUNK_BYTES):
                    room = self.limits.document_bytes + 1 - len(content)
                    content += unpacker.unpacked(chunk, room)
                    if len(content) > self.limits.document_bytes or time.monotonic() > until:
                        raise DownloadRefusedError(
                            url,
                            message(
                                "is too large: {count:,} bytes were received, and there are more",
                                count=len(content),
                            ),
                            message(
                                "Check the address: this is not a feed, picture or transcript."
                            ),
                        )
                unpacker.end()
            except zlib.error as error:
                raise NetworkError(
                    url,
                    message("is damaged ({error})", error=error),
                    message("Run the same command again."),
                ) from None
            except (OSError, http.client.HTTPException) as error:
                raise unreachable(url, error) from None
            stated = whole_number(answer.headers.get("Content-Length") or "")
            if not unpacker.packed and stated is not None and len(content) < stated:
                raise NetworkError(
                    url,
                    message(
                        "was interrupted after {count:,} of {told:,} bytes",
                        count=len(content),
                        told=stated,
                    ),
                    message("Run the same command again."),
                )
            return Fetched(answer.geturl(), bytes(content), lower_headers(answer))

    @contextmanager
    def _slot(self, url: str) -> Iterator[None]:
        parts = split_address(self.check(url))
        host = (parts.hostname if parts else None) or ""
        with self._slots_lock:
            slot = self._slots.setdefault(host, threading.Semaphore(self.limits.at_once))
        with slot:
            yield

    def _ask(self, url: str, headers: Mapping[str, str]) -> Any:
        pause_s = self.limits.first_pause_s
        host = _origin(url)[0]
        for attempt in range(1, self.limits.tries + 1):
            agent = KNOWN_AGENT if host in self._known_agent else AGENT
            request = urllib.request.Request(  # noqa: S310 - checked above
                self.check(ascii_address(url)),
                headers={"User-Agent": agent, "Accept": "*/*", **headers},
            )
            try:
                return self._answered(request)
            except urllib.error.HTTPError as error:
                with closing(error):
                    if error.code == http.HTTPStatus.FORBIDDEN and agent == AGENT:
                        self._known_agent.add(host)
                        wait_s: float | None = 0.0
                    else:
                        wait_s = self._pause_after(error, pause_s)
                if wait_s is None or attempt == self.limits.tries:
                    raise refusal(url, error) from None
            except urllib.error.URLError as error:
                if attempt == self.limits.tries:
                    raise unreachable(url, error.reason) from None
                wait_s = pause_s
            except (OSError, http.client.HTTPException, ValueError) as error:
                if attempt == self.limits.tries:
                    raise unreachable(url, error) from None
                wait_s = pause_s
            time.sleep(wait_s)
            pause_s *= 2
        raise AssertionError("every try ends in an answer or an error")

    def _answered(self, request: urllib.request.Request) -> Any:
        """The response as soon as its headers are complete. A server may send these byte by byte,
        or « 100 Continue » endlessly: connections still open after the time limit are closed.
        """
        connections = self._opening.connections = []
        expired = threading.Event()

        def end() -> None:
            expired.set()
            for connection in connections:
                if connection.sock is not None:
                    with suppress(OSError):
                        connection.sock.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(self.limits.answer_s, end)
        timer.daemon = True
        timer.start()
        try:
            answer = self._opener.open(request, timeout=self.limits.timeout_s)
        finally:
            timer.cancel()
        if expired.is_set():  # a connection closed in the middle of a header looks like its end
            answer.close()
            raise TimeoutError(f"no answer in {self.limits.answer_s:.0f} s")
        return answer

    def remember_opening(self, connection: http.client.HTTPConnection) -> None:
        """Register a connection that this thread uses now."""
        self._opening.connections.append(connection)

    def _pause_after(self, error: urllib.error.HTTPError, pause_s: float) -> float | None:
        """The pause before the next attempt; None if a retry is useless."""
        if error.code not in {408, 425, 429, 500, 502, 503, 504}:
            return None
        stated = (error.headers.get("Retry-After") or "").strip()
        if (seconds := whole_number(stated)) is not None:
            pause_s = max(pause_s, float(seconds))
        elif stated:
            try:
                until = email.utils.parsedate_to_datetime(stated).timestamp()
                pause_s = max(pause_s, until - time.time())
            except (ValueError, OverflowError):
                pass
        return pause_s if pause_s <= self.limits.longest_pause_s else None


def lower_headers(answer: Any) -> dict[str, str]:
    """A response's headers by lower-case name."""
    return {name.lower(): value for name, value in answer.headers.items()}


def refusal(url: str, error: urllib.error.HTTPError) -> DownloadRefusedError:
    """The error for a server's HTTP status."""
    remedies = {
        401: message(
            "It asks for a password: download the file in a browser, or ask the host for it."
        ),
        403: message(
            "It refuses this program: download the file in a browser, or ask the host for it."
        ),
        404: message("It is not there: look the address up at the host."),
        410: message("It was removed there: ask the host for a copy."),
        429: message("It limits the number of requests: run the same command again in an hour."),
    }
    kind = (
        OutOfRangeError
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
        else DownloadRefusedError
    )
    return kind(
        url,
        message(
            "answers {code} ({reason})",
            code=error.code,
            reason=error.reason or message("no reason given"),
        ),
        remedies.get(error.code, message("Run the same command again later, or ask the host.")),
    )


def unreachable(url: str, error: object) -> NetworkError:
    """The error for a connection that fails or breaks."""
    return NetworkError(
        url,
        message("cannot be loaded ({error})", error=error),
        message("Check the connection, then run the same command again."),
    )


# The start of a gzip member with deflate (RFC 1952, 2.3).
_GZIP = b"\x1f\x8b\x08"


class _Unpacker:
    """Decompresses a stream of one or several members."""

    def __init__(self, encoding: str) -> None:
        self._encoding = "gzip" if "gzip" in encoding else encoding
        self.packed = encoding in {"gzip", "x-gzip", "deflate"}
        self._member: zlib._Decompress | None = None

    def unpacked(self, chunk: bytes, room: int) -> bytes:
        """The decompressed chunk, up to a number of bytes.

        :raises zlib.error: it is damaged.
        """
        if self._member is None and not self.packed and chunk.startswith(_GZIP):
            # Compressed without declaring it: no feed, picture or text starts like this.
            self.packed, self._encoding = True, "gzip"
        if not self.packed:
            return chunk
        content = b""
        while chunk and len(content) < room:
            if self._member is None:
                self._member = zlib.decompressobj(wbits=self._window_bits(chunk))
            elif self._member.eof:
                if self._encoding != "gzip" or chunk[0] != _GZIP[0]:
                    break  # data after a complete document is ignored
                self._member = zlib.decompressobj(wbits=47)
            content += self._member.decompress(chunk, room - len(content))
            chunk = self._member.unused_data
        return content

    def end(self) -> None:
        """Finish: there is no more data.

        :raises zlib.error: it is incomplete.
        """
        if self._member is not None and not self._member.eof:
            raise zlib.error("it breaks off")

    def _window_bits(self, chunk: bytes) -> int:
        """Zlib's ``wbits``. « deflate » data starts with zlib's two bytes (RFC 9110, 8.4.1.2; RFC
        1950, 2.2), which some servers omit.
        """
        if self._encoding == "gzip":
            return 47
        is_zlib = chunk[0] & 0x0F == 8 and (len(chunk) == 1 or int.from_bytes(chunk[:2]) % 31 == 0)
        return 15 if is_zlib else -15


def _address_in_figures(host: str) -> str:
    """The IP address of a numeric host, in any notation that systems accept; empty for a name."""
    with suppress(ValueError):
        return str(ipaddress.ip_address(host))
    with suppress(OSError, UnicodeError):
        return socket.inet_ntoa(socket.inet_aton(host))
    return "127.0.0.1" if host.rstrip(".").lower() == "localhost" else ""


# IPv6 addresses that embed an IPv4 address (RFC 6052).
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _leads_out(peer: str) -> bool:
    """Whether an address is public; of one that embeds another, whether that is."""
    address = ipaddress.ip_address(peer.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        carried = address.ipv4_mapped or address.sixtofour
        if carried is None and address in _NAT64:
            carried = ipaddress.IPv4Address(address.packed[-4:])
        if carried is not None:
            return carried.is_global
    return address.is_global


def _origin(url: str) -> tuple[str, int]:
    parts = split_address(url)
    if parts is None or parts.hostname is None:
        return "", 0
    return parts.hostname.lower(), parts.port or _PORTS.get(parts.scheme, 0)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects to web addresses only; urllib itself stops at ten, and at cycles."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        """As in urllib, which leaves the response open if the address is invalid."""
        try:
            return super().http_error_302(req, fp, code, msg, headers)
        except ValueError:
            fp.close()
            raise

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302

    def redirect_request(  # noqa: PLR0917 - urllib's own form
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        try:
            self._client.check(newurl)
        except DownloadRefusedError as refused:
            fp.close()
            raise urllib.error.URLError(refused) from None
        following = super().redirect_request(req, fp, code, msg, headers, newurl)
        # The body of a redirect is not read; urllib would read it, possibly endlessly.
        fp.close()
        return following


class _Guarded(http.client.HTTPConnection):
    """A connection whose peer is checked before a byte is sent."""

    client: Client

    def connect(self) -> None:
        for *_, found in self.client.resolved(self.host, self.port):
            self._check(str(found[0]))
        super().connect()
        self._check(self.sock.getpeername()[0])  # a name may resolve differently a moment later

    def _check(self, peer: str) -> None:
        try:
            self.client.check_peer(self.host, self.port, peer)
        except DownloadRefusedError:
            self.close()
            raise


class _GuardedTLS(http.client.HTTPSConnection, _Guarded):
    """The same; the peer is checked before the TLS handshake."""


class _GuardedHTTP(urllib.request.HTTPHandler):
    def __init__(self, client: Client) -> None:
        super().__init__()
        self._client = client

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_connection(_Guarded, self._client), req)


class _GuardedHTTPS(urllib.request.HTTPSHandler):
    def __init__(self, client: Client) -> None:
        super().__init__()
        self._client = client

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_connection(_GuardedTLS, self._client), req)


def _connection(kind: type[_Guarded], client: Client) -> Any:
    """A factory of such connections, as urllib calls it."""

    def make(host: str, **options: Any) -> _Guarded:
        connection = kind(host, **options)
        connection.client = client
        client.remember_opening(connection)
        return connection

    return make
