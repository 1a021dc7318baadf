"""MP3: frames of constant bit rate and nothing else, and what a decoder makes of them, measured while they are written."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING

from studio.errors import DiskError
from studio.model.sound import Loudness
from studio.sound.ffmpeg import Child, Decoding, Encoding
from studio.sound.loudness import METER, loudness_from_log

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BITRATES_KBPS = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
# An MP3 decoder gives everything so many samples late: 576 of the encoder, 529 of its own.
DECODER_DELAY_SAMPLES = 1105
PIECE_BYTES = 1 << 13
PROBE_S = 2


def encode_mp3(chunks: Iterable[NDArray[np.float32]], target: Path, *, sample_rate_hz: int, channels: int, bitrate_kbps: int) -> Loudness:
    """Write an MP3 without tags and Xing header, and return the loudness of what a decoder gives. Coding and measuring run side by side.

    :param chunks: shape (samples, channels).
    :param target: written over if it exists.
    :raises DiskError: the target cannot be written.
    """
    codec = ["-c:a", "libmp3lame", "-b:a", f"{bitrate_kbps}k", "-threads", "1", "-bitexact"]
    bare = ["-map_metadata", "-1", "-write_xing", "0", "-id3v2_version", "0", "-write_id3v1", "0", "-flush_packets", "0"]
    listen = ["-f", "mp3", "-i", "pipe:0", "-af", METER, "-f", "null", "-"]
    try:
        with (
            target.open("wb") as file,
            Encoding([*codec, *bare, "-f", "mp3", "pipe:1"], sample_rate_hz=sample_rate_hz, channels=channels) as encoder,
            Child(listen, fed=True) as meter,
        ):
            copier = _Copier(encoder, file, meter)
            try:
                for chunk in chunks:
                    encoder.write(chunk)
                    copier.check()
                encoder.close()
                copier.join()
                copier.check()
                encoder.finish()
            except BaseException:
                encoder.kill()  # its end is the copier's
                raise
            finally:
                copier.join()
            succeeded, log = meter.finish()
    except OSError as error:
        full = error.errno == errno.ENOSPC
        raise DiskError(
            target,
            "the disk is full" if full else f"cannot be written ({error.strerror})",
            "Make room, then run the same command again." if full else "Check that the folder exists and may be written to.",
        ) from None
    if not succeeded:
        raise RuntimeError(log)
    return loudness_from_log(log)


def encoder_gain_db(target: Path, *, sample_rate_hz: int, channels: int, bitrate_kbps: int) -> float:
    """By how much the encoder changes the level of everything: LAME makes it softer at low bit rates. Found with a tone.

    :param target: where the tone is written meanwhile.
    :raises DiskError: the target cannot be written.
    """
    import numpy as np

    moments = np.arange(PROBE_S * sample_rate_hz) / sample_rate_hz
    tone = np.repeat((0.1 * np.sin(2 * np.pi * 997 * moments)).astype(np.float32)[:, None], channels, axis=1)
    encode_mp3([tone], target, sample_rate_hz=sample_rate_hz, channels=channels, bitrate_kbps=bitrate_kbps)
    with Decoding(target, sample_rate_hz=sample_rate_hz, channels=channels) as decoding:
        heard = np.concatenate(list(decoding))
    middle = slice(len(tone) // 3, 2 * len(tone) // 3)
    return float(20 * np.log10(heard[middle].std() / tone[middle].std()))


class _Copier:
    """Copies what the encoder gives to the file and to the meter, beside whoever feeds the encoder."""

    def __init__(self, encoder: Encoding, file: IO[bytes], meter: Child) -> None:
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._copy, args=(encoder, file, meter), daemon=True)
        self._thread.start()

    def _copy(self, encoder: Encoding, file: IO[bytes], meter: Child) -> None:
        # It reads to the end whatever happens: an encoder that nobody reads would wait for ever.
        while piece := encoder.read(PIECE_BYTES):
            try:
                file.write(piece)
                file.flush()
            except OSError as error:
                self._error = self._error or error
            meter.write(piece)

    def join(self) -> None:
        """Wait until the encoder has given everything."""
        self._thread.join()

    def check(self) -> None:
        """Raise the ``OSError`` that the file gave, if it gave one."""
        if self._error is not None:
            raise self._error
