"""The adapter of Jinja: HTML templates with automatic escaping, in the reader's language."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import Environment

from studio.messages.localised_formats import long_date
from studio.messages.translations import translators

__all__ = ["Environment", "templates_from_folder"]


def templates_from_folder(
    folder: Path, language: str, **filters: Callable[..., Any]
) -> Environment:
    """The templates of a folder. An undefined variable is an error, not an empty string.

    :param language: the language of ``_()``, ``ngettext()`` and ``long_date``.
    :param filters: additional filters, beside ``long_date``.
    """
    templates = Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    # JSON without ASCII escapes, since pages are UTF-8: an accented letter takes two bytes, not
    # six.
    templates.policies["json.dumps_kwargs"] = {"sort_keys": True, "ensure_ascii": False}
    own: dict[str, Any] = {
        "long_date": functools.partial(long_date, language=language),
        **filters,
    }
    templates.filters.update(own)
    templates.globals.update(translators(language))
    return templates
