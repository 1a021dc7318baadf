"""The owner of a temporary file: its name has host and process, so that clean-up does not remove
files of running processes.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import platform
import re
import secrets
import sys
import time
from pathlib import Path

# The age after which a file of another computer on a shared disk is abandoned, since its process
# cannot be checked. No step of Studio writes for this long without touching its file.
_OTHER_HOST_S = 24 * 3600.0

_OWNER = re.compile(r"([0-9a-f]{6})-(\d+)-([0-9a-f]{6})-\d+\.")
_HOST = hashlib.sha256(platform.node().encode()).hexdigest()[:6]
_numbers = itertools.count(1)
_process = (0, "")


def owner_of_this_process() -> str:
    """The owner part of a temporary file's name: host, process, a token of this process, a number.
    Unique for each call.
    """
    global _process  # noqa: PLW0603 - a forked process is another one
    if _process[0] != os.getpid():
        _process = (os.getpid(), secrets.token_hex(3))
    return f"{_HOST}-{_process[0]}-{_process[1]}-{next(_numbers)}"


def is_abandoned(file: Path, prefix: str) -> bool:
    """Whether the process that wrote this temporary file no longer exists. A name without an owner
    was written by an earlier version.

    :param prefix: the part of the file's name before the owner.
    """
    found = _OWNER.match(file.name.removeprefix(prefix))
    if found is None:
        return True
    host, pid, sign = found.groups()
    if host != _HOST:
        try:
            return time.time() - file.lstat().st_mtime > _OTHER_HOST_S
        except OSError:
            return False
    if int(pid) == os.getpid():
        # In containers, process numbers may be the same: the token identifies an earlier process.
        return sign != _process[1] or _process[0] != os.getpid()
    return not _is_alive(int(pid))


def _is_alive(pid: int) -> bool:
    if sys.platform == "win32":
        import ctypes

        # PROCESS_QUERY_LIMITED_INFORMATION; ERROR_ACCESS_DENIED, 5: it is there; STILL_ACTIVE, 259.
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        handle = kernel.OpenProcess(0x1000, False, pid)
        if not handle:
            return ctypes.get_last_error() == 5
        code = ctypes.c_ulong()
        known = kernel.GetExitCodeProcess(handle, ctypes.byref(code))
        kernel.CloseHandle(handle)
        return not known or code.value == 259
    try:
        os.kill(pid, 0)  # signal 0 only checks
    except ProcessLookupError:
        return False
    except OSError:  # it belongs to another user
        return True
    return True
