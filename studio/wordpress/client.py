"""The client of a WordPress REST API, authenticated by an application password.

The password is only sent to the configured address: redirects are not followed, APIs on another
server and unencrypted connections are refused. Reference: developer.wordpress.org/rest-api
(discovery, authentication, posts), read 2026-11-29.
"""

from __future__ import annotations

import base64
import http.client
import ipaddress
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import studio
from studio.download.client import Client, Limits, Response
from studio.errors import NetworkError, WorkspaceError
from studio.messages.message import message
from studio.model.record import json_from_plain, plain_from_json
from studio.web.url_parts import join_address, split_address

# A slow site may need a minute to save a long post.
_LIMITS = Limits(timeout_s=60.0)
# The limit of one response: a post of a three-hour interview with its transcript is about 500 kB.
_ANSWER_BYTES = 20_000_000
_SAID_CHARACTERS = 200
_REST_LINK = re.compile(r'<([^<>]+)>\s*;[^,]*rel="?https://api\.w\.org/"?')
_PASSWORD_REMEDY = message(
    "Create an application password there (Users → Profile → Application Passwords), then run "
    "`keyring set studio ADDRESS` with the address in [wordpress]."
)
# WordPress's error codes, with message and remedy.
_REFUSALS: dict[str, tuple[str, str]] = {
    "incorrect_password": (message("does not take this password"), _PASSWORD_REMEDY),
    "invalid_username": (
        message("has no such user"),
        message("Write the name with which you log in as `user` below [wordpress]."),
    ),
    "invalid_email": (
        message("has no such user"),
        message("Write the name with which you log in as `user` below [wordpress]."),
    ),
    "application_passwords_disabled": (
        message("has application passwords switched off"),
        message("Ask the site's administrator to allow them."),
    ),
    "application_passwords_disabled_for_user": (
        message("does not allow this user an application password"),
        message("Ask the site's administrator to allow it."),
    ),
    "rest_not_logged_in": (
        message("did not accept the password, or never received it"),
        message(
            "Check `user` and the application password; some servers do not pass the "
            "Authorization header on to WordPress: ask the site's administrator."
        ),
    ),
}


class WordPressError(NetworkError):
    """The site answered with an error; ``status`` is the HTTP status."""

    def __init__(self, where: object, what: str, remedy: str, *, status: int) -> None:
        super().__init__(where, what, remedy)
        self.status = status


