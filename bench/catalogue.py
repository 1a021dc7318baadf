"""Catalogues: articles matched to episodes, jobs on many machines.

python -m bench.catalogue adopt FOLDER     # of recordings with article.txt and truth.json
python -m bench.catalogue cluster 200      # jobs through dask with 1, 2 and 4 workers
python -m bench.catalogue sound 12         # the same with real work: three-minute episodes
python -m bench.catalogue pinned 12        # the same, each worker kept on one core (Linux)
python -m bench.catalogue pinned 4 --recording FOLDER   # with a real one, through every stage
python -m bench.catalogue kills 200        # the same while workers and the scheduler are killed
python -m bench.catalogue simulate         # on paper, to 50 machines and 1,000 hours
python -m bench.catalogue rehearse 1000    # the same through Dask's scheduler, on 50 workers
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.catalogue_sound import pinned, sound
from studio.adoption.evidence import (
    ArticleFacts,
    EpisodeFacts,
    counted_words,
    folded,
    weigh_pairs,
)
from studio.adoption.pairing import pair_up
from studio.article.read import article_from_file
from studio.errors import StudioError

# Words in two minutes, and how many of them are misrecognised (base weights, telephone).
SAID_WORDS = 300
MISHEARD = 0.2
START = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def said_in(truth: dict[str, object], shuffler: random.Random) -> str:
    """Two minutes of what is said, with words misheard."""
    words = str(truth.get("text") or " ".join(_texts(truth))).split()
    first = max(0, len(words) // 2 - SAID_WORDS // 2)
    part = words[first : first + SAID_WORDS]
    return " ".join("euh" if shuffler.random() < MISHEARD else word for word in part)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key in ("turns", "segments", "utterances", "words"):
            if isinstance(value.get(key), list):
                for one in value[key]:
                    if isinstance(one, str):
                        yield one
                    elif isinstance(one, dict):
                        yield str(one.get("text") or one.get("word") or "")
                return


def adopt(folder: Path) -> None:
    """Every article with every recording, shuffled, half of the articles foreign: with and without
    names in the titles, with and without what is said.
    """
    shuffler = random.Random(19)  # noqa: S311 - the same each time
    shows = []
    for place in sorted(folder.iterdir()):
        truth = place / "truth.json"
        if place.name.endswith("-tracks"):
            continue  # the same conversation once more
        try:
            article = article_from_file(place / "article.txt")
            shows.append((place.name, article, json.loads(truth.read_text(encoding="utf-8"))))
        except (OSError, StudioError):
            continue
    print(f"{len(shows)} interviews")
    print("evidence                     | assigned | right | false | of | foreign ones taken")
    for named, said in ((True, False), (False, True), (True, True)):
        assigned = right = wrong = foreign = of = 0
        for half in range(2):
            ours = {name for number, (name, *_) in enumerate(shows) if number % 2 == half}
            articles = [
                ArticleFacts(
                    file=name,
                    title=article.title,
                    guests=article.guests,
                    words=counted_words(
                        " ".join(
                            [
                                article.title,
                                *article.introduction,
                                *(one.question for one in article.exchanges),
                                *(p.text for one in article.exchanges for p in one.answer),
                            ]
                        )
                    ),
                )
                for name, article, _ in shows
            ]
            shuffler.shuffle(articles)
            episodes = []
            for name, article, truth in shows:
                if name not in ours:
                    continue
                text = said_in(truth, shuffler) if said else ""
                title = f"Entretien avec {' et '.join(article.guests)}" if named else "Entretien"
                episodes.append(
                    EpisodeFacts(
                        slug=name,
                        title=title,
                        about="",
                        published=START,
                        said=counted_words(text) if said else None,
                        said_text=folded(text) if said else "",
                    )
                )
            of += len(episodes)
            for pair in pair_up(weigh_pairs(articles, episodes)):
                if pair.slug != pair.file and (pair.is_sure or pair.file in ours):
                    print("   ", pair)
                if pair.is_sure:
                    assigned += 1
                    right += pair.slug == pair.file
                    wrong += pair.slug != pair.file
                    foreign += pair.file not in ours
        label = f"{'names in titles' if named else 'no names'}{', what is said' if said else ''}"
        print(f"{label:<28} | {assigned:8} | {right:5} | {wrong:5} | {of:2} | {foreign}")


# What a worker's child does, without Dask, stages or workspace: so fast is the work by itself.
OWN_WORK = """
import os, sys, time
count, busy_s = int(sys.argv[1]), float(sys.argv[2])
os.nice(10)
for _ in range(count):
    until = time.process_time() + busy_s
    while time.process_time() < until:
        pass
