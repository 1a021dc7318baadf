"""The links by which apps subscribe to a feed."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from studio.model.show import Show


class Subscription(NamedTuple):
    """A button: the app's name and the address that opens the show in it."""

    app: str
    address: str


def subscriptions_from_feed(show: Show, feed_address: str) -> tuple[Subscription, ...]:
    """The show's own pages on platforms first, then apps that take any feed by its address."""
    # The show's own page at Apple replaces the generic link that opens any feed there.
    has_apple = any("apple" in platform.name.lower() for platform in show.platforms)
    bare = feed_address.partition("://")[2]
    encoded = quote(feed_address, safe="")
    return (
        *(
            Subscription(platform.name, platform.url)
            for platform in show.platforms
            if platform.url.startswith(("https://", "http://"))
        ),
        *([] if has_apple else [Subscription("Apple Podcasts", f"podcast://{bare}")]),
        Subscription("Pocket Casts", f"pktc://subscribe/{bare}"),
        Subscription("Overcast", f"overcast://x-callback-url/add?url={encoded}"),
        Subscription("AntennaPod", f"https://antennapod.org/deeplink/subscribe?url={encoded}"),
        Subscription("Podcast Addict", f"https://podcastaddict.com/feed/{encoded}"),
    )
