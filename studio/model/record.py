"""The adapter of msgspec: frozen records that read and write JSON and TOML, with errors that name
the position in the file.
"""

from __future__ import annotations

import datetime
import functools
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, overload

import msgspec

from studio.errors import WorkspaceError
from studio.messages.message import Message, joined_messages, message

R = TypeVar("R")


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A frozen value. Unknown JSON keys are ignored, so that files of newer versions can be
    read.
    """


T = TypeVar("T")


@overload
def stored_as(name: str) -> Any: ...
@overload
def stored_as(name: str, default: T) -> T: ...
def stored_as(name: str, default: Any = msgspec.NODEFAULT) -> Any:
    """A field that has another (earlier) name in files."""
    return msgspec.field(name=name, default=default)


S = TypeVar("S", bound=Record)


def replace_fields(record: S, **fields: Any) -> S:
    """The same record with some fields changed."""
    return msgspec.structs.replace(record, **fields)


def fields_of_record(record: Record) -> dict[str, object]:
    """The record's fields by name, with unconverted values."""
    return msgspec.structs.asdict(record)


def _plain_text(value: object) -> str:
    """A message as stored in files: its English text."""
    if isinstance(value, Message):
        return str(value)
    raise NotImplementedError(f"{type(value).__name__} is no value of a record")


def plain_from_record(record: object) -> Any:
    """The record as dicts, lists, strings and numbers."""
    return msgspec.to_builtins(record, enc_hook=_plain_text)


def bytes_from_record(record: object) -> bytes:
    """JSON, indented by two spaces, UTF-8, with a final newline. Deterministic."""
    return msgspec.json.format(msgspec.json.encode(record, enc_hook=_plain_text), indent=2) + b"\n"


def record_from_bytes(content: bytes, kind: type[R], where: object) -> R:
    """Read one record from JSON.

    :raises WorkspaceError: the bytes are not JSON or do not match the type; the message names the
        position.
    """
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WorkspaceError(
            where,
            message("does not match the expected format: {error}", error=_describe(error)),
            message("Fix it, or delete it and run `studio run`."),
        ) from None


def record_from_toml(
    content: bytes,
    kind: type[R],
    where: object,
    former: Mapping[str, Mapping[str, str]] | None = None,
) -> R:
    """Read one record from TOML. Users write it: an unknown setting is an error, misspelled or
    below the wrong ``[table]``.

    :param former: former names of settings, by table.
    :raises WorkspaceError: the bytes are not TOML or do not match the type; the message names the
        position.
    """
    table = _table_from_toml(content, where)
    for name, old, new in _former_names(table, former or {}):
        table[name][new] = table[name].pop(old)
    try:
        record = msgspec.convert(_dates_as_text(table, _form_of(kind)), type=kind)
    except msgspec.MsgspecError as error:
        raise WorkspaceError(
            where,
            _describe(error),
            message("Fix that setting; see docs/settings.md."),
        ) from None
    for place in _unknown_places(table, msgspec.to_builtins(record, enc_hook=_plain_text)):
        raise WorkspaceError(
            where, message("{place} is not a setting", place=place), _remedy_of_unknown(kind, place)
        )
    return record


# Type information is cached: it takes 2 ms, and a show has thousands of records.
_form_of: Callable[[Any], msgspec.inspect.Type] = functools.cache(msgspec.inspect.type_info)


def former_names_in(
    content: bytes, where: object, former: Mapping[str, Mapping[str, str]]
) -> list[tuple[str, str, str]]:
    """The settings that a file has under a former name: table, former name, name.

    :raises WorkspaceError: the bytes are not TOML.
    """
    return _former_names(_table_from_toml(content, where), former)


def _former_names(
    table: Mapping[str, Any], former: Mapping[str, Mapping[str, str]]
) -> list[tuple[str, str, str]]:
    # If both names are present, the former one is kept, and refused as unknown.
    return [
        (name, old, new)
        for name, names in former.items()
        for old, new in names.items()
        if isinstance(own := table.get(name), dict) and old in own and new not in own
    ]


