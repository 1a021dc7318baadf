"""A temporary file with the decoded recording while its episode is mastered: it is decoded once for
all passes, and memory use does not grow with its length.

Reading must be bit-exact with decoding. ffmpeg's filters compute in the decoder's sample format,
and round differently if frames have other lengths. So samples are stored in their own format, and
in NUT, a container that preserves frames.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Sequence
from pathlib import Path

from studio.model.sound import Mix
from studio.sound.ffmpeg import Decoding, KeptDecoding, read_header

# The lossless codec for each of ffmpeg's sample formats (without the p of planar ones).
_CODECS = {
    "u8": "pcm_u8",
    "s16": "pcm_s16le",
    "s32": "pcm_s32le",
    "flt": "pcm_f32le",
    "dbl": "pcm_f64le",
}
# Formats in which several tracks are mixed.
_MIXED = "flt"
MAX_SAMPLE_BYTES = 8
# The disk must have this many times the space, because the master, its codecs and other programs
# write, too.
ROOM = 2


class DecodedCopy:
    """A recording's audio, decoded on first use, and then read from a file.

    If the disk has no space, or the format is unusual, it is decoded each time.

    :param path: the file; overwritten if it exists. Call :meth:`remove`.
    :param duration_ms: duration of the recording.
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
        """One pass over the recording's audio, like :class:`~studio.sound.ffmpeg.Decoding`. The
        first one must be read to its end to be reused by the next one; all have the same recording,
        mix, rate and channels.
        """
        if self._first is not None and self._first.has_ended:
            return KeptDecoding(
                self._path, sample_rate_hz=sample_rate_hz, channels=channels, filters=filters
            )
        # The first pass also writes the copy, if the disk has enough space.
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
        """Remove the file; errors are ignored."""
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _has_room(self, sample_rate_hz: int, channels: int) -> bool:
        most_bytes = MAX_SAMPLE_BYTES * channels * sample_rate_hz * self._duration_ms / 1000
        try:
            return shutil.disk_usage(self._path.parent).free >= ROOM * most_bytes
        except OSError:
            return False


def _lossless_codec(recording: Path, mix: Mix) -> str | None:
    """The codec that preserves the samples, or None."""
    if not mix.of_one_track:
        return _CODECS[_MIXED]
    part = mix.parts[0]
    if not part.weights:
        return None  # ffmpeg is to mix all of its channels
    return _CODECS.get(read_header(recording).tracks[part.track].sample_format.removesuffix("p"))
