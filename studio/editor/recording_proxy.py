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

# A page asks for several stretches of the sound at once; the copy is made for the first of them.
_MAKING = threading.Lock()


def playable_recording(sources: EpisodeSources, progress: Progress = no_progress) -> Path:
    """A file with the whole recording on its own clock, to 3 ms, that browsers play: the recording,
    or its listening copy.

    The recording itself only where browsers find every moment of it where a decoder does. The copy
    (WebM, Opus, one channel) is made at the first call, at some 50 times real time, and kept until
    the recording changes. Its name changes with the recording, so an address made of it may be
    cached.

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
    """How long the recording lasts, decoded, if it was inspected: otherwise it is unknown whether
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
