"""WebSub: notify a hub that the feed has changed, so that apps show an episode within seconds."""

from __future__ import annotations

import urllib.parse

from studio.download.client import Client, Limits
from studio.errors import NetworkError, PublishError
from studio.messages.message import message

_LIMITS = Limits(timeout_s=20.0, answer_s=20.0)


def notify_hub(hub: str, feed_address: str) -> None:
    """Notify one hub.

    :raises PublishError: the hub cannot be reached or refuses.
    """
    if not hub.startswith(("https://", "http://")):
        raise PublishError(
            "feed/show.toml",
            message("the hub “{hub}” is not a web address", hub=hub),
            message("Write it with https://."),
        )
    body = urllib.parse.urlencode({"hub.mode": "publish", "hub.url": feed_address}).encode()
    try:
        answer = Client(hub, _LIMITS).ask("POST", hub, body=body, most_bytes=0)
        fault: object = "" if 200 <= answer.status < 300 else f"HTTP {answer.status}"
    except NetworkError as error:
        fault = error.what
    if fault:
        raise PublishError(
            hub,
            message("was not notified ({error})", error=fault),
            message("The feed is published anyway: apps find it by themselves, a little later."),
        )
