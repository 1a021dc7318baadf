"""A folder for what a command needs only while it runs."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def temporary_folder(prefix: str = "studio-", parent: Path | None = None) -> Iterator[Path]:
    """A new folder, gone afterwards as far as the disk lets it be removed: a command that has done
    its work does not fail because of what is left of it.

    ``tempfile.TemporaryDirectory`` is not used: where each call on a file in it is refused (another
    program holds it open, a network drive takes no more), its clean-up calls itself without end.

    :param parent: where it is made; None: where the system keeps temporary files.
    :raises OSError: it cannot be made.
    """
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
