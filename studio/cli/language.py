"""The language of the command line, including the texts of click."""

from __future__ import annotations

import copy
import gettext
import inspect
import os
import re
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from studio.file_access import read_file
from studio.messages.interface import (
    interface_language,
    language_from_environment,
    spoken,
    use_language,
)
from studio.messages.message import table_message
from studio.messages.translations import DOMAIN, LOCALE, SOURCE_LANGUAGE, known_language

_LANGUAGE_LINE = re.compile(r"""^[ \t]*language[ \t]*=[ \t]*["'](?P<tag>[\w-]+)""", re.MULTILINE)


@contextmanager
def command_language(words: Sequence[str]) -> Iterator[None]:
    """Within the block, use the language of a command line: that of ``--lang``, else the system's,
    else the show's, else English.
    """
    domain, before = gettext.textdomain(), os.environ.get("LANGUAGE")
    chosen, folder, command = _asked(words)
    language = (
        chosen
        or language_from_environment()
        or _language_of_show(folder, is_made=command == "init")
    )
    use_language(language or SOURCE_LANGUAGE)
    # Click's own messages come from gettext's current catalogue.
    gettext.bindtextdomain(DOMAIN, str(LOCALE))
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = interface_language()
    try:
        yield
    finally:
        use_language(SOURCE_LANGUAGE)
        gettext.textdomain(domain)
        if before is None:
            os.environ.pop("LANGUAGE", None)
        else:
            os.environ["LANGUAGE"] = before


def _asked(words: Sequence[str]) -> tuple[str | None, Path, str]:
    """The values of ``--lang`` and ``-C`` before the command's name, and that name."""
    chosen, folder = None, Path()
    rest = iter(words)
    for word in rest:
        if not word.startswith("-"):
            return chosen, folder, word
        name, _, value = word.partition("=")
        if name == "--lang":
            chosen = known_language(value or next(rest, ""))
        elif word.startswith("-C"):
            folder = Path(word[2:] or next(rest, ""))
    return chosen, folder, ""


def _language_of_show(folder: Path, *, is_made: bool) -> str | None:
    """The language of the show in this folder's workspace; None outside of one. Errors there are
    reported later; in damaged settings, the line with the language is used.

    :param is_made: whether the command creates a workspace: it uses the language of later commands
        there.
    """
    from studio.model.show import DEFAULT_LANGUAGE

    start = folder.absolute()
    for place in (start, *start.parents):
        settings = place / "feed" / "show.toml"
        try:
            if not settings.is_file():
                continue
            text = read_file(settings).decode("utf-8", "replace")
        except OSError:
            return known_language(DEFAULT_LANGUAGE)
        try:
            language = tomllib.loads(text).get("language", DEFAULT_LANGUAGE)
        except (ValueError, RecursionError):
            match = _LANGUAGE_LINE.search(text)
            language = match["tag"] if match else DEFAULT_LANGUAGE
        return known_language(language) if isinstance(language, str) else None
    return known_language(DEFAULT_LANGUAGE) if is_made else None


def translated_command(command: click.Command) -> click.Command:
    """The command with its help in the interface language."""
    if interface_language() == SOURCE_LANGUAGE:
        return command
    translated = copy.copy(command)
    translated.help = _spoken_help(command.help)
    translated.params = [_spoken_parameter(one) for one in command.params]
    if isinstance(command, click.Group) and isinstance(translated, click.Group):
        translated.commands = {
            name: translated_command(one) for name, one in command.commands.items()
        }
    return translated


def _spoken_parameter(parameter: click.Parameter) -> click.Parameter:
    if not isinstance(parameter, click.Option):
        return parameter
    translated = copy.copy(parameter)
    translated.help = _spoken_help(parameter.help)
    return translated


def _spoken_help(text: str | None) -> str | None:
    return text and spoken(table_message(inspect.cleandoc(text)))
