"""WebSub: tell a hub that the feed has changed, so that apps learn of an episode within seconds."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request

from studio.errors import PublishError
from studio.messages.message import message

_TIMEOUT_S = 20


def notify_hub(hub: str, feed_address: str) -> None:
    """Tell one hub.

    :raises PublishError: it cannot be reached or refuses.
    """
    if not hub.startswith(("https://", "http://")):
        raise PublishError(
            "feed/show.toml",
            message("the hub “{hub}” is not a web address", hub=hub),
            message("Write it with https://."),
        )
    body = urllib.parse.urlencode({"hub.mode": "publish", "hub.url": feed_address}).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(hub, data=body), timeout=_TIMEOUT_S):  # noqa: S310 - web addresses only, as proved above
            pass
    except (urllib.error.URLError, OSError) as error:
        raise PublishError(
            hub,
            message("was not told ({error})", error=error),
            message("The feed is published all the same: apps look for themselves, only later."),
        ) from None
