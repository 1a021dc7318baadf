"""Kills and failing disk calls at a chosen step of a command, and what is left of its workspace
afterwards.

A scene is prepared in a folder and acted in a forked process, in which every call that changes the
disk is counted. At one of them the process kills itself, or the call fails, once or from then on.
Then the same command is repeated without a fault, and the end is compared with that of a run that
nothing disturbed.
"""

from __future__ import annotations

import builtins
import contextlib
import errno
import io
import json
import os
import random
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import tomllib
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from studio.errors import StudioError
from studio.workspace import atomic_exchange, disk
from studio.workspace.disk import FRESH

Fault = Literal["kill", "fail once", "fail from then on"]
CALLS = ("replace", "rename", "unlink", "remove", "mkdir", "rmdir", "link", "fsync")
# What disks, network drives and pulled plugs answer.
ERRORS = [
    getattr(errno, name)
    for name in (
        "ENOSPC EIO EROFS EACCES EBUSY ESTALE ETIMEDOUT ENOENT EINVAL ENOTSUP EMFILE EDQUOT"
    ).split()
]
LONGEST_S = 30.0
MOST_BYTES = 1.5e9
_WRITES = re.compile(r"[wxa+]")


def torn_files(folder: Path) -> Iterator[str]:
    """Every file of a workspace that is there under its own name and is not whole."""
    for path in folder.rglob("*"):
        if not path.is_file() or any(
            part.startswith(FRESH) for part in path.relative_to(folder).parts
        ):
            continue
        try:
            if path.suffix == ".json":
                json.loads(path.read_bytes())
            elif path.suffix == ".toml":
                tomllib.loads(path.read_text(encoding="utf-8"))
        except (ValueError, UnicodeDecodeError):
            yield path.relative_to(folder).as_posix()


class Scene(NamedTuple):
    """One command in one situation.

    :param prepare: fills an empty folder.
    :param act: does what is disturbed; it may tell lines, which are then known to be acknowledged.
    :param mend: does it again, undisturbed; raises where it does not succeed.
    :param lost: what of people's work is neither where it was nor where it should be, right after
        the fault.
    :param end: what must be as in a run that nothing disturbed, once it was done again.
    :param torn: the files that are there under their own names and are not whole.
    """

    name: str
    prepare: Callable[[Path], None]
    act: Callable[[Path, Callable[[str], None]], None]
    mend: Callable[[Path], None]
    lost: Callable[[Path, list[str]], list[str]]
    end: Callable[[Path], object]
    torn: Callable[[Path], Iterable[str]] = torn_files


@dataclass
class Tally:
    """What a campaign found for one scene."""

    kills: int = 0
    failing_calls: int = 0
    steps: int = 0
    lost: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    tracebacks: list[str] = field(default_factory=list)
    hangs: list[str] = field(default_factory=list)
    large: list[str] = field(default_factory=list)
    other_ends: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """Everything that must not be."""
        return [
            *self.lost,
            *self.torn,
            *self.tracebacks,
            *self.hangs,
            *self.large,
            *self.other_ends,
        ]


