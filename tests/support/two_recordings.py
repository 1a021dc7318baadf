"""Two recordings of one conversation, and a built show with markers on the clock of the first."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.model.chapters import Chapters
from studio.model.record import bytes_from_record, record_from_bytes
from studio.workspace.layout import Workspace
from studio.workspace.sources import EpisodeSources, ShowSources
from support.made_sounds import speechlike, write_wav
from support.small_show import SLUG, add_episode, build_show, make_show

RATE_HZ = 16_000
MORE_MS = 6_000
MARKS = (
    '\n[[cuts]]\nstart_ms = 20000\nend_ms = 23000\nreason = "retiré" # par mail\n'
    '\n[[soundbites]]\nstart_ms = 30000\nend_ms = 46000\ntitle = "À entendre"\n'
)


def make_marked_show(root: Path) -> Workspace:
    """A built show in which a person set a cut, a sound bite and a chapter."""
    workspace = make_show(root)
    add_episode(workspace)
    mark_show(workspace)
    return workspace


def mark_show(workspace: Workspace) -> None:
    """Give its episode the first recording, and set a cut, a sound bite and a chapter in it."""
    files = workspace.episode(SLUG)
    write_wav(files.folder / "recording.wav", old_sound()[:, None], rate_hz=RATE_HZ)
    build_show(workspace)
    files.settings.write_text(files.settings.read_text(encoding="utf-8") + MARKS, encoding="utf-8")
    build_show(workspace)
    path = files.chapters
    chapters = record_from_bytes(path.read_bytes(), Chapters, path)
    path.write_bytes(
        bytes_from_record(chapters).replace(chapters.chapters[1].title.encode(), "À moi".encode())
    )
    build_show(workspace)


def speech(seconds: float, seed: int) -> NDArray[np.float64]:
    """A hum whose syllables never come twice."""
    sound = np.asarray(speechlike(seconds, rate_hz=RATE_HZ, seed=seed), dtype=np.float64).reshape(
        -1
    )
    random = np.random.default_rng(seed)
    moments = np.arange(len(sound)) / RATE_HZ
    loud = np.interp(
        moments,
        np.arange(0, seconds + 1, 0.12),
        random.uniform(0, 1, len(np.arange(0, seconds + 1, 0.12))) ** 2,
    )
    hiss = np.interp(
        moments,
        np.arange(0, seconds + 1, 0.15),
        random.uniform(0, 1, len(np.arange(0, seconds + 1, 0.15))) ** 4,
    )
    made = np.asarray(
        loud * (sound + 0.05) + 0.1 * hiss * random.standard_normal(len(sound)), dtype=np.float64
    )
    return made * (0.1 / float(np.sqrt(np.mean(made**2))))


def old_sound() -> NDArray[np.float64]:
    return speech(51.0, 2)


def better(folder: Path, *parts: NDArray[np.float64], name: str = "better.flac") -> Path:
    """The same conversation from another microphone: louder, brighter, with its own noise."""
    random = np.random.default_rng(7)
    sound = np.concatenate(parts) * 1.5
    sound = np.convolve(sound, [1, -0.4], "same") + random.normal(
        0, 0.02 * np.abs(sound).max(), len(sound)
    )
    path = folder / name.replace(".flac", ".wav")
    write_wav(path, (sound / np.abs(sound).max() * 0.8)[:, None], rate_hz=RATE_HZ)
    return path


def ahead() -> NDArray[np.float64]:
    return speech(MORE_MS / 1000, 77)


def sources(show: Workspace) -> EpisodeSources:
    return ShowSources(show).episode(SLUG)


def is_moved(show: Workspace) -> bool:
    """Whether every marker is six seconds later, and the passage is left out of the programme."""
    episode = sources(show).episode
    (cut,), bites = episode.cuts, episode.soundbites or ()
    times = (cut.start_ms, cut.end_ms, bites[0].start_ms, bites[0].end_ms)
    return all(
        abs(time - wanted - MORE_MS) <= 40
        for time, wanted in zip(times, (20_000, 23_000, 30_000, 46_000), strict=True)
    )


def people(show: Workspace) -> dict[str, bytes]:
    """What people's files hold."""
    files = show.episode(SLUG)
    paths = [*files.folder.glob("*.*"), files.chapters, files.transcript, files.clock]
    return {path.name: path.read_bytes() for path in paths if path.is_file()}
