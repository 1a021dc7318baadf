"""lastBuildDate: it changes only when the feed's content changes."""

from __future__ import annotations

import datetime
import email.utils
import re

_BUILD_DATE = re.compile(rb"<lastBuildDate>[^<]*</lastBuildDate>")


def with_build_date(content: bytes, before: bytes | None, now: datetime.datetime) -> bytes:
    """The feed with the time of its last change.

    :param content: the feed, with the date of its newest episode as lastBuildDate, if it has any.
    :param before: the previously built feed; None for the first build, which keeps the date of the
        newest episode, so that it is deterministic.
    :param now: in UTC; the date of a changed feed. An unchanged feed keeps its date.
    """
    if before is None:
        return content
    if _BUILD_DATE.sub(b"", content) == _BUILD_DATE.sub(b"", before):
        return before
    stamp = email.utils.format_datetime(now.replace(microsecond=0)).encode()
    return _BUILD_DATE.sub(b"<lastBuildDate>" + stamp + b"</lastBuildDate>", content)
