"""Safe file access: refuses pipes and devices, whose reading may never end, and links in place of
Studio's own files, which lead out of the workspace.
"""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path
from typing import Literal

from studio.errors import LinkError, SpecialFileError


def open_file(path: Path) -> io.BufferedReader:
    """Open a regular file for reading.

    :raises SpecialFileError: it is a pipe, a socket or a device.
    :raises OSError: it cannot be opened.
    """
    _refuse_special(path, path.stat().st_mode)
    return path.open("rb")


def read_file(path: Path) -> bytes:
    """The content of a file.

    :raises SpecialFileError: it is a pipe, a socket or a device.
    :raises OSError: it cannot be read.
    """
    with open_file(path) as stream:
        return stream.read()


def read_text(path: Path, errors: Literal["strict", "replace"] = "strict") -> str:
    """The text of a file in UTF-8; every line ends with a line feed alone.

    :param errors: as of :meth:`bytes.decode`.
    :raises SpecialFileError: it is a pipe, a socket or a device.
    :raises OSError: it cannot be read.
    :raises UnicodeDecodeError: it is not UTF-8.
    """
    text = read_file(path).decode("utf-8", errors)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def refuse_link(path: Path) -> None:
    """Refuse to write one of Studio's own files through a link: its target is not Studio's.

    :raises LinkError: it is a link.
    :raises SpecialFileError: it is a pipe, a socket or a device.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISLNK(mode):
        raise LinkError(os.fspath(path))
    _refuse_special(path, mode)


def _refuse_special(path: Path, mode: int) -> None:
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise SpecialFileError(os.fspath(path))
