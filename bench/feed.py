"""What a show of many episodes costs: its feed, its whole site, one changed episode, a run with
nothing to do.

    python -m bench.feed [--episodes 5000] [--minutes 3] [--keep FOLDER]

Every episode has so many minutes of words, an article, chapters and captions; its sound is a few
bytes, because nobody listens here. Each measure runs in a process of its own: processor seconds
(user and system) and the most memory that it held, as the system counts them (Unix). ``--keep``
makes the show in a folder that stays, and measures again without making it where it is there
already.
"""

from __future__ import annotations

import argparse
import datetime
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from support.small_show import ARTICLE, make_show
from support.spoken import GUEST, INTERVIEW, transcript_from_lines

from studio.model.clock import Programme, ProgrammeMs, RecordingMs, Span
from studio.model.record import bytes_from_record
from studio.model.sound import Enclosure
from studio.pipeline.events import Event, StageFailed
from studio.pipeline.runner import Choice, run_stages
from studio.pipeline.stage import StageTable
from studio.pipeline.stages import STAGES
from studio.workspace.layout import EpisodeFiles, Workspace

TEXT_STAGES = ("align", "soundbites", "chapter", "caption")
FIRST_DAY = datetime.datetime(2000, 1, 1, 6, tzinfo=datetime.UTC)
SOUND = bytes(range(256)) * 8


def table_of(*names: str) -> StageTable:
    """Some stages of the real table, in its order."""
    return StageTable(
        episode=tuple(stage for stage in STAGES.episode if stage.name in names),
        show=tuple(stage for stage in STAGES.show if stage.name in names),
    )


def run(workspace: Workspace, table: StageTable, *slugs: str) -> None:
    """Run stages; a failure ends the measurement."""

    def listen(event: Event) -> None:
        assert not isinstance(event, StageFailed), event

    run_stages(workspace, table, Choice(slugs=slugs), listen, command="bench")


def slug_of(number: int) -> str:
    """An episode's folder."""
    return f"{number:04}-invite"


def write_settings(files: EpisodeFiles, number: int, title: str = "") -> None:
    """``episode.toml``."""
    published = (FIRST_DAY + datetime.timedelta(days=number)).isoformat()
    files.settings.write_text(
        f'number = {number}\nguid = "guid-{number}"\ntitle = '
        f'"{title or f"Invité {number}"}"\nguests = ["{GUEST}"]\n'
        f'recording = "recording.wav"\npublished = {published}\n',
        encoding="utf-8",
    )


def make_episode(workspace: Workspace, minutes: int) -> EpisodeFiles:
    """The first episode: its words, and every text that Studio makes of them."""
    files = workspace.episode(slug_of(1))
    for folder in (files.folder, files.build, files.texts):
        folder.mkdir(parents=True)
    write_settings(files, 1)
    files.article.write_text(ARTICLE, encoding="utf-8")
    last_ms = INTERVIEW[-1][2] + 1000
    rounds = max(1, round(minutes * 60_000 / last_ms))
    lines = [
        (who, last_ms * turn + start, last_ms * turn + end, text)
        for turn in range(rounds)
        for who, start, end, text in INTERVIEW
    ]
    files.transcript.write_bytes(bytes_from_record(transcript_from_lines(lines)))
    programme = Programme(
        kept=(Span(start_ms=RecordingMs(0), end_ms=RecordingMs(last_ms * rounds)),)
    )
    files.programme.write_bytes(bytes_from_record(programme))
    run(workspace, table_of(*TEXT_STAGES))
    write_sound(files, programme.duration_ms)
    return files


def write_sound(files: EpisodeFiles, duration_ms: ProgrammeMs) -> None:
    """A file in the place of the MP3, and what the feed says of it."""
    files.mp3.write_bytes(SOUND)
    files.enclosure.write_bytes(
        bytes_from_record(
            Enclosure(
                file=files.mp3.name,
                type="audio/mpeg",
                length_bytes=len(SOUND),
                duration_ms=duration_ms,
                sha256="0" * 64,
                audio_sha256="0" * 64,
            )
        )
    )


