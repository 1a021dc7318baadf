"""Authentication of the page: a one-time code is exchanged for a secret cookie."""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Callable

# 256 random bits each: they cannot be guessed.
_SECRET_BYTES = 32


class PageAccess:
    """The access to one run of the page's server. Each run has a new secret, which invalidates
    earlier ones.

    :param port: part of the cookie's name: browsers keep one set of cookies for all ports of a
        computer.
    :param when_used: called with the next code after one was used, for another browser.
    """

    def __init__(self, port: int, when_used: Callable[[str], None] = lambda _: None) -> None:
        self.cookie = f"studio-editor-{port}"
        self._secret = secrets.token_urlsafe(_SECRET_BYTES)
        self._code = secrets.token_urlsafe(_SECRET_BYTES)
        self._when_used = when_used
        self._mutex = threading.Lock()

    @property
    def code(self) -> str:
        """The one-time code in the page's address."""
        return self._code

    def exchange(self, code: str) -> str | None:
        """The secret for a code; None if it is wrong or used."""
        with self._mutex:
            if not hmac.compare_digest(code.encode(), self._code.encode()):
                return None
            self._code = secrets.token_urlsafe(_SECRET_BYTES)
        self._when_used(self._code)
        return self._secret

    def admits(self, secret: str) -> bool:
        """Whether a browser sent the correct secret."""
        return hmac.compare_digest(secret.encode(), self._secret.encode())
