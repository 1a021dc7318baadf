"""The door to Jinja: HTML from templates, in which every text of anybody's is escaped, and with
French dates.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import Environment

__all__ = ["Environment", "long_date", "templates_from_folder"]


def templates_from_folder(folder: Path, **filters: Callable[..., Any]) -> Environment:
    """The templates of a folder. A name that nothing is known of is an error, not an empty place.

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
    own: dict[str, Any] = {"long_date": long_date, **filters}
    templates.filters.update(own)
    return templates


def long_date(moment: datetime.datetime) -> str:
    """« 1er décembre 2026 »."""
    from babel.dates import format_date

    # French counts the first day of a month, and numbers the others.
    return format_date(
        moment.date(), "d'er' MMMM y" if moment.day == 1 else "d MMMM y", locale="fr"
    )
