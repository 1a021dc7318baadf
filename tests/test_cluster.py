"""Many episodes on many workers: nothing lost, nothing doubled, and what fails is told."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from support.cluster_show import PLACE, TABLE, add, make, runs
from support.fake_show import make_show
from support.servers import free_port

import studio.cluster.scheduler
from studio.cli import main
from studio.cluster.catalogue_run import CatalogueDone, run_catalogue
from studio.cluster.estimate import OVERHEAD_S, finished_after_s, stale_jobs
from studio.cluster.job import Summary
from studio.cluster.worker import work
from studio.errors import BusyError, NetworkError
from studio.pipeline.runner import Choice
from studio.workspace.layout import Workspace

HERE = Path(__file__).parent
linux = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills by signal")


@pytest.fixture(autouse=True)
def children_find_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    path = os.pathsep.join([str(HERE.parent), str(HERE), os.environ.get("PYTHONPATH", "")])
    monkeypatch.setenv("PYTHONPATH", path)


def run(
    workspace: Workspace, address: str = "", workers: int = 2, notes: list[str] | None = None
) -> CatalogueDone:
    told: list[Summary] = []
    done = run_catalogue(
        workspace,
        TABLE,
        Choice(),
        address=address,
        workers=workers,
        command="studio run --all",
        listen=lambda _: None,
        report=told.append,
        note=(notes if notes is not None else []).append,
        progress=lambda *_: None,
        table_place=PLACE,
    )
    assert [one.slug for one in told] == [one.slug for one in done.summaries]
    return done


def counted(workspace: Workspace, what: str) -> Counter[str]:
    return Counter(name.split()[1] for name in runs(workspace) if name.startswith(what))


@contextmanager
def scheduler(port: int) -> Iterator[subprocess.Popen[bytes]]:
    words = ["--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "distributed.cli.dask_scheduler", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            for _ in range(1200):
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
                time.sleep(0.05)
            yield process
        finally:
            process.kill()


@contextmanager
def worker(address: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "studio", "work", address, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        process_group=0,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.slow
def test_two_workers_do_all_once_and_the_second_time_nothing(tmp_path: Path) -> None:
    workspace = make(tmp_path / "show", 6)
    done = run(workspace)
    assert (done.jobs, len(done.summaries), done.failures) == (6, 6, [])
    assert set(counted(workspace, "end").values()) == {1}
    assert workspace.rss.read_text(encoding="utf-8").split() == list(workspace.slugs())
    assert run(workspace).jobs == 0
    assert set(counted(workspace, "start").values()) == {1}
    # Dask asks workers to give memory back at once, which makes work on sound slower.
    assert not counted(workspace, "trimmed")


@pytest.mark.slow
@linux
def test_a_file_that_kills_its_reader_costs_two_tries_and_the_others_go_on(tmp_path: Path) -> None:
    workspace = make(tmp_path / "show", 4)
    bad = add(workspace, 9, "kill")
    notes: list[str] = []
    done = run(workspace, notes=notes)
    assert [one.slug for one in done.failures] == [bad]
    assert done.failures[0].died
    assert counted(workspace, "start")[bad] == 2
    assert len(counted(workspace, "end")) == 4
    assert any(bad in note for note in notes)


@pytest.mark.slow
def test_a_full_disk_is_told_and_the_next_run_resumes(tmp_path: Path) -> None:
    workspace = make(tmp_path / "show", 2)
    bad = add(workspace, 9, "full")
    done = run(workspace)
    assert [one.fault[3] for one in done.failures] == ["disk"]
    (workspace.episode(bad).folder / "son.wav").write_text("0", encoding="utf-8")
    done = run(workspace)
    assert [one.slug for one in done.summaries] == [bad]
    assert not done.failures


@pytest.mark.slow
@linux
def test_a_killed_worker_costs_the_job_in_its_hand_and_no_other(tmp_path: Path) -> None:
    workspace = make(tmp_path / "show", 8, "0.5")
    address = f"tcp://127.0.0.1:{(port := free_port())}"
    with scheduler(port), worker(address) as first, worker(address):
        killer = threading.Thread(target=_kill_in_work, args=(workspace, first, 3))
        killer.start()
        done = run(workspace, address)
        killer.join()
    assert not done.failures
    assert set(counted(workspace, "end")) == set(workspace.slugs())
    assert max(counted(workspace, "end").values()) == 1
    assert sum(counted(workspace, "start").values()) <= 8 + 1


def _wait_for_note(notes: Sequence[str], words: str) -> None:
    until = time.monotonic() + 120
    while not any(words in note for note in notes):
        assert time.monotonic() < until, notes
        time.sleep(0.05)


def _kill_in_work(workspace: Workspace, victim: subprocess.Popen[Any], after: int) -> None:
    until = time.monotonic() + 120
    while sum(counted(workspace, "start").values()) < after and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.2)
    victim.kill()


@pytest.mark.slow
@linux
def test_jobs_that_wait_for_a_worker_do_not_fail_with_it(tmp_path: Path) -> None:
    """Dask suspects all jobs that a worker was given, those too that it never began: a worker that
    is killed again and again would take all of them along.
    """
    workspace = make(tmp_path / "show", 4, "40")  # nothing ends while workers are killed
    address = f"tcp://127.0.0.1:{(port := free_port())}"
    notes: list[str] = []
    results: list[CatalogueDone] = []
    running = threading.Thread(target=lambda: results.append(run(workspace, address, notes=notes)))
    with scheduler(port):
        running.start()
        _wait_for_note(notes, "no worker is there yet")
        for times in range(1, 4):
            with worker(address) as victim:
                _kill_in_work(workspace, victim, times)
        for slug in workspace.slugs():
            sound = workspace.episode(slug).folder / "son.wav"
            sound.write_text("0.05", encoding="utf-8")
        with worker(address):
            running.join(timeout=240)
    assert results, notes
    assert not results[0].failures
    assert set(counted(workspace, "end").values()) == {1}
    assert sum(counted(workspace, "start").values()) == 4 + 3


@pytest.mark.slow
@linux
def test_a_worker_without_the_workspace_is_retired_by_name_and_nothing_is_lost(
    tmp_path: Path,
) -> None:
    workspace = make(tmp_path / "show", 6, "0.3")
    address = f"tcp://127.0.0.1:{(port := free_port())}"
    notes: list[str] = []
    with (
        scheduler(port),
        worker(address, "--name", "salon") as first,
        _worker_elsewhere(address, tmp_path / "gone", "grenier") as lost,
    ):
        for one in (first, lost):
            assert one.stdout is not None
            assert any("works for" in line for line in one.stdout)  # up to this line
        settings = (tmp_path / "gone" / "feed" / "show.toml").read_bytes()
        (tmp_path / "gone" / "feed" / "show.toml").unlink()  # its network drive is gone
        done = run(workspace, address, notes=notes)
        output, _ = lost.communicate(timeout=60)
        (tmp_path / "gone" / "feed" / "show.toml").write_bytes(settings)
        with _worker_elsewhere(address, tmp_path / "gone", "grenier") as again:
            assert again.stdout is not None
            assert any("grenier works for" in line for line in again.stdout)
    assert not done.failures
    assert set(counted(workspace, "end").values()) == {1}
    assert any("grenier failed 2 times in a row" in note for note in notes), notes
    # It does not come back by itself, and says why.
    assert lost.returncode, output
    assert "gets no more jobs" in output
    assert "The scheduler has the reason. Fix it, then start the worker again." in output


@contextmanager
def _worker_elsewhere(address: str, folder: Path, name: str) -> Iterator[subprocess.Popen[str]]:
    if not folder.exists():
        make_show(folder)
    words = ["-C", str(folder), "work", address, "--name", name]
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "studio", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"LANGUAGE": "en", "LC_ALL": "C.UTF-8"},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.slow
@linux
def test_a_killed_scheduler_is_waited_for(tmp_path: Path) -> None:
    workspace = make(tmp_path / "show", 6, "0.5")
    address = f"tcp://127.0.0.1:{(port := free_port())}"
    notes: list[str] = []
    with scheduler(port) as first, worker(address):
        results: list[CatalogueDone] = []
        running = threading.Thread(
            target=lambda: results.append(run(workspace, address, notes=notes))
        )
        running.start()
        _kill_in_work(workspace, first, 2)
        first.wait()
        with scheduler(port):
            running.join(timeout=240)
            assert results, notes
    assert not results[0].failures
    assert set(counted(workspace, "end")) == set(workspace.slugs())
    assert max(counted(workspace, "end").values()) == 1


@pytest.mark.slow
@linux
def test_a_worker_that_is_asked_to_stop_finishes_the_job_in_hand(tmp_path: Path) -> None:
    workspace = make(tmp_path / "show", 3, "1")
    address = f"tcp://127.0.0.1:{(port := free_port())}"
    with scheduler(port), worker(address) as first:
        running = threading.Thread(target=lambda: run(workspace, address))
        running.start()
        until = time.monotonic() + 120
        while not counted(workspace, "start") and time.monotonic() < until:
            time.sleep(0.05)
        os.killpg(first.pid, signal.SIGINT)  # as a terminal sends Ctrl-C
        output, _ = first.communicate(timeout=60)
        assert "Finishing the current job" in output
        assert counted(workspace, "end") == counted(workspace, "start")
        with worker(address):
            running.join(timeout=120)
    assert set(counted(workspace, "start").values()) == {1}


@pytest.mark.slow
@linux
@pytest.mark.parametrize("moment", ["begun", "at work"])
def test_a_run_that_is_interrupted_tells_no_more_than_that(tmp_path: Path, moment: str) -> None:
    """Ctrl-C at a terminal reaches the run and all processes that it began."""
    workspace = make(tmp_path / "show", 4, "60")
    words = "from test_cluster import *; print('begun', flush=True); run(Workspace(Path({!r})))"
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", words.format(str(workspace.root))],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        time.sleep(1)  # its workers are beginning
        until = time.monotonic() + 120
        while moment == "at work" and not counted(workspace, "start"):
            assert time.monotonic() < until
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        said = process.stdout.read()
    # Python's own last words, and those of no worker.
    told = said.splitlines()
    assert said.count("Traceback") == told.count("KeyboardInterrupt") == 1, said


def test_a_second_run_is_refused_with_who_holds_it(tmp_path: Path) -> None:
    workspace = make(tmp_path / "show", 2, "2")
    running = threading.Thread(target=lambda: run(workspace))
    running.start()
    while not (workspace.state / "holder.json").is_file():
        time.sleep(0.02)
    with pytest.raises(BusyError, match="studio run --all"):
        run(workspace)
    running.join()


def test_a_worker_whose_folder_has_no_workspace_says_so_at_once(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["-C", str(tmp_path), "work", "tcp://127.0.0.1:1"])
    assert result.exit_code, result.output
    assert str(tmp_path) in result.output


@pytest.mark.parametrize("address", ["tcp://x", "x", "http://x:1", "tcp://x:y", ""])
def test_what_cannot_be_a_scheduler_is_refused_at_once(tmp_path: Path, address: str) -> None:
    """Asked again and again, it would never answer."""
    with pytest.raises(NetworkError, match="is not the address of a scheduler"):
        work(address, report=lambda _: None, stopped=lambda: False)


def test_no_scheduler_is_told_with_what_to_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studio.cluster.scheduler, "_CONNECT_S", 1.0)
    workspace = make(tmp_path / "show", 1)
    with pytest.raises(NetworkError, match="no scheduler answers"):
        run(workspace, f"tcp://127.0.0.1:{free_port()}")


@pytest.mark.slow
@linux
def test_a_scheduler_and_a_worker_are_started_as_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = make(tmp_path / "show", 1)
    address = f"tcp://127.0.0.1:{(port := free_port())}"
    with monkeypatch.context() as patch:
        patch.setattr(studio.cluster.scheduler, "_CONNECT_S", 1.0)
        with pytest.raises(NetworkError) as told:
            run(workspace, address)
    commands = "Start one: `dask scheduler`; then workers: `studio work tcp://HOST:8786`."
    assert told.value.remedy == commands
    with scheduler(port), worker(address):
        assert not run(workspace, address).failures


@pytest.mark.slow
@linux
def test_a_scheduler_that_was_restarted_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = make(tmp_path / "show", 3, "0.5")
    address = f"tcp://127.0.0.1:{(port := free_port())}"
    monkeypatch.setattr(studio.cluster.scheduler, "_WAIT_S", 0.0)
    with scheduler(port) as first, worker(address):
        killer = threading.Thread(target=_kill_in_work, args=(workspace, first, 2))
        killer.start()
        with pytest.raises(NetworkError) as told:
            run(workspace, address)
        killer.join()
    assert told.value.remedy == "Restart it, then run the same command: finished work is kept."
    with scheduler(port), worker(address):
        assert not run(workspace, address).failures
    assert set(counted(workspace, "end")) == set(workspace.slugs())
    assert max(counted(workspace, "end").values()) == 1


def test_the_longest_goes_first_and_the_estimate_follows(tmp_path: Path) -> None:
    workspace = make(tmp_path / "show", 2)
    (workspace.episode("002-ada").folder / "son.wav").write_text("0" * 99_000, encoding="utf-8")
    jobs = stale_jobs(workspace, TABLE, Choice(), PLACE)
    assert [job.slug for job in jobs] == ["002-ada", "001-ada"]
    assert finished_after_s([60.0] * 4, 2) == pytest.approx(120 + 2 * OVERHEAD_S)
    assert finished_after_s([], 5) == 0


def test_a_dry_run_tells_how_long_on_how_many(tmp_path: Path) -> None:
    workspace = make(tmp_path / "show", 2)
    result = CliRunner().invoke(
        main, ["-C", str(workspace.root), "run", "--all", "--dry-run", "--workers", "2"]
    )
    assert result.exit_code == 0, result.output
    assert "2 episodes" in result.output
    assert "With 50 workers" in result.output
    assert not runs(workspace)


def test_nothing_of_dask_is_imported_without_the_option() -> None:
    code = "import sys, studio.cli.run, studio.cli.work; print({'dask', 'distributed'} & {*sys.modules})"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
