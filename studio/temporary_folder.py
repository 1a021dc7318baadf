"""What is there for a while only: the name of what is being written, and a folder for as long as a
block lasts, whatever happens to the disk meanwhile.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What is being written, here or at a destination, carries this before its name: nothing else may,
# and leftovers of a killed run are found by it.
FRESH = ".studio-new."
# Then who writes it, and, of one that takes the place of a known file, what both hold.
_FRESH_NAME = re.compile(
    re.escape(FRESH)
    + r"(?:[0-9a-f]{6}-\d+-[0-9a-f]{6}-\d+\.)?(?:was-[0-9a-f]{16}-now-[0-9a-f]{16}\.)?"
)


def own_name(path: object) -> str:
    """The path by the name that the file will have: a person knows it by that one."""
    return _FRESH_NAME.sub("", str(path))


@contextmanager
def temporary_folder(prefix: str = "studio-", parent: Path | None = None) -> Iterator[Path]:
    """A new, empty folder that is removed at the end of the block, with what is in it.

    What cannot be removed stays, as the system's own temporary files do. ``tempfile``'s
    TemporaryDirectory tries for ever where a file may not be removed (Python 3.11 and 3.12: until
    the stack is full), and hides the error with which the block ended.
    """
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
