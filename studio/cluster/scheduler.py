"""The client side of dask.distributed: submits jobs and receives summaries.

Held futures make finished jobs run again when a worker dies (measured); so each result is released
as soon as it arrives, and only the running job is repeated.
"""

from __future__ import annotations

import dataclasses
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import resource_tracker
from typing import Any

from studio.cluster.child_process import do_in_child, mark_retired, worker_name
from studio.cluster.failures import IN_A_ROW, FailureCounts
from studio.cluster.job import Job, Summary
from studio.errors import NetworkError, StudioError
from studio.messages.message import message

# How long to wait for a lost scheduler: enough for a reboot.
_WAIT_S = 300.0
_POLL_S = 2.0
# The timeout of the first connection to a scheduler.
_CONNECT_S = 15.0
# How long a worker waits before an episode that is locked by another process, or that this worker
# did not find before.
_HELD_PAUSE_S = 5.0


class MissingExtraError(StudioError):
    """dask.distributed is not installed."""


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise MissingExtraError(
            "dask.distributed",
            message("is not installed on this machine"),
            message('Install it: `pip install "medinsoft-studio[cluster]"`.'),
        ) from None
    return distributed


def check_scheduler_address(address: str) -> None:
    """Refuse an invalid scheduler address.

    :raises NetworkError: it does not consist of a protocol, a host and a port.
    """
    distributed = _distributed()
    try:
        protocol, rest = distributed.comm.parse_address(address)
        distributed.comm.registry.get_backend(protocol)
        distributed.comm.addressing.parse_host_port(rest)
    except ValueError:
        raise NetworkError(
            address,
            message("is not the address of a scheduler"),
            message("Write its machine and port: tcp://HOST:8786."),
        ) from None


@contextmanager
def connected(address: str, workers: int) -> Iterator[Any]:
    """A client of the scheduler at the address; without an address, of a new local one with this
    number of workers.

    :raises NetworkError: no scheduler answers there.
    """
    distributed = _distributed()
    if address:
        with _client(distributed, address) as client:
            yield client
        return
    with ExitStack() as stack:
        with _interruption_held():
            cluster = stack.enter_context(
                distributed.LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    processes=True,
                    dashboard_address="127.0.0.1:0",
                    silence_logs=50,
                )
            )
        yield stack.enter_context(distributed.Client(cluster, set_as_default=False))


@contextmanager
def _interruption_held() -> Iterator[None]:
    """Defer Ctrl-C until workers have started, and handle it in this process only, which ends them:
    otherwise each one would print a traceback.
    """
    received: list[int] = []
    # Only the main thread may set signal handlers; others never get Ctrl-C.
    is_main = threading.current_thread() is threading.main_thread()
    former = (
        signal.signal(signal.SIGINT, lambda number, _: received.append(number)) if is_main else None
    )
    try:
        with _unreached():
            yield
    finally:
        if is_main:
            signal.signal(signal.SIGINT, former)
    if received:
        raise KeyboardInterrupt


