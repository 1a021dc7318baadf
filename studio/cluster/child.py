"""The child process of a worker that does the jobs, one after the other: a file that crashes its
reader kills this process instead of the worker. Whisper's model stays loaded between jobs.

It reads one job per line from standard input and writes one summary per line. Its input ends when
the worker ends for whatever reason: then it exits at once, even during a stage, which is safe
because stages are atomic.
"""

from __future__ import annotations

import importlib
import json
import os
import queue
import sys
import threading
import time
from pathlib import Path
from typing import TextIO

from studio.cluster.job import Job, Summary
from studio.errors import BusyError, StudioError, error_from_os
from studio.pipeline.runner import Choice, run_episode
from studio.pipeline.stage import StageTable
from studio.speech.engine_loading import keep_engine
from studio.workspace.layout import Workspace

# The exit code of a child without a worker.
ORPHANED = 75


def do_job(job: Job) -> Summary:
    """Bring one episode up to date."""
    started = time.monotonic()
    try:
        module, _, name = job.table.partition(":")
        table: StageTable = getattr(importlib.import_module(module), name)
        workspace = Workspace(Path(job.root))
        workspace.load_show()
        done = run_episode(workspace, table, Choice(slugs=(job.slug,), stage=job.stage))
    except BusyError:
        return Summary(slug=job.slug, held=True)
    except (StudioError, OSError) as raised:
        error = error_from_os(raised, Path(job.root)) if isinstance(raised, OSError) else raised
        fault = (error.where, error.what, error.remedy, error.kind)
        return Summary(slug=job.slug, seconds=time.monotonic() - started, fault=fault)
    failed = done.failures[0] if done.failures else None
    return Summary(
        slug=job.slug,
        ran=done.ran,
        seconds=time.monotonic() - started,
        fault=() if failed is None else (failed.where, failed.what, failed.remedy, failed.kind),
    )


def _read_jobs(jobs: queue.Queue[str], source: TextIO) -> None:
    for line in source:
        jobs.put(line)
    # The result would be lost, and another worker may have the job by now.
    os._exit(ORPHANED)


def main() -> None:
    """Do jobs until the worker ends."""
    keep_engine()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    # Keep output of libraries out of the results.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    jobs: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_read_jobs, args=(jobs, sys.stdin), daemon=True).start()
    while True:
        answers.write(do_job(Job(**json.loads(jobs.get()))).line())
        answers.flush()


if __name__ == "__main__":
    main()
