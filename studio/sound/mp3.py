"""Encode MP3 (only frames of constant bit rate), and measure the decoded result while writing."""

from __future__ import annotations

import errno
import math
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from studio.errors import DiskError
from studio.messages.message import message
from studio.model.record import replace_fields
from studio.model.sound import FIRST_TRACK, Loudness
from studio.sound.ffmpeg import (
    CHUNK_SAMPLES,
    FLOAT32_BYTES,
    Child,
    Decoding,
    Encoding,
    url_from_path,
)
from studio.sound.frames import (
    GAIN_STEP_DB,
    GRANULE_SAMPLES,
    Frames,
    read_frames,
    reduce_granule_gain,
)
from studio.sound.loudness import LOUDNESS_METER, loudness_from_log
from studio.sound.truepeak import PeakOver, TruePeakMeter, dbtp_from_level
from studio.temporary_folder import own_name

BITRATES_KBPS = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
# The delay of an MP3 decoder in samples: 576 of the encoder, 529 of the decoder.
DECODER_DELAY_SAMPLES = 1105
PIECE_BYTES = 1 << 13
_LISTEN = ("-f", "mp3", "-i")
_METERED = ("-af", LOUDNESS_METER, "-f", "f32le", "pipe:1")
PROBE_S = 0.5
# The delay of a decoder's filter bank relative to its granule, in samples.
SYNTHESIS_DELAY_SAMPLES = 240
SOFTENED_TIMES = 8
SOFTENED_BELOW_DB = 0.1
# Attenuating one granule in a thousand by 2 dB changes the loudness by less than 0.01 LU.
RARE_SHARE = 0.001
# The context decoded around a changed granule: frames use up to 511 bytes of preceding ones (bit
# reservoir).
EDGE_SAMPLES = 256
FRAMES_BEFORE, FRAMES_DECODED_AFTER, FRAMES_AFTER = 14, 12, 4


class Encoded(NamedTuple):
    """The decoded form of an MP3.

    :param over: every position at which it exceeds the ceiling.
    :param within: its peak elsewhere, full scale 1.0.
    :param softened: number of attenuated granules.
    """

    loudness: Loudness
    over: Sequence[PeakOver]
    within: float
    softened: int = 0


# Neither tags nor a Xing header, and no buffering.
_WITHOUT_TAGS = (
    "-map_metadata -1 -write_xing 0 -id3v2_version 0 -write_id3v1 0 -flush_packets 0".split()
)


def encode_mp3(
    chunks: Iterable[NDArray[np.float32]],
    target: Path,
    *,
    sample_rate_hz: int,
    channels: int,
    bitrate_kbps: int,
    ceiling_dbtp: float = math.inf,
) -> Encoded:
    """Write an MP3 without tags and Xing header, and measure the decoded result. Encoding and
    measuring run concurrently.

    :param chunks: shape (samples, channels).
    :param target: written over if it exists.
    :raises DiskError: the target cannot be written.
    """
    codec = ["-c:a", "libmp3lame", "-b:a", f"{bitrate_kbps}k", "-threads", "1", "-bitexact"]
    try:
        with (
            target.open("wb") as file,
            Encoding(
                [*codec, *_WITHOUT_TAGS, "-f", "mp3", "pipe:1"],
                sample_rate_hz=sample_rate_hz,
                channels=channels,
            ) as encoder,
            Child([*_LISTEN, "pipe:0", *_METERED], fed=True) as decoder,
            _Meter(decoder, channels, ceiling_dbtp) as meter,
        ):
            copier = _Copier(encoder, file, decoder)
            try:
                for chunk in chunks:
                    encoder.write(chunk)
                    copier.check()
                encoder.close()
                copier.join()
                copier.check()
                encoder.finish()
            except BaseException:
                encoder.kill()  # closed by the copier
                raise
            finally:
                copier.join()
            return meter.finish()
    except OSError as error:
        raise _disk_error(target, error) from None


