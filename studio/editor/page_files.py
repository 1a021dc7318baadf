"""The files of the editor's page, in the user's language.

Their texts are English (``_("…")``) and translated when served: the page loads no catalogue.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.messages.interface import interface_language
from studio.messages.localised_formats import language_name
from studio.messages.message import table_message
from studio.messages.translations import (
    in_language,
    known_language,
    languages,
    script_in_language,
)
from studio.templates import templates_from_folder

_HERE = Path(__file__).parent
STATIC, TEMPLATES = _HERE / "static", _HERE / "templates"
# By request path: the file, and its media type.
PAGE = {
    "": ("editor.html", "text/html; charset=utf-8"),
    "editor.css": ("editor.css", "text/css; charset=utf-8"),
    "keys.json": ("keys.json", "application/json"),
    "icon.svg": ("icon.svg", "image/svg+xml"),
    "adopt": ("leftover_frame.html", "text/html; charset=utf-8"),
    "prosemirror.LICENSE.txt": ("prosemirror.LICENSE.txt", "text/plain; charset=utf-8"),
    **{
        path.name: (path.name, "text/javascript; charset=utf-8")
        for path in sorted(STATIC.glob("*.js"))
    },
}
# Third-party files have no texts to translate.
_LIBRARY = "prosemirror.js"
# The cookie of the page's language switch (language.js).
_COOKIE = "studio-language"


def chosen_language(cookies: Mapping[str, str]) -> str:
    """The language chosen on the page, else that of the commands."""
    return known_language(cookies.get(_COOKIE, "")) or interface_language()


@functools.cache
def file_in_language(name: str, language: str) -> bytes:
    """The content of a file of :data:`PAGE`, cached: the page's files only change with Studio.

    :param name: one of :data:`PAGE`.
    """
    if (TEMPLATES / name).is_file():
        others = [other for other in languages() if other != language]
        templates = templates_from_folder(TEMPLATES, language, language_name=language_name)
        return templates.get_template(name).render(language=language, others=others).encode()
    content = (STATIC / name).read_bytes()
    if name == "keys.json":
        return json.dumps(key_table(language), ensure_ascii=False).encode()
    if name.endswith(".js") and name != _LIBRARY:
        return script_in_language(content.decode(), language).encode()
    return content


def key_table(language: str) -> list[dict[str, Any]]:
    """The table of keys and actions, with translated descriptions."""
    rows = json.loads((STATIC / "keys.json").read_bytes())
    return [
        {**row, "sentence": in_language(table_message(row["sentence"]), language)} for row in rows
    ]
