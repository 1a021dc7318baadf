"""The show's permanent identifier."""

from __future__ import annotations

import re
import uuid

# The podcast namespace's own UUID namespace.
PODCAST_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")


def guid_from_url(feed_url: str) -> str:
    """podcast:guid of a feed: the UUIDv5 of its URL without scheme and trailing slashes."""
    return str(
        uuid.uuid5(
            PODCAST_NAMESPACE,
            re.sub(r"^[a-zA-Z][a-zA-Z0-9+.-]*://", "", feed_url.strip()).rstrip("/"),
        )
    )