@contextmanager
def _unreached() -> Iterator[None]:
    """Keep Ctrl-C from processes that are started in this block."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    # Started together with the first process, it would make Ctrl-C reach that one.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _client(distributed: Any, address: str) -> Any:
    check_scheduler_address(address)
    try:
        return distributed.Client(address, timeout=_CONNECT_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise NetworkError(
            address,
            message("no scheduler answers ({error})", error=error),
            message("Start one: `dask scheduler`; then workers: `studio work tcp://HOST:8786`."),
        ) from None


def do_jobs(
    client: Any,
    jobs: Sequence[Job],
    report: Callable[[Summary], None],
    note: Callable[[str], None],
    *,
    address: str = "",
    claim: Callable[[Any], None] = lambda _: None,
) -> list[Summary]:
    """Run all jobs in order; return the last summary of each.

    :param address: address at which a lost scheduler is awaited; empty: not at all.
    :param claim: called with the client of a restarted scheduler.
    :param report: called for each finished or finally failed job.
    :param note: called with remarks for the user: lost attempts, retired workers.
    :raises BusyError: raised by ``claim``.
    :raises NetworkError: the scheduler is lost and does not return.
    """
    return _Round(client, jobs, report, note, address, claim).run()


class _Round:
    def __init__(  # noqa: PLR0917 - one call, one place
        self,
        client: Any,
        jobs: Sequence[Job],
        report: Callable[[Summary], None],
        note: Callable[[str], None],
        address: str,
        claim: Callable[[Any], None],
    ) -> None:
        self._client, self._report, self._note, self._address = client, report, note, address
        self._claim = claim
        self._left = {job.slug: job for job in jobs}
        self._order = {slug: place for place, slug in enumerate(self._left)}
        self._failures = FailureCounts()
        self._begun: Counter[str] = Counter()
        self._given = 0
        self._done: list[Summary] = []

    def run(self) -> list[Summary]:
        distributed, first = _distributed(), self._client
        try:
            while self._left:
                try:
                    self._until_lost(distributed)
                except (OSError, TimeoutError, distributed.CancelledError):
                    self._note(message("the connection to the scheduler is lost; waiting for it"))
                    self._client = self._found_again(distributed)
                    self._claim(self._client)
                    self._note(
                        message("the scheduler is back; the remaining jobs are handed out again")
                    )
        finally:
            if self._client is not first:
                self._client.close()
        return self._done

    def _found_again(self, distributed: Any) -> Any:
        """A new client of the restarted scheduler: the old one would wait endlessly.

        :raises NetworkError: it does not return.
        """
        until = time.monotonic() + _WAIT_S
        while self._address and time.monotonic() < until:
            with suppress(OSError, TimeoutError):
                return distributed.Client(self._address, timeout=_CONNECT_S, set_as_default=False)
            time.sleep(_POLL_S)
        raise NetworkError(
            self._address or "scheduler",
            message("is gone"),
            message("Restart it, then run the same command: finished work is kept."),
        )

    def _until_lost(self, distributed: Any) -> None:
        """Submit the remaining jobs and collect results until none is left.

        :raises OSError: the scheduler is gone.
        """
        if self._client.status != "running":
            raise OSError("client is closed")
        self._begun.clear()
        self._client.subscribe_topic(self._topic(), self._count_begun)
        if not self._workers():
            self._note(
                message(
                    "no worker is there yet; start one: `studio work {address}`",
                    address=self._address,
                )
            )
        futures = {self._submitted(job): job for job in list(self._left.values())}
        completed = distributed.as_completed(futures, loop=self._client.loop)
        for future in completed:
            job = futures.pop(future)
            again = self._taken(distributed, future, job)
            # Release it now: a held result is recomputed when its worker dies.
            future.release()
            if again is not None:
                renewed = self._submitted(again)
                futures[renewed] = again
                completed.add(renewed)

    def _topic(self) -> str:
        return f"studio-{self._client.id}"

    def _count_begun(self, event: tuple[float, str]) -> None:
        """Count that a worker has started the job."""
        self._begun[event[1]] += 1

    def _submitted(self, job: Job) -> Any:
        # One group of tasks that is larger than the cluster: then Dask queues them on the
        # scheduler, and a worker only has its current job and the next one.
        self._given += 1
        key = (f"episodes-{self._client.id}", job.slug, self._given)
        elsewhere = self._elsewhere(self._failures.where_failed(job.slug))
        return self._client.submit(
            _begin_job,
            job.plain(),
            self._topic(),
            key=key,
            pure=False,
            retries=0,
            priority=self._priority(job),
            workers=elsewhere or None,
            allow_other_workers=bool(elsewhere),
        )

    def _elsewhere(self, failed: Collection[str]) -> list[str]:
        """The addresses of all other workers; empty if any will do."""
        workers = self._workers() if failed else {}
        return [address for address, name in workers.items() if name not in failed]

    def _priority(self, job: Job) -> int:
        """The longest first; jobs locked by another process, or that lost workers, last."""
        last = bool(job.pause_s) or self._failures.lost(job.slug) > 1
        return -self._order[job.slug] - (len(self._order) if last else 0)

    def _workers(self) -> dict[str, str]:
        """The names of the current workers, by address."""
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        return {address: worker_name(one["name"]) for address, one in workers.items()}

    def _taken(self, distributed: Any, future: Any, job: Job) -> Job | None:
        """Handle the job's result: it is done, or submitted again."""
        if future.status == "cancelled":
            raise distributed.CancelledError(future.key)
        error = future.exception()
        begun = self._begun.pop(job.slug, 0)
        if error is None:
            return self._answered(job, future.result())
        if isinstance(error, distributed.scheduler.KilledWorker):
            return self._lost(job, worker_name(error.last_worker.name), begun)
        fault = (
            job.slug,
            f"{type(error).__name__}: {error}",
            message("Run it alone: `studio run`."),
            "input",
        )
        self._end(Summary(slug=job.slug, fault=fault))
        return None

    def _answered(self, job: Job, summary: Summary) -> Job | None:
        if summary.held:
            if not job.pause_s:
                self._note(
                    message(
                        "{slug}: another process is working on it; waiting for it", slug=job.slug
                    )
                )
            return dataclasses.replace(job, pause_s=_HELD_PAUSE_S)
        failed = summary.died or summary.machine_failed
        machines = {*self._workers().values()} if failed else set()
        known = summary.machine in self._failures.where_failed(job.slug)
        judgement = self._failures.decide_after_answer(summary, machines)
        self._retire(judgement.retire)
        if not judgement.again:
            self._end(summary)
            return None
        if known and not summary.died:
            return dataclasses.replace(job, pause_s=_HELD_PAUSE_S)
        what = (
            message(
                "{slug}: its process died on {machine}; it is tried once more",
                slug=job.slug,
                machine=summary.machine,
            )
            if summary.died
            else message(
                "{slug}: {machine} has no workspace; another computer takes the job",
                slug=job.slug,
                machine=summary.machine,
            )
        )
        self._note(what)
        return job

    def _lost(self, job: Job, machine: str, begun: int) -> Job | None:
        judgement = self._failures.decide_after_loss(job.slug, machine, begun)
        self._retire(judgement.retire)
        if not judgement.again:
            count = self._failures.lost(job.slug)
            what = message("{count} workers died while they worked on it", count=count)
            remedy = message("Run it alone: `studio run`.")
            fault = (job.slug, what, remedy, "input")
            self._end(Summary(slug=job.slug, machine=machine, fault=fault))
            return None
        if begun:
            self._note(
                message(
                    "{slug}: {machine} is gone with it; it is done again",
                    slug=job.slug,
                    machine=machine,
                )
            )
        return job

    def _end(self, summary: Summary) -> None:
        del self._left[summary.slug]
        self._done.append(summary)
        self._report(summary)

    def _retire(self, machine: str) -> None:
        """Retire a worker, unless it is the last one."""
        workers = self._workers() if machine else {}
        named = [address for address, name in workers.items() if name == machine]
        if named and len(workers) > len(named):
            self._client.run(mark_retired, workers=named)
            self._client.retire_workers(named, close_workers=True)
            self._note(
                message(
                    "{machine} failed {in_a_row} times in a row and gets no more jobs",
                    machine=machine,
                    in_a_row=IN_A_ROW,
                )
            )


def _begin_job(plain: dict[str, Any], topic: str) -> Summary:
    """Runs on a worker: report that the job has started, then do it."""
    worker = _distributed().get_worker()
    worker.log_event(topic, plain["slug"])
    return do_in_child(plain, worker_name(worker.name))
