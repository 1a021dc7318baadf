"""The recording's samples, cached while the editor is open, for jobs that need parts of it."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from studio.speech.vad import SAMPLE_RATE_HZ
from studio.workspace.sources import EpisodeSources

# The maximum of a 16-bit sample.
LOUDEST = 32_767


class CachedSamples:
    """Decoded on first use. Safe to call from several threads."""

    def __init__(self, sources: EpisodeSources) -> None:
        self._sources = sources
        self._mutex = threading.Lock()
        self._samples: NDArray[np.int16] | None = None

    def all(self) -> NDArray[np.int16]:
        """The recording in Whisper's format, mono, 16 kHz, as two bytes a sample: 115 MB an hour.

        :raises StudioError: it cannot be read.
        """
        with self._mutex:
            if self._samples is None:
                # The array is changed in place, since copies of three hours would take gigabytes.
                samples = self._sources.samples()
                self._sources.forget_samples()
                np.clip(samples, -1, 1, out=samples)
                np.rint(np.multiply(samples, LOUDEST, out=samples), out=samples)
                self._samples = samples.astype(np.int16)
            return self._samples

    def part(self, start_ms: int, end_ms: int) -> NDArray[np.float32]:
        """A span, −1 to 1; shorter or empty at the end of the recording.

        :raises StudioError: it cannot be read.
        """
        first, last = (ms * SAMPLE_RATE_HZ // 1000 for ms in (start_ms, end_ms))
        return self.all()[first:last].astype(np.float32) / np.float32(LOUDEST)
