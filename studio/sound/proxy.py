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

# Opus always uses 48 kHz. At this bit rate, speech is hard to distinguish from the original; an
# hour takes 18 MB.
RATE_HZ = 48_000
BITRATE_KBPS = 40
# Matroska has an index of these, so that browsers seek by time instead of estimating byte offsets.
CLUSTER_MS = 2000
# The maximum codec padding at both ends that headers include in the duration.
CODEC_DELAY_MS = 50
# The maximum number of channels of FLAC.
MAX_APART = 8
# The rounding of durations in headers.
ROUNDING_MS = 10


class BrowserFormat(NamedTuple):
    """A file format that browsers play.

    :param type: its MIME type.
    :param codecs: supported codecs, by ffmpeg's names.
    """

    suffixes: tuple[str, ...]
    type: str
    codecs: tuple[str, ...]


# Formats that browsers decode and seek in as exactly as a decoder, by suffix. Not MP3, which has no
# time index, so that seeking may be off by minutes; and not Vorbis, of which browsers play samples
# that a decoder omits.
PLAYABLE: tuple[BrowserFormat, ...] = (
    BrowserFormat((".wav",), "audio/wav", ("pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_f32le")),
    BrowserFormat((".flac",), "audio/flac", ("flac",)),
    BrowserFormat((".m4a", ".mp4"), "audio/mp4", ("aac",)),
    BrowserFormat((".ogg", ".oga"), "audio/ogg", ("opus", "flac")),
    BrowserFormat((".opus",), "audio/ogg", ("opus",)),
    BrowserFormat((".webm",), "audio/webm", ("opus",)),
)


def browser_format(path: Path) -> BrowserFormat | None:
    """The format of a file by its name, or None."""
    suffix = path.suffix.lower()
    return next((one for one in PLAYABLE if suffix in one.suffixes), None)


def plays_channels_separately(recording: Path, duration_ms: int) -> bool:
    """Whether browsers can play each channel of a recording of several microphones separately. With
    more than two channels, only uncompressed formats keep their order.
    """
    codec = read_header(recording).codec
    most = MAX_APART if codec == "flac" or codec.startswith("pcm_") else 2
    return plays_in_browsers(recording, duration_ms, most_channels=most)


def plays_in_browsers(recording: Path, duration_ms: int, *, most_channels: int = 2) -> bool:
    """Whether browsers can play a recording directly and completely, and seek in it like a decoder.

    AIFF, WMA, CAF, AMR, AC-3, raw AAC streams and telephone codecs in WAV are not supported;
    browsers may drop channels above two, or additional tracks. Browsers use the file's clock, which
    equals the decoder's if the audio starts at 0 without gaps, has the declared duration, and there
    is no video of another duration.

    :param duration_ms: its decoded duration.
    :param most_channels: the maximum of channels, if the page separates them.
    :raises RecordingError: it is missing or not audio.
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
    """Write the whole recording as mono Opus in WebM, synchronous to 3 ms.

    :param mix: the downmix of the recording to one channel.
    :param target: ends in ``.webm``; overwritten if it exists: pass a temporary name.
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
    done = 0
    try:
        with (
            Decoding(recording, sample_rate_hz=RATE_HZ, channels=1, mix=mix) as decoding,
            Encoding([*codec, *container], sample_rate_hz=RATE_HZ, channels=1) as encoding,
        ):
            for chunk in decoding:
                encoding.write(chunk)
                done += len(chunk)
                progress(done, max(expected, done))
            encoding.finish()
    except RuntimeError as error:
        raise write_error(target, str(error)) from None
