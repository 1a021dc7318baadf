"""One tree of errors with one root.

Every error that a person can mend is a :class:`StudioError`: it says *where* something is wrong,
*what* is wrong and, on a line of its own, *what to do*. Anything else that escapes is a bug of ours
and keeps its traceback.
"""

from __future__ import annotations


class StudioError(Exception):
    """Something a person can mend.

    :param where: the file (and place in it), option or setting that is at fault.
    :param what: what is wrong with it, as one sentence without a full stop at its end.
    :param remedy: what to do about it, as one sentence.
    """

    def __init__(self, where: object, what: str, remedy: str) -> None:
        super().__init__(f"{where}: {what}\n  → {remedy}")
        self.where = str(where)
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


class ConflictError(StudioError):
    """The machine would write over what a person wrote."""


class DiskError(StudioError):
    """A file cannot be written: the disk is full, the folder is not writable."""


class PublishError(StudioError):
    """The place where the show is published cannot be reached, refuses, is held by another
    publication, or differs from what it must be.
    """
