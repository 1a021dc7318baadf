"""The peaks of the recording for the waveform on the page: computed once, cached in ``build/``."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.errors import RecordingError
from studio.file_access import read_file
from studio.messages.message import message
from studio.model.sound import Mix
from studio.sound.ffmpeg import Decoding, TrackDecoding
from studio.workspace.disk import errors_name_place, write_file

# The number of peaks per second of audio.
PEAKS_PER_S = 50
_RATE_HZ = 8000
_WINDOW = _RATE_HZ // PEAKS_PER_S
_KEY_BYTES = 32
# Several windows may request it at once; it is computed for the first of them.
_MEASURING = threading.Lock()


def peaks_of_recording(recording: Path, mix: Mix, kept: Path) -> bytes:
    """``PEAKS_PER_S`` bytes for each second: the maximum of each window; 255 is full scale.
    The recording is decoded in chunks: memory does not grow with its sample rate or channels.

    :param mix: the downmix of the recording to one channel.
    :param kept: the cache file, which starts with a fingerprint of the recording's name, size and
        time, of the mix, and of the sample rates.
    :raises RecordingError: the recording is missing or cannot be decoded.
    """

    def measure() -> bytes:
        with Decoding(recording, sample_rate_hz=_RATE_HZ, channels=1, mix=mix) as decoding:
            return _peaks(decoding, 1)

    return _kept(recording, str(mix), kept, measure)


def lanes_of_recording(recording: Path, microphones: int, kept: Path) -> bytes:
    """The same for each microphone, interleaved: for every 20 ms a byte of the first one, then of
    the second, and so on.

    :param microphones: number of channels of the recording.
    """

    def measure() -> bytes:
        with TrackDecoding(
            recording, track=0, sample_rate_hz=_RATE_HZ, channels=microphones
        ) as decoding:
            return _peaks(decoding, microphones)

    return _kept(recording, f"{microphones} microphones", kept, measure)


def _kept(recording: Path, how: str, kept: Path, measure: Callable[[], bytes]) -> bytes:
    """The cached or newly computed peaks of this recording."""
    with errors_name_place(recording):
        try:
            found = recording.stat()
        except FileNotFoundError:
            raise RecordingError(
                recording, message("is missing"), message("Put it back where it was.")
            ) from None
    measured = f"{PEAKS_PER_S} {_RATE_HZ} {how}"
    key = hashlib.sha256(
        f"3 {measured} {recording.name} {found.st_size} {found.st_mtime_ns}".encode()
    ).digest()
    with _MEASURING:
        try:
            content = read_file(kept)
        except OSError:
            content = b""
        if content[:_KEY_BYTES] == key:
            return content[_KEY_BYTES:]
        peaks = measure()
        write_file(kept, key + peaks)
    return peaks


def _peaks(decoding: Iterable[NDArray[np.float32]], channels: int) -> bytes:
    peaks = bytearray()
    rest = np.zeros((0, channels), np.float32)
    for chunk in decoding:
        samples = np.concatenate([rest, np.abs(chunk)])
        whole = len(samples) // _WINDOW * _WINDOW
        windows = samples[:whole].reshape(-1, _WINDOW, channels).max(axis=1, initial=0.0)
        peaks += np.clip(np.round(windows * 255), 0, 255).astype(np.uint8).tobytes()
        rest = samples[whole:]
    return bytes(peaks)
