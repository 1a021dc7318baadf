"""The adapter of Jinja: HTML templates with automatic escaping, in the language of the reader."""

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
    """The templates of a folder. A name that nothing is known of is an error, not an empty place.

    :param language: what ``_()``, ``ngettext()`` and ``long_date`` speak.
    :param filters: filters of their own, beside ``long_date``.
    """
    templates = Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    # Data for other programs in UTF-8, as the pages are: an accent is one letter and not six.
    templates.policies["json.dumps_kwargs"] = {"sort_keys": True, "ensure_ascii": False}
    own: dict[str, Any] = {
        "long_date": functools.partial(long_date, language=language),
        **filters,
    }
    templates.filters.update(own)
    templates.globals.update(translators(language))
    return templates
