"""A WordPress site as far as drafts ask it: routes, statuses and error codes as WordPress 6.1.9
answered them (Debian 12's package, on loopback), posts in memory.
"""

from __future__ import annotations

import base64
import datetime
import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

USER, PASSWORD = "ada", "abcd EFGH ijkl"


class FakeWordPress:
    """What the site has, and how it behaves.

    :param role_may: what the user may do.
    :param pretty: whether the API is at /wp-json/; else behind ?rest_route=.
    """

    def __init__(self) -> None:
        self.posts: dict[int, dict[str, Any]] = {}
        self.autosaves: dict[int, list[Any]] = {}
        self.asked: list[tuple[str, str, bool]] = []
        self.role_may = {"edit_posts": True}
        self.pretty = True
        self.strips_iframes = False
        # By method and path: (status, body, headers) answered in place of the site's own.
        self.answers: dict[tuple[str, str], tuple[int, bytes, dict[str, str]]] = {}
        self.loses_next_answer = False
        self.clock = datetime.datetime(2026, 11, 29, tzinfo=datetime.UTC)

    def change(self, number: int, **fields: str) -> None:
        """A person edits a post there."""
        self.clock += datetime.timedelta(seconds=1)
        for name, value in fields.items():
            self.posts[number][name] = value
        self.posts[number]["modified_gmt"] = self.clock.isoformat()

    def answer(self, method: str, route: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        """What the API says at a route."""
        parts = route.strip("/").split("/")
        if parts == ["wp", "v2", "users", "me"]:
            return 200, {"id": 1, "capabilities": self.role_may}
        if parts[:3] != ["wp", "v2", "posts"]:
            return 404, {"code": "rest_no_route", "message": "No route was found."}
        if len(parts) == 3 and method == "GET":
            found = [one for one in self.posts.values() if one["slug"] == query["slug"]]
            return 200, [self._told(one) for one in found if one["status"] != "trash"]
        if len(parts) == 3:
            number = len(self.posts) + 4
            self.posts[number] = {"id": number, "link": "", "excerpt": "", **body}
            self.change(number, content=self._taken(body["content"]))
            return 201, self._told(self.posts[number])
        number = int(parts[3])
        if number not in self.posts:
            return 404, {"code": "rest_post_invalid_id", "message": "Invalid post ID."}
        if parts[4:] == ["autosaves"]:
            return 200, self.autosaves.get(number, [])
        if method == "POST":
            self.change(number, **{**body, "content": self._taken(body["content"])})
        return 200, self._told(self.posts[number])

    def _taken(self, content: str) -> str:
        return content.replace("<audio", "<object") if self.strips_iframes else content

    def _told(self, post: dict[str, Any]) -> dict[str, Any]:
        texts = {name: {"raw": post[name]} for name in ("title", "content", "excerpt")}
        return {**post, **texts}


@contextmanager
def wordpress_site() -> Iterator[tuple[FakeWordPress, str]]:
    """The site on loopback; what it has, and its address."""
    site = FakeWordPress()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply("GET")

        def do_POST(self) -> None:
            self.reply("POST")

        def reply(self, method: str) -> None:
            parts = urlsplit(self.path)
            query = dict(parse_qsl(parts.query))
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            login = self.headers.get("Authorization")
            site.asked.append((method, self.path, login is not None))
            if (method, parts.path) in site.answers:
                self.send(*site.answers[method, parts.path])
                return
            route = parts.path.removeprefix("/wp-json") if site.pretty else query.get("rest_route")
            if route is None or not (parts.path.startswith("/wp-json") or not site.pretty):
                root = "wp-json/" if site.pretty else "index.php?rest_route=/"
                link = f'<{address}{root}>; rel="https://api.w.org/"'
                self.send(200, b"<html>", {"Link": link})
                return
            if route == "/":
                self.send_json(200, {"namespaces": ["oembed/1.0", "wp/v2"]})
                return
            wanted = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            if login != wanted:
                told = {"code": "rest_not_logged_in", "message": "You are not logged in."}
                self.send_json(401, told)
                return
            answer = site.answer(method, route, query, json.loads(body) if body else None)
            if site.loses_next_answer and method == "POST":
                site.loses_next_answer = False
                self.close_connection = True
                return
            self.send_json(*answer)

        def send_json(self, status: int, value: Any) -> None:
            self.send(status, json.dumps(value).encode(), {"Content-Type": "application/json"})

        def send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        address = f"http://127.0.0.1:{server.server_port}/"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield site, address
        finally:
            server.shutdown()
            thread.join()
