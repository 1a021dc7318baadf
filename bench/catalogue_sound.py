"""Many workers with real work: `studio run` of episodes in plain processes side by side, which is as
fast as the work can be, and the same through Dask.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from studio.cluster.job import Job, Summary, summary_from_line

DEAF = "support.small_show:DEAF_STAGES"
EVERYTHING = "studio.pipeline.stages:STAGES"
# A worker's child has this priority.
NICE = 10


class Timed(NamedTuple):
    """How fast jobs were done.

    :param per_s: jobs a second, from the first answer of each process on: starting does not count.
    :param between_s: how long a worker was in no job, for each job.
    :param in_job: the share of the time in which the workers were in a job.
    """

    per_s: float
    between_s: float
    in_job: float


class _Answers:
    """When jobs came to their end, and how long they took."""

    def __init__(self) -> None:
        self._ended: list[tuple[float, float]] = []

    def add(self, summary: Summary) -> None:
        assert not summary.fault, summary
        assert not summary.died, summary
        self._ended.append((time.monotonic(), summary.seconds))

    def timed(self, workers: int) -> Timed:
        """From the first answers on to the first worker that has nothing left to do: at the end
        some wait for others.
        """
        self._ended.sort()
        times = [at for at, _ in self._ended]
        began = min(at - lasted for at, lasted in self._ended)
        per_s = (len(times) - workers) / (times[-1] - times[workers - 1])
        idle_at_end = sum(times[-1] - at for at in times[-workers:])
        span = workers * (times[-1] - began) - idle_at_end
        busy = sum(lasted for _, lasted in self._ended)
        return Timed(per_s, (span - busy) / len(times), busy / span)


def _fresh(folder: Path, made: Path) -> Any:
    """The workspace as it was made, with nothing built."""
    from studio.workspace.layout import Workspace

    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(made, folder, copy_function=os.link)
    return Workspace(folder)


@contextmanager
def _kept_on(core: int | None) -> Iterator[None]:
    """What is started in this block runs on this core, with all that it starts: ffmpeg, and the
    threads of CTranslate2 and torch, of which there are as many as cores.
    """
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def plain_processes(workspace: Any, table: str, cores: Sequence[int | None]) -> Timed:
    """The episodes shared out to processes, one for each of the given cores; None: any core."""
    answers, slugs = _Answers(), workspace.slugs()
    children = []
    for core in cores:
        with _kept_on(core):
            child = subprocess.Popen(
                [sys.executable, "-m", "studio.cluster.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        os.setpriority(os.PRIO_PROCESS, child.pid, NICE)
        children.append(child)

    def share(number: int) -> None:
        child = children[number]
        if child.stdin is None or child.stdout is None:
            raise AssertionError("it is started with both")
        for slug in slugs[number :: len(cores)]:
            child.stdin.write(
                json.dumps(Job(str(workspace.root), slug, table=table).plain()) + "\n"
            )
            child.stdin.flush()
            answers.add(summary_from_line(child.stdout.readline()))

    threads = [threading.Thread(target=share, args=(number,)) for number in range(len(cores))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for child in children:
        child.kill()
        child.wait()
    return answers.timed(len(cores))


def through_dask(workspace: Any, table: str, workers: int, address: str = "") -> Timed:
    """The same as jobs of Dask's.

    :param address: of a scheduler that has the workers already.
    """
    from studio.cluster.catalogue_run import run_catalogue
    from studio.pipeline.runner import Choice

    module, _, name = table.partition(":")
    answers = _Answers()
    done = run_catalogue(
        workspace,
        getattr(importlib.import_module(module), name),
        Choice(),
        address=address,
        workers=workers,
        command="bench",
        listen=lambda _: None,
        report=answers.add,
        note=print,
        progress=lambda *_: None,
        table_place=table,
    )
    assert not done.failures, done.failures
    return answers.timed(workers)


def _cpu_s() -> float:
    """Of this process and all that it started and that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _three_minutes(root: Path, count: int) -> Path:
    """A show of three-minute episodes, each with sound of its own."""
    from support import small_show
    from support.made_sounds import speechlike, write_wav

    made = small_show.make_show(root)
    for number in range(1, count + 1):
        slug = f"{number:03}-ada"
        small_show.add_episode(made, slug, number=number)
        recording = made.episode(slug).folder / "recording.wav"
        write_wav(recording, speechlike(180.0, rate_hz=16_000, seed=number), rate_hz=16_000)
    return made.root


def _copies(root: Path, count: int, folder: Path) -> Path:
    """A show in which each episode is this recording with its article."""
    from support import small_show

    made = small_show.make_show(root)
    (recording,) = folder.glob("recording.*")
    article = (folder / "article.txt").read_text(encoding="utf-8")
    for number in range(1, count + 1):
        files = made.episode(f"{number:03}-ada")
        small_show.add_episode(made, files.slug, number=number)
        files.transcript.unlink()
        (files.folder / "recording.wav").unlink()
        files.article.write_text(article, encoding="utf-8")
        text = files.settings.read_text(encoding="utf-8")
        files.settings.write_text(text.replace("recording.wav", recording.name), encoding="utf-8")
        shutil.copyfile(recording, files.folder / recording.name)
    return made.root


def _prepare_environment() -> None:
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))


