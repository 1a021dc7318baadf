"""The catalogues: ``locale/<language>/LC_MESSAGES/studio.po`` for translators, compiled to ``.mo``
for gettext. English needs none: the messages are English.
"""

from __future__ import annotations

import functools
import gettext
import json
import re
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

from studio.messages.message import Message, joined_messages, message, plural_message

DOMAIN = "studio"
LOCALE = Path(__file__).parent / "locale"
SOURCE_LANGUAGE = "en"


@functools.cache
def languages() -> tuple[str, ...]:
    """The languages that Studio speaks, English first."""
    return SOURCE_LANGUAGE, *sorted(path.name for path in LOCALE.iterdir() if path.is_dir())


def known_language(tag: str) -> str | None:
    """The language of a tag (``fr-CA``, ``fr_FR.UTF-8``) where Studio speaks it, else None."""
    primary = tag.replace("_", "-").partition("-")[0].partition(".")[0].lower()
    return primary if primary in languages() else None


@functools.cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; that of English for a language that Studio does not speak."""
    return gettext.translation(
        DOMAIN, LOCALE, languages=[known_language(language) or SOURCE_LANGUAGE], fallback=True
    )


class _Formatter(string.Formatter):
    """Fills values in as a language writes them."""

    def __init__(self, language: str) -> None:
        self._language = language

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:
        """The value, translated where it is a message."""
        value = super().get_value(key, args, kwargs)
        return in_language(value, self._language) if isinstance(value, str) else value

    def format_field(self, value: Any, format_spec: str) -> Any:
        """Numbers with decimals get the language's decimal mark; ``:g`` and plain numbers are left
        as in files.
        """
        text = super().format_field(value, format_spec)
        if format_spec[-1:] in {"f", "%"} and known_language(self._language) == "fr":
            text = text.replace(".", ",").replace("%", "\u00a0%")
        return text


def in_language(text: str, language: str) -> str:
    """A message in a language; any other text as it is.

    :param language: a tag of RFC 5646; for one that Studio does not speak the text is English.
    """
    if not isinstance(text, Message):
        return text
    known = catalogue(language)
    form = (
        known.ngettext(text.singular, text.many, int(text.values["count"]))
        if text.many
        else known.gettext(text.singular)
    )
    return _Formatter(language).vformat(form, (), text.values)


def stored_message(text: str) -> str:
    """A text that was read from a file, as the message that was written there; a text that no
    message gives, as it is.
    """
    best = ""
    for sentence in _sentences():
        start = sentence.partition("{")[0]
        if len(start) > len(best.partition("{")[0]) and text.startswith(start):
            best = sentence if _values(sentence, text) is not None else best
    values = _values(best, text)
    if values is None:
        return text
    return Message(best, "", {name: _stored_value(value) for name, value in values.items()})


def _stored_value(text: str) -> str:
    """What a message was filled with: another one, a list of reasons (« 1: silent; 2: … »), or any
    text.
    """
    known = stored_message(text)
    if isinstance(known, Message):
        return known
    reasons = [part.partition(": ") for part in text.split("; ")]
    if not all(number.isdecimal() and reason for number, _, reason in reasons):
        return text
    return joined_messages(
        "; ",
        (joined_messages(": ", (number, stored_message(reason))) for number, _, reason in reasons),
    )


def _values(sentence: str, text: str) -> dict[str, str] | None:
    """The values with which a sentence gives a text; None where none do."""
    pattern = re.sub(r"\\\{(\w+)[^}]*\\\}", r"(?P<\1>.+)", re.escape(sentence))
    try:
        found = re.fullmatch(pattern, text)
    except re.error:  # a value that stands in it twice
        return None
    return None if found is None else found.groupdict()


@functools.cache
def _sentences() -> tuple[str, ...]:
    """What is said without counting anything, with some words before its first value."""
    from babel.messages.mofile import read_mo

    with (LOCALE / "fr" / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as stream:
        ids = [one.id for one in read_mo(stream) if isinstance(one.id, str)]
    # A formatted number cannot be recognised in its text.
    return tuple(
        one for one in ids if one[:1] not in {"", "{"} and not re.search(r"\{\w+[:!]", one)
    )


def translators(language: str) -> dict[str, Callable[..., str]]:
    """What templates call: ``_("Sentence with {name}.", name=…)`` and ``ngettext(one, many,
    count)``, in the language.
    """

    def say(sentence: str, /, **values: Any) -> str:
        return in_language(message(sentence, **values), language)

    def say_counted(one: str, many: str, count: int, /, **values: Any) -> str:
        return in_language(plural_message(one, many, count, **values), language)

    return {"_": say, "ngettext": say_counted}


def script_in_language(script: str, language: str) -> str:
    """A page's script with what it says, ``_("…")`` there, in a language. The script fills in the
    values itself.
    """
    known = catalogue(language)
    return re.sub(
        r'\b_\("([^"\\]+)"\)',
        lambda call: json.dumps(known.gettext(call[1]), ensure_ascii=False),
        script,
    )
