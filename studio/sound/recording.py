"""The recording: what it is, and whether it can be worked with. The whole file is decoded once,
streamed, so that nothing is guessed.
"""

from __future__ import annotations

import math
import os
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from studio.errors import RecordingError
from studio.model.clock import RecordingMs, Span
from studio.model.sound import Layout, RecordingFacts
from studio.progress import Progress, no_progress
from studio.sound.channels import Balance
from studio.sound.ffmpeg import Decoding, Header, read_header
from studio.sound.hum import HumFinder
from studio.sound.loudness import GATE_LUFS, LOUDNESS_METER, loudness_from_log
from studio.sound.truepeak import TruePeakMeter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WHISPER_RATE_HZ = 16_000
SHORTEST_MS = 400  # one block of EBU R 128: nothing shorter has a loudness
TRUNCATION_MS = 500  # headers round, encoders pad; whoever cut a file off took more
STREAMED_WAV_BYTES = 0x7FFF_0000
WINDOW_MS = 10
NOISE_WINDOWS = 5
QUIETEST_PERCENT = 5
DIGITAL_SILENCE_DB = -96.0  # below the last of 16 bits: no room is this quiet
SILENCE_MS = 1000
# A peak that is cut off: so many samples in a row stand at full scale, at one height.
CLIPPED_SAMPLES = 4
CLIPPED_LEVEL = 0.985
CLIPPED_STEP = 5e-4
BALANCE_RATE_HZ = 8_000
SUSTAINED_WINDOWS = 5  # a click of the recorder's button is no sound yet


def inspect_recording(path: Path, progress: Progress = no_progress) -> RecordingFacts:
    """Decode the whole recording once and say what it is. Memory hardly grows with its length (by 4
    kB a second).

    Loudness is that of the sound as it was recorded, with its channels (more than two are mixed
    down to two first).

    :raises RecordingError: missing, empty, no sound in it, truncated, shorter than 0.4 s, or
        silent.
    """
    header = read_header(path)
    _require_whole_wav(path)
    channels = min(header.channels, 2)
    rate_hz = header.sample_rate_hz
    ear = _RecordingMeter(rate_hz, channels)
    expected = (header.duration_ms or 0) * rate_hz / 1000
    with Decoding(
        path, sample_rate_hz=rate_hz, channels=channels, filters=[LOUDNESS_METER]
    ) as decoding:
        for chunk in decoding:
            ear.feed(chunk)
            progress(ear.samples, max(expected, ear.samples))
        log = decoding.log
    duration_ms = round(ear.samples * 1000 / rate_hz)
    progress(ear.samples, ear.samples)
    _require_whole(path, header, duration_ms, log)
    if duration_ms < SHORTEST_MS:
        raise RecordingError(
            path,
            f"lasts {duration_ms} ms, too short to be a recording",
            "Give the whole recording.",
        )
    if not ear.has_finite_samples:
        raise RecordingError(
            path, "holds samples that are no numbers", "Export it again with 24 bits a sample."
        )
    ear.peaks.close()
    loudness = loudness_from_log(log, ear.peaks.highest_dbtp)
    if loudness.integrated_lufs is None or ear.is_silent:
        raise RecordingError(
            path,
            "is silent from its start to its end",
            "Check which microphone was recorded; give another file.",
        )
    layout, levels_db = ear.judge_channels()
    start_ms, end_ms = ear.sounding_ms()
    return RecordingFacts(
        duration_ms=RecordingMs(duration_ms),
        sample_rate_hz=rate_hz,
        channels=header.channels,
        codec=header.codec,
        loudness=loudness,
        sound_start_ms=RecordingMs(start_ms),
        sound_end_ms=RecordingMs(min(end_ms, duration_ms)),
        layout="many" if header.channels > 2 else layout,
        channel_levels_db=levels_db,
        noise_floor_db=ear.noise_floor_db(),
        clipped_peaks=ear.clipped_peaks,
        dc_offset=round(ear.dc_offset, 5),
        hum_hz=ear.hum.find(),
        silences=ear.silences(),
    )


def read_samples(path: Path, *, sample_rate_hz: int = WHISPER_RATE_HZ) -> NDArray[np.float32]:
    """The whole recording as one channel, shape (samples,), full scale 1.0, for Whisper: one hour
    at 16 kHz is 230 MB, held once.

    :raises RecordingError: as :func:`read_header <studio.sound.ffmpeg.read_header>`, or it cannot
        be decoded.
    """
    import numpy as np

    layout = read_layout(path)
    content = bytearray()
    with Decoding(path, sample_rate_hz=sample_rate_hz, channels=1, layout=layout) as decoding:
        for piece in decoding.bytes():
            content += piece
    return np.frombuffer(content, np.float32)


