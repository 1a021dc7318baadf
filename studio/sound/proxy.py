"""The listening copy: a recording as a small file that every browser plays and finds its way in, on
the same clock as the recording.
"""

from __future__ import annotations

from pathlib import Path

from studio.errors import DiskError
from studio.model.sound import Layout
from studio.progress import Progress, no_progress
from studio.sound.ffmpeg import Decoding, Encoding, read_header, url_from_path

# Opus counts at 48 kHz whatever it is given. At this rate speech is hard to tell from the original;
# an hour takes 18 MB.
RATE_HZ = 48_000
BITRATE_KBPS = 40
# Matroska keeps an index of these, so that a browser seeks by time and not by guessing from bytes.
CLUSTER_MS = 2000
# What browsers decode, as ffmpeg calls it, by the endings of the files in which they look for it.
PLAYABLE = {
    ".wav": {"pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_f32le"},
    ".flac": {"flac"},
    ".mp3": {"mp3"},
    ".m4a": {"aac"},
    ".mp4": {"aac"},
    ".ogg": {"opus", "vorbis", "flac"},
    ".oga": {"opus", "vorbis", "flac"},
    ".opus": {"opus"},
    ".webm": {"opus", "vorbis"},
}


def plays_in_browsers(recording: Path) -> bool:
    """Whether browsers play a recording as it is, both ears hear all of it, and its moments are
    found by time.

    AIFF, WMA, CAF, AMR, AC-3, a raw stream of AAC, telephone codecs in a WAV do not; nor do more
    channels than two, of which a browser may drop some.

    :raises RecordingError: it is missing or no sound.
    """
    header = read_header(recording)
    return header.channels <= 2 and header.codec in PLAYABLE.get(recording.suffix.lower(), set())


def make_proxy(
    recording: Path, layout: Layout | None, target: Path, progress: Progress = no_progress
) -> None:
    """Write the whole recording as Opus in WebM, one channel. A moment of it is at the same time as
    in the recording, to 3 ms.

    :param layout: how the recording's channels belong together, so that none cancels another; None
        when nobody knows.
    :param target: ends in ``.webm``; an existing file is written over, so give a temporary name.
    :raises RecordingError: the recording is missing or cannot be decoded.
    :raises DiskError: the target cannot be written.
    """
    expected = (read_header(recording).duration_ms or 0) * RATE_HZ / 1000
    codec = [
        "-c:a",
        "libopus",
        "-b:a",
        f"{BITRATE_KBPS}k",
        "-application",
        "audio",
        "-map_metadata",
        "-1",
        "-bitexact",
    ]
    container = ["-f", "webm", "-cluster_time_limit", str(CLUSTER_MS), "-y", url_from_path(target)]
    heard = 0
    try:
        with (
            Decoding(recording, sample_rate_hz=RATE_HZ, channels=1, layout=layout) as decoding,
            Encoding([*codec, *container], sample_rate_hz=RATE_HZ, channels=1) as encoding,
        ):
            for chunk in decoding:
                encoding.write(chunk)
                heard += len(chunk)
                progress(heard, max(expected, heard))
            encoding.finish()
    except RuntimeError as error:
        last = str(error).rpartition("\n")[2] or "ffmpeg says nothing more"
        raise DiskError(
            target,
            f"cannot be written ({last})",
            "Make room, or check that the folder may be written to.",
        ) from None
