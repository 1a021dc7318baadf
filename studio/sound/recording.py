"""The recording: what it is, and whether it can be worked with. The whole file is decoded once, streamed, so that nothing is guessed."""

from __future__ import annotations

import math
import os
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from studio.errors import RecordingError
from studio.model.clock import RecordingMs
from studio.model.sound import RecordingFacts
from studio.progress import Progress, no_progress
from studio.sound.ffmpeg import Decoding, Header, read_header
from studio.sound.loudness import GATE_LUFS, METER, loudness_from_log

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WHISPER_RATE_HZ = 16_000
SHORTEST_MS = 400  # one block of EBU R 128: nothing shorter has a loudness
TRUNCATION_MS = 500  # headers round, encoders pad; whoever cut a file off took more
ALIKE_DB = -30.0  # how far below the middle the difference of two channels lies when they are one voice twice
STREAMED_WAV_BYTES = 0x7FFF_0000
WINDOW_MS = 10
SUSTAINED_WINDOWS = 5  # a click of the recorder's button is no sound yet


def inspect_recording(path: Path, progress: Progress = no_progress) -> RecordingFacts:
    """Decode the whole recording once and say what it is. Memory does not grow with its length (but for 4 bytes every 10 ms).

    Loudness is that of the sound as it was recorded, with its channels (more than two are mixed down to two first).

    :raises RecordingError: missing, empty, no sound in it, truncated, shorter than 0.4 s, or silent.
    """
    header = read_header(path)
    _require_whole_wav(path)
    channels = min(header.channels, 2)
    rate_hz = header.sample_rate_hz
    ear = _Ear(rate_hz, channels)
    expected = (header.duration_ms or 0) * rate_hz / 1000
    with Decoding(path, sample_rate_hz=rate_hz, channels=channels, filters=[METER]) as decoding:
        for chunk in decoding:
            ear.hear(chunk)
            progress(ear.samples, max(expected, ear.samples))
        log = decoding.log
    duration_ms = round(ear.samples * 1000 / rate_hz)
    progress(ear.samples, ear.samples)
    _require_whole(path, header, duration_ms, log)
    if duration_ms < SHORTEST_MS:
        raise RecordingError(path, f"lasts {duration_ms} ms, too short to be a recording", "Give the whole recording.")
    if not ear.hears_numbers:
        raise RecordingError(path, "holds samples that are no numbers", "Export it again with 24 bits a sample.")
    loudness = loudness_from_log(log)
    if loudness.integrated_lufs is None or ear.hears_silence:
        raise RecordingError(path, "is silent from its start to its end", "Check which microphone was recorded; give another file.")
    start_ms, end_ms = ear.sounding_ms()
    return RecordingFacts(
        duration_ms=RecordingMs(duration_ms),
        sample_rate_hz=rate_hz,
        channels=header.channels,
        channels_alike=ear.channels_alike,
        codec=header.codec,
        loudness=loudness,
        sound_start_ms=RecordingMs(start_ms),
        sound_end_ms=RecordingMs(min(end_ms, duration_ms)),
    )


def read_samples(path: Path, *, sample_rate_hz: int = WHISPER_RATE_HZ) -> NDArray[np.float32]:
    """The whole recording as one channel, shape (samples,), full scale 1.0, for Whisper: one hour at 16 kHz is 230 MB, held once.

    :raises RecordingError: as :func:`read_header <studio.sound.ffmpeg.read_header>`, or it cannot be decoded.
    """
    import numpy as np

    read_header(path)
    content = bytearray()
    with Decoding(path, sample_rate_hz=sample_rate_hz, channels=1) as decoding:
        for piece in decoding.bytes():
            content += piece
    return np.frombuffer(content, np.float32)