def _table_from_toml(content: bytes, where: object) -> dict[str, Any]:
    """Parse a settings file, without validation against its type."""
    if len(content) > _MAX_SETTINGS_BYTES:
        raise WorkspaceError(
            where,
            message(
                "has {size_mb:.1f} MB, far more than any settings file", size_mb=len(content) / 1e6
            ),
            message("Remove what does not belong there; docs/settings.md has examples."),
        )
    try:
        table = tomllib.loads(content.decode("utf-8-sig"))
        texts = list(_texts(table))
    except RecursionError:
        raise WorkspaceError(
            where,
            message("is nested deeper than any settings"),
            message("Remove the lists in lists; docs/settings.md has examples."),
        ) from None
    except (
        ValueError
    ) as error:  # not UTF-8, not TOML, or an integer of more digits than Python parses
        if type(error) is ValueError:
            raise WorkspaceError(
                where,
                message("has a number of thousands of digits"),
                message("Fix that number; docs/settings.md has examples."),
            ) from None
        raise WorkspaceError(
            where,
            message("cannot be read ({error})", error=error),
            message("Fix that line; docs/settings.md explains every setting."),
        ) from None
    for place, text in texts:
        if found := _CONTROL.search(text):
            what = message(
                "{place} has a control character (U+{found:04X}), which neither a file "
                "name nor a page can have",
                place=place,
                found=ord(found[0]),
            )
            raise WorkspaceError(where, what, message("Remove it from that setting."))
    return table


def _dates_as_text(value: Any, form: msgspec.inspect.Type) -> Any:
    """Convert unquoted dates to text where the type has text."""
    forms = getattr(form, "types", (form,))
    if isinstance(value, datetime.date):
        is_text = any(isinstance(one, msgspec.inspect.StrType) for one in forms)
        return value.isoformat() if is_text else value
    if isinstance(value, dict):
        fields = {own.encode_name: own.type for one in forms for own in getattr(one, "fields", ())}
        return {
            key: _dates_as_text(part, fields[key]) if key in fields else part
            for key, part in value.items()
        }
    if isinstance(value, list):
        items = [one.item_type for one in forms if hasattr(one, "item_type")]
        return [_dates_as_text(part, items[0]) for part in value] if items else value
    return value


