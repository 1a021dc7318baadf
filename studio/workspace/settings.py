"""The adapter of tomlkit: settings files for users, each setting with an explanatory comment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit
import tomlkit.exceptions
from tomlkit.items import AoT, Item, Table

from studio.errors import WorkspaceError
from studio.messages.interface import spoken
from studio.messages.message import message, table_message
from studio.model.episode import ChosenSoundbite, Cut, Episode, EpisodeSound
from studio.model.glossary import Glossary
from studio.model.record import Record, record_from_toml, replace_fields
from studio.model.settings_table import (
    EPISODE_SETTINGS,
    EPISODE_SOUND_SETTINGS,
    SHOW_SETTINGS,
    Setting,
)
from studio.model.show import Show

# A list of tables that may be empty, which differs from missing.
_NONE_IS_A_CHOICE = {"soundbites"}
# Settings that only Studio writes, if not empty.
_UNSAID = {"imported", "microphones"}

# The first line of each file.
HEADS = {
    "episode": "The episode. One comment line explains each setting; docs/settings.md says more.",
    "glossary": "The show's names (name), their wrong spellings (wrong), and the number of "
    "episodes they occur in (used).",
    "show": "The show. One comment line explains each setting; docs/settings.md says more.",
}


def toml_from_episode(episode: Episode) -> bytes:
    """``episode.toml``. Reading it gives the same episode."""
    return _toml_from_record(episode, EPISODE_SETTINGS, HEADS["episode"])


def toml_from_show(show: Show) -> bytes:
    """The text of ``show.toml`` for a show with at least one category. Reading it gives the same
    show.
    """
    return _toml_from_record(show, SHOW_SETTINGS, HEADS["show"])


def toml_with_guid(content: bytes, guid: str, where: object) -> bytes:
    """``show.toml`` with the show's guid; everything else stays as a person wrote it.

    :raises WorkspaceError: the file cannot be read.
    """
    document = _parsed(content, where)
    document["guid"] = guid
    return tomlkit.dumps(document).encode()


def toml_with_cuts(content: bytes, cuts: Sequence[Cut], where: object) -> bytes:
    """``episode.toml`` with other cuts; everything else, including comments, is preserved.

    :raises WorkspaceError: the file cannot be read.
    """
    document = _parsed(content, where)
    tables = _item(tuple(cuts))
    if tables is None:
        document.pop("cuts", None)
    else:
        document["cuts"] = tables
    return tomlkit.dumps(document).encode()


def toml_with_recording(content: bytes, episode: Episode, where: object) -> bytes:
    """``episode.toml`` with another recording, cuts and sound bites at other times, and other
    files for its microphones; everything else stays as a person wrote it.

    :raises WorkspaceError: the file cannot be read, or has a form in which they cannot be changed.
    """
    document = _parsed(content, where)
    document["recording"] = episode.recording
    placed: dict[str, tuple[Cut | ChosenSoundbite, ...]] = {
        "cuts": episode.cuts,
        "soundbites": episode.soundbites or (),
    }
    for name, marks in placed.items():
        for table, mark in zip(document.get(name, ()), marks, strict=True):
            table["start_ms"], table["end_ms"] = int(mark.start_ms), int(mark.end_ms)
    for table, one in zip(document.get("microphones", ()), episode.microphones, strict=True):
        for field in ("file", "offset_ms", "drift_ppm"):
            if table.get(field) != getattr(one, field):
                table[field] = getattr(one, field)
    written = tomlkit.dumps(document).encode()
    if record_from_toml(written, Episode, where) != episode:
        raise WorkspaceError(
            where,
            message("uses a layout in which Studio cannot change the times"),
            message("Write cuts and soundbites below [[cuts]], [[soundbites]]."),
        )
    return written


def toml_with_former(content: bytes, episode: Episode, where: object) -> bytes:
    """``episode.toml`` with former slugs; everything else is preserved.

    :raises WorkspaceError: the file cannot be read, or has a form in which they cannot be written.
    """
    document = _parsed(content, where)
    document["former_slugs"] = list(episode.former_slugs)
    written = tomlkit.dumps(document).encode()
    if record_from_toml(written, Episode, where) != episode:
        raise WorkspaceError(
            where,
            message("uses a layout that Studio cannot add to"),
            message(
                "Add former_slugs = {former_slugs} yourself.",
                former_slugs=list(episode.former_slugs),
            ),
        )
    return written


def toml_with_article(
    content: bytes, episode: Episode, *, guests: Sequence[str], link: str, where: object
) -> bytes:
    """``episode.toml`` of an episode that gets an article: with its guests and link, if the
    settings have none; everything else is preserved.

    :raises WorkspaceError: the file cannot be read, or has a form in which they cannot be written.
    """
    document = _parsed(content, where)
    wanted = episode
    if not episode.guests and guests:
        document["guests"] = list(guests)
        wanted = replace_fields(wanted, guests=tuple(guests))
    if not episode.link and link:
        document["link"] = link
        wanted = replace_fields(wanted, link=link)
    written = tomlkit.dumps(document).encode()
    if record_from_toml(written, Episode, where) != wanted:
        raise WorkspaceError(
            where,
            message("uses a layout that Studio cannot add to"),
            message("Write guests = {guests} yourself.", guests=list(guests)),
        )
    return written


def toml_from_excerpts(excerpts: Sequence[ChosenSoundbite]) -> str:
    """The sound bites in the format of ``episode.toml``."""
    return tomlkit.dumps({"soundbites": _item(tuple(excerpts)) or tomlkit.array()}).strip()


def toml_with_names(content: bytes, glossary: Glossary, where: object) -> bytes:
    """``glossary.toml`` with these names; comments and everything else are preserved.

    :param content: its current content; empty for a new file.
    :param glossary: all names of the result. The table of another name is removed, unless it has
        additional content.
    :raises WorkspaceError: the file cannot be read, or uses a layout that cannot be added to.
    """
    document = _parsed(content, where)
    if not content:
        document.add(tomlkit.comment(spoken(table_message(HEADS["glossary"]))))
    tables = document.get("names", [])
    wanted = {one.name for one in glossary.names}
    for place in reversed(range(len(tables))):
        if str(tables[place]["name"]) not in wanted and _is_bare(tables[place]):
            del tables[place]
    if "names" in document and not tables:
        # After removing all tables, the list must be created again.
        del document["names"]
        tables = []
    known = {str(table["name"]): table for table in tables}
    for one in glossary.names:
        if one.name not in known:
            if "names" not in document:
                document.add("names", tomlkit.aot())
            table = (
                tomlkit.table() if isinstance(document["names"], AoT) else tomlkit.inline_table()
            )
            table.update({"name": one.name, "wrong": list(one.wrong), "used": one.used})
            document["names"].append(table)
            continue
        table = known[one.name]
        spellings = table.setdefault("wrong", [])
        # One by one, to preserve comments between them.
        for wrong in [wrong for wrong in spellings if wrong not in one.wrong]:
            spellings.remove(wrong)
        for wrong in one.wrong:
            if wrong not in spellings:
                spellings.append(wrong)
        if table.get("used", 1) != one.used:
            table["used"] = one.used
    written = tomlkit.dumps(document).encode()
    # Layouts vary: nothing is written that would be parsed differently.
    if not set(glossary.names) <= set(record_from_toml(written, Glossary, where).names):
        raise WorkspaceError(
            where,
            message("uses a layout that Studio cannot add names to"),
            message("Write each name below its own [[names]]."),
        )
    return written


def _is_bare(table: Table) -> bool:
    """Whether a name's table only has its fields."""
    return "#" not in table.as_string() and set(table) <= {"name", "wrong", "used"}


