"""The adapter of Babel: localised dates, numbers and lists."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from studio.messages.translations import SOURCE_LANGUAGE, known_language

if TYPE_CHECKING:
    from babel import Locale


def long_date(moment: datetime.datetime, language: str) -> str:
    """« 1er décembre 2026 », “December 1, 2026”."""
    from babel.dates import format_date

    locale = _locale(language)
    if locale.language != "fr":
        return format_date(moment.date(), "long", locale=locale)
    # French counts the first day of a month, and numbers the others.
    return format_date(
        moment.date(), "d'er' MMMM y" if moment.day == 1 else "d MMMM y", locale=locale
    )


@functools.lru_cache(maxsize=4096)
def one_decimal(value: float, language: str) -> str:
    """The number with one decimal: « 2,6 », “2.6”; with a real minus sign."""
    from babel.numbers import format_decimal

    # + 0.0: what rounds to zero is not negative.
    text: str = format_decimal(round(value, 1) + 0.0, "0.0", locale=_locale(language))
    return text.replace("-", "−")


def short_decimal(value: float, language: str) -> str:
    """The number with no more decimals than it needs: « 1 », « 1,5 »."""
    from babel.numbers import format_decimal

    text: str = format_decimal(value, locale=_locale(language))
    return text


def listed(names: Sequence[str], language: str) -> str:
    """A list of names, joined as the language does it: « A, B et C », “A, B, and C”."""
    from babel.lists import format_list

    return format_list(names, locale=_locale(language)) if names else ""


def language_name(language: str) -> str:
    """The name of a language in that language: « Français », “English”."""
    locale = _locale(language)
    return str(locale.get_language_name(locale)).capitalize()


def territory_tag(language: str) -> str:
    """The language with its territory, as Open Graph requires: ``fr_FR`` of ``fr``, ``en_GB`` of
    ``en-GB``.
    """
    from babel.core import get_global

    locale = _locale(language)
    territory = locale.territory
    if territory is None:
        # ``fr_Latn_FR``: the most likely script and territory by CLDR.
        territory = get_global("likely_subtags").get(locale.language, "").rpartition("_")[2]
    return f"{locale.language}_{territory}" if territory else locale.language


@functools.cache
def _locale(language: str) -> Locale:
    """Babel's locale for an RFC 5646 tag; English if the messages are in English, too, or if the
    tag is unknown.
    """
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(language if known_language(language) else SOURCE_LANGUAGE, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale.parse(SOURCE_LANGUAGE)