# Invalid in XML and file names: C0 controls except tab and line ends, DEL, C1 controls and lone
# surrogates. A glossary of 15,000 names; to change one with its comments takes five seconds.
_MAX_SETTINGS_BYTES = 1_000_000
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def _texts(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a table, including keys, with its position."""
    if isinstance(value, str):
        yield place or "it", value
    elif isinstance(value, list):
        for number, part in enumerate(value, 1):
            yield from _texts(part, f"{place} {number}")
    elif isinstance(value, dict):
        for key, part in value.items():
            yield place or message("a setting's name"), key
            yield from _texts(part, f"{place}.{key}".removeprefix("."))


def _unknown_places(table: Any, known: Any, place: str = "") -> Iterator[str]:
    """The positions of keys in a table that its record type does not have."""
    if isinstance(table, dict) and isinstance(known, dict):
        for key, value in table.items():
            if key in known:
                yield from _unknown_places(value, known[key], f"{place}{key}.")
            else:
                yield f"{place}{key}"
    elif isinstance(table, list):
        for part, known_part in zip(table, known, strict=True):
            yield from _unknown_places(part, known_part, place)


def _remedy_of_unknown(kind: type[R], place: str) -> Message:
    """Where a setting of this name belongs, if it exists: users often uncomment one line of a
    commented-out table, which then belongs to the table before it.
    """
    name = place.rpartition(".")[2]
    tables = ", ".join(f"[{table}]" for table in _tables_with(kind, name))
    if tables:
        return message(
            "“{name}” is a setting of {tables}: write that line above it, or remove the “# ” "
            "before it if it is there. docs/settings.md has every setting.",
            name=name,
            tables=tables,
        )
    if "." in place and any(one.encode_name == name for one in _fields_of(kind)):
        return message(
            "“{name}” belongs above the first [table]: move the line there. docs/settings.md "
            "lists every setting.",
            name=name,
        )
    return message(
        "Check its spelling and the [table] it is in; docs/settings.md lists every setting."
    )


def _fields_of(kind: type[R]) -> Sequence[msgspec.inspect.Field]:
    form = _form_of(kind)
    return form.fields if isinstance(form, msgspec.inspect.StructType) else ()


def _tables_with(kind: type[R], name: str) -> Iterator[str]:
    """The tables of a type that have a setting of this name; lists of tables in brackets."""
    for field in _fields_of(kind):
        table, options = field.encode_name, getattr(field.type, "types", (field.type,))
        if isinstance(field.type, msgspec.inspect.VarTupleType):
            table, options = f"[{table}]", (field.type.item_type,)
        if any(own.encode_name == name for one in options for own in getattr(one, "fields", ())):
            yield table


def json_from_plain(value: Any, *, indent: int = 2) -> bytes:
    """JSON of dicts, lists, strings and numbers, keys in insertion order."""
    return (
        msgspec.json.format(msgspec.json.encode(value, enc_hook=_plain_text), indent=indent) + b"\n"
    )


def plain_from_json(content: bytes) -> Any:
    """Dicts, lists, strings and numbers of JSON. Raises ``ValueError`` on anything else."""
    try:
        return msgspec.json.decode(content)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(str(error)) from None


def record_from_plain(value: Any, kind: type[R], where: object) -> R:
    """One record from dicts, lists, strings and numbers.

    :raises WorkspaceError: they do not match the type; the message names the position.
    """
    try:
        return msgspec.convert(value, type=kind)
    except msgspec.ValidationError as error:
        raise WorkspaceError(
            where,
            message("does not match the expected format: {error}", error=_describe(error)),
            message("Fix it, or delete it and run `studio run`."),
        ) from None


# msgspec's names of types, as users would say them.
_KINDS = {
    "int": message("a whole number"),
    "float": message("a number"),
    "str": message('text in "quotes"'),
    "bool": message("true or false"),
    "array": message("a list in [brackets]"),
    "object": message("a table"),
    "datetime": message("a date with time and time zone, like 2026-11-23T08:00:00+01:00"),
    "date": message("a date without a time"),
    "null": message("nothing"),
}


def _either(kinds: Sequence[str]) -> str:
    """An enumeration for messages: « a, b or c »."""
    if len(kinds) == 1:
        return kinds[0]
    return message("{kinds} or {last}", kinds=joined_messages(", ", kinds[:-1]), last=kinds[-1])


def _describe(error: Exception) -> str:
    """What is wrong with a value, with positions as users count them: ``cuts[0].start_ms`` is
    number 1.
    """
    what, _, path = str(error).partition(" - at `$")
    place = re.sub(
        r"\[(\d+)\]", lambda number: f" {int(number[1]) + 1}", path.rstrip("`").replace("[...]", "")
    ).removeprefix(".")
    place = place.replace(" .", " ").strip() or "it"
    if match := re.fullmatch(r"Expected `([^`]+)`, got `([^`]+)`", what):
        expected, got = (
            _either([_KINDS.get(kind, kind) for kind in kinds.split(" | ")])
            for kinds in match.groups()
        )
        return message(
            "{place} must be {expected}, and is {got}", place=place, expected=expected, got=got
        )
    if match := re.fullmatch(r"Object missing required field `([^`]+)`", what):
        if place == "it":
            return message("{setting} is missing", setting=match[1])
        return message("{setting} is missing in {place}", setting=match[1], place=place)
    if match := re.fullmatch(r"Invalid enum value (.+)", what):
        return message("{place} cannot be {value}", place=place, value=match[1])
    if "datetime" in what:
        return message("{place} must be {expected}", place=place, expected=_KINDS["datetime"])
    return what if place == "it" else f"{place}: {what}"


def wrong_keys(plain: Any, kinds: dict[str, Any]) -> list[str]:
    """The keys that are missing or have a value of another type."""
    if not isinstance(plain, dict):
        return sorted(kinds)
    return [
        key
        for key, kind in kinds.items()
        if not isinstance(plain.get(key), kind) or isinstance(plain.get(key), bool)
    ]