def _toml_from_record(record: Record, settings: Mapping[str, Setting], head: str) -> bytes:
    lines = [f"# {spoken(table_message(head))}", ""]
    for name, setting in settings.items():
        value = getattr(record, name)
        if value in (None, ()) and name in _UNSAID:
            continue
        item = (
            _explained(value, EPISODE_SOUND_SETTINGS)
            if isinstance(value, EpisodeSound)
            else _item(value)
        )
        is_chosen = value == () and name in _NONE_IS_A_CHOICE
        if item is None and (setting.example is None or is_chosen):
            item = tomlkit.array()
        if isinstance(item, (Table, AoT)) or isinstance(setting.example, Record):
            lines.append("")
        lines.append(f"# {spoken(table_message(setting.sentence))}")
        if item is not None:
            lines.append(tomlkit.dumps({name: item}).strip("\n"))
        else:
            lines += [
                f"# {line}"
                for line in _example(
                    name, setting, several=isinstance(value, tuple) or name in _NONE_IS_A_CHOICE
                )
            ]
    return ("\n".join(lines) + "\n").encode()


def _item(value: Any) -> Item | None:
    """The value as TOML; None if there is nothing to write."""
    if value is None or value == ():
        return None
    if isinstance(value, Record):
        return _table(value)
    if isinstance(value, tuple) and isinstance(value[0], Record):
        tables = tomlkit.aot()
        for record in value:
            tables.append(_table(record))
        return tables
    if isinstance(value, str) and "\n" in value:
        return tomlkit.string(value, multiline=True)
    item: Item = tomlkit.item(list(value) if isinstance(value, tuple) else value)
    return item


def _table(record: Record) -> Table:
    table = tomlkit.table()
    for name in record.__struct_fields__:
        item = _item(getattr(record, name))
        if item is not None:
            table.add(name, item)
    return table


def _explained(record: Record, settings: Mapping[str, Setting]) -> Table:
    """The record as a table, with a comment above each field."""
    table = tomlkit.table()
    for name in record.__struct_fields__:
        table.add(tomlkit.comment(spoken(table_message(settings[name].sentence))))
        table.add(name, _item(getattr(record, name)))
    return table


def _example(name: str, setting: Setting, *, several: bool) -> list[str]:
    example = setting.example
    if not isinstance(example, Record):
        return [f"{name} = {str(example).lower()}"]
    header = f"[[{name}]]" if several else f"[{name}]"
    return [header, *tomlkit.dumps(_table(example)).splitlines()]


def _parsed(content: bytes, where: object) -> tomlkit.TOMLDocument:
    """A settings file with its comments.

    :raises WorkspaceError: it cannot be read.
    """
    try:
        return tomlkit.parse(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomlkit.exceptions.TOMLKitError) as error:
        raise WorkspaceError(
            where,
            message("cannot be read ({error})", error=error),
            message("Fix that line; docs/settings.md explains every setting."),
        ) from None
