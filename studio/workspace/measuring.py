"""Measure a recording, with the voice activity detector that finds the audio tracks with speech."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from studio.model.sound import RecordingFacts
from studio.progress import Progress, no_progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def measure_recording(
    path: Path,
    progress: Progress = no_progress,
    *,
    tracks: Sequence[int] = (),
    heard_in: Path | None = None,
) -> RecordingFacts:
    """Measure a recording, inside a workspace or not; see
    :func:`~studio.sound.recording.inspect_recording`.

    :param tracks: the numbers (from 1) of the chosen audio tracks; empty: those with speech.
    :param heard_in: a file for the audio in Whisper's format, written by the same decoding.
    :raises RecordingError: it cannot be worked with.
    """
    from studio.sound.recording import inspect_recording

    return inspect_recording(path, progress, tracks=tracks, voice=_voice_ms, heard_in=heard_in)


def _voice_ms(samples: NDArray[np.float32]) -> int:
    """The duration of speech in one channel at 16 kHz; the detector is only loaded if there are
    several tracks.
    """
    from studio.speech.vad import voice_from_samples

    return sum(span.end_ms - span.start_ms for span in voice_from_samples(samples))
