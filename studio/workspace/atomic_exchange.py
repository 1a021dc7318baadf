"""Exchange two files atomically, so that the replaced file is kept."""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

# Errors of file systems and systems that do not support it (network drives, FAT).
_UNABLE = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EXDEV, errno.EPERM}


def exchange_files(one: Path, other: Path, spare: Path) -> None:
    """Exchange two existing files. Readers of ``other`` find a complete file at any time.

    If this is not supported, ``one`` replaces ``other``, which gets a hard link first: a concurrent
    save in the microseconds between both steps is then lost.

    :param spare: the temporary name of that link, in the same folder.
    :raises OSError: one of them is missing, or the folder is not writable.
    """
    # Linux renameat2 with RENAME_EXCHANGE, or the equivalent of macOS; None elsewhere.
    call = _system_call()
    if call is not None:
        number = call(os.fsencode(one), os.fsencode(other))
        if number == 0:
            return
        if number not in _UNABLE:
            raise OSError(number, os.strerror(number), str(other))
    try:
        spare.hardlink_to(other)
    except FileNotFoundError:
        raise
    except OSError:  # a file system without hard links
        shutil.copyfile(other, spare)
    one.replace(other)
    spare.replace(one)


@functools.cache
def _system_call() -> Callable[[bytes, bytes], int] | None:
    """The system call, as a function of two paths that returns 0 or an errno."""
    # Linux: renameat2(2) with RENAME_EXCHANGE, 2, in the current folder, -100. macOS: renamex_np(2)
    # with RENAME_SWAP, 2.
    name = {"linux": "renameat2", "darwin": "renamex_np"}.get(sys.platform)
    if name is None:
        return None
    try:
        function = getattr(ctypes.CDLL(None, use_errno=True), name)
    except (OSError, AttributeError):
        return None

    def call(one: bytes, other: bytes) -> int:
        answer = (
            function(-100, one, -100, other, 2) if name == "renameat2" else function(one, other, 2)
        )
        return 0 if answer == 0 else ctypes.get_errno()

    return call
