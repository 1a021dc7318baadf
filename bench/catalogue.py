"""Catalogues: articles matched to episodes, commands over many episodes, jobs on many machines.

python -m bench.catalogue adopt FOLDER     # of recordings with article.txt and truth.json
python -m bench.catalogue size 500         # status, run, check, republication at this size
python -m bench.catalogue cluster 200      # jobs through dask with 1, 2 and 4 workers
python -m bench.catalogue simulate         # on paper, to 50 machines and 1,000 hours
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

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

# So many words are said in two minutes; of them so many are misheard (base weights, telephone).
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
                        told="",
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


def size(count: int) -> None:
    """Time what people do with so many imported episodes: building, nothing to do, the table of
    states, one changed episode. CPU seconds beside wall seconds: this may be a busy computer.
    """
    from support.former_hosts import mp3
    from support.small_show import make_show

    from studio.model.episode import Episode, Imported
    from studio.pipeline.runner import Choice, plan_run, run_stages
    from studio.pipeline.stages import STAGES
    from studio.workspace.settings import toml_from_episode

    def run() -> int:
        done = run_stages(workspace, STAGES, Choice(), lambda _: None, command="bench")
        assert not done.failures, done.failures[0]
        return done.ran

    def timed(name: str, call: Callable[[], object]) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        call()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(f"{name:<24} {wall:8.2f} s, {cpu:8.2f} s of CPU", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        workspace = make_show(Path(folder) / "show")
        for number in range(1, count + 1):
            files, content = workspace.episode(f"{number:04}-gens-d-ici"), mp3(number)
            files.folder.mkdir(parents=True)
            (files.folder / "recording.mp3").write_bytes(content)
            files.former_notes.write_text("<p>Les gens d’ici et d’ailleurs.</p>", encoding="utf-8")
            imported = Imported(
                enclosure="https://former.test/",
                sha256=hashlib.sha256(content).hexdigest(),
                length_bytes=len(content),
                type="audio/mpeg",
                duration_ms=1000,
                place=number,
            )
            episode = Episode(
                guid=f"guid-{number}",
                title=f"Les gens d’ici, {number}",
                guests=(),
                recording="recording.mp3",
                number=number,
                published=START + datetime.timedelta(hours=number),
                imported=imported,
            )
            files.settings.write_bytes(toml_from_episode(episode))
        timed("first run", run)
        time.sleep(3)  # what is younger than a clock tick is looked at again
        timed("run, first time again", run)
        timed("run, nothing to do", run)
        timed("states (status)", lambda: list(plan_run(workspace, STAGES, Choice())))
        notes = workspace.episode(f"{count // 2:04}-gens-d-ici").former_notes
        notes.write_text("<p>Autre chose.</p>", encoding="utf-8")
        timed("run, one changed", run)


def cluster(count: int, busy_s: float) -> None:
    """Jobs of so many CPU seconds with 1, 2 and 4 workers, then with a worker killed every 20 s."""
    from support import cluster_show

    from studio.cluster.catalogue import run_catalogue
    from studio.pipeline.runner import Choice

    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    for workers in (1, 2, 4):
        with tempfile.TemporaryDirectory() as folder:
            workspace = cluster_show.make(Path(folder) / "show", count, f"busy{busy_s}")
            done = run_catalogue(
                workspace,
                cluster_show.TABLE,
                Choice(),
                address="",
                workers=workers,
                command="bench",
                listen=lambda _: None,
                tell=lambda _: None,
                note=print,
                progress=lambda *_: None,
                table_place=cluster_show.PLACE,
            )
            worked = sum(one.seconds for one in done.summaries)
            starts = [name for name in cluster_show.runs(workspace) if name.startswith("start")]
            rate = worked / done.seconds
            print(
                f"{workers} workers: {done.seconds:6.1f} s for {worked:6.1f} s of work in jobs, "
                f"{rate:.2f} at a time, overhead a job "
                f"{(done.seconds * workers - worked) / count:.2f} s, {len(starts)} starts, "
                f"{len(done.failures)} failed",
                flush=True,
            )


def simulate() -> None:
    """How long catalogues take on paper, the longest first, at 0.5 s of work a second of sound."""
    from studio.cluster.estimate import finished_after_s

    shuffler = random.Random(19)  # noqa: S311 - the same each time
    print("hours | machines | takes h | of the ideal")
    for hours in (10, 100, 1000):
        lengths: list[float] = []
        while sum(lengths) < hours * 3600:
            lengths.append(shuffler.lognormvariate(7.6, 0.6))  # median 33 min
        work = sorted((length * 0.5 for length in lengths), reverse=True)
        for machines in (1, 2, 10, 50):
            takes = finished_after_s(work, machines)
            print(
                f"{hours:5} | {machines:8} | {takes / 3600:7.2f} | "
                f"{sum(work) / machines / takes:.2f}"
            )


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("adopt", "size", "cluster", "simulate"))
    parser.add_argument("argument", nargs="?", default="")
    parser.add_argument("--busy", type=float, default=0.5, help="CPU seconds a job (cluster)")
    asked = parser.parse_args()
    if asked.what == "adopt":
        adopt(Path(asked.argument))
    elif asked.what == "size":
        size(int(asked.argument or 500))
    elif asked.what == "cluster":
        cluster(int(asked.argument or 200), asked.busy)
    else:
        simulate()


if __name__ == "__main__":
    main()
