"""Audio in codecs other than MP3, at the loudness of the master, verified by decoding.

The second enclosure is encoded from the lossless master, which :func:`keep_programme` stores while
the MP3 is encoded, so that no audio is encoded twice. Opus takes half the size of the MP3; AAC has
MP4 chapters for players that need them.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.errors import WorkspaceError
from studio.file_access import open_file
from studio.messages.message import message
from studio.model.sound import FIRST_TRACK, Alternate, Loudness, MasterFacts
from studio.progress import Progress, no_progress
from studio.sound.codecs import Codec
from studio.sound.ffmpeg import Decoding, Encoding, url_from_path, write_error
from studio.sound.gain import GainCurve
from studio.sound.loudness import measure_file
from studio.sound.loudness_analysis import LoudnessAnalysis
from studio.sound.mp3 import DECODER_DELAY_SAMPLES

TOLERANCE_LU = 0.2
# Every codec raises peaks.
OVERSHOOT_DB = 0.5
ATTEMPTS = 4


def keep_programme(
    chunks: Iterable[NDArray[np.float32]], target: Path, *, sample_rate_hz: int, channels: int
) -> Iterator[NDArray[np.float32]]:
    """Pass the chunks through, and write them to a 24-bit FLAC.

    :param target: overwritten if it exists. :raises DiskError: the target cannot be written.
    """
    codec = [
        "-c:a",
        "flac",
        "-sample_fmt",
        "s32",
        "-bits_per_raw_sample",
        "24",
        "-compression_level",
        "2",
        "-bitexact",
    ]
    try:
        with Encoding(
            [*codec, "-f", "flac", "-y", url_from_path(target)],
            sample_rate_hz=sample_rate_hz,
            channels=channels,
        ) as encoder:
            for chunk in chunks:
                encoder.write(chunk)
                yield chunk
            encoder.finish()
    except RuntimeError as error:
        raise write_error(target, str(error)) from None


def encode_alternate(
    programme: Path,
    codec: Codec,
    target: Path,
    facts: MasterFacts,
    progress: Progress = no_progress,
) -> Loudness:
    """Write the second enclosure without tags, and return its decoded loudness. It is synchronous
    with the MP3.

    :param programme: the file from :func:`keep_programme`.
    :param target: written over if it exists: give a temporary name.
    :param facts: measurements of the MP3.
    :raises WorkspaceError: this ffmpeg does not have the codec.
    :raises DiskError: the target cannot be written.
    """
    # The MP3 omits its decoder's delay at the start; this decoder compensates its own.
    lead = np.zeros((DECODER_DELAY_SAMPLES, facts.channels), np.float32)

    def sound() -> Iterator[NDArray[np.float32]]:
        with Decoding(
            programme, sample_rate_hz=facts.sample_rate_hz, channels=facts.channels, mix=FIRST_TRACK
        ) as decoding:
            yield from itertools.chain([lead], decoding)

    return encode_at_loudness(sound, target, facts, codec.arguments(facts.channels), progress)


def encode_at_loudness(
    sound: Callable[[], Iterable[NDArray[np.float32]]],
    target: Path,
    facts: MasterFacts,
    arguments: Sequence[str],
    progress: Progress = no_progress,
) -> Loudness:
    """Encode audio at the master's target loudness, and return its measurements when decoded.

    :param sound: gives its chunks, shape (samples, channels), as often as it is asked.
    :param target: written over if it exists: give a temporary name.
    :param facts: measurements of the master, with target loudness, ceiling, sample rate and
        channels.
    :param arguments: ffmpeg arguments for codec and container.
    :raises WorkspaceError: the audio is silent, or ffmpeg lacks the codec.
    :raises DiskError: the target cannot be written.
    """
    samples = 0

    def counted() -> Iterator[NDArray[np.float32]]:
        """The audio, with progress as part of the analysis and one encoding."""
        nonlocal samples
        for chunk in sound():
            yield chunk
            samples += len(chunk)
            # At least two passes are needed: measuring and one encoding. A repeated encoding is not
            # counted, so that progress never decreases.
            total = facts.duration_ms * facts.sample_rate_hz / 1000 * 2
            progress(min(samples, total), total)

    # Measure once before any gain.
    analysis = LoudnessAnalysis(facts.sample_rate_hz, facts.channels)
    for chunk in counted():
        analysis.feed(chunk)
    analysis.close()
    if analysis.loudness_lufs() is None:
        raise WorkspaceError(
            target, message("would be silent"), message("Choose another passage, or fix the cuts.")
        )
    # No gain per passage: the master has already been levelled.
    level_db = np.zeros(len(analysis.cell_peaks), np.float32)
    aim_lufs, limit_dbtp = facts.target_lufs, facts.ceiling_dbtp - OVERSHOOT_DB
    # The codec changes loudness and peaks: encode, measure, and correct both targets by the error.
    for _ in range(ATTEMPTS):
        gain = GainCurve(analysis, level_db, aim_lufs, limit_dbtp)
        _encode(gain.apply(counted()), target, arguments, facts)
        made, _ = measure_file(
            target,
            sample_rate_hz=facts.sample_rate_hz,
            channels=facts.channels,
            report=lambda _: None,
        )
        short_lu = 0.0 if made.integrated_lufs is None else facts.target_lufs - made.integrated_lufs
        over_db = made.true_peak_dbtp - facts.ceiling_dbtp
        if abs(short_lu) <= TOLERANCE_LU and over_db <= 0:
            break
        aim_lufs += short_lu
        limit_dbtp -= max(0.0, over_db)
    return made


def _encode(
    chunks: Iterable[NDArray[np.float32]],
    target: Path,
    arguments: Sequence[str],
    facts: MasterFacts,
) -> None:
    try:
        with Encoding(
            [*arguments, "-y", url_from_path(target)],
            sample_rate_hz=facts.sample_rate_hz,
            channels=facts.channels,
        ) as encoder:
            for chunk in chunks:
                encoder.write(chunk)
            encoder.finish()
    except RuntimeError as error:
        raise write_error(target, str(error)) from None


def alternate_from_file(
    path: Path,
    codec: Codec,
    *,
    file: str,
    channels: int,
    duration_ms: int,
    loudness: Loudness,
    sound_bytes: int,
) -> Alternate:
    """The properties of a finished second enclosure for the feed.

    :param path: its current path; ``file``: its final name.
    :param sound_bytes: its size without tags: cover and lyrics do not count for the bit rate.
    :param duration_ms: duration of the episode.
    :param loudness: its measurements.
    """
    with open_file(path) as content:
        digest = hashlib.file_digest(content, "sha384").digest()
    length_bytes = path.stat().st_size
    # bytes * 8 bits * 1000 ms/s / ms = bits per second.
    return Alternate(
        file=file,
        title=f"{codec.name}, {codec.bitrates_kbps[channels]} kbit/s",
        type=codec.type,
        codecs=codec.codecs,
        length_bytes=length_bytes,
        bitrate_bps=round(sound_bytes * 8000 / duration_ms),
        duration_ms=duration_ms,
        sha384=base64.b64encode(digest).decode("ascii"),
        loudness=loudness,
    )
