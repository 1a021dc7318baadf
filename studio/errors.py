"""The error classes, with one root, and the conversion of operating system errors to them.

Every error that a person can mend is a :class:`StudioError`: it says *where* something is wrong,
*what* is wrong and, on a line of its own, *what to do*. Its class says which *kind* it is, and each
kind has an exit code of its own, so that a script can tell them apart. Anything else that escapes
is a bug of ours: the command line tells it in a sentence and keeps its traceback in the log file.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import ClassVar, Literal

from studio.messages.message import Message, message

ErrorKind = Literal["input", "check", "conflict", "busy", "disk", "network"]

# 2 is the command line's own (click): an option or argument that does not exist. docs/commands.md
# lists all of them.
EXIT_CODES: dict[ErrorKind, int] = {
    "input": 1,
    "check": 3,
    "conflict": 4,
    "busy": 5,
    "disk": 6,
    "network": 7,
}
# EX_SOFTWARE of BSD's sysexits.h: a fault of the program itself.
EXIT_BUG = 70


class StudioError(Exception):
    """Something a person can mend.

    :param where: the file (and place in it), option or setting that is at fault.
    :param what: what is wrong with it, as one sentence without a full stop at its end.
    :param remedy: what to do about it, as one sentence.

    ``text`` is all three, for who speaks another language.
    """

    kind: ClassVar[ErrorKind] = "input"

    def __init__(self, where: object, what: str, remedy: str) -> None:
        self.where = where if isinstance(where, Message) else str(where)
        self.text = message(
            "{where}: {what}\n  → {remedy}", where=self.where, what=what, remedy=remedy
        )
        super().__init__(self.text)
        self.what = what
        self.remedy = remedy


class ArticleError(StudioError):
    """The published article cannot be understood."""


class RecordingError(StudioError):
    """The recording is missing, damaged, empty or silent."""


class ModelError(StudioError):
    """Whisper's weights are unknown, missing or damaged."""


class WorkspaceError(StudioError):
    """The workspace, a settings file or one of its results is not as it must be."""


class BusyError(StudioError):
    """Another run holds the workspace."""

    kind: ClassVar[ErrorKind] = "busy"


class ConflictError(StudioError):
    """The machine would write over what a person wrote."""

    kind: ClassVar[ErrorKind] = "conflict"


class DiskError(StudioError):
    """A file cannot be read or written: the disk is full, the folder is not writable, the network
    drive is gone.
    """

    kind: ClassVar[ErrorKind] = "disk"


class PublishError(StudioError):
    """The place where the show is published cannot be reached, refuses, is held by another
    publication, or differs from what it must be.
    """

    kind: ClassVar[ErrorKind] = "network"


class DestinationSettingsError(PublishError):
    """``[publish]`` does not name a place where the show can be published."""

    kind: ClassVar[ErrorKind] = "input"


class DestinationBusyError(PublishError):
    """Another publication holds the place where the show is published."""

    kind: ClassVar[ErrorKind] = "busy"


class CheckFailedError(StudioError):
    """What was built breaks a rule, so that nothing is published."""

    kind: ClassVar[ErrorKind] = "check"


class NetworkError(StudioError):
    """A server cannot be reached, or breaks the connection."""

    kind: ClassVar[ErrorKind] = "network"


_AGAIN = message("then run the same command again.")
_CONNECTED = message("Check that the disk or network drive is connected, {again}", again=_AGAIN)
_CLOSE = message("Close the programs that use it, {again}", again=_AGAIN)
_RIGHT = message("Give your account the right to it, or use another folder.")
_OTHER_DISK = message("Use another name, or a workspace on another disk.")

