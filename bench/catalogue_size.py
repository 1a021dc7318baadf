"""How long the commands of everyday take on a show of many episodes, each a copy of one small
episode (51 s) that was really built: article, transcript, captions, pages.

python bench/catalogue_size.py 500
python bench/catalogue_size.py 5000 --keep FOLDER   # measured again later without building
python bench/catalogue_size.py 500 --profile "run"  # where one command's time goes

No Whisper: the words are given. Wall time and CPU time of each command, as a process of its own;
this may be a busy computer, and then wall time is the larger one.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import hashlib
import io
import os
import platform
import pstats
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from email.utils import format_datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import pytest
from support import fake_engine
from support.small_show import add_episode, make_show
from support.spoken import INTERVIEW

from studio.editor.show_search import ShowSearch
from studio.editor.text_search import FindOptions
from studio.pipeline.runner import Choice, run_stages
from studio.pipeline.stages import STAGES
from studio.sound.ffmpeg import ffmpeg_path
from studio.workspace.layout import EpisodeFiles, Workspace
from studio.workspace.sources import ShowSources

HERE = Path(__file__).parent
# All slugs have the same length: a copy is the first one with its name replaced.
SLUG = "{:05}-gens-d-ici"
START = datetime.datetime(2010, 1, 1, 6, tzinfo=datetime.UTC)
BASE_URL = "https://podcast.medinsoft.test/show/"
# What is looked for in all episodes, as the editor does.
WORDS = "quelques éditeurs"
# A file younger than a tick of the clock is looked at again.
SETTLED_S = 3.0
# With compiled modules, as pip installs them.
_ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
} | {"PYTHONPATH": str(HERE.parent)}


def build(root: Path, count: int) -> Workspace:
    """A show of so many episodes, all of them built; the first run joins them."""
    workspace = make_show(root)
    with workspace.settings.open("a", encoding="utf-8") as settings:
        settings.write(f'\n[publish]\ndestination = "{(root.parent / "served").as_posix()}"\n')
    first = _first_episode(workspace)
    with pytest.MonkeyPatch.context() as patch:
        fake_engine.install(patch, lambda: INTERVIEW)
        done = run_stages(workspace, STAGES, Choice(), lambda _: None, command="bench")
    assert not done.failures, done.failures
    for number in range(2, count + 1):
        _copy(first, workspace.episode(SLUG.format(number)), number)
    return workspace


def _first_episode(workspace: Workspace) -> EpisodeFiles:
    """An episode that came from another host and has transcript and article now: the smallest one
    that has everything that is published.
    """
    slug = SLUG.format(1)
    files = workspace.episode(slug)
    published = START.isoformat()
    title = f"Les gens d’ici, {slug}"
    add_episode(workspace, slug, number=1, title=title, published=published)
    files.transcript.unlink()  # the engine will hear it
    wav, sound = files.folder / "recording.wav", files.folder / "recording.mp3"
    words = [ffmpeg_path(), "-v", "error", "-i", str(wav), "-ac", "1", "-b:a", "24k", str(sound)]
    subprocess.run(words, check=True)
    wav.unlink()
    content = sound.read_bytes()
    text = files.settings.read_text(encoding="utf-8").replace("recording.wav", sound.name)
    imported = (
        f'\n[imported]\nenclosure = "https://former.test/{slug}.mp3"\n'
        f'sha256 = "{hashlib.sha256(content).hexdigest()}"\nlength_bytes = {len(content)}\n'
        'type = "audio/mpeg"\nduration_ms = 51000\nplace = 1\n'
    )
    files.settings.write_text(text + imported, encoding="utf-8")
    return files


def _copy(first: EpisodeFiles, files: EpisodeFiles, number: int) -> None:
    """The same episode under another name: its slug, number and date are put into every text, and
    the fingerprints of what they are in on record.
    """
    shutil.copytree(first.folder, files.folder)
    shutil.copytree(first.texts, files.texts)
    published = START + datetime.timedelta(days=number)
    changes = {
        first.folder.name: files.folder.name,
        START.isoformat(): published.isoformat(),
        f"{START:%Y-%m-%dT%H:%M:%S}Z": f"{published:%Y-%m-%dT%H:%M:%S}Z",
        format_datetime(START): format_datetime(published),
        "number = 1\n": f"number = {number}\n",
        "place = 1\n": f"place = {number}\n",
        '"number": 1,': f'"number": {number},',
        '"place": 1\n': f'"place": {number}\n',
        '"place": 1,': f'"place": {number},',
        '"former_place": 1': f'"former_place": {number}',
    }
    paths = [*files.texts.rglob("*"), *files.folder.rglob("*")]
    for path in sorted(paths, key=lambda path: path == files.build_state):
        if first.folder.name in path.name:
            path.rename(path.with_name(path.name.replace(first.folder.name, files.folder.name)))
            continue
        if path.suffix not in {".toml", ".json", ".xml", ".html", ".md"} or path.is_dir():
            continue
        before = path.read_text(encoding="utf-8")
        after = before
        for old, new in changes.items():
            if path.is_relative_to(files.texts) and "number" in old:
                continue  # of a question
            after = after.replace(old, new)
        if after != before:
            path.write_text(after, encoding="utf-8")
            changes[hashlib.sha256(before.encode()).hexdigest()] = hashlib.sha256(
                after.encode()
            ).hexdigest()


class Clock:
    """Measures commands, a line of the table each."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def command(self, name: str, *words: str, codes: tuple[int, ...] = (0,)) -> None:
        """A command as a person types it, its start included."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "studio", "-C", str(self._root), *words],
            env=_ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
        )
        wall = time.perf_counter() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        assert done.returncode in codes, (words, done.returncode, done.stdout[-900:], done.stderr)
        self.report(name, wall, cpu, done.stdout.strip().splitlines()[-1:])

    def report(self, name: str, wall: float, cpu: float, last: object = "") -> None:
        """Print a line; ``last`` is what the command said at its end."""
        said = last[0][:60] if isinstance(last, list) and last else ""
        print(f"| {name:<38} | {wall:7.2f} | {cpu:7.2f} | {said}", flush=True)


def measure(workspace: Workspace, count: int) -> None:
    """The table."""
    clock = Clock(workspace.root)
    load = os.getloadavg()[0]
    print(f"{count} episodes, {platform.machine()}, {os.cpu_count()} cores, load {load:.1f}\n")
    print(f"| {'command':<38} | {'wall s':>7} | {'CPU s':>7} | its last line")
    print(f"|{'-' * 40}|{'-' * 9}|{'-' * 9}|---")
    clock.command("run, all episodes joined", "run")
    time.sleep(SETTLED_S)
    clock.command("run, after that", "run")
    time.sleep(SETTLED_S)
    clock.command("run, nothing to do", "run")
    clock.command("status", "status")
    clock.command("check", "check", codes=(0, 1))
    clock.command("report --show", "report", "--show")
    _search(clock, workspace)
    clock.command("publish, everything", "publish")
    clock.command("publish, nothing to do", "publish")
    time.sleep(SETTLED_S)
    clock.command("run, nothing to do", "run")
    settings = workspace.episode(SLUG.format(max(1, count // 2))).settings
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("Les gens", "Des gens"), encoding="utf-8")
    clock.command("run, one title changed", "run")
    clock.command("publish, one title changed", "publish")
    time.sleep(SETTLED_S)
    clock.command("run, after that", "run")
    time.sleep(SETTLED_S)
    clock.command("run, nothing to do", "run")


def _search(clock: Clock, workspace: Workspace) -> None:
    search = ShowSearch(workspace, SLUG.format(1))
    for name in ("search of the editor, first", "search of the editor, again"):
        wall, cpu = time.perf_counter(), time.process_time()
        found = search.find(WORDS, FindOptions())
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        clock.report(name, wall, cpu, [f"{len(found)} episodes"])


def main() -> None:
    """Build the show and measure, or show where one command's time goes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=500)
    parser.add_argument("--keep", type=Path, help="a folder for the show, which is used again")
    parser.add_argument("--profile", default="", help="a command: print its functions instead")
    asked = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = asked.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        workspace = Workspace(folder.absolute() / "show")
        if not workspace.settings.is_file():
            folder.mkdir(parents=True, exist_ok=True)
            workspace = build(workspace.root, asked.count)
        if asked.profile:
            _profile(workspace, asked.profile)
        else:
            measure(workspace, len(ShowSources(workspace).episodes))


def _profile(workspace: Workspace, command: str) -> None:
    import cProfile

    from studio.cli import main as studio

    profile = cProfile.Profile()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
        profile.runcall(studio, ["-C", str(workspace.root), *command.split()])
    pstats.Stats(profile).sort_stats("cumulative").print_stats(70)


if __name__ == "__main__":
    main()
