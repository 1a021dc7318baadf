"""Failures of background jobs, so that the page is always informed and stops waiting."""

from __future__ import annotations

import logging

from studio.errors import StudioError, error_from_os
from studio.log import steps_of
from studio.messages.message import message

_logger = logging.getLogger(__name__)


def error_of_job(error: Exception, where: object) -> StudioError:
    """The error to show; a bug in Studio is logged as well.

    :param where: the file that the job works on.
    """
    if isinstance(error, StudioError):
        return error
    _logger.error("fault %s", steps_of(error))
    if isinstance(error, OSError):
        return error_from_os(error, where)
    return StudioError(
        where,
        message("a fault of Studio ended the work on it ({fault})", fault=type(error).__name__),
        message("Report it with what `studio doctor` prints."),
    )
