"""lastBuildDate: it changes only when the feed's content changes."""

from __future__ import annotations

import datetime
import email.utils
import re

_BUILD_DATE = re.compile(rb"<lastBuildDate>[^<]*</lastBuildDate>")


def with_build_date(content: bytes, before: bytes | None, now: datetime.datetime) -> bytes:
    """The feed with the moment of its last change.

    :param content: the feed, its lastBuildDate that of its newest episode, if it has any.
    :param before: the feed as it was built last; None where it never was: the date of the newest
        episode then stays, so that the same input gives the same bytes.
    :param now: in UTC; the date of a feed that changed. The one of a feed that did not is kept.
    """
    if before is None:
        return content
    if _BUILD_DATE.sub(b"", content) == _BUILD_DATE.sub(b"", before):
        return before
    stamp = email.utils.format_datetime(now.replace(microsecond=0)).encode()
    return _BUILD_DATE.sub(b"<lastBuildDate>" + stamp + b"</lastBuildDate>", content)