def sound(count: int) -> None:
    """Three-minute episodes through every stage but those that hear, twice each in turns.

    On a busy machine the two differ by chance; the share of the time in which Dask's workers are in
    a job, and the processor time, hang less on what others do.
    """
    _prepare_environment()
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = _three_minutes(folder / "made", count)
        print(
            "workers | load | jobs a minute by itself | through Dask | of it | in a job | CPU s a "
            "job by itself | through Dask"
        )
        for workers in (1, 2, 4):
            own: list[Timed] = []
            dask: list[Timed] = []
            used = [0.0, 0.0]
            for _ in range(2):
                before = _cpu_s()
                own.append(plain_processes(_fresh(folder / "show", made), DEAF, [None] * workers))
                between = _cpu_s()
                dask.append(through_dask(_fresh(folder / "show", made), DEAF, workers))
                used = [used[0] + between - before, used[1] + _cpu_s() - between]
            own_per_s, dask_per_s = (sum(one.per_s for one in some) / 2 for some in (own, dask))
            print(
                f"{workers:7} | {os.getloadavg()[0]:4.0f} | {own_per_s * 60:23.1f} | "
                f"{dask_per_s * 60:12.1f} | {dask_per_s / own_per_s:5.2f} | "
                f"{sum(one.in_job for one in dask) / 2:8.3f} | "
                f"{used[0] / count / 2:21.1f} | {used[1] / count / 2:12.1f}",
                flush=True,
            )


@contextmanager
def _pinned_workers(cores: Sequence[int]) -> Iterator[str]:
    """A scheduler, and a `studio work` on each of these cores; the scheduler's address."""
    from support.servers import free_port

    distributed: Any = importlib.import_module("distributed")  # it has no types for mypy
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    words = ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port)]
    commands: list[tuple[int | None, list[str]]] = [(None, [*words, "--no-dashboard"])]
    commands += [(core, ["studio", "work", address, "--name", f"core-{core}"]) for core in cores]
    running = []
    try:
        for core, command in commands:
            with _kept_on(core):
                running.append(
                    subprocess.Popen(
                        [sys.executable, "-W", "ignore", "-m", *command],
                        stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL,
                    )
                )
        with distributed.Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(len(cores), timeout=120)
        yield address
    finally:
        for process in reversed(running):
            process.send_signal(signal.SIGKILL)
            process.wait()


def pinned(count: int, rounds: int, recording: Path | None) -> None:
    """Each worker kept on one core: one and two plain processes, one and two of Dask's workers, in
    turns, so that a busy machine slows all of them. Medians, and medians of each round's ratios.

    :param recording: a folder with a recording and its article: each episode is a copy of it and
        goes through every stage; without it, three-minute episodes, and no stage that hears.
    """
    if not hasattr(os, "sched_setaffinity"):
        raise SystemExit("this system keeps no process on one core: Linux does")
    cores = sorted(os.sched_getaffinity(0))[:2]
    if len(cores) < 2:
        raise SystemExit("this takes two cores")
    if count < 4:  # the first answer of each process, and the last one, are edges
        raise SystemExit("this takes four jobs or more")
    _prepare_environment()
    table = EVERYTHING if recording else DEAF
    names = ("1 plain", "2 plain", "1 Dask", "2 Dask")
    found: dict[str, list[Timed]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = (
            _copies(folder / "made", count, recording)
            if recording
            else _three_minutes(folder / "made", count)
        )
        print(f"jobs a minute: round | load | {' | '.join(names)}")
        for number in range(1, rounds + 1):
            # Backwards every other time: what grows busier meanwhile does not favour either.
            for one in names if number % 2 else reversed(names):
                used = cores[: int(one[0])]
                workspace = _fresh(folder / "show", made)
                if one.endswith("plain"):
                    found[one].append(plain_processes(workspace, table, used))
                else:
                    with _pinned_workers(used) as address:
                        found[one].append(through_dask(workspace, table, len(used), address))
            speeds = " | ".join(f"{found[one][-1].per_s * 60:7.2f}" for one in names)
            print(f"{number:20} | {os.getloadavg()[0]:4.1f} | {speeds}", flush=True)
    _print_pinned(found)


def _print_pinned(found: dict[str, list[Timed]]) -> None:
    def ratio(name: str, other: str, times: int) -> float:
        return statistics.median(
            one.per_s / two.per_s / times
            for one, two in zip(found[name], found[other], strict=True)
        )

    print("\nmedians: | jobs a minute | s a job and worker | in a job | s a job between jobs")
    for name, some in found.items():
        per_s = statistics.median(one.per_s for one in some)
        print(
            f"{name:8} | {per_s * 60:13.2f} | {int(name[0]) / per_s:18.2f} | "
            f"{statistics.median(one.in_job for one in some):8.4f} | "
            f"{statistics.median(one.between_s for one in some):.3f}"
        )
    print(f"2 Dask / (2 × 1 plain): {ratio('2 Dask', '1 plain', 2):.2f}")
    print(f"2 plain / (2 × 1 plain): {ratio('2 plain', '1 plain', 2):.2f}")
    print(f"2 Dask / 2 plain: {ratio('2 Dask', '2 plain', 1):.2f}")
    print(f"1 Dask / 1 plain: {ratio('1 Dask', '1 plain', 1):.2f}")
