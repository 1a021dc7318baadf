"""A show whose stages take no time: for tests of the machinery around stages. As a program it runs
them, and can kill itself on the way.

It reads lines from its standard input, and for each runs every stale stage of a workspace in a new
process, which may be told to kill itself just before its n-th step on the disk. It answers with a
line for each stage that failed, and the process's exit code.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from studio.errors import RecordingError
from studio.pipeline.events import Event, StageFailed
from studio.pipeline.runner import Choice, plan_run, run_stages
from studio.pipeline.stage import Output, Stage, StageInput, StageTable
from studio.pipeline.staged_outputs import StagedOutputs
from studio.progress import Progress
from studio.workspace.layout import Workspace
from studio.workspace.run_lock import lock_workspace
from studio.workspace.sources import EpisodeSources, ShowSources

SHOW_TOML = """
title = "3 questions à…"
description = "Des gens d’ici."
base_url = "https://podcast.example/"
guid = "guid"
author = "Nous"
host = "Claire"
categories = [{ name = "Technology" }]
owner = { name = "Nous", email = "nous@podcast.example" }
"""
END = "\n(end)\n"


def make_show(root: Path) -> Workspace:
    workspace = Workspace(root)
    workspace.feed.mkdir(parents=True)
    workspace.settings.write_text(SHOW_TOML, encoding="utf-8")
    return workspace


def add_episode(
    workspace: Workspace, slug: str = "001-ada", title: str = "Ada", recording: str = "son.wav"
) -> None:
    files = workspace.episode(slug)
    files.folder.mkdir(parents=True)
    files.article.write_text("Ada, Grace\nBonjour.\n", encoding="utf-8")
    (files.folder / recording).write_text(f"sound of {title}", encoding="utf-8")
    files.settings.write_text(
        f'number = 1\nguid = "{slug}"\ntitle = "{title}"\nguests = ["Ada"]\n'
        f'recording = "{recording}"\npublished = 2026-01-02T03:04:05+01:00\n',
        encoding="utf-8",
    )


def ran(root: Path) -> list[str]:
    """Every run of a stage so far, in order."""
    log = root.with_name(root.name + ".log")
    return log.read_text(encoding="utf-8").split() if log.exists() else []


def note(sources: EpisodeSources | ShowSources, stage: str) -> None:
    root = sources.workspace.root
    with root.with_name(root.name + ".log").open("a", encoding="utf-8") as log:
        log.write(f"{sources.name}/{stage}\n")


def step() -> None:
    """A moment at which a test may kill the process."""


def write_slowly(path: Path, text: str) -> None:
    """As a room does that writes by itself: half, then the rest."""
    with path.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        globals()["step"]()
        stream.write(END)


def transcribe(sources: EpisodeSources, draft: StagedOutputs, progress: Progress) -> None:
    note(sources, "transcribe")
    sound = sources.recording.read_text(encoding="utf-8")
    if "noise" in sound:
        raise RecordingError(sources.recording, "is noise", "Record it again.")
    progress(1, 2)
    write_slowly(
        draft.path(sources.files.asr),
        f"heard {sound}, told {names(sources)}, by {sources.show.whisper.model}",
    )
    progress(2, 2)


def correct(sources: EpisodeSources, draft: StagedOutputs, progress: Progress) -> None:
    note(sources, "correct")
    draft.write(
        sources.files.transcript,
        f"corrected {sources.files.asr.read_text(encoding='utf-8')}{END}".encode(),
    )


def master(sources: EpisodeSources, draft: StagedOutputs, progress: Progress) -> None:
    note(sources, "master")
    write_slowly(
        draft.path(sources.files.master),
        f"master of {sources.recording.read_text(encoding='utf-8')}",
    )
    draft.write(sources.files.loudness, f"loud{END}".encode())


def tag(sources: EpisodeSources, draft: StagedOutputs, progress: Progress) -> None:
    note(sources, "tag")
    said = sources.files.transcript.read_text(encoding="utf-8")
    write_slowly(
        draft.path(sources.files.mp3),
        f"{sources.episode.title}: {sources.files.master.read_text(encoding='utf-8')} {said}",
    )
    draft.write(sources.files.enclosure, f"length{END}".encode())


def site(show: ShowSources, draft: StagedOutputs, progress: Progress) -> None:
    note(show, "site")
    built = [episode for episode in show.episodes if episode.files.enclosure.exists()]
    draft.write(
        show.workspace.rss,
        f"{show.show.title}: {[episode.episode.title for episode in built]}{END}".encode(),
    )
    for episode in built:
        folder = show.workspace.site / episode.slug
        draft.write(folder / "index.html", f"page of {episode.episode.title}{END}".encode())
        draft.link(folder / f"{episode.slug}.mp3", episode.files.mp3)


def names(sources: EpisodeSources) -> str:
    return sources.files.article.read_text(encoding="utf-8").splitlines()[0]


TABLE = StageTable(
    episode=(
        Stage(
            name="transcribe",
            inputs=(
                StageInput("recording", "file", lambda sources: sources.recording),
                StageInput("names", "text", names),
                StageInput(
                    "whisper", "setting", lambda sources: {"model": sources.show.whisper.model}
                ),
            ),
            outputs=(Output(lambda sources: sources.files.asr),),
            run=transcribe,
        ),
        Stage(
            name="correct",
            inputs=(StageInput("asr.json", "file", lambda sources: sources.files.asr),),
            outputs=(Output(lambda sources: sources.files.transcript, editable=True),),
            run=correct,
        ),
        Stage(
            name="master",
            inputs=(StageInput("recording", "file", lambda sources: sources.recording),),
            outputs=(
                Output(lambda sources: sources.files.master),
                Output(lambda sources: sources.files.loudness),
            ),
            run=master,
        ),
        Stage(
            name="tag",
            inputs=(
                StageInput("master.mp3", "file", lambda sources: sources.files.master),
                StageInput("transcript.json", "file", lambda sources: sources.files.transcript),
                StageInput("episode", "setting", lambda sources: {"title": sources.episode.title}),
            ),
            outputs=(
                Output(lambda sources: sources.files.mp3),
                Output(lambda sources: sources.files.enclosure),
            ),
            run=tag,
        ),
    ),
    show=(
        Stage(
            name="site",
            inputs=(
                StageInput("show", "setting", lambda show: {"title": show.show.title}),
                StageInput(
                    "titles",
                    "setting",
                    lambda show: {episode.slug: episode.episode.title for episode in show.episodes},
                ),
                StageInput(
                    "mp3",
                    "file",
                    lambda show: {
                        episode.slug: episode.files.mp3
                        for episode in show.episodes
                        if episode.files.enclosure.exists()
                    },
                ),
            ),
            outputs=(Output(lambda show: show.workspace.rss),),
            run=site,
        ),
    ),
)


def run_show(
    workspace: Workspace, choice: Choice | None = None, table: StageTable = TABLE
) -> list[Event]:
    """Run it and return what it told."""
    events: list[Event] = []
    run_stages(workspace, table, choice or Choice(), events.append, command="fake run")
    return events


def die_at(number: int) -> None:
    """Kill this process just before its n-th step on the disk."""
    left = number

    def count() -> None:
        nonlocal left
        if left == 0:
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
        left -= 1

    def counting(function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            count()
            return function(*arguments, **options)

        return counted

    for name in ("replace", "rename", "unlink", "rmdir", "hardlink_to", "mkdir", "touch"):
        setattr(Path, name, counting(getattr(Path, name)))
    os.fsync = counting(os.fsync)
    globals()["step"] = count


def run_as_printed(line: str) -> None:
    """Run what a line of JSON tells: the workspace, the stage to force or none, the step at which
    to die or none, the user or none.
    """
    root, forced, last_step, user = json.loads(line)
    if user is not None:
        with lock_workspace(Path(root) / ".studio", "load what this needs, while it may be read"):
            list(plan_run(Workspace(Path(root)), TABLE, Choice()))
        os.setuid(user)
    if last_step is not None:
        die_at(last_step)
    for event in run_show(Workspace(Path(root)), Choice(stage=forced, force=bool(forced))):
        if isinstance(event, StageFailed):
            print(f"{event.stage}: {event.what}", flush=True)


if __name__ == "__main__":
    for line in sys.stdin:  # each in a process of its own, without starting Python anew
        child = os.fork()
        if not child:
            run_as_printed(line)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
