"""The claim of a run on a workspace at a scheduler: one at a time. It is held by the scheduler,
because file locks are only advisory on some network drives.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from studio.errors import BusyError
from studio.messages.message import message

# After the loss of a worker, Dask itself reassigns a job once, then raises.
_ALLOWED_FAILURES = 1


@contextmanager
def exclusive_client(client: Any, workspace: str, who: str) -> Iterator[None]:
    """Hold the exclusive claim on this workspace at this scheduler.

    :param who: shown to another client.
    :raises BusyError: another client holds it.
    """
    claim_workspace(client, workspace, who)
    try:
        yield
    finally:
        if client.status == "running":  # a lost scheduler holds no claims
            with suppress(OSError, TimeoutError):
                client.run_on_scheduler(_let_go, name=workspace, who=who)


def claim_workspace(client: Any, workspace: str, who: str) -> None:
    """Claim the workspace; repeated after a restart of the scheduler.

    :raises BusyError: another client holds it.
    """
    holder = client.run_on_scheduler(
        _claim, name=workspace, who=who, client=client.id, allowed_failures=_ALLOWED_FAILURES
    )
    if holder != who:
        raise BusyError(
            workspace,
            message("{holder} is already processing it", holder=holder),
            message("Wait until it has ended."),
        )


def _claim(dask_scheduler: Any, name: str, who: str, client: str, allowed_failures: int) -> str:
    """Runs on the scheduler, which is single-threaded: return the holder of the workspace. Claims
    of lost clients are void.
    """
    dask_scheduler.allowed_failures = allowed_failures
    holders: dict[str, tuple[str, str]] = dask_scheduler.__dict__.setdefault("_studio_holders", {})
    if name in holders and holders[name][1] in dask_scheduler.clients:
        return holders[name][0]
    holders[name] = who, client
    return who


def _let_go(dask_scheduler: Any, name: str, who: str) -> None:
    holders = dask_scheduler.__dict__.get("_studio_holders", {})
    if holders.get(name, ("", ""))[0] == who:
        del holders[name]
