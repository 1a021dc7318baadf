"""The worker side of dask.distributed: one process, one job at a time."""

from __future__ import annotations

import asyncio
import datetime
import os
import platform
from collections.abc import Callable
from typing import Any

from studio.cluster.child_process import end_child, is_retired, missing_workspace
from studio.cluster.scheduler import _distributed, check_scheduler_address
from studio.errors import DiskError
from studio.messages.message import message

_POLL_S = 1.0
# The interval of reconnecting to a lost scheduler.
_AGAIN_S = 10.0


def work(
    address: str,
    *,
    name: str = "",
    until: datetime.time | None = None,
    here: str = "",
    report: Callable[[str], None],
    stopped: Callable[[], bool],
) -> int:
    """Do jobs of the scheduler at the address until stopped; return their number.

    :param until: stop at this time of day, between two jobs.
    :param here: the workspace's folder on this machine, if it differs.
    :param report: called with events.
    :param stopped: returns whether to stop; the current job is finished.
    :raises DiskError: ``here`` is not a workspace, or too many jobs failed in a row.
    :raises NetworkError: the address is invalid.
    """
    distributed = _distributed()
    check_scheduler_address(address)
    if here and (missing := missing_workspace(here)):
        raise DiskError(*missing)
    own = name or f"{platform.node()}-{os.getpid()}"
    os.environ["STUDIO_WORKSPACE"] = here
    ends = None if until is None else _next(until, datetime.datetime.now().astimezone())
    try:
        return asyncio.run(_work(distributed, address, own, ends, report, stopped))
    finally:
        end_child()


def _next(until: datetime.time, now: datetime.datetime) -> datetime.datetime:
    today = now.replace(hour=until.hour, minute=until.minute, second=0, microsecond=0)
    return today if today > now else today + datetime.timedelta(days=1)


async def _work(  # noqa: PLR0917 - one call, one place
    distributed: Any,
    address: str,
    name: str,
    ends: datetime.datetime | None,
    report: Callable[[str], None],
    stopped: Callable[[], bool],
) -> int:
    done = 0

    def over() -> bool:
        return stopped() or (ends is not None and datetime.datetime.now().astimezone() >= ends)

    while not over():
        try:
            worker = await distributed.Worker(
                address, nthreads=1, name=name, memory_limit=0, death_timeout=_AGAIN_S
            )
        except (OSError, TimeoutError, RuntimeError):
            report(
                message(
                    "no scheduler at {address} yet; asked again in {again_s:.0f} s",
                    address=address,
                    again_s=_AGAIN_S,
                )
            )
            await _pause(over)
            continue
        report(message("{name} works for {address}", name=name, address=address))
        while worker.status.name not in {"closed", "closing", "failed"} and not over():
            await asyncio.sleep(_POLL_S)
        if over():
            done += await _finished(worker, distributed)
            await worker.close(nanny=False)
            break
        done += worker.state.executed_count
        if is_retired():
            raise DiskError(
                name,
                message("failed several times in a row and gets no more jobs"),
                message("The scheduler has the reason. Fix it, then start the worker again."),
            )
        report(message("the scheduler is gone"))
        await _pause(over)
    return done


async def _finished(worker: Any, distributed: Any) -> int:
    """Take no more jobs, and wait for the current one."""
    worker.status = distributed.core.Status.paused
    while worker.state.executing_count and worker.status.name not in {"closed", "failed"}:
        await asyncio.sleep(_POLL_S / 5)
    # Its result is sent within a heartbeat.
    await asyncio.sleep(_POLL_S)
    return int(worker.state.executed_count)


async def _pause(over: Callable[[], bool]) -> None:
    waited = 0.0
    while waited < _AGAIN_S and not over():
        await asyncio.sleep(_POLL_S)
        waited += _POLL_S