# What is said better than by the system, by the errno's name (not every system has every number);
# then only the remedy, where the system's own words are clear.
_REASONS = {
    "ENOSPC": (
        message("the disk is full"),
        message("Make room, {again}", again=_AGAIN),
    ),
    "EDQUOT": (
        message("your share of the disk is used up"),
        message("Make room, {again}", again=_AGAIN),
    ),
    "EFBIG": (
        message("the file would be larger than this system allows"),
        message("Raise the limit (`ulimit -f`), or use another disk."),
    ),
    "EACCES": (message("your account may not read or write it"), _RIGHT),
    "EPERM": (message("your account may not read or write it"), _RIGHT),
    "EROFS": (
        message("is on a disk that is read-only"),
        message("Use a workspace on a disk that can be written."),
    ),
    "ENAMETOOLONG": (message("has too long a name"), message("Choose a shorter name.")),
    "ENOTDIR": (
        message("cannot be reached: part of its path is a file"),
        message("Move that file away."),
    ),
    "EISDIR": (message("is a folder, where a file is needed"), message("Move that folder away.")),
    "EIO": (
        message("the disk reports an error"),
        message("Check the disk; keep a copy of the workspace elsewhere."),
    ),
    "ENOENT": (message("is missing"), message("Put it back, {again}", again=_AGAIN)),
    "EEXIST": (
        message("is there already"),
        message("Choose another name, or move the existing file or folder away."),
    ),
    "ENOTEMPTY": (
        message("is a folder that is not empty"),
        message("Move its contents away, {again}", again=_AGAIN),
    ),
    "ELOOP": (
        message("is a link that leads back to itself"),
        message("Put the file itself there."),
    ),
}
_REMEDIES = {
    **dict.fromkeys(
        ("ESTALE", "ETIMEDOUT", "EHOSTDOWN", "EHOSTUNREACH", "ENETDOWN", "ENETUNREACH", "ENOTCONN"),
        _CONNECTED,
    ),
    **dict.fromkeys(("ENODEV", "ENXIO", "ENOMEDIUM", "EREMOTEIO"), _CONNECTED),
    **dict.fromkeys(("EBUSY", "ETXTBSY", "EAGAIN", "EDEADLK", "ENOLCK"), _CLOSE),
    **dict.fromkeys(
        ("EINVAL", "EILSEQ", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EXDEV", "EMLINK"), _OTHER_DISK
    ),
    **dict.fromkeys(
        ("EMFILE", "ENFILE"),
        message("Close other programs, or raise the limit (`ulimit -n`), {again}", again=_AGAIN),
    ),
    "ENOMEM": message("Close other programs, {again}", again=_AGAIN),
}
_UNKNOWN_REMEDY = message("Check it and the disk that it is on, {again}", again=_AGAIN)
# Windows: another program has the file open (ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION).
_SHARED = {32, 33}
# Errors of a connection are OSErrors, too. These modules (socket, ssl, urllib) are not imported
# here: most commands need none of them.
_NETWORK_MODULES = {"socket", "ssl", "urllib.error"}


class UnexpectedFileError(OSError):
    """Something that is no file of its own lies in a file's place. To whoever reads, it is a file
    that cannot be read.
    """

    what: ClassVar[Message]
    remedy: ClassVar[Message]

    def __init__(self, path: str) -> None:
        super().__init__(errno.EINVAL, str(self.what), path)


class SpecialFileError(UnexpectedFileError):
    """A pipe, a socket or a device, whose reading may never end."""

    what = message("is a pipe or a device, not a file")
    remedy = message("Put or name a file instead.")


class LinkError(UnexpectedFileError):
    """A link where Studio writes into a file of its own."""

    what = message("is a link")
    remedy = message("Remove that link, then run the same command again.")


# What is said of the place that is written, never of one that is read.
_OF_WHAT_IS_WRITTEN = {"ENOSPC", "EDQUOT", "EFBIG", "EROFS"}


def error_from_os(error: OSError, where: object = message("the system")) -> StudioError:
    """What the system says about a file or a connection, as an error that a person can mend. Every
    ``OSError`` has one, of any number.

    :param where: the file or folder that was in hand; the error's own file name, where it has one,
        is more exact.
    """
    name = errno.errorcode.get(error.errno or 0, "")
    # Of a copy the system's functions name the source first, which is not what is full.
    named = error.filename2 if name in _OF_WHAT_IS_WRITTEN and error.filename2 else error.filename
    place = named if named not in (None, "", b"") and not isinstance(named, int) else where
    if isinstance(place, bytes):
        place = os.fsdecode(place)
    if isinstance(error, UnexpectedFileError):
        return DiskError(place, error.what, error.remedy)
    if isinstance(error, ConnectionError) or type(error).__module__ in _NETWORK_MODULES:
        said = error.strerror or str(error) or type(error).__name__
        return NetworkError(
            place,
            message("the connection failed ({said})", said=said),
            message("Check the network and the address, {again}", again=_AGAIN),
        )
    if getattr(error, "winerror", None) in _SHARED:
        return DiskError(place, message("is used by another program"), _CLOSE)
    if name in _REASONS:
        return DiskError(place, *_REASONS[name])
    said = error.strerror or str(error) or type(error).__name__
    # An OSError without a number is a library's (Pillow's « image file is truncated »).
    number = f" ({name})" if name else ""
    what = (
        message("the system says “{said}”{number}", said=said, number=number)
        if error.errno
        else message("cannot be read or written ({said})", said=said)
    )
    return DiskError(place, what, _REMEDIES.get(name, _UNKNOWN_REMEDY))


def refuse_special_file(path: Path) -> None:
    """Refuse a pipe or a device before it is read, as it may never end. A missing file is left to
    its reader.

    :raises WorkspaceError: the path is a pipe, a socket or a device.
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        return
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise WorkspaceError(path, SpecialFileError.what, SpecialFileError.remedy)