def read_layout(path: Path) -> Layout:
    """How the channels belong together, so that no voice is lost when one is made of them. Only a
    file of two channels is decoded for it.

    :raises RecordingError: as :func:`read_header <studio.sound.ffmpeg.read_header>`, or it cannot
        be decoded.
    """
    channels = read_header(path).channels
    if channels != 2:
        return "mono" if channels == 1 else "many"
    ear = _RecordingMeter(BALANCE_RATE_HZ, 2)
    with Decoding(path, sample_rate_hz=BALANCE_RATE_HZ, channels=2) as decoding:
        for chunk in decoding:
            ear.compare(chunk.T)
    return ear.judge_channels()[0]


class _RecordingMeter:
    """Listens to chunk after chunk and keeps what the facts need: the level of each window, how the
    channels compare, hum, flat peaks.
    """

    def __init__(self, rate_hz: int, channels: int) -> None:
        self.rate_hz = rate_hz
        self.samples = 0
        self.clipped_peaks = 0
        self.hum = HumFinder(rate_hz)
        self.peaks = TruePeakMeter(channels)
        self._channels = channels
        self._window = max(1, rate_hz * WINDOW_MS // 1000)
        self._rest: NDArray[np.float32] | None = None
        self._levels: list[NDArray[np.float32]] = []
        self._balance = Balance()
        self._numbers = True
        self._loudest = 0.0
        self._sum = 0.0

    @property
    def has_finite_samples(self) -> bool:
        """Whether every sample is a number: one that is not would silence every filter after it."""
        return self._numbers

    @property
    def is_silent(self) -> bool:
        """Whether no window at all is louder than the gate of EBU R 128, whatever its DC offset."""
        return self._loudest < 10 ** (GATE_LUFS / 20)

    @property
    def dc_offset(self) -> float:
        """The mean of all samples of the channel that has most of it."""
        return self._sum / max(1, self.samples)

    def feed(self, chunk: NDArray[np.float32]) -> None:
        """Take note of samples, shape (samples, channels)."""
        import numpy as np

        self.samples += len(chunk)
        self.peaks.feed(chunk)
        # One channel after the other: numpy sums and compares much faster what is next to each
        # other in memory.
        planes = np.ascontiguousarray(chunk.T)
        sums = planes.sum(axis=1, dtype=np.float64)
        self._sum += float(sums[np.abs(sums).argmax()])
        self.hum.feed(planes.mean(axis=0))
        self.clipped_peaks += sum(_flat_peaks(plane) for plane in planes)
        self.compare(planes)

    def compare(self, planes: NDArray[np.float32]) -> None:
        """Take note of levels alone, and of how the channels compare, from shape (channels,
        samples).
        """
        import numpy as np

        if self._rest is not None:
            planes = np.concatenate((self._rest, planes), axis=1)
        whole = planes.shape[1] // self._window * self._window
        self._rest = planes[:, whole:]
        windows = planes[:, :whole].reshape(self._channels, -1, self._window)
        # The deviation from the window's own mean: a microphone's DC offset is not sound.
        windows = windows - windows.mean(axis=2, keepdims=True)
        levels = np.sqrt(
            np.einsum("cws,cws->cw", windows, windows).max(axis=0) / np.float32(self._window)
        )
        if len(levels):
            self._loudest = max(self._loudest, float(levels.max()))
            self._numbers = self._numbers and bool(np.isfinite(levels).all())
            if self._channels == 2:
                self._balance.feed(windows)
        self._levels.append(levels)

    def judge_channels(self) -> tuple[Layout, tuple[float, ...]]:
        """How the channels belong together, and the level of each in dBFS."""
        import numpy as np

        if self._channels == 2:
            return self._balance.judge()
        power = float(np.square(np.concatenate(self._levels).astype(np.float64)).mean())
        return "mono", (round(10 * math.log10(max(power, 1e-12)), 1),)

    def noise_floor_db(self) -> float | None:
        """What one moment of 50 ms in twenty stays below, digital silence left out."""
        import numpy as np

        powers = np.square(np.concatenate(self._levels).astype(np.float64))
        whole = len(powers) // NOISE_WINDOWS * NOISE_WINDOWS
        moments_db = 10 * np.log10(
            np.maximum(powers[:whole].reshape(-1, NOISE_WINDOWS).mean(axis=1), 1e-12)
        )
        heard = moments_db[moments_db > DIGITAL_SILENCE_DB]
        # A recording whose pauses are digital silence has no floor: what is heard of it are words.
        if len(heard) < len(moments_db) * (1 - QUIETEST_PERCENT / 100):
            return None
        return round(float(np.percentile(heard, QUIETEST_PERCENT)), 1)

    def silences(self) -> tuple[Span, ...]:
        """Every long stretch between the first sound and the last in which nothing sounds."""
        import numpy as np

        window_ms = self._window * 1000 / self.rate_hz
        sounding = self._sounding()
        edges = np.flatnonzero(np.diff(np.concatenate(([True], sounding, [True])).astype(np.int8)))
        spans = []
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            if (end - start) * window_ms >= SILENCE_MS and start > 0 and end < len(sounding):
                spans.append(
                    Span(
                        start_ms=RecordingMs(round(start * window_ms)),
                        end_ms=RecordingMs(round(end * window_ms)),
                    )
                )
        return tuple(spans)

    def sounding_ms(self) -> tuple[int, int]:
        """First and last moment at which the recording is not silent, in milliseconds.

        What counts as silence follows the recording: 6 dB above its quietest twentieth, but between
        35 and 10 dB below its loud parts, and never over −60 dBFS without need; so a quiet
        recording is not silent and a noisy room is not speech.
        """
        import numpy as np

        sustained = np.flatnonzero(self._sounding())
        if not len(sustained):
            return 0, round(self.samples * 1000 / self.rate_hz)
        window_ms = self._window * 1000 / self.rate_hz
        return math.floor(int(sustained[0]) * window_ms), math.ceil(
            (int(sustained[-1]) + 1) * window_ms
        )

    def _sounding(self) -> NDArray[np.bool_]:
        """Which windows belong to a sound that lasts, shape (windows,)."""
        import numpy as np

        levels_db = 20 * np.log10(np.maximum(np.concatenate(self._levels), 1e-6))
        audible = levels_db[levels_db > -80]
        if not len(audible):
            return np.zeros(len(levels_db), np.bool_)
        loud_db = float(np.percentile(audible, 95))
        quiet_db = float(np.percentile(levels_db, 5))
        threshold_db = min(max(-60.0, loud_db - 35, quiet_db + 6), loud_db - 10)
        sounding = (levels_db > threshold_db).astype(np.int8)
        needed = min(SUSTAINED_WINDOWS, len(sounding))
        starts = np.convolve(sounding, np.ones(needed, np.int8), "valid") == needed
        return np.convolve(starts, np.ones(needed, np.int8)) > 0


def _flat_peaks(samples: NDArray[np.float32]) -> int:
    """How many peaks of a channel are cut off. One that lies across two chunks may count twice or
    not at all.
    """
    import numpy as np

    if not len(samples) or float(np.abs(samples).max()) < CLIPPED_LEVEL:
        return 0
    flat = (np.abs(samples[1:]) >= CLIPPED_LEVEL) & (np.abs(np.diff(samples)) < CLIPPED_STEP)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flat, [False])).astype(np.int8)))
    return int(np.count_nonzero(edges[1::2] - edges[::2] >= CLIPPED_SAMPLES - 1))


