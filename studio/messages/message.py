"""A message: an English sentence that is translated when it is shown.

Packages create messages and are independent of languages: a message is the ``str`` of its English
text, which logs, JSON and comparisons use. The outermost layer (the command line, a page)
translates it with :func:`studio.messages.translations.in_language`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class Message(str):
    """The English text, with the sentence and the values that it was made from.

    :param singular: the sentence as in the catalogues, with values as ``{name}``.
    :param many: the same for a ``count`` that is not 1; empty where nothing is counted.
    :param values: by name; values that are messages are translated with it.
    """

    __slots__ = ("many", "singular", "values")

    singular: str
    many: str
    values: Mapping[str, Any]

    def __new__(cls, singular: str, many: str, values: Mapping[str, Any]) -> Message:
        """Fill in the values, in English."""
        form = many if many and values["count"] != 1 else singular
        made = super().__new__(cls, form.format_map(values))
        made.singular, made.many, made.values = singular, many, values
        return made

    def __getnewargs__(self) -> tuple[str, str, Mapping[str, Any]]:  # type: ignore[override]
        """The arguments of ``__new__`` for pickling: messages are sent between processes and
        machines.
        """
        return self.singular, self.many, self.values


def message(sentence: str, /, **values: Any) -> Message:
    """A user-facing sentence.

    :param sentence: literal English, so that the extraction for the catalogues finds it; values as
        ``{name}``, with a format if needed; literal braces are doubled.
    """
    return Message(sentence, "", values)


def plural_message(one: str, many: str, count: int, /, **values: Any) -> Message:
    """A sentence with a count: ``one`` for 1, ``many`` for any other ``{count}``;
    other languages select among their own plural forms.
    """
    return Message(one, many, {"count": count, **values})


def table_message(sentence: str) -> Message:
    """A sentence without values from a table that `.ci/messages` reads as a whole: settings, rules,
    help.
    """
    return Message(sentence.replace("{", "{{").replace("}", "}}"), "", {})


def plain_from_message(text: str) -> Any:
    """A text or message as JSON from which :func:`message_from_plain` restores it, translatable.
    Values that JSON does not support become text.
    """
    if not isinstance(text, Message):
        return text
    values = {name: _plain_value(value) for name, value in text.values.items()}
    return {"singular": text.singular, "many": text.many, "values": values}


def _plain_value(value: object) -> Any:
    if isinstance(value, str):
        return plain_from_message(value)
    return value if value is None or isinstance(value, int | float) else str(value)


def message_from_plain(plain: Any) -> str:
    """The text or message for this value from JSON."""
    if not isinstance(plain, dict):
        return str(plain)
    values = {
        name: message_from_plain(value) if isinstance(value, str | dict) else value
        for name, value in plain["values"].items()
    }
    return Message(plain["singular"], plain["many"], values)


def joined_messages(separator: str, parts: Iterable[str]) -> Message:
    """The parts with the separator between them, each translated on its own."""
    values = {f"part{place}": part for place, part in enumerate(parts)}
    escaped = separator.replace("{", "{{").replace("}", "}}")
    return Message(escaped.join(f"{{{name}}}" for name in values), "", values)
