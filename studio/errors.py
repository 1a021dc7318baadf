"""The error classes, with one root, and the conversion of operating system errors to them.

Every error that a user can fix is a :class:`StudioError`: it says *where* something is wrong,
*what* is wrong and, on a line of its own, *what to do*. Each subclass has its own exit code for
scripts. Any other exception is a bug of Studio: the command line reports it in one sentence and
writes its traceback to the log file.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import ClassVar, Literal

from studio.messages.message import Message, message

ErrorKind = Literal["input", "check", "conflict", "busy", "disk", "network"]

# 2 is click's: an unknown option or argument. docs/commands.md lists all codes.
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
    """An error that the user can fix.

    :param where: the file (and the position in it), option or setting with the error.
    :param what: what is wrong with it, as one sentence without a final full stop.
    :param remedy: what to do about it, as one sentence.

    ``text`` combines all three and can be translated.
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
    """The workspace, a settings file or a result is invalid."""


class BusyError(StudioError):
    """Another run holds the workspace."""

    kind: ClassVar[ErrorKind] = "busy"


class ConflictError(StudioError):
    """Studio would overwrite a user's edits."""

    kind: ClassVar[ErrorKind] = "conflict"


class DiskError(StudioError):
    """A file cannot be read or written: the disk is full, the folder is not writable, the network
    drive is gone.
    """

    kind: ClassVar[ErrorKind] = "disk"


class PublishError(StudioError):
    """The publishing destination cannot be reached, refuses access, is locked by another
    publication, or is not in the expected state.
    """

    kind: ClassVar[ErrorKind] = "network"


class DestinationSettingsError(PublishError):
    """``[publish]`` does not have a valid destination."""

    kind: ClassVar[ErrorKind] = "input"


class DestinationBusyError(PublishError):
    """Another publication has locked the destination."""

    kind: ClassVar[ErrorKind] = "busy"


class CheckFailedError(StudioError):
    """The built site breaks a rule, so that nothing is published."""

    kind: ClassVar[ErrorKind] = "check"


class NetworkError(StudioError):
    """A server cannot be reached, or breaks the connection."""

    kind: ClassVar[ErrorKind] = "network"


_AGAIN = message("then run the same command again.")
_CONNECTED = message("Check that the disk or network drive is connected, {again}", again=_AGAIN)
_CLOSE = message("Close the programs that use it, {again}", again=_AGAIN)
_RIGHT = message("Give your account the right to it, or use another folder.")
_OTHER_DISK = message("Use another name, or a workspace on another disk.")

# Messages for errno names (not every system has every number): with own wording, or only with a
# remedy if the system's wording is clear.
_REASONS = {
    "ENOSPC": (
        message("the disk is full"),
        message("Make room, {again}", again=_AGAIN),
    ),
    "EDQUOT": (
        message("your disk quota is used up"),
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
        message("cannot be reached: a part of its path is a file, not a folder"),
        message("Move that file away."),
    ),
    "EISDIR": (message("is a folder, where a file is needed"), message("Move that folder away.")),
    "EIO": (
        message("the disk reports an error"),
        message("Check the disk; keep a copy of the workspace elsewhere."),
    ),
    "ENOENT": (message("is missing"), message("Put it back, {again}", again=_AGAIN)),
    "EEXIST": (
        message("already exists"),
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
# Connection errors are OSErrors, too. Their modules (socket, ssl, urllib) are not imported here,
# because most commands do not need them.
_NETWORK_MODULES = {"socket", "ssl", "urllib.error"}


class UnexpectedFileError(OSError):
    """A path that should be a regular file is something else. Readers treat it as an unreadable
    file.
    """

    what: ClassVar[Message]
    remedy: ClassVar[Message]

    def __init__(self, path: str) -> None:
        super().__init__(errno.EINVAL, str(self.what), path)


class SpecialFileError(UnexpectedFileError):
    """A pipe, a socket or a device: reading it may never end."""

    what = message("is a pipe or a device, not a file")
    remedy = message("Put or name a file instead.")


class LinkError(UnexpectedFileError):
    """A link at the path of a file that Studio writes to."""

    what = message("is a link")
    remedy = message("Remove that link, then run the same command again.")


# Errors that only concern written paths, never read ones.
_OF_WHAT_IS_WRITTEN = {"ENOSPC", "EDQUOT", "EFBIG", "EROFS"}


def error_from_os(error: OSError, where: object = message("the system")) -> StudioError:
    """Convert any ``OSError`` about a file or a connection to an error with a remedy.

    :param where: the file or folder in use; the error's own file name, if present, is preferred.
    """
    name = errno.errorcode.get(error.errno or 0, "")
    # When copying, the error names the source first, which is not the full disk.
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
        return DiskError(place, message("is in use by another program"), _CLOSE)
    if name in _REASONS:
        return DiskError(place, *_REASONS[name])
    said = error.strerror or str(error) or type(error).__name__
    # OSErrors without a number are raised by libraries (Pillow: “image file is truncated”).
    number = f" ({name})" if name else ""
    what = (
        message("the system says “{said}”{number}", said=said, number=number)
        if error.errno
        else message("cannot be read or written ({said})", said=said)
    )
    return DiskError(place, what, _REMEDIES.get(name, _UNKNOWN_REMEDY))


def refuse_special_file(path: Path) -> None:
    """Refuse a pipe or a device before it is read, as reading may never end. A missing file is
    reported by its reader.

    :raises WorkspaceError: the path is a pipe, a socket or a device.
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        return
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise WorkspaceError(path, SpecialFileError.what, SpecialFileError.remedy)
