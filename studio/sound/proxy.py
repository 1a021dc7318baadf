"""The proxy: a small copy of a recording that every browser plays and can seek in, on the
recording's clock.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from studio.model.sound import Mix
from studio.progress import Progress, no_progress
from studio.sound.ffmpeg import Decoding, Encoding, read_header, url_from_path, write_error
from studio.sound.wav import read_wav_claim

# Opus always counts at 48 kHz. At this rate speech is hard to distinguish from the original; an
# hour takes 18 MB.
RATE_HZ = 48_000
BITRATE_KBPS = 40
# Matroska keeps an index of these, so that a browser seeks by time and not by guessing from bytes.
CLUSTER_MS = 2000
# How much of what a codec puts before the first sample, and after the last, headers count as sound.
CODEC_DELAY_MS = 50
# FLAC has no more channels.
MAX_APART = 8
# What a file's header rounds.
ROUNDING_MS = 10


class BrowserFormat(NamedTuple):
    """Files that browsers play.

    :param type: the MIME type that they are served with.
    :param codecs: what may be inside, as ffmpeg calls it.
    """

    suffixes: tuple[str, ...]
    type: str
    codecs: tuple[str, ...]


# What browsers decode and find their way in as exactly as a decoder, as ffmpeg calls it, by the
# endings of the files in which they look for it. An MP3 has no index of times: they guess where a
# moment is, by up to minutes; of Vorbis they play what a decoder leaves out.
PLAYABLE: tuple[BrowserFormat, ...] = (
    BrowserFormat((".wav",), "audio/wav", ("pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_f32le")),
    BrowserFormat((".flac",), "audio/flac", ("flac",)),
    BrowserFormat((".m4a", ".mp4"), "audio/mp4", ("aac",)),
    BrowserFormat((".ogg", ".oga"), "audio/ogg", ("opus", "flac")),
    BrowserFormat((".opus",), "audio/ogg", ("opus",)),
    BrowserFormat((".webm",), "audio/webm", ("opus",)),
)


def browser_format(path: Path) -> BrowserFormat | None:
    """The format of a file by its name; None where browsers play none of that name."""
    suffix = path.suffix.lower()
    return next((one for one in PLAYABLE if suffix in one.suffixes), None)


def plays_channels_separately(recording: Path, duration_ms: int) -> bool:
    """Whether browsers play a recording of several microphones so that each channel can be heard by
    itself. Of more than two, only what is not coded has them in the file's order.
    """
    codec = read_header(recording).codec
    most = MAX_APART if codec == "flac" or codec.startswith("pcm_") else 2
    return plays_in_browsers(recording, duration_ms, most_channels=most)


def plays_in_browsers(recording: Path, duration_ms: int, *, most_channels: int = 2) -> bool:
    """Whether browsers play a recording directly, with all of it in both ears, and seek in it like
    a decoder.

    AIFF, WMA, CAF, AMR, AC-3, a raw stream of AAC, telephone codecs in a WAV are not played; of
    more channels than two, or of several tracks, a browser may drop some. The clock of browsers is
    the file's: it is the decoder's where the sound begins at 0 and has no gap, so that it lasts as
    long as the file says, and where there are no pictures that last otherwise.

    :param duration_ms: how long it lasts, decoded.
    :param most_channels: of more than two a browser drops none where the page takes them apart.
    :raises RecordingError: it is missing or no sound.
    """
    form = browser_format(recording)
    header = read_header(recording)
    if (
        form is None
        or header.codec not in form.codecs
        or header.channels > most_channels
        or len(header.tracks) != 1
    ):
        return False
    claim = read_wav_claim(recording)
    if (
        not header.alone
        or (claim is not None and (claim.sound_follows or claim.in_pieces))
        or abs(header.tracks[0].start_ms) > ROUNDING_MS
    ):
        return False
    return (
        header.duration_ms is not None
        and abs(header.duration_ms - duration_ms) <= ROUNDING_MS + CODEC_DELAY_MS
    )


def make_proxy(recording: Path, mix: Mix, target: Path, progress: Progress = no_progress) -> None:
    """Write the whole recording as Opus in WebM, one channel. A moment of it is at the same time as
    in the recording, to 3 ms.

    :param mix: how one channel is made of the recording.
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
            Decoding(recording, sample_rate_hz=RATE_HZ, channels=1, mix=mix) as decoding,
            Encoding([*codec, *container], sample_rate_hz=RATE_HZ, channels=1) as encoding,
        ):
            for chunk in decoding:
                encoding.write(chunk)
                heard += len(chunk)
                progress(heard, max(expected, heard))
            encoding.finish()
    except RuntimeError as error:
        raise write_error(target, str(error)) from None