def _require_whole(path: Path, header: Header, duration_ms: int, log: str) -> None:
    """Compare what the file promised with what could be decoded."""
    said_ms = header.duration_ms if header.alone else None
    if said_ms is not None and duration_ms < said_ms - TRUNCATION_MS:
        raise _truncated(path, duration_ms, said_ms)
    if any(complaint in log for complaint in ("partial file", "File ended prematurely")):
        raise _truncated(path, duration_ms, None)


def _truncated(path: Path, duration_ms: int, said_ms: int | None) -> RecordingError:
    promise = "" if said_ms is None else f" although it says that it lasts {_clock(said_ms)}"
    return RecordingError(
        path,
        f"is truncated: its sound stops at {_clock(duration_ms)}{promise}",
        "Copy or export it again, whole.",
    )


def _clock(moment_ms: int) -> str:
    """Hours, minutes, seconds: ``0:03:35.6``."""
    tenths = moment_ms // 100
    return f"{tenths // 36000}:{tenths // 600 % 60:02}:{tenths // 10 % 60:02}.{tenths % 10}"


def _require_whole_wav(path: Path) -> None:
    """Read a WAV's header here, because ffmpeg trusts what is there of the file over what the
    header promises.
    """
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
    if (
        bytes_per_second
        and present < length < STREAMED_WAV_BYTES
        and (length - present) * 1000 > TRUNCATION_MS * bytes_per_second
    ):
        raise _truncated(
            path, present * 1000 // bytes_per_second, length * 1000 // bytes_per_second
        )
