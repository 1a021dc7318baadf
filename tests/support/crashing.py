"""Kills and failing calls at a chosen step of a command, and what is left of its workspace
afterwards.

A scene is prepared in a folder and acted in a forked process, in which every call that changes the
disk and every request to a server is counted. At one of them the process kills itself, or the call
fails, once or from then on.
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
from studio.temporary_folder import FRESH
from studio.workspace import atomic_exchange, disk

Fault = Literal["kill", "fail once", "fail from then on"]
CALLS = ("replace", "rename", "unlink", "remove", "mkdir", "rmdir", "link", "fsync")
# What disks, network drives and pulled plugs answer.
ERRORS = [
    getattr(errno, name)
    for name in (
        "ENOSPC EIO EROFS EACCES EBUSY ESTALE ETIMEDOUT ENOENT EINVAL ENOTSUP EMFILE EDQUOT"
    ).split()
]
# Nothing may take longer; on a machine that is busy with other work, than so many times what it
# takes there undisturbed.
MAX_S, MAX_SHARE = 30.0, 10.0
MAX_BYTES = 1.5e9
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
    :param follow: is told the prepared folder and a fresh copy of it: brings along what is not
        in the folder, as what a server holds.
    """

    name: str
    prepare: Callable[[Path], None]
    act: Callable[[Path, Callable[[str], None]], None]
    mend: Callable[[Path], None]
    lost: Callable[[Path, list[str]], list[str]]
    end: Callable[[Path], object]
    torn: Callable[[Path], Iterable[str]] = torn_files
    follow: Callable[[Path, Path], None] = lambda _start, _copy: None


class Try(NamedTuple):
    """One fault: at which step, of which kind, and with which number a call fails."""

    at: int
    fault: Fault
    number: int = 0


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

    def add(self, other: Tally) -> None:
        """Count what another one counted, but for the steps of its scene."""
        self.kills += other.kills
        self.failing_calls += other.failing_calls
        for name in FAULTS:
            getattr(self, name).extend(getattr(other, name))


# The kinds of faults that are counted.
FAULTS = ("lost", "torn", "tracebacks", "hangs", "large", "other_ends")


class _Steps:
    """Counts the calls that change the disk, in this process, and disturbs one of them."""

    def __init__(self, at: int, fault: Fault | None, number: int) -> None:
        self.count = 0
        self._at, self._fault, self._number = at, fault, number

    def step(self, *names: object) -> None:
        if self._fails():
            raise OSError(self._number, os.strerror(self._number), str(names[0]) if names else None)

    def _fails(self) -> bool:
        """Count a step; whether it fails."""
        self.count += 1
        if self._fault is None or self.count < self._at:
            return False
        if self._fault == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        return self.count == self._at or self._fault == "fail from then on"

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
        self._install_servers()

    def _install_servers(self) -> None:
        """Requests to servers, where the scene has loaded what makes them."""
        if "paramiko" in sys.modules:
            import paramiko.sftp_client

            ssh: Any = paramiko.sftp_client.SFTPClient
            ask = ssh._async_request

            def ask_counted(client: Any, *arguments: Any) -> Any:
                if self._fails():
                    raise _broken_ssh(self._number)
                return ask(client, *arguments)

            ssh._async_request = ask_counted
        if "aiobotocore.client" in sys.modules:
            import aiobotocore.client

            storage: Any = aiobotocore.client.AioBaseClient
            call = storage._make_api_call

            async def call_counted(client: Any, operation: str, parameters: Any) -> Any:
                if self._fails():
                    raise _broken_s3(self._number, operation)
                return await call(client, operation, parameters)

            storage._make_api_call = call_counted


def _broken_ssh(number: int) -> Exception:
    """What a request by SFTP raises: the line broke in one of several ways, or the server answers
    with an error.
    """
    from paramiko import SSHException

    broken = (
        EOFError(),
        SSHException("Server connection dropped"),
        ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET)),
        OSError("Failure"),  # the one code that OpenSSH has for most faults, without a number
    )
    return [*broken, OSError(number, os.strerror(number))][number % (len(broken) + 1)]


def _broken_s3(number: int, operation: str) -> Exception:
    """What a request to a storage raises."""
    import botocore.exceptions

    def answered(code: str, status: int) -> Exception:
        answer = {"Error": {"Code": code, "Message": code}}
        details = {**answer, "ResponseMetadata": {"HTTPStatusCode": status}}
        return botocore.exceptions.ClientError(details, operation)  # type: ignore[no-any-return]

    address = "http://127.0.0.1/"
    broken: tuple[Exception, ...] = (
        botocore.exceptions.EndpointConnectionError(endpoint_url=address),
        botocore.exceptions.ReadTimeoutError(endpoint_url=address),
        answered("InternalError", 500),
        answered("SlowDown", 503),
        answered("AccessDenied", 403),
    )
    return broken[number % len(broken)]


class Outcome(NamedTuple):
    """What became of one disturbed process; ``largest_bytes`` leaves out what earlier tests
    left in the process that it was forked from.
    """

    code: int
    told: list[str]
    output: str
    steps: int
    hung: bool
    largest_bytes: int


