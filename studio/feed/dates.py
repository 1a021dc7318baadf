"""Parse the date formats of real feeds."""

from __future__ import annotations

import datetime
import email.utils
import re

from studio.language.calendar import MONTHS

# Zones that are written by name where RFC 2822 knows only the American ones; hours from UTC.
_ZONES = {"CET": 1, "CEST": 2, "MET": 1, "MEST": 2, "WET": 0, "WEST": 1, "BST": 1, "EET": 2} | {
    "EEST": 3,
    "UTC": 0,
    "Z": 0,
}
# As RFC 2822 has them, by their French names, written out, shortened or without accents.
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
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?")
_DAY_FIRST = re.compile(
    r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:[ ,T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?"
)
_EPOCH = re.compile(r"\d{9,10}")
_DAY_NAME = re.compile(r"^[^\W\d]{2,}\.?,?\s+(?=\d)")


def parse_date(text: str) -> datetime.datetime | None:
    """The moment that a date names, whole seconds; in UTC where no zone is told. None where it is
    no date.

    Taken: RFC 2822 (with or without a weekday, zones by name), ISO 8601, ``2021-03-04 10:00:00``,
    French months, ``04/03/2021 10:00`` with the day first, seconds since 1970.
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
    return datetime.datetime.fromisoformat(text) if _ISO.fullmatch(text) else None


def _from_mail(text: str) -> datetime.datetime | None:
    # The weekday says nothing that the date does not; a wrong one is no reason to have no date.
    words = _DAY_NAME.sub("", text).split()
    words = [_MONTHS.get(word.lower().rstrip("."), word) for word in words]
    zone = words[-1].upper() if words else ""
    if zone in _ZONES:
        words[-1] = f"+{_ZONES[zone]:02}00"
    return email.utils.parsedate_to_datetime(" ".join(words))


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
