"""The audio of a recording for browsers: the recording itself, or a proxy kept in ``build/``."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

from studio.errors import StudioError
from studio.model.sound import Mix
from studio.progress import Progress, no_progress
from studio.sound.proxy import make_proxy, plays_in_browsers
from studio.workspace.disk import flush_file, fresh_path, make_folder, put_in_place, remove_quietly
from studio.workspace.sources import EpisodeSources

# A page requests several ranges at once; the proxy is made for the first of them.
_MAKING = threading.Lock()


def playable_recording(sources: EpisodeSources, progress: Progress = no_progress) -> Path:
    """A file for browsers with the whole recording, synchronous to 3 ms: the recording, or its
    proxy.

    The recording itself is only used if browsers seek in it as exactly as a decoder. The proxy
    (WebM, Opus, mono) is made at the first call, about 50 times faster than real time, and kept
    until the recording changes. Its name changes with the recording, so its URL may be cached.

    :raises RecordingError: the recording is missing or cannot be decoded.
    :raises DiskError: the copy cannot be written.
    """
    recording = sources.audio_file
    if (duration_ms := _known_duration_ms(sources)) is not None and plays_in_browsers(
        recording, duration_ms
    ):
        return recording
    found = recording.stat()
    mix = sources.mix()
    key = hashlib.sha256(
        f"2 {recording.name} {found.st_size} {found.st_mtime_ns} {mix}".encode()
    ).hexdigest()[:16]
    copy = sources.files.proxy(key)
    with _MAKING:
        if not copy.is_file():
            _make_copy(sources, mix, copy, progress)
    return copy


def _known_duration_ms(sources: EpisodeSources) -> int | None:
    """The decoded duration of the recording, if it was inspected: otherwise it is unknown whether
    browsers can seek in it.
    """
    try:
        return sources.facts().duration_ms
    except StudioError:
        return None


def _make_copy(sources: EpisodeSources, mix: Mix, copy: Path, progress: Progress) -> None:
    make_folder(copy.parent)
    fresh = fresh_path(copy.with_stem(f"{copy.stem}-{os.getpid()}"))
    try:
        make_proxy(sources.audio_file, mix, fresh, progress)
        flush_file(fresh)
        put_in_place(fresh, copy)
    finally:
        remove_quietly(fresh)
    for older in copy.parent.glob(sources.files.proxy("*").name):
        if older != copy:
            remove_quietly(older)