def disturb(
    scene: Scene, folder: Path, one: Try | None = None, longest_s: float = 10 * MAX_S
) -> Outcome:
    """Act a scene in a process of its own, with a fault at one step or with none."""
    steps_of = _Steps(*one) if one is not None else _Steps(0, None, 0)
    with tempfile.TemporaryDirectory() as aside:
        output, told, steps = (Path(aside) / name for name in ("output", "told", "steps"))
        for path in (output, told, steps):
            path.touch()
        grown = max(0, _resident_bytes() - _RESIDENT_BYTES)
        child = os.fork()
        if not child:
            _act(scene, folder, steps_of, (output, told, steps))
        code, largest, hung = _wait(child, longest_s)
        return Outcome(
            code=code,
            told=told.read_text(encoding="utf-8").splitlines(),
            output=output.read_text(encoding="utf-8", errors="replace"),
            steps=int(steps.read_text(encoding="utf-8") or 0),
            hung=hung,
            largest_bytes=largest - grown,
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
    except StudioError as error:  # the command's output
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


def _wait(child: int, longest_s: float) -> tuple[int, int, bool]:
    until = time.monotonic() + longest_s
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


def _resident_bytes() -> int:
    """What this process holds in memory: a fork begins with it, though it shares every page."""
    status = Path("/proc/self/statm")
    if not status.exists():  # macOS counts a fork from nothing
        return 0
    return int(status.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


# What this module's process holds with all that a command imports, before any test has run.
_RESIDENT_BYTES = _resident_bytes()


def leftovers(folder: Path) -> list[str]:
    """Temporary files that will never be cleaned up."""
    found = (path.relative_to(folder) for path in folder.rglob(f"{FRESH}*"))
    return [
        path.as_posix() for path in found if path.parts[0] != "public"
    ]  # a destination's own are cleaned by its own rules


class Campaign:
    """Many faults in one scene, chosen by chance from a seed.

    :ivar scene: what is disturbed.
    :ivar tries: every fault, in the order in which they come.
    :param kills: how many times the process is killed.
    :param failing_calls: how many times a call fails.
    """

    def __init__(
        self, scene: Scene, folder: Path, seed: int, *, kills: int, failing_calls: int
    ) -> None:
        self.scene, self._folder = scene, folder
        self._chance = random.Random(f"{seed} {scene.name}")
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
        copy, started_s = self._copy(), time.monotonic()
        self.steps = disturb(scene, copy).steps
        self._longest_s = max(MAX_S, MAX_SHARE * (time.monotonic() - started_s))
        self.tries = [*self._kills(kills), *self._failures(failing_calls)]
        self._chance.shuffle(self.tries)

    def _kills(self, count: int) -> Iterator[Try]:
        for place in self._spread(count):
            yield Try(place, "kill")

    def _failures(self, count: int) -> Iterator[Try]:
        for place in self._spread(count):
            fault: Fault = self._chance.choice(["fail once", "fail from then on"])
            yield Try(place, fault, self._chance.choice(ERRORS))

    def run(self) -> Tally:
        """Every try."""
        tally = Tally(steps=self.steps)
        for one in self.tries:
            tally.add(self.disturb(one))
        return tally

    def _spread(self, count: int) -> list[int]:
        """Steps, each before any of them comes again."""
        places: list[int] = []
        while len(places) < count:
            every = list(range(1, self.steps + 1))
            self._chance.shuffle(every)
            places += every
        return places[:count]

    def _copy(self) -> Path:
        self._number += 1
        copy = Path(shutil.copytree(self._start, self._folder / str(self._number), symlinks=True))
        self.scene.follow(self._start, copy)
        return copy

    def _mend(self, folder: Path) -> None:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            self.scene.mend(folder)

    def disturb(self, one: Try) -> Tally:
        """What one fault makes."""
        folder, tally = self._copy(), Tally()
        outcome = disturb(self.scene, folder, one, self._longest_s)
        name = (
            f"{self.scene.name}, step {one.at} of {self.steps}, "
            f"{one.fault}{f' ({errno.errorcode[one.number]})' if one.number else ''}"
        )
        if one.fault == "kill":
            tally.kills = 1
        else:
            tally.failing_calls = 1
        if outcome.hung:
            tally.hangs.append(name)
        if outcome.largest_bytes > MAX_BYTES:
            tally.large.append(f"{name}: {outcome.largest_bytes / 1e9:.1f} GB")
        if (
            "Traceback" in outcome.output
            or "Fatal Python error" in outcome.output
            or outcome.code == 70
        ):
            tally.tracebacks.append(f"{name}: {outcome.output.strip()[-1500:]}")
        tally.torn += [f"{name}: {file}" for file in self.scene.torn(folder)]
        tally.lost += [f"{name}: {what}" for what in self.scene.lost(folder, outcome.told)]
        try:
            self._mend(folder)
        except BaseException as error:  # any failure is reported
            tally.other_ends.append(f"{name}: cannot be done again: {error!r}")
        else:
            if (end := self.scene.end(folder)) != self._end:
                tally.other_ends.append(f"{name}: ends otherwise: {_difference(self._end, end)}")
            tally.other_ends += [f"{name}: leaves {file}" for file in leftovers(folder)]
        shutil.rmtree(folder)
        return tally


def _difference(one: object, other: object) -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        return ", ".join(str(key) for key in {*one, *other} if one.get(key) != other.get(key))
    return f"{other!r}"[:200]
