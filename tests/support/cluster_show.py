"""A show whose one stage takes as long as its recording says: for many workers. A recording may
also say that it kills whoever reads it.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from studio.errors import DiskError
from studio.pipeline.stage import Output, Stage, StageInput, StageTable
from studio.pipeline.staged_outputs import StagedOutputs
from studio.progress import Progress
from studio.workspace.build_state import read_build_state
from studio.workspace.layout import Workspace
from studio.workspace.sources import EpisodeSources, ShowSources
from support.fake_show import make_show

PLACE = "support.cluster_show:TABLE"


def add(workspace: Workspace, number: int, asked: str) -> str:
    """An episode; ``asked``: seconds, « kill » or « full »."""
    slug = f"{number:03}-ada"
    files = workspace.episode(slug)
    files.folder.mkdir(parents=True)
    (files.folder / "son.wav").write_text(asked, encoding="utf-8")
    files.settings.write_text(
        f'number = {number}\nguid = "{slug}"\ntitle = "Ada {number}"\nguests = ["Ada"]\n'
        'recording = "son.wav"\npublished = 2026-01-02T03:04:05+01:00\n',
        encoding="utf-8",
    )
    return slug


def make(root: Path, count: int, asked: str = "0.05") -> Workspace:
    workspace = make_show(root)
    for number in range(1, count + 1):
        add(workspace, number, asked)
    return workspace


def runs(workspace: Workspace) -> list[str]:
    """Each start and end of a stage so far, and each start of one that was on record as done, or
    whose memory Dask has trimmed: one file each, for many processes at once.
    """
    folder = workspace.root.with_name(workspace.root.name + "-runs")
    return sorted(path.name for path in folder.glob("*")) if folder.is_dir() else []


def _note(sources: EpisodeSources, what: str) -> None:
    folder = sources.workspace.root.with_name(sources.workspace.root.name + "-runs")
    folder.mkdir(exist_ok=True)
    (folder / f"{what} {sources.slug} {time.time_ns()} {os.getpid()}").touch()


def hear(sources: EpisodeSources, staged: StagedOutputs, _: Progress) -> None:
    _note(sources, "start")
    if "transcribe" in read_build_state(sources.build_state)[0].stages:
        _note(sources, "doubled")
    if "MALLOC_TRIM_THRESHOLD_" in os.environ:
        _note(sources, "trimmed")
    asked = sources.recording.read_text(encoding="utf-8")
    if asked == "kill":
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    if asked == "full":
        raise DiskError(sources.files.asr, "the disk is full", "Make room.")
    if asked.startswith("busy"):
        until = time.process_time() + float(asked.removeprefix("busy"))
        while time.process_time() < until:
            pass
    else:
        time.sleep(float(asked))
    staged.write(sources.files.asr, f"heard {sources.slug}".encode())
    _note(sources, "end")


def join(show: ShowSources, staged: StagedOutputs, progress: Progress) -> None:
    built = [one.slug for one in show.episodes if one.files.asr.is_file()]
    staged.write(show.workspace.rss, "\n".join(built).encode())


TABLE = StageTable(
    episode=(
        Stage(
            "transcribe",
            inputs=(StageInput("recording", "file", lambda sources: sources.recording),),
            outputs=(Output(lambda sources: sources.files.asr),),
            run=hear,
        ),
    ),
    show=(
        Stage(
            "site",
            inputs=(
                StageInput(
                    "asr",
                    "file",
                    lambda show: {
                        one.slug: one.files.asr for one in show.episodes if one.files.asr.is_file()
                    },
                ),
            ),
            outputs=(Output(lambda show: show.workspace.rss),),
            run=join,
        ),
    ),
)
