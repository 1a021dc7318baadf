"""The language of the commands: one for the whole process."""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Mapping

from studio.messages.translations import SOURCE_LANGUAGE, in_language, known_language

# The first variable that is set counts (GNU gettext manual, “Locale Environment Variables”).
VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")

# Characters that a terminal interprets: control characters except line end and tab, and those that
# change the direction of writing (Unicode's category Cc; UAX 9, explicit formatting).
_OBEYED = [
    *range(0x20),
    *range(0x7F, 0xA0),
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
]
_SHOWN = {code: "\N{REPLACEMENT CHARACTER}" for code in _OBEYED if chr(code) not in "\n\t"}

_language = SOURCE_LANGUAGE


def use_language(language: str) -> None:
    """Set the interface language."""
    global _language  # noqa: PLW0603
    _language = known_language(language) or SOURCE_LANGUAGE


def interface_language() -> str:
    """The interface language."""
    return _language


def spoken(text: str) -> str:
    """A message in the interface language; any other text (names of files, texts from servers and
    foreign files) unchanged, except for control characters.
    """
    return in_language(text, _language).translate(_SHOWN)


def language_from_environment(environment: Mapping[str, str] = os.environ) -> str | None:
    """The language of the user's system if Studio has a catalogue of it, else None (also for
    ``C``).
    """
    chosen = next((environment[name] for name in VARIABLES if environment.get(name)), "")
    if not chosen and sys.platform == "win32":
        import ctypes

        number = ctypes.windll.kernel32.GetUserDefaultUILanguage()
        chosen = locale.windows_locale.get(number, "")
    return next(filter(None, map(known_language, chosen.split(":"))), None)
