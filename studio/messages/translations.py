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
    """The languages with a catalogue, English first."""
    return SOURCE_LANGUAGE, *sorted(path.name for path in LOCALE.iterdir() if path.is_dir())


def known_language(tag: str) -> str | None:
    """The language of a tag (``fr-CA``, ``fr_FR.UTF-8``) if it has a catalogue, else None."""
    primary = tag.replace("_", "-").partition("-")[0].partition(".")[0].lower()
    return primary if primary in languages() else None


@functools.cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; the English one if the language has none."""
    return gettext.translation(
        DOMAIN, LOCALE, languages=[known_language(language) or SOURCE_LANGUAGE], fallback=True
    )


class _Formatter(string.Formatter):
    """Formats the values as in the language."""

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
    """The translation of a message; any other text unchanged.

    :param language: a tag of RFC 5646; without a catalogue for it, the text is English.
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
    """The message whose English text was stored in a file; the text itself if it matches no
    message.
    """
    for sentence in _sentences():
        start = sentence.partition("{")[0]
        values = _values(sentence, text) if text.startswith(start) else None
        if values is not None:
            stored = {name: _stored_value(value) for name, value in values.items()}
            return Message(_REWORDED.get(sentence, sentence), "", stored)
    return text


def _stored_value(text: str) -> str:
    """A value of a stored message: another message, a list of reasons (« 1: silent; 2: … »), or any
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
    """The values with which the sentence yields the text; None if there are none."""
    pattern = _pattern(sentence)
    found = pattern.fullmatch(text) if pattern else None
    return None if found is None else found.groupdict()


@functools.cache
def _pattern(sentence: str) -> re.Pattern[str] | None:
    try:
        return re.compile(re.sub(r"\\\{(\w+)[^}]*\\\}", r"(?P<\1>.+)", re.escape(sentence)))
    except re.error:  # a value that occurs twice
        return None


@functools.cache
def _sentences() -> tuple[str, ...]:
    """The sentences without plural forms and with enough literal text to be recognised, the longest
    first.
    """
    from babel.messages.mofile import read_mo

    with (LOCALE / "fr" / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as stream:
        ids = [one.id for one in read_mo(stream) if isinstance(one.id, str)]
    # A formatted number cannot be recognised in its text.
    known = [
        one
        for one in (*ids, *_REWORDED)
        if one and not re.search(r"\{\w+[:!]", one)
        if one[0] != "{" or _literal_length(one) >= _MIN_LITERAL
    ]
    return tuple(sorted(known, key=_literal_length, reverse=True))


# The number of literal characters from which a sentence that begins with a value is distinguishable
# from other texts.
_MIN_LITERAL = 20
# Earlier wordings of sentences that are stored in workspaces.
_REWORDED = {
    "its header says that it lasts {said_ms}, but it holds {duration_ms}: all of it is taken": (
        "its header says that it lasts {said_ms}, but it holds {duration_ms}: the whole file is "
        "used"
    ),
}


def _literal_length(sentence: str) -> int:
    """The number of characters of a sentence without its values."""
    return len(re.sub(r"\{\w+\}", "", sentence))


def translators(language: str) -> dict[str, Callable[..., str]]:
    """The functions for templates: ``_("Sentence with {name}.", name=…)`` and ``ngettext(one, many,
    count)``, in the language.
    """

    def say(sentence: str, /, **values: Any) -> str:
        return in_language(message(sentence, **values), language)

    def say_counted(one: str, many: str, count: int, /, **values: Any) -> str:
        return in_language(plural_message(one, many, count, **values), language)

    return {"_": say, "ngettext": say_counted}


def script_in_language(script: str, language: str) -> str:
    """A page's script with its texts (``_("…")``) translated. The script fills in the values
    itself.
    """
    known = catalogue(language)
    return re.sub(
        r'\b_\("([^"\\]+)"\)',
        lambda call: json.dumps(known.gettext(call[1]), ensure_ascii=False),
        script,
    )
