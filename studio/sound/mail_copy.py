"""A copy of the episode small enough for a mail: mono AAC, which all browsers can play and seek
in.
"""

from __future__ import annotations

from pathlib import Path

from studio.model.sound import FIRST_TRACK
from studio.sound.ffmpeg import Decoding, Encoding, url_from_path, write_error

TYPE = "audio/mp4"
# Mono speech hardly improves above, and degrades below.
BEST_KBPS, MIN_KBPS = 40, 12
# Below these bit rates (kbit/s), a lower sample rate sounds better.
FULL_RATE_KBPS = 28
FULL_RATE_HZ, LOW_RATE_HZ = 24_000, 16_000
# The overhead of the container and of the encoder's rate control.
_OVERHEAD = 1.06


def bitrate_for(duration_ms: int, most_bytes: int) -> int:
    """The bit rate in kbit/s for audio of this duration and size, within the range for speech, so
    that very long audio takes more.
    """
    fitting = int(most_bytes * 8 / max(1, duration_ms) / _OVERHEAD)
    return min(BEST_KBPS, max(MIN_KBPS, fitting))


def write_mail_copy(master: Path, target: Path, duration_ms: int, most_bytes: int) -> None:
    """Write the episode's audio as a mono M4A, synchronous with the master.

    :param target: overwritten if it exists: pass a temporary name.
    :param most_bytes: its maximum size, see :func:`bitrate_for`.
    :raises RecordingError: the master cannot be decoded.
    :raises DiskError: the target cannot be written.
    :raises WorkspaceError: ffmpeg lacks AAC.
    """
    kbps = bitrate_for(duration_ms, most_bytes)
    rate_hz = FULL_RATE_HZ if kbps >= FULL_RATE_KBPS else LOW_RATE_HZ
    codec = ["-c:a", "aac", "-b:a", f"{kbps}k", "-map_metadata", "-1", "-bitexact"]
    container = ["-movflags", "+faststart", "-f", "ipod", "-y", url_from_path(target)]
    try:
        with (
            Decoding(master, sample_rate_hz=rate_hz, channels=1, mix=FIRST_TRACK) as decoding,
            Encoding([*codec, *container], sample_rate_hz=rate_hz, channels=1) as encoding,
        ):
            for chunk in decoding:
                encoding.write(chunk)
            encoding.finish()
    except RuntimeError as error:
        raise write_error(target, str(error)) from None