class WordPress:
    """The API of one site, used as one user.

    :param url: the site's address in the settings.
    :param user: the user name.
    :param password: an application password of that user.
    :raises WorkspaceError: a password must not be sent to the address.
    """

    def __init__(self, url: str, user: str, password: str) -> None:
        self.url = checked_site(url)
        self._user = user
        login = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._login = {"Authorization": f"Basic {login}"}
        # The target of a redirect would get the password.
        self._client = Client(self.url, _LIMITS, follows=False)
        self._root = ""

    def connect(self) -> None:
        """Find the API and log in.

        :raises NetworkError: the site cannot be reached, has no REST API, refuses the password, or
            does not let this user write posts.
        """
        self._root = self._find_api()
        me = self.get("wp/v2/users/me", context="edit", _fields="id,capabilities")
        may = me.get("capabilities") if isinstance(me, dict) else None
        if not (isinstance(may, dict) and may.get("edit_posts")):
            raise NetworkError(
                self.url,
                message("does not let {user} write posts", user=self._user),
                message("Ask for at least the role of a contributor."),
            )

    def get(self, path: str, **query: str) -> Any:
        """GET a path below the API's root."""
        content, _ = self._ask("GET", self._address(path, query), login=True)
        return self._parsed(content)

    def post(self, path: str, fields: Mapping[str, Any], **query: str) -> Any:
        """POST fields to a path below the API's root; return the response."""
        content, _ = self._ask(
            "POST", self._address(path, query), login=True, body=json_from_plain(dict(fields))
        )
        return self._parsed(content)

    def _address(self, path: str, query: Mapping[str, str]) -> str:
        """With plain permalinks, the API's root has a query itself (``?rest_route=/``)."""
        encoded = urlencode(query)
        if not encoded:
            return f"{self._root}{path}"
        return f"{self._root}{path}{'&' if '?' in self._root else '?'}{encoded}"

    def _find_api(self) -> str:
        """The API's root from the site's Link header; else the default one.

        :raises NetworkError: there is none, or it is on another server.
        """
        _, headers = self._ask("GET", self.url, login=False)
        said = _REST_LINK.search(", ".join(headers.get_all("Link", [])))
        root = join_address(self.url, said[1]) if said else join_address(self.url, "wp-json/")
        if _server(root) != _server(self.url):
            raise NetworkError(
                self.url,
                message("has its API elsewhere ({root}): no password is sent there", root=root),
                message("Write the address of that server as `url` below [wordpress]."),
            )
        try:
            content, _ = self._ask("GET", root, login=False)
            index = self._parsed(content)
        except WordPressError as refused:
            # Some sites only answer authenticated users: logging in will show.
            if refused.status in {401, 403}:
                return root
            if refused.status not in {200, 404}:
                raise
            raise self._no_api() from None
        if not (isinstance(index, dict) and "wp/v2" in (index.get("namespaces") or ())):
            raise self._no_api()
        return root

    def _no_api(self) -> NetworkError:
        return NetworkError(
            self.url,
            message("has no WordPress REST API"),
            message(
                "Check `url` below [wordpress]; if it is a WordPress site, a plugin has "
                "disabled the API: ask its administrator."
            ),
        )

    def _ask(
        self, method: str, address: str, *, login: bool, body: bytes | None = None
    ) -> tuple[bytes, Any]:
        headers = {"User-Agent": f"Studio/{studio.__version__}", "Accept": "*/*"}
        if login:
            headers |= self._login
        if body is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
        try:
            answer = self._client.ask(
                method, address, headers, body=body, most_bytes=_ANSWER_BYTES + 1
            )
        except NetworkError as error:
            raise NetworkError(
                self.url,
                error.what,
                message("Check the connection and `url` below [wordpress], then run it again."),
            ) from None
        if not 200 <= answer.status < 300:
            raise self._refusal(answer, address)
        content = answer.body
        if len(content) > _ANSWER_BYTES:
            raise NetworkError(
                self.url,
                message("sends far more text than any post has"),
                message("Check `url` below [wordpress]."),
            )
        return content, answer.headers

    def _parsed(self, content: bytes) -> Any:
        try:
            return plain_from_json(content)
        except ValueError:
            raise WordPressError(
                self.url,
                message("sends a response that is not from WordPress's REST API"),
                message(
                    "Check `url` below [wordpress]; a page for maintenance would also do this."
                ),
                status=200,
            ) from None

    def _refusal(self, answer: Response, address: str) -> WordPressError:
        """The error for the site's HTTP status."""
        status = answer.status
        code, said = _said(answer)
        if 300 <= status < 400:
            target = join_address(address, answer.headers.get("Location") or "")
            what: str = message("redirects to {target}: no password is sent there", target=target)
            remedy: str = message(
                "Write the address that it redirects to as `url` below [wordpress]."
            )
        elif code in _REFUSALS:
            what, remedy = _REFUSALS[code]
        elif status == 401:
            what = message("refuses the password ({said})", said=said)
            remedy = _PASSWORD_REMEDY
        elif status == 403:
            what = message("forbids it ({said})", said=said)
            remedy = message(
                "Ask the site's administrator: the role of {user}, or a security plugin, does "
                "not allow this.",
                user=self._user,
            )
        else:
            what = message("answers {status} ({said})", status=status, said=said)
            remedy = message("Run the same command again later, or ask its administrator.")
        return WordPressError(self.url, what, remedy, status=status)


def checked_site(url: str) -> str:
    """The site's address with a final slash, if a password may be sent there.

    :raises WorkspaceError: it is not a web address, contains a password, or is not encrypted.
    """
    parts = split_address(url.strip())
    where = message("[wordpress] url")
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise WorkspaceError(
            where,
            message("“{url}” is not the address of a site", url=url),
            message("Write it as https://www.example.org/."),
        )
    if parts.username is not None or parts.query or parts.fragment:
        raise WorkspaceError(
            where,
            message("has more than the site's address"),
            message("Write it as https://www.example.org/, without name, password, ? or #."),
        )
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise WorkspaceError(
            where,
            message("is http: anybody on the way could read the password"),
            message("Write it with https://."),
        )
    return parts._replace(path=parts.path.rstrip("/") + "/").geturl()


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _server(address: str) -> tuple[str, str, int | None]:
    parts = split_address(address)
    return ("", "", None) if parts is None else (parts.scheme, parts.hostname or "", parts.port)


def _said(answer: Response) -> tuple[str, str]:
    """WordPress's error code and message, on one line; else the HTTP reason."""
    code, said = "", http.client.responses.get(answer.status) or message("no reason given")
    try:
        found = plain_from_json(answer.body)
    except ValueError:
        found = None
    if isinstance(found, dict):
        code = str(found.get("code") or "")
        said = str(found.get("message") or said)
    plain = re.sub(r"<[^>]*>", "", said)
    return code, "".join(c if c.isprintable() else " " for c in plain).strip()[:_SAID_CHARACTERS]