def _disk_error(target: Path, error: OSError) -> DiskError:
    """The error for an MP3 that cannot be written."""
    if error.errno == errno.ENOSPC:
        return DiskError(
            own_name(target),
            message("the disk is full"),
            message("Make room, then run the same command again."),
        )
    return DiskError(
        own_name(target),
        message("cannot be written ({reason})", reason=error.strerror),
        message("Check that the folder exists and may be written to."),
    )


def measure_mp3(path: Path, *, channels: int, ceiling_dbtp: float = math.inf) -> Encoded:
    """The decoded form of an MP3 file."""
    with (
        Child([*_LISTEN, url_from_path(path), *_METERED]) as decoder,
        _Meter(decoder, channels, ceiling_dbtp) as meter,
    ):
        return meter.finish()


def limit_encoded_peaks(
    path: Path, made: Encoded, *, channels: int, ceiling_dbtp: float
) -> Encoded:
    """Attenuate the few granules in which an MP3 still exceeds its ceiling, and measure again until
    there are none.

    Encoding adds faint random noise: of tens of thousands of limited peaks, a few become 1 dB
    higher. Limiting all of them further would degrade the audio more.

    If the change of loudness is below a meter's resolution, only changed parts are measured again.

    :param made: what was measured on it.
    """
    softened: set[int] = set()
    for _ in range(SOFTENED_TIMES):
        if not made.over:
            break
        steps: dict[int, int] = {}
        for place in made.over:
            # Excess over the ceiling in steps of the global gain of a granule.
            wanted = math.ceil(
                (20 * math.log10(place.level) - ceiling_dbtp + SOFTENED_BELOW_DB) / GAIN_STEP_DB
            )
            # The output at a time comes from the preceding and the current granule.
            around = (place.sample - SYNTHESIS_DELAY_SAMPLES) // GRANULE_SAMPLES
            for granule in (around - 1, around):
                steps[granule] = max(steps.get(granule, 0), wanted)
        granules = reduce_granule_gain(path, steps)
        softened |= steps.keys()
        if len(softened) > granules * RARE_SHARE:
            made = measure_mp3(path, channels=channels, ceiling_dbtp=ceiling_dbtp)
        else:
            made = _measure_again(
                path, made, sorted(steps), channels=channels, ceiling_dbtp=ceiling_dbtp
            )
    return made._replace(softened=len(softened))


