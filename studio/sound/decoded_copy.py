"""What a recording decodes to, in a file for as long as its episode is mastered: it is decoded
once, however often its sound is needed, and memory does not grow with its length.

What is read must be what would be decoded, to the last bit. ffmpeg's filters compute in the format
in which a decoder gives samples, and round differently where its frames have other lengths. So the
samples are kept in their own format, and in NUT, a container that gives frames back as they were.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Sequence
from pathlib import Path

from studio.model.sound import Mix
from studio.sound.ffmpeg import Decoding, KeptDecoding, read_header

# ffmpeg's formats of samples, without the p of those whose channels are apart: the codec that
# writes them as they are.
_CODECS = {
    "u8": "pcm_u8",
    "s16": "pcm_s16le",
    "s32": "pcm_s32le",
    "flt": "pcm_f32le",
    "dbl": "pcm_f64le",
}
# In it several tracks are mixed.
_MIXED = "flt"
MAX_SAMPLE_BYTES = 8
# The disk must have this many times the room: the master, its codecs and other programs write, too.
ROOM = 2


class DecodedCopy:
    """A recording's sound, decoded the first time that it is asked for, and read from a file then.

    If the disk has no room, or the format is not a usual one, it is decoded each time.

    :param path: the file; written over if it exists. :meth:`remove` it.
    :param duration_ms: how long the recording lasts.
    """

    def __init__(self, path: Path, *, duration_ms: int) -> None:
        self._path = path
        self._duration_ms = duration_ms
        self._first: Decoding | None = None

    def decoding(
        self,
        recording: Path,
        *,
        sample_rate_hz: int,
        channels: int,
        mix: Mix,
        filters: Sequence[str],
    ) -> Decoding:
        """One pass over the recording's sound, as :class:`~studio.sound.ffmpeg.Decoding` has it.
        The first one must be followed to its end for the next one to be spared its work; all are of
        the same recording, mix, rate and channels.
        """
        if self._first is not None and self._first.has_ended:
            return KeptDecoding(
                self._path, sample_rate_hz=sample_rate_hz, channels=channels, filters=filters
            )
        # The first pass writes the copy beside its own output, where the disk has room for it.
        codec = _lossless_codec(recording, mix)
        has_room = codec is not None and self._has_room(sample_rate_hz, channels)
        decoding = Decoding(
            recording,
            sample_rate_hz=sample_rate_hz,
            channels=channels,
            mix=mix,
            filters=filters,
            kept=self._path if has_room else None,
            kept_as=codec or "",
        )
        self._first = decoding if has_room else None
        return decoding

    def remove(self) -> None:
        """Remove the file; what cannot be removed stays."""
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _has_room(self, sample_rate_hz: int, channels: int) -> bool:
        most_bytes = MAX_SAMPLE_BYTES * channels * sample_rate_hz * self._duration_ms / 1000
        try:
            return shutil.disk_usage(self._path.parent).free >= ROOM * most_bytes
        except OSError:
            return False


def _lossless_codec(recording: Path, mix: Mix) -> str | None:
    """Which codec keeps the samples as they are; None where none does."""
    if not mix.of_one_track:
        return _CODECS[_MIXED]
    part = mix.parts[0]
    if not part.weights:
        return None  # ffmpeg is to mix all of its channels
    return _CODECS.get(read_header(recording).tracks[part.track].sample_format.removesuffix("p"))
