"""A worker's child process: started for the first job, and restarted after a crash."""

from __future__ import annotations

import atexit
import dataclasses
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.cluster.job import Job, Summary, summary_from_line
from studio.messages.message import message

# Background priority: the lowest one except idle.
_NICE = 10
_lock = threading.Lock()
_child: subprocess.Popen[str] | None = None


def worker_name(name: str | int) -> str:
    """The name of a worker in messages; those started by Dask only have a number."""
    return name if isinstance(name, str) else message("worker {name}", name=name)


def mark_retired() -> None:
    """Tell this worker that it gets no more jobs."""
    os.environ["STUDIO_RETIRED"] = "1"


def is_retired() -> bool:
    """Whether it was :func:`mark_retired`."""
    return "STUDIO_RETIRED" in os.environ


def do_in_child(plain: dict[str, Any], machine: str) -> Summary:
    """Do a job in the child process; one at a time.

    :param plain: the job, as :meth:`Job.plain` gives it.
    :param machine: the worker's name.
    """
    # The path of the workspace on this machine, if it differs.
    here = os.environ.get("STUDIO_WORKSPACE", "")
    job = Job(**(plain | {"root": here} if here else plain))
    time.sleep(job.pause_s)
    if missing := missing_workspace(job.root):
        return _without_workspace(job, machine, missing)
    started = time.monotonic()
    with _lock:
        child = _running()
        try:
            if child.stdin is None or child.stdout is None:
                raise AssertionError("it is started with both")
            child.stdin.write(json.dumps(job.plain()) + "\n")
            child.stdin.flush()
            answer = child.stdout.readline()
        except OSError:
            answer = ""
        if not answer:
            end_child()
            lasted = time.monotonic() - started
            return Summary(slug=job.slug, seconds=lasted, machine=machine, died=True)
    summary = summary_from_line(answer)
    if summary.fault and (missing := missing_workspace(job.root)):
        return _without_workspace(job, machine, missing)
    return dataclasses.replace(summary, machine=machine)


def missing_workspace(root: str) -> tuple[str, str, str] | None:
    """Where, what and remedy for a folder that is not (or currently not) a workspace on this
    machine.
    """
    if (Path(root) / "feed" / "show.toml").is_file():
        return None
    return (
        root,
        message("does not exist on this machine, or the network drive is disconnected"),
        message("Connect it, or start the worker with -C and the folder that it has here."),
    )


def _without_workspace(job: Job, machine: str, missing: tuple[str, str, str]) -> Summary:
    fault = (*missing, "disk")
    return Summary(slug=job.slug, machine=machine, fault=fault, machine_failed=True)


def end_child() -> None:
    """End the child process at once."""
    global _child  # noqa: PLW0603 - a worker has one
    if _child is not None:
        _child.kill()
        _child.wait()
        _child = None


def _running() -> subprocess.Popen[str]:
    global _child  # noqa: PLW0603 - a worker has one
    if _child is None or _child.poll() is not None:
        _child = subprocess.Popen(
            [sys.executable, "-m", "studio.cluster.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=child_environment(os.environ),
            # Ctrl-C at a terminal reaches every process of its group, including ffmpeg: the current
            # job is finished, or ends with this process.
            process_group=0,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        atexit.register(end_child)
        _be_nice(_child.pid)
    return _child


def child_environment(own: Mapping[str, str]) -> dict[str, str]:
    """The environment of the child process: the worker's, without Dask's malloc settings, which
    return memory to the system after each array and make audio processing 25 % slower (three jobs
    of three minutes of audio: 12.7 s instead of 10.1 s of CPU time).
    """
    return {name: value for name, value in own.items() if name != "MALLOC_TRIM_THRESHOLD_"}


def _be_nice(pid: int) -> None:
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, pid, max(_NICE, os.getpriority(os.PRIO_PROCESS, 0)))
    else:  # Windows
        import psutil

        psutil.Process(pid).nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