def make_many(root: Path, episodes: int, minutes: int) -> None:
    """A show of this many episodes, with everything built except the public files."""
    workspace = make_show(root)
    first = make_episode(workspace, minutes)
    duration_ms = ProgrammeMs(int(minutes * 60_000))
    built = {
        path.name: path.read_bytes()
        for path in first.build.iterdir()
        if path.suffix == ".json" and path.name != "build-state.json"
    }
    texts = {path.name: path.read_bytes() for path in first.texts.iterdir()}
    for number in range(2, episodes + 1):
        files = workspace.episode(slug_of(number))
        for folder, contents in (
            (files.folder, {"article.md": ARTICLE.encode()}),
            (files.build, built),
            (files.texts, texts),
        ):
            folder.mkdir(parents=True)
            for name, content in contents.items():
                (folder / name).write_bytes(content)
        write_settings(files, number)
        write_sound(files, duration_ms)


def write_feed(root: Path) -> None:
    """Every item and every page of the feed, from nothing: what is said of each episode is read
    first, then all is written.
    """
    from studio.feed.rss import WrittenItem, feed_pages_from_items, item_from_episode, published_utc
    from studio.pipeline.steps.audio_stages import checked_chapters
    from studio.pipeline.steps.packaging import feed_item
    from studio.web.addresses import address
    from studio.workspace.sources import ShowSources

    show = ShowSources(Workspace(root))
    items = [
        feed_item(episode, checked_chapters(episode), f"{episode.slug}/card.jpg", episode.places)
        for episode in show.episodes
    ]
    started = time.process_time()
    written = [
        WrittenItem(
            published_utc(item), item.episode.number or 0, item_from_episode(show.show, item)
        )
        for item in items
    ]
    pages = feed_pages_from_items(show.show, written, address(show.show.base_url, show.cover_place))
    took_s = time.process_time() - started
    print(
        f"{len(pages)} feeds, {sum(map(len, pages.values())) / 1e6:.0f} MB, written in "
        f"{took_s:.1f} s of processor",
        end="",
    )


def change_one(root: Path, number: int) -> None:
    """Another title for one episode, and a run of that episode."""
    workspace = Workspace(root)
    write_settings(
        workspace.episode(slug_of(number)), number, title=f"Autre titre, {time.time_ns()}"
    )
    run(workspace, table_of("package", "feed", "site"), slug_of(number))


MEASURES: dict[str, Callable[[Path], None]] = {
    "the feed from nothing": write_feed,
    "all pages and items, feed and site": lambda root: run(
        Workspace(root), table_of("package", "feed", "site")
    ),
    "one changed episode": lambda root: change_one(root, 2),
    "nothing changed": lambda root: run(Workspace(root), table_of("package", "feed", "site")),
}


def measure(name: str, root: Path) -> None:
    """One measure, in a process of its own."""
    started = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "bench.feed", "--measure", name, "--keep", str(root)],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        told = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, name
    unit = 1 if sys.platform == "darwin" else 1024
    cpu_s, memory_mb = used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 1e6
    print(
        f"{name:<36} {cpu_s:8.1f} s of processor {time.monotonic() - started:8.1f} s "
        f"{memory_mb:7.0f} MB  {told}",
        flush=True,
    )


def main() -> None:
    """Make the show where it is not there, then measure."""
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asked.add_argument("--episodes", type=int, default=5000)
    asked.add_argument("--minutes", type=int, default=3)
    asked.add_argument("--keep", type=Path)
    asked.add_argument("--measure", help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.measure:
        MEASURES[options.measure](options.keep)
        return
    with tempfile.TemporaryDirectory() as folder:
        root = options.keep or Path(folder) / "show"
        if not root.exists():
            make_many(root, options.episodes, options.minutes)
        for name in MEASURES:
            measure(name, root)


if __name__ == "__main__":
    main()
