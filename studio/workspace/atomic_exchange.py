"""Exchange two files in one step: the replaced file is kept, not lost."""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

# What a disk or a system answers that cannot do it (network drives, FAT).
_UNABLE = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EXDEV, errno.EPERM}


def exchange_files(one: Path, other: Path, spare: Path) -> None:
    """Let two existing files change places. A reader of ``other`` finds a whole file at every
    moment.

    Where system or disk cannot do it in one step, ``one`` takes the place of ``other``, which gets
    a second name first: a save of another person in the microseconds between both steps is then
    lost.

    :param spare: that second name, in the same folder; it is there only meanwhile.
    :raises OSError: one of both is not there, or the folder is not writable.
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
    except OSError:  # a disk without second names
        shutil.copyfile(other, spare)
    one.replace(other)
    spare.replace(one)


@functools.cache
def _system_call() -> Callable[[bytes, bytes], int] | None:
    """The system's own call, as a function of two paths that answers 0 or an error's number."""
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
