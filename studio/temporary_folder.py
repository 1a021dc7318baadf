"""Names of files that are being written, and temporary folders that survive disk errors."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The prefix of files that are being written, here or at a destination; leftovers of a killed run
# are found by it.
FRESH = ".studio-new."
# Then the writer's id and, if it replaces a known file, hashes of both contents.
_FRESH_NAME = re.compile(
    re.escape(FRESH)
    + r"(?:[0-9a-f]{6}-\d+-[0-9a-f]{6}-\d+\.)?(?:was-[0-9a-f]{16}-now-[0-9a-f]{16}\.)?"
)


def own_name(path: object) -> str:
    """The final path of a file that is being written, for messages."""
    return _FRESH_NAME.sub("", str(path))


@contextmanager
def temporary_folder(prefix: str = "studio-", parent: Path | None = None) -> Iterator[Path]:
    """A new, empty folder that is removed with its contents at the end of the block.

    Files that cannot be removed are left to the system. ``tempfile.TemporaryDirectory`` retries
    endlessly if a file may not be removed (Python 3.11 and 3.12: until the stack overflows) and
    hides the exception of the block.
    """
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
