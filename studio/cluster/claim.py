"""Which run has a workspace's jobs done by a scheduler: one at a time. The scheduler knows, which
all machines ask; on some network drives locks are only advice.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from studio.errors import BusyError
from studio.messages.message import message

# Dask gives a job to another worker by itself once when a worker is gone, then asks.
_ALLOWED_FAILURES = 1


@contextmanager
def exclusive_client(client: Any, workspace: str, who: str) -> Iterator[None]:
    """Be the only one that has jobs of this workspace done by this scheduler.

    :param who: shown to another client.
    :raises BusyError: another one does so now.
    """
    claim_workspace(client, workspace, who)
    try:
        yield
    finally:
        if client.status == "running":  # a scheduler that is gone holds nothing
            with suppress(OSError, TimeoutError):
                client.run_on_scheduler(_let_go, name=workspace, who=who)


def claim_workspace(client: Any, workspace: str, who: str) -> None:
    """The claim itself; repeated if the scheduler was restarted and has forgotten it.

    :raises BusyError: another one has the workspace.
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
    """On the scheduler, which does one thing at a time: who holds the workspace now. A client that
    is gone holds nothing.
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