"""


def own_speed(count: int, busy_s: float, workers: int) -> float:
    """Jobs per second of plain processes with the same work at the same priority."""
    started = time.monotonic()
    shares = [count // workers + (number < count % workers) for number in range(workers)]
    running = [
        subprocess.Popen([sys.executable, "-S", "-c", OWN_WORK, str(share), str(busy_s)])
        for share in shares
    ]
    for process in running:
        process.wait()
    return count / (time.monotonic() - started)


def cluster(count: int, busy_s: float) -> None:
    """Jobs of the given CPU seconds with 1, 2 and 4 workers. Before and after each, the same work
    without Dask: on a machine that others use, only what is measured side by side compares.
    """
    from support import cluster_show

    from studio.cluster.catalogue_run import run_catalogue
    from studio.pipeline.runner import Choice

    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    print(
        "workers | load | jobs a minute by itself | through Dask | of it | overhead a job s | lost"
    )
    for workers in (1, 2, 4):
        with tempfile.TemporaryDirectory() as folder:
            workspace = cluster_show.make(Path(folder) / "show", count, f"busy{busy_s}")
            before = own_speed(count, busy_s, workers)
            first: list[float] = []
            done = run_catalogue(
                workspace,
                cluster_show.TABLE,
                Choice(),
                address="",
                workers=workers,
                command="bench",
                listen=lambda _: None,
                # Starting workers does not count: timed from the first round of answers on.
                report=lambda _, first=first: first.append(time.monotonic()),  # type: ignore[misc]
                note=print,
                progress=lambda *_: None,
                table_place=cluster_show.PLACE,
            )
            own = (before + own_speed(count, busy_s, workers)) / 2
            timed = len(first) - workers
            speed = timed / (first[-1] - first[workers - 1])
            ends = {name.split()[1] for name in cluster_show.runs(workspace) if "end" in name}
            print(
                f"{workers:7} | {os.getloadavg()[0]:4.0f} | {own * 60:23.1f} | {speed * 60:12.1f} | "
                f"{speed / own:5.2f} | {workers / speed - workers / own:16.2f} | "
                f"{count - len(ends) + len(done.failures)}",
                flush=True,
            )


def kills(count: int, busy_s: float, every_s: float) -> None:
    """Jobs of so many CPU seconds on two workers, of which one is killed and started anew every so
    many seconds, and the scheduler once: what was lost, done again though it was on record as done
    (doubled), begun again; a stage that is killed between its end and its record is begun again.

    A busy machine starts workers slower than they are killed, and then nothing is ever done: a kill
    waits until a job was begun since the one before.
    """
    from support import cluster_show
    from support.servers import free_port

    from studio.cluster.catalogue_run import run_catalogue
    from studio.pipeline.runner import Choice

    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path[:3])
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    scheduler = ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port)]
    worker = ["studio", "work", address]

    def started(words: list[str]) -> subprocess.Popen[bytes]:
        extra = [] if words is worker else ["--no-dashboard"]
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", *words, *extra],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    with tempfile.TemporaryDirectory() as folder:
        workspace = cluster_show.make(Path(folder) / "show", count, f"busy{busy_s}")
        running = [started(scheduler), started(worker), started(worker)]
        ended, killed = threading.Event(), [0]

        def begun() -> int:
            return sum(name.startswith("start") for name in cluster_show.runs(workspace))

        def kill() -> None:
            before = 0
            while not ended.wait(every_s):
                while begun() == before and not ended.wait(1):
                    pass
                before = begun()
                # The scheduler once, at the third time; else one worker after the other.
                at = 0 if killed[0] == 2 else 1 + killed[0] % 2
                running[at].kill()
                running[at].wait()
                running[at] = started(scheduler if at == 0 else worker)
                killed[0] += 1

        killer = threading.Thread(target=kill)
        time.sleep(10)  # they find each other
        killer.start()
        try:
            done = run_catalogue(
                workspace,
                cluster_show.TABLE,
                Choice(),
                address=address,
                workers=2,
                command="bench",
                listen=lambda _: None,
                report=lambda _: None,
                note=print,
                progress=lambda *_: None,
                table_place=cluster_show.PLACE,
            )
        finally:
            ended.set()
            killer.join()
            for process in running:
                process.kill()
                process.wait()
        names = cluster_show.runs(workspace)
        ends = Counter(name.split()[1] for name in names if name.startswith("end"))
        doubled = sum(name.startswith("doubled") for name in names)
        starts = sum(name.startswith("start") for name in names)
        print(
            f"load {os.getloadavg()[0]:.0f}: {count} jobs of {busy_s} CPU seconds in "
            f"{done.seconds:.0f} s, {killed[0]} kills every {every_s:.0f} s or more (one of "
            f"the scheduler): {count - len(ends)} lost, {doubled} doubled, "
            f"{starts - count} begun again ({sum(one > 1 for one in ends.values())} of them at "
            f"their end, not yet on record), {len(done.failures)} failed"
        )


def lengths_of(hours: float) -> list[float]:
    """Seconds of work of so many hours of sound, the longest first: episodes of 33 min (median) at
    0.5 s of work a second of sound.
    """
    shuffler = random.Random(19)  # noqa: S311 - the same each time
    lengths: list[float] = []
    while sum(lengths) < hours * 3600:
        lengths.append(shuffler.lognormvariate(7.6, 0.6))
    return sorted((length * 0.5 for length in lengths), reverse=True)


def simulate() -> None:
    """How long catalogues take on paper."""
    from studio.cluster.estimate import finished_after_s

    print("hours | machines | takes h | of the ideal")
    for hours in (10, 100, 1000):
        work = lengths_of(hours)
        for machines in (1, 2, 10, 50):
            takes = finished_after_s(work, machines)
            print(
                f"{hours:5} | {machines:8} | {takes / 3600:7.2f} | "
                f"{sum(work) / machines / takes:.2f}"
            )


def rehearse(hours: float, machines: int, faster: float) -> None:
    """The same through Dask's own scheduler, its queue and its workers, as many as machines in this
    process; only the work is a pause that is so many times shorter. Dask has no simulator of its
    own: its scheduler cannot run on a clock that is not the computer's.
    """
    from unittest.mock import patch

    from studio.cluster import scheduler
    from studio.cluster.estimate import finished_after_s
    from studio.cluster.job import Job, Summary

    distributed: Any = importlib.import_module("distributed")  # it has no types for mypy
    work = lengths_of(hours)
    jobs = [Job("", f"{n:05}", expected_s=length) for n, length in enumerate(work)]

    def pause(plain: dict[str, Any], machine: str) -> Summary:
        time.sleep(plain["expected_s"] / faster)
        return Summary(plain["slug"], seconds=plain["expected_s"], machine=machine)

    with (
        distributed.LocalCluster(
            n_workers=machines,
            threads_per_worker=1,
            processes=False,
            dashboard_address=None,
            silence_logs=50,
        ) as local,
        distributed.Client(local, set_as_default=False) as client,
        patch.object(scheduler, "do_in_child", pause),
    ):
        started = time.monotonic()
        done = scheduler.do_jobs(client, jobs, lambda _: None, print)
        takes = (time.monotonic() - started) * faster
    busy: defaultdict[str, float] = defaultdict(float)
    for one in done:
        busy[one.machine] += one.seconds
    print(
        f"load {os.getloadavg()[0]:.0f}: {len(done)} of {len(jobs)} jobs, {hours:.0f} hours of sound, "
        f"on {len(busy)} of {machines} workers, {faster:.0f} times faster: {takes / 3600:.2f} h, "
        f"on paper {finished_after_s(work, machines) / 3600:.2f} h; the busiest worker had "
        f"{max(busy.values()) * machines / sum(work):.2f} of the mean"
    )


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "what", choices=("adopt", "cluster", "sound", "pinned", "kills", "simulate", "rehearse")
    )
    parser.add_argument("argument", nargs="?", default="")
    parser.add_argument(
        "--busy", type=float, default=0.5, help="CPU seconds a job (cluster, kills)"
    )
    parser.add_argument("--machines", type=int, default=50, help="workers (rehearse)")
    parser.add_argument("--faster", type=float, default=500.0, help="than in life (rehearse)")
    parser.add_argument("--rounds", type=int, default=5, help="in turns (pinned)")
    parser.add_argument(
        "--recording", type=Path, help="folder of a recording and its article.txt (pinned)"
    )
    parser.add_argument("--every", type=float, default=20.0, help="seconds between kills")
    asked = parser.parse_args()
    if asked.what == "adopt":
        adopt(Path(asked.argument))
    elif asked.what == "cluster":
        cluster(int(asked.argument or 200), asked.busy)
    elif asked.what == "sound":
        sound(int(asked.argument or 12))
    elif asked.what == "pinned":
        pinned(int(asked.argument or 12), asked.rounds, asked.recording)
    elif asked.what == "kills":
        kills(int(asked.argument or 200), asked.busy, asked.every)
    elif asked.what == "rehearse":
        rehearse(float(asked.argument or 1000), asked.machines, asked.faster)
    else:
        simulate()


if __name__ == "__main__":
    main()