def _measure_again(
    path: Path, made: Encoded, granules: Sequence[int], *, channels: int, ceiling_dbtp: float
) -> Encoded:
    """The measurements of an MP3, with peaks updated for changed granules."""
    frames: list[range] = []
    for number in (granule // 2 for granule in granules):
        if frames and number - FRAMES_BEFORE <= frames[-1].stop:
            frames[-1] = range(frames[-1].start, number + FRAMES_AFTER)
        else:
            frames.append(range(max(0, number - FRAMES_BEFORE), number + FRAMES_AFTER))
    # Frames depend on their neighbours: some before and after are decoded, too.
    pieces = read_frames(path, frames)
    with Child([*_LISTEN, "pipe:0", "-f", "f32le", "pipe:1"], fed=True) as decoder:
        # Fed by a thread, because ffmpeg stops reading while its output pipe is full.
        feeder = threading.Thread(target=_feed, args=(decoder, pieces), daemon=True)
        feeder.start()
        content = bytearray()
        while more := decoder.read(CHUNK_SAMPLES):
            content += more
        feeder.join()
    samples = np.frombuffer(content, "<f4").reshape(-1, channels)
    if len(samples) != sum(piece.frames for piece in pieces) * 2 * GRANULE_SAMPLES:
        return measure_mp3(
            path, channels=channels, ceiling_dbtp=ceiling_dbtp
        )  # a decoder that skips undecodable frames
    # Peaks of unchanged frames are kept.
    within, over, place = made.within, [], 0
    for piece in pieces:
        length = piece.frames * 2 * GRANULE_SAMPLES
        # The first frames lack preceding data; a decoder needs at most this much.
        whole = FRAMES_DECODED_AFTER * 2 * GRANULE_SAMPLES if piece.first else 0
        meter = TruePeakMeter(channels, 10 ** (ceiling_dbtp / 20))
        meter.feed(_faded(samples[place + whole : place + length]))
        meter.close()
        within = max(within, meter.highest_within)
        start = piece.first * 2 * GRANULE_SAMPLES + whole
        over += [PeakOver(start + one.sample, one.level) for one in meter.over]
        place += length
    true_peak_dbtp = dbtp_from_level(max([within, *(one.level for one in over)]))
    return Encoded(
        replace_fields(made.loudness, true_peak_dbtp=round(true_peak_dbtp, 1)), over, within
    )


def _faded(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fade the ends of a passage, where steps would add inter-sample peaks."""
    ends = np.minimum(
        1, (np.minimum(np.arange(len(samples)), np.arange(len(samples))[::-1]) + 0.5) / EDGE_SAMPLES
    )
    faded: NDArray[np.float32] = samples * ends.astype(np.float32)[:, None]
    return faded


def encoder_gain_db(
    target: Path, *, sample_rate_hz: int, channels: int, bitrate_kbps: int
) -> float:
    """The encoder's gain, measured with a tone: LAME lowers the level at low bit rates.

    :param target: a temporary file for the tone.
    :raises DiskError: the target cannot be written.
    """
    moments = np.arange(round(PROBE_S * sample_rate_hz)) / sample_rate_hz
    tone = np.repeat(
        (0.1 * np.sin(2 * np.pi * 997 * moments)).astype(np.float32)[:, None], channels, axis=1
    )
    encode_mp3(
        [tone], target, sample_rate_hz=sample_rate_hz, channels=channels, bitrate_kbps=bitrate_kbps
    )
    with Decoding(
        target, sample_rate_hz=sample_rate_hz, channels=channels, mix=FIRST_TRACK
    ) as decoding:
        decoded = np.concatenate(list(decoding))
    middle = slice(len(tone) // 3, 2 * len(tone) // 3)
    return float(20 * np.log10(decoded[middle].std() / tone[middle].std()))


def _feed(decoder: Child, pieces: Iterable[Frames]) -> None:
    for piece in pieces:
        decoder.write(piece.content)
    decoder.close_input()


class _Meter:
    """Measures a decoder's output in a separate thread, which ends before the decoder's output is
    closed.
    """

    def __init__(self, decoder: Child, channels: int, ceiling_dbtp: float) -> None:
        self._decoder = decoder
        self._channels = channels
        self._peaks = TruePeakMeter(channels, 10 ** (ceiling_dbtp / 20))
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._decoder.kill()
        self._thread.join()

    def _listen(self) -> None:
        width = FLOAT32_BYTES * self._channels
        while content := self._decoder.read(CHUNK_SAMPLES * width):
            whole = len(content) // width * width  # a killed decoder stops anywhere
            self._peaks.feed(np.frombuffer(content[:whole], "<f4").reshape(-1, self._channels))
        self._peaks.close()

    def finish(self) -> Encoded:
        """Close the input and wait."""
        self._decoder.close_input()
        self._thread.join()
        succeeded, log = self._decoder.finish()
        if not succeeded:
            raise RuntimeError(log)
        return Encoded(
            loudness_from_log(log, self._peaks.highest_dbtp),
            self._peaks.over,
            self._peaks.highest_within,
        )


class _Copier:
    """Copies the encoder's output to the file and to the meter, in a separate thread."""

    def __init__(self, encoder: Encoding, file: IO[bytes], meter: Child) -> None:
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._copy, args=(encoder, file, meter), daemon=True)
        self._thread.start()

    def _copy(self, encoder: Encoding, file: IO[bytes], meter: Child) -> None:
        # It always reads to the end: an encoder with unread output would block.
        while piece := encoder.read(PIECE_BYTES):
            try:
                file.write(piece)
                file.flush()
            except OSError as error:
                self._error = self._error or error
            meter.write(piece)

    def join(self) -> None:
        """Wait until the encoder's output ends."""
        self._thread.join()

    def check(self) -> None:
        """Raise the file's ``OSError``, if any."""
        if self._error is not None:
            raise self._error
