"""The log file of a workspace: commands and stages with their outcome and errors. It contains no
transcript text and no secrets.

One file, ``.studio/studio.log``, rotated when it is full. It is written with the standard
``logging`` module: modules use ``logging.getLogger(__name__)``. A log that cannot be written does
not stop a command.
"""

from __future__ import annotations

import io
import logging
import os
import re
import traceback
from contextlib import suppress
from pathlib import Path

from studio.file_access import read_text, refuse_link

FILE = "studio.log"
# Some thousand commands: enough to find when a fault started, and small enough for a mail.
MAX_BYTES = 1_000_000
# studio.log.1 and studio.log.2 are the previous files.
OLDER_FILES = 2
# The format of a log line; `studio doctor` finds the last one with ERROR.
_FORM = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"
_TIME = "%Y-%m-%dT%H:%M:%S%z"

_logger = logging.getLogger("studio")
# Without a workspace there is no log file; warnings must not be printed to the terminal instead.
_logger.addHandler(logging.NullHandler())

# Messages quote transcripts and files. Apostrophes within words (« l'article ») are not quotes.
_QUOTED = re.compile(r"“[^”]*”|«[^»]*»|\"[^\"]*\"|(?<!\w)'[^']*'(?!\w)")
_USER_IN_ADDRESS = re.compile(r"(?<=://)[^/\s@]+@")
_QUERY = re.compile(r"(?<=\w)\?[^\s]+")


def redacted(text: str) -> str:
    """The text without quotations, accounts and queries in URLs, and secrets from the
    environment.
    """
    secret = os.environ.get("STUDIO_PUBLISH_SECRET")
    if secret:
        text = text.replace(secret, "…")
    return _QUERY.sub("?…", _USER_IN_ADDRESS.sub("…@", _QUOTED.sub("“…”", text)))


class _Form(logging.Formatter):
    """Formats one redacted line per record."""

    def __init__(self) -> None:
        super().__init__(_FORM, _TIME)

    def format(self, record: logging.LogRecord) -> str:
        return redacted(" ".join(super().format(record).split()))


class _File(logging.FileHandler):
    """The log file; created once Studio has a folder in the workspace. Lines that cannot be written
    are dropped.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", delay=True)
        self._held: list[logging.LogRecord] = []

    def _open(self) -> io.TextIOWrapper:
        refuse_link(Path(self.baseFilename))
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Ignore write errors (a full disk, a read-only folder): they must not stop a command."""

    def emit(self, record: logging.LogRecord) -> None:
        self._held.append(record)
        with suppress(OSError):
            if Path(self.baseFilename).parent.is_dir():
                for held in self._held:
                    super().emit(held)
                self._held.clear()


def open_log(state: Path) -> bool:
    """Start logging to the file of a workspace; True if it was not open yet. Nothing is written
    until Studio has created its folder.

    :param state: the workspace's folder for Studio's own files.
    """
    path = state / FILE
    if any(
        isinstance(handler, _File) and handler.baseFilename == str(path)
        for handler in _logger.handlers
    ):
        return False
    with suppress(OSError):
        _turn_over(path)
    _add(_File(path))
    return True


def show_log() -> None:
    """Start logging to the terminal as well."""
    _add(logging.StreamHandler())


def last_error(state: Path) -> str:
    """The last line of the log that reports a failure; empty if there is none."""
    for name in (FILE, *(f"{FILE}.{number}" for number in range(1, OLDER_FILES + 1))):
        with suppress(OSError):
            lines = read_text(state / name, "replace").splitlines()
            if found := next((line for line in reversed(lines) if " ERROR " in line), ""):
                return found
    return ""


def close_log() -> None:
    """Stop logging and close all files."""
    for handler in [one for one in _logger.handlers if not isinstance(one, logging.NullHandler)]:
        _logger.removeHandler(handler)
        with suppress(OSError):
            handler.close()


def steps_of(error: BaseException) -> str:
    """The traceback of an error and its causes in one line: types, files, lines and functions,
    without messages and values.
    """
    causes: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        steps = [
            f"{_short(step.filename)}:{step.lineno} {step.name}"
            for step in traceback.extract_tb(current.__traceback__)
        ]
        causes.append(f"{type(current).__qualname__} at {' > '.join(steps[-12:])}")
        current = current.__cause__ or current.__context__
    return " | caused by ".join(causes)


def _short(file: str) -> str:
    """A module's path without private folder names."""
    parts = Path(file).parts
    roots = [number for number, part in enumerate(parts) if part in {"studio", "site-packages"}]
    return "/".join(parts[roots[-1] :] if roots else parts[-2:])


def _add(handler: logging.Handler) -> None:
    handler.setFormatter(_Form())
    _logger.addHandler(handler)
    _logger.setLevel(logging.INFO)


def _turn_over(path: Path) -> None:
    if not path.exists() or path.stat().st_size < MAX_BYTES:
        return
    for number in range(OLDER_FILES, 0, -1):
        older = path.with_name(f"{FILE}.{number - 1}") if number > 1 else path
        if older.exists():
            older.replace(path.with_name(f"{FILE}.{number}"))