class _Ear:
    """Listens to chunk after chunk and keeps what the facts need: the level of each window, and how alike the two channels are."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self.rate_hz = rate_hz
        self.samples = 0
        self._channels = channels
        self._window = max(1, rate_hz * WINDOW_MS // 1000)
        self._rest: NDArray[np.float32] | None = None
        self._levels: list[NDArray[np.float32]] = []
        self._middle = self._side = 0.0
        self._numbers = True
        self._loudest = 0.0

    @property
    def channels_alike(self) -> bool:
        """Whether two channels carry the same sound, so that one is enough."""
        return self._channels == 2 and self._side <= self._middle * 10 ** (ALIKE_DB / 10)

    @property
    def hears_numbers(self) -> bool:
        """Whether every sample is a number: one that is not would silence every filter after it."""
        return self._numbers

    @property
    def hears_silence(self) -> bool:
        """Whether no window at all is louder than the gate of EBU R 128, whatever its DC offset."""
        return self._loudest < 10 ** (GATE_LUFS / 20)

    def hear(self, chunk: NDArray[np.float32]) -> None:
        """Take note of samples, shape (samples, channels)."""
        import numpy as np

        self.samples += len(chunk)
        if self._channels == 2:
            left, right = chunk[:, 0], chunk[:, 1]
            self._middle += float(np.square(left + right).sum(dtype=np.float64))
            self._side += float(np.square(left - right).sum(dtype=np.float64))
        if self._rest is not None:
            chunk = np.concatenate((self._rest, chunk))
        whole = len(chunk) // self._window * self._window
        self._rest = chunk[whole:]
        windows = chunk[:whole].reshape(-1, self._window, self._channels)
        # The deviation from the window's own mean: a microphone's DC offset is not sound.
        levels = windows.std(axis=1).max(axis=1)
        if len(levels):
            self._loudest = max(self._loudest, float(levels.max()))
            self._numbers = self._numbers and bool(np.isfinite(levels).all())
        self._levels.append(levels)

    def sounding_ms(self) -> tuple[int, int]:
        """First and last moment at which the recording is not silent, in milliseconds.

        What counts as silence follows the recording: 6 dB above its quietest twentieth, but between 35 and 10 dB below its loud parts,
        and never over −60 dBFS without need; so a quiet recording is not silent and a noisy room is not speech.
        """
        import numpy as np

        levels_db = 20 * np.log10(np.maximum(np.concatenate(self._levels), 1e-6))
        audible = levels_db[levels_db > -80]
        if not len(audible):
            return 0, round(self.samples * 1000 / self.rate_hz)
        loud_db = float(np.percentile(audible, 95))
        quiet_db = float(np.percentile(levels_db, 5))
        threshold_db = min(max(-60.0, loud_db - 35, quiet_db + 6), loud_db - 10)
        sounding = (levels_db > threshold_db).astype(np.int8)
        needed = min(SUSTAINED_WINDOWS, len(sounding))
        sustained = np.flatnonzero(np.convolve(sounding, np.ones(needed, np.int8), "valid") == needed)
        if not len(sustained):
            return 0, round(self.samples * 1000 / self.rate_hz)
        window_ms = self._window * 1000 / self.rate_hz
        return math.floor(int(sustained[0]) * window_ms), math.ceil((int(sustained[-1]) + needed) * window_ms)


def _require_whole(path: Path, header: Header, duration_ms: int, log: str) -> None:
    """Compare what the file promised with what could be decoded."""
    said_ms = header.duration_ms if header.alone else None
    if said_ms is not None and duration_ms < said_ms - TRUNCATION_MS:
        raise _truncated(path, duration_ms, said_ms)
    if any(complaint in log for complaint in ("partial file", "File ended prematurely")):
        raise _truncated(path, duration_ms, None)


def _truncated(path: Path, duration_ms: int, said_ms: int | None) -> RecordingError:
    promise = "" if said_ms is None else f" although it says that it lasts {_clock(said_ms)}"
    return RecordingError(path, f"is truncated: its sound stops at {_clock(duration_ms)}{promise}", "Copy or export it again, whole.")


def _clock(moment_ms: int) -> str:
    """Hours, minutes, seconds: ``0:03:35.6``."""
    tenths = moment_ms // 100
    return f"{tenths // 36000}:{tenths // 600 % 60:02}:{tenths // 10 % 60:02}.{tenths % 10}"


def _require_whole_wav(path: Path) -> None:
    """Read a WAV's header here, because ffmpeg trusts what is there of the file over what the header promises."""
    with path.open("rb") as file:
        if file.read(4) != b"RIFF" or file.seek(8) != 8 or file.read(4) != b"WAVE":
            return
        bytes_per_second = 0
        while len(head := file.read(8)) == 8:
            name, length = struct.unpack("<4sI", head)
            if name == b"data":
                break
            content = file.read(min(length, 16))
            if name == b"fmt " and len(content) == 16:
                (bytes_per_second,) = struct.unpack("<8xI4x", content)
            file.seek(length + length % 2 - len(content), os.SEEK_CUR)
        else:
            return
        present = path.stat().st_size - file.tell()
    # A recorder that was never told how long it will last writes 0 or the most that fits.
    if bytes_per_second and present < length < STREAMED_WAV_BYTES and (length - present) * 1000 > TRUNCATION_MS * bytes_per_second:
        raise _truncated(path, present * 1000 // bytes_per_second, length * 1000 // bytes_per_second)
