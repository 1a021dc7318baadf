"""The audio of the page: the recording, or a proxy for browsers that is made in the background."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Literal

from studio.editor.job_failures import error_of_job
from studio.editor.recording_proxy import playable_recording
from studio.messages.message import message
from studio.model.record import Record
from studio.workspace.sources import EpisodeSources


class Sound(Record, frozen=True):
    """The state of the audio. :param share: progress of the proxy, 0 to 1.
    :param what: why there is no audio; ``remedy``: what to do.
    """

    state: Literal["making", "ready", "failed"]
    share: float = 0.0
    what: str = ""
    remedy: str = ""


class ProxyJob:
    """The audio of one episode; made at the first request."""

    def __init__(self, sources: EpisodeSources) -> None:
        self._sources = sources
        self._mutex = threading.Lock()
        self._maker: threading.Thread | None = None
        self._sound = Sound(state="making")
        self._path: Path | None = None

    def sound(self) -> Sound:
        """The current state. Failures are retried: the recording may have been put back."""
        with self._mutex:
            current = self._sound
            if self._maker is None:
                self._sound = current = Sound(state="making")
                self._maker = threading.Thread(
                    target=self._make, name="listening copy", daemon=True
                )
                self._maker.start()
            elif current.state == "failed":
                self._maker = None
            return current

    def path(self) -> Path | None:
        """The file to play; None while it is being made."""
        return self._path

    def _make(self) -> None:
        def progress(done: float, total: float) -> None:
            self._sound = Sound(state="making", share=done / total if total else 0.0)

        try:
            self._path = playable_recording(self._sources, progress)
            self._sound = Sound(state="ready", share=1.0)
        except Exception as error:  # any failure is reported
            failure = error_of_job(error, self._sources.recording)
            self._sound = Sound(
                state="failed",
                what=message("{where}: {what}", where=failure.where, what=failure.what),
                remedy=failure.remedy,
            )
