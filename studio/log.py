"""The log file of a workspace: commands and stages with their outcome and errors. No text of a
transcript, no secret.

One file, ``.studio/studio.log``, turned over when it is full. It is written with the standard
``logging`` module: every module logs to ``logging.getLogger(__name__)`` and knows nothing of files.
A log that cannot be written stops no command.
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
# Some thousand commands: enough to find when a fault began, little enough to send by mail.
MAX_BYTES = 1_000_000
# studio.log.1 and studio.log.2 are the files before it.
OLDER_FILES = 2
# What a line of the log is; the doctor looks for the last one with ERROR.
_FORM = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"
_TIME = "%Y-%m-%dT%H:%M:%S%z"

_logger = logging.getLogger("studio")
# Without a workspace there is no log, and then warnings must not appear on the terminal by
# themselves.
_logger.addHandler(logging.NullHandler())

# Messages quote what people wrote and said. Apostrophes within words (« l'article ») quote nothing.
_QUOTED = re.compile(r"“[^”]*”|«[^»]*»|\"[^\"]*\"|(?<!\w)'[^']*'(?!\w)")
_USER_IN_ADDRESS = re.compile(r"(?<=://)[^/\s@]+@")
_QUERY = re.compile(r"(?<=\w)\?[^\s]+")


def redacted(text: str) -> str:
    """The text without anything quoted in it, without accounts and queries in addresses, without
    the secret of the environment.
    """
    secret = os.environ.get("STUDIO_PUBLISH_SECRET")
    if secret:
        text = text.replace(secret, "…")
    return _QUERY.sub("?…", _USER_IN_ADDRESS.sub("…@", _QUOTED.sub("“…”", text)))


class _Form(logging.Formatter):
    """One line a record, redacted."""

    def __init__(self) -> None:
        super().__init__(_FORM, _TIME)

    def format(self, record: logging.LogRecord) -> str:
        return redacted(" ".join(super().format(record).split()))


class _File(logging.FileHandler):
    """The file; it appears once Studio has a folder in the workspace. What cannot be written is
    lost, and nothing else is.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", delay=True)
        self._held: list[logging.LogRecord] = []

    def _open(self) -> io.TextIOWrapper:
        refuse_link(Path(self.baseFilename))
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """The disk is full, the folder is read-only: no reason to stop."""

    def emit(self, record: logging.LogRecord) -> None:
        self._held.append(record)
        with suppress(OSError):
            if Path(self.baseFilename).parent.is_dir():
                for held in self._held:
                    super().emit(held)
                self._held.clear()


def open_log(state: Path) -> bool:
    """Log to the file of a workspace from now on; whether that is new. Where Studio makes no folder
    meanwhile, nothing is written.

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
    """Log to the terminal as well, from now on."""
    _add(logging.StreamHandler())


def last_error(state: Path) -> str:
    """The last line of the log that reports a failure; empty where there is none."""
    for name in (FILE, *(f"{FILE}.{number}" for number in range(1, OLDER_FILES + 1))):
        with suppress(OSError):
            lines = read_text(state / name, "replace").splitlines()
            if found := next((line for line in reversed(lines) if " ERROR " in line), ""):
                return found
    return ""


def close_log() -> None:
    """No more logging: everything that was opened is closed."""
    for handler in [one for one in _logger.handlers if not isinstance(one, logging.NullHandler)]:
        _logger.removeHandler(handler)
        with suppress(OSError):
            handler.close()


def steps_of(error: BaseException) -> str:
    """Where an error came from, in one line: types, files, lines and functions, of its causes too;
    no message, no value.
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
    """A module's file without the folders that say who works where."""
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
