"""The door to dask.distributed on the side that asks: jobs go out, summaries come in.

Measured before: futures that are held make finished jobs run again when a worker dies; released as
they come, only the one that was in flight does. So each result is taken and let go of at once.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from studio.cluster.child_process import do_in_child
from studio.cluster.job import Job, Summary
from studio.errors import BusyError, NetworkError, StudioError
from studio.messages.message import message

# A file that kills its reader costs so many tries.
TRIES = 2
# So often in a row may jobs die on a worker, or its disk be gone, before it is retired.
IN_A_ROW = 2
# How long a scheduler that is gone is waited for: a machine that is started anew.
_WAIT_S = 300.0
_POLL_S = 2.0
# How long a scheduler may take to answer the first time.
_CONNECT_S = 15.0
_HELD_PAUSE_S = 5.0


class MissingExtraError(StudioError):
    """dask.distributed is not installed."""


def _distributed() -> Any:
    try:
        import dask.config
        import distributed
    except ImportError:
        raise MissingExtraError(
            "dask.distributed",
            message("is not installed on this machine"),
            message('Install it: `pip install "medinsoft-studio[cluster]"`.'),
        ) from None
    # A worker that dies with a job in hand is suspected once; the second time the job is told.
    dask.config.set({"distributed.scheduler.allowed-failures": 1})
    return distributed


@contextmanager
def connected(address: str, workers: int) -> Iterator[Any]:
    """A client of the scheduler at the address; of one on this machine with so many workers, where
    there is no address.

    :raises NetworkError: no scheduler answers there.
    """
    distributed = _distributed()
    if address:
        with _client(distributed, address) as client:
            yield client
        return
    with (
        distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",
            silence_logs=50,
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        yield client


def _client(distributed: Any, address: str) -> Any:
    try:
        return distributed.Client(address, timeout=_CONNECT_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise NetworkError(
            address,
            message("no scheduler answers ({error})", error=error),
            message("Start one: `dask scheduler`; then workers: `studio work tcp://HOST:8786`."),
        ) from None


@contextmanager
def sole_client(client: Any, workspace: str, who: str) -> Iterator[None]:
    """Be the only one that has jobs of this workspace done by this scheduler.

    :param who: what another one is told.
    :raises BusyError: another one does so now.
    """
    holder = client.run_on_scheduler(_claim, name=workspace, who=who, client=client.id)
    if holder != who:
        raise BusyError(
            workspace,
            message("{holder} has it done already", holder=holder),
            message("Wait until it has ended."),
        )
    try:
        yield
    finally:
        if client.status == "running":  # a scheduler that is gone holds nothing
            with suppress(OSError, TimeoutError):
                client.run_on_scheduler(_let_go, name=workspace)


def _claim(dask_scheduler: Any, name: str, who: str, client: str) -> str:
    """On the scheduler, which does one thing at a time: who holds the workspace now. A client that
    is gone holds nothing.
    """
    holders: dict[str, tuple[str, str]] = dask_scheduler.__dict__.setdefault("_studio_holders", {})
    if name in holders and holders[name][1] in dask_scheduler.clients:
        return holders[name][0]
    holders[name] = who, client
    return who


def _let_go(dask_scheduler: Any, name: str) -> None:
    dask_scheduler.__dict__.get("_studio_holders", {}).pop(name, None)


def do_jobs(
    client: Any,
    jobs: Sequence[Job],
    tell: Callable[[Summary], None],
    note: Callable[[str], None],
    address: str = "",
) -> list[Summary]:
    """Have all jobs done, the first ones first. Returns the last summary of each.

    :param address: where a scheduler that is gone is looked for again; empty for nowhere.
    :param tell: of each job that came to its end, or failed for good.
    :param note: of what a person should know: a try that was lost, a worker that was retired.
    :raises NetworkError: the scheduler is gone, and does not come back.
    """
    return _Round(client, jobs, tell, note, address).run()


class _Round:
    def __init__(
        self,
        client: Any,
        jobs: Sequence[Job],
        tell: Callable[[Summary], None],
        note: Callable[[str], None],
        address: str,
    ) -> None:
        self._client, self._tell, self._note, self._address = client, tell, note, address
        self._jobs = {job.slug: job for job in jobs}
        self._order = {slug: place for place, slug in enumerate(self._jobs)}
        self._left = dict(self._jobs)
        self._tries: Counter[str] = Counter()
        self._bad: Counter[str] = Counter()
        self._done: list[Summary] = []

    def run(self) -> list[Summary]:
        distributed, first = _distributed(), self._client
        try:
            while self._left:
                try:
                    self._until_lost(distributed)
                except (OSError, TimeoutError, distributed.CancelledError):
                    self._note(message("the scheduler is gone; waiting for it"))
                    self._client = self._found_again(distributed)
                    self._note(
                        message("the scheduler is there again; what is left is given out anew")
                    )
        finally:
            if self._client is not first:
                self._client.close()
        return self._done

    def _found_again(self, distributed: Any) -> Any:
        """A client of the scheduler once it is there again: the one before waits for answers that
        nobody gives.

        :raises NetworkError: it does not come back.
        """
        until = time.monotonic() + _WAIT_S
        while self._address and time.monotonic() < until:
            with suppress(OSError, TimeoutError):
                return distributed.Client(self._address, timeout=_CONNECT_S, set_as_default=False)
            time.sleep(_POLL_S)
        raise NetworkError(
            self._address or "scheduler",
            message("is gone"),
            message("Start it again, then run the same command: what is finished is kept."),
        )

    def _until_lost(self, distributed: Any) -> None:
        """Give out what is left and take what comes, until nothing is left.

        :raises OSError: the scheduler is gone.
        """
        if self._client.status != "running":
            raise OSError("client is closed")
        futures = {self._submitted(job): job for job in list(self._left.values())}
        came = distributed.as_completed(futures, loop=self._client.loop)
        for future in came:
            job = futures.pop(future)
            summary = self._taken(distributed, future, job)
            # Let go of it now: a result that is held is computed again when its worker dies.
            future.release()
            if (again := self._judged(job, summary)) is not None:
                renewed = self._submitted(again)
                futures[renewed] = again
                came.add(renewed)

    def _submitted(self, job: Job) -> Any:
        return self._client.submit(
            do_in_child,
            job.plain(),
            key=f"{job.slug}-{self._tries[job.slug]}-{time.time_ns()}",
            pure=False,
            retries=0,
            priority=-self._order[job.slug],
        )

    def _taken(self, distributed: Any, future: Any, job: Job) -> Summary:
        if future.status == "cancelled":
            raise distributed.CancelledError(future.key)
        error = future.exception()
        if error is None:
            return future.result()  # type: ignore[no-any-return]
        if isinstance(error, distributed.scheduler.KilledWorker):
            return Summary(slug=job.slug, died=True, machine=str(error.last_worker.name))
        fault = (
            job.slug,
            f"{type(error).__name__}: {error}",
            message("Run it alone: `studio run`."),
            "input",
        )
        return Summary(slug=job.slug, fault=fault)

    def _judged(self, job: Job, summary: Summary) -> Job | None:
        """Count the job as done, or give it back to be done once more."""
        if summary.held:
            time.sleep(_HELD_PAUSE_S)
            return job
        self._tries[job.slug] += 1
        bad = summary.died or (bool(summary.fault) and summary.fault[3] == "disk")
        self._bad[summary.machine] = self._bad[summary.machine] + 1 if bad else 0
        if bad and self._bad[summary.machine] == IN_A_ROW:
            self._retire(summary.machine)
        if summary.died and self._tries[job.slug] < TRIES:
            self._note(
                message(
                    "{slug}: its process died on {machine}; it is tried once more",
                    slug=job.slug,
                    machine=summary.machine,
                )
            )
            return job
        self._left.pop(job.slug, None)
        self._done.append(summary)
        self._tell(summary)
        return None

    def _retire(self, machine: str) -> None:
        """Give a worker nothing more, unless it is the last one."""
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        named = [address for address, one in workers.items() if str(one.get("name")) == machine]
        if named and len(workers) > len(named):
            self._client.retire_workers(named, close_workers=True)
            self._note(
                message(
                    "{machine} failed {in_a_row} times in a row and gets no more jobs",
                    machine=machine,
                    in_a_row=IN_A_ROW,
                )
            )