class _Steps:
    """Counts the calls that change the disk, in this process, and disturbs one of them."""

    def __init__(self, at: int, fault: Fault | None, number: int) -> None:
        self.count = 0
        self._at, self._fault, self._number = at, fault, number

    def step(self, *names: object) -> None:
        self.count += 1
        if self._fault is None or self.count < self._at:
            return
        if self._fault == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.count == self._at or self._fault == "fail from then on":
            raise OSError(self._number, os.strerror(self._number), str(names[0]) if names else None)

    def install(self) -> None:
        """From now on, in this process."""

        def counting(function: Callable[..., Any]) -> Callable[..., Any]:
            def counted(*arguments: Any, **options: Any) -> Any:
                self.step(*(name for name in arguments[:1] if not isinstance(name, int)))
                return function(*arguments, **options)

            return counted

        for name in CALLS:
            setattr(os, name, counting(getattr(os, name)))
        opened, exchanged = io.open, atomic_exchange.exchange_files

        def open_counted(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
            if _WRITES.search(mode) and not isinstance(file, int):
                self.step(file)
            return opened(file, mode, *arguments, **options)

        def exchange_counted(one: Path, other: Path, spare: Path) -> None:
            self.step(other)
            exchanged(one, other, spare)
            if self._fault in {
                "kill",
                None,
            }:  # a call that was answered well does not fail afterwards
                self.step(other)

        builtins.open = io.open = open_counted
        vars(disk)["exchange_files"] = exchange_counted


class Outcome(NamedTuple):
    """What became of one disturbed process."""

    code: int
    told: list[str]
    output: str
    steps: int
    hung: bool
    largest_bytes: int


def disturb(scene: Scene, folder: Path, at: int, fault: Fault | None, number: int = 0) -> Outcome:
    """Act a scene in a process of its own, with a fault at one step."""
    with tempfile.TemporaryDirectory() as aside:
        output, told, steps = (Path(aside) / name for name in ("output", "told", "steps"))
        for path in (output, told, steps):
            path.touch()
        child = os.fork()
        if not child:
            _act(scene, folder, _Steps(at, fault, number), (output, told, steps))
        code, largest, hung = _wait(child)
        return Outcome(
            code=code,
            told=told.read_text(encoding="utf-8").splitlines(),
            output=output.read_text(encoding="utf-8", errors="replace"),
            steps=int(steps.read_text(encoding="utf-8") or 0),
            hung=hung,
            largest_bytes=largest,
        )


def _act(scene: Scene, folder: Path, steps: _Steps, files: tuple[Path, Path, Path]) -> None:
    """In the forked process: never returns. Into the files go its output, what it tells, and how
    many steps it took.
    """
    code = 0
    out, told_to, counted = (os.open(path, os.O_WRONLY) for path in files)
    os.dup2(out, 1)
    os.dup2(out, 2)
    sys.stdout, sys.stderr = (
        os.fdopen(1, "w", encoding="utf-8"),
        os.fdopen(2, "w", encoding="utf-8"),
    )
    steps.install()
    try:
        scene.act(folder, lambda line: void(os.write(told_to, f"{line}\n".encode())))
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except StudioError as error:  # what a command tells its user
        print(error)
        code = 1
    except BaseException:
        traceback.print_exc()
        code = 70
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os.write(counted, str(steps.count).encode())
    os._exit(code)


def void(_: object) -> None:
    """Take no note of an answer."""


def _wait(child: int) -> tuple[int, int, bool]:
    until = time.monotonic() + LONGEST_S
    while True:
        ended, status, usage = os.wait4(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status), _largest_bytes(usage), False
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
            _, status, usage = os.wait4(child, 0)
            return os.waitstatus_to_exitcode(status), _largest_bytes(usage), True
        time.sleep(0.002)


def _largest_bytes(usage: resource.struct_rusage) -> int:
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def leftovers(folder: Path) -> list[str]:
    """Temporary files that nobody will clean away."""
    found = (path.relative_to(folder) for path in folder.rglob(f"{FRESH}*"))
    return [
        path.as_posix() for path in found if path.parts[0] != "public"
    ]  # a destination's own are cleaned by its own rules


class Campaign:
    """Many faults in one scene, chosen by chance from a seed."""

    def __init__(self, scene: Scene, folder: Path, seed: int) -> None:
        self._scene, self._folder = scene, folder
        self._chance = random.Random(f"{seed} {scene.name}")
        self.tally = Tally()
        self._start = folder / "start"
        self._start.mkdir(parents=True)
        scene.prepare(self._start)
        self._number = 0
        # In this very process, so that forked ones have everything loaded.
        whole = self._copy()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
            scene.act(whole, void)
        self._mend(whole)
        self._end = scene.end(whole)
        self.tally.steps = disturb(scene, self._copy(), 0, None).steps

    def run(self, kills: int, failing_calls: int) -> None:
        """So many of both."""
        steps = range(1, self.tally.steps + 1)
        for place in self._spread(kills):
            self._try(steps[place], "kill", 0)
            self.tally.kills += 1
        for place in self._spread(failing_calls):
            fault: Fault = self._chance.choice(["fail once", "fail from then on"])
            self._try(steps[place], fault, self._chance.choice(ERRORS))
            self.tally.failing_calls += 1

    def _spread(self, count: int) -> list[int]:
        """Steps, each before any of them comes again."""
        places: list[int] = []
        while len(places) < count:
            every = list(range(self.tally.steps))
            self._chance.shuffle(every)
            places += every
        return places[:count]

    def _copy(self) -> Path:
        self._number += 1
        return Path(shutil.copytree(self._start, self._folder / str(self._number), symlinks=True))

    def _mend(self, folder: Path) -> None:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            self._scene.mend(folder)

    def _try(self, at: int, fault: Fault, number: int) -> None:
        folder, tally = self._copy(), self.tally
        outcome = disturb(self._scene, folder, at, fault, number)
        name = (
            f"{self._scene.name}, step {at} of {tally.steps}, "
            f"{fault}{f' ({errno.errorcode[number]})' if number else ''}"
        )
        if outcome.hung:
            tally.hangs.append(name)
        if outcome.largest_bytes > MOST_BYTES:
            tally.large.append(f"{name}: {outcome.largest_bytes / 1e9:.1f} GB")
        if (
            "Traceback" in outcome.output
            or "Fatal Python error" in outcome.output
            or outcome.code == 70
        ):
            tally.tracebacks.append(f"{name}: {outcome.output.strip()[-1500:]}")
        tally.torn += [f"{name}: {file}" for file in self._scene.torn(folder)]
        tally.lost += [f"{name}: {what}" for what in self._scene.lost(folder, outcome.remarks)]
        try:
            self._mend(folder)
        except BaseException as error:  # whatever it is, it is told
            tally.other_ends.append(f"{name}: cannot be done again: {error!r}")
        else:
            if (end := self._scene.end(folder)) != self._end:
                tally.other_ends.append(f"{name}: ends otherwise: {_difference(self._end, end)}")
            tally.other_ends += [f"{name}: leaves {file}" for file in leftovers(folder)]
        shutil.rmtree(folder)


def _difference(one: object, other: object) -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        return ", ".join(str(key) for key in {*one, *other} if one.get(key) != other.get(key))
    return f"{other!r}"[:200]
