"""Parse the date formats of real feeds."""

from __future__ import annotations

import datetime
import email.utils
import re
import zoneinfo
from collections.abc import Sequence
from contextlib import suppress

from studio.language.calendar import MONTHS

# Names of time zones besides the American ones of RFC 2822; hours from UTC.
_ZONES = {"CET": 1, "CEST": 2, "MET": 1, "MEST": 2, "WET": 0, "WEST": 1, "BST": 1, "EET": 2} | {
    "EEST": 3,
    "UTC": 0,
    "Z": 0,
}
# RFC 2822's names, by the French ones: in full, abbreviated or without accents.
_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = dict(zip(MONTHS, _ENGLISH, strict=True)) | {
    "janv": "Jan",
    "févr": "Feb",
    "fevr": "Feb",
    "fevrier": "Feb",
    "avr": "Apr",
    "juil": "Jul",
    "aout": "Aug",
    "sept": "Sep",
    "déc": "Dec",
    "dec": "Dec",
    "decembre": "Dec",
}
_ISO = re.compile(r"\d{4}([-/])\d{2}\1\d{2}(?:[T ]\d{2}:\d{2}.*)?")
_DAY_FIRST = re.compile(
    r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:[ ,T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?"
)
_YEAR = re.compile(r"\d{2}|\d{4}")
_ORDINAL = re.compile(r"(?:er|st|nd|rd|th|\.)$")
_HALF = re.compile(r"([ap])\.?m\.?$")
# Numeric UTC offsets, with or without a colon and a prefix.
_OFFSET = re.compile(r"(?:GMT|UTC|UT)?([+-])(\d{1,2}):?(\d{2})?")
_FILLERS = {"à", "at", "um", "le"}
_EPOCH = re.compile(r"\d{9,10}")


def parse_date(text: str) -> datetime.datetime | None:
    """Parse a date to whole seconds; UTC if there is no time zone. None if it is not a date.

    Accepts RFC 2822 (with or without a weekday, zones by name, ``+01:00``, ``Europe/Paris``, a
    time, also of twelve hours), the month first (``January 4, 2024``), ISO 8601, ``2021-03-04
    10:00:00``, French months, ``04/03/2021 10:00`` with the day first, seconds since 1970.
    """
    text = " ".join(text.split())
    for read in (_from_iso, _from_mail, _from_day_first, _from_epoch):
        try:
            found = read(text)
        except (ValueError, OverflowError, OSError, TypeError):
            continue
        if found is not None:
            aware = found if found.tzinfo else found.replace(tzinfo=datetime.UTC)
            return aware.replace(microsecond=0)
    return None


def _from_iso(text: str) -> datetime.datetime | None:
    return datetime.datetime.fromisoformat(text.replace("/", "-")) if _ISO.fullmatch(text) else None


def _from_mail(text: str) -> datetime.datetime | None:
    words = text.replace(",", " ").split()
    words = [_MONTHS.get(word.lower().rstrip("."), word) for word in words if word not in _FILLERS]
    # The weekday is redundant; a wrong one is ignored.
    if _is_month_first(words[1:]) or (
        words[1:] and words[1][0].isdigit() and words[0].rstrip(".").isalpha()
    ):
        words = words if _is_month_first(words) else words[1:]
    if _is_month_first(words):
        words[:2] = reversed(words[:2])
    if len(words) < 3 or not words[0][0].isdigit() or not _YEAR.fullmatch(words[2]):
        return email.utils.parsedate_to_datetime(" ".join(words))
    words[0] = _ORDINAL.sub("", words[0])
    date, rest = words[:3], words[3:] or ["00:00"]
    clock = rest.pop(0).lower().replace("h", ":")
    half = _HALF.search(clock) or (_HALF.fullmatch(rest[0].lower()) if rest else None)
    if half is not None:
        rest = rest if half.string == clock else rest[1:]
        hour, _, minutes = clock.removesuffix(half[0]).partition(":")
        clock = f"{int(hour) % 12 + 12 * (half[1] == 'p')}:{minutes or '00'}"
    zone = rest[0] if rest else ""
    if offset := _OFFSET.fullmatch(zone.upper()):
        zone = f"{offset[1]}{int(offset[2]):02}{offset[3] or '00'}"
    elif zone.upper() in _ZONES:
        zone = f"+{_ZONES[zone.upper()]:02}00"
    found = email.utils.parsedate_to_datetime(" ".join([*date, clock, zone]).strip())
    if "/" in zone and found.tzinfo is None:
        with suppress(zoneinfo.ZoneInfoNotFoundError):
            return found.replace(tzinfo=zoneinfo.ZoneInfo(zone))
    return found


def _is_month_first(words: Sequence[str]) -> bool:
    """Whether these parts start like ``January 4 2024``."""
    return len(words) > 2 and words[0][:3].title() in _ENGLISH and bool(_YEAR.fullmatch(words[2]))


def _from_day_first(text: str) -> datetime.datetime | None:
    found = _DAY_FIRST.fullmatch(text)
    if found is None:
        return None
    day, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
    return datetime.datetime(year, month, day, hour, minute, second, tzinfo=datetime.UTC)


def _from_epoch(text: str) -> datetime.datetime | None:
    return (
        datetime.datetime.fromtimestamp(int(text), datetime.UTC) if _EPOCH.fullmatch(text) else None
    )
